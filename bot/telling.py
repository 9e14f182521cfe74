"""From notices to messages: who is to be told, in which language, with which names; and sending it.

Guards: language and names are those of when a notice is sent, looked up for many notices by one query; whoever changes
theirs is forgotten at once. A message says what its notices say and nothing else, so sending it twice tells the same
story.
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import fields
from typing import Final, cast

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramServerError,
)
from aiogram.methods import SendMessage
from aiogram.types import BufferedInputFile, InputMediaPhoto, Message

from bot.clock import Clock
from bot.ringing import Bell, Unheard
from handlers.chat.cards import Offer
from handlers.chat.saying import NO_PREVIEW, change_card, passing
from handlers.ground import Groups, People, Seen
from handlers.legal import Library
from handlers.notices import Context, Edit, Rendered, render
from handlers.pictures.covers import Covers
from handlers.pictures.easel import NotDrawn
from handlers.texts import Language, Speaker, language_of
from storage.outbox import Outbox, Reader
from wallet import events
from wallet.ids import OPERATORS
from wallet.plain import frozen
from wallet.protocols import Announcements, Reads, Tickets
from wallet.rows import Notice
from wallet.views import EnvelopeView, HoldView, MemberView, Party, RequestView, SplitView, VoucherView

log = structlog.get_logger(__name__)

_MEMBERS: Final = frozenset({"payer", "payee", "receiver"})
_PERSONS: Final = frozenset({"receiver_telegram_id"})
"""Facts of events that name somebody: members by their number, others by their Telegram id."""

_NAMED: Final = {
    name: tuple((field.name, field.name in _MEMBERS) for field in fields(kind) if field.name in _MEMBERS | _PERSONS)
    for name, kind in events.ALL.items()}
"""Which of an event's facts name somebody, and whether that is a member."""

_UNREACHABLE: Final = ("chat not found", "user not found", "user is deactivated", "peer_id_invalid",
                       "bot can't initiate conversation", "not enough rights to send", "have no rights to send",
                       "group chat was deactivated", "chat_write_forbidden")
"""What Telegram says, with 400, where nobody can be told."""

BELIEVED: Final = 15.0
"""Seconds for which a member is believed to be as they were, when another process may have changed them."""

MOST_KNOWN: Final = 20_000
"""How many members are kept in memory."""

DRAWN_WITHIN: Final = 3.0
"""Seconds that a card waits for its picture: longer, and its words would keep from people what has happened."""


class Unreachable(Exception):
    """Nobody can be told there: the bot is blocked, was never started, or the account is gone."""


@frozen()
class Wave:
    """What was looked up for notices that are sent together."""

    members: Mapping[int, Reader]
    by_telegram: Mapping[int, Reader]
    """Those who have joined among people known by Telegram id."""
    asked: frozenset[int]
    """Telegram ids whose names were looked up, found or not."""
    seen: Mapping[int, Seen]


