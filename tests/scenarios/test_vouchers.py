"""Vouchers from the wish to the last use: by link, by button and by picture, in both languages, on both databases."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.local import acts
from handlers.jobs.expiry import expire_vouchers
from handlers.pictures.easel import Easel, NotDrawn
from storage.reconcile import reconcile
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_collecting import newest_picture, sends
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, finishes_joining, joins, tops_up
from wallet.engine import microseconds


@dataclass(frozen=True)
class Said:
    """What one of the languages calls it."""

    words: Words
    wish: str
    locked: str
    redeem: str
    mine: str
    came: str
    before: str
    gone: str
    own: str
    take_back: str
    back: str
    withdrawn: str
    all: str
    over: str
    care: str
    asks_password: str
    wrong: str
    list: str
    used: str


IN_ENGLISH = Said(
    ENGLISH, "/voucher 10 2", "/voucher 10 !Sesame", "🎟 Redeem", "voucher is yours", "You redeemed ¥10.00",
    "is yours already", "is used up",
    "your own voucher", "Take back", "is back in your wallet", "was taken back", "Redeemed to the last", "time is over",
    "send the two apart", "Send me the password", "not the password", "Your vouchers", "1 of 2")
IN_CHINESE = Said(
    CHINESE, "兑换券 10 2", "兑换券 10！芝麻", "🎟 兑换", "已到账", "收到 ¥10.00", "早已到账", "兑换完",
    "你自己的兑换券", "撤回", "已退回你的钱包", "已被制作人撤回", "已全部兑换", "已到期", "请分开发送", "把密码发给我",
    "密码不对", "你的兑换券", "1/2")


async def everybody_joins(maker: Person, *others: Person, words: Words) -> None:
    """They join and agree to pay; the maker has money."""
    for person in (maker, *others):
        await joins(person, words)
        await tops_up(person, words, 100)


def link_of(here: Stage, person: Person) -> str:
    """The payload that the newest card of one's own copies."""
    posts = acts.own_chat(here.world, person.id, None).posts.values()
    texts = [button["copy_text"]["text"] for post in posts
             for row in post.message.get("reply_markup", {}).get("inline_keyboard", [])
             for button in row if "copy_text" in button and "start=v_" in button["copy_text"]["text"]]
    return str(texts[-1].partition("start=")[2])


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_voucher_is_redeemed_by_link_and_picture_and_its_rest_comes_back(
        said: Said, database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        maker, first, late = (here.alice, here.bob, here.wangfang) if said is IN_ENGLISH else (
            here.liming, here.wangfang, here.alice)
        await everybody_joins(maker, first, late, words=said.words)
        await maker.says(said.wish)
        maker.was_told("¥20.00")
        await maker.taps(said.words.confirm)
        maker.was_told("¥80.00")
        assert maker.was_shown("¥10.00")
        link, picture = link_of(here, maker), newest_picture(here, maker)

        await first.starts(link)
        assert said.came in first.sees()[-1]
        first.was_not_told(said.mine)
        maker.was_told(said.used)
        await sends(here, first, picture)
        assert said.before in first.sees()[-1]
        await sends(here, maker, picture)
        assert said.own in maker.sees()[-1]
        await sends(here, late, picture)
        late.was_told(said.came)
        maker.was_told(said.all)

        await maker.says(said.wish)
        await maker.taps(said.words.confirm)
        link = link_of(here, maker)
        await maker.says(said.wish.split()[0])
        maker.was_told(said.list)
        assert said.back in await maker.taps("¥20.00")
        await first.starts(link)
        assert said.withdrawn in first.sees()[-1]
        await maker.says("/balance")
        maker.was_told("¥80.00")
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_group_redeems_by_the_button_until_there_is_nothing_left(said: Said, sqlite_url: str, tmp_path: Path
                                                                        ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        maker, first, late = (here.alice, here.bob, here.liming) if said is IN_ENGLISH else (
            here.liming, here.wangfang, here.alice)
        await everybody_joins(maker, first, words=said.words)
        await joins(late, said.words)
        await maker.says(said.wish, here.group)
        await maker.taps(said.words.confirm, here.group)
        assert first.was_shown("¥10.00", here.group)
        maker.was_not_told("¥80.00", here.group)
        assert said.mine in await first.taps(said.redeem, here.group)
        assert said.before in await first.taps(said.redeem, here.group)
        assert said.own in await maker.taps(said.redeem, here.group)
        assert await late.taps(said.take_back, here.group)
        first.was_told(said.used, here.group)
        # The last one has yet to agree: the button leads on in private, and the money is there at the end.
        await late.taps(said.redeem, here.group)
        await late.taps(said.words.agree)
        late.was_told(said.came)
        first.was_told(said.all, here.group)
        assert said.redeem not in first.buttons(here.group)
        await maker.says(said.words.history)
        assert "20.00" in maker.sees()[-1]


@pytest.mark.parametrize("said", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_a_password_is_typed_in_private_and_guessed_a_few_times(said: Said, sqlite_url: str, tmp_path: Path
                                                                     ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        maker, first, thief = (here.alice, here.bob, here.wangfang) if said is IN_ENGLISH else (
            here.liming, here.wangfang, here.alice)
        await everybody_joins(maker, first, thief, words=said.words)
        await maker.says(said.locked)
        await maker.taps(said.words.confirm)
        maker.was_told(said.care)
        link = link_of(here, maker)
        await thief.starts(link)
        assert said.asks_password in thief.sees()[-1]
        thief.was_not_told(said.care)
        for guess in range(5):
            await thief.says(f"guess{guess}")
            assert said.wrong in thief.sees()[-1]
        await thief.starts(link)
        assert said.asks_password not in thief.sees()[-1]
        word = "  sesame " if said is IN_ENGLISH else "芝麻"
        await first.starts(link)
        await first.says("something else")
        assert said.wrong in first.sees()[-1]
        await first.says(word)
        first.was_told(said.came)
        await thief.says(word)
        thief.was_not_told("¥110.00")


async def test_nobody_shows_a_password_to_a_group(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await everybody_joins(here.alice, words=ENGLISH)
        await here.alice.says("/voucher 10 !sesame", here.group)
        here.alice.was_told("Everybody here can read that password", here.group)
        await here.alice.says("/voucher", here.group)
        here.alice.was_told("step by step, come to our private chat", here.group)


async def test_one_that_is_for_bob_is_for_nobody_else_and_made_by_answering(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await everybody_joins(here.alice, here.bob, here.wangfang, words=ENGLISH)
        await here.alice.says("/voucher")
        await here.alice.says("lots")
        await here.alice.says("10 @bob")
        here.alice.was_told("(@bob) only")
        await here.alice.taps("Confirm")
        link = link_of(here, here.alice)
        await here.wangfang.starts(link)
        assert "for somebody else" in here.wangfang.sees()[-1]
        await here.bob.starts(link)
        here.bob.was_told("You redeemed ¥10.00")


async def test_somebody_who_joins_comes_back_to_the_voucher(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await everybody_joins(here.alice, words=ENGLISH)
        await here.alice.says("/voucher 10", here.group)
        await here.alice.taps("Confirm", here.group)
        await here.bob.taps("Redeem", here.group)
        await here.bob.taps("English")
        await finishes_joining(here.bob, ENGLISH)
        assert "Alice Chen's voucher" in here.bob.sees()[-1]
        await here.bob.taps(ENGLISH.agree)
        here.bob.was_told("You redeemed ¥10.00 from Alice Chen's voucher")


async def test_made_up_links_are_all_the_same_and_soon_not_looked_at(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await everybody_joins(here.alice, here.bob, words=ENGLISH)
        await here.alice.says("/voucher 10")
        await here.alice.taps("Confirm")
        link = link_of(here, here.alice)
        for forged in (link[:-1], link[:-1] + ("A" if link[-1] != "A" else "B"), "v_" + "2" * 31, link[:11] + "x" * 22):
            await here.bob.starts(forged)
            assert "no voucher of ours" in here.bob.sees()[-1]
        for number in range(6):
            await here.bob.starts(link[:11] + f"{number}" * 22)
        await here.bob.starts(link)
        assert "too many links" in here.bob.sees()[-1]


async def test_what_nobody_redeemed_comes_back_by_itself(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await everybody_joins(here.alice, words=ENGLISH)
        await here.alice.says("/voucher 10 3", here.group)
        await here.alice.taps("Confirm", here.group)
        await here.app.database.write(lambda connection: connection.execute(text(
            "UPDATE vouchers SET expires_at = (SELECT max(at) + 1 FROM transfers)")))
        assert await expire_vouchers(here.app.engine, here.app.reads, microseconds()) == 1
        assert await expire_vouchers(here.app.engine, here.app.reads, microseconds()) == 0
        await here.settle()
        assert "¥30.00" in here.alice.was_told("time is over", here.group)
        assert "¥30.00 is back" in here.alice.was_told("Your voucher's time is over")
        assert here.bob.buttons(here.group) == []


async def test_a_card_without_a_picture_has_the_link(sqlite_url: str, tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    async def draw(easel: Easel, svg: str) -> bytes:
        raise NotDrawn

    async with stage(tmp_path, sqlite_url) as here:
        await everybody_joins(here.alice, words=ENGLISH)
        monkeypatch.setattr(Easel, "draw", draw)
        await here.alice.says("/voucher 10")
        await here.alice.taps("Confirm")
        assert link_of(here, here.alice) in here.alice.sees()[-1]


async def test_above_the_limit_the_pin_is_asked_in_private_and_the_group_waits(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url, no_pin_limit="5") as here:
        await everybody_joins(here.alice, words=ENGLISH)
        await here.alice.says("/pin")
        await here.alice.types_pin("258036")
        await here.alice.types_pin("258036")
        await here.alice.says("/voucher 10 2", here.group)
        here.alice.was_told("Waiting for Alice Chen to confirm a voucher", here.group)
        await here.alice.types_pin("258036")
        here.alice.was_told("Your voucher is made")
        assert "Redeem" in " ".join(here.alice.buttons(here.group))
        await here.alice.taps("Show the voucher")
        link_of(here, here.alice)


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh_CN"])
async def test_one_is_made_step_by_step(words: Words, sqlite_url: str, tmp_path: Path) -> None:
    english = words is ENGLISH
    worth, people, password, who = ("How much is one voucher worth", "How many people", "Shall it have a password",
                                    "Who may redeem it") if english else (
        "每张兑换券多少钱", "几个人", "要设密码吗", "谁可以兑换")
    one, open_to_all, anybody = ("One person", "No password", "Anybody") if english else (
        "一个人", "不设密码", "任何人")
    async with stage(tmp_path, sqlite_url) as here:
        maker, friend = (here.alice, here.bob) if english else (here.liming, here.wangfang)
        await everybody_joins(maker, friend, words=words)
        for answers, shown in (((open_to_all, anybody), ()), ((), ("🔑", "👤"))):
            await maker.says("/voucher")
            maker.was_told(worth)
            await maker.says("10")
            maker.was_told(people)
            await maker.taps(one)
            maker.was_told(password)
            assert one in maker.was_told(people), "an answered step keeps its answer"
            assert maker.buttons().count(one) == 0
            await (maker.taps(answers[0]) if answers else maker.says("sesame"))
            maker.was_told(who)
            assert maker.has_keyboard()
            await (maker.taps(answers[1]) if answers else maker.says("@bob" if english else "@wangfang"))
            assert all(sign in maker.sees()[-1] for sign in shown)
            assert not {one, open_to_all, anybody} & maker.every_button(), "an answered step can't be pressed"
            assert not maker.has_keyboard(), "the picker goes with its step"
            await maker.taps(words.confirm)
            link = link_of(here, maker)
            await friend.starts(link)
            if not answers:
                await friend.says("Sesame")
            assert "¥10.00" in friend.sees()[-1]
        await maker.says("/voucher")
        for answer in ("10", "1", "sesame"):
            await maker.says(answer)
        await maker.taps("Cancel" if english else "取消")
        assert not maker.has_keyboard()
        assert not {anybody, "Cancel", "取消"} & set(maker.buttons())
        await maker.says("/voucher")
        await maker.says("10")
        await maker.says("1000")
        maker.was_told("1 to 100" if english else "1 到 100")
        await maker.says("3")
        await maker.says("/cancel")
        await maker.says("sesame")
        maker.was_not_told("¥30.00")


async def test_from_a_group_the_way_leads_to_the_steps(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await everybody_joins(here.alice, words=ENGLISH)
        await here.alice.starts("voucher_now")
        await here.alice.says("10 2")
        here.alice.was_told("¥20.00")
        await here.alice.taps("Confirm")
        await here.alice.says("/voucher")
        here.alice.was_told("Your vouchers")
        await here.alice.taps("New voucher")
        await here.alice.taps("Cancel")
        here.alice.was_told("Cancelled. No money moved.")
