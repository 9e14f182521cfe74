"""Anchors go to a channel, where whoever rules over database and disk can't take them back.

Guards: at most one an hour, and none where nothing was written since; each is posted once.
"""
from __future__ import annotations

from storage.anchors import to_post
from storage.database import Database
from wallet.anchoring import PostAnchor
from wallet.engine import Engine


async def post_anchor(engine: Engine, database: Database, channel: int, now: int) -> bool:
    """Post the newest anchor if it is time; whether it was. `now` in microseconds."""
    anchor = await to_post(database, now)
    if anchor is None:
        return False
    await engine.run(PostAnchor(key=f"anchor:{anchor.id}:posted", channel=channel, anchor=anchor.id, at=anchor.at,
                                hash=anchor.hash.hex()), clock=True)
    return True
