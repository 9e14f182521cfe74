"""What stands in chats about payments: the line that a group reads, the payer's receipt, the card of waiting money.

Guards: what a group reads is in the group's language and names no balance; a card follows what became of its money,
and one that cannot be changed any more never stops anything.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
)
from aiogram.methods import SendMessage
from aiogram.types import Chat, InlineKeyboardMarkup, Message, ReplyParameters, User

from handlers import payments, requests, splits
from handlers.chat import buttons
from handlers.chat.redraws import Redraws
from handlers.chat.saying import NO_PREVIEW
from handlers.ground import Config, Groups, People
from handlers.texts import Fact, Language, Person, Speaker, language_of
from handlers.verified import Verified
from wallet import refusals
from wallet.drafts import PlaceDraft
from wallet.engine import Engine
from wallet.events import MoneyWaits, RequestCame, RequestReminder, ShareAsked
from wallet.holds import Claimed, Offered, PlaceHold, PlaceOffer
from wallet.protocols import Reads
from wallet.requests import PlaceAsked, PlaceRequest, RequestOffered
from wallet.splits import PlaceShare, ShareOffered
from wallet.text import presentable
from wallet.transfers import Sent
from wallet.views import MemberView

Offer: TypeAlias = MoneyWaits | RequestCame | RequestReminder | ShareAsked
"""What a private message may offer somebody, or ask them for."""


class Place(NamedTuple):
    """Where something stands. A group that has become another chat is named by its new number."""

    chat: int
    message: int


@dataclass(frozen=True, slots=True)
class Cards:
    """Writes and changes them."""

    bot: Bot
    engine: Engine
    reads: Reads
    people: People
    groups: Groups
    speakers: Mapping[Language, Speaker]
    config: Config
    verified: Verified
    redraws: Redraws = field(default_factory=Redraws)
    """The pace of cards that many people change at once."""

    # ------------------------------------------------------------------------------------ a payment was made
    async def sent(self, outcome: Sent, payer: MemberView, payer_name: Person, names: Sequence[Person], *,
                   chat: int, reply_to: int = 0, thread: int | None = None, instead: int = 0, again: bool = False
                   ) -> None:
        """Tell a payment where it was asked: in a new message, or instead of the one that asked. A group that may have
        read of it already (`again`) is told that it is the same one; a receipt in private has its code."""
        purposes = outcome.purposes
        if chat > 0:
            speaker = self.speakers[language_of(payer.language)]
            said = payments.receipt(names, outcome.transfers, outcome.amount, outcome.note, outcome.balance,
                                    purposes=purposes, arrives_at=outcome.arrives_at)
            markup = buttons.after_sending(speaker, self.config, outcome.transfers, outcome.holds, purposes)
            receipt = await self.put(chat, speaker, said, markup, instead=instead)
            if len(purposes) == 1 and purposes[0]:
                await self.place_hold(payer.id, outcome.holds[0], receipt)
            return
        speaker = await self.speaker_of(chat, payer.telegram_id)
        there = [name for name, purpose in zip(names, purposes, strict=True) if not purpose]
        if there:
            line = payments.public_line(payer_name, there, outcome.amount, outcome.note)
            line = payments.said_again(line) if again else line
            await self.put(chat, speaker, line, reply_to=reply_to, thread=thread, instead=instead)
        for name, hold, purpose in zip(names, outcome.holds, purposes, strict=True):
            if hold:
                place = 0 if there else instead
                card = payments.card(payer_name, name, outcome.amount, outcome.note, purpose, outcome.arrives_at)
                card = payments.said_again(card) if again else card
                shown = await self.put(chat, speaker, card, buttons.waiting_card(speaker, hold, purpose),
                                       reply_to=reply_to or instead, thread=thread, instead=place)
                await self.place_hold(payer.id, hold, shown)
                instead = 0 if place else instead

    async def put(self, chat: int, speaker: Speaker, said: Fact, markup: InlineKeyboardMarkup | None = None, *,
                  reply_to: int = 0, thread: int | None = None, instead: int = 0) -> Place:
        """Say something in a chat, in the place of what stands there if that can be; returns where it is. Where a
        group has become another chat it is said there, because money may have moved already."""
        try:
            return Place(chat, await self._put(chat, speaker.say(said), markup, reply_to, thread, instead))
        except TelegramMigrateToChat as moved:
            there = moved.migrate_to_chat_id
            return Place(there, await self._put(there, speaker.say(said), markup, 0, None, 0))

    async def _put(self, chat: int, html: str, markup: InlineKeyboardMarkup | None, reply_to: int, thread: int | None,
                   instead: int) -> int:
        if instead:
            try:
                await self.bot.edit_message_text(html, chat_id=chat, message_id=instead, parse_mode=ParseMode.HTML,
                                                 reply_markup=markup, link_preview_options=NO_PREVIEW)
            except TelegramBadRequest as refused:
                if "not modified" in refused.message:
                    return instead
            else:
                return instead
        reply = ReplyParameters(message_id=reply_to, allow_sending_without_reply=True) if reply_to else None
        message = await self.bot(SendMessage(chat_id=chat, text=html, message_thread_id=thread,
                                             parse_mode=ParseMode.HTML, reply_markup=markup, reply_parameters=reply,
                                             link_preview_options=NO_PREVIEW))
        return message.message_id

    async def rewrite(self, card: str, speaker: Speaker, said: Fact, markup: InlineKeyboardMarkup | None = None
                      ) -> None:
        """Change a card that was sent through us. One that is gone, or says so already, needs no change."""
        with suppress(TelegramBadRequest, TelegramForbiddenError):
            await self.bot.edit_message_text(speaker.say(said), inline_message_id=card, parse_mode=ParseMode.HTML,
                                             reply_markup=markup, link_preview_options=NO_PREVIEW)

    async def place_hold(self, payer: int, hold: int, place: Place) -> None:
        """Remember where a card stands. Without it the card merely stays as it is when the hold ends."""
        with suppress(refusals.Busy, refusals.DeadlinePassed):
            await self.engine.run(PlaceHold(key=f"hold:{hold}:place:{place.chat}:{place.message}", payer=payer,
                                            hold=hold, chat=place.chat, message=place.message))

    async def place_draft(self, member: int, token: str, place: Place) -> None:
        """Remember where a draft waits."""
        await self.engine.run(PlaceDraft(key=f"draft:{token}:place:{place.chat}:{place.message}", member=member,
                                         token=token, chat=place.chat, message=place.message))

    async def place_request(self, asker: int, request: int, place: Place) -> None:
        """The same for the card of a request for money."""
        with suppress(refusals.Busy, refusals.DeadlinePassed):
            await self.engine.run(PlaceRequest(key=f"request:{request}:place:{place.chat}:{place.message}",
                                               asker=asker, request=request, chat=place.chat, message=place.message))

    async def place_offer(self, offered: Offer, message: int) -> None:
        """Remember where somebody is offered what waits for them, or asked for money; it may have ended while that was
        said."""
        with suppress(refusals.Refusal):
            if isinstance(offered, ShareAsked):
                await self.place_share(offered.split, offered.receiver, offered.person, message)
                return
            if not isinstance(offered, MoneyWaits):
                asked = await self.engine.run(PlaceAsked(key=f"request:{offered.request}:asked:{message}",
                                                         asker=offered.payee, request=offered.request, message=message))
                assert isinstance(asked, RequestOffered)
                await self._asks_no_more(asked.person, asked.before)
                if asked.state != "open":
                    await self.close_asked(offered.request, message)
                return
            outcome = await self.engine.run(PlaceOffer(key=f"hold:{offered.hold}:offer:{message}", payer=offered.payer,
                                                       hold=offered.hold, message=message))
            assert isinstance(outcome, Offered)
            if outcome.state != "open":
                await self.close_offer(offered.hold, outcome.state, message)

    async def place_share(self, split: int, maker: int, person: int, message: int) -> None:
        """The same for a share."""
        outcome = await self.engine.run(PlaceShare(key=f"split:{split}:asked:{person}:{message}", member=maker,
                                                   split=split, person=person, message=message))
        assert isinstance(outcome, ShareOffered)
        await self._asks_no_more(person, outcome.before)
        if outcome.state != "open":
            await self.close_share(split, person, offered=message)

    async def _asks_no_more(self, person: int, message: int) -> None:
        """Whoever is asked again pays below what asked them last."""
        if message:
            with suppress(TelegramAPIError):
                await self.bot.edit_message_reply_markup(chat_id=person, message_id=message)

    # ------------------------------------------------------------------------------------ waiting money ended
    async def claimed(self, outcome: Claimed, receiver: int, *, told: int = 0) -> None:
        """The card of money that was just claimed or accepted; `told` is the private message that says so already."""
        if outcome.offer not in (0, told):
            await self.close_offer(outcome.hold, "settled", outcome.offer)
        if outcome.message:
            names = await self.names((outcome.payer, receiver))
            name = payments.as_known(names[receiver], by_number=outcome.by_number)
            said = payments.card_claimed(names[outcome.payer], name, outcome.amount, outcome.purpose)
            await self._renew(outcome.chat, outcome.message, outcome.payer, said)

    async def refresh(self, hold: int, state: str) -> None:
        """The card of money that has ended, as it must look now."""
        view = await self.reads.hold(hold)
        if view is None or not view.message:
            return
        names = await self.names((view.payer.telegram_id, view.beneficiary))
        payer = names[view.payer.telegram_id]
        name = payments.as_known(names[view.beneficiary], by_number=view.by_number)
        said = (payments.card_claimed(payer, name, view.amount, view.purpose) if state == "settled"
                else payments.card_returned(payer, name, view.amount, state, view.purpose))
        await self._renew(view.chat, view.message, view.payer.telegram_id, said)

    async def close_offer(self, hold: int, state: str, message: int) -> None:
        """Put what became of waiting money in the place of a private message that still offers it."""
        view = await self.reads.hold(hold)
        if view is None:
            return
        names = await self.names((view.payer.telegram_id, view.beneficiary))
        payer, name = names[view.payer.telegram_id], names[view.beneficiary]
        said = (payments.card_claimed(payer, name, view.amount, view.purpose) if state == "settled"
                else payments.card_returned(payer, name, view.amount, state, view.purpose))
        await self._renew(view.beneficiary, message, view.beneficiary, said)

    # --------------------------------------------------------------------------------- a request has ended
    async def refresh_request(self, request: int) -> None:
        """The card of a request that has ended, as it must look now."""
        view = await self.reads.request(request)
        if view is None or not view.message:
            return
        names = await self.names((view.payee.telegram_id, view.person))
        name = payments.as_known(names[view.person], by_number=view.by_number)
        said = requests.card_ended(names[view.payee.telegram_id], name, view.amount, view.note, view.state)
        await self._renew(view.chat, view.message, view.payee.telegram_id, said)

    async def close_asked(self, request: int, message: int) -> None:
        """Put what became of a request in the place of a private message that still asks somebody."""
        view = await self.reads.request(request)
        if view is not None and message:
            names = await self.names((view.payee.telegram_id,))
            said = requests.closed(names[view.payee.telegram_id], view.amount, view.state)
            await self._renew(view.person, message, view.person, said)

    # ---------------------------------------------------------------------------- nothing is left of a share to pay
    async def close_share(self, split: int, person: int, *, told: int = 0, offered: int = 0) -> None:
        """Put what became of somebody's share in the place of the private message that still asks for it; `told` is the
        one that says so already, and `offered` one that offers a place to whoever has none."""
        view = await self.reads.split(split)
        share = view.share_of(person) if view else None
        if view is not None and share is None and offered:
            names = await payments.parties((view.maker,), self.people)
            await self._renew(person, offered, person,
                              splits.offered_no_more(names[view.maker.telegram_id], view.state))
        if view is None or share is None or share.offer in (0, told):
            return
        names = await payments.parties((view.maker,), self.people)
        said = splits.asked_no_more(names[view.maker.telegram_id], share.amount,
                                    "paid" if share.transfer else view.state)
        await self._renew(person, share.offer, person, said)

    # ------------------------------------------------------------------------------------------------- leaves
    async def _renew(self, chat: int, message: int, payer: int, said: Fact) -> None:
        """Change a card of which everybody concerned is told elsewhere too."""
        html = (await self.speaker_of(chat, payer)).say(said)
        with suppress(TelegramAPIError):
            await self.bot.edit_message_text(html, chat_id=chat, message_id=message, parse_mode=ParseMode.HTML,
                                             link_preview_options=NO_PREVIEW)

    def payer(self, person: User | Chat, member: MemberView) -> Person:
        """How a payer is called who just wrote or pressed."""
        return Person(presentable(person.full_name, self.config.brand) or member.nickname)

    async def names(self, telegram_ids: Sequence[int]) -> Mapping[int, Person]:
        """How people are called here."""
        return await payments.names(telegram_ids, self.people, self.reads)

    async def speaker_of(self, chat: int, payer: int) -> Speaker:
        """Speaks a group's language, or in a private chat its owner's."""
        if chat < 0:
            return self.speakers[language_of(await self.groups.language(chat))]
        member = await self.reads.member(payer)
        return self.speakers[language_of(member.language if member else "")]


def thread_of(message: Message) -> int | None:
    """The forum topic in which an answer has to stay."""
    return message.message_thread_id if message.is_topic_message else None
