"""What one may pay, limits of one's own, and the lock.

Guards: a member sees and sets only their own; what makes a wallet safer is done at once, and what makes it less safe
asks for the PIN first. A lock is a member's own doing, and told as such.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.enums import ButtonStyle
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers.asking import InDialog, answers
from handlers.chat.keypad import Purpose
from handlers.chat.pin import act, ask_pin
from handlers.chat.saying import answer, change, toast, whisper
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, message_key, press_key
from handlers.keyboards import Open, OwnLimit, button, keyboard, pressed_message
from handlers.parsing import amount_said
from handlers.refusals import about_amount
from handlers.texts import Day, Fact, Lines, Money, Speaker, Text, _
from wallet import refusals
from wallet.books import Policy
from wallet.engine import Engine
from wallet.limits import level_of
from wallet.money import AmountReason, AmountRefused
from wallet.protocols import Reads
from wallet.safeguards import LockWallet, OwnLimitSet, SetOwnLimit, UnlockWallet, most_of_ones_own
from wallet.views import AllowanceView, MemberView

DIALOG: Final = "own_limit"
"""The kind of the dialog that asks for an amount, and what the PIN is asked for when a limit is raised."""
UNLOCK: Final = "unlock"
"""What the PIN is asked for when the wallet is unlocked."""
CHOICES: Final = {"payment": (50, 200, 1_000, 5_000), "day": (200, 1_000, 5_000, 20_000)}
"""Limits to choose from, in whole units of the currency."""
AN_AMOUNT: Final = -1
THE_CHOICES: Final = -2


def make_router() -> Router:
    """`/limits`, `/lock`, `/unlock` and their buttons."""
    router = Router(name="safeguards")
    answers(router, Verb.LIMITS, show_limits)
    answers(router, Verb.LOCK, lock)
    answers(router, Verb.UNLOCK, unlock)
    router.message.register(name_limit, InDialog(DIALOG), F.text, flags=declared(Verb.LIMITS))
    press = router.callback_query.register
    press(open_limits, Open.filter(F.what == "limits"), flags=declared(Verb.LIMITS))
    press(press_lock, Open.filter(F.what == "lock"), flags=declared(Verb.LOCK))
    press(press_unlock, Open.filter(F.what == "unlock"), flags=declared(Verb.UNLOCK))
    press(show_choices, OwnLimit.filter(F.limit == THE_CHOICES), flags=declared(Verb.LIMITS))
    press(choose_limit, OwnLimit.filter(F.what.in_(set(CHOICES))), flags=declared(Verb.LIMITS))
    return router


# -------------------------------------------------------------------------------------------------- the screen
async def show_limits(message: Message, reads: Reads, policy: Policy, config: Config, speaker: Speaker,
                      member: MemberView, now: Callable[[], datetime]) -> None:
    """`/limits`, `限额`."""
    allowance = await reads.allowance(member.id)
    said = _screen(member, allowance, policy, now().astimezone(config.zone).year)
    await answer(message, speaker, said, _ways(speaker, allowance))


async def open_limits(press: CallbackQuery, reads: Reads, policy: Policy, config: Config, speaker: Speaker,
                      member: MemberView, now: Callable[[], datetime]) -> None:
    """The same, by a button."""
    message = pressed_message(press)
    await toast(press)
    await show_limits(message, reads, policy, config, speaker, member, now)


def _ways(speaker: Speaker, allowance: AllowanceView) -> InlineKeyboardMarkup:
    lock = button(speaker, _("🔒 Lock the wallet"), Open(what="lock"), ButtonStyle.DANGER)
    if allowance.locked:
        lock = button(speaker, _("🔓 Unlock the wallet"), Open(what="unlock"), ButtonStyle.SUCCESS)
    return keyboard([button(speaker, _("Limit a payment"), OwnLimit(what="payment", limit=THE_CHOICES)),
                     button(speaker, _("Limit a day"), OwnLimit(what="day", limit=THE_CHOICES))], [lock])


def _screen(member: MemberView, allowance: AllowanceView, policy: Policy, year: int) -> Lines:
    level = level_of(policy, member)
    limit = policy.level_limits[level]
    lines: list[Fact] = [_("📊 <b>Limits</b>"), _LEVELS[level]]
    if level > member.level:
        lines.append(_("Here everybody has this level, because all of it is play money."))
    used = allowance.year if level else allowance.ever
    left = Money(max(0, limit - used))
    lines.append(
        _("You can pay {limit} in {year}: {used} is used and {left} is left. It begins anew on {anew}.",
          limit=Money(limit), year=str(year), used=Money(used), left=left, anew=Day(date(year + 1, 1, 1))) if level else
        _("You can pay {limit} in all: {used} is used and {left} is left.", limit=Money(limit), used=Money(used),
          left=left))
    counts = _("What you pay others counts, as soon as it leaves your balance. What comes back to you counts no more, "
               "and what you give back never does.")
    return Lines((Lines(tuple(lines)), counts, Lines(tuple(_own(allowance)))), gap="\n\n")


_LEVELS: Final = (_("Identity level 0: phone number"), _("Identity level 1: name and ID number"),
                  _("Identity level 2: documents reviewed"))


def _own(allowance: AllowanceView) -> list[Fact]:
    """The limits of one's own, and what becomes of them tomorrow."""
    lines: list[Fact] = [_("<b>Limits of your own</b>")]
    if allowance.payment:
        lines.append(_("One payment: up to {limit}", limit=Money(allowance.payment)))
    if allowance.day:
        lines.append(_("A day: up to {limit}, {left} left today", limit=Money(allowance.day),
                       left=Money(max(0, allowance.day - allowance.today))))
    if len(lines) == 1:
        lines.append(_("None. A lower one holds at once; a higher one takes your PIN and holds from tomorrow."))
    if allowance.next_payment != allowance.payment:
        lines.append(_("One payment from tomorrow: {limit}", limit=_amount_or_none(allowance.next_payment)))
    if allowance.next_day != allowance.day:
        lines.append(_("A day from tomorrow: {limit}", limit=_amount_or_none(allowance.next_day)))
    if allowance.locked:
        lines.append(_("🔒 Your wallet is locked: nothing goes out."))
    return lines


