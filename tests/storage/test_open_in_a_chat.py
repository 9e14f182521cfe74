"""What is open in a group is found by the group, however much there is elsewhere."""
from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert, text

from storage.database import open_database
from storage.tables import envelopes, holds, requests, vouchers

MANY = 3_000
ROWS = {
    "holds": (holds, {"purpose": "accept", "amount": 1, "beneficiary": 2}),
    "requests": (requests, {"amount": 1, "person": 2, "note": ""}),
    "vouchers": (vouchers, {"amount": 1, "uses": 1, "nonce": "n", "password": ""}),
    "envelopes": (envelopes, {"kind": "lucky", "amount": 1, "shares": 1}),
}


@pytest.mark.parametrize("name", list(ROWS))
async def test_what_is_open_there_is_found_by_an_index(name: str, database_url: str) -> None:
    table, its_own = ROWS[name]
    blank: dict[str, object] = {column.name: "" if str(column.type) == "TEXT" else 0 for column in table.columns}
    rows = [{**blank, **its_own, "id": number, "member": number, "state": "open", "expires_at": number, "chat": -number}
            for number in range(1, MANY + 1)]
    database = open_database(database_url)
    try:
        explain = "EXPLAIN QUERY PLAN " if database.url.get_backend_name() == "sqlite" else "EXPLAIN "

        def plan(connection: Connection) -> str:
            connection.execute(insert(table), rows)
            connection.execute(text("ANALYZE"))
            query = f"SELECT id FROM {name} WHERE chat = -7 AND state = 'open' ORDER BY id DESC LIMIT 20"  # noqa: S608 - all of it stands here
            return str(connection.execute(text(explain + query)).all())

        assert f"ix_{name}_open_chat" in await database.write(plan)
    finally:
        await database.close()
