"""What the columns of all tables are made of, on SQLite and on PostgreSQL alike.

Guards: no column is ever empty, and no number but a small one has less room than 63 bits.
"""
from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, LargeBinary, Text, text

Big = BigInteger().with_variant(Integer, "sqlite")

# Rows that are updated leave room on their page, so that an update need not touch the indexes.
UPDATED: Final[dict[str, Any]] = {"postgresql_with": {"fillfactor": "80"}}
# Tables whose key is not one number are stored by their key.
KEYED: Final[dict[str, Any]] = {"sqlite_with_rowid": False}


def big(name: str, **options: Any) -> Column[int]:
    return Column(name, Big, nullable=False, **options)


def key(name: str) -> Column[int]:
    return Column(name, Big, primary_key=True, autoincrement=False)


def words(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **options)


def data(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def one_of(name: str, *values: str) -> CheckConstraint:
    return CheckConstraint(f"{name} IN ({', '.join(repr(value) for value in values)})", name=name)


def where(condition: str) -> dict[str, Any]:
    """Which rows an index holds, on both databases."""
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}
