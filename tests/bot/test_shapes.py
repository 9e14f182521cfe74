"""What another release kept counts as nothing; what this one kept is found again."""

from __future__ import annotations

import pytest

from bot.shapes import SHAPE, OfThisRelease
from handlers.chat.resuming import keep, kept_for, what_was_asked
from tests.handlers.chat.world import FakeDialogs

BOB = 7


async def test_what_this_release_kept_is_found_as_it_was() -> None:
    dialogs = OfThisRelease(FakeDialogs())
    await dialogs.put(BOB, {"kind": "send", "step": "amount"})
    assert await dialogs.get(BOB) == {"kind": "send", "step": "amount"}
    await dialogs.drop(BOB)
    assert await dialogs.get(BOB) is None


@pytest.mark.parametrize("stamp", [{}, {"shape": "another"}])
async def test_what_another_release_kept_counts_as_nothing(stamp: dict[str, str]) -> None:
    kept = FakeDialogs()
    await kept.put(-BOB, {"kind": "payload", "a field of long ago": 1, **stamp})
    assert await kept_for(OfThisRelease(kept), BOB) is None
    await keep(OfThisRelease(kept), BOB, what_was_asked(None, "claim_abc"))
    found = await kept_for(OfThisRelease(kept), BOB)
    assert found is not None
    assert found.payload == "claim_abc"


def test_the_shape_is_no_longer_than_a_dialog_has_room_for() -> None:
    assert len(SHAPE) == 8
