"""People who are called alike, and what tells them apart where somebody chooses or confirms whom to pay.

Guards: no payer is left with a name that could be one of two people, as far as they have met both: in the same payment,
or among those whom they paid lately. What is added was typed by the payer or is harmless: a user name, the end of a
phone number that they named, or since when somebody has a wallet.
"""
from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from handlers import payments
from handlers.ground import People
from handlers.texts import Fact, Moment, Person, Text, _, shown_name
from wallet.plain import frozen
from wallet.protocols import Reads
from wallet.views import MemberView, Party

MOST_LATELY: Final = 100
"""So many of those whom somebody paid lately are looked at."""
LONGEST_ON_A_BUTTON: Final = 24
"""Signs of a name that leave room on a button for what tells it apart."""

_BESIDE: Final = re.compile("[@(（]")
"""A name may be written like one that a user name stands beside."""


@frozen()
class Payee:
    """Somebody who is to be paid, as they were resolved."""

    telegram_id: int
    name: Person
    username: str = ""
    pointed_at: bool = False
    """By a reply or a text mention, which carry the number itself."""
    by_number: bool = False
    """By a phone number, which does not tell the name of whoever has it."""
    digits: str = ""
    """The last ones of that number, as long as it is known what was typed."""


async def told_apart(payees: Sequence[Payee], viewer: int, people: People, reads: Reads) -> list[Fact]:
    """Each as their payer has to recognise them: with the user name, and without one as far as it matters."""
    if all(payee.username for payee in payees):
        return [payments.exactly(payee.name, payee.username) for payee in payees]
    lately = await reads.recent_receivers(viewer, MOST_LATELY)
    called = {number: _heard(name) for number, name in (await payments.parties(lately, people)).items()}
    called |= {payee.telegram_id: _heard(payee.name) for payee in payees}
    often = Counter(called.values())
    alike = {payee.telegram_id for payee in payees if not payee.username and (
        often[_heard(payee.name)] > 1 or _BESIDE.search(payee.name.name))}
    members = await reads.members([payee.telegram_id for payee in payees
                                   if payee.telegram_id in alike and not payee.by_number]) if alike else {}
    return [_apart(payee, members.get(payee.telegram_id)) if payee.telegram_id in alike else
            payments.exactly(payee.name, payee.username) for payee in payees]


async def labels(parties: Sequence[Party], people: People, reads: Reads) -> Mapping[int, Fact]:
    """Names to choose from, by Telegram id: a user name is told only of those who share theirs."""
    names = await payments.parties(parties, people)
    often = Counter(_heard(name) for name in names.values())
    alike = [party.telegram_id for party in parties if often[_heard(names[party.telegram_id])] > 1]
    if not alike:
        return names
    seen, members = await people.by_ids(alike), await reads.members(alike)
    told: dict[int, Fact] = dict(names)
    for party in parties:
        if party.telegram_id in alike:
            username = seen[party.telegram_id].username if party.telegram_id in seen else ""
            told[party.telegram_id] = _label(names[party.telegram_id], username, members[party.telegram_id])
    return told


def _label(name: Person, username: str, member: MemberView) -> Text:
    """Short enough to be read to its end on a button."""
    name = Person(shown_name(name.name)[:LONGEST_ON_A_BUTTON])
    if username:
        return payments.with_username(name, username)
    return _("{name} (since {moment})", name=name, moment=Moment.of_microseconds(member.joined_at))


async def named(telegram_ids: Sequence[int], by_number: Sequence[int], people: People, reads: Reads) -> list[Payee]:
    """Those whom a draft names; `by_number` those of whom its owner knows no more than a number."""
    known, seen = await payments.names(telegram_ids, people, reads), await people.by_ids(telegram_ids)
    return [Payee(one, payments.masked(known[one]), by_number=True) if one in by_number else
            Payee(one, known[one], seen[one].username if one in seen else "") for one in telegram_ids]


def _heard(name: Person) -> str:
    """The same for two names that a reader takes for one."""
    return unicodedata.normalize("NFKC", shown_name(name.name)).casefold()


def _apart(payee: Payee, member: MemberView | None) -> Fact:
    if payee.by_number:
        return _ending(payee) if payee.digits else payee.name
    if member is None or not member.joined:
        return _("{name} (no user name, no wallet yet)", name=payee.name)
    return _("{name} (no user name, wallet since {moment})", name=payee.name,
             moment=Moment.of_microseconds(member.joined_at))


def _ending(payee: Payee) -> Text:
    return _("{name} (number ending in {digits})", name=payee.name, digits=payee.digits)
