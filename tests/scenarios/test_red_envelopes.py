"""A red envelope in a group, from the wish to the crown, in both languages and on both databases."""
from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.local import acts, groups, topics
from bot.local.state import Press
from handlers.chat.buttons import RedButton, RedChoice
from handlers.jobs.expiry import expire_envelopes
from handlers.pictures.cover import Theme
from handlers.pictures.easel import Easel, NotDrawn
from storage.reconcile import reconcile
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from wallet.engine import microseconds

CODE = re.compile("\\b[2-9A-HJ-NP-Z]{9}\\b")
"""A receipt's, wherever it stands."""


@dataclass(frozen=True)
class Said:
    """What one of the languages calls it."""

    words: Words
    wish: str
    equal: str
    private: str
    open: str
    before: str
    gone: str
    mine: str
    crown: str
    opened: str
    over: str
    back: str
    verify: str
    not_yet: str
    right: str
    unknown: str
    list: str
    sent: str
    nothing: str
    alone: str
    not_yours: str
    for_you: str
    worded: str
    how: str
    word_needed: str
    share_of_word: str


IN_ENGLISH = Said(ENGLISH, "/red 10 2 good luck", "/red =1 3", "Open the private chat", "🧧 Open", "is yours already",
                  "are gone", "red envelope! Share 1 of 2", "best luck", "0 of 2 shares opened", "Over after 24 hours",
                  "is back in your wallet", "/red verify ", "can be checked once it has ended", "is right: its seed",
                  "no red envelope with this code", "/envelopes", "Sent: 2, ¥11.00 in all", "Nothing here.",
                  "/red @bob 8.8 happy birthday", "for somebody else alone", "for you alone!", "/red =1 3 !Cheers",
                  "Reply to this card with Cheers", "opens by a word", "Share 1 of 3")
IN_CHINESE = Said(CHINESE, "红包 10 2 恭喜发财", "普通红包 1 3", "打开私聊", "🧧 开", "已经领过了", "已经领完",
                  "第 1/2 份", "手气最佳", "已领 0/2 份", "超过 24 小时", "已退回你的钱包",
                  "红包 验证 ", "结束后就可以核对", "核对无误", "没有找到这个代码的红包", "我的红包",
                  "发出：2 个，共 ¥11.00", "这里什么也没有。",
                  "专属红包 @wangfang 8.8 生日快乐", "是发给别人的专属红包", "专门发给你", "口令红包 3 3 !Cheers",
                  "回复这张卡片并发送 Cheers", "这是口令红包", "第 1/3 份")


async def everybody_joins(maker: Person, *others: Person, words: Words) -> None:
    await joins(maker, words)
    await tops_up(maker, words, 100)
    for other in others:
        await joins(other, words)