def _amount_or_none(limit: int) -> Money | Text:
    return Money(limit) if limit else _("no limit")


# ------------------------------------------------------------------------------------------- limits of one's own
async def show_choices(press: CallbackQuery, callback_data: OwnLimit, policy: Policy, config: Config, reads: Reads,
                       speaker: Speaker, member: MemberView) -> None:
    """What may be chosen for a payment or for a day."""
    message, what = pressed_message(press), callback_data.what
    if what not in CHOICES:
        raise refusals.ButtonStale
    await toast(press)
    allowance = await reads.allowance(member.id)
    now = allowance.payment if what == "payment" else allowance.day
    most, unit = most_of_ones_own(policy, what), 10**config.currency.digits
    choices = [choice * unit for choice in CHOICES[what] if choice * unit <= most]
    rows = [[button(speaker, _("✓ {amount}", amount=Money(choice)) if choice == now else Money(choice),
                    OwnLimit(what=what, limit=choice)) for choice in choices[place:place + 2]]
            for place in range(0, len(choices), 2)]
    none = [button(speaker, _("No limit"), OwnLimit(what=what, limit=0))] if now else []
    said = (_("How much may one payment be at most? Lower than now holds at once; higher takes your PIN and holds from "
              "tomorrow.") if what == "payment" else
            _("How much may you pay in a day at most? Lower than now holds at once; higher takes your PIN and holds "
              "from tomorrow."))
    await answer(message, speaker, said, keyboard(
        *rows, [button(speaker, _("Another amount"), OwnLimit(what=what, limit=AN_AMOUNT)), *none]))


async def choose_limit(press: CallbackQuery, callback_data: OwnLimit, engine: Engine, policy: Policy, dialogs: Dialogs,
                       speaker: Speaker, member: MemberView, bot: Bot, reads: Reads, now: Callable[[], datetime],
                       **others: Any) -> None:
    """One of the choices, or the wish to name an amount."""
    message, what, limit = pressed_message(press), callback_data.what, callback_data.limit
    await toast(press)
    if limit == AN_AMOUNT:
        await dialogs.put(member.telegram_id, {"kind": DIALOG, "what": what})
        await answer(message, speaker, _("Please send me the amount, such as 80. The most is {most}. /cancel leaves it "
                                         "as it is.", most=Money(most_of_ones_own(policy, what))))
        return
    said = await _set_limit(press_key(press, "own"), what, limit, others, engine=engine, dialogs=dialogs,
                            speaker=speaker, member=member, bot=bot, reads=reads, now=now)
    if said is not None:
        await change(message, speaker, said)


async def name_limit(message: Message, dialog: Mapping[str, Any], bot: Bot, engine: Engine, dialogs: Dialogs,
                     config: Config, speaker: Speaker, member: MemberView, reads: Reads, now: Callable[[], datetime],
                     **others: Any) -> None:
    """An amount of one's own."""
    try:
        limit = amount_said(message.text or "", config.currency)
    except AmountRefused as refused:
        if refused.reason is not AmountReason.ZERO:
            await answer(message, speaker, about_amount(refused))
            return
        limit = 0
    said = await _set_limit(message_key(bot.id, message, "own"), str(dialog["what"]), limit,
                            {**others, "config": config}, engine=engine, dialogs=dialogs, speaker=speaker,
                            member=member, bot=bot, reads=reads, now=now)
    if said is not None:
        await dialogs.drop(member.telegram_id)
        await answer(message, speaker, said)


