"""How an envelope is divided: exactly, alike for every place, and so that anybody can compute it again."""
from __future__ import annotations

import hashlib
from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.shares import draw, fingerprint, listed, read

SHARES = (763, 3397, 1018, 1173, 3649)


def seed(number: int) -> str:
    return f"{number:064x}"


@given(st.data())
def test_the_shares_are_the_amount_and_none_is_empty(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 300))
    amount = data.draw(st.integers(count, 50_000 * count))
    shares = draw(seed(data.draw(st.integers(0, 2**200))), amount, count)
    assert (len(shares), sum(shares)) == (count, amount)
    assert min(shares) >= 1


@pytest.mark.parametrize(("amount", "count", "shares"), [(1, 1, (1,)), (7, 1, (7,)), (3, 3, (1, 1, 1))])
def test_where_there_is_no_choice_nothing_is_left_to_chance(amount: int, count: int, shares: tuple[int, ...]) -> None:
    assert {draw(seed(number), amount, count) for number in range(50)} == {shares}


def test_the_same_seed_divides_alike_and_another_differently() -> None:
    assert draw(seed(1), 10_000, 10) == draw(seed(1), 10_000, 10)
    assert len({draw(seed(number), 10_000, 10) for number in range(200)}) == 200


def test_how_a_seed_divides_never_changes() -> None:
    """What was shown of an envelope is computed again years later."""
    assert draw(seed(2026), 10_000, 5) == SHARES
    assert fingerprint(seed(2026), SHARES) == hashlib.sha256(f"{seed(2026)}:{listed(SHARES)}".encode()).hexdigest()


def test_shares_are_read_as_they_were_written() -> None:
    assert read(listed(SHARES)) == SHARES


def test_every_place_can_expect_the_same_and_as_wide_a_spread() -> None:
    """Drawn in order the first of ten would have a spread of 577 and the last one of 770; shuffled all are alike."""
    rounds, count = 200_000, 10
    sums, squares = [0] * count, [0] * count
    for number in range(rounds):
        for place, share in enumerate(draw(seed(number), 1_000 * count, count)):
            sums[place] += share
            squares[place] += share * share
    means = [total / rounds for total in sums]
    spreads = [sqrt(total / rounds - mean * mean) for total, mean in zip(squares, means, strict=True)]
    # Five standard errors: of a mean of so many with a spread of 650, and of the spread.
    assert all(abs(mean - 1_000) < 7.5 for mean in means), means
    assert max(spreads) - min(spreads) < 10, spreads
    assert 640 < min(spreads) < max(spreads) < 660


def test_what_one_place_gets_says_nothing_about_the_order_of_the_next() -> None:
    rounds = 4_000
    rising = sum(first < second for number in range(rounds) for first, second in pairwise(draw(seed(number), 5_000, 4)))
    assert abs(rising - rounds * 3 // 2) < 250
