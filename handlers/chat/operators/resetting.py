"""`/resetpin` and `/resetid`: letting a member who forgot their PIN, and bound no e-mail address, choose another one,
and taking a wrong name and ID number off a wallet.

Guards: how they proved it is written down before anybody signs. The day that follows a forgotten PIN is the wallet's.
No operator sees the number: it is opened here to know its digest, and goes no further.
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
from handlers.chat.operators.whom import member_known, person_meant
from handlers.chat.saying import answer
from handlers.commands import Verb
from handlers.ground import Config, Dialogs, People, Phones
from handlers.parsing import Asked, PersonAsked
from handlers.texts import Speaker, Text, _
from wallet import refusals
from wallet.protocols import Reads
from wallet.resets import ResetIdentityDeed, ResetPinDeed
from wallet.text import TextRefused, clean_note
from wallet.vault import Unreadable, Vault
from wallet.views import MemberView


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="resetting")
    answers(router, Verb.RESETPIN, reset_pin)
    answers(router, Verb.RESETID, reset_id)
    return router


async def reset_pin(message: Message, asked: Asked, people: People, reads: Reads, phones: Phones, cards: Cards,
                    dialogs: Dialogs, speaker: Speaker, config: Config, member: MemberView | None,
                    now: Callable[[], datetime]) -> None:
    """`/resetpin @bob how they proved who they are`. Refuses what `ResetPinDeed` refuses, and `person_meant`."""
    meant = await _meant(message, asked, people, reads, phones, config, speaker, _(
        "Nothing happened and no money moved. Write whom it is about, and how they proved who they are: /resetpin "
        "@bob showed the identity card in a video call. A second operator approves it; a day later they may choose "
        "another PIN."))
    if meant is not None:
        known, proof = meant
        await propose(message, ResetPinDeed(known.id, proof), cards, dialogs, speaker, member, now)


async def reset_id(message: Message, asked: Asked, people: People, reads: Reads, phones: Phones, cards: Cards,
                   dialogs: Dialogs, vault: Vault, speaker: Speaker, config: Config, member: MemberView | None,
                   now: Callable[[], datetime]) -> None:
    """`/resetid @bob how they showed that it is wrong`. Refuses what the deed refuses, and `person_meant`."""
    meant = await _meant(message, asked, people, reads, phones, config, speaker, _(
        "Nothing happened and no money moved. Write whom it is about, and how they showed that it is wrong: /resetid "
        "@bob showed the identity card in a video call. A second operator approves it; then they may give the right "
        "name and number."))
    if meant is not None:
        known, proof = meant
        deed = ResetIdentityDeed(known.id, await _number_of(known, reads, vault), proof)
        await propose(message, deed, cards, dialogs, speaker, member, now)


async def _meant(message: Message, asked: Asked, people: People, reads: Reads, phones: Phones, config: Config,
                 speaker: Speaker, usage: Text) -> tuple[MemberView, str] | None:
    """Whom it is about, and how they proved it; None where that was answered."""
    named = asked.argument if isinstance(asked.argument, PersonAsked) else None
    if named is None or not named.words.strip():
        await answer(message, speaker, usage)
        return None
    payee = await person_meant(message, named, people, reads, phones, config)
    known = await member_known(payee.telegram_id, reads)
    try:
        return known, clean_note(named.words) or ""
    except TextRefused as refused:
        await answer(message, speaker, said_of.about_note(refused))
        return None


async def _number_of(member: MemberView, reads: Reads, vault: Vault) -> str:
    """The keyed digest of the number that somebody gave. Refuses `TheyGaveNoIdentity`."""
    sealed = await reads.sealed_identity(member.id)
    try:
        number = vault.open_for(sealed[1], sealed[0]).split("\n")[1] if sealed is not None else ""
    except Unreadable:
        number = ""
    if not number:
        raise refusals.TheyGaveNoIdentity
    return vault.digest("identity", number)
