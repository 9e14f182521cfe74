"""Whatever the database answers late, or not at all, begins nothing twice and loses nothing."""
from __future__ import annotations

import asyncio

import pytest

from bot.inbox import BREATH
from storage.database import Database
from tests.bot.inbox.desk import Desk, all_marked, comes, left, opened, said, turned, until
from wallet.refusals import Busy


async def test_a_page_that_comes_after_its_updates_were_handled_begins_none_again(
        database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await left(database, *[said(number) for number in range(1, 21)])
    monkeypatch.setattr("bot.inbox.TOGETHER", 8)
    desk = Desk(database, most_of_one=4)
    page = desk.store.late("take over", but=1)
    await desk.inbox.start()
    await comes(page.there)
    await until(lambda: len(desk.handled.seen) == 20)  # Its person's turn came twice meanwhile.
    await all_marked(desk)
    page.comes.set()
    await comes(desk.inbox.caught_up)
    await desk.accept(said(21))
    await desk.idle()
    assert desk.handled.numbers(7) == list(range(1, 22))
    await desk.inbox.stop()


async def test_a_page_that_comes_while_its_updates_are_in_hand_begins_none_again(
        database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await left(database, *[said(number) for number in range(1, 9)])
    monkeypatch.setattr("bot.inbox.TOGETHER", 6)
    desk = Desk(database, most_of_one=4)
    gate = desk.handled.gates[7] = asyncio.Event()
    page = desk.store.late("take over", but=1)
    await desk.inbox.start()
    await comes(page.there)
    desk.handled.problems[8] = [Busy()]
    gate.set()  # It comes to all the others before that page does.
    await until(lambda: 8 in desk.handled.numbers(7))  # It waits for its second try.
    page.comes.set()
    await comes(desk.inbox.caught_up)
    await turned(desk, lambda: desk.inbox.in_hand == 0)
    assert desk.handled.numbers(7) == [1, 2, 3, 4, 5, 6, 7, 8, 8]
    await desk.inbox.stop()


async def test_catching_up_goes_on_where_it_failed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await left(database, *[said(number, number) for number in range(1, 7)])
    monkeypatch.setattr("bot.inbox.TOGETHER", 2)
    desk = Desk(database)
    desk.handled.gates.update({number: asyncio.Event() for number in range(1, 7)})
    desk.store.late("take over", ConnectionResetError(), but=1)
    await desk.inbox.start()
    await turned(desk, desk.inbox.caught_up.is_set)
    for gate in desk.handled.gates.values():
        gate.set()
    await desk.idle()
    assert sorted(desk.handled.seen) == [(number, number) for number in range(1, 7)]
    assert await desk.marked() == dict.fromkeys(range(1, 7), "done")


async def test_waiting_for_room_while_catching_up_and_parked_people_hold_up_nobody(
        database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    people = range(1, 9)
    await left(database, *[said(10 * number + person, person) for number in range(6) for person in people])
    monkeypatch.setattr("bot.inbox.TOGETHER", 4)
    desk = Desk(database, most=4, most_of_one=1)
    await desk.inbox.start()
    await comes(desk.inbox.caught_up)
    await desk.idle()
    assert [desk.handled.numbers(person) for person in people] == [
        [10 * number + person for number in range(6)] for person in people]
    await desk.inbox.stop()


async def test_what_is_marked_while_a_persons_next_ones_are_fetched_is_not_begun_again(database: Database) -> None:
    desk = await opened(database, most_of_one=2)
    gate = desk.handled.gates[7] = asyncio.Event()
    for number in range(1, 6):
        await desk.accept(said(number))
    fetched = desk.store.late("waiting")
    gate.set()
    await comes(fetched.there)
    await all_marked(desk)
    fetched.comes.set()
    await desk.idle()
    assert desk.handled.numbers(7) == [1, 2, 3, 4, 5]
    await desk.inbox.stop()


async def test_what_is_fetched_before_storing_it_is_answered_is_begun_once(database: Database) -> None:
    desk = await opened(database, most_of_one=1)
    gate = desk.handled.gates[7] = asyncio.Event()
    await desk.accept(said(1))
    await desk.accept(said(2))
    stored = desk.store.late("store")
    accepting = asyncio.create_task(desk.accept(said(3)))
    await comes(stored.there)
    gate.set()
    await until(lambda: desk.handled.numbers(7) == [1, 2, 3])
    stored.comes.set()
    await accepting
    await desk.accept(said(4))
    await desk.idle()
    assert desk.handled.numbers(7) == [1, 2, 3, 4]
    assert desk.inbox.in_hand == 0
    await desk.inbox.stop()


async def test_what_was_in_doubt_and_is_marked_while_it_is_stored_again_is_not_begun_again(database: Database) -> None:
    desk = await opened(database)
    gate = desk.handled.gates[7] = asyncio.Event()
    await desk.accept(said(1))
    desk.store.late("store", ConnectionResetError())
    with pytest.raises(ConnectionResetError):
        await desk.accept(said(1))
    stored = desk.store.late("store")
    accepting = asyncio.create_task(desk.accept(said(1)))
    await comes(stored.there)
    gate.set()
    await until(lambda: desk.inbox.in_hand == 1)  # What is being stored.
    await all_marked(desk)
    stored.comes.set()
    await accepting
    await desk.idle()
    assert desk.handled.numbers(7) == [1]
    await desk.inbox.stop()


async def test_a_long_wait_for_room_silences_nobody(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await left(database, *[said(number, number) for number in range(1, 7)])
    monkeypatch.setattr("bot.inbox.TOGETHER", 2)
    desk = Desk(database, most=2)
    desk.handled.gates.update({number: asyncio.Event() for number in range(1, 7)})
    await desk.inbox.start()
    await until(lambda: len(desk.handled.seen) >= 2)
    for _ in range(10):
        await desk.clock.advance(BREATH)
    assert not desk.inbox.caught_up.is_set()
    assert desk.store.breaths >= 10
    await desk.inbox.stop(0.0)


async def test_what_was_taken_over_without_an_answer_is_handled(shared: Database) -> None:
    desk = await opened(shared)
    await left(shared, said(1), said(2, 8), holder="two")
    taken = desk.store.late("take over", ConnectionResetError())
    await turned(desk, lambda: taken.there.is_set())
    await turned(desk, lambda: len(desk.handled.seen) == 2)
    await desk.idle()
    for _ in range(3):
        await desk.clock.advance(BREATH)
    assert sorted(desk.handled.seen) == [(7, 1), (8, 2)]
    assert await desk.marked() == {1: "done", 2: "done"}


async def test_what_is_fetched_while_it_is_taken_over_is_begun_once(shared: Database) -> None:
    desk = await opened(shared, most_of_one=1)
    gate = desk.handled.gates[7] = asyncio.Event()
    await left(shared, said(1), said(2), holder="two")
    await desk.accept(said(3))
    await desk.accept(said(4))
    taken = desk.store.late("take over")
    await turned(desk, lambda: taken.there.is_set())
    gate.set()
    await until(lambda: len(desk.handled.seen) == 4)
    taken.comes.set()
    for _ in range(3):
        await desk.clock.advance(BREATH)
    await desk.idle()
    assert desk.handled.numbers(7) == [3, 1, 2, 4]
    assert set((await desk.marked()).values()) == {"done"}


async def test_what_is_found_astray_before_storing_it_is_answered_is_begun_once(database: Database) -> None:
    desk = await opened(database)
    desk.store.late("take over", ConnectionResetError())
    await turned(desk, lambda: desk.inbox._astray)
    stored = desk.store.late("store")
    looked = desk.store.late("held")
    looked.comes.set()
    accepting = asyncio.create_task(desk.accept(said(1), said(2, 8)))
    await comes(stored.there)
    await turned(desk, looked.there.is_set)
    await until(lambda: len(desk.handled.seen) == 2)
    stored.comes.set()
    await accepting
    await desk.idle()
    assert sorted(desk.handled.seen) == [(7, 1), (8, 2)]
    await desk.inbox.stop()


async def test_what_a_line_that_stopped_left_is_found_again(database: Database) -> None:
    desk = await opened(database, most_of_one=1)
    gate = desk.handled.gates[7] = asyncio.Event()
    for number in range(1, 4):
        await desk.accept(said(number))
    desk.store.late("waiting", KeyError("a bug"))
    gate.set()
    await turned(desk, lambda: len(desk.handled.seen) == 3)
    await desk.idle()
    assert desk.handled.numbers(7) == [1, 2, 3]
    assert set((await desk.marked()).values()) == {"done"}
