"""People who come back: they blocked the bot, or had never begun with it, and now it may write to them.

Guards: what they could not be told meanwhile is looked for after they were answered and before their update counts as
done, so a crash in between forgets nothing. Nobody else's update costs more than a look at it.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol, TypeAlias

from aiogram import Bot, Dispatcher

from bot.arrivals import Arrival
from bot.dispatcher import Handling
from bot.metrics import Metrics
from bot.middlewares import Refuse
from storage.inbox import State

_Event: TypeAlias = "Mapping[str, object]"

_AWAY: Final = frozenset({"kicked", "left"})


class Revive(Protocol):
    """Tells a person what they missed, with `offers` also of money that waits for them."""

    async def __call__(self, person: int, *, offers: bool) -> None: ...


class Welcoming(Handling):
    """Handles updates, and sees who came back by them."""

    def __init__(self, dispatcher: Dispatcher, bot: Bot, refuse: Refuse, metrics: Metrics,
                 revive: Revive) -> None:
        super().__init__(dispatcher, bot, refuse, metrics)
        self._revive = revive

    async def handle(self, arrival: Arrival) -> State:
        """Hand it to whoever wants it, then look who it is from."""
        state = await super().handle(arrival)
        if state == "dead":
            return state
        if person := who_started(arrival.update):
            # Joining ends with what waits for them, so that this is not said twice.
            await self._revive(person, offers=False)
        elif person := who_unblocked(arrival.update):
            await self._revive(person, offers=True)
        return state


def who_started(update: _Event) -> int:
    """Who pressed Start; 0 for nobody."""
    message = update.get("message")
    text = message.get("text") if isinstance(message, Mapping) else None
    return _alone(message) if isinstance(text, str) and text.startswith("/start") else 0


def who_unblocked(update: _Event) -> int:
    """Who lets the bot write to them again; 0 for nobody."""
    change = update.get("my_chat_member")
    member = change.get("new_chat_member") if isinstance(change, Mapping) else None
    return _alone(change) if isinstance(member, Mapping) and member.get("status") not in _AWAY else 0


def _alone(event: object) -> int:
    """Whose private chat it happened in."""
    chat = event.get("chat") if isinstance(event, Mapping) else None
    person = chat.get("id") if isinstance(chat, Mapping) and chat.get("type") == "private" else 0
    return person if isinstance(person, int) and person > 0 else 0
