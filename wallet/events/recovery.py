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
