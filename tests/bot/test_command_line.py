"""The command line: what can't be done is said in a sentence, and whoever changes their mind just goes."""
from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def said(*arguments: str, **settings: str) -> tuple[int, str]:
    """The exit code and everything that was written."""
    return ran("-m", "bot", *arguments, **settings)


def ran(*arguments: str, **settings: str) -> tuple[int, str]:
    ended = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=os.environ | settings, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=60)
    return ended.returncode, ended.stdout


@pytest.mark.parametrize(("settings", "reason"), [
    ({"BOT_TOKEN": "abc"}, "BOT_TOKEN: a token looks like"),
    ({"PORT": "web"}, "PORT: "),
    ({"DATA_DIR": "/dev/null/data"}, "DATA_DIR: nothing can be kept in /dev/null/data"),
], ids=["token", "port", "folder"])
def test_what_is_wrong_with_the_settings_is_said_in_a_sentence(settings: dict[str, str], reason: str) -> None:
    code, words = said("local", **settings)
    assert code == 78
    assert reason in words
    assert "Traceback" not in words


def test_what_is_wrong_with_an_agreement_is_said_in_a_sentence(tmp_path: Path) -> None:
    paper = tmp_path / "legal" / "paper"
    paper.mkdir(parents=True)
    (paper / "2026-11-22.en.md").write_text("No front matter.\n", "utf-8")
    program = ("import sys; from pathlib import Path; import bot.app; from bot.__main__ import main; "
               "bot.app.LOCALES = Path(sys.argv.pop()); main(['local'])")
    code, words = ran("-c", program, str(tmp_path), DATA_DIR=str(tmp_path / "data"), PORT="0")
    assert (code, words.splitlines()) == (78, ["ikmPay can't start:", "paper/2026-11-22.en.md: no front matter"])


def test_ctrl_c_while_it_is_still_loading_is_no_error(tmp_path: Path) -> None:
    starting = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "bot", "local"], cwd=ROOT, text=True, stderr=subprocess.PIPE,
        env=os.environ | {"DATA_DIR": str(tmp_path), "PORT": "0"})
    assert starting.stderr is not None
    with starting:
        for line in starting.stderr:  # As soon as the first of what it loads is there.
            if "bot.settings" in line:
                starting.send_signal(signal.SIGINT)
                break
        left = starting.stderr.read()
    assert starting.returncode == 0
    assert "KeyboardInterrupt" not in left


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """The local chat, from its greeting on until it has ended."""
    process = subprocess.Popen([sys.executable, "-m", "bot", "local"], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                               umask=0o022, env=os.environ | {"DATA_DIR": str(folder), "PORT": "0"})
    assert process.stdout is not None
    with process:
        try:
            assert any("http://127.0.0.1:" in line for line in process.stdout)
            yield
        finally:
            process.send_signal(signal.SIGTERM)


def open_to_others(folder: Path) -> list[Path]:
    return [path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077]


def test_what_is_kept_is_nobody_elses_to_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder):
        made = {path.name for path in folder.iterdir()}
        assert {"local.db", "local.db-wal", "local-chat.sqlite", "secret.key"} <= made
        assert open_to_others(folder) == []
    assert open_to_others(folder) == []


def test_a_database_that_is_only_migrated_is_nobody_elses_to_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    before = os.umask(0o022)
    try:
        code, words = said("migrate", DATA_DIR=str(folder))
    finally:
        os.umask(before)
    assert (code, open_to_others(folder)) == (0, []), words


def test_a_local_chat_of_another_release_says_how_to_begin_a_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder):
        pass
    with closing(sqlite3.connect(folder / "local.db")) as database, database:
        database.execute("UPDATE documents SET sha256 = 'of other words'")
        database.execute("INSERT INTO acceptances "
                         "(id, member, document, version, language, sha256, chat, at, lane, seq) "
                         "SELECT 1, 1, name, version, language, sha256, 1, 0, 1, 1 FROM documents LIMIT 1")
    code, words = said("local", DATA_DIR=str(folder), PORT="0")
    assert code == 78
    assert "something else than when people accepted it" in words
    assert "locales/legal" not in words
    command = next(line for line in words.splitlines() if line.strip().startswith("rm -r "))
    subprocess.run(["/bin/sh", "-c", command], check=True)
    assert [path.name for path in folder.iterdir()] == ["secret.key"]
    with running(folder):
        pass
