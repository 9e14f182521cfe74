"""`/topup`: play money to try it all with.

Guards: an offer is good for one top-up, however often and from however many phones it is pressed; how much play money
there may be is the wallet's to say.
"""
from __future__ import annotations

from typing import Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message

from handlers import refusals as said_of
from handlers.asking import InDialog, answers
from handlers.chat import buttons
from handlers.chat.buttons import TopUpButton
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, message_key
from handlers.keyboards import Open, pressed_message
from handlers.parsing import AmountAsked, Asked, amount_said
from handlers.texts import Fact, Lines, Money, Speaker, _
from wallet import refusals
from wallet.books import Policy
from wallet.engine import Engine
from wallet.funding import ToppedUp, TopUp
from wallet.money import AmountRefused
from wallet.views import MemberView

DIALOG: Final = "topup"
"""The kind of the dialog that asks for an amount."""
TOP_UPS: Final = (20, 100, 500)
"""Whole units that are offered."""


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="topping up")
    answers(router, Verb.TOPUP, top_up)
    router.message.register(amount_named, InDialog(DIALOG), F.text, flags=declared(Verb.TOPUP))
    press = router.callback_query.register
    press(open_top_up, Open.filter(F.what == "topup"), flags=declared(Verb.TOPUP))
    press(press_top_up, TopUpButton.filter(), flags=declared(Verb.TOPUP))
    return router


async def top_up(message: Message, asked: Asked, bot: Bot, engine: Engine, dialogs: Dialogs, speaker: Speaker,
                 member: MemberView, policy: Policy, config: Config) -> None:
    """`/topup AMOUNT`, `充值`; bare, it offers a few amounts and takes another one."""
    if isinstance(asked.argument, AmountAsked):
        await _top_up(message, asked.argument.minor_units, bot, engine, speaker, member)
    else:
        await _offer(message, dialogs, speaker, member, policy, config)


async def open_top_up(press: CallbackQuery, dialogs: Dialogs, speaker: Speaker, member: MemberView, policy: Policy,
                      config: Config) -> None:
    """The bare command by a button."""
    message = pressed_message(press)
    await _offer(message, dialogs, speaker, member, policy, config)
    await toast(press)


async def amount_named(message: Message, bot: Bot, engine: Engine, dialogs: Dialogs, speaker: Speaker,
                       member: MemberView, config: Config) -> None:
    """The amount that was asked for. Whoever is refused may send another one."""
    try:
        amount = amount_said(message.text or "", config.currency)
    except AmountRefused as refused:
        await answer(message, speaker, said_of.about_amount(refused))
        return
    await _top_up(message, amount, bot, engine, speaker, member)
    await dialogs.drop(member.telegram_id)


async def press_top_up(press: CallbackQuery, callback_data: TopUpButton, bot: Bot, engine: Engine, dialogs: Dialogs,
                       speaker: Speaker, member: MemberView) -> None:
    """One of the amounts."""
    message = pressed_message(press)
    outcome = await engine.run(TopUp(key=message_key(bot.id, message, "topup"), member=member.id,
                                     amount=callback_data.amount))
    assert isinstance(outcome, ToppedUp)
    await toast(press)
    await change(message, speaker, _topped_up(outcome), buttons.after_payment(speaker, outcome.transfer))
    dialog = await dialogs.get(member.telegram_id)
    if dialog is not None and dialog.get("kind") == DIALOG:
        await dialogs.drop(member.telegram_id)


async def _offer(message: Message, dialogs: Dialogs, speaker: Speaker, member: MemberView, policy: Policy,
                 config: Config) -> None:
    """Refuses `TopUpClosed`."""
    most = policy.top_up_most
    amounts = [whole * 10**config.currency.digits for whole in TOP_UPS if whole * 10**config.currency.digits <= most]
    if not amounts:
        raise refusals.TopUpClosed
    await dialogs.put(member.telegram_id, {"kind": DIALOG})
    said = _("How much play money would you like? Pick an amount, or send me one like 50. It is worth nothing "
             "elsewhere. /cancel leaves.")
    await answer(message, speaker, said, buttons.top_up_choices(speaker, amounts))


async def _top_up(message: Message, amount: int, bot: Bot, engine: Engine, speaker: Speaker, member: MemberView
                  ) -> None:
    outcome = await engine.run(TopUp(key=message_key(bot.id, message, "topup"), member=member.id, amount=amount))
    assert isinstance(outcome, ToppedUp)
    await answer(message, speaker, _topped_up(outcome), buttons.after_payment(speaker, outcome.transfer))


def _topped_up(outcome: ToppedUp) -> Fact:
    return Lines((_("✅ {amount} of play money added. Balance: <b>{balance}</b>", amount=Money(outcome.amount),
                    balance=Money(outcome.balance)),
                  _("<i>This is play money: it is worth nothing elsewhere.</i>")))
