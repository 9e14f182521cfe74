"""What operators publish, in every process: each looks every few seconds, and at once where it was signed.

Guards: a process never goes on beside a published text that it has not, or has in other words: it says which file that
is and ends. A significant version is published days ahead, so a few seconds make nobody's money pass a gate too long.
"""
from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from handlers.legal import Library
from storage.database import Database
from storage.documents import TextChanged, published
from wallet.agreements import Terms
from wallet.commands import Command
from wallet.proposals import Sign

EVERY: Final = 5
"""Seconds from look to look."""

log = structlog.get_logger(__name__)


class Publications:
    """Keeps the library and the terms at what is published."""

    def __init__(self, database: Database, library: Library, terms: Terms) -> None:
        self._database = database
        self._library = library
        self._terms = terms
        self._woken = asyncio.Event()

    def heed(self, command: Command) -> None:
        """Something was signed here: look at once."""
        if isinstance(command, Sign):
            self._woken.set()

    async def watch(self) -> None:
        """Look again and again, until cancelled. Raises `TextChanged`."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), EVERY)
            self._woken.clear()
            try:
                await self.look()
            except (SQLAlchemyError, ConnectionError) as error:  # The next look may find the database there.
                log.warning("what is published can't be read", error=repr(error))

    async def look(self) -> None:
        """Take over what was published since the last look. Raises `TextChanged`."""
        for name, version, hashes in await published(self._database):
            if self._library.find(name, version) is not None:
                continue
            document = self._library.find(name, version, waiting=True)
            ours = {language: text.sha256 for language, text in document.texts.items()} if document else {}
            if ours != hashes:
                raise TextChanged(f"{name} {version} was published by the operators, and this process has "
                                  f"{'other words for' if ours else 'no file of'} it.",
                                  "Bring the files under locales/legal to what was published, and start it again.")
            self._library.publish(name, version)
            self._terms.publish(name, version)
            log.info("a new version of an agreement is published", document=name, version=version)
