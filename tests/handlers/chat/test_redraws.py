"""A message is drawn at a bounded pace, one drawing after the other, and the last one wins."""
from __future__ import annotations

import asyncio

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.methods import GetMe

from handlers.chat.redraws import Redraws
from tests.fakes.clock import FakeClock, settle


class Board:
    """Where numbers are drawn; each drawing takes as long as it is told to."""

    def __init__(self, clock: FakeClock) -> None:
        self.redraws = Redraws(1.0, clock.time, clock.sleep)
        self.open = asyncio.Event()
        self.open.set()
        self.drawn: list[int] = []
        self.under_way = 0
        self.errors: list[Exception] = []

    async def draws(self, number: int) -> None:
        async def paint() -> None:
            assert not self.under_way, "two drawings at a time"
            self.under_way += 1
            try:
                await self.open.wait()
                if self.errors:
                    raise self.errors.pop(0)
                self.drawn.append(number)
            finally:
                self.under_way -= 1

        await self.redraws.soon("card", paint)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def board(clock: FakeClock) -> Board:
    return Board(clock)


async def test_many_who_ask_within_a_second_get_the_first_and_the_last(board: Board, clock: FakeClock) -> None:
    for number in range(1_000):
        await board.draws(number)
    assert board.drawn == [0]
    await clock.advance(1)
    assert board.drawn == [0, 999]
    await clock.advance(5)
    assert (board.drawn, clock.timers) == ([0, 999], 0)


async def test_a_slow_drawing_is_never_overtaken_by_a_later_one(board: Board, clock: FakeClock) -> None:
    board.open.clear()
    slow = asyncio.create_task(board.draws(1))
    await settle()
    await clock.advance(3)
    await board.draws(2)
    assert board.drawn == []
    board.open.set()
    await slow
    await clock.advance(1)
    assert board.drawn == [1, 2]


async def test_the_end_waits_for_a_drawing_under_way_and_lets_no_other_begin(board: Board, clock: FakeClock) -> None:
    board.open.clear()
    slow = asyncio.create_task(board.draws(1))
    await settle()
    await board.draws(2)
    ending = asyncio.create_task(board.redraws.finish("card"))
    await settle()
    assert not ending.done()
    board.open.set()
    await ending
    await slow
    await clock.advance(3)
    assert (board.drawn, clock.timers) == ([1], 0)


async def test_what_telegram_had_no_time_for_is_drawn_again_and_what_it_refuses_is_not(board: Board, clock: FakeClock
                                                                                        ) -> None:
    away = TelegramNetworkError(GetMe(), "away")
    board.errors = [away, away]
    await board.draws(1)
    await clock.advance(2)
    assert board.drawn == [1]
    board.errors = [away, away, away, away]
    await board.draws(2)
    await clock.advance(9)
    assert (board.drawn, len(board.errors), clock.timers) == ([1], 1, 0)
    board.errors = [TelegramBadRequest(GetMe(), "message to edit not found")]
    await board.draws(3)
    await clock.advance(9)
    assert (board.drawn, clock.timers) == ([1], 0)
