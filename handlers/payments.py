"""The sentences about payments that chats, notices and cards share, so that one payment is told in one way.

Guards: what a whole group reads names people, amount and note, and never a balance; a note is shown as plain text in
which nothing can be clicked.
"""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from handlers.ground import People, Seen
from handlers.texts import Code, Fact, Lines, Listed, Moment, Money, Person, Text, _, shown_name
from wallet import ids
from wallet.protocols import Reads
from wallet.rows import TO_ACCEPT, TO_ARRIVE, TO_CHECK, TO_THAW
from wallet.text import presentable
from wallet.views import Party

# What Telegram turns into links by itself: addresses, mentions, hashtags, commands, numbers to call.
_CLICKABLE: Final = re.compile(r"[.@#/:$]|[0-9]{5}")

_CHINESE: Final = re.compile(r"[\u3400-\u9fff]+")


def person(nickname: str, seen: Seen | None) -> Person:
    """A name for somebody: as they are called in Telegram, where people know each other, else their nickname; the same
    goes where that name may not be shown. Whoever has none of both is called by their user name."""
    if seen is None:
        return Person(nickname)
    return Person(seen.name or nickname or at(seen.username))


def at(username: str) -> str:
    """A user name as a name, "" for none."""
    return f"@{username}" if username else ""


async def called(telegram_id: int, name: str, username: str, reads: Reads, brand: str) -> Person:
    """A name for somebody of whom Telegram, or whoever wrote it into a contact, just said this one."""
    shown = presentable(name, brand)
    member = None if shown else await reads.member(telegram_id)
    return Person(shown or (member.nickname if member else "") or at(username))


async def names(telegram_ids: Sequence[int], people: People, reads: Reads) -> Mapping[int, Person]:
    """Names for several; somebody who was neither seen nor joined is "someone"."""
    seen = await people.by_ids(telegram_ids)
    unseen = [telegram_id for telegram_id in telegram_ids if telegram_id not in seen or not seen[telegram_id].name]
    members = await reads.members(unseen) if unseen else {}
    return {telegram_id: person(members[telegram_id].nickname if telegram_id in members else "", seen.get(telegram_id))
            for telegram_id in telegram_ids}


async def parties(found: Sequence[Party | None], people: People) -> Mapping[int, Person]:
    """Names for the other sides of movements, by Telegram id."""
    known = {party.telegram_id: party for party in found if party is not None}
    seen = await people.by_ids(tuple(known)) if known else {}
    return {telegram_id: party_name(party, seen.get(telegram_id)) for telegram_id, party in known.items()}


async def sides(found: Sequence[Party | None], people: People) -> Mapping[Party, Person]:
    """The same by party, where one person may be known by name in one movement and by a number in another."""
    known = {party for party in found if party is not None}
    seen = await people.by_ids(tuple({party.telegram_id for party in known})) if known else {}
    return {party: party_name(party, seen.get(party.telegram_id)) for party in known}


def party_name(party: Party, seen: Seen | None) -> Person:
    """The name by which the viewer knows the other side."""
    return as_known(person(party.nickname, seen), by_number=party.by_number)


def as_known(name: Person, *, by_number: bool) -> Person:
    """A name as somebody knows it who may have nothing but a phone number."""
    return masked(name) if by_number else name


def masked(name: Person) -> Person:
    """Somebody of whom the payer knows only the number: enough of the name to recognise them, too little to learn it.
    A Chinese name loses its first sign, every other word all but its first."""
    words = shown_name(name.name).split()
    return Person(" ".join(f"*{word[1:3]}" if _CHINESE.match(word) else f"{word[0]}***" for word in words[:3]))


def exactly(name: Person, username: str) -> Fact:
    """Somebody as a payer has to recognise them before money goes there."""
    return with_username(name, username) if username and name.name != at(username) else name


def with_username(name: Person, username: str) -> Text:
    """Somebody by name and user name."""
    return _("{name} (@{username})", name=name, username=username)


def noted(note: str) -> Text:
    """A note as its own line."""
    return _("Note: {note}", note=plainly(note))


def plainly(note: str) -> Fact:
    """A note in which nothing can be clicked."""
    return Code(note) if _CLICKABLE.search(note) else note


def with_note(line: Fact, note: str, *more: Fact) -> Lines:
    """A sentence, the note if there is one, and further lines."""
    return Lines((line, *([noted(note)] if note else []), *more))


def with_greeting(line: Fact, greeting: str, *more: Fact) -> Lines:
    """A sentence, an envelope's greeting if there is one, and further lines."""
    return Lines((line, *([_("“{greeting}”", greeting=plainly(greeting))] if greeting else []), *more))


def listed(names: Sequence[Fact]) -> Fact:
    """One name or several."""
    return names[0] if len(names) == 1 else Listed(tuple(names))


def receipt_line(transfer: int) -> Text:
    """The code that both sides can quote."""
    return _("Receipt: {code}", code=Code(ids.code(transfer)))


