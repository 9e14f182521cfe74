"""The deployment's secret is there whole or not at all, and is never made anew in the place of one that was lost."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wallet.vault import BadSecret, kept_secret, secret_in


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert kept_secret(tmp_path) is None
    secret = secret_in(folder)
    assert len(secret) == 32
    assert secret_in(folder) == kept_secret(folder) == secret
    assert [file.name for file in folder.iterdir()] == ["secret.key"]
    assert (folder / "secret.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "\n", "abc", "not hex at all", "ab" * 31, "\u00e9"])
def test_a_file_without_a_secret_is_said_to_be_one_and_stays(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret.key").write_text(text, "utf-8")
    with pytest.raises(BadSecret, match="holds no secret"):
        secret_in(tmp_path)
    assert (tmp_path / "secret.key").read_text("utf-8") == text


def test_a_crash_while_it_is_written_leaves_no_half_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "no space left on device")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="no space left"):
            secret_in(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(secret_in(tmp_path)) == 32


def test_of_several_who_begin_at_once_all_have_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(secret_in, [tmp_path] * 8))) == 1
