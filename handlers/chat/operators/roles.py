"""`/role`: who the operators are, and how owners appoint them.

Guards: whoever has a role may see who else has one; only owners give and take roles, and the wallet has the last word.
Who is meant by a name alone is shown before they are given one. The buttons belong to the owner under whose command
they stand.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from aiogram import Bot, Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from pydantic import Field

from handlers import payments
from handlers import refusals as said_of
from handlers.asking import AsksUnclearly, answers
from handlers.chat.operators.whom import person_meant
from handlers.chat.saying import answer, change, toast, whisper
from handlers.commands import COMMANDS, Verb, declared
from handlers.ground import Config, Operators, People, Phones, accepts, message_key, press_key
from handlers.keyboards import button, hangs_there, keyboard, only_for, pressed_message
from handlers.namesakes import Payee
from handlers.operators import called, role_named
from handlers.parsing import Asked, PersonAsked, Unclear
from handlers.texts import Code, Lines, Moment, Speaker, Text, _
from wallet import refusals
from wallet.engine import Engine
from wallet.operators import ROLES, Act, Appoint, Appointed, may
from wallet.protocols import OperatorReads, Reads
from wallet.views import OperatorView

NOBODY: Final = "none"
"""What a button says that takes a role away."""


class RoleButton(CallbackData, prefix="or"):
    """Gives somebody a role. `presser` is the owner who asked."""

    person: Annotated[int, Field(gt=0, lt=2**53)]
    role: Annotated[str, Field(max_length=10)]
    presser: int


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="roles")
    answers(router, Verb.ROLE, role)
    router.callback_query.register(choose, RoleButton.filter(), flags=declared(Verb.ROLE))
    typed = [row.verb for row in COMMANDS.values() if row.accepts.act is not None]
    router.message.register(unclear, AsksUnclearly(*typed), flags=accepts(group=True, joined=False))
    return router


async def role(message: Message, asked: Asked, bot: Bot, engine: Engine, operators: Operators,
               operator_reads: OperatorReads, reads: Reads, people: People, phones: Phones, speaker: Speaker,
               config: Config) -> None:
    """`/role`, `/role @bob`, `/role @bob admin`."""
    owner = message.from_user
    assert owner is not None
    if not isinstance(asked.argument, PersonAsked):
        await answer(message, speaker, await _everybody(await operator_reads.operators(owner.id), people))
        return
    payee = await person_meant(message, asked.argument, people, reads, phones, config)
    wanted = role_named(asked.argument.words)
    if wanted is None:
        now = await operators.role(payee.telegram_id)
        offered = may(await operators.role(owner.id), Act.APPOINT) and payee.telegram_id != owner.id
        await answer(message, speaker, _is(payee, now), _choice(payee, now, owner.id, speaker) if offered else None)
        return
    if not payee.pointed_at and payee.telegram_id != owner.id and may(await operators.role(owner.id), Act.APPOINT):
        await answer(message, speaker, _sure(payee, wanted), _this_one(payee, wanted, owner.id, speaker))
        return
    outcome = await engine.run(Appoint(key=message_key(bot.id, message, "role"), operator=owner.id,
                                       person=payee.telegram_id, role=wanted))
    assert isinstance(outcome, Appointed)
    await answer(message, speaker, _is(payee, outcome.role))


async def choose(press: CallbackQuery, callback_data: RoleButton, engine: Engine, people: People, reads: Reads,
                 speaker: Speaker) -> None:
    """The press of the owner who asked."""
    only_for(press, callback_data.presser)
    wanted = "" if callback_data.role == NOBODY else callback_data.role
    if not hangs_there(press) or wanted not in ("", *ROLES):
        raise refusals.ButtonStale
    outcome = await engine.run(Appoint(key=press_key(press, "role"), operator=press.from_user.id,
                                       person=callback_data.person, role=wanted))
    assert isinstance(outcome, Appointed)
    name = (await payments.names((outcome.person,), people, reads))[outcome.person]
    await toast(press)
    await change(pressed_message(press), speaker, _is(Payee(outcome.person, name), outcome.role))


async def unclear(message: Message, unclear: Unclear, speaker: Speaker, group_speaker: Speaker, config: Config) -> None:
    """An operator's command that names nobody."""
    assert message.from_user is not None
    await whisper(message, message.from_user.id, speaker, said_of.about_unclear(unclear, config.currency),
                  group_speaker, config)


async def _everybody(found: Sequence[OperatorView], people: People) -> Lines:
    seen = await people.by_ids([one.telegram_id for one in found])
    return Lines((_("👥 <b>Operators</b>"), *(
        _("{name} – {role}, since {time}", name=payments.person(one.nickname, seen.get(one.telegram_id)),
          role=called(one.role), time=Moment.of_microseconds(one.at)) for one in found)))


def _is(payee: Payee, now: str) -> Text:
    if not now:
        return _("{name} is no operator.", name=payee.name)
    return _("{name} is an operator: {role}.", name=payee.name, role=called(now))


def _sure(payee: Payee, wanted: str) -> Text:
    """A name can have changed hands since it was seen, so whoever was not pointed at is shown first."""
    name, number = payments.exactly(payee.name, payee.username), Code(str(payee.telegram_id))
    if not wanted:
        return _("Shall {name}, {number}, be no operator any more?", name=name, number=number)
    return _("Shall {name}, {number}, be an operator: {role}?", name=name, number=number, role=called(wanted))


def _this_one(payee: Payee, wanted: str, owner: int, speaker: Speaker) -> InlineKeyboardMarkup:
    return keyboard([button(speaker, _("Yes, this one"),
                            RoleButton(person=payee.telegram_id, role=wanted or NOBODY, presser=owner))])


def _choice(payee: Payee, now: str, owner: int, speaker: Speaker) -> InlineKeyboardMarkup:
    """The roles to choose from, the one held ticked."""
    buttons = [button(speaker, ("✓ " if one == now else "") + speaker.plain(called(one)),
                      RoleButton(person=payee.telegram_id, role=one or NOBODY, presser=owner))
               for one in (*ROLES, *([""] if now else []))]
    return keyboard(*(buttons[start:start + 3] for start in range(0, len(buttons), 3)))
