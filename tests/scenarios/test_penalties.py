"""Penalties, from the operator's command to the member's appeal, through the whole process and in both languages."""
from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.local import acts, groups, members
from bot.local.seed import GROUP_ID
from storage.tables import audit
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from wallet.operators import Appoint

OWNER = 1000001
"""Alice, whom the setting names."""
THEIRS = GROUP_ID - 1
"""The operators' group."""


@dataclass(frozen=True)
class Told:
    """What somebody reads who is banned, in their language."""

    banned: str
    clause: str
    refused: str
    appeal: str
    passed_on: str
    lifted: str
    frozen: str
    waits: str
    free: str
    withdrawn: str


TOLD = {"en": Told("Your wallet is banned", "clause 6.9 Fraud", "Your wallet is banned until", "✋ Appeal",
                   "The operators have it", "banned no more", "Your wallet is frozen",
                   "when your wallet is frozen no more", "frozen no more", "took back the request"),
        "zh": Told("你的钱包已被封禁", "「6.9 欺诈」条款", "你的钱包被封禁到", "✋ 申诉", "运营人员已经收到",
                   "已解除封禁", "你的钱包已被冻结", "解冻后会自动到账", "你的钱包已解冻", "撤回了向")}


@asynccontextmanager
async def house(url: str, folder: Path) -> AsyncIterator[Stage]:
    """Alice owns it, and everybody is in the group in which operators may work."""
    async with stage(folder, url, owner_ids=str(OWNER), operators_group=THEIRS) as here:
        assert groups.made(here.world, {}, "Operators", list(here.world.people)).id == THEIRS
        yield here


def whom(here: Stage, language: str) -> tuple[Person, str, Words, Told]:
    """Who is decided about, by which name, and what they read."""
    person = here.bob if language == "en" else here.liming
    return (person, here.world.people[person.id].user["username"], ENGLISH if language == "en" else CHINESE,
            TOLD[language])


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_who_is_banned_is_told_why_and_how_to_appeal_and_nothing_moves_until_it_is_lifted(
        sqlite_url: str, tmp_path: Path, language: str) -> None:
    async with house(sqlite_url, tmp_path) as here:
        thief, name, words, told = whom(here, language)
        for person, own in ((here.alice, ENGLISH), (thief, words)):
            await joins(person, own)
            await tops_up(person, own, 100)
        await thief.says("/request @alice 5", here.group)
        await here.alice.says(f"/ban @{name} fraud 7d seen by two")
        here.alice.was_told("⛔ Ban ")
        here.alice.was_told(str(thief.id))
        here.alice.was_told("seen by two")
        await here.alice.taps("Confirm")
        here.alice.was_told("is banned.\nUntil")
        for said in (told.banned, told.clause):
            thief.was_told(said)
        thief.was_not_told("seen by two")
        await thief.says("/send @alice 5")
        thief.was_told(told.refused)
        await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == "sweep_bans"))
        await here.settle()
        thief.was_told(told.withdrawn, here.group)
        await thief.says("/topup 5")
        await here.alice.says(f"/send @{name} 5")
        here.alice.was_told("can't take money at the moment")
        await thief.taps(told.appeal)
        await thief.says("It was not me" if language == "en" else "不是我")
        thief.was_told(told.passed_on)
        thief.was_told(told.clause)
        await here.alice.says(f"/user @{name}")
        here.alice.was_told("⛔ banned until")
        await here.alice.taps("Lift the ban")
        await here.alice.taps("Confirm")
        thief.was_told(told.lifted)
        await thief.says("/cancel")
        await thief.says("/send @alice 5")
        await here.alice.says("/user @" + name)
        here.alice.was_told("1 penalty before")
        acts_of = await audited(here)
        assert [act for act in acts_of if act in ("penalised", "lifted", "announced")] == ["penalised", "lifted"]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_is_sent_to_the_frozen_waits_and_arrives_when_they_are_free(sqlite_url: str, tmp_path: Path,
                                                                               language: str) -> None:
    async with house(sqlite_url, tmp_path) as here:
        frozen, name, words, told = whom(here, language)
        for person, own in ((here.alice, ENGLISH), (frozen, words)):
            await joins(person, own)
        await tops_up(here.alice, ENGLISH, 100)
        hello = await frozen.says("hello", THEIRS)
        await here.alice.says("/freeze theft", THEIRS, reply_to=hello.key)
        here.alice.was_told("is frozen.\nFor ever", THEIRS)
        frozen.was_told(told.frozen)
        await here.alice.says(f"/send @{name} 20")
        await here.alice.taps("Confirm")
        here.alice.was_told("Can't take it yet")
        frozen.was_told(told.waits)
        await here.alice.says("/history")
        here.alice.was_told("on its way")
        await here.alice.says("/unfreeze", THEIRS, reply_to=hello.key)
        frozen.was_told(told.free)
        await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == "settle_thawed"))
        await here.settle()
        here.alice.was_told("has arrived at")
        frozen.was_told("¥20.00")


