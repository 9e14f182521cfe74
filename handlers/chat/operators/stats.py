"""`/stats`: what today and the last days came to, as a picture and in words.

Guards: it tells sums and never a person; whoever may look is asked for again where it is read.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from aiogram import Router
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, Message

from handlers.asking import answers
from handlers.chat.saying import answer
from handlers.commands import Verb
from handlers.drawing import CAME, INK, Bar, Chart, Drawer, Share, scale_for
from handlers.ground import Config
from handlers.pictures.easel import NotDrawn
from handlers.texts import Fact, Lines, Moment, Money, Speaker, Text, _
from wallet import refusals
from wallet.movements import ARRIVED, CLAIM, ENVELOPE, SEND, SHARE, SPLIT, VOUCHER_USE
from wallet.protocols import OperatorReads
from wallet.views import StatsView

MARKED: Final = 7
"""Every so many days one has its number below it; today is one of them."""
MOST_SHARES: Final = 3

_WAYS: Final[Mapping[Text, Sequence[str]]] = {
    _("Transfers"): (SEND.name, CLAIM.name), _("Red envelopes"): (SHARE.name,), _("Split bills"): (SPLIT.name,),
    _("Vouchers"): (VOUCHER_USE.name,)}
"""How money reached somebody, in the words of the picture."""
assert sorted(way for ways in _WAYS.values() for way in ways) == sorted(ARRIVED)


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="stats")
    answers(router, Verb.STATS, stats)
    return router


async def stats(message: Message, operator_reads: OperatorReads, drawer: Drawer, speaker: Speaker, config: Config,
                now: Callable[[], datetime]) -> None:
    """`/stats`."""
    assert message.from_user is not None
    at = now()
    found = await operator_reads.stats(message.from_user.id, at.astimezone(config.zone).toordinal())
    if found is None:
        raise refusals.NotAllowed
    told = _told(found, at)
    try:
        picture = await drawer.draw(_chart(found, speaker, config))
        await message.answer_photo(BufferedInputFile(picture, "stats.png"), caption=speaker.say(told),
                                   parse_mode=ParseMode.HTML)
    except (NotDrawn, TelegramBadRequest):  # The numbers are what matters; they need no picture.
        await answer(message, speaker, told)


def _told(found: StatsView, at: datetime) -> Lines:
    now: list[Fact] = [
        _("<b>Now</b>"),
        _("{n} member, with {amount} in all", "{n} members, with {amount} in all", n=found.members,
          amount=Money(found.owed)),
        _("{n} payment waits for somebody", "{n} payments wait for somebody", n=found.holds),
        _("{n} red envelope is open", "{n} red envelopes are open", n=found.envelopes),
        _("{n} ticket is open; waiting for us: {waiting}", "{n} tickets are open; waiting for us: {waiting}",
          n=found.tickets, waiting=found.waiting),
        _("{n} penalty is in force", "{n} penalties are in force", n=found.penalties)]
    return Lines((
        _("📊 <b>Statistics</b>, {time}", time=Moment(at)),
        _came_to(_("<b>Today</b>"), found, found.today, found.active_today),
        _came_to(_("<b>The last {n} day</b>", "<b>The last {n} days</b>", n=found.days), found,
                 found.today - found.days + 1, found.active),
        Lines(tuple(now))), gap="\n\n")


def _came_to(heading: Text, found: StatsView, since: int, active: int) -> Lines:
    return Lines((
        heading,
        _("{amount} reached others in {n} payment", "{amount} reached others in {n} payments",
          n=found.number(*ARRIVED, since=since), amount=Money(found.amount(*ARRIVED, since=since))),
        _("{n} red envelope was sent", "{n} red envelopes were sent", n=found.number(ENVELOPE.name, since=since)),
        _("{n} member was active", "{n} members were active", n=active),
        _("{n} joined", n=found.number("joined", since=since))))


# ------------------------------------------------------------------------------------------------- drawing
def _chart(found: StatsView, speaker: Speaker, config: Config) -> Chart:
    say, first = speaker.plain, found.today - found.days + 1
    bars = [Bar(found.amount(*ARRIVED, since=day, until=day), 0, _mark(day, found.today))
            for day in range(first, found.today + 1)]
    in_all = found.amount(*ARRIVED)
    tiles = (
        (_("Money moved"), Money(in_all), CAME),
        (_("Today"), Money(found.amount(*ARRIVED, since=found.today)), CAME),
        (_("Active members"), str(found.active), INK), (_("New members"), str(found.number("joined")), INK))
    foot = [_("{n} payment", "{n} payments", n=found.number(*ARRIVED)),
            *([_("play money")] if config.play_money else [])]
    return Chart(
        title=say(_("The last {n} day", "The last {n} days", n=found.days)), above=say(_("{brand} · Statistics")),
        tiles=[(say(label), say(fact), colour) for label, fact, colour in tiles], bars=bars,
        scale=scale_for(bars, speaker, config.currency), shares=_shares(found, speaker),
        foot=" · ".join(map(say, foot)))


def _mark(day: int, today: int) -> str:
    return "" if (today - day) % MARKED else str(date.fromordinal(day).day)


def _shares(found: StatsView, speaker: Speaker) -> list[Share]:
    """The ways by which most money moved."""
    sums = sorted(((found.amount(*ways), name) for name, ways in _WAYS.items()), key=lambda pair: -pair[0])
    return [Share(speaker.plain(name), speaker.plain(Money(amount)), amount, True)
            for amount, name in sums[:MOST_SHARES] if amount]
