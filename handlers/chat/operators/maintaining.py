"""`/maintenance`: let money rest, let it flow again, see how it stands.

Guards: what a broken check has stopped is not opened here; the wallet says so.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from aiogram import Bot, Router
from aiogram.types import Message

from handlers.asking import answers
from handlers.chat.saying import answer
from handlers.commands import Verb
from handlers.ground import message_key, microseconds
from handlers.parsing import Asked, WordsAsked
from handlers.parsing.lengths import minutes_said
from handlers.texts import Lines, Moment, Speaker, Text, _
from wallet.engine import Engine
from wallet.maintenance import Rest, Resume
from wallet.money import fold_width
from wallet.protocols import OperatorReads
from wallet.views import SwitchView

DEFAULT: Final = 30
LONGEST: Final = 24 * 60
_OFF: Final = frozenset({"off", "关", "关闭"})
_STATUS: Final = frozenset({"", "status", "状态"})


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="maintaining")
    answers(router, Verb.MAINTENANCE, maintenance)
    return router


async def maintenance(message: Message, asked: Asked, bot: Bot, engine: Engine, operator_reads: OperatorReads,
                      speaker: Speaker, now: Callable[[], datetime]) -> None:
    """`/maintenance on [minutes]`, `/maintenance off`, `/maintenance` or `/maintenance status`."""
    assert message.from_user is not None
    words = fold_width(asked.argument.words).strip().lower() if isinstance(asked.argument, WordsAsked) else ""
    key, operator = message_key(bot.id, message, "maintenance"), message.from_user.id
    minutes = minutes_said(words, DEFAULT, LONGEST)
    if minutes is not None:
        until = microseconds(now() + timedelta(minutes=minutes))
        await engine.run(Rest(key=key, operator=operator, until=until))
    elif words in _OFF:
        await engine.run(Resume(key=key, operator=operator))
    elif words not in _STATUS:
        await answer(message, speaker, Lines((
            _("I don't know that word, so nothing was changed. /maintenance on 30, /maintenance off and /maintenance "
              "status are what there is."), _stands(await operator_reads.switch()))))
        return
    await answer(message, speaker, _stands(await operator_reads.switch()))


def _stands(switch: SwitchView) -> Text:
    if switch.state == "open":
        return _("🟢 Money moves. /maintenance on 30 lets it rest for 30 minutes.")
    if switch.state == "read_only":
        return _("🛑 Money is read-only: {reason}. It is opened by <code>ikmpay money open</code> once that is cleared "
                 "up.", reason=switch.reason)
    if switch.until:
        return _("🛠 Maintenance until {time}: money rests, looking works. /maintenance off ends it.",
                 time=Moment.of_microseconds(switch.until))
    return _("🛠 Maintenance: money rests, looking works. /maintenance off ends it.")
