"""A bill that is split in a group, by whoever taps and by people who are named, and in private, in both languages."""
from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, Update, update

from bot.local import acts, groups
from handlers.jobs.splits import close_offers, expire_splits, remind_of_splits
from storage.reconcile import reconcile
from storage.tables import splits
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, finishes_joining, joins, tops_up
from wallet.engine import microseconds


@dataclass(frozen=True)
class Said:
    """What one of the languages calls it."""

    words: Words
    open: str
    named: str
    own: str
    pay: str
    remind: str
    close: str
    left: str
    before: str
    collects: str
    not_yours: str
    not_named: str
    lately: str
    asked: str
    again: str
    waiting: str
    all_paid: str
    closed: str
    over: str
    lags: str
    mine: str
    which_group: str
    no_more: str
    run_out: str
    unknown: str


IN_ENGLISH = Said(
    ENGLISH, "/split 120 4 hot pot", "/split 300 @{0} +me", "/split @{0} 20 @{1} 35 taxi", "Pay my share", "Remind",
    "Close", "3 places are left, ¥30.00 each", "already", "You collect here", "for somebody else", "not among those",
    "within the last hour", "asks you for your share of ¥20.00", "still waiting for your share of ¥35.00",
    "Waiting for", "All have paid: ¥150.00", "Closed: ¥60.00 of ¥90.00", "Over after 7 days: ¥20.00 of ¥55.00",
    "1 of 2 paid you", "Your open splits", "For which group is the card", "need not pay your share of ¥150.00 any more",
    "share of ¥35.00. After 7 days",
    "There is no such bill")
IN_CHINESE = Said(
    CHINESE, "AA 120 4 火锅", "AA 300 @{0} +我", "AA @{0} 20 @{1} 35 打车", "付我的份", "提醒", "结束",
    "还剩 3 份，每份 ¥30.00", "已经付过", "你发起的", "按钮是给别人", "没有点到你", "一小时内",
    "请你付自己的一份 ¥20.00", "还在等你付自己的一份 ¥35.00", "等待",
    "全部付清：¥150.00", "已结束：收到 ¥60.00", "满 7 天已结束：收到 ¥20.00", "1/2 人已付", "进行中的 AA",
    "卡片发到哪个群", "你的一份 ¥150.00 不用再付", "自己的一份 ¥35.00，满 7 天", "没有你能付的")


def _link(maker: Person) -> str:
    """What stands behind /start in the newest link to a split that its maker may copy."""
    posts = acts.own_chat(maker.stage.world, maker.id, None).posts.values()
    texts = [button["copy_text"]["text"] for post in posts
             for row in post.message.get("reply_markup", {}).get("inline_keyboard", [])
             for button in row if "copy_text" in button]
    return str(texts[-1].split("start=")[1])


def _may_pay(somebody: Person, said: Said) -> int:
    """How many messages in their own chat ask them for a share."""
    posts = acts.own_chat(somebody.stage.world, somebody.id, None).posts.values()
    return sum(said.pay in button["text"] for post in posts
               for row in post.message.get("reply_markup", {}).get("inline_keyboard", []) for button in row)


def _executed(statement: Update, connection: Connection) -> None:
    connection.execute(statement)


async def _an_hour_goes_by(here: Stage) -> None:
    """Since anybody was asked."""
    long_ago = update(splits).where(splits.c.state == "open").values({splits.c.reminded_at: 1})
    await here.app.database.write(partial(_executed, long_ago))


def _names(here: Stage) -> dict[int, str]:
    return {here.alice.id: "alice", here.bob.id: "bob", here.wangfang.id: "wangfang", here.liming.id: "liming"}


