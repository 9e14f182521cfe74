"""What members see of their money: balance and history.

Guards: every look takes the viewer from who asks, never from what a button or a message carries, and in a group only
they see it.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers import payments
from handlers import refusals as said_of
from handlers.asking import AsksUnclearly, answers
from handlers.chat import buttons
from handlers.chat.buttons import HistoryButton
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, change, toast, whisper
from handlers.commands import ABOUT_MONEY, Verb, declared
from handlers.ground import Config, People, accepts, microseconds
from handlers.keyboards import Open, message_of_ones_own, only_for, pressed_message
from handlers.legal_holds import in_the_balance
from handlers.parsing import Asked, MonthAsked, Unclear
from handlers.texts import Fact, Lines, Moment, Money, Month, Person, Speaker, Text, _
from wallet import refusals
from wallet.movements import (
    ADJUST_IN,
    ADJUST_OUT,
    ENVELOPE,
    ENVELOPE_BACK,
    GIVEBACK,
    RETURN,
    SET_ASIDE,
    SHARE,
    SPLIT,
    TOP_UP,
    VOUCHER,
    VOUCHER_BACK,
    VOUCHER_USE,
)
from wallet.protocols import Reads
from wallet.rows import TO_ACCEPT, TO_ARRIVE, TO_CHECK, TO_THAW
from wallet.views import HistoryLine, HistoryPage, MemberView

PAGE: Final = 8
"""Lines of a page: as many as there are buttons in a row."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="wallet")
    press = router.callback_query.register
    answers(router, Verb.BALANCE, balance)
    answers(router, Verb.HISTORY, history)
    router.message.register(unclear, AsksUnclearly(*ABOUT_MONEY), flags=accepts(group=True, joined=False))
    press(open_balance, Open.filter(F.what == "balance"), flags=declared(Verb.BALANCE))
    press(open_history, Open.filter(F.what == "history"), flags=declared(Verb.HISTORY))
    press(turn_history, HistoryButton.filter(), flags=declared(Verb.HISTORY))
    return router


async def unclear(message: Message, unclear: Unclear, speaker: Speaker, group_speaker: Speaker,
                  config: Config) -> None:
    """A request about money that can't be read to its end."""
    assert message.from_user is not None
    await whisper(message, message.from_user.id, speaker, said_of.about_unclear(unclear, config.currency),
                  group_speaker, config)


# ------------------------------------------------------------------------------------------------- balance
async def balance(message: Message, reads: Reads, speaker: Speaker, group_speaker: Speaker, member: MemberView,
                  config: Config) -> None:
    """`/balance`, `余额`."""
    await _show_balance(message, reads, speaker, group_speaker, member, config, None)


async def open_balance(press: CallbackQuery, reads: Reads, speaker: Speaker, group_speaker: Speaker,
                       member: MemberView, config: Config) -> None:
    """The button."""
    message = pressed_message(press)
    await toast(press)
    await _show_balance(message, reads, speaker, group_speaker, member, config, press)


@payload("balance")
async def came_for_balance(message: Message, rest: str, reads: Reads, speaker: Speaker, member: MemberView,
                           config: Config) -> None:
    """Somebody whom the group could not be hidden from."""
    await _show_balance(message, reads, speaker, speaker, member, config, None)


async def _show_balance(message: Message, reads: Reads, speaker: Speaker, group_speaker: Speaker, member: MemberView,
                        config: Config, press: CallbackQuery | None) -> None:
    view = await reads.balance(member.id)
    lines: list[Fact] = [_("Available: <b>{amount}</b>", amount=Money(view.available))]
    if view.held:
        lines.append(_("On its way: {amount}", amount=Money(view.held)))
    lines += map(in_the_balance, await reads.legal_holds(member.id))
    offered = await reads.waiting_for(member.telegram_id)
    if offered:
        lines.append(_("Waiting for you: {amount}", amount=Money(sum(one.amount for one in offered))))
    asked = await reads.requests_to(member.telegram_id)
    if asked:
        lines.append(_("You are asked for: {amount}", amount=Money(sum(one.amount for one in asked))))
    lines.append(_("Left today without your PIN: {amount}", amount=Money(view.pinless_left)))
    if config.play_money:
        lines.append(_("<i>This is play money: it is worth nothing elsewhere.</i>"))
    await whisper(message, member.telegram_id, speaker, Lines(tuple(lines)), group_speaker, config,
                  markup=buttons.wallet_pages(speaker, waits=view.held > 0, offered=bool(offered)),
                  payload="balance_now", press=press)


