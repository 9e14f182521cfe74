"""Telegram's limits on how fast a bot may write, for who wants to see that theirs keeps to them.

Guards: what is refused with 429 was not done and does not count itself; nothing is limited unless somebody turned it
on.
"""

import math
from collections import deque
from dataclasses import dataclass, field

from .errors import ApiError

MAX_CHATS = 10_000
# Messages and seconds: in all; in one chat (short bursts are let through); in one group.
OVERALL = (30, 1.0)
PER_CHAT = (5, 5.0)
PER_GROUP = (20, 60.0)
_WRITING = ("send", "copy", "forward", "edit")
_FREE = {"sendchataction"}


@dataclass(slots=True)
class Pace:
    """When the bot wrote lately, in all and by chat."""

    on: bool = False
    _all: deque[float] = field(default_factory=deque)
    _chats: dict[str, deque[float]] = field(default_factory=dict)

    def check(self, method: str, chat_id: object, now: float) -> None:
        """Count a call that writes, or refuse it with the seconds to wait."""
        name = method.lower()
        if not self.on or name in _FREE or not name.startswith(_WRITING):
            return
        chat = str(chat_id)
        written = self._chats.setdefault(chat, deque(maxlen=PER_GROUP[0]))
        count, seconds = PER_GROUP if chat.startswith(("-", "@")) else PER_CHAT
        wait = max(_wait(self._all, *OVERALL, now), _wait(written, count, seconds, now))
        if wait > 0:
            after = math.ceil(wait)
            raise ApiError(429, f"Too Many Requests: retry after {after}", {"retry_after": after})
        for times in (self._all, written):
            times.append(now)
        while len(self._all) > OVERALL[0]:
            self._all.popleft()
        while len(self._chats) > MAX_CHATS:
            self._chats.pop(next(iter(self._chats)))


def _wait(times: deque[float], count: int, seconds: float, now: float) -> float:
    """How long until one more fits in the window."""
    return times[-count] + seconds - now if len(times) >= count else 0.0
