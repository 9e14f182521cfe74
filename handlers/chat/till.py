"""What came of a payment, said where it was asked; and the payer's word asked for where it is needed.

Guards: what stands in a group names people, amount and note only; the PIN is asked in private; and a draft that can't
be asked about any more is cancelled instead of being left open.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import InlineKeyboardMarkup, Message

from handlers import payments
from handlers import refusals as said_of
from handlers.chat import buttons
from handlers.chat.cards import Cards, Place, thread_of
from handlers.chat.pin import ask_pin
from handlers.ground import Dialogs, group_of
from handlers.keyboards import to_private
from handlers.namesakes import Payee, told_apart
from handlers.texts import Fact, Person, Speaker
from wallet import refusals
from wallet.commands import Outcome
from wallet.drafts import Asked, CancelDraft
from wallet.transfers import Sent
from wallet.views import MemberView

ACT: Final = "confirm_draft"
"""What a proven PIN is for."""


@dataclass(frozen=True, slots=True)
class Till:
    """Speaks with one payer about one payment."""

    cards: Cards
    dialogs: Dialogs
    speaker: Speaker
    """The payer's own."""
    member: MemberView
    payer: Person
    now: Callable[[], datetime]

    async def answer(self, message: Message, outcome: Outcome, payees: Sequence[Payee], *, again: bool = False) -> None:
        """Answer the message that asked; `again` where it may have been answered before."""
        names = [payee.name for payee in payees]
        group = group_of(message)
        if isinstance(outcome, Sent):
            await self.cards.sent(outcome, self.member, self.payer, names, chat=message.chat.id,
                                  reply_to=message.message_id if group else 0, thread=thread_of(message), again=again)
            return
        assert isinstance(outcome, Asked)
        exactly = await told_apart(payees, self.member.id, self.cards.people, self.cards.reads)
        if outcome.needs == "pin" and not group:
            await self._open_keypad(outcome, exactly)
            return
        voice = await self.cards.speaker_of(group, self.member.telegram_id) if group else self.speaker
        if outcome.needs == "pin":
            line = payments.waiting_line(self.payer, names, outcome.amount, outcome.note)
            shown = await self.cards.put(group, voice, line, self._way_to_keypad(voice, outcome),
                                         reply_to=message.message_id, thread=thread_of(message))
            await self._keypad_for(shown, outcome, exactly)
        else:
            question = payments.question(exactly, outcome.amount, outcome.note, self.payer if group else None)
            shown = await self.cards.put(message.chat.id, voice, question, buttons.ask_confirm(voice, outcome.token),
                                         reply_to=message.message_id if group else 0, thread=thread_of(message))
            with suppress(refusals.Refusal):  # Without it the question merely stays as it is when it runs out.
                await self.cards.place_draft(self.member.id, outcome.token, shown)

    async def go_on_with_pin(self, message: Message, number: int, asked: Asked, payees: Sequence[Payee]) -> None:
        """A Confirm was not enough, because the day's PIN-less sum was used up in the meantime. `number` is the
        message that asked, or 0 when there is none to be changed."""
        group = group_of(message)
        exactly = await told_apart(payees, self.member.id, self.cards.people, self.cards.reads)
        if group:
            voice = await self.cards.speaker_of(group, self.member.telegram_id)
            names = [payee.name for payee in payees]
            line = payments.waiting_line(self.payer, names, asked.amount, asked.note)
            shown = await self.cards.put(group, voice, line, self._way_to_keypad(voice, asked),
                                         thread=thread_of(message), instead=number)
            await self._keypad_for(shown, asked, exactly)
        else:
            question = payments.question(exactly, asked.amount, asked.note, None)
            await self.cards.put(message.chat.id, self.speaker, question, instead=number)
            await self._open_keypad(asked, exactly)

    def _way_to_keypad(self, voice: Speaker, asked: Asked) -> InlineKeyboardMarkup:
        """Under the line of a group that waits: whoever looks there has not seen yet that the keypad is elsewhere."""
        return to_private(voice, self.cards.config, f"pin_{asked.token}")

    async def _keypad_for(self, shown: Place, asked: Asked, exactly: Sequence[Fact]) -> None:
        """The group waits in the message `shown`, and the PIN is asked in private; where we may not write first, the
        button under that message leads to it."""
        await self.cards.place_draft(self.member.id, asked.token, shown)
        try:
            await self._open_keypad(asked, exactly)
        except (TelegramForbiddenError, TelegramBadRequest):
            return
        except refusals.Refusal:
            await cancel(self.cards, self.member, asked.token)
            raise

    async def _open_keypad(self, asked: Asked, exactly: Sequence[Fact]) -> None:
        await ask_pin({"act": ACT, "token": asked.token}, payments.question(exactly, asked.amount, asked.note, None),
                      {"cards": self.cards}, member=self.member, bot=self.cards.bot, dialogs=self.dialogs,
                      speaker=self.speaker, reads=self.cards.reads, now=self.now)


async def cancel(cards: Cards, member: MemberView, token: str) -> None:
    """Cancel a draft, and say so in the message where it waits."""
    outcome = await cards.engine.run(CancelDraft(key=f"draft:{token}:cancel", member=member.id, token=token))
    assert isinstance(outcome, Asked)
    if outcome.message:
        await say_cancelled(cards, member, outcome, outcome.chat, outcome.message)


async def say_cancelled(cards: Cards, member: MemberView, asked: Asked, chat: int, message: int) -> None:
    """Put it in the place of the question."""
    said = payments.cancelled_line(asked.amount, len(asked.receivers))
    await cards.put(chat, await cards.speaker_of(chat, member.telegram_id), said, instead=message)


async def say_over(cards: Cards, member: MemberView, over: refusals.DraftOver, chat: int, message: int) -> None:
    """Take the buttons from a question that nobody can answer any more. One that was answered says so itself."""
    if over.state != "used":
        voice = await cards.speaker_of(chat, member.telegram_id)
        await cards.put(chat, voice, said_of.sentence(over), instead=message)
