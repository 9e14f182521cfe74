"""What can be asked of the wallet, and what comes of it.

Guards: one command, one idempotency key, one decision. A command says which rows it reads and decides over them
without I/O, clock or chance; equal keys with equal content share an outcome, with other content they are refused.
"""
from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Final

from wallet import refusals
from wallet.movements import AccountKind
from wallet.plain import compact, frozen, getter, values
from wallet.rows import Key

if TYPE_CHECKING:
    from wallet.books import Books

LARGEST: Final = 2**62
"""No number that a command carries may be larger; the databases hold 63 bits."""
_SMALLEST: Final = -LARGEST

def unasked(**options: Any) -> Any:
    """A field that says how or when something was asked, not what: it stays out of the fingerprint."""
    return field(metadata={"asked": False}, **options)


@frozen()
class Outcome:
    """What came of a command: facts, stored under its key. Fields are plain values and tuples of them."""

    _known: ClassVar[dict[str, type[Outcome]]] = {}

    def __init_subclass__(cls) -> None:
        Outcome._known[cls.__name__] = cls

    def ever_after(self) -> refusals.Refusal | None:
        """What everybody hears from now on who asks the same under another key; None when that may change."""
        return None


@frozen()
class Done(Outcome):
    """It is done and there is nothing more to say."""


@frozen(kw_only=True)
class Command:
    """Base of all commands."""

    key: str = unasked()
    """What happened, as text: it makes the command take effect once."""

    VERSION: ClassVar[int] = 1
    """Part of the fingerprint; rises when the same fields come to mean something else."""
    GATE: ClassVar[str] = ""
    """The feature whose documents the actor must have accepted ("payment" …); "" asks for none."""
    MONEY: ClassVar[bool] = False
    """Whether it stops while money rests (maintenance, read-only)."""
    DEBITS: ClassVar[bool] = False
    """Whether the actor's money goes out by it: refused to whoever is frozen, banned or restricted."""
    BINDS: ClassVar[bool] = False
    """Whether it takes money or people in, or binds money for longer: refused once the service is to close."""
    HOUSE: ClassVar[tuple[AccountKind, ...]] = ()
    """House accounts that it posts to."""
    _asked: ClassVar[dict[type[Command], Callable[[Any], tuple[Any, ...]]]] = {}

    def __post_init__(self) -> None:
        check(values(self))

    def actor(self) -> int:
        """The member on whose behalf it runs; 0 for the clock and the house."""
        return 0

    def question(self) -> object:
        """What it asks, whatever its key, where an answer can be the last one (see `wallet.finals`); else None."""
        return None

    def reads(self, today: int) -> Iterable[Key]:
        """The rows it will ask the books for, as far as they are known. The actor's member row and the house
        accounts are added. `today` is the number of the day, most likely."""
        return ()

    def decide(self, books: Books) -> Outcome:
        """The rule. Raises a `Refusal` for what a person caused, `Needs` for rows it found out about."""
        raise AssertionError(f"{type(self).__name__} decides nothing")

    def fingerprint(self) -> bytes:
        """SHA-256 over what was asked."""
        cls = type(self)
        if cls not in Command._asked:
            Command._asked[cls] = getter([f.name for f in fields(cls) if f.metadata.get("asked", True)])
        text = f"{cls.__name__}|{cls.VERSION}|{Command._asked[cls](self)!r}"
        return hashlib.sha256(text.encode()).digest()


def check(some: Iterable[object]) -> None:
    """Fail for a text or number that a database cannot hold, before it can spoil its neighbours' batch."""
    for value in some:
        if not value:
            continue
        if isinstance(value, int):
            if not _SMALLEST <= value <= LARGEST:
                raise ValueError("a number beyond 62 bits")
        elif isinstance(value, str):
            if "\0" in value:
                raise ValueError("a text with U+0000")
            if not value.isascii():
                value.encode()  # A lone surrogate raises UnicodeEncodeError, which is a ValueError.
        elif isinstance(value, tuple):
            check(value)


def encode(outcome: Outcome | refusals.Refusal) -> str:
    """An outcome or refusal as the text that is stored."""
    if isinstance(outcome, refusals.Refusal):
        return compact(["!" + type(outcome).__name__, *outcome.facts().values()])
    return compact([type(outcome).__name__, *values(outcome)])


_REFUSALS = {cls.__name__: cls for cls in refusals.every()}


def decode(text: str) -> Outcome | refusals.Refusal:
    """The outcome or refusal behind a stored text."""
    name, *values = json.loads(text)
    plain = tupled(values)
    if name.startswith("!"):
        return _REFUSALS[name[1:]](*plain)
    return Outcome._known[name](*plain)


def tupled(value: Any) -> Any:
    """What was stored as lists, in tuples as it was."""
    return tuple(tupled(item) for item in value) if isinstance(value, list) else value
