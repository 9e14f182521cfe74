"""What operators tell many people at once."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Announcement(Row):
    """What is on its way to many. A root, because the clock goes on with it while an operator may stop it."""

    ROOT: ClassVar[bool] = True

    id: int
    kind: str
    """"news" or "incident"."""
    audience: str
    """"members", "groups" or "named"."""
    named: str
    """The members who are meant where they are named, as JSON in the order of their numbers; else ""."""
    english: str
    """What it says, part by part, as JSON; "" where it is said in the other language only."""
    chinese: str
    state: str
    """"open" while it goes out, then "done", or "stopped" by an operator."""
    operator: int
    """The Telegram id of whoever announced it."""
    after: int
    """The member or group that was told last: in the order of their numbers all up to this one were told."""
    told: int
    """How many that is."""
    at: int
    ended_at: int