async def test_by_buttons_alone_and_announced_where_they_are(sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        for person in (here.alice, here.bob):
            await joins(person, ENGLISH)
        await here.alice.says("/user @bob")
        await here.alice.taps("🚫 Restrict")
        await here.alice.taps("Sending")
        await here.alice.taps("6.9 Fraud")
        await here.alice.taps("30 days")
        here.alice.was_told("Stop Bob Smith (@bob) from sending?")
        await here.alice.taps("Confirm")
        here.bob.was_told("You can't send money any more")
        await here.alice.taps("📣 Announce in a group")
        here.bob.was_not_told("can't send any more")
        await here.alice.picks_group(here.group)
        here.bob.was_told("can't send any more", here.group)
        here.alice.was_told("📣 Announced.")
        assert (await audited(here))[-1] == "announced"
        await here.alice.says("/restrict @bob sending off")
        await here.alice.taps("Confirm")
        here.bob.was_told("You can send money again")
        here.bob.was_not_told("can send again", here.group)
        await here.alice.taps("📣 Say so where it was announced")
        here.bob.was_told("✅ Bob Smith can send again.", here.group)
        here.alice.was_told("📣 Said in 1 group.")
        assert "Say so where it was announced" not in "".join(here.alice.every_button()), "it is said once"
        assert (await audited(here))[-1] == "lift_announced"
        before = here.bob.sees(here.group)
        await here.alice.says("/freeze @bob fraud")
        await here.alice.taps("Confirm")
        await here.alice.says("/unfreeze @bob")
        await here.alice.taps("Confirm")
        assert "Say so where it was announced" not in "".join(here.alice.every_button()), "no group had read of it"
        assert here.bob.sees(here.group) == before


async def test_that_a_ban_is_lifted_is_said_in_the_language_of_the_group_and_not_while_another_is_in_force(
        database_url: str, tmp_path: Path) -> None:
    async with house(database_url, tmp_path) as here:
        await joins(here.liming, CHINESE)
        await joins(here.bob, ENGLISH)
        await here.app.engine.run(Appoint(key="risk", operator=OWNER, person=here.liming.id, role="risk"))
        await here.settle()
        await here.liming.says("/ban @bob fraud 7d")
        await here.liming.taps("确认")
        await here.liming.taps("📣 在群里公布")
        await here.liming.picks_group(here.group)
        await here.liming.says("/unban @bob")
        await here.liming.taps("确认")
        await here.liming.says("/ban @bob fraud 7d")
        await here.liming.taps("确认")
        assert "已经生效" in await here.liming.taps("📣 在公布过的群里说明")
        here.bob.was_not_told("banned no more", here.group)
        await here.liming.says("/unban @bob")
        await here.liming.taps("确认")
        await here.liming.taps("📣 在公布过的群里说明")
        here.bob.was_told("✅ Bob Smith is banned no more.", here.group)


async def test_nobody_decides_about_themselves_by_a_forged_command_or_for_somebody_else(sqlite_url: str,
                                                                                         tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        for person in (here.alice, here.bob):
            await joins(person, ENGLISH)
        await here.alice.says("/ban @alice fraud forever")
        await here.alice.taps("Confirm")
        await here.app.engine.run(Appoint(key="risk", operator=OWNER, person=here.bob.id, role="risk"))
        await here.settle()
        await here.bob.says("/ban @alice fraud")
        assert "operator" in await here.bob.taps("Confirm"), "nobody bans an owner"
        await here.app.engine.run(Appoint(key="none", operator=OWNER, person=here.bob.id, role=""))
        await here.settle()
        await here.alice.says("/ban @bob fraud", THEIRS)
        assert await here.bob.taps("Confirm", THEIRS), "the button belongs to whoever began"
        await here.alice.edits(await here.alice.says("hello", THEIRS), "/freeze @bob fraud")
        typed = await here.bob.says("/freeze @alice fraud", THEIRS)
        acts.forward(here.world, here.alice.id, THEIRS, typed.key, THEIRS)
        members.place(here.world, here.world.chats[THEIRS], here.alice.id, "administrator", here.alice.id)
        here.world.chats[THEIRS].places[here.alice.id] = {"is_anonymous": True}
        acts.say(here.world, here.alice.id, THEIRS, "/ban @bob fraud", as_chat=THEIRS)
        await here.settle()
        assert "penalised" not in await audited(here)


async def test_for_ever_is_proposed_and_signed_by_two(sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        for person, words in ((here.alice, ENGLISH), (here.bob, ENGLISH), (here.liming, CHINESE)):
            await joins(person, words)
        await here.app.engine.run(Appoint(key="risk", operator=OWNER, person=here.bob.id, role="risk"))
        await here.settle()
        name = here.world.people[here.liming.id].user["username"]
        await here.alice.says(f"/ban @{name} fraud forever seen by two")
        await here.alice.taps("Confirm")
        for _ in range(2):
            await here.alice.types_pin("294107")
        here.alice.was_told("waits for a second operator")
        here.liming.was_not_told(TOLD["zh"].banned)
        here.bob.was_told("for ever", THEIRS)
        await here.bob.says("/approve")
        here.bob.was_told("⛔ Ban ")
        assert "penalised" not in await audited(here)


async def audited(here: Stage) -> list[str]:
    """What people answer for, in its order."""
    async with here.app.database.reading.connect() as connection:
        return [row.act for row in await connection.execute(select(audit.c.act).order_by(audit.c.id))]
