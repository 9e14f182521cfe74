"""A month on one picture: what it began with, what came, what went, what was left, and every movement as a table.

Guards: a statement is its owner's alone and is sent in private; opening balance, in and out always add up to the
closing balance, also where it had to be cut; and no cell that somebody else wrote becomes a formula in a spreadsheet.
"""
from __future__ import annotations

import asyncio
import csv
import io
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from handlers import payments
from handlers.asking import answers
from handlers.chat import buttons
from handlers.chat.buttons import StatementButton
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, toast, whisper
from handlers.chat.wallet import Look, not_begun
from handlers.commands import Verb, declared
from handlers.drawing import CAME, INK, WENT, Bar, Chart, Drawer, Share, lines_for
from handlers.ground import Config, People, group_of
from handlers.keyboards import pressed_message
from handlers.parsing import Asked, MonthAsked, month_of
from handlers.pictures.easel import NotDrawn
from handlers.texts import Fact, Lines, Moment, Money, Month, Person, Speaker, Text, _
from wallet import ids, refusals
from wallet.money import Currency, plain_amount
from wallet.movements import CLAIM, ENVELOPE, ENVELOPE_BACK, GIVEBACK, RETURN, SEND, SET_ASIDE, SHARE, TOP_UP
from wallet.protocols import Reads
from wallet.rows import TO_ACCEPT
from wallet.views import EntryLine, MemberView, Party

