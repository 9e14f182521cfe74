"""What is said in groups is looked at for the words of envelopes, and costs nothing where there are none."""
from __future__ import annotations

from bot.directory import SILENT, Words
from tests.fakes.clock import FakeClock
from wallet.envelopes import PlaceEnvelope
from wallet.views import WordedView

GROUP = -1001
WORD = WordedView(7, "cheers", 5)


class Looks:
    """Counts who asks."""

    def __init__(self) -> None:
        self.found: tuple[WordedView, ...] = ()
        self.count = 0

    async def worded(self, chat: int, limit: int) -> tuple[WordedView, ...]:
        self.count += 1
        return self.found


async def test_a_group_without_a_word_costs_no_look_until_it_may_have_one() -> None:
    looks, clock = Looks(), FakeClock()
    words = Words(looks, clock)  # type: ignore[arg-type]
    assert [await words.worded(GROUP, 10) for _ in range(3)] == [(), (), ()]
    assert looks.count == 1
    # One was filled here: it is known at once.
    looks.found = (WORD,)
    words.forget(PlaceEnvelope(key="k", member=1, envelope=7, chat=GROUP, message=5))
    assert [await words.worded(GROUP, 10) for _ in range(2)] == [(WORD,), (WORD,)]
    # It is over; then another process fills one, which is known a moment later.
    looks.found = ()
    assert await words.worded(GROUP, 10) == ()
    looks.found = (WORD,)
    assert await words.worded(GROUP, 10) == ()
    await clock.advance(SILENT)
    assert await words.worded(GROUP, 10) == (WORD,)


async def test_what_is_placed_while_somebody_looks_is_not_taken_for_silence() -> None:
    words: Words

    class Slow(Looks):
        async def worded(self, chat: int, limit: int) -> tuple[WordedView, ...]:
            words.forget(PlaceEnvelope(key="k", member=1, envelope=7, chat=GROUP, message=5))
            return await super().worded(chat, limit)

    looks = Slow()
    words = Words(looks, FakeClock())  # type: ignore[arg-type]
    assert await words.worded(GROUP, 10) == ()
    looks.found = (WORD,)
    assert await words.worded(GROUP, 10) == (WORD,)
