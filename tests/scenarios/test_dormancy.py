"""A wallet that nobody uses, in both languages: its owner is warned, it sleeps, nobody pays or finds it, and its owner
alone wakes it; nobody reads a word of the other language, and the ledger is whole afterwards."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, update

from bot.local import acts
from storage.reconcile import reconcile
from storage.tables import dormancies, members, operations
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_one_language import READERS, foreign_in, shown_to
from tests.scenarios.test_stats import runs
from wallet.pins import SetPin

PIN, WRONG = "482916", "160382"


@dataclass(frozen=True)
class Sleep:
    """What one of the languages calls it."""

    basic: Words
    warned: tuple[str, str, str]
    asleep: str
    cannot: str
    refused: str
    woken: str
    still: str
    stays: str
    another: str


IN_ENGLISH = Sleep(ENGLISH, ("in 30 days", "in 7 days", "in 1 day,"), "Your wallet is asleep.", "can't take money",
                   "wasn't used for a long time", "Your wallet is awake", "I still use it", "stays awake",
                   "another phone number")
IN_CHINESE = Sleep(CHINESE, ("30 天后", "7 天后", "1 天后"), "你的钱包休眠了", "对方目前不能收款", "很久没用",
                   "钱包唤醒了", "我还在用", "不会休眠", "另一个手机号")


async def days_pass(here: Stage, person: Person, days: int) -> None:
    """What somebody used, and was told of, so many days ago, they used so many days before that."""
    member = await here.app.reads.member(person.id)
    assert member is not None

    def earlier(connection: Connection) -> None:
        connection.execute(update(members).where(members.c.id == member.id).values(used_on=members.c.used_on - days))
        connection.execute(update(dormancies).values(used_on=dormancies.c.used_on - days,
                                                     sleeps_on=dormancies.c.sleeps_on - days))
        connection.execute(delete(operations).where(operations.c.key.startswith(f"member:{member.id}:doze")))

    await here.app.database.write(earlier)
    await runs(here, "put_to_sleep")
    await here.settle()


async def falls_asleep(here: Stage, person: Person, words: Sleep) -> None:
    """A year in which nothing is heard of them."""
    for days, warned in zip((335, 23, 6), words.warned, strict=True):
        await days_pass(here, person, days)
        person.was_told(warned)
    await days_pass(here, person, 1)
    person.was_told(words.asleep)


@pytest.mark.parametrize("words", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_it_is_warned_sleeps_and_is_woken_by_its_owner_alone(words: Sleep, database_url: str, tmp_path: Path
                                                                   ) -> None:
    async with stage(tmp_path, database_url) as here:
        friend, owner, name = ((here.alice, here.bob, "bob") if words is IN_ENGLISH
                               else (here.liming, here.wangfang, "wangfang"))
        for person in (friend, owner):
            await joins(person, words.basic)
            await tops_up(person, words.basic, 100)
        await days_pass(here, owner, 335)
        owner.was_told(words.warned[0])
        await owner.taps(words.still)
        owner.was_told(words.stays)

        await falls_asleep(here, owner, words)
        await friend.says(f"{words.basic.send} @{name} 20 lunch")
        friend.was_told(words.cannot)
        await owner.says(f"{words.basic.send} @{'alice' if friend is here.alice else 'liming'} 5")
        owner.was_told(words.refused)
        await owner.starts()
        acts.write(here.world, acts.own_chat(here.world, owner.id, None), owner.id, {"contact": {
            "phone_number": "+8613900001111", "first_name": "Somebody", "user_id": owner.id}})
        await here.settle()
        owner.was_told(words.another)
        owner.was_not_told(words.woken)
        await owner.shares_contact()
        owner.was_told(words.woken)

        member = await here.app.reads.member(owner.id)
        assert member is not None
        chosen = await here.app.pins.hash(PIN)
        await here.app.engine.run(SetPin(key="pin", member=member.id, hash=chosen, pin_version=0))
        await falls_asleep(here, owner, words)
        await owner.starts()
        await owner.types_pin(WRONG)
        assert (await here.app.reads.member(owner.id)).state == "dormant"  # type: ignore[union-attr]
        await owner.types_pin(PIN)
        assert (await here.app.reads.member(owner.id)).state == "active"  # type: ignore[union-attr]
        await friend.says(f"{words.basic.send} @{name} 20 lunch")
        await friend.taps(words.basic.confirm)
        owner.was_told(words.basic.came)
        reader = next(reader for reader in READERS if reader.words is words.basic)
        shown = {said for person in (friend, owner) for said in shown_to(person, None)}
        assert {said: other for said in shown if (other := foreign_in(said, reader))} == {}
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]
