"""`/legalhold` and `/lifthold`: what a court orders about a member's money.

Guards: nothing is held, and nothing lifted, before two operators signed it with their PINs; who ordered it, under which
reference and what it holds stands above both signatures.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Final

from aiogram import Router
from aiogram.types import Message

from handlers import legal_holds as spoken
from handlers import refusals as said_of
from handlers.asking import answers
from handlers.chat.cards import Cards
from handlers.chat.operators.signing import propose
from handlers.chat.operators.whom import member_known, person_meant
from handlers.chat.saying import answer
from handlers.commands import Verb
from handlers.ground import Config, Dialogs, People, Phones, microseconds
from handlers.parsing import Asked, CodeAsked, PersonAsked
from handlers.parsing.legal_holds import OrderWords, order_said
from handlers.proposals import member_named
from handlers.texts import Code, Lines, Speaker, _
from wallet import refusals
from wallet.legal_holds import AUTHORITY_MOST, REFERENCE_MOST, LegalHoldDeed, LiftLegalHoldDeed
from wallet.money import AmountRefused
from wallet.protocols import OperatorReads, Reads
from wallet.text import TextReason, TextRefused, clean_note
from wallet.views import MemberView

EXAMPLE: Final = Code("/legalhold @bob 5000 2027-05-01; Court; Ref 123; 2026-11-20; note")
MOST: Final = 15
"""So many orders fit into a message."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="legal_holds")
    answers(router, Verb.LEGALHOLD, legal_hold)
    answers(router, Verb.LIFTHOLD, lift)
    return router


async def legal_hold(message: Message, asked: Asked, people: People, reads: Reads, phones: Phones, cards: Cards,
                     operator_reads: OperatorReads, dialogs: Dialogs, speaker: Speaker, config: Config,
                     member: MemberView | None, now: Callable[[], datetime]) -> None:
    """`/legalhold @bob 5000 2027-05-01; court; reference; 2026-11-20; note`, or as a reply; alone it shows what stands.
    Refuses what `LegalHoldDeed` refuses, and `person_meant`."""
    if asked.argument is None and message.reply_to_message is None:
        await answer(message, speaker, Lines((await _standing(message, operator_reads, cards, people), _(
            "To write one down: {example}", example=EXAMPLE))))
        return
    named = asked.argument if isinstance(asked.argument, PersonAsked) else None
    try:
        order = order_said(named.words, config.currency) if named else None
        if named is None or order is None or isinstance(named.who, CodeAsked):
            await answer(message, speaker, _(
                "Nothing happened and no money moved. Write whom it is about, how much is held (or all) and until "
                "which day, if it says so, then who ordered it, the reference, the day of the order and a note, with "
                "semicolons between them: {example}",
                example=EXAMPLE))
            return
        authority, reference = _named(order.authority, AUTHORITY_MOST), _named(order.reference, REFERENCE_MOST)
        note = clean_note(order.note) if order.note else ""
    except AmountRefused as refused:
        await answer(message, speaker, said_of.about_amount(refused))
        return
    except TextRefused as refused:
        await answer(message, speaker, said_of.about_note(refused))
        return
    payee = await person_meant(message, named, people, reads, phones, config)
    known = await member_known(payee.telegram_id, reads)
    deed = LegalHoldDeed(known.id, payee.telegram_id, authority, reference, order.dated.toordinal(), order.amount,
                         _until(order, config), note or "")
    await propose(message, deed, cards, dialogs, speaker, member, now)


async def _standing(message: Message, operator_reads: OperatorReads, cards: Cards, people: People) -> Lines:
    """The orders that stand, with whom they are about."""
    assert message.from_user is not None
    found = await operator_reads.standing_orders(message.from_user.id, MOST + 1)
    return spoken.listed([(one, await member_named(one.member, cards.reads, people)) for one in found[:MOST]],
                         more=len(found) > MOST)


async def lift(message: Message, asked: Asked, operator_reads: OperatorReads, cards: Cards, dialogs: Dialogs,
               speaker: Speaker, member: MemberView | None, now: Callable[[], datetime]) -> None:
    """`/lifthold CODE reason`. Refuses `LegalHoldOver`, and what `LiftLegalHoldDeed` refuses."""
    assert message.from_user is not None
    named = asked.argument if isinstance(asked.argument, PersonAsked) else None
    if named is None or not isinstance(named.who, CodeAsked) or not named.words.strip():
        await answer(message, speaker, _(
            "Nothing happened and no money moved. Write the order's code and why it is lifted: {example}. /legalhold "
            "shows the orders that stand, with their codes.", example=Code("/lifthold CODE the court released it")))
        return
    try:
        reason = _named(named.words)
    except TextRefused as refused:
        await answer(message, speaker, said_of.about_note(refused))
        return
    found = await operator_reads.legal_hold(message.from_user.id, named.who.number)
    if found is None or found.ended_at:
        raise refusals.LegalHoldOver
    await propose(message, LiftLegalHoldDeed(found.member, found.person, found.hold, reason), cards, dialogs, speaker,
                  member, now)


def _named(typed: str, most: int = 100) -> str:
    """What has to be there and be seen. Raises `TextRefused`."""
    said = clean_note(typed)
    if not said or len(said) > most:
        raise TextRefused(TextReason.TOO_LONG if said else TextReason.TOO_SHORT, 1, most)
    return said


def _until(order: OrderWords, config: Config) -> int:
    """The end of its last day, where the deployment lives."""
    if order.last_day is None:
        return 0
    return microseconds(datetime.combine(order.last_day + timedelta(days=1), time(), config.zone))
