"""An agreement changes while people use it: they are told once, whatever is restarted, and can accept it beforehand."""
from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handlers.texts import LOCALES
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, joins, tops_up

PAYMENT = "payment-service-agreement"
NEWS = {"en": "Sending costs one cent from now on.", "zh_CN": "自该日起，每笔付款收费一分。"}


def announced(folder: Path) -> Path:
    """Our texts with a significant new version that takes effect in a month."""
    shutil.copytree(LOCALES / "legal", folder / "legal")
    for language, news in NEWS.items():
        text = (folder / "legal" / PAYMENT / f"2026-11-22.{language}.md").read_text("utf-8")
        effective = datetime.now(UTC).date() + timedelta(days=30)
        for old, new in (("version: 2026-11-22", "version: 2026-11-23"),
                         ("effective: 2026-11-22", f"effective: {effective}"),
                         ("\n---\n", f"\nchanges: {news}\n---\n")):
            text = text.replace(old, new, 1)
        (folder / "legal" / PAYMENT / f"2026-11-23.{language}.md").write_text(text, "utf-8")
    return folder


async def announces(here: Stage) -> None:
    """The clock's turn."""
    await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == "announce_versions"))
    await here.settle()


def times_told(person: Person, words: str) -> int:
    return sum(words in said for said in person.sees())


async def test_everybody_hears_of_a_new_version_once_and_may_accept_it_at_once(
        database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chats = tmp_path / "chats"
    async with stage(tmp_path, database_url, data_dir=chats) as here:
        await joins(here.alice, ENGLISH)
        await tops_up(here.alice, ENGLISH, 100)
        await joins(here.liming, CHINESE)
        await tops_up(here.liming, CHINESE, 100)
        await joins(here.bob, ENGLISH)
        await announces(here)
        assert times_told(here.alice, "📣") == 0
    monkeypatch.setattr("bot.app.LOCALES", announced(tmp_path / "texts"))
    for _process in range(3):
        async with stage(tmp_path, database_url, data_dir=chats) as here:
            await announces(here)
            await announces(here)
            assert times_told(here.alice, NEWS["en"]) == 1
            assert times_told(here.liming, NEWS["zh_CN"]) == 1
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
