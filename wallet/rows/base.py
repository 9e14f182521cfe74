"""What every row is: its columns, its key, and what may be done with it."""
from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any, ClassVar, Self, TypeAlias

Key: TypeAlias = "tuple[type[Row], Any]"
"""Names one row: its class, and its primary key's value (a tuple where the key has several columns)."""


class Row:
    """Base of all rows."""

    __slots__ = ()

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    """The primary key's columns."""
    ROOT: ClassVar[bool] = False
    """Whether reading it in a command locks it. Everything else is guarded by the lock of its root."""
    FINAL: ClassVar[bool] = False
    """Never changed after it was written; enters the journal's hash."""
    ONCE: ClassVar[bool] = False
    """Written by one operation and not looked for before it is committed, as all that is FINAL."""
    VALUES: ClassVar[attrgetter[tuple[Any, ...]]]
    """Takes all values of a row, in the order of the columns: for many rows at half of what calling `values` costs."""
    NAMED: ClassVar[attrgetter[tuple[Any, ...]]]
    """The same behind the name of the class."""
    _columns: ClassVar[tuple[str, ...]]
    _pk: ClassVar[attrgetter[Any]]

    @classmethod
    def prepare(cls) -> None:
        """Look up the fields once; called for every class where all of them come together."""
        assert cls.ONCE or not cls.FINAL
        cls._columns = names = tuple(field.name for field in fields(cls))  # type: ignore[arg-type]
        assert names[:len(cls.KEY)] == cls.KEY, "a row's key comes first"
        cls.VALUES = attrgetter(*names)
        cls.NAMED = attrgetter("__class__.__name__", *names)
        cls._pk = attrgetter(*cls.KEY)

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The columns in their order."""
        return cls._columns

    def values(self) -> tuple[Any, ...]:
        """All values, in the order of the columns."""
        return self.VALUES(self)

    def pk(self) -> Any:
        """The primary key's value."""
        return self._pk(self)

    def copy(self) -> Self:
        """A row with the same values."""
        return type(self)(*self.VALUES(self))
