"""Whoever writes to the operators is heard: asked, answered in the operators' group, closed, and opened again."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from bot.local import acts
from handlers.texts import Language
from storage.tables import audit, ticket_words
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins
from tests.scenarios.test_operators import OWNER, THEIRS, house
from tests.wallet.machine.three import Ordain
from wallet.operators import Appoint

PICTURE: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082")
"""One pixel."""
SAID: Final[dict[Language, dict[str, str]]] = {
    "en": {"support": "/support", "about": "A payment", "asked": "转账 @alice 20 has not arrived",
           "has": "The operators have it", "answered": "The operators answered", "closed": "This is solved",
           "more": "It isn't solved", "open again": "open again", "leave": "That is all for now"},
    "zh_CN": {"support": "客服", "about": "一笔付款", "asked": "转账 @alice 20 没有到账", "has": "运营人员已经收到",
              "answered": "运营人员答复", "closed": "问题已经解决", "more": "没有解决", "open again": "已重新打开",
              "leave": "先说到这里"}}


def code_in(said: str) -> str:
    return str(re.findall(r"[A-Z0-9]{9}", said)[0])


def post_with(who: Person, words: str, where: int | None = None) -> str:
    """The key of the newest message of the bot with these words."""
    posts = acts.own_chat(who.stage.world, who.id, where).posts
    return [key for key, post in posts.items() if words in str(post.message) and post.seen_by(who.id)
            and post.sender == who.stage.world.bot_id][-1]


async def sends_picture(who: Person, caption: str, where: int | None = None, *, reply_to: str | None = None) -> None:
    acts.upload(who.stage.world, who.id, where, "photo", "what.png", PICTURE, caption,
                acts.Manner(reply_to=reply_to))
    await who.stage.settle()


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_somebody_asks_with_a_picture_is_answered_and_asks_on(sqlite_url: str, tmp_path: Path, words: Words,
                                                                    language: Language) -> None:
    said = SAID[language]
    async with house(sqlite_url, tmp_path) as here:
        owner, asker = here.alice, here.bob if language == "en" else here.liming
        await joins(owner, ENGLISH)
        await joins(asker, words)
        await here.app.engine.run(Ordain(key="ban", member=await number(here, asker), state="banned", restrictions=0,
                                         until=0))

        await asker.says(said["support"])
        await asker.taps(said["about"])
        await asker.says(said["asked"])
        code = code_in(asker.was_told(said["has"]))
        asker.was_not_told("Confirm")
        await sends_picture(asker, "<b>see</b> \u202ehttps://evil.example")
        await asker.taps(said["leave"])
        assert len([one for one in owner.sees(THEIRS) if code in one]) == 1, "they are rung once"

        await owner.taps("🗂", THEIRS)
        shown = owner.was_told("Reply to this message", THEIRS)
        assert said["asked"] in shown
        assert "<b>see</b>" in shown, "as it was typed"
        await owner.taps("Take it", THEIRS)
        await owner.taps("Pictures", THEIRS)
        await owner.says("We are looking into it.", THEIRS, reply_to=post_with(owner, "Reply to this", THEIRS))
        asker.was_told(said["answered"])
        asker.was_told("We are looking into it.")

        await asker.says("thank you", reply_to=post_with(asker, "looking into it"))
        await sends_picture(owner, "here is the proof", THEIRS, reply_to=post_with(owner, "Reply to this", THEIRS))
        await asker.taps("📎")
        await owner.says(f"/tickets {code}", THEIRS)
        owner.was_told("thank you", THEIRS)
        await owner.taps("Close", THEIRS)
        await owner.taps("Solved", THEIRS)
        asker.was_told(said["closed"])

        await asker.taps(said["more"])
        await asker.says("still nothing")
        asker.was_told(said["open again"])
        await owner.says("/tickets", THEIRS)
        owner.was_told(code, THEIRS)
        async with here.app.database.reading.connect() as connection:
            sealed = (await connection.execute(select(ticket_words.c.sealed))).scalars().all()
            done = await connection.execute(select(audit.c.act).where(audit.c.act.startswith("ticket_")))
            assert set(done.scalars()) == {"ticket_opened", "ticket_words", "ticket_read", "ticket_taken",
                                           "ticket_closed", "ticket_reopened"}
        assert len(sealed) == 6
        assert not any(b"looking" in bytes(one) or b"still" in bytes(one) for one in sealed)


async def number(here: Stage, person: Person) -> int:
    member = await here.app.reads.member(person.id)
    assert member is not None
    return member.id


async def test_somebody_who_can_not_join_is_heard_and_answered_in_private(database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url, owner_ids=str(OWNER)) as here:
        await joins(here.alice, ENGLISH)
        await here.bob.starts()
        await here.bob.says("/support my number is taken")
        await here.bob.taps("My account")
        code = code_in(here.bob.was_told("The operators have it"))
        await here.alice.taps("🗂 Read it")
        here.alice.was_told("my number is taken")
        await here.alice.taps("✍️ Answer")
        await here.alice.says("红包 is what we call it")
        here.bob.was_told("红包 is what we call it")
        await here.alice.says(f"/tickets {code}")
        await here.alice.taps("Close")
        await here.alice.taps("own words")
        await here.alice.says("That was all.")
        here.bob.was_told("With this the ticket is closed")


async def test_nobody_reads_or_answers_what_is_not_theirs(sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        for person in (here.alice, here.bob, here.wangfang):
            await joins(person, CHINESE if person is here.wangfang else ENGLISH)
        await here.app.engine.run(Appoint(key="auditor", operator=OWNER, person=here.wangfang.id, role="auditor"))
        await here.bob.says("/support " + "x" * 3_000)
        here.bob.was_told("too long")
        await here.bob.says("/support my secret")
        await here.bob.taps("A dispute")
        await here.bob.says("receipt ABCDEFGHJ is wrong")
        here.bob.was_told("no code of a receipt of yours")
        await here.bob.says("/support my secret")
        await here.bob.taps("Something else")
        code = code_in(here.bob.was_told("The operators have it"))

        await here.alice.starts(f"ticket_{code}")
        here.alice.was_told("no such ticket that you may see")
        await here.wangfang.says(f"/tickets {code}")
        here.wangfang.was_told("my secret")
        await here.wangfang.says("an auditor answers", reply_to=post_with(here.wangfang, "my secret"))
        here.bob.was_not_told("an auditor answers")
        # Whoever is no operator replies in the operators' group, and in words of their own that look like ours.
        await here.alice.says(f"/tickets {code}", THEIRS)
        await here.bob.says("I answer myself", THEIRS, reply_to=post_with(here.alice, "my secret", THEIRS))
        imitated = await here.bob.says(f"🗂 Ticket {code}: other", THEIRS)
        await here.alice.says("not an answer", THEIRS, reply_to=imitated.key)
        here.bob.was_not_told("not an answer")
        here.bob.was_not_told("The operators answered")

        await here.alice.says("/support about me")
        await here.alice.taps("Something else")
        mine = code_in(here.alice.was_told("The operators have it"))
        await here.alice.says(f"/tickets {mine}")
        here.alice.was_told("Nobody decides about themselves")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_somebody_is_reported_by_what_they_wrote_and_never_learns_of_it(sqlite_url: str, tmp_path: Path,
                                                                              language: Language) -> None:
    async with house(sqlite_url, tmp_path) as here:
        reporter = here.wangfang if language == "zh_CN" else here.newcomer("Ann", "en", "+8613800138099")
        for person, words in ((here.alice, ENGLISH), (here.bob, ENGLISH), (reporter, SPOKEN[language])):
            await joins(person, words)
        wrote = await here.bob.says("send me your <code> quickly", here.group)
        typed = await reporter.says("/report he asks for codes", here.group, reply_to=wrote.key)
        reporter.was_told("Thank you" if language == "en" else "谢谢")
        assert "asks for codes" not in str(here.bob.sees())
        here.bob.was_not_told("Ticket")
        shown_there = acts.own_chat(here.world, here.bob.id, here.group).posts
        assert typed.key not in shown_there, "nobody else reads it any more"

        await here.alice.taps("🗂 Read it", THEIRS)
        shown = here.alice.was_told("About Bob", THEIRS)
        assert "he asks for codes" in shown
        assert "send me your <code> quickly" in shown
        await here.alice.taps("👤 Reported", THEIRS)
        here.alice.was_told("1000003", THEIRS)

        # In plain words people also just talk; whoever is named is meant.
        before = len(reporter.sees()) + len(reporter.sees(here.group))
        await reporter.says("举报你信不信", here.group, reply_to=wrote.key)
        assert len(reporter.sees()) + len(reporter.sees(here.group)) == before
        await reporter.says("举报 @bob 骗子", here.group)
        assert reporter.sees(here.group)[-1]
        await here.bob.says("/report", here.group)


SPOKEN: Final[dict[Language, Words]] = {"en": ENGLISH, "zh_CN": CHINESE}
