"""One's own settings: language, no-PIN limit, when what is sent arrives and what comes in is taken, and the ways to the
PIN and the agreements.

Guards: a member changes only their own; raising the no-PIN limit takes the PIN.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers.asking import InDialog, answers
from handlers.chat.buttons import UsualArrival, statement, usual_arrivals
from handlers.chat.keypad import Purpose
from handlers.chat.pin import act, ask_pin, change_pin
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, Operators, accepts, message_key, press_key
from handlers.keyboards import (
    ConfirmIncoming,
    NoPinLimit,
    Open,
    Speak,
    button,
    keyboard,
    language_in,
    languages,
    pressed_message,
)
from handlers.parsing import amount_said
from handlers.refusals import about_amount
from handlers.texts import Language, Lines, Money, Person, Speaker, Text, _
from wallet import refusals
from wallet.books import Policy
from wallet.engine import Engine
from wallet.members import ChooseLanguage, SetConfirmIncoming, SetNoPinLimit
from wallet.money import AmountReason, AmountRefused
from wallet.operators import Act, may
from wallet.protocols import Reads
from wallet.transfers import SetUsualDelay
from wallet.views import MemberView

ACT: Final = "no_pin_limit"
"""What the PIN is asked for when the limit is raised, and the kind of the dialog that asks for an amount."""
CHOICES: Final = (0, 50, 100, 200)
"""Limits to choose from, in whole units of the currency."""
OWN_AMOUNT: Final = -1


def make_router() -> Router:
    """`/settings`, `/language` and their buttons."""
    router = Router(name="settings")
    answers(router, Verb.SETTINGS, show_settings)
    answers(router, Verb.LANGUAGE, show_languages, private=True)
    router.message.register(name_limit, InDialog(ACT), F.text, flags=declared(Verb.SETTINGS))
    press = router.callback_query.register
    press(open_settings, Open.filter(F.what == "settings"), flags=declared(Verb.SETTINGS))
    press(open_languages, Open.filter(F.what == "language"), flags=accepts(joined=False))
    press(choose_language, Speak.filter(), flags=accepts())
    press(show_limits, Open.filter(F.what == ACT), flags=declared(Verb.SETTINGS))
    press(choose_limit, NoPinLimit.filter(), flags=declared(Verb.SETTINGS))
    press(show_incoming, Open.filter(F.what == "incoming"), flags=declared(Verb.SETTINGS))
    press(choose_incoming, ConfirmIncoming.filter(), flags=declared(Verb.SETTINGS))
    press(show_arrival, Open.filter(F.what == "arrival"), flags=declared(Verb.SETTINGS))
    press(choose_arrival, UsualArrival.filter(), flags=declared(Verb.SETTINGS))
    press(open_pin, Open.filter(F.what == "pin"), flags=declared(Verb.PIN))
    return router


# -------------------------------------------------------------------------------------------------- the screen
async def show_settings(message: Message, operators: Operators, speaker: Speaker, member: MemberView, config: Config
                        ) -> None:
    """`/settings`."""
    await answer(message, speaker, *_screen(speaker, member, config, await operators.role(member.telegram_id)))


async def open_settings(press: CallbackQuery, operators: Operators, speaker: Speaker, member: MemberView,
                        config: Config) -> None:
    """The same, by a button."""
    message = pressed_message(press)
    await toast(press)
    await answer(message, speaker, *_screen(speaker, member, config, await operators.role(member.telegram_id)))


def _screen(speaker: Speaker, member: MemberView, config: Config, role: str) -> tuple[Lines, InlineKeyboardMarkup]:
    pin = _("Payment PIN: set") if member.has_pin else _("Payment PIN: not set yet")
    said = Lines((_("⚙️ <b>Settings</b>"), _("Nickname: {name}", name=Person(member.nickname)),
                  _("Language: {language}", language="中文" if member.language == "zh_CN" else "English"),
                  _limit_is(member), pin, _arrival_is(member.delay),
                  _incoming_is(on=member.confirm_incoming)))
    change_pin = _("🔑 Change the PIN") if member.has_pin else _("🔑 Set a PIN")
    return said, keyboard(
        [button(speaker, _("🌐 Language"), Open(what="language")),
         button(speaker, _("✏️ Nickname"), Open(what="nickname"))],
        [button(speaker, change_pin, Open(what="pin")), button(speaker, _("👆 No-PIN limit"), Open(what=ACT))],
        [button(speaker, _("⏳ When it arrives"), Open(what="arrival")),
         button(speaker, _("📥 Confirm incoming"), Open(what="incoming"))],
        [*([button(speaker, _("📧 E-mail"), Open(what="email"))] if config.mail else []),
         button(speaker, _("🐧 QQ number"), Open(what="qq"))],
        [button(speaker, _("📱 One-time codes"), Open(what="codes"))] if role and may(role, Act.SIGN) else [],
        [statement(speaker), button(speaker, _("📄 Agreements"), Open(what="agreements"))])


def _limit_is(member: MemberView) -> Text:
    if not member.no_pin_limit:
        return _("No-PIN limit: none, every payment asks for the PIN")
    return _("No-PIN limit: {limit} a day", limit=Money(member.no_pin_limit))


# -------------------------------------------------------------------------------------------- one's language
async def show_languages(message: Message, speaker: Speaker) -> None:
    """`/language` in private."""
    await answer(message, speaker, _("Which language shall I speak with you?"), languages(speaker.language))


async def open_languages(press: CallbackQuery, speaker: Speaker) -> None:
    """The same, by a button."""
    message = pressed_message(press)
    await toast(press)
    await show_languages(message, speaker)


async def choose_language(press: CallbackQuery, callback_data: Speak, engine: Engine,
                          speakers: Mapping[Language, Speaker], member: MemberView) -> None:
    """One's own language, from now on and for notices too."""
    message, language = pressed_message(press), language_in(callback_data.language)
    await engine.run(ChooseLanguage(key=press_key(press, "language"), member=member.id, language=language))
    await toast(press)
    await change(message, speakers[language], _("✅ From now on I speak English with you."))


