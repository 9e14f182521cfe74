"""What is refused around an e-mail address, and a PIN that was forgotten."""
from __future__ import annotations

from dataclasses import dataclass

from wallet.refusals.base import Refusal


@dataclass(eq=False)
class AddressInvalid(Refusal):
    """What was typed is no e-mail address."""


@dataclass(eq=False)
class EmailMissing(Refusal):
    """No e-mail address is bound to the wallet."""


@dataclass(eq=False)
class TooManyMails(Refusal):
    """So many mails were sent to the member today."""

    most: int


@dataclass(eq=False)
class MailCodeWrong(Refusal):
    """It is not the code that was sent; this many tries are left."""

    left: int


@dataclass(eq=False)
class MailCodeOver(Refusal):
    """There is no code to be typed: none was sent, or it was used, is too old or was typed wrong too often."""


@dataclass(eq=False)
class ResetOver(Refusal):
    """No forgotten PIN waits for another one."""


@dataclass(eq=False)
class ResetWaits(Refusal):
    """It may be chosen later. Not stored: then it may be."""

    until: int
    stored = False


@dataclass(eq=False)
class TheyHaveNoPin(Refusal):
    """Somebody's PIN was to be replaced who has none."""


@dataclass(eq=False)
class TheyGaveNoIdentity(Refusal):
    """Somebody's name and number were to be taken off who gave none, or has others by now."""


@dataclass(eq=False)
class IdentityInUse(Refusal):
    """The same while something rests on them that is not over."""

    by: str
    """What does: open `documents` or an application of a `company`, a `hit` of the screening list that nobody decided,
    or a standing `order` of a court."""


@dataclass(eq=False)
class MoveUnmatched(Refusal):
    """Nothing that may be asked for is found by these two numbers."""


@dataclass(eq=False)
class MoveOver(Refusal):
    """Nobody asks for the wallet any more, or it was decided."""


@dataclass(eq=False)
class MoveTooEarly(Refusal):
    """The old account may still say no. Not stored: later it may be decided."""

    until: int
    stored = False


@dataclass(eq=False)
class WalletMoving(Refusal):
    """Somebody asks for the wallet from another Telegram account, and nothing goes out until that is decided."""
