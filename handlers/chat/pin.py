"""The payment PIN in the chat: a keypad in the private chat, for setting it, changing it and proving it.

Guards: a PIN is never typed as a message, never in a log and never in what a button carries: keys carry random tokens,
and which digit stands behind one only the sealed dialog knows. An attempt is reserved before the PIN is looked at.
What a proven PIN is for is named when the keypad opens and cannot be changed by a press.

A chapter that needs the PIN registers what it does with a proven one, and opens the keypad:

    @act("confirm_draft", cancelled=draft_cancelled)
    async def confirm(press: CallbackQuery, purpose: Purpose, pin_version: int, engine: Engine, …) -> None: …

    await ask_pin({"act": "confirm_draft", "token": token}, about, data, member=member, …)

An act gets `press` (the last key; keys of operations come from it), `message` (the keypad, to be changed into the
outcome), `purpose`, `pin_version`, and anything else by name as a handler does. A refusal that it raises is shown in
the keypad's place.
"""
from __future__ import annotations

import re
import secrets
from base64 import b32decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

from aiogram import Bot, F, Router
from aiogram.dispatcher.event.handler import CallableObject
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from handlers.asking import InDialog, answers
from handlers.chat.buttons import ResetButton
from handlers.chat.keypad import CODE, DIALOG, DIGITS, FORGOTTEN_PIN, SET_PIN, Keypad, Purpose, kept_rows
from handlers.chat.redraws import Redraws
from handlers.chat.saying import answer, change, rewrite, toast, write
from handlers.commands import Verb
from handlers.ground import Config, Dialogs, accepts, microseconds, press_key
from handlers.hashing import PinHasher
from handlers.keyboards import Open, Pad, button, keyboard, pressed_message
from handlers.refusals import sentence
from handlers.texts import Fact, Html, Language, Speaker, _
from wallet import refusals
from wallet.codes import UseCode, step_of
from wallet.engine import Engine
from wallet.intrusions import StopGuesses
from wallet.pins import AttemptReserved, PinFailed, PinPassed, ReserveAttempt, SetPin, too_simple
from wallet.protocols import Reads
from wallet.recovery import SetForgottenPin
from wallet.refusals import Refusal
from wallet.vault import Unreadable, Vault
from wallet.views import MemberView

A = TypeVar("A", bound=Callable[..., Awaitable[None]])

FORGOT: Final = "forgot_pin"
"""Where the way on begins for whoever forgot it."""
_TYPED: Final = re.compile(r"\s*(?:[0-9０-９][\s.-]?){6}\s*")


def make_router(redraws: Redraws | None = None) -> Router:
    """The keypad and `/pin`."""
    router = Router(name="pin")
    router.callback_query.register(partial(press_key_of_pad, redraws=redraws or Redraws()), Pad.filter(),
                                   flags=accepts())
    answers(router, Verb.PIN, change_pin)
    router.message.register(typed_as_message, InDialog(DIALOG), F.text.regexp(_TYPED, mode="fullmatch"),
                            flags=accepts())
    return router


# -------------------------------------------------------------------------------- what a proven PIN is for
@dataclass(frozen=True, slots=True)
class Act:
    """What is done with a proven PIN, and what when the keypad was left."""

    run: Callable[..., Awaitable[None]]
    cancelled: Callable[..., Awaitable[None]] | None


ACTS: Final[dict[str, Act]] = {}
"""By the "act" of a purpose."""


def act(name: str, *, cancelled: Callable[..., Awaitable[None]] | None = None) -> Callable[[A], A]:
    """Registers what is done with a PIN that was proven for this purpose. `cancelled` gets `purpose` and what else it
    names; it says nothing in the keypad's place, which tells that nothing happened."""

    def register(function: A) -> A:
        assert name not in ACTS, f"two acts called {name}"
        ACTS[name] = Act(function, cancelled)
        return function

    return register


