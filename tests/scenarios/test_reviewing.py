"""Somebody shows documents, in both languages: picture by picture, in spite of a restart; operators look at them,
reject them, and approve them the second time. No picture is found in clear, and none stays."""
from __future__ import annotations

import io
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from PIL import Image
from sqlalchemy import select, update

from bot.local import acts
from bot.local.state import Post
from storage.purge import Purge
from storage.tables import applications, audit, metadata, papers
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import OWNER
from tests.scenarios.test_tickets import code_in
from tests.scenarios.test_verifying import NUMBER
from wallet.applications import KEPT
from wallet.operators import Appoint

MARK: Final = b"Camera of Alice Chen"


@dataclass(frozen=True)
class Showing:
    """What one of the languages calls it."""

    basic: Words
    verify: str
    name: str
    yes: str
    send: str
    asks: tuple[str, str, str]
    useless: str
    hand_in: str
    waits: str
    rejected: tuple[str, str]
    approved: str
    reviewed: str


IN_ENGLISH: Final = Showing(
    ENGLISH, "/verify", "Alice Chen", "Yes, that is me", "Send pictures",
    ("picture of the front", "picture of the back", "holding the card"), "I can't use that file", "Hand it in",
    "The operators have it since", ("could not be accepted", "can't be compared"), "identity level is 2 now",
    "Operators have reviewed your documents")
IN_CHINESE: Final = Showing(
    CHINESE, "实名", "李小明", "是我本人", "提交证件照片", ("人像面", "国徽面", "手持身份证"), "这个文件无法使用",
    "提交", "提交给运营人员", ("没有通过审核", "人脸无法"), "实名等级现在是 2", "已通过运营人员审核")


def picture(form: str = "JPEG", size: tuple[int, int] = (800, 500)) -> bytes:
    """One that says with what it was taken."""
    into, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = MARK.decode()
    Image.linear_gradient("L").resize(size).save(into, form, exif=exif)
    return into.getvalue()


async def shows(who: Person, content: bytes, kind: str = "photo") -> None:
    acts.upload(who.stage.world, who.id, None, kind, "card.jpg", content, "", acts.Manner())
    await who.stage.settle()


def pictures(person: Person, *, of_bot: bool) -> list[Post]:
    """The pictures that stand in somebody's private chat."""
    posts = acts.own_chat(person.stage.world, person.id, None).posts.values()
    return [post for post in posts if (post.message.get("photo") or post.message.get("document"))
            and (post.sender == person.stage.world.bot_id) is of_bot]


async def names_themselves(who: Person, words: Showing) -> None:
    for said in (words.verify, words.name, NUMBER):
        await who.says(said)
    await who.taps(words.yes)


async def takes(operator: Person) -> None:
    """An operator goes from the bell to the documents."""
    await operator.taps("Look at it")
    await operator.taps("Take it")
    await operator.taps("See the documents")


def opened(folder: Path, url: str) -> AbstractAsyncContextManager[Stage]:
    """The chat outlives a restart."""
    return stage(folder, url, data_dir=folder, least_level=0, owner_ids=str(OWNER))


def asker(here: Stage, words: Showing) -> Person:
    return here.bob if words is IN_ENGLISH else here.liming


