"""Giving back what one received: by the code of its receipt, as a reply to the message in which we told of it, or from
its receipt and from a list by button.

Guards: a payment is named by its code or by one of our buttons, never by who wrote or how much it was; whether it may
go back, and whether at once, is the wallet's to say. A button always asks once more before anything moves, and a yes
works once. What has to be asked, the PIN too, is asked in the private chat only.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers import payments
from handlers import refusals as said_of
from handlers.asking import InDialog, answers
from handlers.chat import buttons
from handlers.chat.buttons import DraftAct, GivebackButton, GivebackWord
from handlers.chat.keypad import Purpose
from handlers.chat.payloads import payload
from handlers.chat.pin import act, ask_pin
from handlers.chat.saying import answer, change, toast, whisper
from handlers.chat.wallet import labelled
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, People, accepts, group_of, message_key, new_token, press_key
from handlers.keyboards import pressed_message, to_private
from handlers.parsing import Asked, CodeAsked, ParseProblem, Unclear
from handlers.texts import Code, Fact, Lines, Money, Speaker, Text, _
from wallet import ids, refusals
from wallet.engine import Engine
from wallet.givebacks import GiveBack, GiveBackAsked, GivenBack
from wallet.movements import CLAIM, SEND
from wallet.protocols import Reads
from wallet.views import MemberView

ACT: Final = "giveback"
"""What the PIN is asked for, and the kind of the dialog that asks for a code."""
SURE: Final = "giveback_sure"
"""The kind of the dialog that keeps what a yes is for."""
MOST_OFFERED: Final = 6
"""So many payments are offered to choose from."""


def make_router() -> Router:
    """`/giveback`."""
    router = Router(name="givebacks")
    answers(router, Verb.GIVEBACK, give_back)
    router.callback_query.register(ask_back, GivebackButton.filter(), flags=accepts())
    router.callback_query.register(answered, GivebackWord.filter(), flags=accepts())
    router.message.register(code_named, InDialog(ACT), F.text, flags=declared(Verb.GIVEBACK))
    return router


async def give_back(message: Message, asked: Asked, bot: Bot, engine: Engine, reads: Reads, people: People,
                    dialogs: Dialogs, speaker: Speaker, group_speaker: Speaker, member: MemberView, config: Config,
                    now: Callable[[], datetime], **others: Any) -> None:
    """`/giveback CODE`, `退还`; bare, it takes the code from the message that it replies to, or asks for one."""
    number = asked.argument.number if isinstance(asked.argument, CodeAsked) else _told_in(message, bot)
    if number:
        await _give_back(message, number, {**others, "config": config}, bot=bot, engine=engine, reads=reads,
                         people=people, dialogs=dialogs, speaker=speaker, group_speaker=group_speaker, member=member,
                         config=config, now=now)
        return
    if group_of(message):
        await whisper(message, member.telegram_id, speaker, _which(), group_speaker, config, payload="giveback_now")
    else:
        await _ask_which(message, reads, people, dialogs, speaker, member)


@payload("giveback")
async def came_to_give_back(message: Message, rest: str, bot: Bot, engine: Engine, reads: Reads, people: People,
                            dialogs: Dialogs, speaker: Speaker, member: MemberView, config: Config,
                            now: Callable[[], datetime], **others: Any) -> None:
    """Somebody who wanted to in a group: without a code, or with one that needs a word or the PIN."""
    number = ids.from_code(rest)
    if number is None:
        await _ask_which(message, reads, people, dialogs, speaker, member)
        return
    await _give_back(message, number, {**others, "config": config}, bot=bot, engine=engine, reads=reads, people=people,
                     dialogs=dialogs, speaker=speaker, group_speaker=speaker, member=member, config=config, now=now)


async def _ask_which(message: Message, reads: Reads, people: People, dialogs: Dialogs, speaker: Speaker,
                     member: MemberView) -> None:
    """Ask for a code, and offer what was received lately."""
    await dialogs.put(member.telegram_id, {"kind": ACT})
    lines = await reads.received(member.id, MOST_OFFERED)
    if not lines:
        await answer(message, speaker, _which())
        return
    said = _("Which payment do you give back? Pick one that you received lately, or send me the code of its receipt. "
             "It goes back in full to whoever sent it. /cancel leaves.")
    await answer(message, speaker, said, buttons.givebacks(speaker, await labelled(lines, people)))


def _which() -> Text:
    return _("Which payment do you give back? Send me the code of its receipt, like /giveback {code}. It goes back in "
             "full to whoever sent it.", code=Code(ids.code(1)))


async def code_named(message: Message, bot: Bot, engine: Engine, reads: Reads, people: People, dialogs: Dialogs,
                     speaker: Speaker, member: MemberView, config: Config, now: Callable[[], datetime], **others: Any
                     ) -> None:
    """The code that was asked for."""
    number = ids.from_code(message.text or "")
    if number is None:
        await answer(message, speaker, said_of.about_unclear(Unclear(Verb.GIVEBACK, ParseProblem.CODE),
                                                             config.currency))
        return
    await dialogs.drop(member.telegram_id)
    await _give_back(message, number, {**others, "config": config}, bot=bot, engine=engine, reads=reads, people=people,
                     dialogs=dialogs, speaker=speaker, group_speaker=speaker, member=member, config=config, now=now)


def _told_in(message: Message, bot: Bot) -> int:
    """The payment of which a message of ours tells, to which this one replies; 0 unless it tells of exactly one. Only
    its buttons say so: in its words stand notes and names, which somebody else chose."""
    told = message.reply_to_message
    if told is None or told.from_user is None or told.from_user.id != bot.id:
        return 0
    if not isinstance(told.reply_markup, InlineKeyboardMarkup):
        return 0
    found = {buttons.payment_of(button) for row in told.reply_markup.inline_keyboard for button in row} - {0}
    return found.pop() if len(found) == 1 else 0


async def _give_back(message: Message, number: int, data: dict[str, Any], *, bot: Bot, engine: Engine, reads: Reads,
                     people: People, dialogs: Dialogs, speaker: Speaker, group_speaker: Speaker, member: MemberView,
                     config: Config, now: Callable[[], datetime]) -> None:
    key = message_key(bot.id, message, ACT)
    try:
        outcome = await engine.run(GiveBack(key=key, member=member.id, transfer=number))
    except (refusals.PinNeeded, refusals.PinNotSet):
        if group_of(message):
            said = _("Giving this back takes your PIN. No money moved yet. Please send /giveback {code} in our private "
                     "chat.", code=Code(ids.code(number)))
            await whisper(message, member.telegram_id, speaker, said, group_speaker, config,
                          markup=to_private(speaker, config))
            return
        await ask_pin({"act": ACT, "transfer": number}, await _about(number, reads, people, member),
                      {**data, "engine": engine, "people": people}, member=member, bot=bot, dialogs=dialogs,
                      speaker=speaker, reads=reads, now=now)
        return
    if isinstance(outcome, GivenBack):
        await whisper(message, member.telegram_id, speaker, await _done(outcome, people, reads), group_speaker, config,
                      markup=buttons.after_payment(speaker, outcome.transfer), payload="balance_now")
        return
    assert isinstance(outcome, GiveBackAsked)
    names = await payments.names((outcome.payer,), people, reads)
    about = _("You give <b>{amount}</b> back to {name}.", amount=Money(outcome.amount), name=names[outcome.payer])
    if group_of(message):
        more = _("That takes one more word from you. No money moved yet.")
        await whisper(message, member.telegram_id, speaker, Lines((about, more)), group_speaker, config,
                      payload=f"giveback_{ids.code(number)}")
        return
    await _ask_sure(message, about, number, f"{key}:sure", dialogs, speaker, member)


async def _ask_sure(message: Message, about: Fact, number: int, key: str, dialogs: Dialogs, speaker: Speaker,
                    member: MemberView) -> None:
    token = new_token()
    await dialogs.put(member.telegram_id, {"kind": SURE, "token": token, "transfer": number, "key": key})
    await answer(message, speaker, Lines((about, _("Shall it go back?"))), buttons.ask_giveback(speaker, token))


async def ask_back(press: CallbackQuery, callback_data: GivebackButton, reads: Reads, people: People,
                   dialogs: Dialogs, speaker: Speaker, member: MemberView) -> None:
    """The button under a receipt, or one of the list. It is quickly pressed, so it only asks."""
    message, number = pressed_message(press), callback_data.transfer
    view = await reads.receipt(member.id, number)
    if view is None:
        raise refusals.ReceiptUnknown
    if not view.incoming:
        raise refusals.NotReceived
    if view.kind not in (SEND.name, CLAIM.name):
        raise refusals.NothingToGiveBack
    if view.given_back:
        raise refusals.GivenBackBefore
    await toast(press)
    await _ask_sure(message, await _about(number, reads, people, member), number, press_key(press, ACT), dialogs,
                    speaker, member)


async def answered(press: CallbackQuery, callback_data: GivebackWord, bot: Bot, engine: Engine, reads: Reads,
                   people: People, dialogs: Dialogs, speaker: Speaker, member: MemberView,
                   now: Callable[[], datetime], **others: Any) -> None:
    """Yes or no, once. Refuses what `GiveBack` refuses."""
    message = pressed_message(press)
    dialog = await dialogs.get(member.telegram_id)
    if dialog is None or dialog.get("kind") != SURE or dialog["token"] != callback_data.token:
        raise refusals.ButtonStale
    number = dialog["transfer"]
    if callback_data.act is DraftAct.CANCEL:
        await dialogs.drop(member.telegram_id)
        await toast(press)
        await change(message, speaker, _("Cancelled. No money moved."))
        return
    try:
        outcome = await engine.run(GiveBack(key=dialog["key"], member=member.id, transfer=number, sure=True))
    except (refusals.PinNeeded, refusals.PinNotSet):
        await toast(press)
        about = await _about(number, reads, people, member)
        await change(message, speaker, about)
        await ask_pin({"act": ACT, "transfer": number}, about, {**others, "engine": engine, "people": people},
                      member=member, bot=bot, dialogs=dialogs, speaker=speaker, reads=reads, now=now)
        return
    except refusals.Refusal as refusal:
        if refusal.stored:
            await dialogs.drop(member.telegram_id)
        raise
    assert isinstance(outcome, GivenBack)
    await toast(press)
    await change(message, speaker, await _done(outcome, people, reads),
                 buttons.after_payment(speaker, outcome.transfer))
    await dialogs.drop(member.telegram_id)


async def _about(number: int, reads: Reads, people: People, member: MemberView) -> Fact:
    """What the PIN is for. The wallet has found the payment to be theirs; one known by its payer's code tells less."""
    view = await reads.receipt(member.id, number)
    if view is None or view.payer is None:
        return _("You give back the payment {code}, in full.", code=Code(ids.code(number)))
    names = await payments.parties((view.payer,), people)
    return _("You give <b>{amount}</b> back to {name}.", amount=Money(view.amount), name=names[view.payer.telegram_id])


@act(ACT)
async def give_back_with_pin(press: CallbackQuery, message: Message, purpose: Purpose, pin_version: int, engine: Engine,
                             reads: Reads, people: People, speaker: Speaker, member: MemberView) -> None:
    """The PIN was right."""
    number = purpose["transfer"]
    assert isinstance(number, int)
    outcome = await engine.run(GiveBack(key=press_key(press, "act"), member=member.id, transfer=number,
                                        pin_version=pin_version))
    assert isinstance(outcome, GivenBack)
    await change(message, speaker, await _done(outcome, people, reads),
                 buttons.after_payment(speaker, outcome.transfer))


async def _done(outcome: GivenBack, people: People, reads: Reads) -> Lines:
    names = await payments.names((outcome.payer,), people, reads)
    return Lines((
        _("↩️ You gave <b>{amount}</b> back to {name}.", amount=Money(outcome.amount), name=names[outcome.payer]),
        payments.receipt_line(outcome.transfer), _("Balance: {balance}", balance=Money(outcome.balance))))
