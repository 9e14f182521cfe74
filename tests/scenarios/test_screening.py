"""Somebody gives a name that stands on the list, in both languages: operators hear of it and they themselves don't, and
who is approved all the same is somebody else, which is written down."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from storage.reconcile import reconcile
from storage.tables import audit, metadata
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import OWNER, house
from tests.scenarios.test_proposals import PINS, signs
from tests.scenarios.test_reviewing import picture, shows
from tests.scenarios.test_verifying import NUMBER
from wallet import ids
from wallet.operators import Appoint
from wallet.screening import COLUMNS

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
        assert cleared.endswith(f"{REFERENCE} documents by {operator.id}")
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


@dataclass(frozen=True)
class Doubt:
    """What two operators tap and read, the first of them in one of the languages, and what the member reads."""

    basic: Words
    names: str
    both: str
    other: str
    why: str
    cleared: str
    them: str
    agrees: str
    signed: str
    held: str
    frozen: str
    queue: str


DOUBT_IN_ENGLISH: Final = Doubt(
    ENGLISH, "Compare the names", "Both names are in our private chat", "Somebody else",
    "Another date of birth", "Somebody else than whom the list names", "It is them", "An authority told us",
    "waits for a second operator", "Our safety check held back ¥20.00", "frozen",
    "1 name may stand on the screening list")
DOUBT_IN_CHINESE: Final = Doubt(
    CHINESE, "核对姓名", "两个姓名已发到我们的私聊", "不是同一个人", "出生日期不同", "不是名单上的人",
    "就是本人", "主管机关告知", "等待另一位运营人员", "安全检查拦下了 ¥20.00", "冻结", "1 个姓名可能在筛查名单上")


async def a_listed_member_pays(here: Stage, doubt: Doubt, operator: Person) -> Person:
    """Alice owns it, the operator is an administrator, and somebody with a listed name pays Bob."""
    await joins(here.alice, ENGLISH)
    await joins(operator, doubt.basic)
    await joins(here.bob, ENGLISH)
    await here.app.engine.run(Appoint(key="admin", operator=OWNER, person=operator.id, role="admin"))
    member = here.liming if doubt is DOUBT_IN_CHINESE else here.newcomer("Max", "en", "+8613800138077")
    await joins(member, doubt.basic)
    await tops_up(member, doubt.basic, 100)
    for said in ("/verify", NAME, NUMBER):
        await member.says(said)
    await member.taps("Yes, that is me" if doubt is DOUBT_IN_ENGLISH else "是我本人")
    await member.says("/send @bob 20 lunch")
    await member.taps(doubt.basic.confirm)
    return member


@pytest.mark.parametrize("doubt", [DOUBT_IN_ENGLISH, DOUBT_IN_CHINESE], ids=["en", "zh_CN"])
async def test_what_a_listed_member_pays_is_held_back_without_a_word_of_the_list_until_they_are_cleared(
        doubt: Doubt, database_url: str, tmp_path: Path) -> None:
    async with house(database_url, tmp_path) as here:
        operator = here.wangfang if doubt is DOUBT_IN_CHINESE else here.newcomer("Ann", "en", "+8613800138099")
        member = await a_listed_member_pays(here, doubt, operator)
        member.was_told(doubt.held)
        here.bob.was_not_told("¥20.00")
        await operator.says("/kyc")
        operator.was_told(doubt.queue)
        [hit] = await here.app.applications.hits(operator.id, 5)
        await operator.taps(f"🔎 {ids.code(hit.id)}")
        await operator.taps(doubt.names)
        operator.was_told("Max Sample-Listed")
        await operator.taps(doubt.other)
        await operator.taps(doubt.why)
        operator.was_told(doubt.cleared)
        assert await lines(here, "name_looked_at") == [f"{hit.id} by {operator.id}"]
        assert await lines(here, "name_cleared") == [f"{hit.id} {REFERENCE} born by {operator.id}"]
        await member.says("/send @bob 30")
        await member.taps(doubt.basic.confirm)
        here.bob.was_told("¥30.00")
        for said in (REFERENCE, "screening", "筛查", "名单"):
            member.was_not_told(said)
        assert (await reconcile(database_url)).whole


@pytest.mark.parametrize("doubt", [DOUBT_IN_ENGLISH, DOUBT_IN_CHINESE], ids=["en", "zh_CN"])
async def test_two_operators_confirm_and_the_wallet_is_frozen_from_the_first_signature_on(
        doubt: Doubt, sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        operator = here.wangfang if doubt is DOUBT_IN_CHINESE else here.newcomer("Ann", "en", "+8613800138099")
        member = await a_listed_member_pays(here, doubt, operator)
        await operator.says("/kyc")
        await operator.taps("🔎 ")
        await operator.taps(doubt.them)
        await operator.taps(doubt.agrees)
        await signs(operator, "482916", first=True)
        operator.was_told(doubt.signed)
        member.was_told(doubt.frozen)
        [hit] = await here.app.applications.hits(operator.id, 5)
        assert hit.state == "pending"
        await here.alice.says("/approve")
        here.alice.was_told("SAMPLE-1 of sample on the screening list")
        await here.alice.says(f"/approve {ids.code(hit.proposal)}")
        await signs(here.alice, PINS["alice"], first=True)
        found = await here.app.applications.hit(operator.id, hit.id)
        assert found is not None
        assert (found.state, found.operator, found.second) == ("confirmed", operator.id, OWNER)
        await here.alice.says(f"/user {member.id}")
        before = len(here.bob.sees())
        await member.says("/send @bob 30")
        assert len(here.bob.sees()) == before
        for said in (REFERENCE, "screening", "筛查", "名单"):
            member.was_not_told(said)
        assert (await reconcile(sqlite_url)).whole


async def test_a_list_that_changes_finds_whoever_was_verified_before(sqlite_url: str, tmp_path: Path) -> None:
    new = tmp_path / "list.csv"
    new.write_text(f"{','.join(COLUMNS)}\nBob Miller,,person,test,T-1\n", encoding="utf-8")
    async with stage(tmp_path, sqlite_url, least_level=0, owner_ids=str(OWNER)) as here:
        await joins(here.alice, ENGLISH)
        await joins(here.bob, ENGLISH)
        for said in ("/verify", "Bob Miller", NUMBER):
            await here.bob.says(said)
        await here.bob.taps("Yes, that is me")
    async with stage(tmp_path, sqlite_url, least_level=0, owner_ids=str(OWNER), screening_list=new) as here:
        for _round in range(2):
            await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == "compare_names"))
        await here.settle()
        assert await lines(here, "name_listed") == ["T-1"]
        assert [facts.split(" ", 1)[1] for facts in await lines(here, "list_compared")] == ["1 1"]
        [hit] = await here.app.applications.hits(OWNER, 5)
        assert (hit.person, hit.entry, hit.likeness) == (here.bob.id, "T-1 test", 100)
