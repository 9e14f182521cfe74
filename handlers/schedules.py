"""The sentences about payments that come again, for chats and notices.

Guards: whoever says yes to one reads exactly whom it pays, how much, on which days, from when and until when.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from handlers.payments import receipt_line, with_note
from handlers.texts import Day, Fact, Lines, Money, Text, _
from wallet.dates import DAILY, MONTHLY
from wallet.schedules import MOST_IN_A_ROW

LAST: Final = 31
"""The day that stands for the last one of every month."""

_WEEKDAYS: Final[tuple[Callable[[], Text], ...]] = (
    lambda: _("every Monday"), lambda: _("every Tuesday"), lambda: _("every Wednesday"), lambda: _("every Thursday"),
    lambda: _("every Friday"), lambda: _("every Saturday"), lambda: _("every Sunday"))


def rhythm(unit: str, on: int) -> Text:
    """On which days."""
    if unit == DAILY:
        return _("every day")
    if unit != MONTHLY:
        return _WEEKDAYS[on]()
    if on == LAST:
        return _("every month on its last day")
    return _("every month on day {on}", on=on)


def day(number: int) -> Day:
    """A day of the calendar by its number."""
    return Day(date.fromordinal(number))


def question(name: Fact, amount: int, note: str, unit: str, on: int, first: int, last: int, payer: Fact | None
             ) -> Lines:
    """What a payer is asked, and says yes to with the PIN; `payer` names them where others read along."""
    line = _("Pay {name} <b>{amount}</b> {rhythm}?", name=name, amount=Money(amount), rhythm=rhythm(unit, on))
    more: list[Fact] = [_span(first, last),
                        _("It is paid by itself from then on, without another question; you are told the day before "
                          "and can stop it in /schedules.")]
    if unit == MONTHLY and 28 < on < LAST:
        more.insert(1, _("A month that has no such day uses its last one."))
    if payer is not None:
        more.append(_("Only {payer} can confirm this.", payer=payer))
    return with_note(line, note, *more)


def _span(first: int, last: int) -> Text:
    if last:
        return _("First on {first}, and not after {last}.", first=day(first), last=day(last))
    return _("First on {first}, and until you stop it.", first=day(first))


def waiting_line(payer: Fact, name: Fact) -> Text:
    """What a group reads while the PIN is asked: the rest is between the payer and the bot."""
    return _("Waiting for {payer} to confirm a recurring payment to {name}.", payer=payer, name=name)


def cancelled_line() -> Text:
    """That it was called off."""
    return _("Cancelled: the recurring payment was not set up. No money moved.")


def set_up_line(payer: Fact, name: Fact) -> Text:
    """What a group reads once it is set up."""
    return _("✅ {payer} set up a recurring payment to {name}.", payer=payer, name=name)


def made(name: Fact, amount: int, note: str, unit: str, on: int, first: int, last: int) -> Lines:
    """To the payer, when it is set up."""
    line = _("✅ {name} is paid <b>{amount}</b> {rhythm}.", name=name, amount=Money(amount), rhythm=rhythm(unit, on))
    return with_note(line, note, _span(first, last), _("Nothing was paid yet."))


def listed(name: Fact, amount: int, note: str, unit: str, on: int, try_day: int, last: int, *, late: bool) -> Lines:
    """One in the list of one's own."""
    line = _("<b>{amount}</b> to {name}, {rhythm}", amount=Money(amount), name=name, rhythm=rhythm(unit, on))
    following = (_("Tried again on {day}", day=day(try_day)) if late else _("Next on {day}", day=day(try_day)))
    return with_note(line, note, following, *([_("Not after {last}", last=day(last))] if last else []))


# ------------------------------------------------------------------------------------------------- notices
def soon(name: Fact, amount: int, note: str, due: int) -> Lines:
    """The day before."""
    line = _("📅 Tomorrow, on {day}, <b>{amount}</b> goes to {name} by itself.", day=day(due), amount=Money(amount),
             name=name)
    return with_note(line, note, _("If you don't want that, stop it now."))


def ran(name: Fact, amount: int, note: str, transfer: int, hold: int, again: int, missed: int) -> Lines:
    """It was paid."""
    line = _("📅 <b>{amount}</b> went to {name}, as you set up.", amount=Money(amount), name=name)
    more: list[Fact] = [receipt_line(transfer)]
    if hold:
        more.append(_("It waits for 24 hours until {name} accepts it.", name=name))
    if missed:
        more.append(_missed(missed))
    more.append(_("Next on {day}", day=day(again)) if again else _("That was the last time."))
    return with_note(line, note, *more)


def _missed(missed: int) -> Text:
    return _("{n} earlier day was skipped, because nothing was paid then.",
             "{n} earlier days were skipped, because nothing was paid then.", n=missed)


_WHY: Final[Mapping[str, Callable[[], Text]]] = {
    "balance": lambda: _("There is not enough money in your wallet. /topup adds some."),
    "waiting": lambda: _("Too many of your payments wait for others. /balance shows them."),
    "limit": lambda: _("It is more than your limits let you pay now. /limits shows them."),
    "locked": lambda: _("You locked your wallet. /unlock opens it again."),
    "guardian": lambda: _("Your guardian doesn't allow it, or nobody answers for you now. /family says which."),
    "agreements": lambda: _("An agreement has to be accepted first. /agreement shows it."),
    "frozen": lambda: _("Your wallet is frozen until the matter has been looked into. /support is the way to us."),
    "restricted": lambda: _("Sending is stopped for your wallet for now. /support is the way to us."),
    "order": lambda: _("An order of a court or another authority holds your money. /balance says which."),
    "payer": lambda: _("Nothing may go out of your wallet at the moment. /help says how to reach us."),
    "receiver": lambda: _("The receiver can't take money at the moment."),
    "risk": lambda: _("Our safety check stopped it, since nobody was there to be asked. You can pay it by hand."),
    "closing": lambda: _("{brand} closes, so nothing is paid again and again any more."),
}


FOR_EVER: Final = frozenset({"payer", "receiver", "closing"})
"""What does not pass by itself."""


def failed(name: Fact, amount: int, why: str, again: int, missed: int, *, skipped: bool) -> Lines:
    """It could not be paid this time."""
    line = _("📅 {amount} to {name} could not be paid, and no money moved.", amount=Money(amount), name=name)
    lines: list[Fact] = [line, _WHY[why]()]
    if missed:
        lines.append(_missed(missed))
    if not skipped:
        lines.append(_("It is tried again on {day}.", day=day(again)))
    elif again:
        lines.append(_("This time is skipped; next on {day}.", day=day(again)))
    else:
        lines.append(_("This time is skipped, and it was the last one."))
    return Lines(tuple(lines))


def ended(name: Fact, amount: int, why: str) -> Lines:
    """It was stopped because it is impossible, or could not be paid too often in a row."""
    line = _("📅 The recurring payment of {amount} to {name} is stopped. No money moved.", amount=Money(amount),
             name=name)
    if why in FOR_EVER:
        return Lines((line, _WHY[why]()))
    return Lines((line, _WHY[why](), _("It could not be paid {n} time in a row, so it is not tried any more.",
                                       "It could not be paid {n} times in a row, so it is not tried any more.",
                                       n=MOST_IN_A_ROW)))
