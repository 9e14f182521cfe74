"""`/remove`: taking away what somebody wrote.

Guards: what is gone is gone wherever we can still change it: it is kept nowhere, so no receipt, history, statement, PDF
or table says it again, and the live card and the private message that offers or asks for money are drawn anew at once.
Nobody is shown what it was.
"""
from __future__ import annotations

from contextlib import suppress
from typing import Final

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import InlineKeyboardMarkup, Message

from handlers import payments
from handlers.asking import answers
from handlers.chat import buttons
from handlers.chat import splits as split_cards
from handlers.chat.cards import Cards
from handlers.chat.envelopes import draw_anew
from handlers.chat.joining import friendly_name
from handlers.chat.operators.whom import person_meant
from handlers.chat.saying import answer
from handlers.commands import Verb
from handlers.ground import Config, People, Phones, message_key
from handlers.parsing import Asked, CodeAsked, PersonAsked
from handlers.pictures.covers import Covers
from handlers.texts import Code, Fact, Html, Listed, Speaker, _
from wallet import refusals
from wallet.engine import Engine
from wallet.penalties import REASONS
from wallet.protocols import OperatorReads, Reads
from wallet.removals import GREETING, REQUEST, SPLIT, Removed, RemoveNickname, RemoveNote

_NAMED: Final = Listed(tuple(Html(f"<code>{reason}</code>") for reason in REASONS))


def make_router() -> Router:
    """`/remove`."""
    router = Router(name="removing")
    answers(router, Verb.REMOVE, remove)
    return router


async def remove(message: Message, asked: Asked, bot: Bot, engine: Engine, operator_reads: OperatorReads, reads: Reads,
                 people: People, phones: Phones, speaker: Speaker, cards: Cards, covers: Covers, config: Config
                 ) -> None:
    """`/remove CODE reason`, `/remove @bob reason`. Refuses what the commands refuse, and `person_meant`."""
    assert message.from_user is not None
    wanted, operator = asked.argument, message.from_user.id
    if not isinstance(wanted, PersonAsked) or wanted.words.strip().lower() not in REASONS:
        await answer(message, speaker, _(
            "Please write /remove, the code of a receipt (or @name for a nickname), and the reason, a clause of the "
            "agreement: {reasons}. Nothing was taken away.", reasons=_NAMED))
        return
    key, reason = message_key(bot.id, message, "remove"), wanted.words.strip().lower()
    if isinstance(wanted.who, CodeAsked):
        said = await _note(key, wanted.who, operator, reason, engine, operator_reads, cards, covers)
    else:
        person = await person_meant(message, wanted, people, reads, phones, config)
        member = await reads.member(person.telegram_id)
        if member is None:
            raise refusals.NothingToRemove
        await engine.run(RemoveNickname(key=key, operator=operator, member=member.id, reason=reason,
                                        nickname=friendly_name(member.language)))
        said = _("✅ The nickname is gone, and a plain one is in its place. Its owner is told why.")
    await answer(message, speaker, said)


async def _note(key: str, code: CodeAsked, operator: int, reason: str, engine: Engine, operator_reads: OperatorReads,
                cards: Cards, covers: Covers) -> Fact:
    """The note that a receipt shows, wherever it stands."""
    found = await operator_reads.removable(operator, code.number)
    if found is None:
        raise refusals.NothingToRemove
    removed = await engine.run(RemoveNote(key=key, operator=operator, transfer=found.transfer, reason=reason,
                                          source=found.source, number=found.number, part=found.part))
    assert isinstance(removed, Removed)
    if found.envelope:
        await draw_anew(found.envelope, cards, covers)
    if found.hold:
        await _waiting(found.hold, cards)
    if found.source == REQUEST:
        await cards.refresh_request(found.number)
    if found.source == SPLIT:
        await split_cards.redraw(found.number, cards)
    if removed.what == GREETING:
        return _("✅ The greeting of {code} is gone, from its card, too. Its author is told why.", code=Code(code.code))
    return _("✅ The note of {code} is gone. Its author is told why.", code=Code(code.code))


async def _waiting(hold: int, cards: Cards) -> None:
    """The card of money that waits, and the private message that offers it. What has ended shows no note."""
    view = await cards.reads.hold(hold)
    if view is None or view.state != "open":
        return
    names = await cards.names((view.payer.telegram_id, view.beneficiary))
    payer = names[view.payer.telegram_id]
    name = payments.as_known(names[view.beneficiary], by_number=view.by_number)
    if view.message:
        voice = await cards.speaker_of(view.chat, view.payer.telegram_id)
        card = payments.card(payer, name, view.amount, view.note, view.purpose, view.expires_at)
        await _draw(cards.bot, view.chat, view.message, voice.say(card),
                    buttons.waiting_card(voice, view.id, view.purpose))
    if view.offer:
        voice = await cards.speaker_of(view.beneficiary, view.beneficiary)
        offer = payments.offer(payer, view.amount, view.note, view.expires_at, view.purpose, view.transfer)
        await _draw(cards.bot, view.beneficiary, view.offer, voice.say(offer),
                    buttons.taking(voice, view.id, view.purpose))


async def _draw(bot: Bot, chat: int, message: int, html: str, markup: InlineKeyboardMarkup | None) -> None:
    """Change a message of ours; one that is gone, or too old, can't be."""
    with suppress(TelegramAPIError):
        await bot.edit_message_text(html, chat_id=chat, message_id=message, parse_mode="HTML", reply_markup=markup)
