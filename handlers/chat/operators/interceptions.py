"""`/intercepts`, `/release` and `/sendback`, typed or by buttons: payments that a rule held back.

Guards: an operator decides about a payment by its code and with a reason, never about money of or for themselves; the
wallet looks at both again. A button asks whoever pressed it for the reason, and takes nobody else's; what was decided
elsewhere is said where it is pressed, and keeps no button that decides.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiogram import F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers import interceptions as said_of
from handlers import payments
from handlers.asking import answers, typed_as_command
from handlers.chat.buttons import CheckAct, CheckButton, HeldButton, both_sides, to_checks, under_check, under_reason
from handlers.chat.cards import Cards
from handlers.chat.operators.signing import propose
from handlers.chat.saying import answer, change, change_card, closed, toast
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, People, message_key
from handlers.keyboards import hangs_there, keyboard, pressed_message
from handlers.parsing import Asked, CodeAsked, PersonAsked, Unclear
from handlers.texts import Code, Lines, Money, Speaker, Text, _
from wallet import ids, refusals
from wallet.proposals import LONGEST_WHY
from wallet.protocols import OperatorReads, Reads
from wallet.releases import ReleaseDeed, SendBackCheck
from wallet.text import can_be_seen, on_one_line
from wallet.views import InterceptedView, MemberView

MOST: Final = 10
"""So many stand on a list; the others come once these are decided."""
DIALOG: Final = "check"
"""The kind of the dialog that keeps what an operator is asked a reason for."""
BY_BUTTON: Final[Mapping[CheckAct, Verb]] = {CheckAct.RELEASE: Verb.RELEASE, CheckAct.SEND_BACK: Verb.SENDBACK}


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="interceptions")
    answers(router, Verb.INTERCEPTS, listed)
    answers(router, Verb.RELEASE, decide)
    answers(router, Verb.SENDBACK, decide)
    press = router.callback_query.register
    press(press_listed, HeldButton.filter(), flags=declared(Verb.INTERCEPTS))
    press(turn_back, CheckButton.filter(F.act == CheckAct.LIST), flags=declared(Verb.INTERCEPTS))
    press(show, CheckButton.filter(F.act == CheckAct.SHOW), flags=declared(Verb.INTERCEPTS))
    press(leave, CheckButton.filter(F.act == CheckAct.LEAVE), flags=declared(Verb.INTERCEPTS))
    for act, verb in BY_BUTTON.items():
        press(ask_why, CheckButton.filter(F.act == act), flags=declared(verb))
    return router


def make_listening_router() -> Router:
    """Reasons. It comes before all that reads plain words."""
    router = Router(name="check_words")
    router.message.register(because, reasoning, flags=declared(Verb.INTERCEPTS))
    return router


async def reasoning(message: Message, dialogs: Dialogs, asked: Asked | Unclear | None = None) -> bool | dict[str, Any]:
    """Whether a message says why: as a reply to what asked its author for it, or in private as plain words."""
    person = message.from_user
    if person is None or not message.text or await typed_as_command(message):
        return False
    replied = message.reply_to_message
    if replied is None and (message.chat.type != "private" or asked is not None):
        return False
    dialog = await dialogs.get(person.id)
    if dialog is None or dialog.get("kind") != DIALOG or dialog["chat"] != message.chat.id:
        return False
    return {"dialog": dialog} if replied is None or replied.message_id == dialog["message"] else False


# ------------------------------------------------------------------------------------------------------ looking
async def listed(message: Message, operator_reads: OperatorReads, reads: Reads, people: People, speaker: Speaker
                 ) -> None:
    """`/intercepts`."""
    assert message.from_user is not None
    await answer(message, speaker, *await _list(message.from_user.id, operator_reads, reads, people, speaker))


async def press_listed(press: CallbackQuery, operator_reads: OperatorReads, reads: Reads, people: People,
                       speaker: Speaker) -> None:
    """The same by the button of a member's card, which stays."""
    _hangs(press)
    await toast(press)
    await answer(pressed_message(press), speaker,
                 *await _list(press.from_user.id, operator_reads, reads, people, speaker))


