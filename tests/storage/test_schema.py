"""The migrated schema is the one the code believes in, and the database itself keeps the rules that matter most."""
# ruff: noqa: S608 - every statement is written here; nothing in it comes from outside.
from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Column, Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database, open_database
from storage.migrate import migrate
from storage.tables import FINAL, OF_ROW, metadata
from tests.wallet.bank import open_bank
from wallet.rows import ALL, Hold

ALICE, BOB = 101, 102
BY_EXPRESSION = {index.name for table in metadata.tables.values() for index in table.indexes
                 if not all(isinstance(one, Column) for one in index.expressions)}


async def read(url: str, job: Any) -> Any:
    """What a job reads on a connection."""
    database = open_database(url)
    try:
        async with database.reading.connect() as connection:
            return await connection.run_sync(job)
    finally:
        await database.close()


def differences(connection: Connection) -> list[Any]:
    """What a migration would have to change."""
    opts = {"compare_type": True, "include_object": _can_be_compared}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*expression-based index")
        return list(compare_metadata(MigrationContext.configure(connection, opts=opts), metadata))


def _can_be_compared(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Databases give an index over an expression back in words of their own."""
    return kind != "index" or name not in BY_EXPRESSION


async def test_the_migrated_schema_is_the_one_in_the_code(database_url: str) -> None:
    assert await read(database_url, differences) == []


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    assert await read(database_url, differences) == []


async def test_every_index_over_an_expression_is_there(database_url: str) -> None:
    query = ("SELECT indexname FROM pg_indexes" if database_url.startswith("postgresql")
             else "SELECT name FROM sqlite_master WHERE type = 'index'")
    found = await read(database_url, lambda connection: set(connection.execute(text(query)).scalars()))
    assert {"ix_audit_by", "ix_audit_appointed"} <= BY_EXPRESSION <= found


async def test_money_that_waited_before_a_step_waits_after_it(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'before.db'}"
    migrate(url, "0005")
    database = open_database(url)
    try:
        await _write(database, "INSERT INTO holds VALUES (7, 64, 'claim', 5, 999, 8, 'open', 1, 0, 0, -5, 77)")
    finally:
        await database.close()
    migrate(url)
    rows = await read(url, lambda connection: connection.execute(text("SELECT * FROM holds")).all())
    assert [tuple(row) for row in rows] == [(7, 64, "claim", 5, 999, 8, "open", 1, 0, 0, -5, 77, 0, 0, 0, "", 0)]
    indexes = await read(url, lambda connection: {index["name"] for index in inspect(connection).get_indexes("holds")})
    assert indexes == {index.name for index in OF_ROW[Hold].indexes}


async def test_requests_by_number_are_counted_apart_from_those_before_a_step(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'before.db'}"
    migrate(url, "0020")
    database = open_database(url)
    try:
        for number, by_number, state in ((1, 0, "open"), (2, 1, "open"), (3, 1, "declined")):
            await _write(database, f"INSERT INTO requests VALUES ({number}, 64, 77, 5, '', {by_number}, '{state}',"
                                   f" 1, 1, 9, {int(state != 'open')}, 0, 0, 0, 0)")
        for what in ("requests", "requests:77"):
            await _write(database, f"INSERT INTO tallies VALUES (64, '{what}', 2, 9, 3)")
    finally:
        await database.close()
    migrate(url)
    rows = await read(url, lambda connection: connection.execute(text("SELECT * FROM tallies ORDER BY what")).all())
    assert [tuple(row) for row in rows] == [
        (64, "requests", 2, 9, 3), (64, "requests by number:77", 1, 0, 2), (64, "requests:77", 1, 9, 3)]


async def test_cards_that_have_something_behind_them_before_a_step_are_claimed(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'before.db'}"
    migrate(url, "0021")
    database = open_database(url)
    try:
        for number, card in ((7, "gift"), (8, "")):
            await _write(database, f"INSERT INTO holds VALUES ({number}, 64, 'claim', 5, 0, {number + 9}, 'open', 1, 0,"
                                   f" 0, 0, 0, 0, 0, 0, '{card}')")
        await _write(database, "INSERT INTO envelopes VALUES (9, 128, 'lucky', 5, 1, 0, 0, 0, 'open', 19, 2, 0, 0, 0,"
                               " 0, 0, '', 0, 'envelope', '')")
    finally:
        await database.close()
    migrate(url)
    rows = await read(url, lambda connection: connection.execute(text("SELECT * FROM claims ORDER BY owner")).all())
    assert [tuple(row) for row in rows] == [("card:gift", 64, 1), ("card:envelope", 128, 2)]


@pytest.mark.parametrize("server", ["sqlite", "postgres"])
async def test_what_came_and_what_was_noted_before_a_step_counts_after_it(
        server: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if server == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'before.db'}"
    else:
        url = request.getfixturevalue("postgres").create_database("before_0050")
    migrate(url, "0049")
    database = open_database(url)
    try:
        for number in (7, 8):
            await _write(database, "INSERT INTO members(id, telegram_id, state, step, language, level, accepted,"
                                   " no_pin_limit, restrictions, restricted_until, payload, waiting, joined_at,"
                                   f" created_at, safeguards) VALUES ({number}, {number}, 'active', '', 'en', 0, '', 0,"
                                   " 0, 0, '', 0, 1, 1, 1)")
            await _write(database, f"INSERT INTO accounts(id, kind, balance, entries) VALUES ({number * 16}, 0, 5, 1)")
        await _write(database, "INSERT INTO habits VALUES (7, 9, 1, 2, 3, 4, 0, 0, 1, 6, 0)")
    finally:
        await database.close()
    migrate(url)
    assert await read(url, lambda connection: [tuple(row) for row in connection.execute(
        text("SELECT * FROM accounts WHERE id >= 112 ORDER BY id"))]) == [
        (112, 0, 5, 1, 9, 1, 2, 3, 4), (128, 0, 5, 1, 0, 0, 0, 0, 0)]
    assert await read(url, lambda connection: [tuple(row) for row in connection.execute(
        text("SELECT id, safeguards FROM members ORDER BY id"))]) == [(7, 65), (8, 1)]
    assert await read(url, differences) == []


async def test_rows_and_their_tables_begin_with_the_same_columns() -> None:
    assert set(OF_ROW) == set(ALL)
    for cls, table in OF_ROW.items():
        names = [column.name for column in table.columns]
        assert tuple(names[:len(cls.columns())]) == cls.columns()
        assert {column.name for column in table.primary_key} == set(cls.KEY)


async def test_what_a_table_has_beyond_its_row_is_filled_by_the_database(database_url: str) -> None:
    beyond = [column for cls, table in OF_ROW.items() for column in list(table.columns)[len(cls.columns()):]]
    assert all(column.server_default is not None for column in beyond)


async def _write(database: Database, statement: str) -> None:
    await database.write(lambda connection: connection.execute(text(statement)))


async def _refused(database: Database, statement: str) -> bool:
    try:
        await _write(database, statement)
    except DBAPIError:
        return True
    return False


async def _filled(url: str) -> None:
    async with open_bank(url) as bank:
        await bank.join(ALICE, 1_000)
        await bank.join(BOB)
        await bank.pays(ALICE, BOB, amount=10, note="lunch")
        await bank.fills(ALICE, amount=100, shares=2)
        await bank.splits(ALICE, BOB, amount=100, heads=2)


CHANGES = [
    *[f"DELETE FROM {table}" for table in FINAL if table != "anchors"],
    "UPDATE transfers SET amount = amount + 1", "UPDATE entries SET amount = amount + 1",
    "UPDATE acceptances SET version = 'another'", "UPDATE audit SET act = 'another'", "UPDATE journal SET at = 0",
    # What the ledger's own rules forbid.
    "UPDATE accounts SET balance = -1 WHERE kind = 0", "UPDATE accounts SET kind = 1 WHERE kind = 0",
    "INSERT INTO transfers VALUES (1, 'send', 16, 32, 0, 1, 0, 0, '', 0, 1)",
    "INSERT INTO transfers VALUES (1, 'send', 16, 32, -5, 1, 0, 0, '', 0, 1)",
    "INSERT INTO transfers VALUES (1, 'send', 16, 16, 5, 1, 0, 0, '', 0, 1)",
    "INSERT INTO entries VALUES (16, 0, 1, 5, 5)", "INSERT INTO entries VALUES (16, 1000, 1, 0, 5)",
    "UPDATE members SET state = 'rich'", "UPDATE members SET waiting = -1", "UPDATE switch SET state = 'ajar'",
    "INSERT INTO holds VALUES (9, 64, 'claim', 5, 999, 8, 'declined', 1, 2, 3, 0, 0, 0)",
    "INSERT INTO holds VALUES (9, 64, 'gift', 5, 999, 8, 'open', 1, 0, 0, 0, 0, 0)",
    "UPDATE envelopes SET given = 1", "UPDATE envelopes SET opened = 3, given = 3",
    "UPDATE envelopes SET state = 'ajar'",
    "UPDATE envelopes SET state = 'emptied'", "UPDATE envelopes SET state = 'expired', ended_by = 1",
    "UPDATE envelopes SET returned = 100", "UPDATE envelopes SET amount = 1", "UPDATE envelopes SET kind = 'empty'",
    "UPDATE draws SET seed = 'another'", "INSERT INTO shares VALUES (9, 64, 0, 5, 8)",
    "INSERT INTO shares VALUES (9, 64, 1, 0, 8)", "INSERT INTO shares VALUES (9, 64, 1, 5, 8), (9, 64, 2, 5, 9)",
    "INSERT INTO shares VALUES (9, 64, 1, 5, 8), (9, 128, 1, 5, 9)",
    "UPDATE splits SET paid = 1", "UPDATE splits SET paid = 1, collected = 50", "UPDATE splits SET state = 'complete'",
    "UPDATE splits SET state = 'closed'", "UPDATE splits SET state = 'ajar'", "UPDATE splits SET kind = 'empty'",
    "UPDATE splits SET amount = 1", "UPDATE splits SET ended_at = 1", "UPDATE split_shares SET transfer = 1",
    "UPDATE split_shares SET member = 1", "UPDATE split_shares SET amount = 0", "UPDATE split_shares SET number = 0",
    "INSERT INTO split_shares VALUES (9, 64, 1, 5, 0, 0, 0), (9, 65, 1, 5, 0, 0, 0)",
    "INSERT INTO split_shares VALUES (9, 64, 1, 5, 1, 7, 0), (9, 65, 2, 5, 2, 7, 0)",
    "INSERT INTO switch VALUES (2, 'open', 0, '')", "UPDATE counters SET pinless_sum = sent_sum + 1"]


async def test_the_database_refuses_what_must_never_be(database_url: str) -> None:
    await _filled(database_url)
    database = open_database(database_url)
    try:
        for statement in CHANGES:
            assert await _refused(database, statement), statement
    finally:
        await database.close()


async def test_anchors_are_kept_too(database_url: str) -> None:
    database = open_database(database_url)
    try:
        await _write(database, "INSERT INTO anchors VALUES (1, 1, '', '', '')")
        for statement in ("UPDATE anchors SET at = 2", "DELETE FROM anchors"):
            with pytest.raises(DBAPIError, match="append-only"):
                await _write(database, statement)
    finally:
        await database.close()


async def test_postgres_refuses_to_empty_a_table_of_final_rows(postgres_url: str) -> None:
    await _filled(postgres_url)
    database = open_database(postgres_url)
    try:
        for table in FINAL:
            with pytest.raises(DBAPIError, match="append-only"):
                await _write(database, f"TRUNCATE {table}")
    finally:
        await database.close()


async def test_one_reversal_at_most(database_url: str) -> None:
    database = open_database(database_url)
    try:
        await _write(database, "INSERT INTO transfers VALUES (901, 'return', 17, 16, 5, 1, 900, 0, '', 0, 1)")
        with pytest.raises(DBAPIError):
            await _write(database, "INSERT INTO transfers VALUES (902, 'return', 17, 16, 5, 1, 900, 0, '', 0, 1)")
    finally:
        await database.close()


def checks(connection: Connection) -> set[tuple[str, str]]:
    """The rules that the database has been given, by table and name; Alembic does not compare them."""
    inspector = inspect(connection)
    return {(table, str(check["name"])) for table in inspector.get_table_names()
            for check in inspector.get_check_constraints(table)}


async def test_every_rule_of_the_tables_is_in_the_database(database_url: str) -> None:
    wanted = {(table.name, str(rule.name)) for table in metadata.tables.values() for rule in table.constraints
              if isinstance(rule, CheckConstraint)}
    named = {(table, name if name.startswith("ck_") else f"ck_{table}_{name}") for table, name in wanted}
    assert named - await read(database_url, checks) == set()


async def test_postgres_sorts_keys_by_their_bytes_whatever_language_it_sorts_in(postgres_url: str) -> None:
    query = ("SELECT table_name FROM information_schema.columns WHERE collation_name = 'C'"
             " AND (table_name, column_name) IN (('operations', 'key'), ('claims', 'text'), ('drafts', 'token'))")
    assert set(await read(postgres_url, lambda connection: connection.execute(text(query)).scalars().all())) == {
        "operations", "claims", "drafts"}
