"""The stored form of a payment PIN, and whether a PIN is the one behind it.

Guards: nobody who has only the database can try all PINs, and looking at one holds up no payment: it is done in a
thread that gives way, one at a time, and those who wait are bounded.
"""
from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from wallet import refusals
from wallet.vault import Vault

R = TypeVar("R")


class PinHasher(Protocol):
    """Makes and checks the stored form of a PIN."""

    async def hash(self, pin: str) -> str:
        """The form in which a PIN is stored."""

    async def verify(self, stored: str, pin: str) -> bool:
        """Whether it is this PIN."""


class Argon2Pins:
    """argon2id, a tenth of a second each, one at a time in a thread of its own.

    There are only a million PINs, so what is hashed is a digest keyed with the deployment's secret: whoever has only
    the database cannot try them. At most `MOST_WAITING` wait; everybody else hears `Busy`.
    """

    MOST_WAITING: Final = 100

    def __init__(self, vault: Vault, hasher: PasswordHasher | None = None) -> None:
        self._vault = vault
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=47_104, parallelism=1)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2", initializer=_give_way)
        self._waiting = 0

    async def hash(self, pin: str) -> str:
        """The form in which a PIN is stored."""
        return await self._run(lambda: self._hasher.hash(self._keyed(pin)))

    async def verify(self, stored: str, pin: str) -> bool:
        """Whether it is this PIN."""
        def look() -> bool:
            try:
                return self._hasher.verify(stored, self._keyed(pin))
            except VerifyMismatchError:
                return False

        return await self._run(look)

    def close(self) -> None:
        """Finish what is being looked at."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _keyed(self, pin: str) -> str:
        return self._vault.digest("pin", pin)

    async def _run(self, work: Callable[[], R]) -> R:
        if self._waiting >= self.MOST_WAITING:
            raise refusals.Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1


def _give_way() -> None:
    """Payments go first: where processors are short it is the hash that waits, not the loop. Only Linux knows threads
    of different importance, so elsewhere nothing is asked for."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
