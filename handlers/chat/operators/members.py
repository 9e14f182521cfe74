"""`/user`: a member on one card.

Guards: that somebody was looked at is written down before anything is shown, with who looked. The buttons belong to the
operator under whose command they stand.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from aiogram import Bot, Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from pydantic import Field

from handlers import payments
from handlers.asking import answers
from handlers.chat.operators.whom import person_meant
from handlers.chat.saying import answer, change, toast
from handlers.chat.wallet import labelled
from handlers.commands import Verb, declared
from handlers.ground import Config, People, Phones, message_key, press_key
from handlers.keyboards import button, hangs_there, keyboard, only_for, pressed_message
from handlers.operators import DIRECTIONS, STATES, called
from handlers.parsing import Asked, CodeAsked, PersonAsked
from handlers.texts import Code, Fact, Lines, Listed, Moment, Money, Speaker, Text, _
from wallet import refusals
from wallet.engine import Engine
from wallet.operators import LookAtMember
from wallet.protocols import OperatorReads, Reads
from wallet.standing import Restriction
from wallet.views import MemberCard, MemberView

MOST_LATELY: Final = 5
"""So many movements stand on the card."""


class UserButton(CallbackData, prefix="ou"):
    """Shows somebody's card. `presser` is the operator who asked."""

    person: Annotated[int, Field(gt=0, lt=2**53)]
    presser: int


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="members")
    answers(router, Verb.USER, user)
    router.callback_query.register(choose, UserButton.filter(), flags=declared(Verb.USER))
    return router


async def user(message: Message, asked: Asked, bot: Bot, engine: Engine, operator_reads: OperatorReads, reads: Reads,
               people: People, phones: Phones, speaker: Speaker, config: Config) -> None:
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
        said = await _card(payee.telegram_id, operator.id, key, engine, operator_reads, reads, people)
        await answer(message, speaker, said)


async def choose(press: CallbackQuery, callback_data: UserButton, engine: Engine, operator_reads: OperatorReads,
                 reads: Reads, people: People, speaker: Speaker) -> None:
    """One of the two sides of a payment."""
    only_for(press, callback_data.presser)
    if not hangs_there(press):
        raise refusals.ButtonStale
    said = await _card(callback_data.person, press.from_user.id, press_key(press, "user"), engine, operator_reads,
                       reads, people)
    await toast(press)
    await change(pressed_message(press), speaker, said)


async def _ask_which(message: Message, code: CodeAsked, operator: int, operator_reads: OperatorReads, people: People,
                     speaker: Speaker) -> None:
    """A payment has two sides."""
    sides = await operator_reads.sides(operator, code.number)
    if not sides:
        raise refusals.PersonUnknown(code.code)
    names = await payments.sides(sides, people)
    buttons = [button(speaker, names[side], UserButton(person=side.telegram_id, presser=operator)) for side in sides]
    await answer(message, speaker, _("Whom of receipt {code} is it about?", code=Code(code.code)), keyboard(buttons))


async def _card(person: int, operator: int, key: str, engine: Engine, operator_reads: OperatorReads, reads: Reads,
                people: People) -> Lines:
    """What is known of somebody, once it was written down who looks. Refuses `PersonUnknown`."""
    member = await reads.member(person)
    if member is None:
        raise refusals.PersonUnknown(str(person))
    await engine.run(LookAtMember(key=key, operator=operator, member=member.id))
    card = await operator_reads.card(operator, person)
    if card is None:
        raise refusals.NotAllowed
    seen = (await people.by_ids((person,))).get(person)
    name = payments.exactly(payments.person(member.nickname, seen), seen.username if seen else "")
    lately = await labelled((await reads.history(member.id, limit=MOST_LATELY)).lines, people)
    return Lines((
        _("👤 <b>{name}</b>", name=name), Lines(tuple(_facts(member, card))),
        Lines((_("<b>Lately</b>"), *(said for _transfer, said in lately))) if lately else _("No payment yet."),
    ), gap="\n\n")


def _facts(member: MemberView, card: MemberCard) -> Sequence[Fact]:
    """One a line; what is not the case is left out."""
    facts: list[Text] = [
        _("Telegram number: {number}", number=Code(str(member.telegram_id))),
        _("Wallet: {state}", state=STATES[member.state])]
    if member.joined_at:
        facts.append(_("Since: {time}", time=Moment.of_microseconds(member.joined_at)))
    facts += _limits(card)
    facts += [_("Identity level: {level}", level=member.level),
              _("Available: {amount}", amount=Money(card.available)), _("On hold: {amount}", amount=Money(card.held)),
              _("Paid so far: {amount} in {n} payment", "Paid so far: {amount} in {n} payments",
                amount=Money(card.sent_sum), n=card.sent_count)]
    if card.waiting:
        facts.append(_("{n} payment waits for somebody", "{n} payments wait for somebody", n=card.waiting))
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


def _limits(card: MemberCard) -> list[Text]:
    """What they have to do without."""
    off = tuple(DIRECTIONS[one] for one in Restriction if card.restrictions & one)
    if not off:
        return []
    if card.restricted_until:
        until = Moment.of_microseconds(card.restricted_until)
        return [_("Stopped: {what}, until {time}", what=Listed(off), time=until)]
    return [_("Stopped: {what}", what=Listed(off))]
