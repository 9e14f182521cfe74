"""What is answered at once or not at all is never stored, and costs no more than it is worth."""
from __future__ import annotations

import asyncio
from typing import Any

from bot.arrivals import Arrival, arrived
from bot.asides import MOST, PATIENCE, Asides
from tests.fakes.clock import FakeClock


class Desk:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.asides = Asides(self.answer, self.clock)
        self.answered: list[int] = []
        self.open = asyncio.Event()

    async def answer(self, arrival: Arrival) -> None:
        await self.open.wait()
        self.answered.append(arrival.id.update_id)
        if arrival.update.get("breaks"):
            raise RuntimeError

    def comes(self, number: int, kind: str = "inline_query", person: int = 7, **more: Any) -> bool:
        return self.asides.take(arrived({"update_id": number, kind: {"from": {"id": person}}, **more},
                                        self.clock.now()))


async def test_messages_and_presses_and_what_was_sent_go_the_safe_way() -> None:
    desk = Desk()
    for kind in ("message", "callback_query", "chosen_inline_result", "my_chat_member", "from_the_future"):
        assert not desk.comes(1, kind)


async def test_of_what_one_person_types_only_the_newest_is_answered() -> None:
    desk = Desk()
    assert all(desk.comes(number) for number in range(50))
    assert desk.comes(100, person=8)
    desk.open.set()
    await desk.asides.idle()
    assert sorted(desk.answered) == [0, 49, 100]


async def test_calls_from_groups_are_answered_one_by_one() -> None:
    desk = Desk()
    assert all(desk.comes(number, "guest_message") for number in range(3))
    desk.open.set()
    await desk.asides.idle()
    assert desk.answered == [0, 1, 2]


async def test_what_has_waited_too_long_and_what_is_too_much_is_let_go() -> None:
    desk = Desk()
    desk.comes(1)
    desk.comes(2)
    await desk.clock.advance(PATIENCE / 1_000_000 + 1)
    for number in range(3, 3 + 2 * MOST):
        assert desk.comes(number, person=1_000 + number)
    desk.open.set()
    await desk.asides.idle()
    assert 2 not in desk.answered
    assert len(desk.answered) <= MOST


async def test_one_that_fails_keeps_nobody_from_typing_on() -> None:
    desk = Desk()
    desk.open.set()
    desk.comes(1, breaks=True)
    await desk.asides.idle()
    desk.comes(2)
    await desk.asides.idle()
    assert desk.answered == [1, 2]


async def test_stopping_lets_go_of_it() -> None:
    desk = Desk()
    desk.comes(1)
    await asyncio.sleep(0)
    await desk.asides.stop()
    assert desk.answered == []
    await desk.asides.idle()