# ------------------------------------------------------------------------------------------------- history
@dataclass(frozen=True, slots=True)
class Look:
    """Which part of a history is looked at."""

    month: int = 0
    """Year × 100 + month, 0 for everything."""
    direction: str = "all"
    before: int = 0
    after: int = 0
    """Where the page is turned to, by the numbers of entries; both 0 for the newest."""

    def button(self, owner: int) -> HistoryButton:
        """What the button that leads here carries."""
        return HistoryButton(owner=owner, month=self.month, direction=self.direction, before=self.before,
                             after=self.after)

    def period(self, config: Config) -> tuple[int, int]:
        """From when until when, in microseconds. Refuses `ButtonStale` for a month that never was."""
        if not self.month:
            return 0, 2**62
        year, month = divmod(self.month, 100)
        try:
            since = datetime(year, month, 1, tzinfo=config.zone)
            until = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=config.zone)
        except ValueError:
            raise refusals.ButtonStale from None
        return microseconds(since), microseconds(until)


async def history(message: Message, asked: Asked, reads: Reads, people: People, speaker: Speaker,
                  group_speaker: Speaker, member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """`/history [month]`, `账单`."""
    look = Look()
    if isinstance(asked.argument, MonthAsked):
        today = now().astimezone(config.zone)
        year, month = asked.argument.resolve(today)
        if (year, month) > (today.year, today.month):
            await whisper(message, member.telegram_id, speaker, not_begun(year, month), group_speaker, config)
            return
        look = Look(month=year * 100 + month)
    said, markup = await _history(look, reads, people, speaker, member, config)
    await whisper(message, member.telegram_id, speaker, said, group_speaker, config, markup=markup,
                  payload="history_now")


def not_begun(year: int, month: int) -> Text:
    """What stands in the place of a month to come: an empty one would seem to know what will be."""
    return _("{month} hasn't begun yet, so there is nothing to show.", month=Month(year, month))


async def open_history(press: CallbackQuery, reads: Reads, people: People, speaker: Speaker, group_speaker: Speaker,
                       member: MemberView, config: Config) -> None:
    """The button."""
    message = pressed_message(press)
    await toast(press)
    said, markup = await _history(Look(), reads, people, speaker, member, config)
    await whisper(message, member.telegram_id, speaker, said, group_speaker, config, markup=markup,
                  payload="history_now", press=press)


@payload("history")
async def came_for_history(message: Message, rest: str, reads: Reads, people: People, speaker: Speaker,
                           member: MemberView, config: Config) -> None:
    """Somebody whom the group could not be hidden from."""
    await answer(message, speaker, *await _history(Look(), reads, people, speaker, member, config))


async def turn_history(press: CallbackQuery, callback_data: HistoryButton, reads: Reads, people: People,
                       speaker: Speaker, member: MemberView, config: Config) -> None:
    """Another page or another filter, in the same message."""
    only_for(press, callback_data.owner)
    message = message_of_ones_own(press)
    look = Look(callback_data.month, callback_data.direction, callback_data.before, callback_data.after)
    said, markup = await _history(look, reads, people, speaker, member, config)
    await toast(press)
    await change(message, speaker, said, markup)


async def _history(look: Look, reads: Reads, people: People, speaker: Speaker, member: MemberView,
                   config: Config) -> tuple[Fact, InlineKeyboardMarkup]:
    since, until = look.period(config)
    direction = "" if look.direction == "all" else look.direction
    page = await reads.history(member.id, since=since, until=until, direction=direction, before=look.before,
                               after=look.after, limit=PAGE)
    names = await payments.sides([line.party for line in page.lines], people)
    heading = (_("<b>History</b>, {month}", month=Month(*divmod(look.month, 100))) if look.month
               else _("<b>History</b>"))
    sums = [_("In {came}, out {went}", came=Money(page.came), went=Money(page.went))] if page.summed else []
    lines: list[Fact] = [_history_line(number, line, names.get(line.party) if line.party else None)
                         for number, line in enumerate(page.lines, 1)]
    if not lines:
        lines = [_("Nothing among these; “›” looks further back.") if page.older else _("Nothing here.")]
    said = Lines((Lines((heading, *sums)), *lines), "\n\n")
    return said, _history_buttons(look, page, speaker, member.telegram_id)


def _history_buttons(look: Look, page: HistoryPage, speaker: Speaker, owner: int) -> InlineKeyboardMarkup:
    def way(direction: str, label: Text) -> tuple[Text, HistoryButton, bool]:
        return label, Look(look.month, direction).button(owner), direction == look.direction

    filters = (way("all", _("All")), way("in", _("In")), way("out", _("Out")))
    turns = []
    if page.newer:
        turns.append(("‹", Look(look.month, look.direction, after=page.newer).button(owner)))
    if page.older:
        turns.append(("›", Look(look.month, look.direction, before=page.older).button(owner)))
    return buttons.history(speaker, [line.transfer for line in page.lines], filters, turns, look.month)


def _history_line(number: int, line: HistoryLine, name: Person | None) -> Fact:
    amount = Money(line.amount if line.incoming else -line.amount, signed=True)
    said = _("{n}. <b>{amount}</b> {what}", n=number, amount=amount, what=_what(line, name or Person("")))
    # Behind it the date would break in its middle on a phone.
    return payments.with_note(Lines((said, Moment.of_microseconds(line.at))), line.note)


def _what(line: HistoryLine, name: Person) -> Text:
    """What a movement was, for one who had a side in it."""
    if line.kind == TOP_UP.name:
        return _("topped up")
    if line.kind in (ADJUST_IN.name, ADJUST_OUT.name):
        return _("added by the operators") if line.incoming else _("taken by the operators")
    if line.kind == RETURN.name:
        return _("back from {name}", name=name)
    if line.kind == GIVEBACK.name:
        return _("given back by {name}", name=name) if line.incoming else _("given back to {name}", name=name)
    if line.kind in _POTS:
        return _POTS[line.kind](name)
    if line.kind == SPLIT.name:
        return _("{name}'s share", name=name) if line.incoming else _("your share, to {name}", name=name)
    if line.kind == SET_ASIDE.name:
        return _HELD.get(line.purpose, _WAITED)[line.hold_state](name)
    return _("from {name}", name=name) if line.incoming else _("to {name}", name=name)


_POTS: Final[dict[str, Callable[[Person], Text]]] = {
    ENVELOPE.name: lambda _name: _("into a red envelope"),
    SHARE.name: lambda name: _("from {name}'s red envelope", name=name),
    ENVELOPE_BACK.name: lambda _name: _("back from a red envelope"),
    VOUCHER.name: lambda _name: _("into a voucher"),
    VOUCHER_USE.name: lambda name: _("voucher from {name}", name=name),
    VOUCHER_BACK.name: lambda _name: _("back from a voucher"),
}
_WAITED: Final[dict[str, Callable[[Person], Text]]] = {
    "open": lambda name: _("to {name}, waits to be claimed", name=name),
    "settled": lambda name: _("to {name}, claimed", name=name),
    "released": lambda name: _("to {name}, taken back", name=name),
    "expired": lambda name: _("to {name}, not claimed", name=name),
}
_DELAYED: Final[dict[str, Callable[[Person], Text]]] = {
    **_WAITED,
    "open": lambda name: _("to {name}, on its way", name=name),
    "settled": lambda name: _("to {name}, arrived", name=name),
    "expired": lambda name: _("to {name}, could not arrive", name=name),
}
_ASKED: Final[dict[str, Callable[[Person], Text]]] = {
    **_WAITED,
    "open": lambda name: _("to {name}, waits to be accepted", name=name),
    "settled": lambda name: _("to {name}, accepted", name=name),
    "declined": lambda name: _("to {name}, declined", name=name),
    "expired": lambda name: _("to {name}, not accepted", name=name),
}


def _checked(name: Person) -> Text:
    return _("to {name}, looked at by the operators", name=name)


_HELD: Final = {TO_ACCEPT: _ASKED, TO_ARRIVE: _DELAYED, TO_THAW: {**_DELAYED, "declined": _DELAYED["expired"]},
                TO_CHECK: {**_DELAYED, "released": _DELAYED["expired"], "open": _checked}}


async def labelled(lines: Sequence[HistoryLine], people: People) -> list[tuple[int, Text]]:
    """Movements to choose from: the transfer and its few words. The time tells those apart that are alike otherwise."""
    names = await payments.sides([line.party for line in lines], people)
    return [(line.transfer, _("{amount} {what}, {at}",
                              amount=Money(line.amount if line.incoming else -line.amount, signed=True),
                              what=_what(line, names[line.party] if line.party else Person("")),
                              at=Moment.of_microseconds(line.at)))
            for line in lines]
