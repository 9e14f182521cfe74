"""What goes wrong is tried again within its bounds, refused in words that stay true, or apologised for."""
from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.methods import GetMe

from storage.database import Database
from tests.bot.inbox.desk import Desk, comes, killed, opened, said, turned, until
from wallet.engine import EngineDead
from wallet.refusals import Busy, Maintenance, MessageTooOld, Refusal


async def test_a_bug_is_tried_three_times_then_its_person_gets_a_number_to_quote(desk: Desk) -> None:
    desk.handled.problems[1] = [KeyError("a"), KeyError("b"), KeyError("c")]
    await desk.accept(said(1), said(2))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1, 1, 1, 2]
    [reference] = desk.handled.references
    assert len(reference) == 8
    assert await desk.marked() == {1: "dead", 2: "done"}


async def test_busy_is_not_done_and_is_tried_again(desk: Desk) -> None:
    desk.handled.problems[1] = [Busy(), Busy()]
    await desk.accept(said(1))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1, 1, 1]
    assert desk.handled.refused == []
    assert await desk.marked() == {1: "done"}


async def test_whoever_is_refused_for_being_busy_too_often_is_told(desk: Desk) -> None:
    desk.handled.problems[1] = [Busy() for _ in range(10)]
    await desk.accept(said(1))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.refused == ["busy"]
    assert await desk.marked() == {1: "refused"}


async def test_a_pause_that_is_broken_off_is_no_reason_to_give_up(desk: Desk) -> None:
    desk.handled.problems[1] = [Busy()]
    sleep, broken = desk.clock.sleep, [ConnectionError("on purpose")]

    async def breaking(seconds: float) -> None:
        if broken:
            raise broken.pop()
        await sleep(seconds)

    desk.clock.sleep = breaking  # type: ignore[method-assign]
    await desk.accept(said(1))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1, 1]
    assert await desk.marked() == {1: "done"}


@pytest.mark.parametrize(("refusal", "tries"), [(Maintenance(), 1), (MessageTooOld(), 1), (Busy(), 6)])
async def test_who_was_told_no_is_not_served_after_a_crash(database: Database, refusal: Refusal, tries: int) -> None:
    first = await opened(database)
    first.handled.problems[1] = [refusal] * tries
    await first.accept(said(1))
    await turned(first, lambda: first.handled.refused == [refusal.code])
    await killed(first)
    second = await opened(database)
    await second.idle()
    assert second.handled.seen == []
    assert await second.marked() == {1: "refused"}


async def test_nobody_is_told_no_before_it_is_written_down(database: Database) -> None:
    first = await opened(database)
    first.handled.problems[1] = [Maintenance()]
    answer = first.store.late("mark")
    await first.accept(said(1))
    await comes(answer.there)
    assert first.handled.refused == []
    answer.comes.set()
    await first.idle()
    assert first.handled.refused == ["maintenance"]
    await first.inbox.stop(0.1)


async def test_what_is_refused_while_others_are_written_down_shares_the_next_commit(desk: Desk) -> None:
    desk.handled.problems = {number: [Maintenance()] for number in range(1, 7)}
    answer = desk.store.late("mark")
    await desk.accept(*(said(number, person=number) for number in range(1, 7)))
    await comes(answer.there)
    await until(lambda: len(desk.inbox._refused) == 5)
    answer.comes.set()
    await desk.idle()
    assert desk.store.marks == [1, 5]
    assert desk.handled.refused == ["maintenance"] * 6


async def test_a_mark_that_fails_lets_nobody_behind_it_be_told(desk: Desk) -> None:
    desk.handled.problems = {number: [Maintenance()] for number in (1, 2)}
    answer = desk.store.late("mark")
    answer.lost = KeyError("a bug")
    await desk.accept(said(1, person=1), said(2, person=2))
    await comes(answer.there)
    await until(lambda: len(desk.inbox._refused) == 1)
    answer.comes.set()
    await desk.idle()
    assert len(desk.handled.references) == 1
    assert desk.handled.refused == ["maintenance"]
    assert desk.store.marks == [1, 2]


async def test_a_no_is_told_again_until_it_is_heard_and_nothing_else_is_tried(desk: Desk) -> None:
    desk.handled.problems[1] = [Maintenance()]
    desk.handled.untold = [TelegramNetworkError(GetMe(), "cut") for _ in range(4)]
    await desk.accept(said(1))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1]
    assert desk.handled.refused == ["maintenance"]
    assert await desk.marked() == {1: "refused"}


async def test_a_no_that_cannot_be_said_for_a_bug_is_apologised_for(desk: Desk) -> None:
    desk.handled.problems[1] = [Maintenance()]
    desk.handled.untold = [Busy() if tried % 2 else KeyError("a bug") for tried in range(9)]
    await desk.accept(said(1))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1]
    assert len(desk.handled.references) == 1
    assert await desk.marked() == {1: "refused"}


async def test_a_database_that_is_away_kills_no_update(desk: Desk) -> None:
    desk.handled.problems[1] = [ConnectionRefusedError() for _ in range(100)]
    await desk.accept(said(1))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert len(desk.handled.numbers(7)) == 101
    assert await desk.marked() == {1: "done"}


async def test_what_telegram_does_not_understand_is_not_tried_again(desk: Desk) -> None:
    method = GetMe()
    desk.handled.problems[1] = [TelegramBadRequest(method, "Bad Request: can't parse entities")] * 2
    desk.handled.problems[2] = [TelegramNetworkError(method, "cut"), TelegramNetworkError(method, "cut")]
    await desk.accept(said(1), said(2))
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1, 2, 2, 2]


async def test_a_dead_engine_marks_nothing(desk: Desk) -> None:
    desk.handled.problems[1] = [EngineDead("gone")]
    await desk.accept(said(1), said(2))
    await until(lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1]
    assert desk.inbox.full
    assert await desk.marked() == {1: "pending", 2: "pending"}
