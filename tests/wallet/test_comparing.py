"""A screening list that changes: the names of before are compared with it, each once, whatever dies meanwhile."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from handlers.jobs import comparing
from handlers.jobs.comparing import Comparing
from storage.applications import SqlApplications
from storage.tables import audit, hits, identities, profiles
from tests.wallet.bank import POLICY, Bank, open_bank
from wallet.comparing import CompareNames
from wallet.identity import GiveIdentity
from wallet.screening import Entry, Likeness, Listed
from wallet.vault import Vault
from wallet.views.operators import NameListView

VAULT = Vault(b"s" * 32)
NAMES = ("Erika Beispielname", "Bob Miller", "Max Sample-Listed", "Carol Jones", "Erika Beispielnamen", "Eve Stone")
FIRST = Listed((Entry("Max Sample-Listed", (), "person", "un", "UN-1"),), "first")
SECOND = Listed((Entry("Max Sample-Listed", (), "person", "un", "UN-1"),
                 Entry("Erika Beispielname", (), "person", "un", "UN-2")), "second")


@pytest.fixture
async def bank(database_url: str) -> AsyncIterator[Bank]:
    """Six people who gave their names before there was a list."""
    async with open_bank(database_url, policy=replace(POLICY, no_pin_limit=10_000_000)) as opened:
        for person, name in enumerate(NAMES, 9_001):
            await verified(opened, person, name)
        yield opened


async def verified(bank: Bank, person: int, name: str, on: Listed | None = None) -> None:
    number, key = await bank.join(person, 1_000), VAULT.new_member_key()
    assert bank.database is not None
    await bank.database.write(lambda connection: connection.execute(
        profiles.update().where(profiles.c.member == number).values(wrapped_key=key)))
    await bank.run(GiveIdentity(
        key=bank.key(), member=number, digest=f"{person:064d}", sealed=VAULT.seal_for(key, f"{name}\n1"), born=726_532,
        listed=tuple(on.likenesses([name])) if on else (), version=on.version if on else ""))


def reads(bank: Bank) -> SqlApplications:
    assert bank.database is not None
    return SqlApplications(bank.database, VAULT)


def clock(bank: Bank, on: Listed) -> Comparing:
    return Comparing(bank.engine, reads(bank), on)


async def found(bank: Bank) -> list[tuple[int, str]]:
    """Whose name is like which entry."""
    assert bank.database is not None
    people = {number: person for person, number in bank.members.items()}
    async with bank.database.reading.connect() as connection:
        rows = (await connection.execute(select(hits).order_by(hits.c.member, hits.c.entry))).all()
    return [(people[row.member], row.entry) for row in rows]


async def written(bank: Bank, act: str) -> list[str]:
    assert bank.database is not None
    async with bank.database.reading.connect() as connection:
        return [row.facts for row in (await connection.execute(
            select(audit.c.facts).where(audit.c.act == act).order_by(audit.c.at, audit.c.id))).all()]


async def test_the_names_of_before_are_compared_once_and_the_operators_hear_of_whom_they_mean(bank: Bank) -> None:
    assert await clock(bank, FIRST).round() == 6
    assert await found(bank) == [(9_003, "UN-1 un")]
    rung = [notice for notice in bank.told if notice.event == "NameListed"]
    assert len(rung) == 1
    for on in (FIRST, FIRST):
        assert await clock(bank, on).round() == 0, "a process that starts again with the same list has nothing to do"
    assert (await written(bank, "list_taken"), await written(bank, "list_compared")) == (["first"], ["first 6 1"])


async def test_another_list_is_compared_with_all_of_them_and_rings_for_nobody_twice(bank: Bank) -> None:
    await clock(bank, FIRST).round()
    assert await clock(bank, SECOND).round() == 6
    assert await found(bank) == [(9_001, "UN-2 un"), (9_003, "UN-1 un"), (9_005, "UN-2 un")]
    assert len([notice for notice in bank.told if notice.event == "NameListed"]) == 3
    assert await written(bank, "list_compared") == ["first 6 1", "second 6 2"]
    held = await bank.pays(9_001, 9_002, amount=5)
    assert held.purposes == ("check",)


async def test_where_it_died_it_goes_on_and_nobody_is_compared_twice(bank: Bank, monkeypatch: pytest.MonkeyPatch
                                                                    ) -> None:
    monkeypatch.setattr(comparing, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(comparing, "BATCHES", 1)
    for done in (2, 2, 2, 0):
        assert await clock(bank, SECOND).round() == done, "each by a process of its own"
    assert len(await found(bank)) == 3
    current = await reads(bank).name_list()
    assert current is not None
    assert (current.compared, current.found, bool(current.ended_at)) == (6, 3, True)


async def test_two_processes_that_do_it_at_once_do_it_once(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "MOST_AT_ONCE", 1)
    await asyncio.gather(*(clock(bank, SECOND).round() for _process in range(3)))
    assert len(await found(bank)) == 3
    assert await written(bank, "list_compared") == ["second 6 3"]


async def test_a_process_with_the_list_of_before_stands_back_and_whom_it_took_in_is_compared_again(bank: Bank) -> None:
    old, new = clock(bank, FIRST), clock(bank, SECOND)
    await old.round()
    await new.round()
    assert await old.round() == 0
    await verified(bank, 9_100, "Erika Beispielname", FIRST)
    await verified(bank, 9_101, "Erika Beispielname", SECOND)
    assert (9_100, "UN-2 un") not in await found(bank)
    assert await old.round() == 0
    assert await new.round() == 1
    assert {(9_100, "UN-2 un"), (9_101, "UN-2 un")} <= set(await found(bank))


async def test_what_was_looked_up_before_the_list_changed_counts_for_nothing(bank: Bank) -> None:
    await clock(bank, FIRST).round()
    before = await reads(bank).name_list()
    assert isinstance(before, NameListView)
    await clock(bank, SECOND).round()
    number, many = bank.members[9_002], await found(bank)
    await bank.run(CompareNames(key="late", version="first", since=before.since, after=0,
                                likenesses=((number, (Likeness("UN-9 un", 100),)),)))
    assert await found(bank) == many


async def test_a_name_whose_key_was_destroyed_stops_nobody_behind_it(bank: Bank) -> None:
    assert bank.database is not None
    await bank.database.write(lambda connection: connection.execute(
        profiles.update().where(profiles.c.member == bank.members[9_001]).values(wrapped_key=b"")))
    assert await clock(bank, SECOND).round() == 6
    assert await found(bank) == [(9_003, "UN-1 un"), (9_005, "UN-2 un")]


async def test_without_a_list_nothing_is_compared(bank: Bank) -> None:
    assert await clock(bank, Listed(())).round() == 0
    assert await reads(bank).name_list() is None
    assert bank.database is not None
    async with bank.database.reading.connect() as connection:
        assert {row.screened for row in (await connection.execute(select(identities.c.screened))).all()} == {""}
