"""What members are told of the ways back in."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class EmailBound(Event):
    """To the member: an e-mail address is bound to the wallet from now on."""

    URGENT: ClassVar[bool] = True


@frozen()
class PinResetAsked(Event):
    """To the member: the PIN may be chosen anew without the old one from a moment on; `ready` is whether that came."""

    URGENT: ClassVar[bool] = True
    ready_at: int
    ready: bool


@frozen()
class IdentityReset(Event):
    """To the member: name and ID number were taken off the wallet, and may be given anew."""

    URGENT: ClassVar[bool] = True


@frozen()
class MoveAsked(Event):
    """To the member: somebody asks for the wallet from another account, and operators decide from a moment on."""

    URGENT: ClassVar[bool] = True
    ready_at: int


@frozen()
class MoveWaits(Event):
    """To the operators: somebody asks for a wallet, and from a moment on it can be decided."""

    member: int
    person: int
    ready_at: int


@frozen()
class MoveEnded(Event):
    """To both accounts: what became of it. "granted" is for the old one and "done" for the new one."""

    URGENT: ClassVar[bool] = True
    state: str