async def _set_limit(key: str, what: str, limit: int, data: Mapping[str, Any], *, engine: Engine, dialogs: Dialogs,
                     speaker: Speaker, member: MemberView, bot: Bot, reads: Reads, now: Callable[[], datetime]
                     ) -> Text | None:
    """Set it, and what to say; or ask for the PIN first. Refuses `SettingOutOfRange`."""
    try:
        done = await engine.run(SetOwnLimit(key=key, member=member.id, what=what, limit=limit))
    except (refusals.PinNeeded, refusals.PinNotSet):
        about = (_("Your limit for one payment becomes {limit} from tomorrow.", limit=_amount_or_none(limit))
                 if what == "payment" else
                 _("Your limit for a day becomes {limit} from tomorrow.", limit=_amount_or_none(limit)))
        await ask_pin({"act": DIALOG, "what": what, "limit": limit}, about, {**data, "engine": engine}, member=member,
                      bot=bot, dialogs=dialogs, speaker=speaker, reads=reads, now=now)
        return None
    assert isinstance(done, OwnLimitSet)
    return _limit_set(done)


@act(DIALOG)
async def raise_limit(press: CallbackQuery, message: Message, purpose: Purpose, pin_version: int, engine: Engine,
                      speaker: Speaker, member: MemberView) -> None:
    """The PIN was right."""
    limit = purpose["limit"]
    assert isinstance(limit, int)
    done = await engine.run(SetOwnLimit(key=press_key(press, "act"), member=member.id, what=str(purpose["what"]),
                                        limit=limit, pin_version=pin_version))
    assert isinstance(done, OwnLimitSet)
    await change(message, speaker, _limit_set(done))


def _limit_set(done: OwnLimitSet) -> Text:
    limit = _amount_or_none(done.limit)
    if done.what == "payment":
        return (_("✅ From tomorrow one payment may be: {limit}. Until then it stays as it is.", limit=limit)
                if done.tomorrow else _("✅ From now on one payment may be at most: {limit}.", limit=limit))
    return (_("✅ From tomorrow you may pay in a day: {limit}. Until then it stays as it is.", limit=limit)
            if done.tomorrow else _("✅ From now on you may pay in a day at most: {limit}.", limit=limit))


# ---------------------------------------------------------------------------------------------------- the lock
async def lock(message: Message, bot: Bot, engine: Engine, speaker: Speaker, group_speaker: Speaker, member: MemberView,
               config: Config) -> None:
    """`/lock`, `锁定`: at once, and without a question."""
    await engine.run(LockWallet(key=message_key(bot.id, message, "lock"), member=member.id))
    await whisper(message, member.telegram_id, speaker, _LOCKED, group_speaker, config)


async def press_lock(press: CallbackQuery, engine: Engine, speaker: Speaker, member: MemberView) -> None:
    """The same, by a button."""
    message = pressed_message(press)
    await engine.run(LockWallet(key=press_key(press, "lock"), member=member.id))
    await toast(press)
    await answer(message, speaker, _LOCKED)


_LOCKED: Final = _("🔒 Your wallet is locked. Nothing goes out, not even what waits to be claimed; what others send "
                   "you still arrives. /unlock opens it again with your PIN.")


async def unlock(message: Message, bot: Bot, engine: Engine, dialogs: Dialogs, speaker: Speaker, reads: Reads,
                 member: MemberView, now: Callable[[], datetime], **others: Any) -> None:
    """`/unlock`, `解锁`."""
    await _unlock(message_key(bot.id, message, "unlock"), message, others, bot=bot, engine=engine, dialogs=dialogs,
                  speaker=speaker, reads=reads, member=member, now=now)


async def press_unlock(press: CallbackQuery, bot: Bot, engine: Engine, dialogs: Dialogs, speaker: Speaker, reads: Reads,
                       member: MemberView, now: Callable[[], datetime], **others: Any) -> None:
    """The same, by a button."""
    await toast(press)
    await _unlock(press_key(press, "unlock"), pressed_message(press), others, bot=bot, engine=engine, dialogs=dialogs,
                  speaker=speaker, reads=reads, member=member, now=now)


async def _unlock(key: str, message: Message, data: Mapping[str, Any], *, bot: Bot, engine: Engine, dialogs: Dialogs,
                  speaker: Speaker, reads: Reads, member: MemberView, now: Callable[[], datetime]) -> None:
    """Unlock it, or ask for the PIN first. Refuses `NotLocked`."""
    try:
        await engine.run(UnlockWallet(key=key, member=member.id))
    except refusals.PinNeeded:
        await ask_pin({"act": UNLOCK}, _("Your wallet is unlocked."), {**data, "engine": engine}, member=member,
                      bot=bot, dialogs=dialogs, speaker=speaker, reads=reads, now=now)
        return
    await answer(message, speaker, _UNLOCKED)


@act(UNLOCK)
async def unlock_with_pin(press: CallbackQuery, message: Message, pin_version: int, engine: Engine, speaker: Speaker,
                          member: MemberView) -> None:
    """The PIN was right."""
    await engine.run(UnlockWallet(key=press_key(press, "act"), member=member.id, pin_version=pin_version))
    await change(message, speaker, _UNLOCKED)


_UNLOCKED: Final = _("🔓 Your wallet is unlocked. You can pay again.")
