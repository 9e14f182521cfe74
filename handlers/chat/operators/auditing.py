"""`/audit`: who did what, and whether that is still what was written.

Guards: only operators who may look see lines, and that they looked at a member is written down first. Verifying
changes nothing; what it finds broken is said by name.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Final

from aiogram import Bot, Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from pydantic import Field

from handlers import payments
from handlers.acts import act_called
from handlers.asking import answers, is_reply, said_in
from handlers.chat.operators.whom import member_known
from handlers.chat.payees import payee_of
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Config, People, Phones, message_key, press_key
from handlers.happened import Names, facts_of, members_of, people_of
from handlers.keyboards import button, hangs_there, keyboard, only_for, pressed_message
from handlers.parsing import Asked, Replied, Said, Unclear, WordsAsked, parse_receivers
from handlers.texts import Code, Fact, Lines, Moment, Person, Speaker, Text, _
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
                               reads, people, speaker)
    await answer(message, speaker, said, markup)


async def turn(press: CallbackQuery, callback_data: AuditButton, engine: Engine, audit_reads: AuditReads, reads: Reads,
               people: People, speaker: Speaker) -> None:
    """Another page."""
    only_for(press, callback_data.presser)
    if not hangs_there(press):
        raise refusals.ButtonStale
    said, markup = await _page(callback_data.person, callback_data.skip, press.from_user.id,
                               press_key(press, "audit"), engine, audit_reads, reads, people, speaker)
    await toast(press)
    await change(pressed_message(press), speaker, said, markup)


async def _page(person: int, skip: int, operator: int, key: str, engine: Engine, audit_reads: AuditReads,
                reads: Reads, people: People, speaker: Speaker) -> tuple[Lines, InlineKeyboardMarkup]:
    member = 0
    if person:
        member = (await member_known(person, reads)).id
        await engine.run(LookAtMember(key=key, operator=operator, member=member))
    found = await audit_reads.lines(operator, member=member, operator=person, skip=skip, limit=PAGE + 1)
    names = await _names(found[:PAGE], person, reads, people)
    head = (_("🧾 <b>Audit</b>: what {number} did, and what was done about them", number=names.person(person))
            if person else _("🧾 <b>Audit</b>: what was done lately"))
    said: list[Fact] = [_line(one, member, names) for one in found[:PAGE]] or [_("Nothing here.")]
    ways = [button(speaker, label, AuditButton(person=person, skip=to, presser=operator))
            for label, to, there in ((_("‹ Later"), max(0, skip - PAGE), skip > 0),
                                     (_("Before ›"), skip + PAGE, len(found) > PAGE and skip + PAGE <= FARTHEST))
            if there]
    return Lines((head, Lines(tuple(said))), gap="\n\n"), keyboard(ways)


async def _names(lines: Sequence[AuditLine], person: int, reads: Reads, people: People) -> Names:
    """Who is who in them: by name and, since names change, by number. `person` is whom the page is about, or 0."""
    parties = {number: party for number in members_of(lines) if (party := await reads.party(number)) is not None}
    seen = await people.by_ids(sorted(people_of(lines) | {person} | {one.telegram_id for one in parties.values()}))

    def called(name: Fact, telegram_id: int) -> Fact:
        return _("{name}, {number}", name=name, number=Code(str(telegram_id)))

    return Names(
        {number: called(payments.exactly(Person(one.name), one.username), number) for number, one in seen.items()
         if one.name},
        {number: called(payments.party_name(party, seen.get(party.telegram_id)), party.telegram_id)
         for number, party in parties.items()})


def _line(one: AuditLine, member: int, names: Names) -> Fact:
    """An act with what is behind it; whom a page is about it says once, above."""
    head = _("{time} <b>{act}</b>", time=Moment.of_microseconds(one.at), act=act_called(one.act))
    whom = names.member(one.member) if one.member not in (0, member) else None
    behind = [fact for fact in (whom, facts_of(one, names)) if fact is not None]
    return Lines((head, *behind[:1])) if len(behind) < 2 else Lines(
        (head, _("{before} · {more}", before=behind[0], more=behind[1])))


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
