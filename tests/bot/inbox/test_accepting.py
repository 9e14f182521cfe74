"""What comes in is stored before it is acknowledged, handled once and in order, whatever stands in it; and it is let
go of."""
from __future__ import annotations

import asyncio
import gc
import json
import weakref
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from aiogram.types import TelegramObject

from bot.arrivals import Arrival, NotAnUpdate, arrived
from bot.directory import Directory
from bot.middlewares import Context
from handlers.ground import Config, Dialogs, Groups
from handlers.texts import Speaker
from storage.database import Database, open_database
from storage.inbox import State, UpdateId, UpdateStore
from tests.bot.inbox.desk import BOT, VAULT, Desk, Handled, killed, opened, said, until
from tests.patience import PATIENCE
from wallet.refusals import Maintenance


# ---------------------------------------------------------------------------------------- nothing twice
async def test_a_redelivered_update_is_handled_once(desk: Desk) -> None:
    await desk.accept(said(1), said(2), said(1))
    await desk.accept(said(2), said(3))
    await desk.idle()
    assert desk.handled.numbers(7) == [1, 2, 3]


async def test_an_update_is_the_same_whatever_the_order_of_its_fields(desk: Desk) -> None:
    update = said(1)
    turned = json.loads(json.dumps(dict(reversed(update.items()))))
    await desk.accept(update)
    await desk.accept(turned)
    await desk.idle()
    assert desk.handled.numbers(7) == [1]


async def test_a_number_that_comes_again_with_other_content_is_handled(desk: Desk) -> None:
    await desk.accept(said(1, words="in spring"))
    await desk.accept(said(1, words="in autumn"))
    await desk.idle()
    assert len(desk.handled.seen) == 2


# ------------------------------------------------------------------------------------------- nothing lost
async def test_accepting_returns_only_when_it_is_committed(desk: Desk) -> None:
    desk.handled.gates[7] = asyncio.Event()
    await desk.accept(said(1))
    assert await desk.states() == {1: "pending"}
    desk.handled.gates[7].set()


async def test_what_cannot_be_stored_is_not_accepted(database: Database) -> None:
    desk = await opened(database)
    await database.close()
    with pytest.raises(RuntimeError, match="closed"):
        await desk.accept(said(1))
    assert desk.inbox.in_hand == 0
    assert desk.handled.seen == []
    await desk.inbox.stop(0.1)


class Unanswered(UpdateStore):
    """Commits, and loses the answer as often as it is told to."""

    lose = 0

    async def store(self, *given: Any, **more: Any) -> set[UpdateId]:
        """Store, then fail as a connection does that is cut after COMMIT."""
        stored = await super().store(*given, **more)
        if self.lose:
            self.lose -= 1
            raise ConnectionResetError
        return stored


@pytest.fixture
async def unanswered(database_url: str) -> AsyncIterator[tuple[Desk, Unanswered]]:
    database = open_database(database_url)
    made = Desk(database)
    store = Unanswered(database, VAULT, BOT, "one")
    made.inbox._store = store
    await made.inbox.start()
    await until(lambda: not made.inbox.full)
    yield made, store
    await made.inbox.stop(0.1)
    await database.close()


async def test_what_was_stored_without_an_answer_is_handled_when_it_comes_again(
        unanswered: tuple[Desk, Unanswered]) -> None:
    desk, store = unanswered
    store.lose = 2
    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            await desk.accept(said(1), said(2, 8))
    assert desk.handled.seen == []
    await desk.accept(said(1), said(2, 8), said(3))
    await desk.idle()
    assert sorted(desk.handled.seen) == [(7, 1), (7, 3), (8, 2)]
    await desk.accept(said(1), said(2, 8), said(3))
    await desk.idle()
    assert len(desk.handled.seen) == 3
    assert await desk.marked() == {1: "done", 2: "done", 3: "done"}


async def test_what_is_in_hand_or_done_is_not_begun_again_after_a_doubt(
        unanswered: tuple[Desk, Unanswered]) -> None:
    desk, store = unanswered
    gate = desk.handled.gates[7] = asyncio.Event()
    await desk.accept(said(1), said(2), said(3, 8))
    await until(lambda: desk.handled.numbers(8) == [3])
    store.lose = 1
    with pytest.raises(ConnectionResetError):
        await desk.accept(said(1), said(2), said(3, 8))
    await desk.accept(said(1), said(2), said(3, 8))
    gate.set()
    await desk.idle()
    assert sorted(desk.handled.seen) == [(7, 1), (7, 2), (8, 3)]


