"""A month on one picture: what it began with, what came, what went and what was left; as a document and as a table for
whoever presses for them.

Guards: a statement is its owner's alone and is sent in private.
"""
from __future__ import annotations

import asyncio
from calendar import monthrange
from collections.abc import Callable
from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from handlers.asking import answers
from handlers.chat import buttons
from handlers.chat.buttons import Form, StatementButton, StatementFile
from handlers.chat.month import Statement, left_out, read
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, toast, whisper
from handlers.chat.statement_files import paper, table
from handlers.chat.wallet import not_begun
from handlers.commands import Verb, declared
from handlers.drawing import CAME, INK, WENT, Bar, Chart, Drawer, Share, scale_for
from handlers.ground import Config, People, accepts, group_of
from handlers.keyboards import pressed_message
from handlers.parsing import Asked, MonthAsked, month_of
from handlers.pictures.easel import NotDrawn
from handlers.pictures.printer import Printer
from handlers.texts import Fact, Lines, Moment, Money, Month, Speaker, _
from wallet import refusals
from wallet.protocols import Reads
from wallet.views import MemberView

MARKED: Final = 7
"""Every so many days one has its number below it."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="statement")
    answers(router, Verb.STATEMENT, statement)
    router.callback_query.register(open_statement, StatementButton.filter(), flags=declared(Verb.STATEMENT))
    router.callback_query.register(send_file, StatementFile.filter(), flags=accepts())
    return router


async def statement(message: Message, asked: Asked, reads: Reads, people: People, drawer: Drawer, speaker: Speaker,
                    group_speaker: Speaker, member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """`/statement [month]`, `月账单`; in a group the way to the private chat."""
    month = asked.argument if isinstance(asked.argument, MonthAsked) else MonthAsked(0)
    if group_of(message):
        await _lead(message, month, speaker, group_speaker, member, config, now, None)
    else:
        await _show(message, month, reads, people, drawer, speaker, member, config, now)


async def open_statement(press: CallbackQuery, callback_data: StatementButton, reads: Reads, people: People,
                         drawer: Drawer, speaker: Speaker, group_speaker: Speaker, member: MemberView, config: Config,
                         now: Callable[[], datetime]) -> None:
    """The same by a button."""
    message, month = pressed_message(press), _month_on(callback_data.month)
    await toast(press)
    if group_of(message):
        await _lead(message, month, speaker, group_speaker, member, config, now, press)
    else:
        await _show(message, month, reads, people, drawer, speaker, member, config, now)


def _month_on(month: int) -> MonthAsked:
    """The month that a button names. Refuses `ButtonStale` for one that never was."""
    if not month:
        return MonthAsked(0)
    found = month_of(f"{month // 100}-{month % 100:02}")
    if found is None:
        raise refusals.ButtonStale
    return found


async def _lead(message: Message, month: MonthAsked, speaker: Speaker, group_speaker: Speaker, member: MemberView,
                config: Config, now: Callable[[], datetime], press: CallbackQuery | None) -> None:
    """The way from a group to the private chat."""
    year, number = month.resolve(_today(config, now))
    await whisper(message, member.telegram_id, speaker, _("I send statements in our private chat only."), group_speaker,
                  config, payload=f"statement_{year}-{number:02}", press=press)


@payload("statement")
async def came_for_statement(message: Message, rest: str, reads: Reads, people: People, drawer: Drawer,
                             speaker: Speaker, member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """Somebody who asked for it in a group."""
    await _show(message, month_of(rest) or MonthAsked(0), reads, people, drawer, speaker, member, config, now)


def _today(config: Config, now: Callable[[], datetime]) -> datetime:
    return now().astimezone(config.zone)


async def _show(message: Message, month: MonthAsked, reads: Reads, people: People, drawer: Drawer, speaker: Speaker,
                member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    today = _today(config, now)
    year, number = month.resolve(today)
    if (year, number) > (today.year, today.month):
        await answer(message, speaker, not_begun(year, number))
        return
    found = await read(year, number, reads, people, member, config)
    told = _told(found, so_far=(year, number) == (today.year, today.month))
    joined = Moment.of_microseconds(member.joined_at).at.astimezone(config.zone)
    markup = buttons.under_statement(speaker, year, number, first=(joined.year, joined.month),
                                     this=(today.year, today.month), files=bool(found.lines))
    if not found.lines:
        await answer(message, speaker, told, markup)
        return
    try:
        picture = await drawer.draw(_chart(found, speaker, config))
        await message.answer_photo(BufferedInputFile(picture, f"{_name(year, number)}.png"), caption=speaker.say(told),
                                   parse_mode=ParseMode.HTML, reply_markup=markup)
    except (NotDrawn, TelegramBadRequest):  # The numbers are what matters; they need no picture.
        await answer(message, speaker, told, markup)


def _name(year: int, number: int) -> str:
    return f"statement-{year}-{number:02}"


async def send_file(press: CallbackQuery, callback_data: StatementFile, reads: Reads, people: People, printer: Printer,
                    speaker: Speaker, member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """A month as a document or as a table. The words are put together in a thread: there may be thousands."""
    message, made = pressed_message(press), now()
    year, number = _month_on(callback_data.month).resolve(made.astimezone(config.zone))
    await toast(press)
    found = await read(year, number, reads, people, member, config)
    name = f"{_name(year, number)}.{callback_data.form}"
    if not found.lines:
        await answer(message, speaker, _told(found, so_far=False))
        return
    if callback_data.form is Form.TABLE:
        file, said = await asyncio.to_thread(table, found, speaker, config), _(
            "Every movement as a table, for a spreadsheet.")
    else:
        try:
            file = await printer.printed(await asyncio.to_thread(paper, found, speaker, member, config, made))
        except NotDrawn:
            await answer(message, speaker, _("I can't print right now. The table has every movement too; or try again "
                                             "in a minute."))
            return
        said = _("The month as a document, to keep or to print.")
    await message.answer_document(BufferedInputFile(file, name), parse_mode=ParseMode.HTML, caption=speaker.say(said))


# ------------------------------------------------------------------------------------------------- telling
def _told(found: Statement, *, so_far: bool) -> Lines:
    month = Month(found.year, found.month)
    heading = (_("<b>Statement</b>, {month} so far", month=month) if so_far
               else _("<b>Statement</b>, {month}", month=month))
    if not found.lines:
        return Lines((heading, _("Nothing came and nothing went. Balance: <b>{amount}</b>",
                                 amount=Money(found.opening))), "\n\n")
    sums: list[Fact] = [
        _("Opening balance: {amount}", amount=Money(found.opening)), _("In: {amount}", amount=Money(found.came)),
        _("Out: {amount}", amount=Money(found.went)),
        _("Closing balance: <b>{amount}</b>", amount=Money(found.closing)), found.count]
    parts: list[Fact] = [heading, Lines(tuple(sums))]
    if found.left_out:
        parts.append(left_out(found))
    return Lines(tuple(parts), "\n\n")


# ------------------------------------------------------------------------------------------------- drawing
def _chart(found: Statement, speaker: Speaker, config: Config) -> Chart:
    say, bars = speaker.plain, _bars(found, config)
    tiles = ((_("Opening balance"), Money(found.opening), INK), (_("Closing balance"), Money(found.closing), INK),
             (_("In"), Money(found.came, signed=True), CAME), (_("Out"), Money(-found.went), WENT))
    foot = [found.count, *([_("play money")] if config.play_money else [])]
    return Chart(
        title=say(Month(found.year, found.month)), above=say(_("{brand} · Statement")),
        tiles=[(say(label), say(amount), colour) for label, amount, colour in tiles], bars=bars,
        scale=scale_for(bars, speaker, config.currency), shares=_shares(found, speaker),
        foot=" · ".join(map(say, foot)))


def _bars(found: Statement, config: Config) -> list[Bar]:
    """One for each day. A movement at midnight belongs to the month that counts it, whatever its own clock said."""
    days = monthrange(found.year, found.month)[1]
    came, went = [0] * days, [0] * days
    for line in found.lines:
        at = Moment.of_microseconds(line.at).at.astimezone(config.zone)
        day = at.day - 1
        if (at.year, at.month) != (found.year, found.month):
            day = 0 if (at.year, at.month) < (found.year, found.month) else days - 1
        sums = came if line.change > 0 else went
        sums[day] += abs(line.change)
    return [Bar(came[day], went[day], "" if day % MARKED else str(day + 1)) for day in range(days)]


def _shares(found: Statement, speaker: Speaker) -> list[Share]:
    return [Share(speaker.plain(kind), speaker.plain(Money(change, signed=True)), abs(change), change > 0)
            for kind, change in found.sums()]
