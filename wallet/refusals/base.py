"""What all refusals are: typed facts and a stable code, never a sentence."""
from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(eq=False)
class Refusal(Exception):
    """Base of all refusals. Subclasses are dataclasses whose fields are plain facts (text, numbers, tuples)."""

    code: ClassVar[str] = "refused"
    stored: ClassVar[bool] = True
    """False for what is raised before deciding: nothing is stored and the same key may be tried again."""
    final: ClassVar[bool] = False
    """True for what is not stored because it is so for ever: whoever asks again finds the same."""
    __match_args__: ClassVar[tuple[str, ...]] = ()
    """The facts' names: what `fields` finds, for much less."""
    kept = False
    """Whether asking again under its key finds this one: it was committed, or is final. The engine says so."""

    def __init_subclass__(cls) -> None:
        name = cls.__name__
        cls.code = "".join("_" + sign.lower() if sign.isupper() else sign for sign in name).lstrip("_")

    def __post_init__(self) -> None:
        Exception.__init__(self, self.code)

    def facts(self) -> dict[str, Any]:
        """The facts by name, for storing and for the sentence."""
        return {name: getattr(self, name) for name in self.__match_args__}

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Refusal) and other.facts() == self.facts()

    def __hash__(self) -> int:
        return hash((type(self), *self.facts().values()))

    def __str__(self) -> str:
        return f"{self.code} {self.facts()}" if fields(self) else self.code


def every() -> list[type[Refusal]]:
    """All refusal classes, for the table of sentences and its test."""
    found: list[type[Refusal]] = []
    waiting = [Refusal]
    while waiting:
        parents = waiting.pop().__subclasses__()
        found += parents
        waiting += parents
    return sorted(found, key=lambda cls: cls.__name__)
