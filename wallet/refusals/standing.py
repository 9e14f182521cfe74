"""What is refused for who somebody is: whether they may do it at all."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class NotAMember(Refusal):
    """Whoever asks has no open wallet yet. Not stored: they may join and ask again."""

    stored = False


@dataclass(eq=False)
class AgreementsNeeded(Refusal):
    """Documents in force have to be accepted first. Not stored: they may accept and ask again."""

    documents: tuple[str, ...]
    stored = False


@dataclass(eq=False)
class AccountBanned(Refusal):
    """The member is banned: nothing goes out, and nothing comes in but what was theirs; until in microseconds or 0."""

    until: int = 0


@dataclass(eq=False)
class AccountFrozen(Refusal):
    """The member is frozen: nothing goes out, and they take nothing; until in microseconds or 0."""

    until: int = 0


@dataclass(eq=False)
class AccountDormant(Refusal):
    """The member's wallet sleeps, for it was not used for long. Not stored: they may wake it and ask again."""

    stored = False


@dataclass(eq=False)
class AnotherNumber(Refusal):
    """The phone number is not the one that the wallet was opened with. Not stored: they may share the right one."""

    stored = False


@dataclass(eq=False)
class DirectionRestricted(Refusal):
    """The member may not do this for now: "sending", "receiving" or "envelopes"; until in microseconds or 0."""

    direction: str
    until: int = 0
