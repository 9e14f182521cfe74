"""What a payer is told before their first payment to somebody: who that is, since when they are here, and to give
nothing to whoever asks for codes.

Guards: who it is, and that they were never paid before, is told to the payer alone; in a group stands only what is good
advice to anybody. Of whom a phone number belongs to nothing is told, not even whether they were paid before by name.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from handlers.chat.cards import Cards
from handlers.ground import microseconds
from handlers.namesakes import Payee
from handlers.texts import Fact, Lines, Text, _
from wallet.views import MemberView

_DAY: Final = 24 * 60 * 60 * 1_000_000
_MONTH: Final = 30
_YEAR: Final = 365
"""In days, as people count who only want to know how long somebody is here."""


async def with_warning(said: Fact, payees: Sequence[Payee], payer: Fact | None, cards: Cards, member: MemberView,
                       now: datetime) -> Fact:
    """A question with the warning below it, where it needs one; `payer` names who is asked where others read along."""
    numbers = any(payee.by_number for payee in payees)
    named = [payee for payee in payees if not payee.by_number]
    found = await cards.verified.of_first(member.id, [payee.telegram_id for payee in named]) if named else {}
    strangers = [payee for payee in named if payee.telegram_id in found]
    if not strangers and not numbers:
        return said
    lines: list[Fact] = []
    for payee in strangers if payer is None else ():
        one = found[payee.telegram_id]
        name: Fact = payee.name if one.marks is None or len(payees) == 1 else one.marks.beside(payee.name)
        lines.append(_("⚠️ Your first payment to {name}, a member {age}.", name=name,
                       age=here_for(microseconds(now) - one.joined_at)))
        if one.marks is not None and len(payees) == 1:
            lines.append(one.marks.line())
    advice = _("Never pay anybody who asks you for codes or tells you to hurry.")
    return Lines((said, Lines((*lines, advice))), gap="\n\n")


def here_for(time: int) -> Text:
    """For how long somebody is a member, as people say it."""
    days = max(0, time) // _DAY
    if not days:
        return _("since today")
    if days < 2 * _MONTH:
        return _("for {n} day", "for {n} days", n=days)
    if days < 2 * _YEAR:
        return _("for {n} month", "for {n} months", n=days // _MONTH)
    return _("for {n} year", "for {n} years", n=days // _YEAR)