async def turn_back(press: CallbackQuery, operator_reads: OperatorReads, reads: Reads, people: People,
                    speaker: Speaker) -> None:
    """The list instead of one of them."""
    _hangs(press)
    said, markup = await _list(press.from_user.id, operator_reads, reads, people, speaker)
    await toast(press)
    await change(pressed_message(press), speaker, said, markup)


async def _list(operator: int, operator_reads: OperatorReads, reads: Reads, people: People, speaker: Speaker
                ) -> tuple[Text | Lines, InlineKeyboardMarkup | None]:
    found = await operator_reads.intercepted(operator, MOST)
    if not found:
        return _("No payment is held back."), None
    payers = await payments.sides([one.payer for one in found], people)
    receivers = await payments.names([one.person for one in found], people, reads)
    lines = [said_of.about(one, payers[one.payer], receivers[one.person]) for one in found]
    return Lines((_("🔎 <b>Held back</b>"), *lines, said_of.how_to_decide()), gap="\n\n"), to_checks(
        speaker, [one.transfer for one in found])


async def show(press: CallbackQuery, callback_data: CheckButton, operator_reads: OperatorReads, reads: Reads,
               people: People, speaker: Speaker) -> None:
    """One of them."""
    _hangs(press)
    found = await _waiting(press, callback_data.transfer, operator_reads, reads, people, speaker)
    await toast(press)
    await change(pressed_message(press), speaker, await said_of.one_of_them(found, people, reads),
                 under_check(speaker, found.transfer, found.payer.telegram_id, found.person, listed=True))


async def _waiting(press: CallbackQuery, transfer: int, operator_reads: OperatorReads, reads: Reads, people: People,
                   speaker: Speaker) -> InterceptedView:
    """A payment that is still held back. Refuses `CheckOver`, once it is said where it was pressed."""
    found = await operator_reads.interception(press.from_user.id, transfer)
    if found is None or found.state != "open":
        if found is not None:
            said = Lines((await said_of.one_of_them(found, people, reads), said_of.BECAME[found.state]))
            await change(pressed_message(press), speaker, said,
                         keyboard(both_sides(speaker, found.payer.telegram_id, found.person)))
        raise refusals.CheckOver(found.state if found is not None else "")
    return found


# ----------------------------------------------------------------------------------------------------- deciding
async def ask_why(press: CallbackQuery, callback_data: CheckButton, operator_reads: OperatorReads, reads: Reads,
                  people: People, dialogs: Dialogs, speaker: Speaker) -> None:
    """Ask whoever pressed for the reason. Refuses `CheckOver`."""
    _hangs(press)
    message = pressed_message(press)
    found = await _waiting(press, callback_data.transfer, operator_reads, reads, people, speaker)
    seen = (await people.by_ids((press.from_user.id,))).get(press.from_user.id)
    name, code = payments.person(str(press.from_user.id), seen), Code(ids.code(found.transfer))
    asks = (_("{name}, why does payment {code} go on? Please reply to this message with the reason. Your PIN is asked "
              "for next.", name=name, code=code) if callback_data.act is CheckAct.RELEASE else
            _("{name}, why is payment {code} sent back? Please reply to this message with the reason. That sends it "
              "back.", name=name, code=code))
    shown = await answer(message, speaker, asks, under_reason(speaker, found.transfer))
    await dialogs.put(press.from_user.id, {
        "kind": DIALOG, "act": callback_data.act.value, "transfer": found.transfer, "chat": message.chat.id,
        "message": shown.message_id, "under": message.message_id})
    await toast(press)


async def leave(press: CallbackQuery, dialogs: Dialogs, speaker: Speaker) -> None:
    """Nothing is decided after all. Refuses `NotYours` where somebody else was asked."""
    _hangs(press)
    message = pressed_message(press)
    dialog = await dialogs.get(press.from_user.id)
    if dialog is None or dialog.get("kind") != DIALOG or (dialog["chat"], dialog["message"]) != (
            message.chat.id, message.message_id):
        raise refusals.NotYours
    await dialogs.drop(press.from_user.id)
    await toast(press)
    await change(message, speaker, _("Cancelled. Nothing was decided, and no money moved."))