# ------------------------------------------------------------------------------------ opening and leaving it
async def ask_pin(purpose: Purpose, about: Fact | None, data: Mapping[str, Any], *, member: MemberView, bot: Bot,
                  dialogs: Dialogs, speaker: Speaker, reads: Reads, now: Callable[[], datetime],
                  choices: Sequence[Sequence[InlineKeyboardButton]] = (), codes: bool = False) -> None:
    """Open the keypad in the private chat, for setting a PIN first where there is none. `about` says what the PIN is
    for, and `choices` are what else can be chosen of that before; with `codes` a one-time code will do as well. `data`
    is what else a handler is given, for the act whose keypad this one replaces. Raises `PinLocked`, and
    `TelegramForbiddenError` when the bot may not write there."""
    forgotten = purpose == FORGOTTEN_PIN
    assert purpose["act"] in ACTS or purpose == SET_PIN or forgotten
    view = None if forgotten else await reads.pin(member.id)
    if view is not None and view.may_be_replaced(microseconds(now())):
        choices = [*choices, [button(speaker, _("🔑 Choose another PIN"), ResetButton(stop=False))]]
    elif view is not None and view.locked_until > microseconds(now()):
        raise refusals.PinLocked(view.locked_until)
    note = ""
    if view is None and purpose["act"] in ACTS:
        note = speaker.say(_("This needs a payment PIN, and you have none yet. You choose it once."))
    pad = Keypad("check" if view else "new", dict(purpose), speaker.say(about) if about else "", note,
                 language=speaker.language, choices=kept_rows(choices))
    kept = await reads.one_time_codes(member.id) if codes and view else None
    pad.codes = kept is not None and kept.since > 0
    before = await dialogs.get(member.telegram_id)
    if before is not None and before.get("kind") == DIALOG:
        await _make_room(Keypad.read(before), purpose, {**data, "bot": bot, "dialogs": dialogs, "speaker": speaker,
                                                        "member": member, "reads": reads})
    await _show(pad, bot, dialogs, speaker, member)


async def open_pad(stage: str, purpose: Purpose, about: Fact | None, *, member: MemberView, bot: Bot, dialogs: Dialogs,
                   speaker: Speaker) -> None:
    """Open the keypad at a stage of its own, in the place of one that has just done its work."""
    pad = Keypad(stage, dict(purpose), speaker.say(about) if about else "", language=speaker.language)
    await _show(pad, bot, dialogs, speaker, member)


async def _show(pad: Keypad, bot: Bot, dialogs: Dialogs, speaker: Speaker, member: MemberView) -> None:
    shown = await write(bot, member.telegram_id, pad.html(speaker), pad.markup(speaker))
    pad.message = shown.message_id
    await dialogs.put(member.telegram_id, pad.dialog())


async def leave_pad(dialog: Mapping[str, Any], data: Mapping[str, Any], *, bot: Bot, dialogs: Dialogs, speaker: Speaker,
                    member: MemberView) -> None:
    """Leave a keypad: nothing happens, and whoever asked for the PIN hears it."""
    pad = Keypad.read(dialog)
    await dialogs.drop(member.telegram_id)
    await _call_off(pad, {**data, "bot": bot, "dialogs": dialogs, "speaker": speaker, "member": member})
    said = _CANCELLED
    if pad.changes_pin:
        said = (_("Nothing was changed; your PIN is as it was.") if member.has_pin else
                _("Nothing was set: you have no payment PIN yet."))
    await rewrite(bot, member.telegram_id, pad.message, speaker.say(said))


_CANCELLED: Final = _("Cancelled. Nothing happened and no money moved.")


async def _call_off(pad: Keypad, data: Mapping[str, Any]) -> None:
    """Tell whoever asked for the PIN that there will be none."""
    hook = ACTS[str(pad.purpose["act"])].cancelled if not pad.changes_pin else None
    if hook is not None:
        with suppress(Refusal):  # What was to be cancelled is over anyway, or runs out by itself.
            await CallableObject(hook).call(**{**data, "purpose": pad.purpose})


async def _make_room(pad: Keypad, purpose: Purpose, data: Mapping[str, Any]) -> None:
    """Take a keypad away that another one replaces. What it was for can't be answered any more, so nobody shall wait
    for it; the same asked again only moves below."""
    bot, chat = data["bot"], data["member"].telegram_id
    if pad.purpose == purpose or pad.changes_pin:
        with suppress(TelegramAPIError):
            await bot.delete_message(chat, pad.message)
        return
    await _call_off(pad, data)
    await rewrite(bot, chat, pad.message, data["speaker"].say(_CANCELLED))


