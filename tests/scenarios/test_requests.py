"""Requests for money through the whole process, in both languages: paid in the group and in private, with and without
the PIN, declined, taken back, reminded of and ended; somebody who never joined comes back to what they were asked."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.local import acts
from handlers.jobs.reminding import expire_requests, remind_of_requests
from storage.reconcile import reconcile
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, finishes_joining, joins, tops_up
from tests.scenarios.test_one_language import READERS, foreign_in, shown_to
from wallet.engine import microseconds

PIN = "284917"


@dataclass(frozen=True)
class Said:
    """What one of the languages calls it."""

    words: Words
    private: str
    request: str
    pay: str
    decline: str
    take_back: str
    asked: str
    paid: str
    was_paid: str
    declined: str
    reminder: str
    over: str
    used: str


IN_ENGLISH = Said(ENGLISH, "Open the private chat", "/request", "Pay", "Decline", "Take back", "asks you for ¥20.00",
                  "paid Alice Chen", "paid the ¥20.00 that you asked for", "declined your request", "A reminder",
                  "After 7 days", "There is nothing to pay")
IN_CHINESE = Said(CHINESE, "打开私聊", "请求", "付 ¥", "谢绝", "撤回", "向你收款 ¥20.00", "付了 ¥20.00，收款请求已完成",
                  "付了你的收款请求 ¥20.00", "谢绝了你的收款请求", "提醒", "满 7 天", "不用付了")


def plain(said: str) -> str:
    """Without markup."""
    return said.replace("<b>", "").replace("</b>", "")


async def later(here: Stage, column: str) -> None:
    """A moment that was to come is over."""
    await here.app.database.write(lambda connection: connection.execute(
        text(f"UPDATE requests SET {column} = 1 WHERE state = 'open'")))  # noqa: S608


async def available(here: Stage, person: Person) -> int:
    member = await here.app.reads.member(person.id)
    assert member is not None
    return (await here.app.reads.balance(member.id)).available


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_request_is_paid_declined_taken_back_and_over(said: Said, database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        english = said is IN_ENGLISH
        asker, payer, other, name = ((here.alice, here.bob, here.wangfang, "bob") if english else
                                     (here.liming, here.wangfang, here.alice, "wangfang"))
        await joins(asker, said.words)
        await joins(payer, said.words)
        await tops_up(payer, said.words, 100)

        # In the group, paid there: whoever presses what is not theirs hears so, and pressing again pays no more.
        await asker.says(f"{said.request} @{name} 20 lunch", here.group)
        await asker.taps(said.private, here.group)
        await asker.taps(said.words.agree)
        payer.was_told(said.asked)
        for somebody in (asker, other):
            assert await somebody.taps(said.pay, here.group), "not theirs"
        assert await payer.taps(said.decline) == ""
        asker.was_told(said.declined)

        await asker.says(f"{said.request} @{name} 20 lunch", here.group)
        assert "20.00" in await payer.taps(said.pay, here.group)
        asker.was_told(said.was_paid)
        asker.was_told(said.paid, here.group)
        assert said.pay not in " ".join(payer.buttons(here.group))
        assert (await available(here, asker), await available(here, payer)) == (2_000, 8_000)

        # Taken back: what asked in private says so.
        await asker.says(f"{said.request} @{name} 7")
        await asker.taps(said.take_back)
        payer.was_told(said.used)

        # Reminded of once, and over after 7 days.
        await asker.says(f"{said.request} @{name} 8 lunch")
        await later(here, "remind_at")
        assert [await remind_of_requests(here.app.engine, here.app.reads, microseconds()) for _ in range(2)] == [1, 0]
        await here.settle()
        payer.was_told(said.reminder)
        asking = [post for post in acts.own_chat(here.world, payer.id, None).posts.values()
                  if said.pay in str(post.message.get("reply_markup", ""))]
        assert len(asking) == 1, "what asked first asks no more"
        await later(here, "expires_at")
        assert await expire_requests(here.app.engine, here.app.reads, microseconds()) == 1
        await here.settle()
        payer.was_told(said.over)

        assert (await available(here, asker), await available(here, payer)) == (2_000, 8_000)
        reader = next(reader for reader in READERS if reader.words is said.words)
        shown = {one for person in (asker, payer) for where in (None, here.group) for one in shown_to(person, where)}
        assert {one: foreign for one in shown if (foreign := foreign_in(one, reader))} == {}
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_above_the_limit_the_pin_is_asked_in_private_and_the_group_waits(said: Said, sqlite_url: str,
                                                                              tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        english = said is IN_ENGLISH
        asker, payer, name = (here.alice, here.bob, "bob") if english else (here.liming, here.wangfang, "wangfang")
        await joins(asker, said.words)
        await tops_up(asker, said.words, 1)
        await joins(payer, said.words)
        await tops_up(payer, said.words, 500)
        await asker.says(f"{said.request} @{name} 300 rent", here.group)
        await payer.taps(said.pay, here.group)
        await payer.types_pin(PIN)
        await payer.types_pin(PIN)
        if await available(here, payer) == 50_000:  # The first one was set; now it is asked.
            await payer.types_pin(PIN)
        assert (await available(here, asker), await available(here, payer)) == (30_100, 20_000)
        asker.was_told("300.00")
        assert "✅" in asker.sees(here.group)[-1]
        assert said.pay not in " ".join(payer.buttons(here.group))


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_whoever_never_joined_comes_back_to_what_they_are_asked(said: Said, sqlite_url: str, tmp_path: Path
                                                                     ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        english = said is IN_ENGLISH
        asker, stranger, name = (here.alice, here.bob, "bob") if english else (here.liming, here.wangfang, "wangfang")
        await joins(asker, said.words)
        await tops_up(asker, said.words, 1)
        await stranger.says("hello", here.group)
        await asker.says(f"{said.request} @{name} 20 lunch", here.group)
        await stranger.taps(said.pay, here.group)
        await stranger.taps(said.words.language)
        await finishes_joining(stranger, said.words)
        assert said.asked in plain(stranger.sees()[-1])
        await tops_up(stranger, said.words, 50)
        await stranger.taps(said.pay)
        assert (await available(here, asker), await available(here, stranger)) == (2_100, 3_000)


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_the_bare_word_lists_what_is_open_and_asks_step_by_step(said: Said, sqlite_url: str, tmp_path: Path
                                                                     ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        english = said is IN_ENGLISH
        asker, payer, name = (here.alice, here.bob, "bob") if english else (here.liming, here.wangfang, "wangfang")
        for person in (asker, payer):
            await joins(person, said.words)
            await tops_up(person, said.words, 50)
        await asker.says("/request")
        await asker.says(f"@{name}")
        await asker.says("20 lunch")
        assert said.asked in plain(payer.sees()[-1])
        await payer.says("/request")
        assert any(said.asked in plain(one) for one in payer.sees()[-3:])
        await payer.taps(said.pay)
        await asker.says(f"{said.request} @{name} 3")
        await asker.says("/request")
        assert await asker.taps(f"{said.take_back} ¥3.00")
        assert (await available(here, asker), await available(here, payer)) == (7_000, 3_000)
        await payer.says("/request")
        lately = "Alice Chen" if english else "李明"
        assert lately in payer.buttons()
        await payer.says("@alice" if english else "@liming")
        assert lately not in payer.every_button(), "an answered step can't be pressed"
        await payer.says("/cancel")
        assert await here.app.reads.requests_to(payer.id) == ()
