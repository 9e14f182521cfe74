"""The SQLite writer: whoever asks it is answered, even when there is nobody to write."""
from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storage.database import open_database
from tests.patience import PATIENCE


async def test_a_writer_that_cannot_open_its_file_says_so_to_everybody(tmp_path: Path) -> None:
    file = tmp_path / "no.db"
    file.write_bytes(b"this is no database, however long one looks at it" * 100)
    database = open_database(f"sqlite:///{file}")
    for _ in range(2):
        with pytest.raises(Exception, match="not a database"):
            await asyncio.wait_for(database.write(lambda connection: None), PATIENCE)
    await database.close()