# ------------------------------------------------------------------------------------------- a key is pressed
@dataclass(frozen=True, slots=True)
class _Turn:
    """A press with everything that answering it takes."""

    press: CallbackQuery
    message: Message
    pad: Keypad
    member: MemberView
    engine: Engine
    reads: Reads
    vault: Vault
    pins: PinHasher
    dialogs: Dialogs
    speaker: Speaker
    """The person's, for what becomes of it."""
    voice: Speaker
    """The keypad's own."""
    redraws: Redraws
    data: Mapping[str, Any]

    async def keep(self) -> None:
        """Remember where the keypad stands."""
        await self.dialogs.put(self.member.telegram_id, self.pad.dialog())

    @property
    def what(self) -> tuple[int, int]:
        """What is drawn: a chat's message."""
        return self.message.chat.id, self.message.message_id

    async def paint(self) -> None:
        """Show how many digits there are. It matters only as long as the message is there."""
        await self.message.edit_text(self.pad.html(self.voice), parse_mode=ParseMode.HTML,
                                     reply_markup=self.pad.markup(self.voice))

    async def restart(self, stage: str, said: Fact | None = None, *, chosen: str = "") -> None:
        """Ask for six digits (again)."""
        self.pad.go_on(stage, self.voice.say(said) if said else "", chosen=chosen)
        await self.keep()
        await self.redraws.finish(self.what)
        await change(self.message, self.voice, Html(self.pad.html(self.voice)), self.pad.markup(self.voice))

    async def end(self, said: Fact) -> None:
        """Put an outcome in the keypad's place."""
        await self.stop()
        await change(self.message, self.speaker, said)

    async def stop(self) -> None:
        """Nothing more is drawn, nothing more is pressed."""
        await self.dialogs.drop(self.member.telegram_id)
        await self.redraws.finish(self.what)

    # --------------------------------------------------------------------------------- six digits are there
    async def complete(self) -> None:
        """Go on with six digits."""
        match self.pad.stage:
            case "check" | "code":
                await self._check()
            case "new":
                await self._choose()
            case _:
                await self._set()

    async def _check(self) -> None:
        """Prove the PIN: reserve an attempt, look, and act or count the failure."""
        try:
            reserved = await self.engine.run(ReserveAttempt(key=press_key(self.press, "reserve"),
                                                            member=self.member.id))
        except refusals.PinNotSet:
            await self.restart("new")
            return
        assert isinstance(reserved, AttemptReserved)
        step = await self._step() if self.pad.codes or self.pad.stage == CODE else 0
        if step:
            await self._use(step, reserved.version)
            return
        if self.pad.stage == CODE:
            await self._wrong()
            return
        view = await self.reads.pin(self.member.id)
        if view is None or view.version != reserved.version:
            raise refusals.PinChanged
        if await self.pins.verify(view.hash, self.pad.typed):
            await self.engine.run(PinPassed(key=press_key(self.press, "passed"), member=self.member.id,
                                            version=reserved.version))
            await self._proven(reserved.version)
            return
        await self._wrong()

    async def _wrong(self) -> None:
        """Count it, and ask again as long as it may be tried."""
        try:
            await self.engine.run(PinFailed(key=press_key(self.press, "failed"), member=self.member.id))
        except refusals.PinWrong as wrong:
            said = _("That code is wrong; {n} try is left. Nothing changed.",
                     "That code is wrong; {n} tries are left. Nothing changed.", n=wrong.left)
            await self.restart(self.pad.stage, said if self.pad.stage == CODE else sentence(wrong))
        except refusals.PinLocked:
            await self.engine.run(StopGuesses(key=press_key(self.press, "guesses"), member=self.member.id))
            raise

    async def _step(self) -> int:
        """The step whose one-time code was typed, 0 when it is none."""
        kept = await self.reads.one_time_codes(self.member.id)
        if kept is None or bool(kept.since) is (self.pad.stage == CODE):
            return 0
        try:
            secret = b32decode(self.vault.open_for(kept.wrapped_key, kept.sealed))
        except Unreadable:
            return 0
        return step_of(secret, self.pad.typed, microseconds(self.data["now"]()) // 1_000_000)

    async def _use(self, step: int, version: int) -> None:
        """Use the code up, and go on."""
        try:
            await self.engine.run(UseCode(key=press_key(self.press, "passed"), member=self.member.id, step=step,
                                          first=self.pad.stage == CODE))
        except refusals.CodeUsed as used:
            await self.restart(self.pad.stage, sentence(used))
            return
        await self._proven(version)

    async def _choose(self) -> None:
        """A new PIN, for the first time: not one that a thief tries first."""
        if too_simple(self.pad.typed, await self._phone()):
            await self.restart("new", sentence(refusals.PinTooSimple()))
        else:
            await self.restart("again", chosen=self.pad.typed)

    async def _phone(self) -> str:
        sealed = await self.reads.sealed_phone(self.member.id)
        if sealed is None:
            return ""
        try:
            phone, wrapped_key = sealed
            return self.vault.open_for(wrapped_key, phone)
        except Unreadable:
            return ""

    async def _set(self) -> None:
        """The new PIN once more: set it, and go on with what it was needed for."""
        if not secrets.compare_digest(self.pad.typed, self.pad.chosen):
            await self.restart("new", _("The two were not the same, so nothing was set. Please choose again."))
            return
        stored = await self.pins.hash(self.pad.typed)
        forgotten = self.pad.purpose == FORGOTTEN_PIN
        await self.engine.run(
            SetForgottenPin(key=press_key(self.press, "set"), member=self.member.id, hash=stored) if forgotten else
            SetPin(key=press_key(self.press, "set"), member=self.member.id, hash=stored, pin_version=self.pad.version))
        if self.pad.changes_pin:
            await self.end(_("✅ Your payment PIN is changed.") if self.pad.version or forgotten else
                           _("✅ Your payment PIN is set."))
            return
        view = await self.reads.pin(self.member.id)
        assert view is not None
        await self._proven(view.version)

    async def _proven(self, version: int) -> None:
        """The PIN is right: do what it was asked for."""
        if self.pad.changes_pin:
            self.pad.version = version
            await self.restart("new")
            return
        await self.redraws.finish(self.what)
        await CallableObject(ACTS[str(self.pad.purpose["act"])].run).call(**{
            **self.data, "press": self.press, "message": self.message, "purpose": self.pad.purpose,
            "pin_version": version})
        # An act may have opened a dialog of its own, which must stay.
        dialog = await self.dialogs.get(self.member.telegram_id)
        if dialog is not None and dialog.get("kind") == DIALOG and dialog.get("message") == self.pad.message:
            await self.dialogs.drop(self.member.telegram_id)


async def press_key_of_pad(press: CallbackQuery, callback_data: Pad, engine: Engine, reads: Reads, vault: Vault,
                           pins: PinHasher, dialogs: Dialogs, speakers: Mapping[Language, Speaker], speaker: Speaker,
                           member: MemberView, bot: Bot, redraws: Redraws, **others: Any) -> None:
    """One key of a keypad."""
    data = {**others, "engine": engine, "reads": reads, "vault": vault, "pins": pins, "dialogs": dialogs,
            "speakers": speakers, "speaker": speaker, "member": member, "bot": bot}
    message = pressed_message(press)
    dialog = await dialogs.get(press.from_user.id)
    if dialog is None or dialog.get("kind") != DIALOG:
        raise refusals.ButtonStale
    pad = Keypad.read(dialog)
    voice = speakers["zh_CN" if pad.language == "zh_CN" else "en"]
    turn = _Turn(press, message, pad, member, engine, reads, vault, pins, dialogs, speaker, voice, redraws, data)
    if pad.press == press.id:  # It was counted before, and the process may have ended before it was done with it.
        await toast(press)
        if len(pad.typed) == DIGITS:
            await _go_on(turn)
        return
    name = pad.keys.get(callback_data.token)
    if name is None:
        raise refusals.ButtonStale
    if name == "cancel":
        await toast(press)
        await redraws.finish(turn.what)
        await leave_pad(dialog, data, bot=bot, dialogs=dialogs, speaker=speaker, member=member)
    elif len(pad.typed) == DIGITS:
        await toast(press)  # The sixth digit is being looked at.
    else:
        await _type(turn, name)


async def _type(turn: _Turn, name: str) -> None:
    """One digit more, or one less."""
    pad = turn.pad
    pad.press = turn.press.id
    if name == "back":
        pad.typed = pad.typed[:-1]
    else:
        pad.typed, pad.note = pad.typed + name, ""
    await turn.keep()
    await toast(turn.press, pad.dots)
    if len(pad.typed) == DIGITS:
        await _go_on(turn)
    else:
        await turn.redraws.soon(turn.what, turn.paint)


async def _go_on(turn: _Turn) -> None:
    """Go on with six digits; what is refused is said in the keypad's place."""
    try:
        await turn.complete()
    except (refusals.Busy, refusals.DeadlinePassed):
        raise  # Nothing was decided; the same press goes on when it is handled again.
    except Refusal as refusal:
        await turn.end(sentence(refusal))


# -------------------------------------------------------------------------------------------------- commands
async def change_pin(message: Message, bot: Bot, dialogs: Dialogs, speaker: Speaker, reads: Reads, member: MemberView,
                     config: Config, now: Callable[[], datetime], **others: Any) -> None:
    """`/pin`: set it, or change it after the present one was proven."""
    way = [[button(speaker, _("I forgot my PIN"), Open(what=FORGOT))]] if member.has_pin and config.mail else []
    try:
        await ask_pin(SET_PIN, None, {**others, "config": config}, member=member, bot=bot, dialogs=dialogs,
                      speaker=speaker, reads=reads, now=now, choices=way)
    except refusals.PinLocked as locked:
        await answer(message, speaker, sentence(locked), keyboard(*way))


async def typed_as_message(message: Message, speaker: Speaker) -> None:
    """Six digits as a message while the keypad is open: they must not stay in the chat."""
    with suppress(TelegramAPIError):
        await message.delete()
    await answer(message, speaker, _(
        "⚠️ Please never type a PIN as a message: others may read it over your shoulder or on another device. I tried "
        "to delete it. Use the keys above; and if that was your PIN, change it with /pin."))
