"""Numbers within an audit line's facts, as databases find them: functions of the text, so an index can keep them.

Guards: an operator is not taken for one whose number begins with the same digits.
"""
from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class named_by(FunctionElement[int]):
    """The number behind the first "by", of whoever did it; none where no number stands there."""

    type = BigInteger()
    inherit_cache = True
    name = "named_by"


class first_number(FunctionElement[int]):
    """The number with which the facts begin."""

    type = BigInteger()
    inherit_cache = True
    name = "first_number"


@compiles(named_by, "postgresql")
def _named_postgresql(element: named_by, compiler: SQLCompiler, **kw: Any) -> str:
    facts = compiler.process(element.clauses, **kw)
    return f"(substring(' ' || {facts} from ' by ([0-9]{{1,18}})')::bigint)"


@compiles(named_by, "sqlite")
def _named_sqlite(element: named_by, compiler: SQLCompiler, **kw: Any) -> str:
    facts = f"' ' || {compiler.process(element.clauses, **kw)}"
    return (f"CASE WHEN instr({facts}, ' by ') > 0 THEN CAST(substr({facts}, instr({facts}, ' by ') + 4) AS INTEGER) "
            "END")


@compiles(first_number, "postgresql")
def _first_postgresql(element: first_number, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(substring({compiler.process(element.clauses, **kw)} from '^[0-9]{{1,18}}')::bigint)"


@compiles(first_number, "sqlite")
def _first_sqlite(element: first_number, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kw)} AS INTEGER)"