async def wishes(here: Stage, maker: Person, said: Said) -> None:
    """The first envelope asks for the rules of envelopes, and goes on by itself."""
    await maker.says(said.wish, here.group)
    await maker.taps(said.private, here.group)
    await maker.taps(said.words.agree)
    await maker.taps(said.words.confirm, here.group)


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_group_opens_an_envelope_and_one_is_crowned(said: Said, database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        english = said is IN_ENGLISH
        maker, first, late = (here.alice, here.bob, here.liming) if english else (
            here.liming, here.wangfang, here.alice)
        await everybody_joins(maker, first, late, words=said.words)
        await wishes(here, maker, said)
        shown = maker.was_told(said.wish.split()[-1], here.group)
        assert "10.00" in shown
        maker.was_not_told("¥90.00", here.group)
        assert maker.was_shown("10.00", here.group)

        code = re.findall(CODE, maker.was_told("🧧"))[-1]
        await late.says(f"{said.verify}{code}", here.group)
        assert "seed = " not in late.was_told(said.not_yet, here.group)
        await late.says(f"{said.verify}{code}")
        late.was_told(said.unknown)

        assert said.mine in await first.taps(said.open, here.group)
        assert said.before in await first.taps(said.open, here.group)
        assert await maker.taps(said.open, here.group)
        card = first.was_told(said.crown, here.group)
        assert card.count("\n1") == card.count("\n2") == 1
        assert first.was_shown(said.crown, here.group)
        assert said.open not in first.buttons(here.group)
        assert "🧧" in first.sees()[-1]
        assert f"/red verify {code}" in card
        await late.says(f"{said.verify}{code}", here.group)
        assert "seed, amount, count = " in late.was_told(said.right, here.group)
        await first.says(f"{said.verify}{re.findall(CODE, first.was_told('🧧'))[-1]}")
        first.was_told(said.right)
        for who in (maker, first):
            await who.says(said.words.history)
            assert "10.00" in maker.sees()[-1]

        # Equal shares of which one is opened; after a day the rest goes back.
        await maker.says(said.equal, here.group)
        await maker.taps(said.words.confirm, here.group)
        assert "¥1.00" in await late.taps(said.open, here.group)
        await here.app.database.write(lambda connection: connection.execute(
            text("UPDATE envelopes SET expires_at = (SELECT max(at) + 1 FROM transfers) WHERE state = 'open'")))
        assert await expire_envelopes(here.app.engine, here.app.reads, microseconds()) == 1
        await here.settle()
        assert "¥2.00" in late.was_told(said.over, here.group)
        assert late.was_shown(said.over, here.group)
        assert "¥2.00" in maker.was_told(said.back)
        await looks_back(here, maker, said)
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_one_is_for_one_alone_and_one_opens_by_a_word(said: Said, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        english = said is IN_ENGLISH
        maker, first, late = (here.alice, here.bob, here.liming) if english else (
            here.liming, here.wangfang, here.alice)
        await everybody_joins(maker, first, late, words=said.words)
        await wishes(here, maker, replace(said, wish=said.alone))
        assert said.not_yours in await late.taps(said.open, here.group)
        assert said.not_yours in await maker.taps(said.open, here.group)
        assert said.for_you in await first.taps(said.open, here.group)
        assert "¥8.80" in first.sees()[-1]

        await maker.says(said.worded, here.group)
        await maker.taps(said.words.confirm, here.group)
        card = first.was_told(said.how, here.group)
        assert said.word_needed in await first.taps(said.open, here.group)
        before = len(late.sees(here.group))
        await first.says("cheers!", here.group, reply_to=card_of(here))
        assert len(late.sees(here.group)) == before
        await first.says(" ＣＨＥＥＲＳ ", here.group, reply_to=card_of(here))
        first.was_told(said.share_of_word, here.group)
        late.was_not_told(said.share_of_word, here.group)
        assert card != first.was_told(said.how, here.group)
        seen = len(first.sees(here.group))
        await first.says("cheers", here.group)
        assert len(first.sees(here.group)) == seen
        for who in (maker, late):
            await who.says("Cheers", here.group)
        assert said.open not in first.buttons(here.group)
    report = await reconcile(sqlite_url)
    assert report.whole, [check for check in report.checks if check.broken]


def card_of(here: Stage) -> str:
    """The newest card in the group, by its key."""
    return [post.key for post in here.chat.world.chats[here.group].posts.values()
            if post.sender == here.world.bot_id and "🔑" in str(post.message)][-1]


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_an_envelope_follows_its_group_into_the_chat_that_it_becomes(said: Said, sqlite_url: str, tmp_path: Path
                                                                           ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        maker, other = (here.alice, here.bob) if said is IN_ENGLISH else (here.liming, here.wangfang)
        old = here.world.chats[here.group]
        old.type = "group"
        await everybody_joins(maker, other, words=said.words)
        await wishes(here, maker, replace(said, wish="/red =1 2"))
        await other.taps(said.open, here.group)
        there = groups.migrated(here.world, old, maker.id).id
        await here.settle()
        assert said.open in other.buttons(there)
        assert other.was_shown("🧧", there)
        assert said.before in await other.taps(said.open, there)
        assert "¥1.00" in await maker.taps(said.open, there)
        assert said.open not in other.buttons(there)
        assert "Fingerprint" not in other.sees(there)[-1]
    report = await reconcile(sqlite_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize("english", [True, False], ids=["en", "zh_CN"])
async def test_one_is_filled_step_by_step_in_private(english: bool, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        said = IN_ENGLISH if english else IN_CHINESE
        maker, first = (here.alice, here.bob) if english else (here.liming, here.wangfang)
        await everybody_joins(maker, first, words=said.words)
        await maker.says("hello" if english else "大家好", here.group)
        await maker.says("/red" if english else "红包")
        await maker.taps("Equal shares" if english else "均分")
        await maker.says("lots")
        for answer in ("2.5", "2", "happy birthday"):
            await maker.says(answer)
        await maker.taps("Birthday" if english else "生日")
        await maker.picks_group(here.group)
        await maker.taps(said.words.agree)
        question = maker.was_told("Friday dinner")
        assert "¥5.00" in question
        await maker.taps(said.words.confirm)
        assert [text for text in maker.sees() if "¥5.00" in text] == maker.sees()[-1:], "its receipt says it, once"
        card = first.was_told("happy birthday", here.group)
        assert "¥2.50" in card
        assert first.was_shown("happy birthday", here.group)
        assert "¥2.50" in await first.taps(said.open, here.group)
    report = await reconcile(sqlite_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize("english", [True, False], ids=["en", "zh_CN"])
async def test_one_that_is_typed_in_private_needs_its_group_and_one_for_one_alone_their_name(
        english: bool, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        said = IN_ENGLISH if english else IN_CHINESE
        maker, first = (here.alice, here.bob) if english else (here.liming, here.wangfang)
        await everybody_joins(maker, first, words=said.words)
        await first.says("hello" if english else "大家好", here.group)
        await maker.says("/red 3 3 !Cheers" if english else "口令红包 3 3 Cheers")
        await maker.picks_group(here.group)
        await maker.taps(said.words.agree)
        await maker.taps(said.words.confirm)
        first.was_told(said.how, here.group)

        # For one alone, who is named; a group that one is not in is no group to choose.
        await maker.says("/red")
        await maker.taps("For one person" if english else "给一个人")
        await maker.says("@bob" if english else "@wangfang")
        await maker.says("1")
        await maker.taps("No greeting" if english else "不写祝福")
        await maker.taps("Wedding" if english else "婚礼")
        await maker.picks_group(here.group, elsewhere=True)
        maker.was_told("We have to be in that group" if english else "都要在那个群里")
        await maker.picks_group(here.group)
        await maker.taps(said.words.confirm)
        assert said.for_you in await first.taps(said.open, here.group)


@pytest.mark.parametrize("english", [True, False], ids=["en", "zh_CN"])
async def test_of_one_share_nothing_is_drawn(english: bool, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        said = IN_ENGLISH if english else IN_CHINESE
        maker, first = (here.alice, here.bob) if english else (here.liming, here.wangfang)
        await everybody_joins(maker, first, words=said.words)
        # No fingerprint, no crown, nothing to be checked.
        await wishes(here, maker, replace(said, wish="/red 5 1" if english else "红包 5 1"))
        assert said.opened not in maker.sees(here.group)[-1]
        assert "¥5.00" in await first.taps(said.open, here.group)
        card = maker.was_told("¥5.00", here.group)
        assert first.was_shown("¥5.00", here.group)
        assert not any(word in card for word in ("Fingerprint", "指纹", said.crown))
        code = CODE.search(maker.was_told("¥5.00"))
        assert code is not None
        await maker.says(said.verify + code[0])
        assert code[0] in maker.sees()[-1]

        # Each finds at once what there is: of the two one has only sent, the other only opened.
        await maker.says(said.list)
        assert "-¥5.00" in maker.sees()[-1]
        await first.says(said.list)
        assert "+¥5.00" in first.sees()[-1]
    report = await reconcile(sqlite_url)
    assert report.whole, [check for check in report.checks if check.broken]


async def looks_back(here: Stage, maker: Person, said: Said) -> None:
    """What was sent and opened this year, and the story of one."""
    await maker.says(said.list, here.group)
    assert said.sent in maker.was_told(said.sent, here.group)
    here.bob.was_not_told(said.sent, here.group)
    await maker.says(said.list)
    assert "+¥" in maker.was_told(said.sent)
    await maker.taps("I sent" if said is IN_ENGLISH else "我发出的")
    assert "-¥10.00" in maker.sees()[-1]
    await maker.taps("2")
    assert "🧧" in maker.sees()[-1]
    assert said.crown in maker.sees()[-1]


@pytest.mark.parametrize("wish", ["/red 2 2", "/red 10 50"], ids=["nothing can be drawn", "the list would be too long"])
async def test_a_card_without_a_cover_is_its_words(wish: str, sqlite_url: str, tmp_path: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    async def draw(easel: Easel, *_told: object) -> bytes:
        raise NotDrawn

    async with stage(tmp_path, sqlite_url) as here:
        await everybody_joins(here.alice, here.bob, words=ENGLISH)
        if wish.endswith(" 2"):
            monkeypatch.setattr(Easel, "draw", draw)
        await here.alice.says(wish, here.group)
        await here.alice.taps(IN_ENGLISH.private, here.group)
        await here.alice.taps(ENGLISH.agree)
        await here.alice.taps(ENGLISH.confirm, here.group)
        assert not here.bob.was_shown("opened", here.group)
        assert "red envelope! Share 1 of" in await here.bob.taps(IN_ENGLISH.open, here.group)
        assert not here.bob.was_shown("Fingerprint", here.group)
        # A list that will be too long for a picture stands below it.
        assert here.bob.was_shown("", here.group) is False
        covers = [post for post in here.world.chats[here.group].posts.values() if post.message.get("photo")]
        assert len(covers) == (0 if wish.endswith(" 2") else 1)
        assert all("caption" not in post.message and "reply_markup" not in post.message for post in covers)


async def test_too_much_is_said_where_it_is_typed_and_loses_nothing_of_the_wizard(sqlite_url: str, tmp_path: Path
                                                                                  ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        maker = here.alice
        await joins(maker, ENGLISH)
        await tops_up(maker, ENGLISH, 1000)
        await maker.says("/group", here.group)
        for label in ("🧧 Red envelopes", "up to 5 shares"):
            await maker.taps(label, here.group)

        await maker.says("/red")
        await maker.taps("By a word")
        for answer, told in (("sesame", "How much in all?"), ("99999999", "holds ¥0.01 to"), ("10", "how many people"),
                             ("200", "can be from 1 to 100"), ("10", "greeting")):
            await maker.says(answer)
            assert told in maker.sees()[-1]
        await maker.taps("No greeting")
        await maker.taps("Wedding")
        await maker.picks_group(here.group)
        await maker.taps(ENGLISH.agree)
        assert "has 5 shares at most" in maker.sees()[-1]
        await maker.says("101")
        assert "can be from 1 to 100" in maker.sees()[-1]
        await maker.says("5")
        assert "For which group?" in maker.sees()[-1]
        await maker.picks_group(here.group)
        await maker.taps(ENGLISH.confirm)
        maker.was_told("sesame", here.group)


async def test_a_forged_answer_to_a_step_is_none(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        maker = here.alice
        await joins(maker, ENGLISH)
        await tops_up(maker, ENGLISH, 100)
        await maker.says("/red")

        async def forges(*choices: RedChoice, step: str) -> None:
            post, _cancel = maker._button("Cancel", None)
            for choice in choices:
                data = RedButton(step=step, choice=choice).pack()
                pressed = acts.press(here.world, maker.id, None, post.key, {"data": data, "forge": True})
                await here.settle()
                assert isinstance(pressed, Press)
                assert "is out of date" in str((pressed.answer or {}).get("text", "")), data

        covers = {RedChoice(theme) for theme in Theme}
        await forges(*covers, RedChoice.SKIP, step="kind")
        await maker.taps("Lucky shares")
        await maker.says("10")
        await maker.says("2")
        await forges(*covers, RedChoice.LUCKY, step="greeting")
        await maker.taps("No greeting")
        await forges(*(set(RedChoice) - covers - {RedChoice.CANCEL}), step="cover")
        await maker.taps("Wedding")
        assert "For which group?" in maker.sees()[-1]


async def test_a_large_one_that_took_the_pin_stays_in_its_topic(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        maker = here.alice
        await joins(maker, ENGLISH)
        await tops_up(maker, ENGLISH, 500)
        await wishes(here, maker, IN_ENGLISH)
        forum = groups.made(here.world, {"is_forum": True}, "Forum", [maker.id, here.bob.id])
        topic = topics.by_person(here.world, forum, maker.id, {"name": "Rent"})["topic"]["message_thread_id"]
        acts.say(here.world, maker.id, forum.id, "/red 250 20 good luck", thread=topic)
        await here.settle()
        for _twice in range(2):
            await maker.types_pin("482916")
        shown = [post.message for post in forum.posts.values() if post.sender == here.world.bot_id]
        assert any("0 of 20" in str(message.get("text")) for message in shown)
        assert {message.get("message_thread_id") for message in shown} == {topic}
