"""What operators are told of the days: after payments and an envelope, in words and as a picture, in both languages."""
from __future__ import annotations

from pathlib import Path

import pytest

from handlers.texts import Language
from tests.scenarios.harness import Stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import OWNER, THEIRS, house
from wallet.operators import Appoint

TOLD: dict[Language, tuple[str, ...]] = {
    "en": ("📊 Statistics, ", "¥25.00 reached others in 2 payments", "1 red envelope was sent", "3 joined",
           "3 members, with ¥100.00 in all"),
    "zh_CN": ("📊 统计", "2 笔付款", "发出 1 个红包", "新增 3 人", "共 3 名用户")}


async def runs(here: Stage, name: str) -> None:
    """The clock's job, now."""
    await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == name))


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_operators_see_what_the_days_came_to(sqlite_url: str, tmp_path: Path, words: Words, language: Language
                                                  ) -> None:
    async with house(sqlite_url, tmp_path) as here:
        owner, other = (here.alice, here.bob) if language == "en" else (here.alice, here.liming)
        for person in (here.alice, here.bob, here.liming):
            await joins(person, words if person is other else ENGLISH)
        await tops_up(here.alice, ENGLISH, 100)
        await owner.says(f"/send @{here.world.people[other.id].user['username']} 20 lunch")
        await owner.taps("Confirm")
        for person in (owner, other):
            await person.starts("agree_envelopes")
            await person.taps("I agree" if person is owner else words.agree)
        await owner.says("/red 5 1 cheers", here.group)
        await owner.taps("Confirm", here.group)
        await other.taps("🧧", here.group)
        await here.app.engine.run(Appoint(key="auditor", operator=OWNER, person=other.id, role="auditor"))
        await runs(here, "count_days")
        await other.says("/stats")
        for said in TOLD[language]:
            other.was_told(said)
        assert other.was_shown(TOLD[language][0])
        await other.says("/stats", THEIRS)
        other.was_told("25.00", THEIRS)
        await runs(here, "measure")
        page = here.app.metrics.page().decode()
        for line in ('ikmpay_today{what="payments"} 2.0', 'ikmpay_today{what="moved_minor_units"} 2500.0',
                     'ikmpay_wallets{what="owed_minor_units"} 10000.0', 'ikmpay_wallets{what="members"} 3.0'):
            assert line in page
