"""`/report`: telling the operators of another member.

Guards: in a group only whoever reports reads what comes of it, and the command itself is taken away where we may; what
it quotes is what Telegram says that the reported person wrote. Nobody learns from a report whose a phone number is.
"""
from __future__ import annotations

from contextlib import suppress
from typing import Final

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import Message

from handlers import tickets as said_of
from handlers.asking import AsksUnclearly, answers, is_reply
from handlers.chat.payees import payee_of
from handlers.chat.saying import whisper
from handlers.commands import Verb, declared
from handlers.ground import Config, People, Phones, group_of, message_key
from handlers.parsing import Asked, CodeAsked, PersonAsked
from handlers.texts import Fact, Lines, Speaker, _
from handlers.tickets import Written
from wallet import refusals
from wallet.engine import Engine
from wallet.protocols import Reads, Tickets
from wallet.reports import LONGEST_REASON, Report
from wallet.text import can_be_seen
from wallet.tickets import REPORT, Said
from wallet.views import MemberView

LONGEST_QUOTE: Final = 800
"""Characters of a message that stand in a report; the first ones."""


def make_router() -> Router:
    """`/report`."""
    router = Router(name="reporting")
    answers(router, Verb.REPORT, report)
    router.message.register(explain, AsksUnclearly(Verb.REPORT), flags=declared(Verb.REPORT))
    return router


async def explain(message: Message, speaker: Speaker, group_speaker: Speaker, config: Config) -> None:
    """How it is said."""
    assert message.from_user is not None
    await whisper(message, message.from_user.id, speaker, _(
        "Whom do you report, and why? Write /report @bob and the reason, or /report, a receipt's code and the reason; "
        "or reply to their message with /report and the reason. Nothing was passed on yet."), group_speaker, config)


async def report(message: Message, asked: Asked, bot: Bot, engine: Engine, reads: Reads, people: People, phones: Phones,
                 tickets: Tickets, speaker: Speaker, group_speaker: Speaker, member: MemberView, config: Config
                 ) -> None:
    """`/report @bob reason`, `/report CODE reason`, or as a reply. Refuses what `Report` and `payee_of` refuse,
    `ReceiptUnknown`, `WordsTooLong` and `WordsMissing`."""
    if not isinstance(asked.argument, PersonAsked):
        await explain(message, speaker, group_speaker, config)
        return
    reported = await _meant(message, asked.argument, reads, people, phones, member, config)
    written = _written(message, asked.argument, reported)
    kept = await tickets.sealed_for(member.id, 0, written.text, written.pictures)
    said = await engine.run(Report(key=message_key(bot.id, message, "report"), member=member.id, reported=reported.id,
                                   digest=kept.digest, sealed=kept.sealed, pictures=len(written.pictures)))
    assert isinstance(said, Said)
    if group_of(message):
        with suppress(TelegramAPIError):  # We may take messages away only where we administer the group.
            await message.delete()
    await whisper(message, member.telegram_id, speaker, Lines((said_of.heading(said.ticket, REPORT), _thanks())),
                  group_speaker, config)


def _thanks() -> Fact:
    return _("✅ Thank you: the operators look into it. They tell nobody that it was you. In our private chat you can "
             "add to it, and send pictures, under /support.")


async def _meant(message: Message, asked: PersonAsked, reads: Reads, people: People, phones: Phones,
                 member: MemberView, config: Config) -> MemberView:
    """Who is reported: by a code, the other side of a payment of one's own."""
    if isinstance(asked.who, CodeAsked):
        receipt = await reads.receipt(member.id, asked.who.number)
        other = None if receipt is None else receipt.payer if receipt.incoming else receipt.receiver
        if other is None:
            raise refusals.ReceiptUnknown
        found, named = await reads.member(other.telegram_id), asked.who.code
    else:
        payee = await payee_of(message, asked.who, people, reads, phones, config)
        found, named = await reads.member(payee.telegram_id), f"@{payee.username}" if payee.username else ""
    if found is None:
        raise refusals.PersonUnknown(named)
    return found


def _written(message: Message, asked: PersonAsked, reported: MemberView) -> Written:
    """The reason, the receipt, and the message that it is a reply to, if that is one of theirs."""
    reason = asked.words.strip()
    if len(reason) > LONGEST_REASON:
        raise refusals.WordsTooLong(LONGEST_REASON)
    if not can_be_seen(reason):
        raise refusals.WordsMissing
    parts, answered = [reason], message.reply_to_message
    if isinstance(asked.who, CodeAsked):
        parts.append(f"🧾 {asked.who.code}")
    if answered is None or not is_reply(message) or answered.from_user is None or (
            answered.from_user.id != reported.telegram_id):
        return Written(said_of.storable("\n".join(parts)), said_of.pictures_in(message))
    quoted = (answered.text or answered.caption or "").strip()
    if len(quoted) > LONGEST_QUOTE:
        quoted = f"{quoted[:LONGEST_QUOTE - 1]}…"
    parts.append(f"💬 {quoted}".rstrip())
    parts.append(f"({answered.chat.title or '–'} {answered.chat.id}, {answered.date.isoformat(' ', 'minutes')})")
    return Written(said_of.storable("\n".join(parts)), said_of.pictures_in(answered))