# ----------------------------------------------------------------------------------------- the no-PIN limit
async def show_limits(press: CallbackQuery, policy: Policy, config: Config, speaker: Speaker, member: MemberView
                      ) -> None:
    """What it is, and what it may be."""
    message = pressed_message(press)
    await toast(press)
    unit = 10**config.currency.digits
    choices = [choice * unit for choice in CHOICES if choice * unit <= policy.no_pin_limit]
    rows = [[button(speaker, _("✓ {amount}", amount=Money(choice)) if choice == member.no_pin_limit else
                    Money(choice), NoPinLimit(limit=choice)) for choice in choices],
            [button(speaker, _("Another amount"), NoPinLimit(limit=OWN_AMOUNT))]]
    said = Lines((_limit_is(member), _(
        "Payments up to this sum a day need no PIN. You can choose anything up to {most}; with zero every payment asks "
        "for the PIN. A higher limit than now takes the PIN.", most=Money(policy.no_pin_limit))), gap="\n\n")
    await answer(message, speaker, said, keyboard(*rows))


async def choose_limit(press: CallbackQuery, callback_data: NoPinLimit, engine: Engine, policy: Policy,
                       dialogs: Dialogs, speaker: Speaker, member: MemberView, bot: Bot, reads: Reads,
                       now: Callable[[], datetime], **others: Any) -> None:
    """One of the choices, or the wish to name an amount."""
    message, limit = pressed_message(press), callback_data.limit
    await toast(press)
    if limit == OWN_AMOUNT:
        await dialogs.put(member.telegram_id, {"kind": ACT})
        await answer(message, speaker, _("Please send me the amount, such as 80. The most is {most}. /cancel leaves it "
                                         "as it is.", most=Money(policy.no_pin_limit)))
        return
    said = await _set_limit(press_key(press, "limit"), limit, others, engine=engine, policy=policy, dialogs=dialogs,
                            speaker=speaker, member=member, bot=bot, reads=reads, now=now)
    if said is not None:
        await change(message, speaker, said)


async def name_limit(message: Message, dialog: Mapping[str, Any], bot: Bot, engine: Engine, policy: Policy,
                     dialogs: Dialogs, config: Config, speaker: Speaker, member: MemberView, reads: Reads,
                     now: Callable[[], datetime], **others: Any) -> None:
    """An amount of one's own."""
    try:
        limit = amount_said(message.text or "", config.currency)
    except AmountRefused as refused:
        if refused.reason is not AmountReason.ZERO:
            await answer(message, speaker, about_amount(refused))
            return
        limit = 0
    said = await _set_limit(message_key(bot.id, message, "limit"), limit, {**others, "config": config}, engine=engine,
                            policy=policy, dialogs=dialogs, speaker=speaker, member=member, bot=bot, reads=reads,
                            now=now)
    if said is not None:
        await dialogs.drop(member.telegram_id)
        await answer(message, speaker, said)


