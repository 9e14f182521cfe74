"""Columns as PostgreSQL takes arrays: each written down as one text.

asyncpg asks two abstract classes about every element of an array, which takes several times as long as writing the
element down; the server reads either way about as fast.

Guards: an element stays one element, whatever stands in it.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

from sqlalchemy import Integer, LargeBinary, Text
from sqlalchemy.types import TypeEngine

from wallet.plain import compact

Written: TypeAlias = Callable[[Any], str]


def numbers(column: Iterable[int]) -> str:
    """`{1,2}`."""
    return f"{{{compact(tuple(column))[1:-1]}}}"


def texts(column: Iterable[str]) -> str:
    """`{"a","b"}`. No text that a database may hold has U+0000 in it, so by that the elements are told apart while
    all of them are quoted at once; one that has it all the same makes a column too long, which is refused."""
    quoted = "\0".join(column).replace("\\", r"\\").replace('"', r"\"").replace("\0", '","')
    return f'{{"{quoted}"}}'


def binaries(column: Iterable[bytes]) -> str:
    r"""`{"\\x00","\\xff"}`."""
    return '{"\\\\x' + '","\\\\x'.join(map(bytes.hex, column)) + '"}'


_WAYS: Final[tuple[tuple[type[TypeEngine[Any]], Written], ...]] = (
    (Integer, numbers), (Text, texts), (LargeBinary, binaries))


def way_of(column: TypeEngine[Any]) -> Written:
    """How a column of this type is written."""
    return next(way for kind, way in _WAYS if isinstance(column, kind))
