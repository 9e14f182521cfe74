"""What minors and their guardians are told, and the operators of them."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class GuardianAnswered(Event):
    """To a minor: somebody whom they asked answers for them from now on, or does not want to."""

    URGENT: ClassVar[bool] = True
    guardian: int
    accepted: bool
    joining: bool
    """Whether their wallet is not open yet."""


@frozen()
class WardRulesChanged(Event):
    """To a minor: what their guardian allows has changed."""

    URGENT: ClassVar[bool] = True
    what: str
    """One of `wallet.family.CAPS`, or `STOPPED`."""
    value: int
    """Minor units, 0 for none; of `STOPPED` 1 or 0."""


@frozen()
class GuardianLeft(Event):
    """To the other one of the two: a guardian no longer answers for a minor."""

    URGENT: ClassVar[bool] = True
    ward: int
    guardian: int
    by_guardian: bool
    """Whether the guardian said so, and the minor is told; else the other way round."""


@frozen()
class GuardianStands(Event):
    """To a minor: their guardian's own wallet is stopped or asleep, so nothing goes out of theirs; or it is in order
    again."""

    URGENT: ClassVar[bool] = True
    guardian: int
    away: bool


@frozen()
class FoundUnderAge(Event):
    """To a member: by the ID number that they gave they are under 18, and nobody answers for them."""

    URGENT: ClassVar[bool] = True
    free_on: int
    """The number of the day on which they are of age."""


@frozen()
class MinorFound(Event):
    """To the operators: a member who had said that they are an adult gave the ID number of somebody under 18."""

    URGENT: ClassVar[bool] = True
    member: int
    role: str
    """What they were among the operators until then, or ""."""


@frozen()
class AgeShown(Event):
    """To whoever answers for a minor, and to the operators: by the ID number that the minor gave, they are of age."""

    URGENT: ClassVar[bool] = True
    ward: int
    free_on: int
    """The number of the day from which nobody answers for them."""


@frozen()
class CameOfAge(Event):
    """To whoever was a minor, and to whoever answered for them: nobody does any more."""

    URGENT: ClassVar[bool] = True
    ward: int
    to_ward: bool
