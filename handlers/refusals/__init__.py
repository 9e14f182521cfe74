"""What people are told when something is refused, and the HTTP status that says the same. One module per chapter, each
beside its chapter of `wallet.refusals`; and `unclear`, for what could not be read.

Guards: every refusal has a sentence in the reader's language that says what happened, whether money moved, and what
to do next; it fits into an alert of 200 characters. A test walks all classes, so none can be forgotten.
"""
from __future__ import annotations

from typing import Final

from handlers.refusals import (
    announcements,
    arriving,
    blocks,
    envelopes,
    family,
    identity,
    joining,
    legal_holds,
    limits,
    operators,
    paying,
    penalties,
    pin,
    proposals,
    publishing,
    recovery,
    requests,
    risk,
    schedules,
    splits,
    standing,
    tickets,
    undecided,
    vouchers,
    waiting,
    winding_down,
)
from handlers.refusals.table import Sentences
from handlers.refusals.unclear import about_amount, about_note, about_unclear
from handlers.texts import Text
from wallet.refusals import Refusal

__all__ = ["ALERT_MOST", "about_amount", "about_note", "about_unclear", "sentence", "status"]

ALERT_MOST: Final = 200
"""Telegram's bound for the answer to a button."""

_SAID: Final[Sentences] = {
    **undecided.SAID, **standing.SAID, **joining.SAID, **operators.SAID, **penalties.SAID, **pin.SAID, **paying.SAID,
    **limits.SAID, **waiting.SAID, **envelopes.SAID, **requests.SAID, **vouchers.SAID, **splits.SAID,
    **winding_down.SAID, **schedules.SAID, **tickets.SAID, **arriving.SAID, **blocks.SAID, **proposals.SAID,
    **announcements.SAID, **publishing.SAID, **legal_holds.SAID,
    **identity.SAID, **recovery.SAID, **risk.SAID, **family.SAID}


def sentence(refusal: Refusal) -> Text:
    """What a person reads about a refusal."""
    return _SAID[type(refusal)][1](refusal)


def status(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return _SAID[type(refusal)][0]
