"""A minor and their guardian, in both languages: the way to a wallet over a restart, what the guardian sees, caps and
stops, and the day on which nobody answers for them any more; and what becomes of somebody who said that they are an
adult and is none."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Connection, update

from bot.local import acts
from storage.reconcile import reconcile
from storage.tables import wards
from tests.faults.dialogs.identity import number_of
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_one_language import READERS, foreign_in, shown_to
from tests.scenarios.test_stats import runs
from wallet.operators import AppointOwners
from wallet.penalties import Lift, Penalise
from wallet.standing import FROZEN

PIN = "482916"
YOUNG = datetime.now(UTC).date() - timedelta(days=15 * 365)


@dataclass(frozen=True)
class Story:
    """What one of the languages calls it."""

    basic: Words
    under: str
    ask: str
    copy: str
    verify_first: str
    verify: str
    name: str
    that_is_me: str
    asks_you: str
    accept: str
    accepted: str
    told: str
    go_on: str
    family: str
    limit_payment: str
    beyond: str
    stop: str
    stopped: str
    allow: str
    can_pay: str
    yours: str
    known: str
    free: str
    young: str
    found: str
    nobody: str
    used: str
    not_ours: str
    away: str
    back: str


IN_ENGLISH = Story(
    ENGLISH, "I am under 18", "Please send them the link below", "Copy the link", "please do that now", "/verify",
    "Alice Chen", "Yes, that is me", "asks you to be their guardian", "I answer for them", "You answer for",
    "is your guardian now", "Go on", "/family", "Limit a payment", "Your guardian allows up to ¥20.00 a payment",
    "Stop payments", "Your guardian has stopped your payments.", "Allow payments", "can pay again",
    "Your guardian:", "until then your guardian does", "Nobody has to answer for you any more",
    "By that number you are under 18", "By your ID number you are under 18", "Nobody answers for you at the moment",
    "Nobody is needed here", "whose link that is", "is stopped or asleep", "is in order again")
IN_CHINESE = Story(
    CHINESE, "我未满 18 周岁", "请把下面的链接发给监护人", "复制链接", "请现在认证", "实名", "李小明",
    "是我本人", "请你做监护人", "我来做监护人", "的监护人了", "现在是你的监护人了", "继续", "亲属", "单笔限额",
    "监护人允许你单笔最多付 ¥20.00", "停止付款", "监护人停止了你的付款", "允许付款", "可以重新付款了", "你的监护人：",
    "在此之前仍由监护人负责", "你不再需要监护人了", "按这个号码，你未满 18 周岁", "按你的身份证号，你未满 18 周岁",
    "你目前没有监护人，所以不能付款", "这里不需要监护人", "不属于任何未成年人", "已被停用或处于休眠", "恢复正常")


def link_of(person: Person, label: str) -> str:
    """What stands behind /start in the newest link that somebody may copy."""
    posts = acts.own_chat(person.stage.world, person.id, None).posts.values()
    links = [button["copy_text"]["text"] for post in posts
             for row in post.message.get("reply_markup", {}).get("inline_keyboard", []) for button in row
             if button["text"] == label]
    return str(parse_qs(urlsplit(links[-1]).query)["start"][0])


async def verifies(person: Person, words: Story, born: date) -> None:
    """Somebody says who they are."""
    await person.says(words.verify)
    await person.says(words.name)
    await person.says(number_of(person.id, f"{born:%Y%m%d}"))


async def sends(person: Person, words: Story, to: str, amount: int) -> None:
    await person.says(f"{words.basic.send} @{to} {amount}")


def cast(here: Stage, words: Story) -> tuple[Person, Person, Person]:
    """The guardian, the minor, and somebody who says that they are an adult."""
    if words is IN_ENGLISH:
        return here.alice, here.bob, here.liming
    return here.liming, here.wangfang, here.alice


async def finds_a_guardian(folder: Path, database_url: str, words: Story) -> None:
    """From the first Start to an open wallet, over a restart."""
    async with stage(folder, database_url, data_dir=folder, least_level=0) as here:
        guardian, kid, _ = cast(here, words)
        await joins(guardian, words.basic)
        await kid.starts()
        await kid.taps(words.basic.language)
        await kid.taps(words.under)
        kid.was_told(words.ask)
    async with stage(folder, database_url, data_dir=folder, least_level=0) as here:
        guardian, kid, _ = cast(here, words)
        link = link_of(kid, words.copy)
        await guardian.starts(link)
        guardian.was_told(words.verify_first)
        await verifies(guardian, words, date(1980, 3, 7))
        await guardian.taps(words.that_is_me)
        await guardian.starts(link[:-1] + ("1" if link[-1] != "1" else "2"))
        guardian.was_told(words.not_ours)
        await guardian.starts(link)
        guardian.was_told(words.asks_you)
        await guardian.taps(words.accept)
        await guardian.types_pin(PIN)
        await guardian.types_pin(PIN)
        guardian.was_told(words.accepted)
        kid.was_told(words.told)
        await guardian.starts(link)
        guardian.was_told(words.used)
        await kid.taps(words.go_on)
        await kid.taps(words.basic.agree)
        await kid.shares_contact()
        kid.was_told(words.basic.open)


async def is_bounded(guardian: Person, kid: Person, words: Story, to: str) -> None:
    """What the guardian decides holds for the next payment."""
    await tops_up(kid, words.basic, 100)
    await guardian.says(words.family)
    guardian.was_told("¥100.00")
    await guardian.taps(words.limit_payment)
    await guardian.taps("¥20.00")
    await sends(kid, words, to, 30)
    kid.was_told(words.beyond)
    await sends(kid, words, to, 10)
    await kid.taps(words.basic.confirm)
    await guardian.says(words.family)
    guardian.was_told("¥90.00")
    await guardian.taps(words.stop)
    kid.was_told(words.stopped)
    await sends(kid, words, to, 5)
    await guardian.taps(words.allow)
    await guardian.types_pin(PIN)
    guardian.was_told(words.can_pay)
    await kid.says(words.family)
    assert "¥20.00" in kid.was_told(words.yours)


async def is_of_age(here: Stage, kid: Person, words: Story) -> None:
    """Their number tells when, and the clock frees them."""
    await verifies(kid, words, YOUNG)
    kid.was_told(words.young)
    await kid.taps(words.that_is_me)
    kid.was_told(words.known)
    member = await here.app.reads.member(kid.id)
    assert member is not None

    def long_ago(connection: Connection) -> None:
        connection.execute(update(wards).where(wards.c.member == member.id).values(free_on=1))

    await here.app.database.write(long_ago)
    await runs(here, "release_wards")
    await here.settle()
    kid.was_told(words.free)


@pytest.mark.parametrize("words", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_minor_has_a_guardian_until_they_are_of_age(words: Story, database_url: str, tmp_path: Path) -> None:
    await finds_a_guardian(tmp_path, database_url, words)
    async with stage(tmp_path, database_url, data_dir=tmp_path, least_level=0) as here:
        guardian, kid, liar = cast(here, words)
        to = "alice" if words is IN_ENGLISH else "liming"
        await is_bounded(guardian, kid, words, to)
        await is_of_age(here, kid, words)
        await sends(kid, words, to, 30)
        kid.was_told(words.basic.went.replace("20.00", "30.00"))
        reader = next(reader for reader in READERS if reader.words is words.basic)
        shown = {said for person in (guardian, kid) for said in shown_to(person, None)}
        assert {said: found for said in shown if (found := foreign_in(said, reader))} == {}

        await joins(liar, words.basic)
        await tops_up(liar, words.basic, 50)
        await verifies(liar, words, YOUNG)
        await liar.taps(words.that_is_me)
        liar.was_told(words.found)
        await sends(liar, words, to, 5)
        liar.was_told(words.nobody)
        await liar.says(words.family)
        await guardian.starts(link_of(liar, words.copy))
        await guardian.taps(words.accept)
        await guardian.types_pin(PIN)
        liar.was_told(words.told)
        await sends(liar, words, to, 5)
        await liar.taps(words.basic.confirm)
        liar.was_told(words.basic.went.replace("20.00", "5.00"))
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize("words", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_minor_hears_at_once_that_their_guardian_is_frozen(words: Story, database_url: str, tmp_path: Path
                                                                   ) -> None:
    await finds_a_guardian(tmp_path, database_url, words)
    async with stage(tmp_path, database_url, data_dir=tmp_path, least_level=0) as here:
        guardian, kid, _ = cast(here, words)
        await here.app.engine.run(AppointOwners(key="owner", telegram_ids=(900,)))
        member = await here.app.reads.member(guardian.id)
        assert member is not None
        decision: dict[str, Any] = {"operator": 900, "person": guardian.id, "member": member.id, "kind": FROZEN}
        await here.app.engine.run(Penalise(key="freeze", reason="fraud", hours=0, **decision))
        await runs(here, "tell_wards")
        await here.settle()
        kid.was_told(words.away)
        await here.app.engine.run(Lift(key="lift", **decision))
        await runs(here, "tell_wards")
        await here.settle()
        kid.was_told(words.back)
