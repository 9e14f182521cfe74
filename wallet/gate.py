"""Who may do something at all: the one place that every command passes before its rule.

Guards: nothing that moves money works while money rests, for somebody who has not joined, who has not accepted the
documents in force, or whose member row says otherwise; and it is decided in the transaction that moves the money.
"""
from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

from wallet import refusals, standing, withheld
from wallet.rows import Member
from wallet.standing import BANNED, DORMANT, FROZEN, Restriction

if TYPE_CHECKING:
    from wallet.books import Books
    from wallet.commands import Command


class Safeguard(IntFlag):
    """What is there for a member's own safety, so that every debit sees it in their row."""

    LOCKED = 1
    """Nothing goes out until they unlock it."""
    LIMITED = 2
    """They have limits of their own, in `OwnLimits`."""
    WARD = 4
    """They are under 18: what their guardian allows stands in `Ward`. Not theirs to choose, as the next two."""
    STOPPED = 8
    """Their guardian lets nothing go out."""
    UNGUARDED = 16
    """They are under 18 and nobody answers for them: nothing goes out."""
    MOVING = 32
    """Somebody asks for the wallet from another Telegram account: nothing goes out until that is decided."""
    NOTED = 64
    """Wrong PINs or reports of lately stand in `Habit`. It stops nothing."""
    SCREENED = 128
    """Their name may stand on the screening list, as a `Hit` says that is not decided yet."""


def admit(books: Books, command: Command) -> None:
    """Raise the refusal that applies, or return."""
    if command.MONEY:
        moves(books)
    if command.BINDS:
        takes_in(books)
    if not command.GATE:
        return
    member = books.find(Member, command.actor())
    if member is None or member.state == "joining":
        raise refusals.NotAMember
    if command.DEBITS:
        may_send(books, member)
    accepted(books, member, command.GATE, spends=command.DEBITS)


def moves(books: Books) -> None:
    """Raise while money rests."""
    if books.switch.state == "maintenance":
        raise refusals.Maintenance(books.switch.until)
    if books.switch.state != "open":
        raise refusals.ReadOnly


def takes_in(books: Books) -> None:
    """Raise once it was decided that the service closes: nobody joins, no money comes in, none is bound for longer.
    What gets money out, or back, does not ask."""
    if books.switch.winds_down:
        raise refusals.WindingDown(books.switch.winds_down)


def accepted(books: Books, member: Member, feature: str, *, spends: bool) -> None:
    """Raise unless the member has accepted the documents in force that a feature asks for."""
    missing = books.policy.terms.missing(member.accepted, feature, books.now, spends=spends)
    if missing:
        raise refusals.AgreementsNeeded(missing)


def state_of(books: Books, member: Member) -> str:
    """What a member's wallet is now: "active", "frozen", "banned" … A penalty whose time is over stops nothing, be the
    clock ever so late to end it."""
    if not member.penalties:
        return member.state
    stopped = standing.summary(standing.read(member.penalties), books.now).state
    return stopped or ("active" if member.state in (FROZEN, BANNED) else member.state)


def may_send(books: Books, member: Member) -> None:
    """Raise unless the member's money may go out."""
    if member.state != "active" or member.penalties:
        _must_not_be_stopped(books, member)
        if state_of(books, member) != "active":
            raise refusals.NotAMember
    if member.legal_holds and withheld.total(member.legal_holds, books.now) == withheld.EVERYTHING:
        books.must_leave(member.id, 0)
    if rests(member):
        raise refusals.WalletMoving if member.safeguards & Safeguard.MOVING else refusals.WalletLocked
    if halted(member):
        raise refusals.NoGuardian if member.safeguards & Safeguard.UNGUARDED else refusals.GuardianStopped
    if restricted(books, member, Restriction.SENDING):
        raise _restricted(books, member, Restriction.SENDING)


def money_goes_out(books: Books, member: Member) -> bool:
    """Whether money that a member set aside may reach somebody else now. What stops their sending stops this too; a red
    envelope goes on, for it belongs to those who were given it. So does a name that may stand on the screening list."""
    return not (rests(member) or halted(member) or listed(member) or state_of(books, member) in (FROZEN, BANNED)
                or restricted(books, member, Restriction.SENDING) or keeps(books, member))


def covers(books: Books, payer: Member, amount: int) -> None:
    """Raise unless a member's balance is enough for what they want to pay, with what orders of courts keep of it."""
    available = books.balance(payer.id)
    if available < amount:
        raise refusals.NotEnough(available, amount)
    if payer.legal_holds:
        books.must_leave(payer.id, available - amount)


