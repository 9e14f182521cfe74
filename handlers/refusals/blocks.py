"""What is said where somebody is blocked, and of blocking."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import _
from wallet import refusals

SAID: Final[Sentences] = dict((
    entry(refusals.CannotBeAsked, 409, lambda _r: _(
        "Somebody you named can't be asked for money at the moment. Nobody was asked, and no money moved. Name others, "
        "or talk to them first.")),
    entry(refusals.BlocksOneself, 422, lambda _r: _(
        "That is yourself. Nobody was blocked, and no money moved. Please name somebody else.")),
    entry(refusals.TooManyBlocked, 409, lambda r: _(
        "You block {most} people, and that is the most. Nobody else was blocked, and no money moved. Unblock somebody "
        "in /block first.", most=r.most)),
))
