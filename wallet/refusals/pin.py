"""What is refused about the payment PIN."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class PinNotSet(Refusal):
    """The act needs a payment PIN and there is none yet. Not stored: it can be set and tried again."""

    stored = False


@dataclass(eq=False)
class PinNeeded(Refusal):
    """The act needs the PIN and came without. Not stored: it can be typed and tried again."""

    stored = False


@dataclass(eq=False)
class PinTooSimple(Refusal):
    """The PIN is one that a thief would try first."""


@dataclass(eq=False)
class PinLocked(Refusal):
    """Too many wrong PINs. `until` is in microseconds."""

    until: int


@dataclass(eq=False)
class PinWrong(Refusal):
    """The PIN was wrong; `left` attempts remain."""

    left: int


@dataclass(eq=False)
class CodeUsed(Refusal):
    """A one-time code that was used before, is older than one that was, or has been given up."""


@dataclass(eq=False)
class PinChanged(Refusal):
    """The PIN was changed while this one was being checked."""
