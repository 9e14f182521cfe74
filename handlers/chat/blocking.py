"""`/block`: whom a member takes nothing from.

Guards: in a group nobody but whoever blocks reads it. Nobody is blocked by a phone number or by a code: the list would
tell whose it is.
"""
from __future__ import annotations

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers import payments
from handlers.asking import AsksUnclearly, answers
from handlers.chat import buttons
from handlers.chat.buttons import UnblockButton
from handlers.chat.payees import payee_of
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, change, toast, whisper
from handlers.commands import Verb, declared
from handlers.ground import Config, People, Phones, message_key, press_key
from handlers.keyboards import message_of_ones_own, only_for
from handlers.parsing import Asked, CodeAsked, PersonAsked, PhoneNumber
from handlers.texts import Fact, Lines, Speaker, _
from wallet import refusals
from wallet.blocks import BlockMember, Unblock
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.views import MemberView


def make_router() -> Router:
    """`/block`."""
    router = Router(name="blocking")
    answers(router, Verb.BLOCK, block)
    router.message.register(explain, AsksUnclearly(Verb.BLOCK), flags=declared(Verb.BLOCK))
    router.callback_query.register(unblock, UnblockButton.filter(), flags=declared(Verb.BLOCK))
    return router


async def explain(message: Message, speaker: Speaker, group_speaker: Speaker, config: Config) -> None:
    """How it is said."""
    assert message.from_user is not None
    await whisper(message, message.from_user.id, speaker, _(
        "Whom do you block? Reply to their message with /block, or write /block @bob. A phone number or a receipt's "
        "code won't do. Nobody was blocked yet."), group_speaker, config)


async def block(message: Message, asked: Asked, bot: Bot, engine: Engine, reads: Reads, people: People, phones: Phones,
                speaker: Speaker, group_speaker: Speaker, member: MemberView, config: Config) -> None:
    """`/block @bob`, or as a reply; `/block` alone lists them. Refuses what `BlockMember` and `payee_of` refuse."""
    if asked.argument is None:
        said, markup = await _list(member, reads, people, speaker)
        await whisper(message, member.telegram_id, speaker, said, group_speaker, config, markup=markup,
                      payload="blocks_now")
        return
    if not isinstance(asked.argument, PersonAsked) or isinstance(asked.argument.who, CodeAsked | PhoneNumber):
        await explain(message, speaker, group_speaker, config)
        return
    payee = await payee_of(message, asked.argument.who, people, reads, phones, config)
    other = await reads.member(payee.telegram_id)
    if other is None:
        raise refusals.PersonUnknown(f"@{payee.username}" if payee.username else "")
    await engine.run(BlockMember(key=message_key(bot.id, message, "block"), member=member.id, blocked=other.id))
    await whisper(message, member.telegram_id, speaker, _(
        "🚫 You block {name} now: they can't pay you, ask you for money, or give you a red envelope of your own. They "
        "are not told. /block takes it back.", name=payee.name), group_speaker, config)


async def unblock(press: CallbackQuery, callback_data: UnblockButton, engine: Engine, reads: Reads, people: People,
                  speaker: Speaker, member: MemberView) -> None:
    """A button of the list."""
    only_for(press, callback_data.owner)
    message = message_of_ones_own(press)
    await engine.run(Unblock(key=press_key(press, "unblock"), member=member.id, blocked=callback_data.blocked))
    await toast(press, speaker.plain(_("Unblocked.")))
    await change(message, speaker, *await _list(member, reads, people, speaker))


@payload("blocks")
async def came_to_look(message: Message, rest: str, reads: Reads, people: People, speaker: Speaker,
                       member: MemberView) -> None:
    """Somebody whom the group could not be hidden from."""
    await answer(message, speaker, *await _list(member, reads, people, speaker))


async def _list(member: MemberView, reads: Reads, people: People, speaker: Speaker
                ) -> tuple[Fact, InlineKeyboardMarkup | None]:
    blocked = await reads.blocked(member.id)
    if not blocked:
        return Lines((_("You block nobody."), _("/block @bob, or /block as a reply, does it.")), "\n\n"), None
    names = await payments.sides(blocked, people)
    listed = [(party, names[party]) for party in blocked]
    return Lines((_("<b>You take nothing from</b>"), *(name for _party, name in listed))), buttons.unblock_list(
        speaker, member.telegram_id, listed)
