"""What is forgotten, and what is not, whatever has piled up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select

from storage.database import Database, open_database
from storage.purge import BODIES, DAY, DRAFTS, NOTICES, OPERATIONS, UPDATES, Purge
from storage.tables import dialogs, drafts, holds, notices, operations, updates

NOW = 1_770_000_000_000_000
ALICE = 448


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.close()


async def add(database: Database, table: Table, *rows: dict[str, Any]) -> None:
    await database.write(lambda connection: connection.execute(insert(table), list(rows)))


async def left(database: Database, column: Any) -> list[Any]:
    async with database.reading.connect() as connection:
        return list((await connection.execute(select(column).order_by(column))).scalars())


def an_update(number: int, state: str, done_at: int) -> dict[str, Any]:
    return {"bot": 42, "update_id": number, "digest": b"d", "person": ALICE, "body": b"sealed", "state": state,
            "tries": 0, "received_at": done_at, "done_at": done_at, "holder": ""}


def an_operation(key: str, at: int) -> dict[str, Any]:
    return {"key": key, "fingerprint": b"f", "outcome": '["Done"]', "at": at}


def a_draft(token: str, state: str, expires_at: int) -> dict[str, Any]:
    return {"token": token, "member": ALICE, "needs": "confirm", "intent": "[]", "state": state,
            "expires_at": expires_at, "chat": 0, "message": 0}


async def test_bodies_go_after_a_week_and_updates_are_recognised_for_longer(database: Database) -> None:
    await add(database, updates, an_update(1, "done", NOW - BODIES - 1), an_update(2, "done", NOW - BODIES + 1),
              an_update(3, "pending", NOW - 2 * UPDATES), an_update(4, "refused", NOW - UPDATES - 1),
              an_update(5, "dead", NOW - BODIES - 1), an_update(6, "dead", NOW - 31 * DAY))
    forgotten = await Purge(database).run(NOW)
    async with database.reading.connect() as connection:
        query = select(updates.c.update_id, updates.c.body).order_by(updates.c.update_id)
        rows = (await connection.execute(query)).all()
    assert [(row[0], row[1] is not None) for row in rows] == [(1, False), (2, True), (3, True), (5, True), (6, False)]
    assert (forgotten["update_bodies"], forgotten["updates"]) == (3, 1)


async def test_operations_go_after_ninety_days_unless_something_open_needs_them(database: Database) -> None:
    await add(database, holds, *({
        "id": number, "member": ALICE, "purpose": "claim", "amount": 5, "beneficiary": 104, "transfer": number,
        "state": state, "expires_at": NOW, "ended_at": 0, "ended_by": int(state != "open"), "chat": 0, "message": 0}
        for number, state in ((64, "open"), (128, "settled"))))
    await add(database, drafts, a_draft("token-open", "open", NOW), a_draft("token-used", "used", NOW))
    old = NOW - OPERATIONS - 1
    await add(database, operations, *(an_operation(key, old) for key in (
        "msg:42:1:2:send", "hold:64:place:1:2", "hold:128:expire", "draft:token-open:place:1:2",
        "draft:token-used:cancel", "hold:x", "hold:640:expire")), an_operation("press:7:confirm", NOW - OPERATIONS))
    assert (await Purge(database).run(NOW))["operations"] == 5
    assert await left(database, operations.c.key) == ["draft:token-open:place:1:2", "hold:64:place:1:2",
                                                      "press:7:confirm"]


async def test_dead_drafts_old_dialogs_and_undeliverable_notices_go(database: Database) -> None:
    await add(database, drafts, a_draft("fresh", "expired", NOW - 1), a_draft("old", "used", NOW - DRAFTS - 1))
    await add(database, dialogs, *({"person": person, "sealed": b"s", "expires_at": NOW + ahead}
                                   for person, ahead in ((1, -1), (2, 1))))
    await add(database, notices, *({
        "id": number, "member": ALICE, "telegram_id": 0, "event": "MoneyCame", "facts": "[]", "at": at, "lane": 0,
        "state": state} for number, state, at in (
            (64, "undeliverable", NOW - NOTICES - 1), (128, "undeliverable", NOW), (192, "pending", 0))))
    await Purge(database).run(NOW)
    assert await left(database, drafts.c.token) == ["fresh"]
    assert await left(database, dialogs.c.person) == [2]
    assert await left(database, notices.c.id) == [128, 192]


async def test_one_round_is_bounded_and_the_next_goes_on(database: Database) -> None:
    await add(database, operations, *(an_operation(f"msg:{number:04d}", 1) for number in range(95)))
    purge = Purge(database, slice_size=10, steps=3)
    counts = []
    for _ in range(4):
        await purge.run(NOW)
        async with database.reading.connect() as connection:
            counts.append(await connection.scalar(select(func.count()).select_from(operations)))
    assert counts == [65, 35, 5, 0]


async def test_the_walk_goes_round_and_finds_what_became_old_behind_it(database: Database) -> None:
    await add(database, operations, *(an_operation(f"msg:{number:04d}", NOW) for number in range(30)))
    purge = Purge(database, slice_size=10, steps=2)
    for _ in range(3):
        await purge.run(NOW)
    for _ in range(3):
        await purge.run(NOW + OPERATIONS + 1)
    assert await left(database, operations.c.key) == []
