"""What operators sign: proposals, and the corrections that came of them."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Proposal(Row):
    """What one operator signed and a second one has to. A root, because several may answer it at once."""

    ROOT: ClassVar[bool] = True

    id: int
    deed: str
    """What is to be done, as `wallet.proposals.Deed.text` writes it."""
    member: int
    """Whom it is about, 0 for nobody in particular."""
    maker: int
    """The Telegram id of whoever proposed it."""
    checker: int
    """The same of whoever approved or rejected it; 0 while it is open, and where the clock ended it."""
    state: str
    """"open", "approved", "rejected" or "expired"."""
    made_at: int
    expires_at: int
    ended_at: int
    why: str
    """With which words it was rejected, or ""."""


class Adjustment(Row):
    """A correction of a member's balance: which movement it is, on whose word it was made, and what it corrects."""

    KEY: ClassVar[tuple[str, ...]] = ("transfer",)
    ONCE: ClassVar[bool] = True

    transfer: int
    proposal: int
    receipt: int
    """The transfer that it corrects, or 0."""
