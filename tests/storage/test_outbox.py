"""The table of notices: what is taken, adopted, settled, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from storage.database import Database, open_database
from storage.outbox import LEASE, REVIVED, REVIVED_AGE, Outbox, Settled
from storage.tables import holds, members, notices, profiles, switch

NOW = 1_770_000_000_000_000
LANES = 64


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def outbox(database: Database) -> Outbox:
    rows = [{"id": counter * LANES + lane, "member": 448, "telegram_id": 0, "event": "MoneyCame", "facts": "[]",
             "at": NOW, "lane": lane} for lane in (0, 1) for counter in (1, 2, 3)]
    await database.write(lambda connection: connection.execute(insert(notices), rows))
    return Outbox(database)


async def taken(outbox: Outbox, lanes: dict[int, int], *held: int, now: int = NOW, most: int = 10) -> list[int]:
    found, _ = await outbox.take(lanes, held, now, most)
    return [pending.notice.id for pending in found]


async def lane_of(database: Database, notice: int) -> int:
    async with database.reading.connect() as connection:
        return int((await connection.execute(select(notices.c.lane).where(notices.c.id == notice))).scalar_one())


async def test_only_our_lanes_are_taken_up_to_what_was_handed_over(outbox: Outbox) -> None:
    assert await taken(outbox, {0: 3 * LANES}) == [64, 128, 192]
    assert await taken(outbox, {0: 2 * LANES}) == [64, 128]
    assert await taken(outbox, {0: 3 * LANES, 1: 65}) == [64, 65, 128, 192]
    assert await outbox.newest(1) == 193
    assert await outbox.newest(7) == 0


async def test_what_is_held_already_is_left_out(outbox: Outbox) -> None:
    assert await taken(outbox, {0: 192}, 64, 192) == [128]
    assert await taken(outbox, {0: 192}, 64, most=1) == [128]


async def test_a_notice_is_due_again_after_its_rest_and_counts_its_tries(outbox: Outbox) -> None:
    await outbox.settle(Settled(again=[(64, NOW + 10), (128, NOW + 30)]))
    found, next_due = await outbox.take({0: 192}, (), NOW, 10)
    assert [(pending.notice.id, pending.tries) for pending in found] == [(192, 0)]
    assert next_due == NOW + 10
    found, next_due = await outbox.take({0: 192}, (), NOW + 10, 10)
    assert [(pending.notice.id, pending.tries) for pending in found] == [(64, 1), (192, 0)]
    assert next_due == NOW + 30


async def test_what_arrived_is_gone_and_what_cannot_arrive_is_marked(outbox: Outbox) -> None:
    await outbox.settle(Settled(arrived=[64, 65], undeliverable=[128]))
    assert await outbox.count() == {"pending": 3, "undeliverable": 1}
    assert await taken(outbox, {0: 192}) == [192]
    await outbox.settle(Settled(arrived=[64]))
    assert await outbox.count() == {"pending": 3, "undeliverable": 1}


async def test_many_are_settled_in_one_commit(outbox: Outbox, database: Database) -> None:
    many = range(10_000, 11_000)
    rows = [{"id": number, "member": 448, "telegram_id": 0, "event": "MoneyCame", "facts": "[]", "at": NOW, "lane": 2}
            for number in many]
    await database.write(lambda connection: connection.execute(insert(notices), rows))
    await outbox.settle(Settled(arrived=list(many)))
    assert await outbox.count() == {"pending": 6}


async def test_a_living_processs_notices_are_its_own(outbox: Outbox) -> None:
    await outbox.keep_lanes([1], "them", NOW)
    assert await outbox.adopt([0], NOW + LEASE, 10) == 0
    await outbox.keep_lanes([1], "them", NOW + LEASE)
    assert await outbox.adopt([0], NOW + 2 * LEASE, 10) == 0


async def test_a_dead_processs_notices_change_lanes_and_are_taken_whatever_their_number(
        outbox: Outbox, database: Database) -> None:
    await outbox.keep_lanes([1], "them", NOW)
    assert await outbox.adopt([0, 5], NOW + LEASE + 1, 2) == 2
    assert [await lane_of(database, notice) for notice in (65, 129, 193)] == [0, 0, 1]
    assert await taken(outbox, {0: 0, 5: 0}) == [65, 129]


async def test_a_process_that_stops_leaves_its_notices_at_once(outbox: Outbox) -> None:
    await outbox.keep_lanes([1], "them", NOW)
    await outbox.leave_lanes([1], "somebody else")
    assert await outbox.adopt([0], NOW, 10) == 0
    await outbox.leave_lanes([1], "them")
    assert await outbox.adopt([0], NOW, 10) == 3


MISSED = {"InvariantBroke": '["sums"]', "MoneyCame": "[7,64,2000,\"\",0]", "DraftRanOut": "[-100,7,500]",
          "PinWasLocked": "[1]", "FromTheFuture": "[]", "MoneyWaits": f'[9,7,64,500,"",{NOW + 5}]'}


async def misses(database: Database, *rows: dict[str, Any]) -> None:
    """These could not be told, to member 512 where nothing else is said."""
    whole = [{"member": 512, "telegram_id": 0, "facts": MISSED.get(str(row.get("event", "MoneyCame")), ""), "at": NOW,
              "event": "MoneyCame", "lane": 3, "state": "undeliverable", "tries": 5, "due_at": NOW, **row}
             for row in rows]
    await database.write(lambda connection: connection.execute(insert(notices), whole))
    await database.write(lambda connection: connection.execute(insert(members), [{
        "id": 512, "telegram_id": 102, "state": "active", "step": "", "language": "en", "level": 0, "accepted": "",
        "no_pin_limit": 0, "restrictions": 0, "restricted_until": 0, "payload": "", "waiting": 0, "joined_at": 1,
        "created_at": 1}]))


async def test_whoever_comes_back_is_told_what_is_theirs_and_not_too_old(outbox: Outbox, database: Database) -> None:
    await misses(database, {"id": 1000}, {"id": 1001, "at": NOW - REVIVED_AGE}, {"id": 1002, "member": 576},
                 {"id": 1003, "member": 0, "telegram_id": 102}, {"id": 1004, "member": 0, "telegram_id": 103})
    await outbox.settle(Settled(undeliverable=[64]))
    assert await outbox.revive(102, 0, NOW, offers=True) == 2
    assert await outbox.revive(102, 0, NOW, offers=True) == 0
    found, _ = await outbox.take({0: 64}, (), NOW, 10)
    assert [(pending.notice.id, pending.tries) for pending in found] == [(1000, 0), (1003, 0)]
    assert await outbox.revive(999, 0, NOW, offers=True) == 0


async def test_only_what_is_still_true_is_told(outbox: Outbox, database: Database) -> None:
    await misses(database, *({"id": 1000 + number, "event": event} for number, event in enumerate(MISSED)))
    assert await outbox.revive(102, 0, NOW, offers=False) == 2
    found, _ = await outbox.take({0: 64}, (), NOW, 10)
    assert [pending.notice.event for pending in found if pending.notice.id > 999] == ["MoneyCame", "PinWasLocked"]
    await database.write(lambda connection: connection.execute(update(switch).values(state="read_only")))
    assert await outbox.revive(102, 0, NOW, offers=False) == 1


async def test_money_that_waits_is_offered_while_it_waits(outbox: Outbox, database: Database) -> None:
    await misses(database, {"id": 1000, "event": "MoneyWaits", "member": 0, "telegram_id": 102})
    hold = {"id": 9, "member": 64, "purpose": "claim", "amount": 500, "beneficiary": 102, "transfer": 7,
            "state": "settled", "expires_at": NOW + 5, "ended_at": NOW, "ended_by": 8, "chat": 0, "message": 0}
    await database.write(lambda connection: connection.execute(insert(holds), [hold]))
    assert await outbox.revive(102, 0, NOW, offers=True) == 0
    await database.write(lambda connection: connection.execute(update(holds).values(state="open", ended_by=0)))
    assert await outbox.revive(102, 0, NOW + 5, offers=True) == 0
    assert await outbox.revive(102, 0, NOW, offers=False) == 0
    assert await outbox.revive(102, 0, NOW, offers=True) == 1


@pytest.mark.parametrize(("offer", "told"), [(0, 0), (77, 1)])
async def test_that_money_went_back_is_news_only_for_whoever_was_offered_it(
        outbox: Outbox, database: Database, offer: int, told: int) -> None:
    await misses(database, {"id": 1000, "event": "HoldWithdrawn", "facts": '[9,64,500,"released"]', "member": 0,
                            "telegram_id": 102})
    hold = {"id": 9, "member": 64, "purpose": "claim", "amount": 500, "beneficiary": 102, "transfer": 7,
            "state": "released", "expires_at": NOW, "ended_at": NOW, "ended_by": 8, "chat": -1, "message": 5,
            "offer": offer}
    await database.write(lambda connection: connection.execute(insert(holds), [hold]))
    assert await outbox.revive(102, 0, NOW, offers=True) == told


async def test_the_newest_are_told_when_there_are_too_many(outbox: Outbox, database: Database) -> None:
    await misses(database, *({"id": 1000 + number, "at": NOW + number} for number in range(REVIVED + 5)))
    assert await outbox.revive(102, 0, NOW, offers=True) == REVIVED
    left = select(notices.c.id).where(notices.c.state == "undeliverable").order_by(notices.c.id)
    async with database.reading.connect() as connection:
        assert list((await connection.execute(left)).scalars()) == [1000, 1001, 1002, 1003, 1004]


async def test_readers_are_found_by_number_and_by_telegram_account(outbox: Outbox, database: Database) -> None:
    rows = [{"id": number, "telegram_id": telegram_id, "state": "active", "step": "", "language": language, "level": 0,
             "accepted": "", "no_pin_limit": 0, "restrictions": 0, "restricted_until": 0, "payload": "", "waiting": 0,
             "joined_at": 1, "created_at": 1}
            for number, telegram_id, language in ((448, 101, "en"), (512, 102, "zh_CN"))]
    await database.write(lambda connection: connection.execute(insert(members), rows))
    await database.write(lambda connection: connection.execute(insert(profiles).values(
        member=448, nickname="Alice", nickname_changes=0, phone=b"", wrapped_key=b"")))
    by_number, by_account = await outbox.readers([448, 999], [102, 103])
    assert {number: (reader.telegram_id, reader.language, reader.nickname) for number, reader in by_number.items()} == {
        448: (101, "en", "Alice"), 512: (102, "zh_CN", "")}
    assert set(by_account) == {101, 102}
    assert await outbox.readers([], []) == ({}, {})
