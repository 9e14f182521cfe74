"""What the clock comes for when its time is over.

Guards: the clock ends nothing before its time and nothing twice, whoever else has ended it meanwhile.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from wallet.books import Books
from wallet.refusals import Refusal
from wallet.rows import Request, Split

T = TypeVar("T", Request, Split)


def run_out(books: Books, kind: type[T], number: int, unknown: type[Refusal], over: Callable[[str], Refusal],
            early: type[Refusal]) -> T:
    """What is still open although its time is over. Refuses what is not there, what has ended, and what is not due."""
    found = books.find(kind, number)
    if found is None:
        raise unknown
    if found.state != "open":
        raise over(found.state)
    if books.now < found.expires_at:
        raise early
    return found
