"""A card on which operators decide is closed wherever else it stands, once one of them has decided.

Guards: what a message shows is read from its own buttons when it is sent or changed, so no chapter can forget to say
so; a card is closed once, and a message that shows something else by then is left alone.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InlineKeyboardMarkup, Message
from sqlalchemy.exc import SQLAlchemyError

from bot.pacing import Priority, speak_as
from handlers.chat.buttons import CheckAct, CheckButton, ProposalAct, ProposalButton
from handlers.notices.base import Edit
from handlers.texts import Fact
from storage.desk_cards import DeskCard, DeskCards, Kind

log = structlog.get_logger(__name__)

AT_ONCE: Final = 100
"""Cards that one round closes."""
_OURS: Final = tuple(f"{prefix}:" for prefix in (ProposalButton.__prefix__, CheckButton.__prefix__))


class Desk(BaseRequestMiddleware):
    """Notes where cards stand, and closes them. Belongs into the session."""

    def __init__(self, cards: DeskCards) -> None:
        self._cards = cards
        self._standing: dict[tuple[int, int], DeskCard] = {}

    async def open(self) -> None:
        """Know what stood before this process began."""
        self._standing = {(card.chat, card.message): card for card in await self._cards.all()}

    async def __call__(self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot,
                       method: TelegramMethod[TelegramType]) -> Response[TelegramType]:
        """Let it pass, and note what came of it."""
        response = await make_request(bot, method)
        said: object = response
        if isinstance(said, Message):
            shown = decided_on(getattr(method, "reply_markup", None))
            if shown or (said.chat.id, said.message_id) in self._standing:
                await self._note(said.chat.id, said.message_id, shown)
        return response

    async def _note(self, chat: int, message: int, shown: tuple[Kind, int] | None) -> None:
        try:
            if shown is None:
                await self._forget(chat, message)
                return
            card = DeskCard(chat, message, *shown)
            if self._standing.get((chat, message)) != card:
                await self._cards.keep(card)
                self._standing[chat, message] = card
        except SQLAlchemyError:  # It was said; saying it again would be worse than a button too many.
            log.exception("desk_card_not_noted")

    async def _forget(self, chat: int, message: int) -> None:
        await self._cards.forget(chat, message)
        self._standing.pop((chat, message), None)

    async def round(self, verdict: Callable[[Kind, int], Awaitable[Fact | None]],
                    change: Callable[[Edit], Awaitable[None]]) -> int:
        """Close those that are decided; returns how many. What there is no time for is tried again."""
        speak_as(Priority.REST)
        over = await self._cards.over(AT_ONCE)
        for card in over:
            said = await verdict(card.kind, card.number)
            if self._standing.get((card.chat, card.message), card) != card:
                continue  # Meanwhile another one is shown there.
            if said is not None:
                await change(Edit(card.chat, card.message, said))
            await self._forget(card.chat, card.message)
        return len(over)


def decided_on(markup: Any) -> tuple[Kind, int] | None:
    """What the buttons under a message decide on, if they do."""
    if not isinstance(markup, InlineKeyboardMarkup):
        return None
    for row in markup.inline_keyboard:
        for one in row:
            data = one.callback_data
            if data is not None and data.startswith(_OURS):
                if data.startswith(_OURS[0]):
                    proposal = ProposalButton.unpack(data)
                    if proposal.act is not ProposalAct.SHOW:
                        return "proposal", proposal.proposal
                else:
                    check = CheckButton.unpack(data)
                    if check.act in (CheckAct.RELEASE, CheckAct.SEND_BACK):
                        return "held", check.transfer
    return None
