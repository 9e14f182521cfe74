"""`/intercepts`, `/release` and `/sendback`: payments that a rule held back.

Guards: an operator decides about a payment by its code and with a reason, never about money of or for themselves; the
wallet looks at both again.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers import interceptions as said_of
from handlers import payments
from handlers.asking import answers
from handlers.chat.buttons import HeldButton
from handlers.chat.cards import Cards
from handlers.chat.operators.signing import propose
from handlers.chat.saying import answer, toast
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, People, message_key
from handlers.keyboards import hangs_there, pressed_message
from handlers.parsing import Asked, CodeAsked, PersonAsked
from handlers.texts import Code, Fact, Lines, Moment, Money, Speaker, Text, _
from wallet import ids, refusals
from wallet.protocols import OperatorReads, Reads
from wallet.releases import ReleaseDeed, SendBackCheck
from wallet.views import InterceptedView, MemberView

MOST: Final = 10
"""So many stand on a list; the others come once these are decided."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="interceptions")
    answers(router, Verb.INTERCEPTS, listed)
    answers(router, Verb.RELEASE, decide)
    answers(router, Verb.SENDBACK, decide)
    router.callback_query.register(press_listed, HeldButton.filter(), flags=declared(Verb.INTERCEPTS))
    return router


async def listed(message: Message, operator_reads: OperatorReads, reads: Reads, people: People, speaker: Speaker
                 ) -> None:
    """`/intercepts`."""
    assert message.from_user is not None
    await answer(message, speaker, await _list(message.from_user.id, operator_reads, reads, people))


async def press_listed(press: CallbackQuery, operator_reads: OperatorReads, reads: Reads, people: People,
                       speaker: Speaker) -> None:
    """The same by the button of a member's card, which stays."""
    if not hangs_there(press):
        raise refusals.ButtonStale
    await toast(press)
    await answer(pressed_message(press), speaker, await _list(press.from_user.id, operator_reads, reads, people))


async def _list(operator: int, operator_reads: OperatorReads, reads: Reads, people: People) -> Text | Lines:
    found = await operator_reads.intercepted(operator, MOST)
    if not found:
        return _("No payment is held back.")
    payers = await payments.sides([one.payer for one in found], people)
    receivers = await payments.names([one.person for one in found], people, reads)
    lines = [_about(one, payers[one.payer], receivers[one.person]) for one in found]
    return Lines((_("🔎 <b>Held back</b>"), *lines, _(
        "/release CODE reason lets it go on, /sendback CODE reason returns it; after 3 days it goes back by itself.")),
        gap="\n\n")


def _about(one: InterceptedView, payer: Fact, receiver: Fact) -> Lines:
    return Lines((
        _("{code}: <b>{amount}</b> from {payer} to {name}", code=Code(ids.code(one.transfer)), amount=Money(one.amount),
          payer=payer, name=receiver),
        _("Why: {rule}", rule=said_of.RULES[one.rule]()), said_of.facts(one.facts),
        _("Goes back on {moment}", moment=Moment.of_microseconds(one.expires_at))))


async def decide(message: Message, asked: Asked, operator_reads: OperatorReads, reads: Reads, cards: Cards,
                 dialogs: Dialogs, speaker: Speaker, member: MemberView | None, now: Callable[[], datetime]) -> None:
    """`/release CODE reason`, `/sendback CODE reason`. Refuses `CheckOver`, and what the wallet refuses."""
    assert message.from_user is not None
    argument, operator = asked.argument, message.from_user.id
    if not isinstance(argument, PersonAsked) or not isinstance(argument.who, CodeAsked) or not argument.words:
        await answer(message, speaker, _(
            "Write the code and a reason, like {command} CODE it was really her. /intercepts lists the codes. Nothing "
            "was decided, and no money moved.", command=f"/{asked.verb}"))
        return
    found = await operator_reads.interception(operator, argument.who.number)
    if found is None or found.state != "open":
        raise refusals.CheckOver(found.state if found is not None else "")
    if asked.verb == Verb.SENDBACK:
        await cards.engine.run(SendBackCheck(key=message_key(cards.bot.id, message, asked.verb), operator=operator,
                                             hold=found.hold, reason=argument.words))
        await answer(message, speaker, _("↩️ Sent back: {amount} is its payer's again. They were told.",
                                         amount=Money(found.amount)))
        return
    await propose(message, await _deed(found, argument.words, reads), cards, dialogs, speaker, member, now)


async def _deed(one: InterceptedView, reason: str, reads: Reads) -> ReleaseDeed:
    """What is signed so that it goes on."""
    receiver = await reads.member(one.person)
    return ReleaseDeed(one.hold, one.payer.member, one.person,
                       receiver.id if receiver is not None and receiver.joined else 0, one.amount, reason)
