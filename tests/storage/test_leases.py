"""Who holds what, and what a holder is called."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from storage.leases import name_of_process
from storage.tables import leases
from tests.scenarios.harness import stage


def test_processes_side_by_side_have_different_names() -> None:
    names = {name_of_process("127.0.0.1", 8080), name_of_process("127.0.0.2", 8080), name_of_process("127.0.0.1", 8081)}
    assert len(names) == 3


def test_copies_of_a_machine_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "localhost")
    names = set()
    for card in (0x02_42_AC_11_00_02, 0x02_42_AC_11_00_03):
        monkeypatch.setattr("uuid.getnode", lambda card=card: card)
        names.add(name_of_process("0.0.0.0", 8080))  # noqa: S104 - nothing is opened
    assert len(names) == 2


def test_the_next_process_in_its_place_has_the_same_name() -> None:
    assert name_of_process("127.0.0.1", 8080) == name_of_process("127.0.0.1", 8080)


async def test_two_processes_on_any_free_port_do_not_take_each_other_for_themselves(
        postgres_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, postgres_url) as one, stage(tmp_path, postgres_url) as two:
        async with one.app.database.reading.connect() as connection:
            query = select(leases.c.holder).where(leases.c.name.startswith("outbox:"))
            holders = set((await connection.execute(query)).scalars())
        assert holders == {name_of_process("127.0.0.1", here.app.site.port) for here in (one, two)}
        assert len(holders) == 2
