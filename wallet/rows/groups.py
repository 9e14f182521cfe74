"""What holds in a group."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class GroupRules(Row):
    """What a group's administrators chose for it; a group without a row has the deployment's own rules."""

    KEY: ClassVar[tuple[str, ...]] = ("chat",)
    ROOT: ClassVar[bool] = True

    chat: int
    off: str
    """The features that don't work there, in alphabetical order between commas."""
    average: int
    """The most that a share of an envelope may be on average, or 0 for the deployment's own bound."""
    shares: int
    """The most shares that an envelope may have, or 0."""
    question: int
    """Where whoever opens a share has to answer a question: 1 in words, 2 drawn; else 0."""
    delay: int
    """How many minutes a new account waits before it opens a share."""
    tidy: int
    """After how many hours what has done its service is cleared away, or 0."""
