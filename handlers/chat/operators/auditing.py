"""`/audit`: who did what, and whether that is still what was written.

Guards: only operators who may look see lines, and that they looked at a member is written down first. Verifying
changes nothing; what it finds broken is said by name.
"""
from __future__ import annotations

import re
from typing import Annotated, Final

from aiogram import Bot, Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from pydantic import Field

from handlers.acts import act_called
from handlers.asking import answers, is_reply, said_in
from handlers.chat.operators.whom import member_known
from handlers.chat.payees import payee_of
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Config, People, Phones, message_key, press_key
from handlers.keyboards import button, hangs_there, keyboard, only_for, pressed_message
from handlers.parsing import Asked, Replied, Said, Unclear, WordsAsked, parse_receivers
from handlers.texts import Code, Fact, Lines, Moment, Speaker, Text, _
from wallet import refusals
from wallet.engine import Engine
from wallet.operators import LookAtMember
from wallet.protocols import AuditReads, Reads
from wallet.views import AuditLine, AuditVerdict

PAGE: Final = 10
FARTHEST: Final = 100_000
"""Lines behind the newest to which somebody may turn."""
VERIFY: Final = frozenset({"verify", "校验", "验证"})
FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
LONGEST_FACTS: Final = 200
"""Characters of a line's facts that are shown."""


class AuditButton(CallbackData, prefix="oa"):
    """Turns a page. `presser` is the operator who asked; `person` whom it is about, 0 for everybody."""

    person: Annotated[int, Field(ge=0, lt=2**53)]
    skip: Annotated[int, Field(ge=0, le=FARTHEST)]
    presser: int


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="auditing")
    answers(router, Verb.AUDIT, audit)
    router.callback_query.register(turn, AuditButton.filter(), flags=declared(Verb.AUDIT))
    return router


async def audit(message: Message, asked: Asked, bot: Bot, engine: Engine, audit_reads: AuditReads, reads: Reads,
                people: People, phones: Phones, speaker: Speaker, config: Config) -> None:
    """`/audit`, `/audit verify`, `/audit @bob`, or as a reply."""
    operator = message.from_user
    assert operator is not None
    words = asked.argument.words.strip() if isinstance(asked.argument, WordsAsked) else ""
    word, _space, fingerprint = words.lower().partition(" ")
    if word in VERIFY:
        fingerprint = fingerprint.strip()
        if fingerprint and not FINGERPRINT.fullmatch(fingerprint):
            await answer(message, speaker, _("That is no fingerprint of an anchor: it has 64 signs, digits and the "
                                             "letters a to f. Copy it from the channel. Nothing was compared."))
            return
        await answer(message, speaker, _("🔎 Every commit is being computed again …"))
        await answer(message, speaker, _verdict(await audit_reads.verify(fingerprint)))
        return
    person = 0
    if words or is_reply(message):
        found = parse_receivers(Said(words), config.currency, config.region) if words else (Replied(),)
        if isinstance(found, Unclear) or said_in(message, config) is None:
            raise refusals.PersonUnknown(words[:40])
        person = (await payee_of(message, found[0], people, reads, phones, config)).telegram_id
    said, markup = await _page(person, 0, operator.id, message_key(bot.id, message, "audit"), engine, audit_reads,
                               reads, speaker)
    await answer(message, speaker, said, markup)


async def turn(press: CallbackQuery, callback_data: AuditButton, engine: Engine, audit_reads: AuditReads, reads: Reads,
               speaker: Speaker) -> None:
    """Another page."""
    only_for(press, callback_data.presser)
    if not hangs_there(press):
        raise refusals.ButtonStale
    said, markup = await _page(callback_data.person, callback_data.skip, press.from_user.id,
                               press_key(press, "audit"), engine, audit_reads, reads, speaker)
    await toast(press)
    await change(pressed_message(press), speaker, said, markup)


async def _page(person: int, skip: int, operator: int, key: str, engine: Engine, audit_reads: AuditReads,
                reads: Reads, speaker: Speaker) -> tuple[Lines, InlineKeyboardMarkup]:
    member = 0
    if person:
        member = (await member_known(person, reads)).id
        await engine.run(LookAtMember(key=key, operator=operator, member=member))
    found = await audit_reads.lines(operator, member=member, operator=person, skip=skip, limit=PAGE + 1)
    head = (_("🧾 <b>Audit</b>: what {number} did, and what was done about them", number=Code(str(person)))
            if person else _("🧾 <b>Audit</b>: what was done lately"))
    said: list[Fact] = [_line(one) for one in found[:PAGE]] or [_("Nothing here.")]
    ways = [button(speaker, label, AuditButton(person=person, skip=to, presser=operator))
            for label, to, there in ((_("‹ Later"), max(0, skip - PAGE), skip > 0),
                                     (_("Before ›"), skip + PAGE, len(found) > PAGE and skip + PAGE <= FARTHEST))
            if there]
    return Lines((head, Lines(tuple(said))), gap="\n\n"), keyboard(ways)


def _line(one: AuditLine) -> Text:
    facts = " ".join(part for part in (f"M{one.member}" if one.member else "", one.facts) if part)
    return _("{time} <b>{act}</b> {facts}", time=Moment.of_microseconds(one.at), act=act_called(one.act),
             facts=Code(facts[:LONGEST_FACTS] or "–"))


def _verdict(verdict: AuditVerdict) -> Lines:
    """What was found, and how fast."""
    speed = verdict.rows * 1_000 // max(1, verdict.milliseconds)
    looked = _("{rows} rows in {commits} commits, and {anchors} anchors outside the database, in {seconds} s: {speed} "
               "rows a second.", rows=f"{verdict.rows:,}", commits=f"{verdict.commits:,}",
               anchors=f"{verdict.anchors:,}", seconds=f"{verdict.milliseconds / 1_000:.1f}", speed=f"{speed:,}")
    against = _("Compared: the rows with the journal, the balances with the entries, and the journal with the anchors "
                "in the file outside the database.")
    if not verdict.broken:
        return Lines((_("✅ Everything is what was written."), looked, against, *_channel(verdict)))
    head = _("🛑 This is not what was written. Run <code>ikmpay reconcile</code>, and let nobody pay until it is "
             "cleared up.")
    return Lines((head, looked, against, *(Code(one) for one in verdict.broken), *_channel(verdict)))


def _channel(verdict: AuditVerdict) -> tuple[Text, ...]:
    """What is known of the channel, which nobody here can read again."""
    if verdict.named:
        return (_("The fingerprint is that of anchor {number}, so all before it is what was posted.",
                  number=verdict.named),) if not verdict.broken else ()
    if verdict.posted is None:
        return ()
    return (_("Posted to the channel last: anchor {number} of {time}, {hash}. I can't read the channel: send /audit "
              "verify with what stands there, and I compare that, too.", number=verdict.posted.number,
              time=Moment.of_microseconds(verdict.posted.at), hash=Code(verdict.posted.hash)),)
