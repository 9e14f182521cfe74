"""The inbox as a table: what is new, what is pending, who takes over, what is erased, and who was seen on the way."""
from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, text

from handlers.ground import Seen
from storage import inbox
from storage.database import Database, open_database
from storage.inbox import LOST_MOST, SUSPECT, Stored, UpdateId, UpdateStore, passing
from storage.people import DAY, LATELY, GroupSighting, SeenGroups, SeenPeople, Sighting, storable
from tests.patience import PATIENCE
from wallet.vault import Vault

BOT = 42
SECRET = b"s" * 32
NOW = 1_770_000_000_000_000


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def shared(postgres_url: str) -> AsyncIterator[Database]:
    opened = open_database(postgres_url)
    yield opened
    await opened.close()


def store_of(database: Database, holder: str = "one") -> UpdateStore:
    return UpdateStore(database, Vault(SECRET), BOT, holder)


def update(number: int, *, person: int = 7, digest: bytes = b"d" * 16, at: int = 0) -> Stored:
    return Stored(UpdateId(number, digest), person, b'{"update_id":%d}' % number, at or NOW + number)


async def rows(database: Database, what: str = "*", where: str = "true") -> list[tuple[object, ...]]:
    async with database.reading.connect() as connection:
        found = await connection.execute(text(f"SELECT {what} FROM updates WHERE {where} ORDER BY update_id"))  # noqa: S608
        return [tuple(row) for row in found]


async def test_only_what_was_not_stored_before_is_new(database: Database) -> None:
    store = store_of(database)
    assert await store.store([update(1), update(2)]) == {update(1).id, update(2).id}
    assert await store.store([update(2), update(3)]) == {update(3).id}
    assert await store.pending() == 3


async def test_a_process_under_another_name_finds_what_the_one_before_left(database: Database) -> None:
    await store_of(database, "one").store([update(1)])
    found, _ = await store_of(database, "two").take_over(after=None, limit=2, now=NOW, ours=True)
    assert [item.id for item in found] == [update(1).id]


async def test_the_same_number_with_other_content_is_another_update(database: Database) -> None:
    store = store_of(database)
    await store.store([update(1)])
    assert await store.store([update(1, digest=b"e" * 16)]) == {UpdateId(1, b"e" * 16)}


async def test_two_bots_may_have_the_same_update(database: Database) -> None:
    await store_of(database).store([update(1)])
    other = UpdateStore(database, Vault(SECRET), 43, "one")
    assert await other.store([update(1)]) == {update(1).id}


async def test_a_body_is_unreadable_in_the_database(database: Database) -> None:
    await store_of(database).store([update(1)])
    [(body,)] = await rows(database, "body")
    assert isinstance(body, bytes)
    assert b"update_id" not in body


async def test_what_is_marked_is_pending_no_more(database: Database) -> None:
    store = store_of(database)
    await store.store([update(number) for number in range(1, 6)])
    await store.mark({update(1).id: "done", update(2).id: "refused", update(3).id: "dead"}, NOW)
    assert await rows(database, "update_id, state") == [
        (1, "done"), (2, "refused"), (3, "dead"), (4, "pending"), (5, "pending")]
    assert await store.pending() == 2


async def test_an_end_is_marked_once(database: Database) -> None:
    store = store_of(database)
    await store.store([update(1)])
    await store.mark({update(1).id: "done"}, NOW)
    await store.mark({update(1).id: "dead"}, NOW)
    assert await rows(database, "state") == [("done",)]


async def test_after_a_crash_what_is_pending_comes_back_in_order_of_arrival(database: Database) -> None:
    store = store_of(database)
    await store.store([update(9, at=NOW + 1), update(3, at=NOW + 2), update(5, at=NOW + 3), update(1, at=NOW + 4)])
    await store.mark({update(3).id: "done"}, NOW)
    found, after = await store.take_over(after=None, limit=2, now=NOW, ours=True)
    assert [item.id.update_id for item in found] == [9, 5]
    assert all(item.tries == 1 for item in found)
    assert found[0].body == b'{"update_id":9}'
    found, after = await store.take_over(after=after, limit=2, now=NOW, ours=True)
    assert [item.id.update_id for item in found] == [1]
    assert await store.take_over(after=after, limit=2, now=NOW, ours=True) == ([], None)


async def found_again(store: UpdateStore) -> list[Stored]:
    """What the next process finds."""
    return (await store.take_over(after=None, limit=10, now=NOW, ours=True))[0]


