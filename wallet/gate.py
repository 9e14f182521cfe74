"""Who may do something at all: the one place that every command passes before its rule.

Guards: nothing that moves money works while money rests, for somebody who has not joined, who has not accepted the
documents in force, or whose member row says otherwise; and it is decided in the transaction that moves the money.
"""
from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

from wallet import refusals
from wallet.rows import Member

if TYPE_CHECKING:
    from wallet.books import Books
    from wallet.commands import Command


class Restriction(IntFlag):
    """What a member may not do for a time."""

    SENDING = 1
    RECEIVING = 2
    ENVELOPES = 4


def admit(books: Books, command: Command) -> None:
    """Raise the refusal that applies, or return."""
    if command.MONEY and books.switch.state != "open":
        if books.switch.state == "maintenance":
            raise refusals.Maintenance(books.switch.until)
        raise refusals.ReadOnly
    if not command.GATE:
        return
    member = books.find(Member, command.actor())
    if member is None or member.state == "joining":
        raise refusals.NotAMember
    if command.DEBITS:
        may_send(books, member)
    accepted(books, member, command.GATE, spends=command.DEBITS)


def accepted(books: Books, member: Member, feature: str, *, spends: bool) -> None:
    """Raise unless the member has accepted the documents in force that a feature asks for."""
    missing = books.policy.terms.missing(member.accepted, feature, books.now, spends=spends)
    if missing:
        raise refusals.AgreementsNeeded(missing)


def may_send(books: Books, member: Member) -> None:
    """Raise unless the member's money may go out."""
    if member.state == "active":
        if restricted(books, member, Restriction.SENDING):
            raise refusals.DirectionRestricted("sending", member.restricted_until)
    elif member.state == "frozen":
        raise refusals.AccountFrozen
    elif member.state == "banned":
        raise refusals.AccountBanned
    else:
        raise refusals.NotAMember


def may_receive(books: Books, member: Member) -> bool:
    """Whether money may come in now. Frozen members' incoming is a later rule's; here it is refused."""
    return member.state == "active" and not restricted(books, member, Restriction.RECEIVING)


def may_take(books: Books, member: Member) -> None:
    """Raise unless the member may take money for themselves now."""
    if not may_receive(books, member):
        raise refusals.DirectionRestricted("receiving", member.restricted_until if member.state == "active" else 0)


def may_use_envelopes(books: Books, member: Member) -> None:
    """Raise unless the member may make and open red envelopes."""
    if restricted(books, member, Restriction.ENVELOPES):
        raise refusals.DirectionRestricted("envelopes", member.restricted_until)


def restricted(books: Books, member: Member, what: Restriction) -> bool:
    """Whether a restriction is in force."""
    return (member.restrictions != 0 and bool(Restriction(member.restrictions) & what)
            and not 0 < member.restricted_until <= books.now)
