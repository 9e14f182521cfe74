"""Failing at an await of our own choice: raise, cancel or kill, just when a coroutine of ours begins to wait.

Guards: a place is a chain of awaits, from the outermost coroutine of ours to the innermost, so one `await` that is
reached in two ways counts twice, and what is met on the way of recovering from one failure can be the next one's place.
"""
from __future__ import annotations

import ast
import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Generator, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
WATCHED: Final = ("wallet/engine.py", "bot/inbox.py", "bot/outbox.py", "storage/inbox.py", "storage/outbox.py",
                  "storage/database.py", "storage/sqlite_store.py", "storage/postgres_store.py")
WAYS: Final = ("raise", "cancel", "kill")
Chain = str


class Injected(ConnectionError):
    """What fails on purpose: it looks like a lost connection."""


def awaits() -> dict[str, set[int]]:
    """The lines on which our modules await something."""
    found: dict[str, set[int]] = {}
    for name in WATCHED:
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        found[name] = {node.lineno for node in ast.walk(tree)
                       if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith)}
    return found


class Tracer:
    """Watches every task of a loop; `faults` happen in turn, each the first time that its chain is met."""

    def __init__(self, note: Callable[[str], None], faults: Sequence[tuple[Chain, str]] = ()) -> None:
        self._note = note
        self._faults = list(faults)
        self._met: set[Chain] = set()
        self._names = {str(ROOT / name): name for name in WATCHED}

    def install(self) -> None:
        """Watch every task that is made from now on."""
        def make(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Task[Any]:
            return asyncio.Task(_Driven(coro, self), loop=loop, **options)

        asyncio.get_running_loop().set_task_factory(make)

    def at(self, coro: Any) -> str:
        """How to fail where a coroutine has just begun to wait, or "" for not at all."""
        chain = self._chain(coro)
        if not chain:
            return ""
        if chain not in self._met:
            self._met.add(chain)
            self._note(f"met {chain}")
        if not self._faults or self._faults[0][0] != chain:
            return ""
        _, way = self._faults.pop(0)
        self._note(f"fault {way} {chain}")
        return way

    def _chain(self, coro: Any) -> Chain:
        """The lines of ours in which it waits, as text without blanks."""
        places = []
        while coro is not None:
            frame = getattr(coro, "cr_frame", None) or getattr(coro, "gi_frame", None)
            if frame is None:
                break
            name = self._names.get(frame.f_code.co_filename)
            if name:
                places.append(f"{name}:{frame.f_lineno}")
            coro = getattr(coro, "cr_await", None) or getattr(coro, "gi_yieldfrom", None)
        return ">".join(places)


class _Driven(Coroutine[Any, Any, Any]):
    """A coroutine that may fail whenever it waits."""

    def __init__(self, coro: Any, tracer: Tracer) -> None:
        self._coro = coro
        self._tracer = tracer
        self.__name__ = getattr(coro, "__name__", "coroutine")
        self.__qualname__ = getattr(coro, "__qualname__", "coroutine")

    def send(self, value: Any) -> Any:
        return self._waiting(self._coro.send(value))

    def throw(self, *error: Any) -> Any:
        return self._waiting(self._coro.throw(*error))

    def close(self) -> None:
        self._coro.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._coro.__await__()  # type: ignore[no-any-return]

    def _waiting(self, future: Any) -> Any:
        way = self._tracer.at(self._coro)
        if way == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif way == "cancel":
            task = asyncio.current_task()
            assert task is not None
            asyncio.get_running_loop().call_soon(task.cancel)
        elif way == "raise":
            if future is not None:
                future._asyncio_future_blocking = False  # Nobody is going to wait for it.
            return self._waiting(self._coro.throw(Injected("on purpose")))
        return future