# ------------------------------------------------------------------------------------- what a group reads
def public_line(payer: Fact, names: Sequence[Fact], amount: int, note: str) -> Lines:
    """That somebody paid."""
    if len(names) == 1:
        line = _("{payer} sent <b>{amount}</b> to {name}.", payer=payer, amount=Money(amount), name=names[0])
    else:
        line = _("{payer} sent <b>{amount}</b> each to {names}.", payer=payer, amount=Money(amount),
                 names=listed(names))
    return with_note(line, note)


def said_again(said: Fact) -> Lines:
    """What a group may have read before, so that nobody takes it for a second payment."""
    return Lines((said, _("<i>Said again after an interruption: this is the same payment, not another one.</i>")))


def waiting_line(payer: Fact, names: Sequence[Fact], amount: int, note: str) -> Lines:
    """That a payment waits for its payer's PIN."""
    if len(names) == 1:
        line = _("Waiting for {payer} to confirm: <b>{amount}</b> to {name}.", payer=payer, amount=Money(amount),
                 name=names[0])
    else:
        line = _("Waiting for {payer} to confirm: <b>{amount}</b> each to {names}.", payer=payer,
                 amount=Money(amount), names=listed(names))
    return with_note(line, note)


def cancelled_line(amount: int, count: int) -> Text:
    """That a payment was called off."""
    return _("Cancelled: {amount} was not sent. No money moved.", amount=Money(amount * count))


def ran_out_line(amount: int) -> Text:
    """That nobody said yes in time to a payment that came to this; 0 for what was no payment."""
    if not amount:
        return _("⌛ Not confirmed within 10 minutes. Nothing happened and no money moved.")
    return _("⌛ Not confirmed within 10 minutes: {amount} was not sent. No money moved.", amount=Money(amount))


# ---------------------------------------------------------------------------------------- what a payer reads
def question(names: Sequence[Fact], amount: int, note: str, payer: Fact | None, delay: int = 0) -> Lines:
    """What a payer is asked before money goes; `payer` names them where others read along. `delay` is after how many
    hours it arrives."""
    total = Money(amount * len(names))
    line: Fact = _("Send <b>{amount}</b> to {name}?", amount=Money(amount), name=names[0])
    if len(names) > 1:
        line = _("Send <b>{amount}</b> each to {names}, {total} in all?", amount=Money(amount), names=listed(names),
                 total=total)
    if delay:  # Before the note, from whose end it was read.
        line = Lines((line, _("⏳ It arrives after {n} hour; until then you can take it back.",
                              "⏳ It arrives after {n} hours; until then you can take it back.", n=delay)))
    return with_note(line, note, *(() if payer is None else (_("Only {payer} can confirm this.", payer=payer),)))


def receipt(names: Sequence[Fact], transfers: Sequence[int], amount: int, note: str, balance: int, *,
            purposes: Sequence[str], arrives_at: int = 0) -> Lines:
    """A payer's own words about a payment: everything about it and what they have left. `purposes` say for each of
    them what the money waits for, "" where it arrived."""
    if len(names) == 1:
        line = _("✅ You sent <b>{amount}</b> to {name}.", amount=Money(amount), name=names[0])
        codes: list[Fact] = [receipt_line(transfers[0])]
    else:
        line = _("✅ You sent <b>{amount}</b> each to {n} people, {total} in all.", amount=Money(amount), n=len(names),
                 total=Money(amount * len(names)))
        codes = [_("{name}: {code}", name=name, code=Code(ids.code(transfer)))
                 for name, transfer in zip(names, transfers, strict=True)]
    for purpose in sorted(set(purposes) - {""}):
        waiting = [name for name, its in zip(names, purposes, strict=True) if its == purpose]
        codes.append(waits_for(waiting, purpose, arrives_at))
    return with_note(line, note, *codes, _("Balance: {balance}", balance=Money(balance)))


def waits_for(names: Sequence[Fact], purpose: str, arrives_at: int = 0) -> Text:
    """That money waits for people who have not joined, or who confirm what comes in, or for its time."""
    if purpose == TO_ARRIVE:
        return _("On its way: {names}. It arrives on {moment}; until then you can take it back.", names=listed(names),
                 moment=Moment.of_microseconds(arrives_at))
    if purpose == TO_THAW:
        return _("Can't take it yet: {names}. The money waits for up to 7 days and arrives by itself; until then you "
                 "can take it back.", names=listed(names))
    if purpose == TO_CHECK:
        return _("🔎 Not there yet: {names}. Our safety check held it back, and the operators look at it: it goes on "
                 "or comes back, within 3 days.", names=listed(names))
    if purpose == TO_ACCEPT:
        return _("Still to be accepted: {names}. The money waits for 24 hours; what is not accepted comes back.",
                 names=listed(names))
    return _("Not in {brand} yet: {names}. The money waits for 24 hours; what nobody claims comes back.",
             names=listed(names))


