"""Money that arrives later, in a group and in private, in both languages: on its way, taken back, arrived."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from handlers.jobs.expiry import settle_arrivals
from storage.reconcile import reconcile
from tests.scenarios.harness import Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from wallet.engine import microseconds


@dataclass(frozen=True)
class Said:
    """What one of the languages calls it."""

    words: Words
    send: str
    asks: str
    on_its_way: str
    take_back: str
    back: str
    arrived: str
    late: str


IN_ENGLISH = Said(ENGLISH, "/send @{name} 20 lunch in 2h", "It arrives after 2 hours", "until then", "Take back",
                  "is back in your wallet", "has arrived", "can't be taken back")
IN_CHINESE = Said(CHINESE, "转账 @{name} 20 午饭 24小时后到账", "24 小时后到账", "在此之前", "撤回", "已退回你的钱包",
                  "已到账", "不能再撤回")


async def its_time_comes(here: Stage) -> None:
    await here.app.database.write(lambda connection: connection.execute(
        text("UPDATE holds SET expires_at = 1 WHERE state = 'open'")))


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
@pytest.mark.parametrize("in_group", [True, False])
async def test_it_is_asked_about_announced_and_arrives(said: Said, in_group: bool, database_url: str, tmp_path: Path
                                                       ) -> None:
    async with stage(tmp_path, database_url) as here:
        english = said is IN_ENGLISH
        payer, receiver = (here.alice, here.bob) if english else (here.liming, here.wangfang)
        where = here.group if in_group else None
        for person in (payer, receiver):
            await joins(person, said.words)
            await tops_up(person, said.words, 100)
        wish = said.send.format(name="bob" if english else "wangfang")
        await payer.says(wish, where)
        payer.was_told(said.asks, where)
        await payer.taps(said.words.confirm, where)
        payer.was_told(said.on_its_way, where)
        receiver.was_told(said.on_its_way)
        await payer.taps(said.take_back, where)
        payer.was_told("¥20.00", where)

        await payer.says(wish, where)
        await payer.taps(said.words.confirm, where)
        await its_time_comes(here)
        await payer.taps(said.take_back, where)
        assert await settle_arrivals(here.app.engine, here.app.reads, microseconds()) == 1
        assert await settle_arrivals(here.app.engine, here.app.reads, microseconds()) == 0
        await here.settle()
        payer.was_told(said.arrived)
        payer.was_told(said.arrived, where)
        receiver.was_told(said.arrived)
        await receiver.says("/balance")
        receiver.was_told("¥120.00")
        for person in (payer, receiver):
            await person.says("/history")
            assert "20.00" in person.sees()[-1]
            await person.taps("1")
            assert "20.00" in person.sees()[-1]
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_when_it_arrives_is_chosen_under_the_question(said: Said, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        english = said is IN_ENGLISH
        payer, receiver = (here.alice, here.bob) if english else (here.liming, here.wangfang)
        at_once, later = ("At once", "In 2 hours") if english else ("立即到账", "2 小时后")
        for person in (payer, receiver):
            await joins(person, said.words)
            await tops_up(person, said.words, 100)
        for where in (here.group, None):
            await payer.says(f"{said.words.send} @{'bob' if english else 'wangfang'} 20", where)
            assert f"✓ {at_once}" in payer.buttons(where)
            if where:
                await receiver.taps(later, where)
                assert f"✓ {at_once}" in payer.buttons(where)
            await payer.taps(later, where)
            assert f"✓ {later}" in payer.buttons(where)
            assert len([text for text in payer.sees(where) if said.asks.replace("24", "2") in text]) == 1
            await payer.taps(said.words.confirm, where)
            payer.was_told(said.on_its_way, where)
        receiver.was_told(said.on_its_way)
    report = await reconcile(sqlite_url)
    assert report.whole, [check for check in report.checks if check.broken]


async def test_who_confirms_what_comes_in_is_asked_when_it_arrives(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        for person in (here.alice, here.bob):
            await joins(person, ENGLISH)
            await tops_up(person, ENGLISH, 100)
        await here.bob.says("/settings")
        await here.bob.taps("Confirm incoming")
        await here.bob.taps("Let it wait for me")
        await here.alice.says("/send @bob 20 lunch in 2h")
        await here.alice.taps("Confirm")
        assert "Accept" not in " ".join(here.bob.buttons())
        await its_time_comes(here)
        assert await settle_arrivals(here.app.engine, here.app.reads, microseconds()) == 1
        await here.settle()
        await here.bob.taps("Accept")
        await here.bob.says("/balance")
        here.bob.was_told("¥120.00")


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_delay_of_ones_own_choice_is_offered_each_time_above_confirm_and_above_the_pin(
        said: Said, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        english = said is IN_ENGLISH
        payer, receiver = (here.alice, here.bob) if english else (here.liming, here.wangfang)
        at_once, soon, later = ("At once", "In 2 hours", "In 24 hours") if english else (
            "立即到账", "2 小时后", "24 小时后")
        for person in (payer, receiver):
            await joins(person, said.words)
        await tops_up(payer, said.words, 300)
        await payer.says("/settings")
        await payer.taps("When it arrives" if english else "到账时间")
        assert f"✓ {at_once}" in payer.buttons()
        await payer.taps(later)
        wish = f"{said.words.send} @{'bob' if english else 'wangfang'}"
        await payer.says(f"{wish} 20")
        assert f"✓ {later}" in payer.buttons()
        await payer.taps(at_once)
        await payer.taps(said.words.confirm)
        receiver.was_told("¥20.00")
        receiver.was_not_told(said.on_its_way)

        await payer.says(f"{wish} 250")
        assert f"✓ {later}" in payer.buttons()
        await payer.taps(soon)
        payer.was_told(said.asks.replace("24", "2"))
        assert f"✓ {soon}" in payer.buttons()
        await payer.types_pin("402517")
        await payer.types_pin("402517")
        payer.was_told(said.on_its_way)
        receiver.was_told(said.on_its_way)
    report = await reconcile(sqlite_url)
    assert report.whole, [check for check in report.checks if check.broken]