MOST_ROWS: Final = 5_000
"""A statement tells no more movements than this: the newest ones."""
PAGE: Final = 200
"""So many are read at once."""
MARKED: Final = 7
"""Every so many days one has its number below it."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="statement")
    answers(router, Verb.STATEMENT, statement)
    router.callback_query.register(open_statement, StatementButton.filter(), flags=declared(Verb.STATEMENT))
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
    message, month = pressed_message(press), _month_on(callback_data)
    await toast(press)
    if group_of(message):
        await _lead(message, month, speaker, group_speaker, member, config, now, press)
    else:
        await _show(message, month, reads, people, drawer, speaker, member, config, now)


def _month_on(button: StatementButton) -> MonthAsked:
    """The month that a button names. Refuses `ButtonStale` for one that never was."""
    if not button.month:
        return MonthAsked(0)
    found = month_of(f"{button.month // 100}-{button.month % 100:02}")
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
    found = await _read(year, number, reads, people, member, config)
    told = _told(found, so_far=(year, number) == (today.year, today.month))
    joined = Moment.of_microseconds(member.joined_at).at.astimezone(config.zone)
    markup = buttons.under_statement(speaker, year, number, first=(joined.year, joined.month),
                                     this=(today.year, today.month))
    if not found.lines:
        await answer(message, speaker, told, markup)
        return
    table = await asyncio.to_thread(_table, found, speaker, config)
    name = f"statement-{year}-{number:02}"
    try:
        picture = await drawer.draw(_chart(found, speaker, config))
        await message.answer_photo(BufferedInputFile(picture, f"{name}.png"), caption=speaker.say(told),
                                   parse_mode=ParseMode.HTML, reply_markup=markup)
    except (NotDrawn, TelegramBadRequest):  # The numbers are what matters; they need no picture.
        await answer(message, speaker, told, markup)
    await message.answer_document(BufferedInputFile(table, f"{name}.csv"), parse_mode=ParseMode.HTML,
                                  caption=speaker.say(_("Every movement as a table, for a spreadsheet.")))


# ------------------------------------------------------------------------------------------------- reading
@dataclass(frozen=True, slots=True)
class Statement:
    """A month of a member, or its newest part."""

    year: int
    month: int
    opening: int
    lines: Sequence[EntryLine]
    """In their order."""
    names: Mapping[Party, Person]
    """Of the other sides."""
    left_out: int
    """How many older movements of the month are not in it."""

    @property
    def closing(self) -> int:
        """What was left in the end."""
        return self.lines[-1].balance if self.lines else self.opening

    @property
    def came(self) -> int:
        """The sum of what came."""
        return sum(line.change for line in self.lines if line.change > 0)

    @property
    def went(self) -> int:
        """The sum of what went, above 0."""
        return -sum(line.change for line in self.lines if line.change < 0)


async def _read(year: int, month: int, reads: Reads, people: People, member: MemberView, config: Config) -> Statement:
    """Page by page, so that whoever moved much keeps nobody waiting."""
    since, until = Look(month=year * 100 + month).period(config)
    first, after = await reads.numbers(member.id, since, until)
    left_out = max(0, after - first - MOST_ROWS)
    lines: list[EntryLine] = []
    names: dict[Party, Person] = {}
    for start in range(first + left_out, after, PAGE):
        page = await reads.entries(member.id, start, min(PAGE, after - start))
        names |= await payments.sides([line.party for line in page], people)
        lines += page
    if lines:
        opening = lines[0].balance - lines[0].change
    else:
        before = await reads.entries(member.id, first - 1, 1) if first > 1 else ()
        opening = before[0].balance if before else 0
    return Statement(year, month, opening, lines, names, left_out)


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
        _("Closing balance: <b>{amount}</b>", amount=Money(found.closing)), _count(found)]
    parts: list[Fact] = [heading, Lines(tuple(sums))]
    if found.left_out:
        parts.append(_("This month had {total} movements, more than a statement can hold. It tells the newest {n} of "
                       "them and begins with the balance before those; /history shows the others.",
                       total=len(found.lines) + found.left_out, n=len(found.lines)))
    return Lines(tuple(parts), "\n\n")


def _count(found: Statement) -> Text:
    return _("{n} movement", "{n} movements", n=len(found.lines))


_KINDS: Final[Mapping[tuple[str, bool], Text]] = {
    (TOP_UP.name, True): _("Topped up"),
    (SEND.name, True): _("Received"),
    (SEND.name, False): _("Sent"),
    (SET_ASIDE.name, False): _("Sent, to be claimed"),
    (CLAIM.name, True): _("Received by claiming"),
    (RETURN.name, True): _("Came back"),
    (ENVELOPE.name, False): _("Red envelopes you sent"),
    (SHARE.name, True): _("Red envelopes you opened"),
    (ENVELOPE_BACK.name, True): _("Red envelopes that came back"),
    (GIVEBACK.name, True): _("Given back to you"),
    (GIVEBACK.name, False): _("Given back by you"),
}
"""What people call a movement, by its name and whether money came by it."""


_ASKED_KINDS: Final[Mapping[tuple[str, bool], Text]] = {
    (SET_ASIDE.name, False): _("Sent, to be accepted"),
    (CLAIM.name, True): _("Received by accepting"),
}


def _kind(line: EntryLine) -> Text:
    came = line.change > 0
    if line.purpose == TO_ACCEPT and (line.kind, came) in _ASKED_KINDS:
        return _ASKED_KINDS[line.kind, came]
    return _KINDS.get((line.kind, came)) or _KINDS[SEND.name, came]


# ------------------------------------------------------------------------------------------------- drawing
def _chart(found: Statement, speaker: Speaker, config: Config) -> Chart:
    say, bars = speaker.plain, _bars(found, config)
    tiles = ((_("Opening balance"), Money(found.opening), INK), (_("Closing balance"), Money(found.closing), INK),
             (_("In"), Money(found.came, signed=True), CAME), (_("Out"), Money(-found.went), WENT))
    foot = [_count(found), *([_("play money")] if config.play_money else [])]
    return Chart(
        title=say(Month(found.year, found.month)), above=say(_("{brand} · Statement")),
        tiles=[(say(label), say(amount), colour) for label, amount, colour in tiles], bars=bars,
        scale=_scale(bars, speaker, config.currency), shares=_shares(found, speaker),
        foot=" · ".join(map(say, foot)))


def _scale(bars: Sequence[Bar], speaker: Speaker, currency: Currency) -> list[tuple[int, str]]:
    """The lines across the bars. Where all of them stand at whole amounts, none needs its decimals."""
    lines = lines_for(bars)
    noughts = "." + "0" * currency.digits
    labels = [speaker.plain(Money(at)) for at in lines]
    if all(label.endswith(noughts) for label in labels):
        labels = [label.removesuffix(noughts) for label in labels]
    return list(zip(lines, labels, strict=True))


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
    sums: dict[Text, int] = {}
    for line in found.lines:
        kind = _kind(line)
        sums[kind] = sums.get(kind, 0) + line.change
    return [Share(speaker.plain(kind), speaker.plain(Money(change, signed=True)), abs(change), change > 0)
            for kind, change in sorted(sums.items(), key=lambda pair: -abs(pair[1]))]


# ------------------------------------------------------------------------------------------------ the table
_FORMULAS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "'")
"""What a spreadsheet may read as the beginning of a formula, and the sign that keeps it from doing so."""


def _table(found: Statement, speaker: Speaker, config: Config) -> bytes:
    """The movements as CSV. Spreadsheets take it for Chinese only when it begins with the mark of UTF-8."""
    say = speaker.plain
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    money = config.currency.code
    writer.writerow([say(label) for label in (
        _("Time ({zone})", zone=config.zone.key), _("Kind"), _("With"), _("Amount ({currency})", currency=money),
        _("Balance after ({currency})", currency=money), _("Note"), _("Receipt"))])
    writer.writerows(_row(line, found.names, speaker, config) for line in found.lines)
    return out.getvalue().encode("utf-8-sig")


def _row(line: EntryLine, names: Mapping[Party, Person], speaker: Speaker, config: Config) -> tuple[str, ...]:
    at = Moment.of_microseconds(line.at).at.astimezone(config.zone)
    name = speaker.plain(names[line.party]) if line.party else ""
    return (f"{at:%Y-%m-%d %H:%M:%S}", speaker.plain(_kind(line)), _cell(name), _number(line.change, config.currency),
            _number(line.balance, config.currency), _cell(line.note), _code(line.transfer))


def _number(minor_units: int, currency: Currency) -> str:
    """An amount that a spreadsheet can add up: digits of ours, so its sign begins no formula."""
    return plain_amount(minor_units, currency)


def _cell(text: str) -> str:
    """What people wrote, as text."""
    return f"'{text}" if text.lstrip().startswith(_FORMULAS) else text


def _code(transfer: int) -> str:
    """A receipt's code in groups of three: a spreadsheet would read 23E456789 as a number."""
    code = ids.code(transfer)
    return "-".join(code[start:start + 3] for start in range(0, len(code), 3))
