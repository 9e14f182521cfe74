"""The small question before a share opens, to whoever taps in a group that wants one.

Guards: whoever is asked reads it alone. Where a picture is wanted, whoever can't see it, or for whom none can be drawn
or shown, is asked in words; no button says which answer is right.
"""
from __future__ import annotations

from aiogram.types import CallbackQuery, Message

from handlers import envelopes as said_of
from handlers.chat import buttons
from handlers.chat.saying import show_alone, whisper
from handlers.ground import Config
from handlers.pictures import question as page
from handlers.pictures.easel import Easel, NotDrawn
from handlers.texts import Speaker
from wallet import refusals


async def ask(message: Message, person: int, envelope: int, asked: refusals.QuestionAsked, easel: Easel,
              speaker: Speaker, group_speaker: Speaker, config: Config, press: CallbackQuery | None = None) -> None:
    """Ask it, as the group wants it."""
    picture = asked.picture
    if picture is not None:
        try:
            drawn = await easel.draw(page.laid_out(picture.signs))
        except NotDrawn:
            pass
        else:
            if await show_alone(message, person, speaker, drawn, said_of.signs_asked(), group_speaker, config,
                                markup=buttons.answers_to_picture(speaker, envelope, picture.offered,
                                                              picture.proof), press=press):
                return
    await ask_in_words(message, person, envelope, asked, speaker, group_speaker, config, press)


async def ask_in_words(message: Message, person: int, envelope: int, asked: refusals.QuestionAsked, speaker: Speaker,
                       group_speaker: Speaker, config: Config, press: CallbackQuery | None = None) -> None:
    """Ask for a sum."""
    words = asked.words
    await whisper(message, person, speaker, said_of.small_sum(words.first, words.second), group_speaker, config,
                  payload="balance_now", markup=buttons.answers(envelope, words.offered, words.proof),
                  press=press)
