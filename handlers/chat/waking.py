"""A wallet that sleeps is woken by its owner; and whoever was warned says that they still use theirs.

Guards: only the PIN wakes it, or where none was ever set one's own phone number, of which Telegram says that it is the
sender's; both are proven anew, whatever was proven before.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message, ReplyKeyboardRemove

from handlers.chat.buttons import StayButton
from handlers.chat.keypad import Purpose
from handlers.chat.own_number import number_of
from handlers.chat.pin import act, ask_pin
from handlers.chat.saying import answer, change, toast
from handlers.ground import Dialogs, accepts, message_key, press_key
from handlers.keyboards import main_buttons, pressed_message, share_contact
from handlers.texts import Lines, Money, Speaker, _
from wallet.dormancy import StayAwake, Wake
from wallet.engine import Engine
from wallet.protocols import Reads
from wallet.standing import DORMANT
from wallet.vault import Vault
from wallet.views import MemberView

ACT: Final = "wake"
"""What the PIN is for here."""
_AWAKE: Final = _("☀️ <b>Your wallet is awake.</b> Others can pay you and find you again.")


def make_router() -> Router:
    """The contact that wakes, and the button under the warning."""
    router = Router(name="waking")
    router.message.register(wake_by_number, F.chat.type == "private", F.contact, is_asleep, flags=accepts())
    router.callback_query.register(stay_awake, StayButton.filter(), flags=accepts())
    return router


async def is_asleep(event: Message, member: MemberView | None = None) -> bool:
    """Whether it is a wallet that nothing but a number can wake."""
    return member is not None and member.state == DORMANT and not member.has_pin


async def ask_to_wake(message: Message, member: MemberView, data: Mapping[str, Any], *, bot: Bot, dialogs: Dialogs,
                      speaker: Speaker, reads: Reads, now: Callable[[], datetime]) -> None:
    """`/start` of somebody whose wallet sleeps. Raises `PinLocked`."""
    balance = await reads.balance(member.id)
    about = _("😴 Your wallet went to sleep because you didn't use it for a long time. Your {amount} is all there. "
              "This wakes it.", amount=Money(balance.available))
    if member.has_pin:
        await ask_pin({"act": ACT}, about, data, member=member, bot=bot, dialogs=dialogs, speaker=speaker, reads=reads,
                      now=now)
        return
    await answer(message, speaker, Lines((about, _(
        "You never chose a payment PIN, so please share your phone number with the button below: the one that you "
        "opened your wallet with.")), gap="\n\n"), share_contact(speaker))


@act(ACT)
async def wake_by_pin(press: CallbackQuery, message: Message, purpose: Purpose, pin_version: int, engine: Engine,
                      speaker: Speaker, member: MemberView) -> None:
    """The PIN was right."""
    await engine.run(Wake(key=press_key(press, "wake"), member=member.id, pin_version=pin_version))
    await change(message, speaker, _AWAKE)
    await answer(message, speaker, _("What would you like to do?"), main_buttons(speaker))


async def wake_by_number(message: Message, bot: Bot, engine: Engine, vault: Vault, speaker: Speaker,
                         member: MemberView) -> None:
    """One's own number. Refuses `ContactNotYours`, `PhoneInvalid` and `AnotherNumber`."""
    digest = vault.digest("phone", number_of(message))
    await engine.run(Wake(key=message_key(bot.id, message, "wake"), member=member.id, phone_digest=digest))
    await answer(message, speaker, _AWAKE, ReplyKeyboardRemove())
    await answer(message, speaker, _("What would you like to do?"), main_buttons(speaker))


async def stay_awake(press: CallbackQuery, engine: Engine, speaker: Speaker, member: MemberView) -> None:
    """They still use it. Refuses `AccountDormant`."""
    await engine.run(StayAwake(key=press_key(press, "awake"), member=member.id))
    await toast(press)
    await change(pressed_message(press), speaker, _("✅ Good to hear. Your wallet stays awake."))
