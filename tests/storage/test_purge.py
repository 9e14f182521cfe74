"""What is forgotten, and what is not, whatever has piled up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select, update

from storage.database import Database, open_database
from storage.purge import BODIES, DAY, DRAFTS, GROUPS, NOTICES, OPERATIONS, PEOPLE, UPDATES, WRONG, Purge
from storage.tables import (
    dialogs,
    drafts,
    envelopes,
    groups,
    holds,
    journal,
    leases,
    legal_holds,
    members,
    metadata,
    notes,
    notices,
    operations,
    people,
    tallies,
    ticket_words,
    tickets,
    updates,
    vouchers,
)
from wallet.tickets import KEPT

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


async def test_the_draft_of_a_card_stays_until_it_has_ended(database: Database) -> None:
    await add(database, drafts, *({**a_draft(f"{state}", state, NOW - DRAFTS - 1), "card": f"card {state}"}
                                  for state in ("open", "used", "cancelled", "expired")))
    await Purge(database).run(NOW)
    assert await left(database, drafts.c.token) == ["open"]


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


def a_member(number: int, telegram_id: int) -> dict[str, Any]:
    return {"id": number, "telegram_id": telegram_id, "state": "active", "step": "", "language": "en", "level": 0,
            "accepted": "", "no_pin_limit": 0, "restrictions": 0, "restricted_until": 0, "payload": "", "waiting": 0,
            "joined_at": 1, "created_at": 1}


def a_person(telegram_id: int, seen_at: int) -> dict[str, Any]:
    return {"telegram_id": telegram_id, "username_key": "", "username": "", "name": "Somebody", "language_code": "en",
            "is_bot": False, "seen_at": seen_at}


async def test_who_was_merely_seen_is_forgotten_and_members_are_not(database: Database) -> None:
    await add(database, members, a_member(448, 101))
    await add(database, people, a_person(101, NOW - PEOPLE - 1), a_person(102, NOW - PEOPLE - 1),
              a_person(103, NOW - PEOPLE), a_person(104, NOW))
    assert (await Purge(database).run(NOW))["people"] == 1
    assert await left(database, people.c.telegram_id) == [101, 103, 104]


async def test_a_group_in_which_nobody_speaks_any_more_is_forgotten(database: Database) -> None:
    await add(database, groups, *({"chat": chat, "title": "Lunch", "language": "en", "chosen": True, "seen_at": seen_at}
                                  for chat, seen_at in ((-1, NOW - GROUPS - 1), (-2, NOW - GROUPS), (-3, NOW))))
    assert (await Purge(database).run(NOW))["groups"] == 1
    assert await left(database, groups.c.chat) == [-3, -2]


def a_voucher(number: int, state: str, ended_at: int) -> dict[str, Any]:
    return {"id": number, "member": ALICE, "amount": 5, "uses": 1, "used": int(state == "used"), "returned": 0,
            "state": state, "transfer": number, "only": 0, "nonce": "", "password": "", "tries": 1, "expires_at": NOW,
            "ended_at": ended_at, "ended_by": 0, "chat": 0, "message": 0, "pinless_on": 0}


def an_envelope(number: int, state: str, ended_at: int) -> dict[str, Any]:
    opened = int(state == "emptied")
    return {"id": number, "member": ALICE, "kind": "equal", "amount": 5, "shares": 1, "opened": opened,
            "given": 5 * opened, "returned": 0, "state": state, "transfer": number, "expires_at": NOW,
            "ended_at": ended_at, "ended_by": 0, "chat": -1, "message": 0}


async def test_wrong_answers_to_what_is_over_are_forgotten_and_no_other_tally_is(database: Database) -> None:
    await add(database, vouchers, a_voucher(64, "open", 0), a_voucher(128, "used", NOW - WRONG - 1),
              a_voucher(192, "used", NOW - WRONG))
    await add(database, envelopes, an_envelope(256, "open", 0), an_envelope(320, "emptied", NOW - WRONG - 1),
              an_envelope(384, "emptied", NOW - WRONG))
    whats = ("guesses:64", "guesses:128", "guesses:192", "answers:256", "answers:320", "answers:384", "guesses:320",
             "requests:128", "requests by number:320", "vouchers", "envelopes", "openings")
    await add(database, tallies, *({"member": member, "what": what, "open": 0, "day": 1, "began": 1}
                                   for member in (ALICE, 512) for what in whats))
    assert (await Purge(database, slice_size=5).run(NOW))["tallies"] == 4
    assert set(await left(database, tallies.c.what)) == {*whats} - {"guesses:128", "answers:320"}


async def test_leases_of_processes_that_are_gone_go(database: Database) -> None:
    await add(database, leases, *({"name": name, "holder": "x", "until": until}
                                  for name, until in (("old", NOW - DAY - 1), ("late", NOW - DAY), ("held", NOW + 1))))
    assert (await Purge(database).run(NOW))["leases"] == 1
    assert await left(database, leases.c.name) == ["held", "late"]


async def test_a_note_is_left_only_where_notes_are_kept(database: Database) -> None:
    """The columns in which one may stand in clear, and what becomes of their rows."""
    await add(database, notes, {"transfer": 64, "text": "lunch"})
    await add(database, operations, {**an_operation("msg:1", NOW - OPERATIONS - 1), "outcome": '["Sent", "lunch"]'})
    await add(database, drafts, {**a_draft("t", "open", NOW - DRAFTS - 1), "intent": '[448,[104],5,"lunch",0]'})
    await add(database, notices, {"id": 64, "member": ALICE, "telegram_id": 0, "event": "MoneyCame",
                                  "facts": '[7,64,5,"lunch",0]', "at": NOW - NOTICES - 1, "lane": 0,
                                  "state": "undeliverable"})
    await Purge(database).run(NOW)
    said: dict[str, int] = {}
    async with database.reading.connect() as connection:
        for table in metadata.sorted_tables:
            said[table.name] = sum("lunch" in str(tuple(row)) for row in await connection.execute(select(table)))
    assert [name for name, count in said.items() if count] == ["notes"]


async def test_what_is_final_is_never_forgotten(database: Database) -> None:
    await add(database, journal, {"lane": 0, "seq": 1, "previous": b"", "hash": b"", "at": 0})
    await Purge(database).run(NOW)
    assert await left(database, journal.c.seq) == [1]


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


def a_ticket(number: int, state: str, ended_at: int, key: bytes = b"") -> dict[str, Any]:
    return {"id": number, "member": ALICE, "category": "other", "subject": 0, "state": state, "opened_at": 1,
            "waits_since": 0, "operator": 0, "words": 2, "pictures": 0, "unanswered": 0, "rung": 0,
            "ended_at": ended_at, "wrapped_key": key}


async def test_words_of_a_conversation_go_long_after_it_was_closed_and_that_it_took_place_stays(database: Database
                                                                                               ) -> None:
    over = NOW - KEPT - 1
    found = {64: a_ticket(64, "closed", over, b"key"), 128: a_ticket(128, "closed", over + 2, b"key"),
             192: a_ticket(192, "open", 0, b"key"), 256: a_ticket(256, "closed", over)}
    await add(database, tickets, *found.values())
    await add(database, ticket_words, *({"ticket": number, "number": which, "operator": 0, "sealed": b"words", "at": 1}
                                        for number in found for which in (1, 2)))
    purge = Purge(database, slice_size=3, steps=1)
    rounds = [await purge.run(NOW) for _ in range(3)]
    assert [one["ticket_words"] for one in rounds] == [2, 0, 2], "a round is bounded, and the next one goes on"
    async with database.reading.connect() as connection:
        said = (await connection.execute(select(ticket_words.c.ticket, ticket_words.c.sealed))).all()
        keys = {row.id: row.wrapped_key for row in await connection.execute(select(tickets))}
    assert {row.ticket for row in said if row.sealed} == {128, 192}
    assert len(said) == 2 * len(found)
    assert keys == {64: b"", 128: b"key", 192: b"key", 256: b""}
    again = await Purge(database).run(NOW)
    assert (again["ticket_words"], again["tickets"]) == (0, 0)


def an_order(number: int, member: int, ended_at: int = 0) -> dict[str, Any]:
    return {"id": number, "member": member, "authority": "Court", "reference": "Ref 1", "dated": 1, "amount": 0,
            "until": 0, "note": "", "at": 1, "proposal": number, "since_entry": 0, "since_held": 0,
            "ended_at": ended_at, "ended_by": 7 if ended_at else 0, "why": "", "last_entry": 0, "last_held": 0}


async def test_what_somebody_wrote_stays_while_an_order_of_a_court_holds_their_money(database: Database) -> None:
    over, bob = NOW - KEPT - 1, ALICE + 64
    by_bob = {"member": bob, "subject": ALICE, "category": "report"}  # About Alice.
    await add(database, tickets, a_ticket(64, "closed", over, b"key"), {**a_ticket(128, "closed", over), **by_bob},
              {**a_ticket(192, "closed", over), "member": bob})
    await add(database, ticket_words, *({"ticket": number, "number": 1, "operator": 0, "sealed": b"words", "at": 1}
                                        for number in (64, 128, 192)))
    await add(database, legal_holds, an_order(640, ALICE), an_order(704, ALICE, ended_at=2), an_order(768, bob, 2))
    found = await Purge(database).run(NOW)
    assert (found["ticket_words"], found["tickets"]) == (1, 0), "Bob's own words are over, and nobody needs them"
    await database.write(lambda c: c.execute(update(legal_holds).values(ended_at=2, ended_by=7)))
    found = await Purge(database).run(NOW)
    assert (found["ticket_words"], found["tickets"]) == (2, 1)