async def test_what_is_found_pending_again_and_again_is_suspect_and_no_more(database: Database) -> None:
    store = store_of(database)
    await store.store([update(1)])
    suspected = [(await found_again(store))[0].suspect for _ in range(30)]
    assert suspected == [False] * (SUSPECT - 1) + [True] * (31 - SUSPECT)
    assert await rows(database, "state") == [("pending",)]


async def test_a_suspect_that_is_begun_without_an_end_too_often_is_dead(database: Database) -> None:
    store = store_of(database)
    await store.store([update(1), update(2)])
    for _ in range(SUSPECT):
        await found_again(store)
    for _ in range(LOST_MOST):
        assert len(await found_again(store)) == 2
        await store.set_out(update(1).id)
    assert [item.id.update_id for item in await found_again(store)] == [2]
    assert await rows(database, "update_id, state") == [(1, "dead"), (2, "pending")]


async def test_a_suspect_that_comes_back_is_no_nearer_to_its_death(database: Database) -> None:
    store = store_of(database)
    await store.store([update(1)])
    for _ in range(SUSPECT):
        await found_again(store)
    for _ in range(2 * LOST_MOST):
        await store.set_out(update(1).id)
        await store.came_back(update(1).id)
    [item] = await found_again(store)
    assert item.tries == SUSPECT


async def test_of_two_that_came_in_the_same_moment_none_is_left_out_between_two_pages(database: Database) -> None:
    store = store_of(database)
    await store.store([update(number, at=NOW) for number in range(1, 6)])
    found, after = await store.take_over(after=None, limit=2, now=NOW, ours=True)
    pages = [found]
    while after is not None:
        found, after = await store.take_over(after=after, limit=2, now=NOW, ours=True)
        pages.append(found)
    assert [[item.id.update_id for item in page] for page in pages] == [[1, 2], [3, 4], [5], []]


async def test_what_is_held_is_found_a_page_at_a_time_without_counting(database: Database) -> None:
    store = store_of(database)
    await store.store([update(number) for number in range(1, 4)])
    first, after = await store.held(after=None, limit=2)
    second, after = await store.held(after=after, limit=2)
    assert [item.id.update_id for item in first + second] == [1, 2, 3]
    assert {item.tries for item in first + second} == {0}
    assert await store.held(after=after, limit=2) == ([], None)


async def test_what_another_secret_sealed_is_dead_and_stops_nothing(database: Database) -> None:
    await UpdateStore(database, Vault(b"x" * 32), BOT, "one").store([update(1)])
    store = store_of(database)
    await store.store([update(2)])
    found, _after = await store.take_over(after=None, limit=10, now=NOW, ours=True)
    assert [item.id.update_id for item in found] == [2]
    assert await rows(database, "state", "update_id = 1") == [("dead",)]


async def test_one_persons_pending_updates_are_found_in_order(database: Database) -> None:
    store = store_of(database)
    await store.store([update(1, person=7), update(2, person=8), update(3, person=7), update(4, person=7)])
    await store.mark({update(1).id: "done"}, NOW)
    assert [item.id.update_id for item in await store.waiting(7, 10)] == [3, 4]
    assert [item.id.update_id for item in await store.waiting(7, 1)] == [3]


# ------------------------------------------------------------------------------------- several processes
async def test_a_living_process_keeps_what_it_holds(shared: Database) -> None:
    one, two = store_of(shared, "one"), store_of(shared, "two")
    await one.breathe()
    await one.store([update(1)])
    assert await two.take_over(after=None, limit=10, now=NOW, ours=True) == ([], None)
    assert len((await one.take_over(after=None, limit=10, now=NOW, ours=True))[0]) == 1


async def test_what_a_process_in_its_work_holds_is_not_handed_to_it_again(shared: Database) -> None:
    one = store_of(shared, "one")
    await one.breathe()
    await one.store([update(1)])
    assert await one.take_over(after=None, limit=10, now=NOW, ours=False) == ([], None)


