"""What ends the process, again and again: only the guilty one is dead. An inbox that is deaf ends it too."""
from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.arrivals import Arrival
from storage.database import Database
from storage.inbox import LOST_MOST, SUSPECT, State
from tests.bot.inbox.desk import Desk, Handled, comes, killed, left, opened, said, turned, until


class Deadly(Handled):
    """One update ends every process that begins it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.struck = asyncio.Event()

    async def handle(self, arrival: Arrival) -> State:
        """Handle it, or die: who waits for `struck` ends the process."""
        if arrival.id.update_id == self.number:
            self.struck.set()
            await asyncio.Event().wait()
        return await super().handle(arrival)


async def crashed(database: Database) -> bool:
    """A life of the process: whether the deadly update, the first, ended it."""
    desk = Desk(database)
    deadly = desk.inbox._handler = desk.handled = Deadly(1)
    await desk.inbox.start()
    await until(lambda: deadly.struck.is_set() or (desk.inbox.caught_up.is_set() and not desk.inbox.in_hand))
    if deadly.struck.is_set():
        await killed(desk)
        return True
    await desk.inbox.stop()
    return False


async def test_after_thirty_crashes_only_the_update_that_caused_them_is_dead(database: Database) -> None:
    innocent = [said(number, person) for number, person in [(2, 7), (3, 7), *[(n, n) for n in range(10, 30)], (4, 7)]]
    await left(database, said(1), *innocent)
    crashes = [await crashed(database) for _ in range(30)].count(True)
    assert crashes <= SUSPECT + LOST_MOST
    states = await Desk(database).states()
    assert states.pop(1) == "dead"
    assert set(states.values()) == {"done"}
    assert len(states) == len(innocent)


async def test_suspects_are_begun_one_at_a_time_and_others_beside_them(database: Database) -> None:
    await left(database, *[said(number, number) for number in range(1, 6)])
    for _ in range(SUSPECT):
        await desk_that_crashes(database)
    desk = await opened(database)
    desk.handled.gates[99] = asyncio.Event()
    await desk.accept(said(99, 99))
    await until(lambda: len(desk.handled.seen) == 6)
    assert desk.handled.most_at_once <= 2
    desk.handled.gates[99].set()
    await desk.idle()
    assert set((await desk.marked()).values()) == {"done"}


async def test_a_suspect_that_fails_is_no_nearer_to_its_death(database: Database) -> None:
    await left(database, said(1))
    for _ in range(SUSPECT):
        await desk_that_crashes(database)
    desk = Desk(database)
    desk.handled.problems[1] = [ConnectionRefusedError() for _ in range(5 * LOST_MOST)]
    await desk.inbox.start()
    await turned(desk, lambda: not desk.handled.problems[1])
    await killed(desk)
    after = await opened(database)
    await after.idle()
    assert await after.marked() == {1: "done"}


async def desk_that_crashes(database: Database) -> None:
    """It finds what is there and handles nothing."""
    desk = Desk(database)
    desk.inbox._handler = Deadly(1)
    desk.inbox._handler.gates.update({number: asyncio.Event() for number in range(2, 10)})
    await desk.inbox.start()
    await comes(desk.inbox.caught_up)
    await killed(desk)


# -------------------------------------------------------------------------------------------- deaf or gone
@pytest.mark.parametrize("which", ["_storing", "_marking_ended", "_breathing", "_taking_over"])
async def test_an_inbox_whose_work_ended_ends_the_process(desk: Desk, which: str) -> None:
    [task] = [task for task in desk.inbox._tasks if task.get_name() == f"inbox {which}"]
    task.cancel()
    await until(lambda: bool(desk.deaths))
    assert desk.inbox.full


async def test_an_error_that_nobody_expected_ends_the_process_and_leaves_nobody_waiting(
        desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(seen: object) -> list[Any]:
        raise KeyError(seen)

    monkeypatch.setattr(desk.people, "news", broken)
    with pytest.raises(asyncio.CancelledError):
        await desk.accept(said(1))
    await until(lambda: bool(desk.deaths))
    assert isinstance(desk.deaths[0], KeyError)
    assert desk.inbox.full


async def test_stopping_is_no_death(desk: Desk) -> None:
    await desk.accept(said(1))
    await desk.idle()
    await desk.inbox.stop()
    assert desk.deaths == []
