"""What is said where a rule looked twice at a payment."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import _
from wallet import refusals

SAID: Final[Sentences] = dict((
    entry(refusals.StoppedForSafety, 403, lambda _r: _(
        "Our safety check stopped this payment. No money moved, and the operators were told. If it was you and all is "
        "well, try later, or write to us with /support.")),
    entry(refusals.HoldChecked, 409, lambda _r: _(
        "The operators are looking at this payment. No money moved: it stays set aside. It goes on or comes back once "
        "they have decided, within 3 days; /support reaches them.")),
))
