"""`/send`: members pay each other, in private and in groups.

Guards: whoever is to be paid is resolved to a numeric id before anything is asked, and that id is what is shown,
confirmed and paid. One message asks once, whatever happens on the way; a draft is confirmed only by its owner. What may
be mere talk moves nothing before a Confirm, and what is the payer's own business never stands in a group.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message

from handlers import payments
from handlers.asking import answers
from handlers.chat import buttons
from handlers.chat.buttons import DraftAct, DraftButton
from handlers.chat.cards import Cards, thread_of
from handlers.chat.keypad import Purpose
from handlers.chat.payees import numbers_of, payees_of
from handlers.chat.pin import act
from handlers.chat.saying import change, toast
from handlers.chat.till import ACT, Till, cancel, say_cancelled, say_over
from handlers.chat.wizard import begin
from handlers.commands import Verb
from handlers.ground import (
    Config,
    Dialogs,
    Members,
    People,
    Phones,
    accepts,
    group_of,
    message_key,
    new_token,
    press_key,
)
from handlers.keyboards import hangs_there, pressed_message
from handlers.namesakes import Payee, named
from handlers.parsing import Asked, Replied, SendRequest
from handlers.texts import Money, Speaker, _
from wallet import drafts, refusals
from wallet.drafts import CancelDraft
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.transfers import Confirm, Send, Sent
from wallet.views import MemberView


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="sending")
    answers(router, Verb.SEND, send)
    router.callback_query.register(decide, DraftButton.filter(), flags=accepts(group=True, joined=False))
    return router


# -------------------------------------------------------------------------------------------------- /send
async def send(message: Message, asked: Asked, bot: Bot, engine: Engine, reads: Reads, members: Members,
               people: People, phones: Phones, dialogs: Dialogs, cards: Cards, speaker: Speaker,
               group_speaker: Speaker, member: MemberView, config: Config, now: Callable[[], datetime], again: bool
               ) -> None:
    """`/send`, `转账`: everything in one message, or the wizard for the bare word."""
    assert message.from_user is not None
    key = message_key(bot.id, message, "send")
    request = asked.argument
    if not isinstance(request, SendRequest):
        await begin(message, message.from_user, key, dialogs, reads, people, speaker, group_speaker, member, config)
        return
    payees = await payees_of(message, request.receivers, people, reads, phones, config)
    outcome = await engine.run(Send(
        key=key,
        payer=member.id,
        receivers=tuple(payee.telegram_id for payee in payees),
        amount=request.minor_units,
        note=request.note or "",
        members=await numbers_of(payees, members),
        sure=all(payee.pointed_at for payee in payees),
        ask=_may_be_talk(message, asked, request),
        by_number=tuple(payee.telegram_id for payee in payees if payee.by_number),
        token=new_token(),
        chat=group_of(message),
        message=message.message_id,
    ))
    till = Till(cards, dialogs, speaker, member, cards.payer(message.from_user, member), now)
    await till.answer(message, outcome, payees, again=again)


def _may_be_talk(message: Message, asked: Asked, request: SendRequest) -> bool:
    """Whether this may be said to a person and not to us: `转账 20 了吗` under a message names nobody else whom to pay,
    and a note holds any words at all."""
    return (asked.in_plain_words and group_of(message) != 0 and request.receivers == (Replied(),)
            and request.note is not None)


# -------------------------------------------------------------------------------------- Confirm and Cancel
async def decide(press: CallbackQuery, callback_data: DraftButton, engine: Engine, reads: Reads, dialogs: Dialogs,
                 cards: Cards, speaker: Speaker, member: MemberView | None, now: Callable[[], datetime]) -> None:
    """The owner of a draft says yes or no; everybody else is told that the button is not theirs."""
    message = pressed_message(press)
    if member is None or not member.joined:
        raise refusals.NotYours
    chat, token = message.chat.id, callback_data.token
    number = message.message_id if hangs_there(press) else 0
    try:
        if callback_data.act is DraftAct.CANCEL:
            outcome = await engine.run(CancelDraft(key=press_key(press, "cancel"), member=member.id, token=token))
        else:
            outcome = await engine.run(Confirm(key=press_key(press, "confirm"), member=member.id, token=token))
    except refusals.AgreementsNeeded:
        if await reads.draft(member.id, token) is None:
            raise refusals.NotYours from None  # Whose agreements would be missing is not the point.
        raise
    except refusals.DraftOver as over:
        if number:
            await say_over(cards, member, over, chat, number)
        raise
    if not isinstance(outcome, Sent | drafts.Asked):
        raise refusals.ButtonStale  # Forged for a draft of another kind: what it may have cancelled is its owner's own.
    await toast(press)
    payer = cards.payer(press.from_user, member)
    if isinstance(outcome, Sent):
        names = [payee.name for payee in await _named(cards, member, token, outcome.receivers)]
        await cards.sent(outcome, member, payer, names, chat=chat, thread=thread_of(message), instead=number)
        return
    if callback_data.act is DraftAct.CANCEL:
        await say_cancelled(cards, member, outcome, chat, number)
    else:
        till = Till(cards, dialogs, speaker, member, payer, now)
        await till.go_on_with_pin(message, number, outcome, await _named(cards, member, token, outcome.receivers))


async def _named(cards: Cards, member: MemberView, token: str, receivers: Sequence[int]) -> list[Payee]:
    """The receivers of a draft, to the end as they were shown when its owner was asked."""
    draft = await cards.reads.draft(member.id, token)
    return await named(receivers, draft.by_number if draft else receivers, cards.people, cards.reads)


async def _keypad_left(purpose: Purpose, cards: Cards, member: MemberView) -> None:
    """Cancel on the keypad cancels the payment."""
    await cancel(cards, member, str(purpose["token"]))


@act(ACT, cancelled=_keypad_left)
async def confirm_with_pin(press: CallbackQuery, message: Message, purpose: Purpose, pin_version: int, engine: Engine,
                           reads: Reads, cards: Cards, speaker: Speaker, member: MemberView) -> None:
    """The PIN was right: pay, and say so here and in the group that waits."""
    token = str(purpose["token"])
    try:
        outcome = await engine.run(Confirm(key=press_key(press, "confirm"), member=member.id, token=token,
                                           pin_version=pin_version))
    except refusals.DraftOver as over:
        view = await reads.draft(member.id, token)
        if view is not None and view.message:
            await say_over(cards, member, over, view.chat, view.message)
        raise
    assert isinstance(outcome, Sent)
    names = [payee.name for payee in await _named(cards, member, token, outcome.receivers)]
    payer = cards.payer(press.from_user, member)
    if outcome.chat >= 0:
        await cards.sent(outcome, member, payer, names, chat=message.chat.id, instead=message.message_id)
        return
    said = _("✅ Confirmed: {total} to {names}.", total=Money(outcome.amount * len(names)),
             names=payments.listed(names))
    await change(message, speaker, said, buttons.to_balance(speaker))
    await cards.sent(outcome, member, payer, names, chat=outcome.chat, instead=outcome.message)
