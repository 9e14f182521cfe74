"""`/send`: members pay each other, in private and in groups.

Guards: whoever is to be paid is resolved to a numeric id before anything is asked, and that id is what is shown,
confirmed and paid. One message asks once, whatever happens on the way, and what may be mere talk moves nothing before a
Confirm.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiogram import Bot, Router
from aiogram.types import Message

from handlers.asking import answers
from handlers.chat.cards import Cards
from handlers.chat.payees import numbers_of, payees_of
from handlers.chat.paying import tell
from handlers.chat.scheduling import plan
from handlers.chat.till import Till
from handlers.chat.wizard import begin
from handlers.commands import Verb
from handlers.ground import (
    Config,
    Dialogs,
    Members,
    People,
    Phones,
    group_of,
    message_key,
    new_token,
)
from handlers.parsing import Asked, Replied, SendRequest, ends_like_a_delay
from handlers.texts import Speaker
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.transfers import Send
from wallet.views import MemberView


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="sending")
    answers(router, Verb.SEND, send)
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
    if request.every is not None:
        till = Till(cards, dialogs, speaker, member, cards.payer(message.from_user, member), now, payees)
        await plan(message, key, request, payees[0], till)
        return
    outcome = await engine.run(Send(
        key=key,
        payer=member.id,
        receivers=tuple(payee.telegram_id for payee in payees),
        amount=request.minor_units,
        note=request.note or "",
        members=await numbers_of(payees, members),
        sure=all(payee.pointed_at for payee in payees),
        # What ends like a delay may be one or a part of the note, whichever it was taken for.
        ask=_may_be_talk(message, asked, request) or request.delay > 0 or ends_like_a_delay(request.note or ""),
        delay=request.delay,
        usual_delay=member.delay,
        by_number=tuple(payee.telegram_id for payee in payees if payee.by_number),
        token=new_token(),
        chat=group_of(message),
        message=message.message_id,
    ))
    till = Till(cards, dialogs, speaker, member, cards.payer(message.from_user, member), now)
    await tell(till, message, outcome, payees, again=again)


def _may_be_talk(message: Message, asked: Asked, request: SendRequest) -> bool:
    """Whether this may be said to a person and not to us: `转账 20 了吗` under a message names nobody else whom to pay,
    and a note holds any words at all."""
    return (asked.in_plain_words and group_of(message) != 0 and request.receivers == (Replied(),)
            and request.note is not None)
