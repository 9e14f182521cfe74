"""What a request of the control API says, read by name and type.

Guards: an act gets only values of the types it asked for; what is missing or wrong is refused by name.
"""

from collections.abc import Awaitable, Callable
from typing import NoReturn

from .acts import Manner
from .entities import checked_text
from .errors import bad_act
from .shapes import Json


class Given:
    """What a request says, read by name and type; what is missing or wrong is refused by name."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def has(self, name: str) -> bool:
        return self.values.get(name) is not None

    def integer(self, name: str, default: int | None = None) -> int:
        value = self.values.get(name, default)
        if isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 20:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong(name, "an integer")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str):
            self._wrong(name, "a string")
        return checked_text(value, of_a_person=True)

    def number(self, name: str, default: float | None = None) -> float:
        value = self.values.get(name, default)
        try:
            return float(value if value is not None else "")
        except (TypeError, ValueError):
            self._wrong(name, "a number")

    def object(self, name: str) -> Json:
        value = self.values.get(name, {})
        if not isinstance(value, dict):
            self._wrong(name, "an object")
        return value

    def flag(self, name: str) -> bool:
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            self._wrong(name, "true or false")
        return value

    def integers(self, name: str) -> list[int]:
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(part, int) for part in value):
            self._wrong(name, "a list of integers")
        return value

    def chat_id(self, name: str = "chat_id") -> int | None:
        return self.integer(name) if self.has(name) else None

    def key(self) -> str:
        if self.has("key"):
            return self.text("key")
        if self.integer("message_id", 0):
            return f"m{self.integer('message_id')}"
        return f"e{self.integer('ephemeral_message_id')}"

    def reply_to(self) -> str | None:
        value = self.values.get("reply_to")
        return f"m{value}" if isinstance(value, int) else self.text("reply_to") if value is not None else None

    def manner(self) -> Manner:
        """How something is said: in answer to what, in which topic, in whose name, when."""
        thread, date = self.integer("message_thread_id", 0), self.integer("date", 0)
        quote = self.text("quote") if self.has("quote") else None
        return Manner(self.reply_to(), thread or None, self.chat_id("as_chat"), date or None, quote)

    def entities(self) -> list[Json] | None:
        value = self.values.get("entities")
        if value is None:
            return None
        wanted = (("type", str), ("offset", int), ("length", int))
        fits = isinstance(value, list) and all(
            isinstance(e, dict) and all(isinstance(e.get(name), kind) for name, kind in wanted) for e in value
        )
        if not fits:
            self._wrong("entities", "a list of entities")
        found: list[Json] = value
        return found

    def _wrong(self, name: str, what: str) -> NoReturn:
        raise bad_act(f"{name} must be {what}.")


Act = Callable[[Given], Json] | Callable[[Given], Awaitable[Json]]
