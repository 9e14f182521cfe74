"""Payments that come again, through the whole process and in both languages: set up with the PIN, told of, paid on
their day, tried again without money, stopped after too many tries, set up again, and stopped by hand."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from handlers.jobs.scheduling import run_schedules, tell_of_schedules
from storage.reconcile import reconcile
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_one_language import READERS, foreign_in, shown_to

PIN = "284917"


@dataclass(frozen=True)
class Said:
    """What one of the languages calls it."""

    words: Words
    wish: str
    days: str
    schedules: str
    waiting: str
    set_up: str
    tomorrow: str
    went: str
    came: str
    failed: str
    stopped: str
    again: str
    stop: str
    none: str


IN_ENGLISH = Said(ENGLISH, "lunch every week on Monday until 2040-12-31", "every Monday", "/schedules",
                  "a recurring payment to", "Nothing was paid yet", "Tomorrow", "as you set up", "sent you ¥20.00",
                  "could not be paid", "is stopped. No money moved", "Set it up again", "Stop ¥20.00",
                  "You have no recurring payments")
IN_CHINESE = Said(CHINESE, "每周一 lunch", "每周一", "定时", "的定时转账", "现在还没有付款", "明天", "定时转账：已向",
                  "¥20.00", "没有成功", "已停止", "重新设定", "停止 ¥20.00", "你没有定时转账")


async def available(here: Stage, person: Person) -> int:
    member = await here.app.reads.member(person.id)
    assert member is not None
    return (await here.app.reads.balance(member.id)).available


async def comes(here: Stage, days: int) -> datetime:
    """What is due next is due so many days from today; returns that noon."""
    noon = here.app.now().astimezone(here.app.config.zone).replace(hour=12)
    day = noon.toordinal() + days
    await here.app.database.write(lambda connection: connection.execute(
        text("UPDATE schedules SET next_day = :day, try_day = :day, told_day = 0, on_day = :on, tries = 0"),
        {"day": day, "on": (day - 1) % 7}))
    return noon


async def fails_for_good_and_is_set_up_again(here: Stage, payer: Person, said: Said, noon: datetime) -> None:
    """Seven tries have failed in a row when it fails once more: it is stopped, until its payer says otherwise."""
    reads = here.app.reads
    await comes(here, -2)
    await here.app.database.write(lambda connection: connection.execute(text("UPDATE schedules SET tries = 7")))
    assert await run_schedules(here.app.engine, reads, noon) == 1
    await here.settle()
    assert await reads.due_schedules(10**6, 10) == ()
    payer.was_told(said.stopped)
    await payer.taps(said.again)
    assert "¥20.00" in payer.was_told("○")
    await payer.types_pin(PIN)
    assert len(await reads.due_schedules(10**6, 10)) == 1
    assert await available(here, payer) == 500


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_it_is_set_up_told_paid_put_off_and_stopped(said: Said, database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        english = said is IN_ENGLISH
        payer, payee, name = (here.alice, here.bob, "bob") if english else (here.liming, here.wangfang, "wangfang")
        await joins(payer, said.words)
        await joins(payee, said.words)
        await tops_up(payer, said.words, 25)
        await payer.says(f"{said.words.send} @{name} 20 {said.wish}", here.group)
        payer.was_told(said.waiting, here.group)
        for _ in range(3):
            if not any(said.set_up in one for one in payer.sees()):
                await payer.types_pin(PIN)
        payer.was_told(said.set_up)
        assert said.days in payer.was_told("20.00")
        payer.was_told("✅", here.group)
        assert await available(here, payer) == 2_500

        engine, reads = here.app.engine, here.app.reads
        noon = await comes(here, 1)
        early = noon.replace(hour=8)
        assert [await tell_of_schedules(engine, reads, now) for now in (early, noon, noon)] == [0, 1, 0]
        await here.settle()
        payer.was_told(said.tomorrow)

        await comes(here, 0)
        assert [await run_schedules(engine, reads, now) for now in (early, noon, noon)] == [0, 1, 0]
        await here.settle()
        payer.was_told(said.went)
        payee.was_told(said.came)
        assert (await available(here, payer), await available(here, payee)) == (500, 2_000)

        # Set back by hand, the same day has its outcome already.
        await comes(here, 0)
        await run_schedules(engine, reads, noon)
        assert await available(here, payer) == 500
        await comes(here, -1)
        assert await run_schedules(engine, reads, noon) == 1
        assert await run_schedules(engine, reads, noon + timedelta(hours=1)) == 0
        await here.settle()
        payer.was_told(said.failed)

        await fails_for_good_and_is_set_up_again(here, payer, said, noon)
        await payer.says(said.schedules)
        payer.was_told(said.days)
        await payer.taps(said.stop)
        payer.was_told(said.none)
        assert await reads.due_schedules(10**6, 10) == ()
        reader = next(reader for reader in READERS if reader.words is said.words)
        shown = {one for person in (payer, payee) for where in (None, here.group) for one in shown_to(person, where)}
        assert {one: foreign for one in shown if (foreign := foreign_in(one, reader))} == {}
    report = await reconcile(database_url)
    assert [check for check in report.checks if check.broken and "came again" not in check.name] == []
