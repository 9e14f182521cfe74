"""What is refused while somebody joins, or chooses a setting."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class ContactNotYours(Refusal):
    """A contact of somebody else, or one typed by hand, was shared."""


@dataclass(eq=False)
class PhoneTaken(Refusal):
    """The phone number belongs to another wallet."""


@dataclass(eq=False)
class PhoneInvalid(Refusal):
    """The shared contact has no valid phone number."""


@dataclass(eq=False)
class JoiningOutOfOrder(Refusal):
    """A joining step came before the one it stands on; `step` is where the person is."""

    step: str


@dataclass(eq=False)
class DocumentChanged(Refusal):
    """The version that was shown is no longer the one in force."""

    document: str


@dataclass(eq=False)
class NicknameRefused(Refusal):
    """The nickname can't be kept; `reason` is a `text.TextReason`, the bounds are in characters."""

    reason: str
    least: int
    longest: int


@dataclass(eq=False)
class NicknameSpent(Refusal):
    """The nickname was changed before, and that is possible once."""


@dataclass(eq=False)
class SettingOutOfRange(Refusal):
    """A setting was given a value that it can't have; both ends are included."""

    lowest: int
    highest: int


@dataclass(eq=False)
class QQWrong(Refusal):
    """What was typed is no QQ number; the bounds are in digits."""

    least: int
    longest: int


@dataclass(eq=False)
class QQMissing(Refusal):
    """There is no QQ number to take away."""
