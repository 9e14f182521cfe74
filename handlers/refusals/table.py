"""How a chapter lists what is said of its refusals: each class with its HTTP status and its sentence."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from handlers.texts import Text
from wallet.refusals import Refusal

R = TypeVar("R", bound=Refusal)


# A table of functions can't express that each takes the class it stands under; `entry` checks it line by line.
Way: TypeAlias = tuple[int, Callable[[Any], Text]]
Sentences: TypeAlias = Mapping[type[Refusal], Way]


def entry(cls: type[R], http: int, say: Callable[[R], Text]) -> tuple[type[Refusal], Way]:
    """One line of the table."""
    return cls, (http, say)
