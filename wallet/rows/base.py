"""What every row is: its columns, its key, and what may be done with it."""
from __future__ import annotations

from operator import attrgetter
from typing import Any, ClassVar, Self, TypeAlias

from msgspec import Struct
from msgspec.structs import astuple, replace

Key: TypeAlias = "tuple[type[Row], Any]"
"""Names one row: its class, and its primary key's value (a tuple where the key has several columns)."""


class Row(Struct, gc=False):
    """Base of all rows. They are made, copied and taken apart by the dozen for every payment, which a `Struct` does in
    C; and the collector has nothing to look for in them, since their values are plain."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    """The primary key's columns."""
    ROOT: ClassVar[bool] = False
    """Whether reading it in a command locks it. Everything else is guarded by the lock of its root."""
    FINAL: ClassVar[bool] = False
    """Never changed after it was written; enters the journal's hash."""
    ONCE: ClassVar[bool] = False
    """Written by one operation and not looked for before it is committed, as all that is FINAL."""
    _pk: ClassVar[attrgetter[Any]]

    @classmethod
    def prepare(cls) -> None:
        """Look up the key once; called for every class where all of them come together."""
        assert cls.ONCE or not cls.FINAL
        assert cls.columns()[:len(cls.KEY)] == cls.KEY, "a row's key comes first"
        cls._pk = attrgetter(*cls.KEY)

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The columns in their order."""
        return cls.__struct_fields__

    def values(self) -> tuple[Any, ...]:
        """All values, in the order of the columns."""
        return astuple(self)

    def pk(self) -> Any:
        """The primary key's value."""
        return self._pk(self)

    def copy(self) -> Self:
        """A row with the same values."""
        return replace(self)
