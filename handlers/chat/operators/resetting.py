"""`/resetpin`: letting a member who forgot their PIN, and bound no e-mail address, choose another one.

Guards: how they proved who they are is written down before anybody signs; the day that follows is the wallet's.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiogram import Router
from aiogram.types import Message

from handlers import refusals as said_of
from handlers.asking import answers
from handlers.chat.cards import Cards
from handlers.chat.operators.signing import propose
from handlers.chat.operators.whom import person_meant
from handlers.chat.saying import answer
from handlers.commands import Verb
from handlers.ground import Config, Dialogs, People, Phones
from handlers.parsing import Asked, PersonAsked
from handlers.texts import Speaker, _
from wallet import refusals
from wallet.protocols import Reads
from wallet.resets import ResetPinDeed
from wallet.text import TextRefused, clean_note
from wallet.views import MemberView


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="resetting")
    answers(router, Verb.RESETPIN, reset_pin)
    return router


async def reset_pin(message: Message, asked: Asked, people: People, reads: Reads, phones: Phones, cards: Cards,
                    dialogs: Dialogs, speaker: Speaker, config: Config, member: MemberView | None,
                    now: Callable[[], datetime]) -> None:
    """`/resetpin @bob how they proved who they are`. Refuses what `ResetPinDeed` refuses, and `person_meant`."""
    named = asked.argument if isinstance(asked.argument, PersonAsked) else None
    if named is None or not named.words.strip():
        await answer(message, speaker, _(
            "Nothing happened and no money moved. Write whom it is about, and how they proved who they are: /resetpin "
            "@bob showed the identity card in a video call. A second operator approves it; a day later they may choose "
            "another PIN."))
        return
    payee = await person_meant(message, named, people, reads, phones, config)
    known = await reads.member(payee.telegram_id)
    if known is None:
        raise refusals.PersonUnknown(str(payee.telegram_id))
    try:
        proof = clean_note(named.words)
    except TextRefused as refused:
        await answer(message, speaker, said_of.about_note(refused))
        return
    await propose(message, ResetPinDeed(known.id, proof or ""), cards, dialogs, speaker, member, now)