async def test_what_a_silent_process_held_is_taken_over_once(shared: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LEASE", -1.0)  # It breathed its last a second ago.
    await store_of(shared, "one").breathe()
    monkeypatch.undo()
    await store_of(shared, "one").store([update(1)])
    two, three = store_of(shared, "two"), store_of(shared, "three")
    await two.breathe()
    await three.breathe()
    found, _after = await two.take_over(after=None, limit=10, now=NOW, ours=False)
    assert [item.id.update_id for item in found] == [1]
    assert await three.take_over(after=None, limit=10, now=NOW, ours=False) == ([], None)


async def test_a_process_that_ends_lets_go_at_once(shared: Database) -> None:
    one, two = store_of(shared, "one"), store_of(shared, "two")
    await one.breathe()
    await one.store([update(1)])
    await one.let_go()
    found, _after = await two.take_over(after=None, limit=10, now=NOW, ours=False)
    assert len(found) == 1


async def test_whoever_takes_over_sees_who_came_to_life_while_it_waited(shared: Database) -> None:
    one, two = store_of(shared, "one"), store_of(shared, "two")
    await one.store([update(1)])
    async with shared.reading.connect() as meanwhile:
        await meanwhile.execute(text("SELECT pg_advisory_lock(hashtextextended('inbox:42:', 0))"))
        taking = asyncio.create_task(two.take_over(after=None, limit=10, now=NOW, ours=False))
        await waits_for_a_lock(shared)
        await one.breathe()
        await meanwhile.execute(text("SELECT pg_advisory_unlock(hashtextextended('inbox:42:', 0))"))
    assert await taking == ([], None)
    assert len(await found_again(one)) == 1


async def waits_for_a_lock(database: Database) -> None:
    """Until somebody does."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
                   " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
    async with asyncio.timeout(PATIENCE), database.reading.connect() as connection:
        while not (await connection.execute(waiting)).scalar_one():
            pass


async def test_an_operation_that_was_decided_is_found_by_how_its_key_begins(database: Database) -> None:
    def decided(connection: Connection) -> None:
        connection.execute(text("INSERT INTO operations(key, fingerprint, outcome, at)"
                                " VALUES ('msg:42:-100:7:send', :f, '[]', 1)"), {"f": b"f"})

    await database.write(decided)
    store = store_of(database)
    assert await store.was_begun("msg:42:-100:7:")
    assert not await store.was_begun("msg:42:-100:70:")
    assert not await store.was_begun("msg:42:-100:6:")


# ------------------------------------------------------------------------------------- seen on the way in
def people_of(database: Database, now: list[int]) -> SeenPeople[Seen]:
    return SeenPeople(database, Seen, lambda: now[0])


def bob(username: str = "bob", telegram_id: int = 2, name: str = "Bob") -> Sighting:
    return Sighting(telegram_id, username, name, "en", False)


async def note(database: Database, people: SeenPeople[Seen], *seen: Sighting) -> int:
    """As the inbox does it; how many were written."""
    new = people.news(seen)
    await store_of(database).store([update(1)], [lambda connection: people.write(connection, new)])
    people.remember(new)
    return len(new)


async def test_people_are_written_when_they_change_or_once_a_day(database: Database) -> None:
    now = [NOW]
    people = people_of(database, now)
    assert await note(database, people, bob()) == 1
    assert await note(database, people, bob()) == 0
    assert await note(database, people, bob(name="Robert")) == 1
    now[0] += 24 * 60 * 60 * 1_000_000
    assert await note(database, people, bob(name="Robert")) == 1


async def test_a_user_name_leads_to_whoever_was_last_seen_with_it(database: Database) -> None:
    now = [NOW]
    people = people_of(database, now)
    await note(database, people, bob("Bob"))
    found = await people.by_username("bOB")
    assert found is not None
    assert found.telegram_id == 2
    now[0] += 1
    await note(database, people, bob("bob", telegram_id=3, name="Eve"))
    for seer in (people, people_of(database, now)):
        found = await seer.by_username("bob")
        assert found is not None
        assert found.telegram_id == 3
        assert (await seer.by_ids([2]))[2].username in ("", "Bob")
    # It comes back to Bob without anything else about him having changed.
    now[0] += 1
    await note(database, people, bob("Bob"))
    for seer in (people, people_of(database, now)):
        found = await seer.by_username("bob")
        assert found is not None
        assert found.telegram_id == 2


async def test_a_user_name_that_nobody_was_seen_with_lately_leads_nowhere(database: Database) -> None:
    now = [NOW]
    people = people_of(database, now)
    await note(database, people, bob("bob"))
    now[0] += LATELY - DAY
    for seer in (people, people_of(database, now)):
        assert await seer.by_username("bob") is not None
    now[0] += 2 * DAY
    for seer in (people, people_of(database, now)):
        assert await seer.by_username("bob") is None
        assert set(await seer.by_ids([2])) == {2}
    assert await note(database, people, bob("bob")) == 1
    assert await people.by_username("bob") is not None


async def test_somebody_who_gave_a_name_up_is_not_found_by_it(database: Database) -> None:
    people = people_of(database, [NOW])
    await note(database, people, bob("bob"))
    await note(database, people, bob("robert"))
    assert await people.by_username("bob") is None
    assert await people_of(database, [NOW]).by_username("bob") is None
    assert await people.by_username("") is None


async def test_hostile_names_are_kept_as_storable_text(database: Database) -> None:
    people = people_of(database, [NOW])
    seen = Sighting(5, storable("b\0b", 64), storable("\ud800Ann\u202e\n", 128), storable({"no": "text"}, 16), False)
    await note(database, people, seen)
    found = (await people_of(database, [NOW]).by_ids([5, 6]))
    assert set(found) == {5}
    assert "\0" not in found[5].username


async def test_what_cannot_be_kept_about_people_keeps_no_update_from_being_stored(database: Database) -> None:
    def broken(connection: Connection) -> None:
        connection.execute(text("INSERT INTO people(telegram_id) VALUES (NULL)"))

    assert await store_of(database).store([update(1)], [broken]) == {update(1).id}
    assert await store_of(database).pending() == 1


async def test_the_first_to_speak_sets_a_groups_language_and_a_choice_stays(database: Database) -> None:
    groups = SeenGroups(database, lambda: NOW)
    assert await groups.language(-1) == "en"
    await see_group(database, groups, GroupSighting(-2, "Dinner", "zh_CN"))
    assert await groups.language(-2) == "zh_CN"
    await see_group(database, groups, GroupSighting(-2, "Lunch", "en"))
    assert await SeenGroups(database, lambda: NOW).language(-2) == "zh_CN"
    await groups.set_language(-2, "en")
    await see_group(database, groups, GroupSighting(-2, "Tea", "zh_CN"))
    assert await groups.language(-2) == "en"
    assert await SeenGroups(database, lambda: NOW).language(-2) == "en"


async def test_a_group_takes_its_language_along_when_it_becomes_another_chat(database: Database) -> None:
    groups = SeenGroups(database, lambda: NOW)
    await groups.set_language(-2, "zh_CN")
    await see_group(database, groups, GroupSighting(-100, "Dinner", "en", before=-2))
    assert await groups.language(-100) == "zh_CN"


async def test_a_move_is_seen_among_what_is_said_in_the_new_chat(database: Database) -> None:
    groups = SeenGroups(database, lambda: NOW)
    await groups.set_language(-2, "zh_CN")
    new = groups.news([GroupSighting(-100, "Dinner", "en"), GroupSighting(-100, "Dinner", "en", before=-2),
                       GroupSighting(-100, "Dinner", "en")])
    await database.write(lambda connection: groups.write(connection, new))
    groups.remember(new)
    assert await groups.language(-100) == "zh_CN"


async def test_what_a_group_chose_as_another_chat_stays_when_its_move_is_told_again(database: Database) -> None:
    groups = SeenGroups(database, lambda: NOW)
    await groups.set_language(-2, "zh_CN")
    moved = GroupSighting(-100, "Dinner", "en", before=-2)
    for _ in range(2):
        await see_group(database, groups, moved)
        assert await groups.language(-100) == "zh_CN"
    await groups.set_language(-100, "en")
    await see_group(database, groups, moved)
    assert await groups.language(-100) == "en"
    assert await SeenGroups(database, lambda: NOW).language(-100) == "en"


async def see_group(database: Database, groups: SeenGroups, sighting: GroupSighting) -> None:
    new = groups.news([sighting])
    await database.write(lambda connection: groups.write(connection, new))
    groups.remember(new)


# -------------------------------------------------------------------------------------- what passes by itself
async def test_a_database_that_is_away_is_told_from_a_bug() -> None:
    assert passing(ConnectionResetError())
    assert not passing(ValueError())
    away = RuntimeError()
    away.__cause__ = ConnectionRefusedError()
    assert passing(away)


@pytest.mark.parametrize("away", [
    socket.gaierror(socket.EAI_NONAME, "Name or service not known"), TimeoutError(), OSError(113, "No route to host"),
    OSError("Multiple exceptions: [Errno 111] Connect call failed ('::1', 5432, 0, 0)")], ids=repr)
def test_a_database_whose_host_cannot_be_found_or_reached_is_waited_for(away: OSError) -> None:
    assert passing(away)


def test_a_file_that_is_missing_is_no_outage() -> None:
    assert not passing(FileNotFoundError(2, "No such file or directory"))
