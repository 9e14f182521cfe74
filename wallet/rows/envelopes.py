"""Red envelopes: how each was divided, who took what, and what is kept for whom."""
from __future__ import annotations

from typing import ClassVar, Final

from wallet.rows.base import Row

LUCKY: Final = "lucky"
"""An envelope whose shares are drawn by chance."""
EQUAL: Final = "equal"
"""One whose shares are all the same."""


class Envelope(Row):
    """A red envelope: what went into it, and what became of that. The root of its account, its shares and its draw."""

    ROOT: ClassVar[bool] = True

    id: int
    member: int
    """Who made it."""
    kind: str
    """`LUCKY` or `EQUAL`."""
    amount: int
    shares: int
    """How many there are."""
    opened: int
    """How many of them were opened."""
    given: int
    """What these came to."""
    returned: int
    """What went back to its maker."""
    state: str
    """"open", "emptied" or "expired"."""
    transfer: int
    """The transfer that filled it; its code is what people quote, its note the greeting."""
    expires_at: int
    ended_at: int
    ended_by: int
    """The transfer by which the rest went back, or 0."""
    chat: int
    """The group that may open it; 0 where its card was sent through us, into whatever chat."""
    message: int
    """Its card there, or 0."""
    beneficiary: int
    """Who alone may open it, by Telegram id; 0 for everybody."""
    word: str
    """What one has to say to open it, as it is shown; "" for nothing."""
    kept: int
    """How many shares are kept for people who have yet to join."""
    card: str
    """What Telegram calls a card that was sent through us, "" for one in a group: only under it this is opened."""
    theme: str
    """What its cover is for, as its maker chose; "" where they chose nothing."""
    counted_on: int
    """The day on which it was counted among what its maker paid."""


class Drawn(Row):
    """How an envelope was divided, written down before anything of it was opened."""

    KEY: ClassVar[tuple[str, ...]] = ("envelope",)
    FINAL: ClassVar[bool] = True
    ONCE: ClassVar[bool] = True

    envelope: int
    seed: str
    """Known to nobody until the envelope has ended."""
    shares: str
    """All of them in the order in which they are opened (see `wallet.shares`)."""
    lane: int
    seq: int


class Share(Row):
    """What somebody took out of an envelope, which they can do once."""

    KEY: ClassVar[tuple[str, ...]] = ("envelope", "member")

    envelope: int
    member: int
    number: int
    """Its place in the order of opening, from 1."""
    amount: int
    transfer: int


class KeptShare(Row):
    """That a share of an envelope is kept for somebody who has yet to join; which one is settled when it is opened."""

    KEY: ClassVar[tuple[str, ...]] = ("envelope", "person")

    envelope: int
    person: int
    """Their Telegram id."""
    until: int
    """When the clock returns it to the others."""
    state: str
    """"kept", "opened" or "returned"."""
