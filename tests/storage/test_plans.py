"""What is looked for among envelopes, requests, splits, vouchers and schedules, and what is open about a member, is
found by an index, however many of them there are: every query that is made for it is asked how it was answered."""
from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, event, text

from storage.audit import SqlAudit
from storage.database import Database, open_database
from storage.operators import SqlOperatorReads
from storage.reads import SqlReads

MANY: Final = int(os.environ.get("ROWS_OF_PLANS", "20000"))
"""A plan is chosen by how much there is; the long look asks for more."""
PASSED_OVER: Final = 500
"""So many rows a query may look at and leave."""
ENDED: Final = f"n % {MANY // 40}"
"""When a row ended of a kind of which few are open ever, 0 for forty of them: a share would grow with the long look."""
FILLED: Final = {
    "members": "id, telegram_id, state, step, language, level, accepted, no_pin_limit, restrictions, restricted_until,"
               " payload, waiting, joined_at, created_at"
               " SELECT n, n + 1000, 'active', '', 'en', 2, '', 0, 0, 0, '', 0, 1, 1",
    "profiles": None,
    "transfers": "id, kind, debit, credit, amount, at, reverses, hold, note_digest, lane, seq"
                 " SELECT n, 'envelope', n * 16, n * 16 + 3, 1, n, 0, 0, '', 0, n",
    "notes": "transfer, text SELECT n, 'x'",
    "draws": "envelope, seed, shares, lane, seq SELECT n, 'a', '1', 0, n",
    "envelopes": "id, member, kind, amount, shares, opened, given, returned, state, transfer, expires_at, ended_at,"
                 " ended_by, chat, message, word SELECT n, n, 'lucky', 9, 5, 1, 1, CASE n % 3 WHEN 0 THEN 0 ELSE 8 END,"
                 " CASE n % 3 WHEN 0 THEN 'open' ELSE 'expired' END, n, n, 0, CASE n % 3 WHEN 0 THEN 0 ELSE n END,"
                 " -(n % 5000), 7, CASE n % 2 WHEN 0 THEN '' ELSE 'w' END",
    "shares": "envelope, member, number, amount, transfer SELECT n, n, 1, 1, n",
    "kept_shares": "envelope, person, until, state SELECT n, n, n, CASE n % 3 WHEN 0 THEN 'kept' ELSE 'opened' END",
    "requests": "id, member, person, amount, note, by_number, state, created_at, remind_at, expires_at, ended_at,"
                " transfer, chat, message, offer SELECT n, n, n, 1, '', 0,"
                " CASE n % 3 WHEN 0 THEN 'open' ELSE 'expired' END, 1, n, n + 100, n % 3, 0, -(n % 5000), 7, 0",
    "splits": "id, member, kind, amount, heads, payers, due, paid, collected, state, made_at, expires_at, remind_at,"
              " reminded_at, ended_at, chat, message, note, offers SELECT n, n, 'open', 9, 3, 2, 6, 0, 0,"
              " CASE n % 3 WHEN 0 THEN 'open' ELSE 'expired' END, 1, n + 100, n, 1, n % 3 * n, -(n % 5000), 7, '',"
              " CASE n % 500 WHEN 0 THEN 1 ELSE 0 END",
    "split_shares": "split, person, number, amount, member, transfer SELECT n, n, 1, 3, 0, 0",
    "split_offers": "split, person, message SELECT n, n, 7",
    "vouchers": "id, member, amount, uses, used, returned, state, transfer, \"only\", nonce, password, tries,"
                " expires_at, ended_at, ended_by, chat, message, pinless_on SELECT n, n, 1, 2, 1,"
                " CASE n % 3 WHEN 0 THEN 0 ELSE 1 END, CASE n % 3 WHEN 0 THEN 'open' ELSE 'expired' END,"
                " n, 0, 'n', '', 0, n, 0,"
                " CASE n % 3 WHEN 0 THEN 0 ELSE n END, -(n % 5000), 7, 0",
    "schedules": "id, member, person, amount, note, by_number, unit, on_day, last_day, state, next_day, try_day, tries,"
                 " told_day, created_at, ended_at SELECT n, n, n, 1, '', 0, 'month', 1, 1,"
                 " CASE n % 3 WHEN 0 THEN 'active' ELSE 'ended' END, n, n, 0, 0, 1, n % 3",
    "tickets": "id, member, category, subject, state, opened_at, waits_since, operator, words, pictures, unanswered,"
               " rung, ended_at, wrapped_key SELECT n, n, 'report', n + 1,"
               " CASE n % 3 WHEN 0 THEN 'open' ELSE 'closed' END, n, 0, 0, 1, 0, 0, 0, n % 3, ''",
    "holds": "id, member, purpose, amount, beneficiary, transfer, state, expires_at, ended_at, ended_by, chat, message"
             " SELECT n, n, 'check', 1, n + 1001, n, CASE n % 3 WHEN 0 THEN 'open' ELSE 'expired' END, n, 0, n % 3, 0,"
             " 0",
    "proposals": "id, deed, member, maker, checker, state, made_at, expires_at, ended_at, why SELECT n, '', n, 1, 0,"
                 f" CASE {ENDED} WHEN 0 THEN 'open' ELSE 'expired' END, 1, n, {ENDED}, ''",
    "hits": "member, entry, id, likeness, version, state, found_at, operator, second, reason, decided_at, proposal,"
            f" penalty SELECT n, 'UN-1 un', n, 99, '', CASE {ENDED} WHEN 0 THEN 'open' ELSE 'cleared' END, n,"
            f" {ENDED}, 0, '', {ENDED}, 0, 0",
    "roles": "telegram_id, role, at, by SELECT n, 'owner', 1, 0",
    "audit": "id, member, act, facts, at, lane, seq SELECT n, n % 5000,"
             " CASE n % 100 WHEN 0 THEN 'appointed' ELSE 'joined' END,"
             " CASE n % 9 WHEN 0 THEN n || ' by ' || n % 300 ELSE '' END, n, 0, n",
}
"""How each table is filled: a third of the rows is still open, a few are due; of proposals and hits forty are open."""
LARGE: Final = frozenset(FILLED) - {"profiles"}

