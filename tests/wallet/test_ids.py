"""Codes: every number has one, every slip is found."""
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wallet import ids

NUMBERS = st.integers(0, 31**8 - 1)
PLACES = st.integers(0, ids.CODE_LENGTH - 1)


@given(NUMBERS)
def test_a_code_is_a_number_written_in_another_way(number: int) -> None:
    assert ids.from_code(ids.code(number)) == number


@given(NUMBERS, PLACES, st.sampled_from(ids.ALPHABET))
def test_a_single_wrong_sign_is_found(number: int, place: int, sign: str) -> None:
    code = ids.code(number)
    wrong = code[:place] + sign + code[place + 1:]
    assert wrong == code or ids.from_code(wrong) is None


@given(NUMBERS, PLACES, PLACES)
def test_two_swapped_signs_are_found(number: int, one: int, other: int) -> None:
    signs = list(ids.code(number))
    signs[one], signs[other] = signs[other], signs[one]
    wrong = "".join(signs)
    assert wrong == ids.code(number) or ids.from_code(wrong) is None


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_none(text: str) -> None:
    number = ids.from_code(text)
    assert number is None or ids.from_code(ids.code(number)) == number


def test_case_blanks_and_dashes_are_forgiven() -> None:
    code = ids.code(12_345)
    assert ids.from_code(f" {code[:4].lower()}-{code[4:]} ") == 12_345


def test_neighbours_do_not_look_alike() -> None:
    one, other = ids.code(64), ids.code(128)
    assert sum(a != b for a, b in zip(one, other, strict=True)) >= 6


def test_an_account_tells_its_owner_and_kind() -> None:
    account = ids.account(ids.number(7, 3), 1)
    assert (ids.owner_of(account), ids.kind_of(account), ids.owner_of(account) % ids.LANES) == (7 * 64 + 3, 1, 3)
