"""What every event is: facts, and nothing else."""
from __future__ import annotations

from typing import ClassVar

from wallet.plain import compact, frozen, values


@frozen()
class Event:
    """Base of all events. Fields are plain facts: numbers, texts, booleans."""

    URGENT: ClassVar[bool] = False
    """Security and money come before the rest when Telegram's pace is short."""

    def facts(self) -> str:
        """The facts as JSON, in the order of the fields."""
        return compact(values(self))