LOOKS: Final[dict[str, Callable[[SqlReads], Awaitable[object]]]] = {
    "envelope": lambda reads: reads.envelope(99),
    "envelopes_in": lambda reads: reads.envelopes_in(-99, 20),
    "worded": lambda reads: reads.worded(-99, 20),
    "envelope_of": lambda reads: reads.envelope_of(99, 99, -99),
    "envelopes sent": lambda reads: reads.envelopes(99, sent=True, since=1, until=10**9, skip=0, limit=10),
    "envelopes received": lambda reads: reads.envelopes(99, sent=False, since=1, until=10**9, skip=0, limit=10),
    "due_envelopes": lambda reads: reads.due_envelopes(60, 200),
    "due_kept": lambda reads: reads.due_kept(60, 200),
    "kept_until": lambda reads: reads.kept_until(99, 99),
    "request": lambda reads: reads.request(99),
    "requests_to": lambda reads: reads.requests_to(99),
    "requests_of": lambda reads: reads.requests_of(99),
    "requests_in": lambda reads: reads.requests_in(-99, 20),
    "requests_to_remind_of": lambda reads: reads.requests_to_remind_of(60, 200),
    "due_requests": lambda reads: reads.due_requests(160, 200),
    "split": lambda reads: reads.split(99),
    "splits_of": lambda reads: reads.splits_of(99, 20),
    "splits_in": lambda reads: reads.splits_in(-99, 20),
    "due_splits": lambda reads: reads.due_splits(160, 200),
    "splits_to_remind": lambda reads: reads.splits_to_remind(60, 200),
    "standing_offers": lambda reads: reads.standing_offers(200),
    "voucher": lambda reads: reads.voucher(99),
    "vouchers_of": lambda reads: reads.vouchers_of(99, 20),
    "vouchers_in": lambda reads: reads.vouchers_in(-99, 20),
    "due_vouchers": lambda reads: reads.due_vouchers(60, 200),
    "schedules": lambda reads: reads.schedules(99),
    "schedule": lambda reads: reads.schedule(99, 99),
    "due_schedules": lambda reads: reads.due_schedules(60, 200),
    "schedules_to_tell": lambda reads: reads.schedules_to_tell(59, 200),
}
OPERATORS_LOOKS: Final[dict[str, Callable[[SqlOperatorReads], Awaitable[object]]]] = {
    "matters": lambda reads: reads.matters(7, 6),
}
AUDITORS_LOOKS: Final[dict[str, Callable[[SqlAudit], Awaitable[object]]]] = {
    "lines": lambda reads: reads.lines(7),
    "lines of": lambda reads: reads.lines(7, member=7, operator=99),
}


async def test_what_people_and_the_clock_look_for_is_found_by_an_index(postgres_url: str) -> None:
    database = open_database(postgres_url)
    try:
        await database.write(_filled)
        reads, operators = SqlReads(database, lambda: 1), SqlOperatorReads(database)
        looks = {**{name: partial(look, reads) for name, look in LOOKS.items()},
                 **{name: partial(look, operators) for name, look in OPERATORS_LOOKS.items()},
                 **{name: partial(look, SqlAudit(database, Path())) for name, look in AUDITORS_LOOKS.items()}}
        scanned = {name: plan for name, look in looks.items() for plan in await _plans(database, look)
                   if any(f"Seq Scan on {table}" in plan for table in LARGE)
                   or any(int(seen) > PASSED_OVER for seen in re.findall(r"Rows Removed by Filter: (\d+)", plan))}
        assert scanned == {}
    finally:
        await database.close()


def _filled(connection: Connection) -> None:
    for table, rows in FILLED.items():
        if rows is not None:
            columns, chosen = rows.split(" SELECT ", 1)
            filled = f"INSERT INTO {table} ({columns}) SELECT {chosen} FROM generate_series(1, {MANY}) n"  # noqa: S608 - all of it stands here
            connection.execute(text(filled))
    connection.execute(text("ANALYZE"))


async def _plans(database: Database, look: Callable[[], Awaitable[object]]) -> list[str]:
    """How PostgreSQL answers each query of a look."""
    asked: list[tuple[str, Any]] = []

    def heard(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        asked.append((statement, parameters))

    engine = database.reading.sync_engine
    event.listen(engine, "before_cursor_execute", heard)
    try:
        await look()
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert asked
    async with database.reading.connect() as connection:
        answered = [await connection.exec_driver_sql(f"EXPLAIN ANALYZE {statement}", parameters)
                    for statement, parameters in asked]
    return ["\n".join(row[0] for row in rows) for rows in answered]