@pytest.mark.parametrize("words", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_documents_are_shown_rejected_shown_again_and_forgotten(words: Showing, database_url: str,
                                                                     tmp_path: Path) -> None:
    async with opened(tmp_path, database_url) as here:
        await joins(here.alice, ENGLISH)
        who = asker(here, words)
        await joins(who, words.basic)
        await names_themselves(who, words)
        await who.taps(words.send)
        who.was_told(words.asks[0])
        for hostile in (b"GIF89a no picture", picture(size=(20, 20)), picture("PNG", (7_000, 6_500))):
            await shows(who, hostile, "document")
            who.was_told(words.useless)
        await who.says("110")
        await shows(who, picture())
        who.was_told(words.asks[1])
    async with opened(tmp_path, database_url) as here:
        who = asker(here, words)
        await who.says(words.verify)
        await shows(who, picture("PNG"), "document")
        who.was_told(words.asks[2])
        await shows(who, picture("WEBP"), "document")
        await who.taps(words.hand_in)
        who.was_told(words.waits)
        assert pictures(who, of_bot=False) == [], "none stays in the chat"

        await takes(here.alice)
        here.alice.was_told(words.name)
        here.alice.was_told(NUMBER)
        shown = pictures(here.alice, of_bot=True)
        assert len(shown) == 3
        assert all(post.message["has_protected_content"] for post in shown)
        await here.alice.taps("Reject")
        await here.alice.taps("Face can't be compared")
        here.alice.was_told("Rejected.")
        for said in words.rejected:
            who.was_told(said)

        await who.says(words.verify)
        await who.taps(words.send)
        for _ in range(3):
            await shows(who, picture())
        await who.taps(words.hand_in)
        await takes(here.alice)
        await here.alice.taps("Approve")
        await here.alice.taps("Yes, approve")
        who.was_told(words.approved)
        await who.says(words.verify)
        who.was_told(words.reviewed)

        await is_paid(here, who, words)
        await nothing_is_in_clear(here)
        await time_passes(here)


async def is_paid(here: Stage, who: Person, words: Showing) -> None:
    """Whoever pays them for the first time is shown the mask, and whoever has a receipt that they are verified."""
    payer, masked = here.alice, "A*** C***" if words is IN_ENGLISH else "*小明"
    await tops_up(payer, ENGLISH, 100)
    send = f"/send @{here.world.people[who.id].user['username']} 1.50"
    await payer.says(send)
    payer.was_told(f"Verified name: {masked}")
    await payer.taps("Confirm")
    payer.was_not_told(masked)
    await payer.says(f"/receipt {code_in(payer.sees()[-1])}")
    payer.was_told("(verified)")
    await payer.says(f"{send} in 2h")
    payer.was_not_told(masked)


async def nothing_is_in_clear(here: Stage) -> None:
    async with here.app.database.reading.connect() as connection:
        for table in metadata.sorted_tables:
            rows = (await connection.execute(select(table))).all()
            assert NUMBER not in str(rows), table.name
        kept = [bytes(row.sealed) for row in (await connection.execute(select(papers))).all()]
        assert len(kept) == 6
        assert not any(MARK in one or one.startswith(b"\xff\xd8") for one in kept)
        looked = (await connection.execute(select(audit.c.facts).where(audit.c.act == "papers_looked_at"))).all()
        assert [row.facts.split(" by ")[1] for row in looked] == [str(OWNER)] * 2


async def time_passes(here: Stage) -> None:
    """What was decided is kept for a while, and then forgotten."""
    purge, now = Purge(here.app.database), here.app.clock.now()
    assert (await purge.run(now))["papers"] == 0
    await here.app.database.write(lambda connection: connection.execute(update(applications).values(
        ended_at=applications.c.ended_at - KEPT - 1)))
    assert (await purge.run(now))["papers"] == 6


async def test_nobody_sees_or_decides_what_is_not_for_them(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url, least_level=0, owner_ids=str(OWNER)) as here:
        for person in (here.alice, here.bob, here.wangfang):
            await joins(person, CHINESE if person is here.wangfang else ENGLISH)
        await here.app.engine.run(Appoint(key="risk", operator=OWNER, person=here.wangfang.id, role="risk"))
        await names_themselves(here.alice, IN_ENGLISH)
        await here.alice.taps("Send pictures")
        for _ in range(3):
            await shows(here.alice, picture())
        await here.alice.taps("Hand it in")
        await here.alice.says("/kyc")
        here.alice.was_told("0 wait for us")
        assert "no such application that you may see" in await here.alice.taps("Look at it")
        await here.bob.says("/kyc")
        here.bob.was_not_told("wait for us")

        await here.wangfang.says("/kyc")
        await here.wangfang.taps("身份证件")
        await here.wangfang.taps("我来处理")
        await here.alice.taps("Take it back")
        assert "撤回" in await here.wangfang.taps("查看证件")
        assert pictures(here.wangfang, of_bot=True) == []


async def test_a_company_is_named_reviewed_and_shown(sqlite_url: str, tmp_path: Path) -> None:
    async with opened(tmp_path, sqlite_url) as here:
        await joins(here.alice, ENGLISH)
        await joins(here.liming, CHINESE)
        await names_themselves(here.liming, IN_CHINESE)
        await here.liming.says("实名")
        await here.liming.taps("我代表企业")
        for said in ("福州示例有限公司", "91350100M000100Y43", "王小二", "福州示例有限公司"):
            await here.liming.says(said)
        here.liming.was_told("营业执照")
        await shows(here.liming, picture())
        await here.liming.taps("提交")
        await takes(here.alice)
        for fact in ("福州示例有限公司", "91350100M000100Y43", "王小二"):
            here.alice.was_told(fact)
        await here.alice.taps("Approve")
        await here.alice.taps("Yes, approve")
        here.liming.was_told("你的企业已通过审核")
        await here.liming.says("实名")
        here.liming.was_told("已审核企业：福州示例有限公司")

        await tops_up(here.alice, ENGLISH, 100)
        await here.alice.says(f"/send @{here.world.people[here.liming.id].user['username']} 1.50")
        here.alice.was_told("Reviewed company: 福州示例有限公司")
        await here.alice.taps("Confirm")
        await here.alice.says(f"/receipt {code_in(here.alice.sees()[-1])}")
        here.alice.was_told("🏢 福州示例有限公司")
        await here.alice.says(f"/user @{here.world.people[here.liming.id].user['username']}")
        here.alice.was_told("Reviewed company")
        async with here.app.database.reading.connect() as connection:
            for table in metadata.sorted_tables:
                assert "示例有限" not in str((await connection.execute(select(table))).all()), table.name