async def _whoever_taps_joins(here: Stage, said: Said, maker: Person, payer: Person, stranger: Person) -> None:
    """Whoever taps joins. One pays at once, one opens a wallet first and comes back to it."""
    await maker.says(said.open, here.group)
    assert said.left in stranger.sees(here.group)[-1]
    assert "¥30.00" in await payer.taps(said.pay, here.group)
    assert said.before in await payer.taps(said.pay, here.group)
    assert said.collects in await maker.taps(said.pay, here.group)
    for button in (said.remind, said.close):
        assert said.not_yours in await payer.taps(button, here.group)
    maker.was_told("¥30.00")
    payer.was_told("¥30.00")
    await stranger.taps(said.pay, here.group)
    await stranger.taps(said.words.language)
    await finishes_joining(stranger, said.words)
    await tops_up(stranger, said.words, 100)
    await stranger.taps(said.pay)
    stranger.was_told("¥70.00")
    card = payer.was_told("¥120.00", here.group)
    assert card.count("✅") == 2
    assert said.lately in await maker.taps(said.remind, here.group)
    await _an_hour_goes_by(here)
    assert said.lately not in await maker.taps(said.remind, here.group)
    assert said.lately in await maker.taps(said.remind, here.group)
    await maker.taps(said.close, here.group)
    assert said.closed in payer.was_told("¥120.00", here.group)
    for somebody in (maker, payer, stranger):
        somebody.was_not_told("¥70.00", here.group)


async def _the_group_waits_for_a_pin(here: Stage, said: Said, maker: Person, payer: Person, other: Person) -> None:
    """Above the no-PIN limit the group waits. 300 with the one who collects among the two."""
    names = _names(here)
    await payer.says(f"{said.words.send} @{names[maker.id]} 160", here.group)
    await maker.says(said.named.format(names[payer.id]), here.group)
    assert said.not_named in await other.taps(said.pay, here.group)
    await payer.taps(said.pay, here.group)
    payer.was_told(said.waiting, here.group)
    for _ in "12":
        await payer.types_pin("192837")
    assert said.all_paid in other.was_told("¥300.00", here.group)
    payer.was_told("¥660.00")


async def _the_clock_reminds_and_ends(
        here: Stage, said: Said, maker: Person, payer: Person, stranger: Person, other: Person) -> None:
    """To each an amount of their own: asked in private, reminded by the clock, over after a week."""
    names = _names(here)
    await maker.says(said.own.format(names[payer.id], names[stranger.id]), here.group)
    payer.was_told(said.asked)
    await payer.taps(said.pay)
    await payer.types_pin("192837")
    assert _may_pay(payer, said) == 0
    for due, job in ((splits.c.remind_at, remind_of_splits), (splits.c.expires_at, expire_splits)):
        sooner = update(splits).where(splits.c.state == "open").values({due: microseconds()})
        await here.app.database.write(partial(_executed, sooner))
        assert await job(here.app.engine, here.app.reads, microseconds()) == 1
        await here.settle()
        if job is remind_of_splits:
            stranger.was_told(said.again)
            assert _may_pay(stranger, said) == 1
            maker.was_told(said.lags)
    assert said.over in other.was_told("¥55.00", here.group)
    stranger.was_told(said.run_out)
    assert _may_pay(stranger, said) == 0


async def _the_list_closes(here: Stage, said: Said, maker: Person) -> None:
    """What is open is listed in private, and closed there."""
    await maker.says(said.open, here.group)
    await maker.says("/split")
    maker.was_told(said.mine)
    await maker.taps("0 of 3" if said is IN_ENGLISH else "0/3")
    await maker.taps(said.close)
    assert said.closed.split(":")[0].split("：")[0] in maker.sees()[-1]


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_group_splits_a_bill(said: Said, database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        english = said is IN_ENGLISH
        maker, payer, stranger, other = ((here.alice, here.bob, here.wangfang, here.liming) if english else
                                         (here.liming, here.wangfang, here.alice, here.bob))
        for somebody, funds in ((maker, 100), (payer, 1_000), (other, 100)):
            await joins(somebody, said.words)
            await tops_up(somebody, said.words, funds)
        await _whoever_taps_joins(here, said, maker, payer, stranger)
        await _the_group_waits_for_a_pin(here, said, maker, payer, other)
        await _the_clock_reminds_and_ends(here, said, maker, payer, stranger, other)
        await _the_list_closes(here, said, maker)
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]


