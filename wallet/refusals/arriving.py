"""What the way in itself refuses, before the wallet is asked: where, how and about whom something was said."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class NotInGroup(Refusal):
    """The asker and the bot are not both in the group that was picked."""


@dataclass(eq=False)
class PersonUnknown(Refusal):
    """The user name was not seen lately, so nobody knows which number stands behind it."""

    name: str


@dataclass(eq=False)
class NumbersByThemselves(Refusal):
    """Phone numbers were named beside people, which would tell whether a number is theirs."""


@dataclass(eq=False)
class TooManyNumbers(Refusal):
    """Somebody asked for more phone numbers in a day than anybody pays. Not stored: tomorrow is another day."""

    most: int
    stored = False


@dataclass(eq=False)
class ReceiverIsNotAPerson(Refusal):
    """Bots, channels and anonymous administrators cannot be paid."""


@dataclass(eq=False)
class MessageTooOld(Refusal):
    """A money command that waited too long to be sure that it is still wanted."""


@dataclass(eq=False)
class MessageEdited(Refusal):
    """An edited money command moves nothing."""


@dataclass(eq=False)
class MessageForwarded(Refusal):
    """A forwarded money command moves nothing."""


@dataclass(eq=False)
class SenderIsNotAPerson(Refusal):
    """Anonymous administrators and channels have no wallet."""


@dataclass(eq=False)
class ButtonStale(Refusal):
    """The button belongs to something that is over or cannot be read any more."""


@dataclass(eq=False)
class PrivateOnly(Refusal):
    """The command works in the private chat only."""


@dataclass(eq=False)
class GroupOnly(Refusal):
    """The command works in groups only."""


@dataclass(eq=False)
class NotAnAdministrator(Refusal):
    """Only those who administer the group may do this."""


@dataclass(eq=False)
class FeatureOff(Refusal):
    """The administrators of this group have switched off what this belongs to."""

    feature: str


@dataclass(eq=False)
class LevelNeeded(Refusal):
    """The command is for members of a higher identity level."""

    level: int
