"""The text of plain values: what is stored, and what the journal's hashes stand on.

Guards: the bytes are those of plain JSON without blanks, whichever library writes them, so every hash that was ever
made can be computed again.
"""
from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from wallet.movements import AccountKind
from wallet.plain import canonical, compact

VALUES = st.integers(-2**62, 2**62) | st.text(st.characters(codec="utf-8")) | st.booleans() | st.binary()
ROWS = st.lists(st.lists(VALUES, max_size=6).map(tuple), max_size=6)


@given(ROWS)
def test_canonical_text_is_json_without_blanks_with_bytes_as_hex(rows: list[tuple[object, ...]]) -> None:
    assert canonical(rows) == json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=bytes.hex).encode()


@given(ROWS)
def test_stored_text_says_the_same_values(rows: list[tuple[object, ...]]) -> None:
    plain = [[value for value in row if not isinstance(value, bytes)] for row in rows]
    assert json.loads(compact(plain)) == plain


def test_a_named_number_is_written_as_its_number() -> None:
    assert compact([AccountKind.FEES]) == "[9]"
