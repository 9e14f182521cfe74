"""What penalties in force together say."""
from __future__ import annotations

import pytest

from wallet.standing import BANNED, FROZEN, InForce, Restriction, Summary, found, read, summary, written

NOW = 1_000


@pytest.mark.parametrize(("items", "said"), [
    ((), Summary("", 0, 0)),
    ((InForce("sending", 0, 1),), Summary("", Restriction.SENDING, 0)),
    ((InForce("sending", 2_000, 1), InForce("envelopes", 3_000, 2)),
     Summary("", Restriction.SENDING | Restriction.ENVELOPES, 3_000)),
    ((InForce("sending", 2_000, 1), InForce("receiving", 0, 2)),
     Summary("", Restriction.SENDING | Restriction.RECEIVING, 0)),
    ((InForce(FROZEN, 0, 1), InForce(BANNED, 2_000, 2)), Summary(BANNED, 0, 0)),
    ((InForce(FROZEN, 0, 1), InForce(BANNED, NOW, 2)), Summary(FROZEN, 0, 0)),
    ((InForce(BANNED, NOW, 1), InForce("sending", NOW - 1, 2)), Summary("", 0, 0)),
    ((InForce(FROZEN, NOW + 1, 1), InForce("sending", 0, 2)), Summary(FROZEN, Restriction.SENDING, 0)),
])
def test_the_gravest_says_what_the_wallet_is_and_what_has_run_out_says_nothing(items: tuple[InForce, ...],
                                                                               said: Summary) -> None:
    assert summary(items, NOW) == said
    assert summary(reversed(items), NOW) == said
    assert summary(read(written(items)), NOW) == said


def test_what_is_written_is_read_again_the_gravest_first() -> None:
    items = (InForce("sending", 5, 64), InForce(BANNED, 0, 128))
    assert read(written(items)) == (InForce(BANNED, 0, 128), InForce("sending", 5, 64))
    assert (written(()), read("")) == ("", ())


def test_what_is_over_is_not_found() -> None:
    text = written((InForce(FROZEN, NOW, 1), InForce("sending", 0, 2)))
    assert found(text, FROZEN, NOW - 1) == InForce(FROZEN, NOW, 1)
    assert found(text, FROZEN, NOW) is None
    assert found(text, BANNED, NOW) is None
    assert found(text, "sending", 2**60) == InForce("sending", 0, 2)


def test_of_each_sort_one_is_in_force() -> None:
    with pytest.raises(AssertionError):
        written((InForce("sending", 0, 1), InForce("sending", 5, 2)))