def keeps(books: Books, member: Member) -> bool:
    """Whether orders of courts want more than is in a member's balance, so that not even what they set aside before
    goes to others."""
    kept = withheld.total(member.legal_holds, books.now) if member.legal_holds else 0
    return kept > 0 and (kept == withheld.EVERYTHING or books.balance(member.id) < kept)


def locked(member: Member) -> bool:
    """Whether the member locked the wallet: nothing goes out, not even what was set aside before."""
    return member.safeguards != 0 and bool(member.safeguards & Safeguard.LOCKED)


def listed(member: Member) -> bool:
    """Whether their name may stand on the screening list, which operators have to decide first."""
    return member.safeguards != 0 and bool(member.safeguards & Safeguard.SCREENED)


def halted(member: Member) -> bool:
    """Whether a minor's money stays where it is, be it the guardian's word or for want of one: not even what was set
    aside before goes out."""
    return member.safeguards != 0 and bool(member.safeguards & (Safeguard.STOPPED | Safeguard.UNGUARDED))


def answers(books: Books, guardian: Member) -> bool:
    """Whether somebody may answer for a minor now: an adult, as far as we know, whose wallet is in order."""
    return state_of(books, guardian) == "active" and not guardian.safeguards & Safeguard.WARD


def rests(member: Member) -> bool:
    """Whether nothing goes out because it is locked, or because somebody asks for it from another account."""
    return member.safeguards != 0 and bool(member.safeguards & (Safeguard.LOCKED | Safeguard.MOVING))


def may_receive(books: Books, member: Member) -> bool:
    """Whether money may come in now. What was a member's own before comes back to them in any case."""
    return state_of(books, member) == "active" and not restricted(books, member, Restriction.RECEIVING)


def is_plain(member: Member) -> bool:
    """Whether nothing in a member's row says that money for them is anything but theirs at once. Of nearly everybody
    it is true, and then nothing else need be asked."""
    return member.state == "active" and not (member.penalties or member.restrictions or member.blocks
                                             or member.safeguards or member.confirm_incoming)


def may_be_paid(books: Books, member: Member) -> bool:
    """Whether others may pay a member now. What is for whoever is frozen waits until that is lifted."""
    if member.state == DORMANT:
        return False
    return state_of(books, member) in ("active", FROZEN) and not restricted(books, member, Restriction.RECEIVING)


def is_frozen(books: Books, member: Member) -> bool:
    """Whether what comes in waits."""
    return state_of(books, member) == FROZEN


def may_have_back(books: Books, member: Member) -> bool:
    """Whether a member can be given what was theirs before: neither a penalty nor sleep stands in the way of that."""
    return state_of(books, member) in ("active", FROZEN, BANNED, DORMANT)


def may_take(books: Books, member: Member) -> None:
    """Raise unless the member may take money for themselves, or ask others for it, now."""
    _must_not_be_stopped(books, member)
    if not may_receive(books, member):
        raise _restricted(books, member, Restriction.RECEIVING)


def may_use_envelopes(books: Books, member: Member) -> None:
    """Raise unless the member may make and open red envelopes."""
    if restricted(books, member, Restriction.ENVELOPES):
        raise _restricted(books, member, Restriction.ENVELOPES)


def restricted(books: Books, member: Member, what: Restriction) -> bool:
    """Whether a restriction is in force."""
    if not member.restrictions or not member.restrictions & what:  # Nearly all have none, and a flag's "&" is slow.
        return False
    return _found(books, member, what) is not None if member.penalties else not 0 < member.restricted_until <= books.now


def _must_not_be_stopped(books: Books, member: Member) -> None:
    """Raise for whoever is frozen or banned, or whose wallet sleeps."""
    state = state_of(books, member)
    if state == DORMANT:
        raise refusals.AccountDormant
    if state not in (FROZEN, BANNED):
        return
    found = standing.found(member.penalties, state, books.now)
    refusal = refusals.AccountFrozen if state == FROZEN else refusals.AccountBanned
    raise refusal(found.until if found else 0)


def _found(books: Books, member: Member, what: Restriction) -> standing.InForce | None:
    assert what.name
    return standing.found(member.penalties, what.name.lower(), books.now)


def _restricted(books: Books, member: Member, what: Restriction) -> refusals.DirectionRestricted:
    assert what.name
    if member.penalties:
        found = _found(books, member, what)
        return refusals.DirectionRestricted(what.name.lower(), found.until if found else 0)
    return refusals.DirectionRestricted(what.name.lower(), member.restricted_until if member.restrictions else 0)