async def _friends(here: Stage, said: Said) -> tuple[Person, Person, Person, Person]:
    """Who collects, who pays, a stranger who has yet to join, and one more; three of them with money."""
    maker, payer, stranger, other = ((here.alice, here.bob, here.wangfang, here.liming) if said is IN_ENGLISH else
                                     (here.liming, here.wangfang, here.alice, here.bob))
    for somebody in (maker, payer, other):
        await joins(somebody, said.words)
        await tops_up(somebody, said.words, 1_000)
    return maker, payer, stranger, other


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_people_are_asked_by_name_in_private(said: Said, database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        maker, payer, stranger, other = await _friends(here, said)
        names = _names(here)
        # To each an amount of their own: one pays by the question, one opens a wallet by the link first.
        await maker.says(said.own.format(names[payer.id], names[stranger.id]))
        assert "⬜" in maker.was_told("¥55.00")
        assert said.pay not in str(maker.buttons())
        payer.was_told(said.asked)
        await payer.taps(said.pay)
        payer.was_told("¥980.00")
        assert maker.was_told("¥55.00").count("✅") == 1
        link = _link(maker)
        await other.starts(link)
        other.was_told(said.unknown)
        await stranger.starts(link)
        await stranger.taps(said.words.language)
        await finishes_joining(stranger, said.words)
        await tops_up(stranger, said.words, 100)
        await stranger.taps(said.pay)
        stranger.was_told("¥65.00")
        assert maker.was_told(said.all_paid.replace("150", "55")).count("✅") == 2
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_they_are_reminded_and_let_off_under_the_card_in_private(said: Said, sqlite_url: str, tmp_path: Path
                                                                      ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        maker, payer, _stranger, other = await _friends(here, said)
        names = _names(here)
        # Nobody else sees a card in private, so whoever taps needs a group.
        await maker.says(said.open)
        maker.was_told(said.which_group)
        await maker.says("/split")
        maker.was_not_told(said.mine)
        # In equal shares, above the no-PIN limit.
        await payer.says(f"{said.words.send} @{names[maker.id]} 160")
        await payer.taps(said.words.confirm)
        await maker.says(said.named.format(names[payer.id]))
        await _an_hour_goes_by(here)
        await maker.taps(said.remind)
        payer.was_told("⏰")
        await payer.taps(said.pay)
        for _ in "12":
            await payer.types_pin("192837")
        payer.was_told("¥690.00")
        maker.was_told(said.all_paid)
        await maker.says(said.named.format(names[other.id]))
        await maker.taps(said.close)
        maker.was_told("⏹")
        other.was_told(said.no_more)
        assert _may_pay(other, said) == 0
        other.was_not_told("¥850.00")
        for somebody in (maker, payer, other):
            assert somebody.sees(here.group) == []
    report = await reconcile(sqlite_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_whoever_pays_in_the_group_is_asked_no_more_in_private(said: Said, sqlite_url: str, tmp_path: Path
                                                                    ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        maker, payer, _stranger, other = await _friends(here, said)
        names = _names(here)
        await maker.says(said.own.format(names[payer.id], names[other.id]), here.group)
        payer.was_told(said.asked)
        await payer.taps(said.pay, here.group)
        assert not any(said.asked in seen for seen in payer.sees())
        assert _may_pay(payer, said) == 0
        # Whoever opens the link is asked there from then on, and once.
        await maker.says("/split")
        await maker.taps("1 of 2" if said is IN_ENGLISH else "1/2")
        await other.starts(_link(maker))
        assert _may_pay(other, said) == 1
        await other.taps(said.pay, here.group)
        assert _may_pay(other, said) == 0
    report = await reconcile(sqlite_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_whoever_was_shown_a_place_is_offered_it_no_more_when_the_split_is_over(
        said: Said, database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        maker, payer, _stranger, other = await _friends(here, said)
        english = said is IN_ENGLISH
        for bill, list_line, ends_by, ending in (
                ("20 2", "0 of 1" if english else "0/1", "paying", "🎉"),
                ("90 3", "0 of 2" if english else "0/2", "closing",
                 "closed the split" if english else "结束了这笔")):
            await maker.says(f"{'/split' if english else 'AA'} {bill}", here.group)
            await maker.says("/split")
            await maker.taps(list_line)
            link = _link(maker)
            for somebody in (payer, other):
                await somebody.starts(link)
                assert _may_pay(somebody, said) == 1
            await payer.starts(link)
            assert _may_pay(payer, said) == 1, "the newest of them offers it"
            await other.taps(said.pay, here.group)
            assert _may_pay(other, said) == 0
            if ends_by == "closing":
                assert await close_offers(here.app.engine, here.app.reads) == 0, "it is still open"
                await maker.taps(said.close, here.group)
            await close_offers(here.app.engine, here.app.reads)  # Unless the clock did meanwhile.
            await here.settle()
            assert _may_pay(payer, said) == 0
            payer.was_told(ending)
            assert await close_offers(here.app.engine, here.app.reads) == 0
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_split_follows_its_group_into_the_chat_that_it_becomes(said: Said, sqlite_url: str, tmp_path: Path
                                                                        ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        maker, payer = (here.alice, here.bob) if said is IN_ENGLISH else (here.liming, here.wangfang)
        for somebody in (maker, payer):
            await joins(somebody, said.words)
            await tops_up(somebody, said.words, 100)
        old = here.world.chats[here.group]
        old.type = "group"
        await maker.says(said.open, here.group)
        there = groups.migrated(here.world, old, maker.id).id
        await here.settle()
        assert said.left in payer.sees(there)[-1]
        assert "¥30.00" in await payer.taps(said.pay, there)
        assert payer.was_told("¥120.00", there).count("✅") == 1
        await maker.taps(said.close, there)
        assert said.pay not in str(payer.buttons(there))


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_bill_is_split_step_by_step_in_private(said: Said, sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        english = said is IN_ENGLISH
        maker, first, second = ((here.alice, here.bob, here.wangfang) if english else
                                (here.liming, here.wangfang, here.bob))
        for somebody in (maker, first):
            await joins(somebody, said.words)
            await tops_up(somebody, said.words, 100)
        for somebody in (maker, second):  # The group speaks as whoever is first.
            await somebody.says("hello", here.group)
        names = ("@bob", "@wangfang") if english else ("@wangfang", "@bob")

        # Whoever taps: how much, among how many, in which group.
        await maker.says("/split" if english else "AA")
        await maker.taps("Whoever taps" if english else "谁点谁付")
        await maker.says("much")
        for answer in ("90", "1", "3", "hot pot"):
            await maker.says(answer)
        maker.was_told("1 to 50" if english else "1 至 50")
        assert not {"No note", "不写附言"} & maker.every_button(), "an answered step can't be pressed"
        await maker.picks_group(here.group, elsewhere=True)
        maker.was_told("We have to be in that group" if english else "都要在那个群里")
        await maker.picks_group(here.group)
        assert "Friday dinner" in maker.was_told("hot pot")
        await maker.taps("Send the card" if english else "发出卡片")
        maker.was_told("The card stands in" if english else "卡片已发到")
        assert "¥30.00" in await first.taps(said.pay, here.group)
        assert first.was_told("hot pot", here.group).count("✅") == 1

        # To each an amount of their own, from somebody who was paid before and somebody who is named; without a group.
        await maker.says(f"{said.words.send} {names[0]} 1")
        await maker.taps(said.words.confirm)
        await maker.says("/split")
        maker.was_told(said.mine)
        await maker.taps("an amount of their own" if english else "各付各的")
        await maker.taps("Bob" if english else "王芳")
        await maker.says(names[1])
        await maker.taps("Go on" if english else "下一步")
        for answer in ("20", "35"):
            await maker.says(answer)
        await maker.taps("No note" if english else "不写附言")
        assert maker.has_keyboard()
        await maker.taps("Keep the card here" if english else "卡片留在这里")
        assert not maker.has_keyboard(), "the picker goes with its step"
        await maker.taps("Send the card" if english else "发出卡片")
        first.was_told(said.asked)
        assert maker.was_told("¥55.00").count("⬜") == 2

        # Equal shares with one's own, where getting paid is not switched off; left by its button.
        await maker.says("/split")
        await maker.taps("Equal shares" if english else "平摊")
        await maker.says(names[0])
        await maker.taps("Go on" if english else "下一步")
        await maker.taps("I count too" if english else "我也算一份")
        await maker.says("40")
        await maker.taps("No note" if english else "不写附言")
        await maker.picks_group(here.group)
        maker.was_told("equally among you" if english else "由你和")
        await maker.taps("Cancel" if english else "取消")
        await maker.says("5")
        maker.was_not_told("¥40.00", here.group)
    report = await reconcile(sqlite_url)
    assert report.whole, [check for check in report.checks if check.broken]
