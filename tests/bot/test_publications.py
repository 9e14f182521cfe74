"""What operators publish reaches every process, and one that has other words for it says so."""
from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.publications import Publications
from handlers import legal
from handlers.legal import Library
from storage.database import open_database
from storage.documents import TextChanged, days_published
from storage.tables import publications
from tests.handlers.legal.shelf import NAMES, PLAIN_BODY, SHANGHAI, written

TODAY = date(2027, 1, 1)
LATER = "2027-01-10"


def loaded(folder: Path, **days: frozenset[str]) -> Library:
    return legal.load_all(folder, [legal.Wording(1, date.min, NAMES)], SHANGHAI, legal.Shared(days, TODAY))


def test_a_fresh_deployment_publishes_what_is_in_force_and_nothing_to_come(tmp_path: Path) -> None:
    written(tmp_path, PLAIN_BODY, PLAIN_BODY)
    written(tmp_path, PLAIN_BODY, PLAIN_BODY, version=LATER, effective="2027-02-01")
    library = loaded(tmp_path)
    assert [one.version for one in library.documents] == ["2026-11-22"]
    assert [one.version for one in library.waiting] == [LATER]
    assert library.find("paper", LATER) is None
    assert loaded(tmp_path, paper=frozenset({"2026-11-22", LATER})).waiting == ()


def test_the_first_version_of_all_needs_nobody_even_if_it_is_to_come(tmp_path: Path) -> None:
    written(tmp_path, PLAIN_BODY, PLAIN_BODY, effective="2027-02-01")
    assert loaded(tmp_path).waiting == ()


def test_a_version_whose_day_is_over_waits_all_the_same_where_others_were_published(tmp_path: Path) -> None:
    written(tmp_path, PLAIN_BODY, PLAIN_BODY)
    written(tmp_path, PLAIN_BODY, PLAIN_BODY, version="2026-12-01", effective="2026-12-20")
    assert [one.version for one in loaded(tmp_path, paper=frozenset({"2026-11-22"})).waiting] == ["2026-12-01"]


async def test_two_processes_take_it_over_and_one_with_other_words_ends(database_url: str, tmp_path: Path) -> None:
    written(tmp_path, PLAIN_BODY, PLAIN_BODY)
    written(tmp_path, PLAIN_BODY, PLAIN_BODY, version=LATER, effective="2027-02-01")
    database = open_database(database_url)
    libraries = [loaded(tmp_path) for _ in range(2)]
    texts = libraries[0].waiting[0].texts
    processes = [Publications(database, library, library.terms()) for library in libraries]
    (tmp_path / "other").mkdir()
    written(tmp_path / "other", PLAIN_BODY, PLAIN_BODY)
    behind = loaded(tmp_path / "other")
    other = replace(behind, waiting=(written(tmp_path / "other", PLAIN_BODY.replace("Words", "Others"), PLAIN_BODY,
                                             version=LATER, effective="2027-02-01").documents[-1],))
    try:
        for process in processes:
            await process.look()
        assert all(library.waiting for library in libraries)
        row = {"id": 1, "document": "paper", "version": LATER, "english": texts["en"].sha256,
               "chinese": texts["zh_CN"].sha256, "effective": 1, "at": 1}
        await database.write(lambda connection: connection.execute(insert(publications), [row]))
        for process in processes:
            await process.look()
            await process.look()
        assert [[one.version for one in library.documents] for library in libraries] == [["2026-11-22", LATER]] * 2
        assert await days_published(database) == {"paper": frozenset({LATER})}
        with pytest.raises(TextChanged, match="no file of it"):
            await Publications(database, behind, behind.terms()).look()
        with pytest.raises(TextChanged, match="other words for it"):
            await Publications(database, other, other.terms()).look()
    finally:
        await database.close()
