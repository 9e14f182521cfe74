"""The event loop on which the process runs: uvloop, where there is one.

Guards: whoever starts the process, also to measure it or to kill it, starts it here; nothing in it knows which loop it
is.
"""
from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import TypeVar

if sys.platform == "win32":
    from asyncio import new_event_loop
else:
    from uvloop import new_event_loop

T = TypeVar("T")


def run(work: Coroutine[object, object, T]) -> T:
    """As `asyncio.run`, on the product's loop."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)