async def test_what_is_in_doubt_has_a_bound(unanswered: tuple[Desk, Unanswered],
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.inbox.MOST_IN_DOUBT", 3)
    desk, store = unanswered
    store.lose = 1
    with pytest.raises(ConnectionResetError):
        await desk.accept(*[said(number) for number in range(1, 6)])
    assert [known.update_id for known in desk.inbox._in_doubt] == [3, 4, 5]


async def test_after_a_crash_everything_stored_and_not_marked_is_handled_again(database: Database) -> None:
    before = await opened(database)
    before.handled.gates[8] = asyncio.Event()
    await before.accept(said(1, 7), said(2, 8), said(3, 8))
    await until(lambda: before.handled.numbers(7) == [1] and before.handled.numbers(8) == [2])
    await killed(before)
    after = await opened(database)
    await until(lambda: len(after.handled.seen) == 3)
    await after.idle()
    assert after.handled.numbers(7) == [1]
    assert after.handled.numbers(8) == [2, 3]
    assert await after.marked() == {1: "done", 2: "done", 3: "done"}


async def test_what_comes_while_catching_up_waits_behind_what_was_left(database: Database) -> None:
    before = await opened(database)
    before.handled.gates[7] = asyncio.Event()
    await before.accept(*[said(number) for number in range(1, 600)])
    await before.inbox.stop(0.0)
    after = Desk(database)
    await after.inbox.start()
    assert after.inbox.full, "the webhook has to say 503 until then"
    await asyncio.wait_for(after.inbox.caught_up.wait(), PATIENCE)
    await after.accept(said(600))
    await until(lambda: len(after.handled.seen) == 600)
    assert after.handled.numbers(7) == list(range(1, 601))
    await after.inbox.stop()


async def test_marks_are_written_when_stopping(desk: Desk) -> None:
    await desk.accept(said(1), said(2))
    await desk.idle()
    assert await desk.marked() == {1: "done", 2: "done"}


async def test_stopping_finishes_what_is_in_hand_and_leaves_the_rest_pending(database: Database) -> None:
    desk = await opened(database)
    gate = desk.handled.gates[7] = asyncio.Event()
    await desk.accept(said(1), said(2))
    await until(lambda: bool(desk.handled.seen))
    stopping = asyncio.create_task(desk.inbox.stop())
    await asyncio.sleep(0)
    gate.set()
    await stopping
    assert await desk.states() == {1: "done", 2: "pending"}


# --------------------------------------------------------------------------------------------- in order
async def test_one_persons_updates_are_handled_in_order_and_others_meanwhile(desk: Desk) -> None:
    gate = desk.handled.gates[7] = asyncio.Event()
    await desk.accept(said(1, 7), said(2, 7), said(3, 8), said(4, 9), said(5, 8))
    await until(lambda: len(desk.handled.seen) == 4)
    assert desk.handled.numbers(7) == [1]
    assert desk.handled.numbers(8) == [3, 5]
    gate.set()
    await desk.idle()
    assert desk.handled.numbers(7) == [1, 2]


async def test_people_in_one_group_are_handled_side_by_side(desk: Desk) -> None:
    group = {"id": -100, "type": "supergroup", "title": "Dinner"}
    for person in range(1, 21):
        desk.handled.gates[person] = asyncio.Event()
    await desk.accept(*[said(number, number, chat=group) for number in range(1, 21)])
    await until(lambda: len(desk.handled.seen) == 20)
    assert desk.handled.most_at_once == 20
    for gate in desk.handled.gates.values():
        gate.set()


async def test_what_one_person_sends_beyond_a_share_waits_in_the_database(database: Database) -> None:
    desk = await opened(database, most=64, most_of_one=4)
    gate = desk.handled.gates[7] = asyncio.Event()
    for number in range(1, 101):
        await desk.accept(said(number))
    assert desk.inbox.in_hand <= 4
    await desk.accept(said(200, 8))
    await until(lambda: desk.handled.numbers(8) == [200])
    gate.set()
    await until(lambda: len(desk.handled.numbers(7)) == 100)
    await desk.idle()
    assert desk.handled.numbers(7) == list(range(1, 101))
    assert Counter((await desk.marked()).values()) == {"done": 101}


async def test_rest_is_not_taken_for_what_still_waits_in_the_database(database: Database) -> None:
    desk = await opened(database, most=64, most_of_one=4)
    gate = desk.handled.gates[7] = asyncio.Event()
    for number in range(1, 31):
        await desk.accept(said(number))
    gate.set()
    await desk.inbox.idle()
    assert desk.handled.numbers(7) == list(range(1, 31))


async def test_the_way_in_waits_while_too_much_is_in_hand(database: Database) -> None:
    desk = await opened(database, most=8)
    gates = {person: asyncio.Event() for person in range(1, 9)}
    desk.handled.gates.update(gates)
    await desk.accept(*[said(number, number) for number in range(1, 9)])
    assert desk.inbox.full
    late = asyncio.create_task(desk.inbox.accept(desk.arrivals(said(9, 99))))
    await until(lambda: len(desk.handled.seen) == 8)
    assert not late.done()
    gates[3].set()
    await asyncio.wait_for(late, PATIENCE)
    for gate in gates.values():
        gate.set()
    await desk.idle()
    await desk.inbox.stop()


# ---------------------------------------------------------------------------------- what others may send
@pytest.mark.parametrize("update", [
    None, [], "text", 7, {}, {"update_id": "1"}, {"update_id": True}, {"update_id": 2**70}, {"update_id": 1.5}])
def test_what_is_no_update_is_said_to_be_none(update: object) -> None:
    with pytest.raises(NotAnUpdate):
        arrived(update, 1)


@pytest.mark.parametrize("event", [
    None, 7, "text", [], {}, {"from": None}, {"from": {"id": "x"}}, {"from": {"id": 2**80}}, {"chat": 7},
    {"from": {"id": 5, "first_name": 7, "username": ["x"]}}, {"entities": [None, {"user": 4}], "new_chat_members": 3},
    {"reply_to_message": "x", "chat": {"id": -1, "type": "group", "title": "\ud800\0"}},
    {"from": {"id": 5, "first_name": "\0" * 5000}, "text": "\udfff"}])
async def test_whatever_stands_in_an_update_it_is_stored_and_handled(desk: Desk, event: object) -> None:
    await desk.accept({"update_id": 1, "message": event}, said(2))
    await desk.idle()
    assert {number for _, number in desk.handled.seen} == {1, 2}


def test_anonymous_senders_are_told_apart_by_their_chat() -> None:
    anonymous = {"from": {"id": 1087968824, "is_bot": True}, "sender_chat": {"id": -5}}
    assert arrived({"update_id": 1, "message": anonymous}, 1).person == -5
    assert arrived({"update_id": 1, "message": anonymous}, 1).people == ()


# ---------------------------------------------------------------------------------------------- let go of
class Weighed(dict[str, Any]):
    """JSON that can be watched being let go of."""


class Contextual(Handled):
    """What the middlewares put aside for a second try is put aside here too."""

    def __init__(self) -> None:
        super().__init__()
        speaker = cast(Speaker, None)
        self.context = Context(cast(Directory, None), cast(Groups, None), {"en": speaker, "zh_CN": speaker},
                               cast(Config, None))
        self.filled = 0

    async def handle(self, arrival: Arrival) -> State:
        """As the dispatcher calls it."""
        async def handler(event: TelegramObject, data: dict[str, Any]) -> State:
            self.filled += "event" in arrival.more and arrival.more["data"]["arrival"] is arrival
            return await Handled.handle(self, arrival)

        data = {"arrival": arrival, "dialogs": cast(Dialogs, None)}
        return cast(State, await self.context(handler, TelegramObject(), data))


@pytest.mark.parametrize("refused", [False, True])
async def test_what_an_update_brought_is_let_go_of_without_the_collector(desk: Desk, refused: bool) -> None:
    contextual = desk.inbox._handler = desk.handled = Contextual()
    if refused:
        contextual.problems = {number: [Maintenance()] for number in range(1, 11)}
    watched: list[weakref.ref[Weighed]] = []

    async def bring(number: int) -> None:
        update = Weighed(said(number))
        watched.append(weakref.ref(update))
        await desk.accept(update)

    gc.collect()
    gc.disable()
    try:
        for number in range(1, 11):
            await bring(number)
        await desk.idle()
        await until(lambda: not desk.inbox._handling)
        assert contextual.filled == 10
        assert [update() for update in watched] == [None] * 10
    finally:
        gc.enable()
