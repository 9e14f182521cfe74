"""What the bot asked of the Bot API lately, what was checked, and what it was answered.

Whoever watches is woken by the next call.

Guards: the log is bounded in entries and in the size of each, lives in memory only, and shows no secret (token,
webhook secret, provider token).
"""

import asyncio
import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from .shapes import Json

MAX_CALLS = 1_000
MAX_VALUE = 2_000
MAX_NAMES = 50
_SECRET = {"secret_token", "provider_token", "certificate"}


@dataclass(slots=True)
class Trail:
    """The checks of one call in their order; the last one is what it failed, if it failed."""

    checks: list[Json] = field(default_factory=list)

    def passed(self, what: str, **facts: object) -> None:
        self.checks.append({"check": what, "ok": True, **facts})

    def failed(self, why: str) -> None:
        """The check that comes after those that were passed is the one that failed."""
        order = ("token", "method", "parameters", "rules", "injected")
        done = {check["check"] for check in self.checks}
        what = next((name for name in order if name not in done), "rules")
        self.checks.append({"check": what, "ok": False, "why": why[:MAX_VALUE]})


class CallLog:
    """The newest calls."""

    def __init__(self) -> None:
        self._calls: deque[Json] = deque(maxlen=MAX_CALLS)
        self._changed = asyncio.Event()
        self.closed = False
        self.last = 0

    @property
    def first(self) -> int:
        """The oldest call that is kept; everything before it is gone."""
        return int(self._calls[0]["id"]) if self._calls else self.last + 1

    def note(self, entry: Json) -> None:
        self.last += 1
        self._calls.append({"id": self.last, **entry})
        self._wake()

    def clear(self) -> None:
        self._calls.clear()
        self._wake()

    def close(self) -> None:
        """Nobody waits any longer, because the server stops."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed(self, timeout: float) -> None:
        """Return at the next change, or when time is up."""
        if self.closed or timeout <= 0:
            return
        try:
            await asyncio.wait_for(self._changed.wait(), timeout)
        except TimeoutError:
            return

    def read(self, *, since: int, limit: int, method: str, failed: bool) -> list[Json]:
        """The newest calls that are wanted, oldest first."""
        wanted = [
            call
            for call in self._calls
            if call["id"] > since
            and (not method or str(call["method"]).lower() == method.lower())
            and not (failed and call["ok"])
        ]
        return wanted[-limit:]


def shortened(given: Json) -> Json:
    """Parameters as the log shows them: objects as JSON text, nothing endless, nothing secret."""
    return {name[:100]: _short(name, given[name]) for name in _first(given)}


def _first(names: Iterable[str]) -> list[str]:
    return [name for name, _ in zip(names, range(MAX_NAMES), strict=False)]


def _short(name: str, value: object) -> object:
    if name in _SECRET and value:
        return "…"
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"
