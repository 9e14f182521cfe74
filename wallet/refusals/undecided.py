"""What is refused before anything is decided, whatever was asked: nothing is stored."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class Busy(Refusal):
    """The queue is full or the database keeps failing; nothing was decided."""

    stored = False


@dataclass(eq=False)
class DeadlinePassed(Refusal):
    """The operation waited longer than its caller allowed; nothing was decided."""

    stored = False


@dataclass(eq=False)
class Maintenance(Refusal):
    """Money rests for maintenance. `until` is in microseconds, 0 when not known."""

    until: int = 0
    stored = False


@dataclass(eq=False)
class ReadOnly(Refusal):
    """Money is read-only because an invariant broke or an operator said so."""

    stored = False
