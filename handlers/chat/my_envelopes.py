"""`/envelopes`: the red envelopes that somebody sent and opened, year by year, and the story of each.

Guards: the viewer is whoever asks, and in a group only they see it; of an envelope that they had no part in nobody is
told here.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers import envelopes as said_of
from handlers import payments
from handlers.asking import answers
from handlers.chat import buttons
from handlers.chat.buttons import EnvelopesButton, StoryButton
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, change, toast, whisper
from handlers.commands import Verb, declared
from handlers.ground import Config, People, microseconds
from handlers.keyboards import Open, message_of_ones_own, only_for, pressed_message
from handlers.texts import Fact, Lines, Moment, Money, Person, Speaker, Text, _
from wallet import refusals
from wallet.protocols import Reads
from wallet.views import EnvelopeLine, EnvelopePage, MemberView

PAGE: Final = 8
"""Lines of a page: as many as there are buttons in a row."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="my envelopes")
    press = router.callback_query.register
    answers(router, Verb.ENVELOPES, my_envelopes)
    press(open_envelopes, Open.filter(F.what == "envelopes"), flags=declared(Verb.ENVELOPES))
    press(turn_envelopes, EnvelopesButton.filter(), flags=declared(Verb.ENVELOPES))
    press(tell_story, StoryButton.filter(), flags=declared(Verb.ENVELOPES))
    return router


async def my_envelopes(message: Message, reads: Reads, people: People, speaker: Speaker, group_speaker: Speaker,
                       member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """`/envelopes`, `我的红包`."""
    said, markup = await _page(await _first(reads, member, config, now), reads, people, speaker, member, config, now)
    await whisper(message, member.telegram_id, speaker, said, group_speaker, config, markup=markup,
                  payload="envelopes_now")


async def open_envelopes(press: CallbackQuery, reads: Reads, people: People, speaker: Speaker, group_speaker: Speaker,
                         member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """The button."""
    message = pressed_message(press)
    await toast(press)
    said, markup = await _page(await _first(reads, member, config, now), reads, people, speaker, member, config, now)
    await whisper(message, member.telegram_id, speaker, said, group_speaker, config, markup=markup,
                  payload="envelopes_now", press=press)


@payload("envelopes")
async def came_for_envelopes(message: Message, rest: str, reads: Reads, people: People, speaker: Speaker,
                             member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """Somebody whom the group could not be hidden from."""
    look = await _first(reads, member, config, now)
    await answer(message, speaker, *await _page(look, reads, people, speaker, member, config, now))


async def turn_envelopes(press: CallbackQuery, callback_data: EnvelopesButton, reads: Reads, people: People,
                         speaker: Speaker, member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """Another page, side or year, in the same message."""
    only_for(press, callback_data.owner)
    message = message_of_ones_own(press)
    said, markup = await _page(callback_data, reads, people, speaker, member, config, now)
    await toast(press)
    await change(message, speaker, said, markup)


async def tell_story(press: CallbackQuery, callback_data: StoryButton, reads: Reads, people: People, speaker: Speaker,
                     group_speaker: Speaker, member: MemberView, config: Config) -> None:
    """One envelope as its card tells it, with the way to one's own receipt."""
    message = pressed_message(press)
    view = await reads.envelope_of(member.id, callback_data.transfer, 0)
    if view is None:
        raise refusals.EnvelopeNotFound
    await toast(press)
    names = await payments.parties(view.people, people)
    said = Lines((said_of.card(view, names), _("Sent: {at}", at=Moment.of_microseconds(view.made_at))), "\n\n")
    await whisper(message, member.telegram_id, speaker, said, group_speaker, config,
                  markup=buttons.under_story(speaker, callback_data.transfer), press=press)


# ------------------------------------------------------------------------------------------------- a page
async def _first(reads: Reads, member: MemberView, config: Config, now: Callable[[], datetime]) -> EnvelopesButton:
    """What one sees first: what was opened this year, which for most people is more than what was sent; and what was
    sent where none was opened."""
    year = now().astimezone(config.zone).year
    since, until = _period(year, config)
    page = await reads.envelopes(member.id, sent=True, since=since, until=until, skip=0, limit=1)
    return EnvelopesButton(owner=member.telegram_id, year=year, sent=bool(page.sent and not page.received), page=0)


async def _page(look: EnvelopesButton, reads: Reads, people: People, speaker: Speaker, member: MemberView,
                config: Config, now: Callable[[], datetime]) -> tuple[Fact, InlineKeyboardMarkup]:
    this = now().astimezone(config.zone).year
    joined = Moment.of_microseconds(member.joined_at).at.astimezone(config.zone).year
    if not joined <= look.year <= this:
        raise refusals.ButtonStale
    since, until = _period(look.year, config)
    page = await reads.envelopes(member.id, sent=look.sent, since=since, until=until, skip=look.page * PAGE,
                                 limit=PAGE)
    names = await payments.parties([line.maker for line in page.lines], people)
    lines: list[Fact] = [_line(number, line, names[line.maker.telegram_id], sent=look.sent)
                         for number, line in enumerate(page.lines, 1)]
    said = Lines((_heading(look.year, page), *(lines or [_("Nothing here.")])), "\n\n")
    years = [year for year in (look.year - 1, look.year + 1) if joined <= year <= this]
    return said, buttons.my_envelopes(speaker, [line.transfer for line in page.lines], look, more=page.more,
                                      years=years)


def _period(year: int, config: Config) -> tuple[int, int]:
    """Its first moment and that of the next one."""
    first, last = (microseconds(datetime(one, 1, 1, tzinfo=config.zone)) for one in (year, year + 1))
    return first, last


def _heading(year: int, page: EnvelopePage) -> Lines:
    return Lines((
        _("🧧 <b>Your red envelopes</b>, {year}", year=str(year)),
        _("Sent: {n}, {amount} in all", n=page.sent, amount=Money(page.sent_sum)),
        _("Opened: {n}, {amount} in all", n=page.received, amount=Money(page.received_sum))))


def _line(number: int, line: EnvelopeLine, maker: Person, *, sent: bool) -> Fact:
    if sent:
        said = _("{n}. <b>{amount}</b>, {state}", n=number, amount=Money(-line.amount, signed=True), state=_state(line))
    else:
        said = _("{n}. <b>{amount}</b> from {name}", n=number, amount=Money(line.amount, signed=True), name=maker)
    return payments.with_greeting(Lines((said, Moment.of_microseconds(line.at))), line.greeting)


def _state(line: EnvelopeLine) -> Text:
    """How far it came."""
    if line.state == "emptied":
        return _("all opened")
    if line.state == "expired":
        return _("{opened} of {n} share opened, the rest came back",
                 "{opened} of {n} shares opened, the rest came back", n=line.shares, opened=line.opened)
    return _("{opened} of {n} share opened", "{opened} of {n} shares opened", n=line.shares, opened=line.opened)
