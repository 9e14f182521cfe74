"""A member's signed statement of what is owed to them, as a file.

Guards: whoever presses gets their own, made anew from the ledger; frozen, banned or asleep, they get it.
"""
from __future__ import annotations

from aiogram import Bot, Router
from aiogram.enums import ParseMode
from aiogram.types import BufferedInputFile, CallbackQuery

from handlers import owed
from handlers.chat.buttons import OwedButton
from handlers.chat.saying import toast
from handlers.ground import Accepts, Who, press_key
from handlers.texts import Speaker
from wallet import refusals
from wallet.engine import Engine
from wallet.protocols import WindDowns
from wallet.views import MemberView
from wallet.winding_down import Stated, StateOwed


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="owed")
    router.callback_query.register(give, OwedButton.filter(), flags={"accepts": Accepts(private=Who.MEMBERS)})
    return router


async def give(press: CallbackQuery, bot: Bot, engine: Engine, wind_downs: WindDowns, speaker: Speaker,
               member: MemberView | None) -> None:
    """A new one."""
    if member is None:
        raise refusals.NotAMember
    aside, = await wind_downs.set_aside((member.id,))
    stated = await engine.run(StateOwed(key=press_key(press, "owed"), member=member.id, envelopes=aside.envelopes,
                                        vouchers=aside.vouchers))
    assert isinstance(stated, Stated)
    await toast(press)
    file = BufferedInputFile(stated.statement.encode(), f"owed-{member.id}.json")
    await bot.send_document(press.from_user.id, file, caption=speaker.say(owed.in_words(stated.statement)),
                            parse_mode=ParseMode.HTML)