@dataclass(frozen=True, slots=True)
class Desk:
    """What deciding stands on."""

    operator_reads: OperatorReads
    reads: Reads
    cards: Cards
    dialogs: Dialogs
    speaker: Speaker
    member: MemberView | None
    now: Callable[[], datetime]


async def because(message: Message, dialog: Mapping[str, Any], operator_reads: OperatorReads, reads: Reads,
                  people: People, cards: Cards, dialogs: Dialogs, speaker: Speaker, member: MemberView | None,
                  now: Callable[[], datetime]) -> None:
    """The reason, to whoever was asked for it by a button."""
    assert message.from_user is not None
    reason = on_one_line(message.text or "").strip()[:LONGEST_WHY]
    if not can_be_seen(reason):
        await answer(message, speaker, _("That is no reason. Please write why, or /cancel. Nothing was decided, and no "
                                         "money moved."))
        return
    await dialogs.drop(message.from_user.id)  # Before the keypad, which is one, too.
    await closed(message, dialog["message"])
    desk = Desk(operator_reads, reads, cards, dialogs, speaker, member, now)
    await _decided(message, BY_BUTTON[CheckAct(dialog["act"])], dialog["transfer"], reason, desk)
    found = await operator_reads.interception(message.from_user.id, dialog["transfer"])
    if found is not None and found.state != "open" and message.bot is not None:
        said = Lines((await said_of.one_of_them(found, people, reads), said_of.BECAME[found.state]))
        with suppress(TelegramAPIError):  # It is decided, and said below, either way.
            await change_card(message.bot, message.chat.id, dialog["under"], speaker.say(said),
                              keyboard(both_sides(speaker, found.payer.telegram_id, found.person)), pictured=False)


async def decide(message: Message, asked: Asked, operator_reads: OperatorReads, reads: Reads, cards: Cards,
                 dialogs: Dialogs, speaker: Speaker, member: MemberView | None, now: Callable[[], datetime]) -> None:
    """`/release CODE reason`, `/sendback CODE reason`. Refuses `CheckOver`, and what the wallet refuses."""
    argument = asked.argument
    if not isinstance(argument, PersonAsked) or not isinstance(argument.who, CodeAsked) or not argument.words:
        await answer(message, speaker, _(
            "Write the code and a reason, like {command} CODE it was really her. /intercepts lists the codes. Nothing "
            "was decided, and no money moved.", command=f"/{asked.verb}"))
        return
    desk = Desk(operator_reads, reads, cards, dialogs, speaker, member, now)
    await _decided(message, asked.verb, argument.who.number, argument.words, desk)


async def _decided(message: Message, verb: Verb, transfer: int, reason: str, desk: Desk) -> None:
    """Send it back, or ask for the signature under letting it go on."""
    assert message.from_user is not None
    operator, cards = message.from_user.id, desk.cards
    found = await desk.operator_reads.interception(operator, transfer)
    if found is None or found.state != "open":
        raise refusals.CheckOver(found.state if found is not None else "")
    if verb is Verb.SENDBACK:
        await cards.engine.run(SendBackCheck(key=message_key(cards.bot.id, message, verb), operator=operator,
                                             hold=found.hold, reason=reason))
        await answer(message, desk.speaker, _("↩️ Sent back: {amount} is its payer's again. They were told.",
                                              amount=Money(found.amount)))
        return
    await propose(message, await _deed(found, reason, desk.reads), cards, desk.dialogs, desk.speaker, desk.member,
                  desk.now)


async def _deed(one: InterceptedView, reason: str, reads: Reads) -> ReleaseDeed:
    """What is signed so that it goes on."""
    receiver = await reads.member(one.person)
    return ReleaseDeed(one.hold, one.payer.member, one.person,
                       receiver.id if receiver is not None and receiver.joined else 0, one.amount, reason)


def _hangs(press: CallbackQuery) -> None:
    """In a group nobody changes a message of others by a forged button."""
    if not hangs_there(press):
        raise refusals.ButtonStale
