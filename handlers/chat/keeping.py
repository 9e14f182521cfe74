"""Shares of red envelopes that are kept for people who have yet to join, and the way there.

Guards: whoever taps without a wallet is led to opening one, whether a share could be kept or not, and hears in the end
what came of it; only they themselves take what is kept for them, and not after its time.
"""
from __future__ import annotations

from typing import Final

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, Message

from handlers import envelopes as said_of
from handlers import payments
from handlers.chat import buttons
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, whisper
from handlers.ground import Config, People, press_key
from handlers.keyboards import deep_link
from handlers.refusals import sentence
from handlers.texts import Speaker
from wallet import refusals
from wallet.engine import Engine
from wallet.keeping import KeepShare
from wallet.protocols import Reads

NOT_KEPT: Final = "unkept_share"
"""What stands behind /start for somebody for whom no share is kept."""


async def keep(press: CallbackQuery, message: Message, envelope: int, engine: Engine, speaker: Speaker,
               group_speaker: Speaker, config: Config) -> None:
    """Keep a share for somebody without a wallet, if one may be kept, and lead them to one. Refuses what else
    `KeepShare` refuses."""
    person, way, said = press.from_user.id, buttons.share_payload(envelope), said_of.kept_for_you()
    try:
        await engine.run(KeepShare(key=press_key(press, "keep"), person=person, envelope=envelope,
                                   chat=message.chat.id))
    except refusals.NotAMember as refusal:
        # Told at once, not noted before as what might be done after a crash: a share that is kept then harms nobody,
        # and whoever never joins can tap as often as they like without a write.
        way, said = NOT_KEPT, sentence(refusal)
    try:
        await press.answer(url=deep_link(config, way))
    except TelegramBadRequest:
        await whisper(message, person, speaker, said, group_speaker, config,
                      markup=buttons.open_wallet(speaker, config, way), payload=way, press=press)


async def tell_what_is_kept(message: Message, envelope: int | None, person: int, reads: Reads, people: People,
                            speaker: Speaker) -> None:
    """Whoever comes for a share and has to join first hears until when it is kept."""
    until = await reads.kept_until(envelope, person) if envelope is not None else 0
    view = await reads.envelope(envelope) if envelope is not None and until else None
    if view is not None:
        names = await payments.parties((view.maker,), people)
        await answer(message, speaker, said_of.kept_until(names[view.maker.telegram_id], until))


@payload(NOT_KEPT.partition("_")[0])
async def came_without_share(message: Message, speaker: Speaker) -> None:
    """`/start unkept_share`: somebody tapped, and has a wallet by now, but no share."""
    await answer(message, speaker, said_of.none_was_kept(), buttons.to_balance(speaker))