# --------------------------------------------------------------------------------------- cards of waiting money
def card(payer: Fact, name: Fact, amount: int, note: str, purpose: str, arrives_at: int = 0) -> Lines:
    """Money waits for somebody who has not joined, or who confirms what comes in, or for its time."""
    if purpose == TO_ARRIVE:
        line = _("⏳ {payer} sent <b>{amount}</b> to {name}.", payer=payer, amount=Money(amount), name=name)
        return with_note(line, note, _("It arrives on {moment}; until then {payer} can take it back.", payer=payer,
                                       moment=Moment.of_microseconds(arrives_at)))
    if purpose == TO_THAW:  # Everybody there reads this, so it does not say why.
        line = _("⏳ {payer} sent <b>{amount}</b> to {name}.", payer=payer, amount=Money(amount), name=name)
        return with_note(line, note, _("It has yet to arrive and waits for up to 7 days; until then {payer} can take "
                                       "it back.", payer=payer))
    if purpose == TO_CHECK:
        line = _("⏳ {payer} sent <b>{amount}</b> to {name}.", payer=payer, amount=Money(amount), name=name)
        return with_note(line, note, _("It has yet to arrive."))
    line = _("🎁 {payer} sent <b>{amount}</b> to {name}.", payer=payer, amount=Money(amount), name=name)
    if purpose == TO_ACCEPT:
        return with_note(line, note, _("{name} can accept it within 24 hours; otherwise it goes back.", name=name))
    return with_note(line, note, _("{name} can claim it within 24 hours; otherwise it goes back.", name=name))


def card_again(payer: Fact, name: Fact, amount: int, note: str) -> Lines:
    """The card where its group went, a part of its time later."""
    line = _("🎁 {payer} sent <b>{amount}</b> to {name}.", payer=payer, amount=Money(amount), name=name)
    return with_note(line, note)


def card_claimed(payer: Fact, name: Fact, amount: int, purpose: str) -> Text:
    """The card after the money was claimed or accepted, or has arrived."""
    if purpose in (TO_ARRIVE, TO_THAW, TO_CHECK):
        return _("✅ {amount} from {payer} has arrived at {name}.", name=name, amount=Money(amount), payer=payer)
    if purpose == TO_ACCEPT:
        return _("✅ {name} accepted {amount} from {payer}.", name=name, amount=Money(amount), payer=payer)
    return _("✅ {name} claimed {amount} from {payer}.", name=name, amount=Money(amount), payer=payer)


def card_returned(payer: Fact, name: Fact, amount: int, state: str, purpose: str) -> Text:
    """The card after the money went back: taken back by its payer, declined, or not taken in time."""
    if purpose == TO_CHECK:
        return _could_not_arrive(payer, name, amount)
    if state == "released":
        return _("↩️ {payer} took back {amount} that waited for {name}.", payer=payer, amount=Money(amount), name=name)
    if purpose == TO_THAW:
        return _could_not_arrive(payer, name, amount)
    if state == "declined":
        return _("↩️ {name} declined {amount} from {payer}, so it went back.", name=name, amount=Money(amount),
                 payer=payer)
    if purpose == TO_ARRIVE:
        return _could_not_arrive(payer, name, amount)
    if purpose == TO_ACCEPT:
        return _("⌛ {name} did not accept {amount} within 24 hours, so it went back to {payer}.", name=name,
                 amount=Money(amount), payer=payer)
    return _("⌛ {name} did not claim {amount} within 24 hours, so it went back to {payer}.", name=name,
             amount=Money(amount), payer=payer)


def _could_not_arrive(payer: Fact, name: Fact, amount: int) -> Text:
    return _("↩️ {amount} from {payer} could not arrive at {name}, so it went back.", name=name, amount=Money(amount),
             payer=payer)


def offer_over(payer: Fact, amount: int) -> Text:
    """What remains of an offer that its payer took back or that ran out: how it went is told below it."""
    return _("🎁 {payer} sent you {amount}. It does not wait for you any more.", payer=payer, amount=Money(amount))


def offer(payer: Fact, amount: int, note: str, expires_at: int, purpose: str, transfer: int) -> Lines:
    """To the one for whom money waits."""
    line = _("🎁 {payer} sent you <b>{amount}</b>.", payer=payer, amount=Money(amount))
    until = Moment.of_microseconds(expires_at)
    if purpose == TO_ARRIVE:
        wait = _("It arrives on {moment}; until then {payer} can take it back.", payer=payer, moment=until)
    elif purpose == TO_THAW:
        wait = _("It arrives when your wallet is frozen no more. It waits until {until}; after that it goes back.",
                 until=until)
    elif purpose == TO_ACCEPT:
        wait = _("It is yours once you accept it. It waits until {until}; after that it goes back.", until=until)
    else:
        wait = _("It waits for you until {until}; after that it goes back.", until=until)
    return with_note(line, note, wait, receipt_line(transfer))
