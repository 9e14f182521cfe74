"""Somebody gives a name that stands on the list, in both languages: operators hear of it and they themselves don't, and
who is approved all the same is somebody else, which is written down."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from storage.tables import audit, metadata
from tests.scenarios.harness import Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins
from tests.scenarios.test_operators import OWNER
from tests.scenarios.test_reviewing import picture, shows
from tests.scenarios.test_verifying import NUMBER
from wallet.operators import Appoint

NAME: Final = "SAMPLE LISTED Max"
REFERENCE: Final = "SAMPLE-1"


@dataclass(frozen=True)
class Desk:
    """What an operator of one of the languages taps and reads."""

    basic: Words
    rung: str
    look: str
    take: str
    see: str
    warned: str
    approve: str
    asked: str
    sure: str


IN_ENGLISH: Final = Desk(ENGLISH, "may stand on the screening list", "Look at it", "Take it", "See the documents",
                         "somebody on the screening list", "Approve", "this is somebody else", "Yes, approve")
IN_CHINESE: Final = Desk(CHINESE, "可能在筛查名单上", "去审核", "我来处理", "查看证件", "可能在筛查名单上", "通过",
                         "确认这不是名单上的人", "是，通过")


async def lines(here: Stage, act: str) -> list[str]:
    async with here.app.database.reading.connect() as connection:
        return [row.facts for row in (await connection.execute(select(audit.c.facts).where(audit.c.act == act))).all()]


@pytest.mark.parametrize("desk", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_listed_name_rings_and_is_cleared_by_whoever_approves_it(desk: Desk, sqlite_url: str, tmp_path: Path
                                                                        ) -> None:
    async with stage(tmp_path, sqlite_url, least_level=0, owner_ids=str(OWNER)) as here:
        operator = here.alice if desk is IN_ENGLISH else here.wangfang
        await joins(operator, desk.basic)
        await joins(here.bob, ENGLISH)
        if operator is here.wangfang:
            await here.app.engine.run(Appoint(key="risk", operator=OWNER, person=operator.id, role="risk"))
        for said in ("/verify", NAME, NUMBER):
            await here.bob.says(said)
        await here.bob.taps("Yes, that is me")
        operator.was_told(desk.rung)
        operator.was_told(REFERENCE)
        assert await lines(here, "name_listed") == [REFERENCE]

        await here.bob.taps("Send pictures")
        for _ in range(3):
            await shows(here.bob, picture())
        await here.bob.taps("Hand it in")
        for label in (desk.look, desk.take, desk.see):
            await operator.taps(label)
        operator.was_told(desk.warned)
        operator.was_told("Max Sample-Listed")
        await operator.taps(desk.approve)
        operator.was_told(desk.asked)
        await operator.taps(desk.sure)
        here.bob.was_told("identity level is 2 now")
        here.bob.was_not_told("screening")
        here.bob.was_not_told(REFERENCE)
        [cleared] = await lines(here, "name_cleared")
        assert cleared.endswith(f"{REFERENCE} by {operator.id}")
        async with here.app.database.reading.connect() as connection:
            for table in metadata.sorted_tables:
                assert NAME not in str((await connection.execute(select(table))).all()), table.name


async def test_who_is_on_no_list_rings_nobody(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url, least_level=0, owner_ids=str(OWNER)) as here:
        await joins(here.alice, ENGLISH)
        await joins(here.bob, ENGLISH)
        for said in ("/verify", "Bob Miller", NUMBER):
            await here.bob.says(said)
        await here.bob.taps("Yes, that is me")
        here.alice.was_not_told("screening list")
        assert not await lines(here, "name_listed")
