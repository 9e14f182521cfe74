"""`/user`: a member on one card.

Guards: that somebody was looked at is written down before anything is shown, with who looked. The buttons belong to the
operator under whose command they stand.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers import legal_holds, payments, penalties
from handlers.asking import answers
from handlers.chat.buttons import UserButton, deciding_move, to_matters
from handlers.chat.operators.penalties import ways_to_decide
from handlers.chat.operators.whom import member_known, person_meant
from handlers.chat.own_qq import stated
from handlers.chat.saying import answer, change, toast
from handlers.chat.wallet import labelled
from handlers.commands import Verb, declared
from handlers.ground import Config, Operators, People, Phones, message_key, press_key
from handlers.keyboards import button, hangs_there, keyboard, only_for, pressed_message
from handlers.legal import Library
from handlers.operators import STATES, called
from handlers.parsing import Asked, CodeAsked, PersonAsked
from handlers.texts import Code, Day, Fact, Lines, Moment, Money, Speaker, Text, _
from handlers.verified import Verified
from wallet import ids, refusals
from wallet.engine import Engine
from wallet.operators import Act, LookAtMember, may
from wallet.protocols import OperatorReads, Reads
from wallet.vault import Vault
from wallet.views import MattersView, MemberCard, MemberView, OpenOnes, PenaltyView

MOST_LATELY: Final = 5
"""So many movements stand on the card."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="members")
    answers(router, Verb.USER, user)
    router.callback_query.register(choose, UserButton.filter(), flags=declared(Verb.USER))
    return router


async def user(message: Message, asked: Asked, bot: Bot, engine: Engine, operator_reads: OperatorReads, reads: Reads,
               people: People, phones: Phones, operators: Operators, library: Library, speaker: Speaker,
               config: Config, verified: Verified, vault: Vault) -> None:
    """`/user @bob`, `/user +86…`, `/user CODE`, or as a reply."""
    operator = message.from_user
    assert operator is not None
    if not isinstance(asked.argument, PersonAsked):
        await answer(message, speaker, _(
            "Who is it about? Reply to somebody's message with /user, or write /user @bob, /user and a phone number, "
            "or /user and a receipt's code."))
    elif isinstance(asked.argument.who, CodeAsked):
        await _ask_which(message, asked.argument.who, operator.id, operator_reads, people, speaker)
    else:
        payee = await person_meant(message, asked.argument, people, reads, phones, config)
        key = message_key(bot.id, message, "user")
        await engine.run(LookAtMember(key=key, operator=operator.id, member=await _number(payee.telegram_id, reads)))
        look = Look(operator.id, await operators.role(operator.id), operator_reads, reads, people, library, speaker,
                    verified, vault)
        await answer(message, speaker, *await look.card(payee.telegram_id))


async def choose(press: CallbackQuery, callback_data: UserButton, engine: Engine, operator_reads: OperatorReads,
                 reads: Reads, people: People, operators: Operators, library: Library, speaker: Speaker,
                 verified: Verified, vault: Vault) -> None:
    """One of the two sides of a payment, or somebody whom all operators were told of."""
    shared = not callback_data.presser
    if not shared:
        only_for(press, callback_data.presser)
    if not hangs_there(press):
        raise refusals.ButtonStale
    operator = press.from_user.id
    await engine.run(LookAtMember(key=press_key(press, "user"), operator=operator,
                                  member=await _number(callback_data.person, reads)))
    look = Look(operator, await operators.role(operator), operator_reads, reads, people, library, speaker,
                verified, vault)
    said, markup = await look.card(callback_data.person)
    await toast(press)
    await (answer if shared else change)(pressed_message(press), speaker, said, markup)


async def _ask_which(message: Message, code: CodeAsked, operator: int, operator_reads: OperatorReads, people: People,
                     speaker: Speaker) -> None:
    """A payment has two sides."""
    sides = await operator_reads.sides(operator, code.number)
    if not sides:
        raise refusals.PersonUnknown(code.code)
    names = await payments.sides(sides, people)
    buttons = [button(speaker, names[side], UserButton(person=side.telegram_id, presser=operator)) for side in sides]
    await answer(message, speaker, _("Whom of receipt {code} is it about?", code=Code(code.code)), keyboard(buttons))


async def _number(person: int, reads: Reads) -> int:
    """Somebody's number in the wallet, by which it is written down who looks. Refuses `PersonUnknown`."""
    return (await member_known(person, reads)).id


