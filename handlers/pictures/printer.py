"""Statements on paper, ready to be sent.

Guards: whoever wants a document waits for documents only: they take seconds, and no cover of an envelope waits for one.
"""
from __future__ import annotations

import asyncio

from handlers.pictures.easel import Easel
from handlers.pictures.paper import Paper, packed


class Printer:
    """Prints statements."""

    def __init__(self, easel: Easel) -> None:
        """On an easel that knows how (`easel.PAGES`)."""
        self._easel = easel

    async def printed(self, paper: Paper) -> bytes:
        """The document as PDF. Raises `NotDrawn`."""
        return await self._easel.made_of(await asyncio.to_thread(packed, paper))
