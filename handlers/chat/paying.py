"""Payments to people, as they are told and asked about, whichever way they came to be wanted.

Guards: whoever is paid is named to the end as they were when their payer was asked, and what is the payer's own
business never stands in a group.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from handlers import payments
from handlers.chat import buttons
from handlers.chat.buttons import ArrivalButton
from handlers.chat.cards import Cards, Place, thread_of
from handlers.chat.saying import change, toast
from handlers.chat.strangers import with_warning
from handlers.chat.till import Till, Words, spoken
from handlers.ground import Dialogs, accepts, group_of, new_token, press_key
from handlers.keyboards import hangs_there, pressed_message
from handlers.namesakes import Payee, named, told_apart
from handlers.texts import Fact, Money, Person, Speaker, _
from wallet import refusals
from wallet.commands import Outcome
from wallet.drafts import Asked
from wallet.engine import Engine
from wallet.transfers import ChooseArrival, SendIntent, Sent
from wallet.views import MemberView


async def tell(till: Till, message: Message, outcome: Outcome, payees: Sequence[Payee], *, again: bool = False) -> None:
    """Answer the message that asked for a payment: told, or asked about; `again` where it may have been answered
    before."""
    if isinstance(outcome, Sent):
        await till.cards.sent(outcome, till.member, till.payer, [payee.name for payee in payees], chat=message.chat.id,
                              reply_to=message.message_id if group_of(message) else 0, thread=thread_of(message),
                              again=again)
    else:
        assert isinstance(outcome, Asked)
        await replace(till, payees=tuple(payees)).ask(message, outcome)


def make_router() -> Router:
    """The buttons by which a payer chooses before they say yes."""
    router = Router(name="paying")
    router.callback_query.register(choose_arrival, ArrivalButton.filter(), flags=accepts(group=True, joined=False))
    return router


async def choose_arrival(press: CallbackQuery, callback_data: ArrivalButton, engine: Engine, dialogs: Dialogs,
                         cards: Cards, speaker: Speaker, member: MemberView | None, now: Callable[[], datetime]
                         ) -> None:
    """At once, or later: the question is asked anew, in its place or above a new keypad."""
    message = pressed_message(press)
    if member is None or not member.joined:
        raise refusals.NotYours
    asked = await engine.run(ChooseArrival(key=press_key(press, "arrival"), member=member.id, token=callback_data.token,
                                           delay=callback_data.delay.value, new_token=new_token()))
    assert isinstance(asked, Asked)
    await toast(press)
    till = Till(cards, dialogs, speaker, member, cards.payer(press.from_user, member), now)
    if asked.needs == "pin":
        await till.ask_pin(asked.token, asked.what)
    else:
        await till.ask_anew(message, message.message_id if hangs_there(press) else 0, asked)


@spoken(SendIntent)
class Payments(Words[SendIntent]):
    """Payments that need a word. Their receivers are named to the end as they were when their payer was asked."""

    async def question(self, intent: SendIntent, till: Till, payer: Fact | None) -> Fact:
        payees = till.payees or await _payees(intent, till.cards)
        exactly = await told_apart(payees, till.member.id, till.cards.people, till.cards.reads)
        said = payments.question(exactly, intent.amount, intent.note, payer, intent.delay)
        return await with_warning(said, payees, payer, till.cards, till.member, till.now())

    def choices(self, intent: SendIntent, voice: Speaker, token: str) -> list[list[InlineKeyboardButton]]:
        return [buttons.arrivals(voice, token, intent.delay)]

    async def waiting_line(self, intent: SendIntent, till: Till) -> Fact:
        return payments.waiting_line(till.payer, await _names(intent, till.cards), intent.amount, intent.note)

    def cancelled_line(self, intent: SendIntent) -> Fact:
        return payments.cancelled_line(intent.amount, len(intent.receivers))

    async def done(self, intent: SendIntent, outcome: Sent, place: Place, thread: int | None, keypad: Message | None,
                   press: CallbackQuery, cards: Cards, speaker: Speaker, member: MemberView) -> None:
        """The receipt in private, or the group's line with "confirmed" in the keypad's place."""
        names = await _names(intent, cards)
        if keypad is not None and outcome.chat < 0:
            said = _("✅ Confirmed: {total} to {names}.", total=Money(intent.total), names=payments.listed(names))
            await change(keypad, speaker, said, buttons.to_balance(speaker))
        elif keypad is not None:
            place = Place(keypad.chat.id, keypad.message_id)
        payer = cards.payer(press.from_user, member)
        await cards.sent(outcome, member, payer, names, chat=place.chat, thread=thread, instead=place.message)


async def _payees(intent: SendIntent, cards: Cards) -> list[Payee]:
    return await named(intent.receivers, intent.by_number, cards.people, cards.reads)


async def _names(intent: SendIntent, cards: Cards) -> list[Person]:
    return [payee.name for payee in await _payees(intent, cards)]