@dataclass(frozen=True, slots=True)
class Look:
    """An operator who looks, which was written down, and what they see by."""

    operator: int
    role: str
    operator_reads: OperatorReads
    reads: Reads
    people: People
    library: Library
    speaker: Speaker
    verified: Verified
    vault: Vault

    async def card(self, person: int) -> tuple[Lines, InlineKeyboardMarkup | None]:
        """What is known of somebody, and what may be decided about them. Refuses `NotAllowed`."""
        member, card = await self.reads.member(person), await self.operator_reads.card(self.operator, person)
        if member is None or card is None:
            raise refusals.NotAllowed
        seen = (await self.people.by_ids((person,))).get(person)
        name = payments.exactly(payments.person(member.nickname, seen), seen.username if seen else "")
        lately = await labelled((await self.reads.history(member.id, limit=MOST_LATELY)).lines, self.people)
        found = (await self.verified.marks([member.id])).get(member.id)
        in_force, before = await self.operator_reads.penalties(self.operator, member.id)
        orders = await self.operator_reads.legal_holds(self.operator, member.id)
        matters = await self.operator_reads.matters(self.operator, member.id)
        said = Lines((
            _("👤 <b>{name}</b>", name=name),
            Lines((*_facts(member, card), *([found.line()] if found is not None else []),
                   *await self._qq(member), *await self._family(member))),
            *([Lines(told)] if (told := self._penalties(in_force, before)) else []),
            *([Lines(told)] if (told := legal_holds.on_a_card(orders)) else []),
            *([Lines((_("<b>To look at</b>"), *open_ones))] if (open_ones := to_look_at(matters)) else []),
            Lines((_("<b>Lately</b>"), *(line for _transfer, line in lately))) if lately else _("No payment yet."),
        ), gap="\n\n")
        decides = may(self.role, Act.BAN) and member.joined and not card.role
        ways = ways_to_decide(person, in_force, self.operator, self.speaker) if decides else []
        move = await self.reads.move(member.id)
        if move is not None and move.state == "asked":
            said = Lines((said, _("🚚 Telegram account {person} asks for this wallet; from {moment} on it can be "
                                  "decided.", person=Code(str(move.person)),
                                  moment=Moment.of_microseconds(move.ready_at))), gap="\n\n")
            if may(self.role, Act.MOVE):
                ways = [*ways, deciding_move(self.speaker, member.id, move.person)]
        ways = [*to_matters(self.speaker, matters), *ways]
        return said, keyboard(*ways) if any(ways) else None

    async def _qq(self, member: MemberView) -> Sequence[Fact]:
        number = await stated(member.id, self.reads, self.vault)
        return [_("QQ, as they state it, unverified: {number}", number=Code(number))] if number else []

    async def _family(self, member: MemberView) -> Sequence[Fact]:
        """Who answers for them, and for whom they do."""
        own, wards = await self.reads.ward(member.id), await self.reads.wards(member.id)
        names = await payments.sides([own.guardian if own else None, *(view.party for view in wards)], self.people)
        lines: list[Fact] = []
        if own is not None:
            lines.append(_("Under 18, with a guardian: {name}", name=names[own.guardian]) if own.guardian else
                         _("Under 18, without a guardian: nothing goes out"))
            if own.stopped:
                lines.append(_("Stopped by their guardian"))
        return [*lines, *(_("Guardian of {name}", name=names[view.party]) for view in wards)]

    def _penalties(self, in_force: Sequence[PenaltyView], before: int) -> tuple[Fact, ...]:
        """What they have to do without, and how often that was decided before."""
        lines: list[Fact] = [penalties.stands(view, self.library, self.speaker) for view in in_force]
        if before:
            lines.append(_("{n} penalty before, warnings counted", "{n} penalties before, warnings counted", n=before))
        return (_("<b>Penalties</b>"), *lines) if lines else ()


def _facts(member: MemberView, card: MemberCard) -> Sequence[Fact]:
    """One a line; what is not the case is left out."""
    facts: list[Text] = [
        _("Telegram number: {number}", number=Code(str(member.telegram_id))),
        _("Wallet: {state}", state=STATES[member.state])]
    if member.joined_at:
        facts.append(_("Since: {time}", time=Moment.of_microseconds(member.joined_at)))
    if card.used_on:
        facts.append(_("Last used: {day}", day=Day(date.fromordinal(card.used_on))))
    facts += [_("Identity level: {level}", level=member.level),
              _("Available: {amount}", amount=Money(card.available)), _("On hold: {amount}", amount=Money(card.held)),
              _("Paid so far: {amount} in {n} payment", "Paid so far: {amount} in {n} payments",
                amount=Money(card.sent_sum), n=card.sent_count)]
    if card.waiting:
        facts.append(_("{n} payment waits for somebody", "{n} payments wait for somebody", n=card.waiting))
    if card.locked:
        facts.append(_("Locked by themselves"))
    if not member.has_pin:
        facts.append(_("No PIN yet"))
    if card.wrong_pins:
        facts.append(_("{n} wrong PIN since the last right one", "{n} wrong PINs since the last right one",
                       n=card.wrong_pins))
    if card.locked_until:
        facts.append(_("No PIN is taken until {time}", time=Moment.of_microseconds(card.locked_until)))
    if card.role:
        facts.append(_("Operator: {role}", role=called(card.role)))
    return facts


def to_look_at(matters: MattersView) -> Sequence[Text]:
    """What is open about somebody, one kind a line."""
    lines: list[Text] = []
    if (found := matters.tickets).count:
        lines.append(_("{n} open ticket of theirs: {codes}", "{n} open tickets of theirs: {codes}",
                       n=found.count, codes=_codes(found)))
    if (found := matters.reports).count:
        lines.append(_("{n} open report about them: {codes}", "{n} open reports about them: {codes}",
                       n=found.count, codes=_codes(found)))
    if (found := matters.paying).count:
        lines.append(_("{n} payment from them is held back: {codes}", "{n} payments from them are held back: {codes}",
                       n=found.count, codes=_codes(found)))
    if (found := matters.receiving).count:
        lines.append(_("{n} payment to them is held back: {codes}", "{n} payments to them are held back: {codes}",
                       n=found.count, codes=_codes(found)))
    if (found := matters.proposals).count:
        lines.append(_("{n} proposal about them waits: {codes}", "{n} proposals about them wait: {codes}",
                       n=found.count, codes=_codes(found)))
    if matters.listed:
        lines.append(_("Their name may stand on the screening list: {references}. They were not told.",
                       references=Code(matters.listed)))
    if matters.confirmed:
        lines.append(_("They are on the screening list, as two operators found: {references}",
                       references=Code(matters.confirmed)))
    return lines


def _codes(found: OpenOnes) -> Code:
    """Those that are named; dots stand for the others."""
    more = " …" if found.count > len(found.numbers) else ""
    return Code(" ".join(map(ids.code, found.numbers)) + more)
