"""Credit codes: what could have been given to a company, and nothing else."""
from __future__ import annotations

import pytest

from wallet.creditcodes import ALPHABET, CodeRefused, check_sign, read_code

GIVEN = "91350100M000100Y43"
"""The example that the standard itself gives."""


@pytest.mark.parametrize("typed", [
    GIVEN, GIVEN.lower(), " 9135 0100-M000100Y43 ", "９１３５０１００Ｍ０００１００Ｙ４３"])
def test_a_code_is_read_in_all_its_ways(typed: str) -> None:
    assert read_code(typed) == GIVEN


@pytest.mark.parametrize(("typed", "problem"), [
    (GIVEN[:17] + "4", "checksum"), ("91350100M000100Y3" + "4", "checksum"), (GIVEN[:17], "form"), ("", "form"),
    ("91350100I000100Y43", "form"), ("9135O100M000100Y43", "form"), ("9" * 4_000, "form"), (GIVEN + "1", "form"),
    ("٩١٣٥٠١٠٠M000100Y43", "form")])
def test_what_is_no_code_is_refused(typed: str, problem: str) -> None:
    with pytest.raises(CodeRefused, match=problem):
        read_code(typed)


def test_a_single_wrong_sign_and_two_that_changed_places_never_pass() -> None:
    for place in range(17):
        for other in set(ALPHABET) - {GIVEN[place]}:
            assert check_sign(GIVEN[:place] + other + GIVEN[place + 1:17]) != GIVEN[17]
        swapped = GIVEN[:place] + GIVEN[place + 1] + GIVEN[place] + GIVEN[place + 2:] if place < 16 else GIVEN
        if swapped != GIVEN:
            assert check_sign(swapped[:17]) != GIVEN[17]
