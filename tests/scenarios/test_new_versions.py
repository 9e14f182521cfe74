"""An agreement changes while people use it: two operators publish it, everybody is told once, whatever is restarted,
and can accept it beforehand."""
from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from handlers.texts import LOCALES
from storage.documents import TextChanged
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, joins, tops_up
from tests.scenarios.test_operators import OWNER
from tests.scenarios.test_proposals import PINS, code_in, operates, signs

PAYMENT = "payment-service-agreement"
NEWS = {"en": "Sending costs one cent from now on.", "zh_CN": "自该日起，每笔付款收费一分。"}


def announced(folder: Path) -> Path:
    """Our texts with a significant new version that takes effect in a month."""
    shutil.copytree(LOCALES / "legal", folder / "legal")
    rewritten(folder, datetime.now(UTC).date() + timedelta(days=30))
    return folder


def rewritten(folder: Path, effective: date) -> None:
    """The new version takes effect on this day."""
    for language, news in NEWS.items():
        text = (folder / "legal" / PAYMENT / f"2026-11-22.{language}.md").read_text("utf-8")
        for old, new in (("version: 2026-11-22", "version: 2026-11-23"),
                         ("effective: 2026-11-22", f"effective: {effective}"),
                         ("\n---\n", f"\nchanges: {news}\n---\n")):
            text = text.replace(old, new, 1)
        (folder / "legal" / PAYMENT / f"2026-11-23.{language}.md").write_text(text, "utf-8")


async def publishes(here: Stage) -> None:
    """Alice sees it, reads it and signs; 李明 does too, whereupon it is published."""
    alice, liming = here.alice, here.liming
    await alice.says("/publish")
    shown = alice.was_told("Not published yet")
    assert all(words in shown for words in (*NEWS.values(), "Payment Service Agreement", "支付服务协议", "Significant"))
    await alice.taps("📖 Read it")
    await alice.taps("What changed")
    alice.was_told("what changed")
    await alice.taps("Publish it")
    alice.was_told("Publish the significant version 2026-11-23")
    await signs(alice, PINS["alice"], first=True)
    code = code_in(alice.was_told("waits for a second operator until"))
    await here.app.publications.look()
    assert here.app.library.waiting, "one signature publishes nothing"
    await liming.says(f"/approve {code}")
    liming.was_told("发布重大变更版本 2026-11-23")
    await signs(liming, PINS["bob"], first=True)
    await here.app.publications.look()
    assert not here.app.library.waiting
    await alice.says("/publish")
    alice.was_told("Every version in the files is published")


async def announces(here: Stage) -> None:
    """The clock's turn."""
    await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == "announce_versions"))
    await here.settle()


def times_told(person: Person, *words: str) -> int:
    return sum(all(one in said for one in words) for said in person.sees())


async def test_everybody_hears_of_a_new_version_once_and_may_accept_it_at_once(
        database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chats = tmp_path / "chats"
    async with stage(tmp_path, database_url, data_dir=chats, owner_ids=str(OWNER)) as here:
        await operates(here, here.alice, here.liming, CHINESE)
        await tops_up(here.alice, ENGLISH, 100)
        await tops_up(here.liming, CHINESE, 100)
        await joins(here.bob, ENGLISH)
    monkeypatch.setattr("bot.app.LOCALES", announced(tmp_path / "texts"))
    async with stage(tmp_path, database_url, data_dir=chats) as here:
        await announces(here)
        await here.bob.says("/agreement")
        for person in (here.alice, here.liming, here.bob):
            assert times_told(person, NEWS["en"]) + times_told(person, "2026-11-23") == 0, "what waits is nobody's yet"
        await publishes(here)
    for _process in range(3):
        async with stage(tmp_path, database_url, data_dir=chats) as here:
            await announces(here)
            await announces(here)
            assert times_told(here.alice, "📣", NEWS["en"]) == 1
            assert times_told(here.liming, "📣", NEWS["zh_CN"]) == 1
            assert times_told(here.bob, "📣") == 0, "who never accepted the older version has nothing to hear"
    async with stage(tmp_path, database_url, data_dir=chats) as here:
        await here.liming.taps("阅读并同意")
        await here.liming.taps("我同意")
        here.liming.was_told("需要的协议你都已同意")
        await here.liming.says("/agreement")
        here.liming.was_told("版本 2026-11-23 将于 ")
        here.liming.was_told("生效，你已于 ")
        await here.alice.says("/send @liming 1")
        await here.alice.taps("Confirm")
        here.alice.was_told("You sent")


async def test_a_file_changed_behind_its_publication_keeps_every_process_from_starting(
        sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts, chats = announced(tmp_path / "texts"), tmp_path / "chats"
    async with stage(tmp_path, sqlite_url, data_dir=chats, owner_ids=str(OWNER)) as here:
        await operates(here, here.alice, here.liming, CHINESE)
    monkeypatch.setattr("bot.app.LOCALES", texts)
    async with stage(tmp_path, sqlite_url, data_dir=chats) as here:
        await publishes(here)
    rewritten(texts, datetime.now(UTC).date() + timedelta(days=31))
    with pytest.raises(TextChanged, match="its text is another one now"):
        async with stage(tmp_path, sqlite_url):
            pass
    monkeypatch.setattr("bot.app.LOCALES", LOCALES)
    with pytest.raises(TextChanged, match="its files are gone"):
        async with stage(tmp_path, sqlite_url):
            pass