async def _set_limit(key: str, limit: int, data: Mapping[str, Any], *, engine: Engine, policy: Policy, dialogs: Dialogs,
                     speaker: Speaker, member: MemberView, bot: Bot, reads: Reads, now: Callable[[], datetime]
                     ) -> Text | None:
    """Set it, and what to say; or ask for the PIN first. Refuses `SettingOutOfRange`."""
    if not 0 <= limit <= policy.no_pin_limit:
        raise refusals.SettingOutOfRange(0, policy.no_pin_limit)
    try:
        await engine.run(SetNoPinLimit(key=key, member=member.id, limit=limit))
    except (refusals.PinNeeded, refusals.PinNotSet):
        await ask_pin({"act": ACT, "limit": limit}, _("Your no-PIN limit becomes {limit} a day.", limit=Money(limit)),
                      {**data, "engine": engine}, member=member, bot=bot, dialogs=dialogs, speaker=speaker, reads=reads,
                      now=now)
        return None
    return _limit_set(limit)


@act(ACT)
async def raise_limit(press: CallbackQuery, message: Message, purpose: Purpose, pin_version: int, engine: Engine,
                      speaker: Speaker, member: MemberView) -> None:
    """The PIN was right."""
    limit = purpose["limit"]
    assert isinstance(limit, int)
    await engine.run(SetNoPinLimit(key=press_key(press, "act"), member=member.id, limit=limit, pin_version=pin_version))
    await change(message, speaker, _limit_set(limit))


def _limit_set(limit: int) -> Text:
    if not limit:
        return _("✅ Every payment asks for your PIN from now on.")
    return _("✅ Payments up to {limit} a day need no PIN from now on.", limit=Money(limit))


# ------------------------------------------------------------------------------------------- what comes in
async def show_incoming(press: CallbackQuery, speaker: Speaker, member: MemberView) -> None:
    """How it is, what it means, and the other way."""
    message, on = pressed_message(press), member.confirm_incoming
    await toast(press)
    said = Lines((_incoming_is(on=on), _(
        "If you confirm what comes in, what somebody sends you waits for 24 hours: you accept it or decline it, and "
        "what you don't accept goes back. They can take it back until then. What you paid and get back arrives at "
        "once either way.")), gap="\n\n")
    label = _("Let it arrive at once") if on else _("Let it wait for me")
    await answer(message, speaker, said, keyboard([button(speaker, label, ConfirmIncoming(on=not on))]))


async def choose_incoming(press: CallbackQuery, callback_data: ConfirmIncoming, engine: Engine, speaker: Speaker,
                          member: MemberView) -> None:
    """The other way."""
    message = pressed_message(press)
    await engine.run(SetConfirmIncoming(key=press_key(press, "incoming"), member=member.id, on=callback_data.on))
    await toast(press)
    said = (_("✅ From now on what others send you waits until you accept it.") if callback_data.on else
            _("✅ From now on what others send you arrives at once. What waits already goes on waiting for your word."))
    await change(message, speaker, said)


def _incoming_is(*, on: bool) -> Text:
    if on:
        return _("What others send you: waits until you accept it")
    return _("What others send you: arrives at once")


# ---------------------------------------------------------------------------------------- what one sends
async def show_arrival(press: CallbackQuery, speaker: Speaker, member: MemberView) -> None:
    """When it arrives, and when it may."""
    message = pressed_message(press)
    await toast(press)
    said = Lines((_arrival_is(member.delay), _(
        "What arrives later can be taken back until then. This is for what you send with /send and say nothing of; "
        "above Confirm you can choose otherwise each time.")), gap="\n\n")
    await answer(message, speaker, said, usual_arrivals(speaker, member.delay))


async def choose_arrival(press: CallbackQuery, callback_data: UsualArrival, engine: Engine, speaker: Speaker,
                         member: MemberView) -> None:
    """One of the choices."""
    message, delay = pressed_message(press), callback_data.delay.value
    await engine.run(SetUsualDelay(key=press_key(press, "arrival"), member=member.id, delay=delay))
    await toast(press)
    said = _("✅ From now on what you send arrives at once, unless you choose otherwise.")
    if delay:
        said = _("✅ From now on what you send arrives after {n} hour, unless you choose otherwise.",
                 "✅ From now on what you send arrives after {n} hours, unless you choose otherwise.", n=delay)
    await change(message, speaker, said)


def _arrival_is(delay: int) -> Text:
    if delay:
        return _("What you send: arrives after {n} hour", "What you send: arrives after {n} hours", n=delay)
    return _("What you send: arrives at once")


# ----------------------------------------------------------------------------------------------------- the PIN
async def open_pin(press: CallbackQuery, bot: Bot, dialogs: Dialogs, speaker: Speaker, reads: Reads,
                   member: MemberView, config: Config, now: Callable[[], datetime], **others: Any) -> None:
    """Set or change it, by a button."""
    await toast(press)
    await change_pin(pressed_message(press), bot, dialogs, speaker, reads, member, config, now, **others)