class Teller:
    """Tells people, and changes cards."""

    def __init__(self, bot: Bot, outbox: Outbox, reads: Reads, people: People, groups: Groups,
                 speakers: Mapping[Language, Speaker], clock: Clock, library: Library, covers: Covers,
                 tickets: Tickets, announcements: Announcements, bell: Bell,
                 place_offer: Callable[[Offer, int], Awaitable[None]], *, believed: float = BELIEVED) -> None:
        """For `believed` seconds a member is believed to be as they were, unless `forget` says otherwise.
        `place_offer` is told which message offers somebody what waits for them, or asks them for money."""
        self._place_offer = place_offer
        self._bot = bot
        self._clock = clock
        self._believed = believed
        self._known: dict[int, tuple[Reader, float]] = {}
        self._changes = 0
        self._outbox = outbox
        self._reads = reads
        self._people = people
        self._groups = groups
        self._speakers = speakers
        self._library = library
        self._covers = covers
        self._tickets = tickets
        self._announcements = announcements
        self._bell = bell

    async def look_up(self, notices: Sequence[Notice]) -> Wave:
        """Look up everybody whom the notices are for or name."""
        members = {notice.member for notice in notices}
        persons = {notice.telegram_id for notice in notices if not notice.member}
        named: set[int] = set()
        for notice in notices:
            for name, is_member in _NAMED.get(notice.event, ()):
                (named if is_member else persons).add(getattr(events.read(notice.event, notice.facts), name))
        persons.discard(0)
        found, by_telegram = await self._readers((members | named) - {0}, persons)
        asked = frozenset(persons.union(found[member].telegram_id for member in named if member in found))
        return Wave(found, by_telegram, asked, await self._people.by_ids(tuple(asked)) if asked else {})

    async def _readers(self, members: set[int], persons: set[int]) -> tuple[dict[int, Reader], dict[int, Reader]]:
        """Those who are known, and the others by one query: it costs as much for one as for sixty."""
        now, known = self._clock.time(), self._known
        found = {member: known[member][0] for member in members if member in known and now < known[member][1]}
        missing = members - found.keys()
        if not missing and not persons:
            return found, {}
        before = self._changes
        asked, by_telegram = await self._outbox.readers(missing, persons)
        if self._changes == before:  # Else it may be older than what was forgotten meanwhile.
            known.update((member, (reader, now + self._believed)) for member, reader in asked.items())
            if len(known) > MOST_KNOWN:
                self._known = dict(list(known.items())[MOST_KNOWN // 2:])
        return found | asked, by_telegram

    def forget(self, member: int) -> None:
        """Something about a member changed: the language, say. Their next notice knows."""
        self._changes += 1
        self._known.pop(member, None)

    async def tell(self, notices: Sequence[Notice], wave: Wave) -> tuple[Edit, ...]:
        """Send one person one message; returns the cards that are to be changed. Raises `Unreachable`."""
        if not notices[0].member and notices[0].telegram_id == OPERATORS:
            return await self._ring(notices[0], wave)
        chat, language = self._address(notices[0], wave)
        if chat < 0:
            language = await self._language_in(chat)
        rendered = await self._rendered(notices, wave, language)
        if rendered.text:
            message = await self._say(chat, rendered)
            offered = events.read(notices[0].event, notices[0].facts)
            if len(notices) == 1 and isinstance(offered, Offer):
                await self._place_offer(offered, message.message_id)
        return rendered.edits

    async def _ring(self, notice: Notice, wave: Wave) -> tuple[Edit, ...]:
        """Tell the operators, each chat in its own language."""
        edits: tuple[Edit, ...] = ()

        async def say(chat: int) -> bool:
            nonlocal edits
            language = await self._language_in(chat)
            rendered = await self._rendered((notice,), wave, language)
            edits = rendered.edits
            try:
                await self._say(chat, rendered)
            except Unreachable:
                return False
            return True

        try:
            await self._bell.ring(notice.id, say)
        except Unheard as error:
            raise Unreachable from error
        return edits

    async def _rendered(self, notices: Sequence[Notice], wave: Wave, language: Language) -> Rendered:
        # Sentences ask for names only and for a hold; both come from what was looked up for all notices at once.
        names = _Names(self._reads, self._people, wave)
        return await render(notices, Context(cast("Reads", names), cast("People", names), self._speakers[language],
                                             self._library, self._tickets, self._announcements))

    async def _say(self, chat: int, rendered: Rendered) -> Message:
        return await self._send(SendMessage(chat_id=chat, text=rendered.text, parse_mode="HTML",
                                            reply_markup=rendered.markup, link_preview_options=NO_PREVIEW))

    async def edits(self, notices: Sequence[Notice], wave: Wave) -> tuple[Edit, ...]:
        """The cards that notices change, for those whose reader cannot be told."""
        return (await self._rendered(notices, wave, "en")).edits

    async def change(self, edit: Edit) -> None:
        """Change a card, in its chat's language. A card that is gone needs no change."""
        language = await self._language_in(edit.chat)
        html = self._speakers[language].say(edit.text)
        try:
            if await self._pictured(edit, html, language):
                return
            with passing() if edit.passing else nullcontext():
                if edit.card:
                    await self._bot.edit_message_text(html, inline_message_id=edit.card, parse_mode="HTML",
                                                      link_preview_options=NO_PREVIEW)
                else:
                    await change_card(self._bot, edit.chat, edit.message, html, pictured=False)
        except (TelegramForbiddenError, TelegramMigrateToChat, TelegramBadRequest):
            # Not modified, deleted, too old, or the bot is out of the chat: there is nothing left to change.
            return

    async def _pictured(self, edit: Edit, html: str, language: Language) -> bool:
        """Change a card and its picture. Where there is none, or none can stand there, its words have to do."""
        picture = await self._picture(edit, language)
        if picture is None:
            return False
        shown = InputMediaPhoto(media=BufferedInputFile(picture, "envelope.png"), caption=html, parse_mode="HTML")
        try:
            await self._bot.edit_message_media(shown, chat_id=edit.chat, message_id=edit.message)
        except (TelegramBadRequest, TelegramServerError):
            return False
        return True

    async def _picture(self, edit: Edit, language: Language) -> bytes | None:
        """What a card's picture becomes, if it becomes another one in time."""
        try:
            shows = edit.pictured(self._speakers[language]) if edit.pictured else None
            if shows is None:
                return None
            async with asyncio.timeout(DRAWN_WITHIN):
                return await self._covers.finished(shows, language)
        except (NotDrawn, TimeoutError):
            return None
        except Exception as error:  # noqa: BLE001 - a slip in a picture must not keep the card's words from anybody
            log.warning("card.not_drawn", error=repr(error)[:200])
            return None

    async def _send(self, message: SendMessage) -> Message:
        try:
            return await self._bot(message)
        except TelegramForbiddenError as error:
            raise Unreachable from error
        except (TelegramBadRequest, TelegramMigrateToChat) as error:
            if is_unreachable(error):
                raise Unreachable from error
            raise

    def _address(self, notice: Notice, wave: Wave) -> tuple[int, Language]:
        if notice.member:
            reader = wave.members.get(notice.member)
            if reader is None:
                raise Unreachable
        else:
            reader = wave.by_telegram.get(notice.telegram_id)
        if reader is not None:
            return reader.telegram_id, cast("Language", reader.language)
        seen = wave.seen.get(notice.telegram_id)
        return notice.telegram_id, language_of(seen.language_code if seen else None)

    async def _language_in(self, chat: int) -> Language:
        if chat < 0:
            return cast("Language", await self._groups.language(chat))
        return await self._language_of(chat)

    async def _language_of(self, person: int) -> Language:
        _, found = await self._outbox.readers((), (person,))
        if person in found:
            return cast("Language", found[person].language)
        seen = (await self._people.by_ids((person,))).get(person)
        return language_of(seen.language_code if seen else None)


def is_unreachable(error: TelegramAPIError) -> bool:
    """Whether what Telegram says means that nobody can be told in this chat."""
    said = error.message.lower()
    return isinstance(error, TelegramMigrateToChat) or any(words in said for words in _UNREACHABLE)


class _Names:
    """Names that were looked up beforehand; what was not is asked for."""

    def __init__(self, reads: Reads, people: People, wave: Wave) -> None:
        self._reads = reads
        self._people = people
        self._wave = wave

    async def party(self, member: int) -> Party | None:
        reader = self._wave.members.get(member)
        if reader is not None:
            return Party(reader.member, reader.telegram_id, reader.nickname)
        return await self._reads.party(member)

    async def hold(self, hold: int) -> HoldView | None:
        return await self._reads.hold(hold)

    async def envelope(self, envelope: int) -> EnvelopeView | None:
        return await self._reads.envelope(envelope)

    async def request(self, request: int) -> RequestView | None:
        return await self._reads.request(request)

    async def voucher(self, voucher: int) -> VoucherView | None:
        return await self._reads.voucher(voucher)

    async def split(self, split: int) -> SplitView | None:
        return await self._reads.split(split)

    async def member(self, telegram_id: int) -> MemberView | None:
        return await self._reads.member(telegram_id)

    async def by_ids(self, telegram_ids: Sequence[int]) -> Mapping[int, Seen]:
        if self._wave.asked.issuperset(telegram_ids):
            return self._wave.seen
        return await self._people.by_ids(telegram_ids)
