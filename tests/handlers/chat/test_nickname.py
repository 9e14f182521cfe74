"""One's nickname is shown, changed once, and refused in words that say why."""

from __future__ import annotations

import pytest

from tests.handlers.chat.world import GROUP, Somebody, World
from wallet.rows import Profile


def nickname_of(world: World) -> tuple[str, int]:
    row = world.rows(Profile)[0]
    return row.nickname, row.nickname_changes


async def test_a_nickname_is_changed_when_it_is_confirmed_and_then_stays(world: World, alice: Somebody) -> None:
    await alice.joins()
    await alice.says("/nickname  Green  Tea ")
    assert alice.sees() == ("Change your nickname from Alice Chen to Green Tea? You can do this exactly once; after "
                            "that it stays.")
    assert nickname_of(world) == ("Alice Chen", 0)
    await alice.taps("Confirm")
    assert alice.sees() == "✅ Your nickname is Green Tea from now on. It can't be changed again."
    assert nickname_of(world) == ("Green Tea", 1)
    await alice.says("/nickname Black Tea")
    assert "possible once" in alice.sees()
    assert nickname_of(world) == ("Green Tea", 1)
    await alice.says("/nickname")
    assert alice.sees() == "Your nickname: Green Tea\nYou have changed it once, so it stays."
    assert world.dialogs.texts == {}


async def test_a_nickname_is_changed_in_chinese(world: World, li: Somebody) -> None:
    await li.joins()
    await li.says("昵称 绿茶")
    assert li.sees() == f"把昵称从 {nickname_of(world)[0]} 改成 绿茶？昵称只能改一次，改后不能再改。"
    await li.taps("确认")
    assert li.sees() == "✅ 从现在起，你的昵称是 绿茶，不能再改。"
    await li.says("昵称")
    assert li.sees() == "你的昵称：绿茶\n你已经改过一次，不能再改。"
    assert nickname_of(world) == ("绿茶", 1)


async def test_the_bare_word_asks_for_the_name_until_it_can_be_kept(world: World, alice: Somebody) -> None:
    await alice.joins()
    await alice.says("/nickname")
    assert alice.sees().startswith("Your nickname: Alice Chen\n\nYou may change it exactly once.")
    await alice.says("x")
    assert "too short" in alice.sees()
    await alice.says("Green Tea")
    await alice.taps("Confirm")
    assert nickname_of(world) == ("Green Tea", 1)
    assert world.dialogs.texts == {}


async def test_cancel_under_the_question_keeps_the_nickname(world: World, alice: Somebody) -> None:
    await alice.joins()
    await alice.says("/nickname Green Tea")
    confirm = str(alice.sees_message().button("Confirm").callback_data)
    await alice.taps("Cancel")
    assert alice.sees() == "Nothing was changed: your nickname is Alice Chen."
    await alice.forges(confirm)
    assert "out of date" in alice.was_alerted()
    assert nickname_of(world) == ("Alice Chen", 0)
    assert world.dialogs.texts == {}


async def test_only_the_newest_question_can_be_confirmed(world: World, alice: Somebody) -> None:
    await alice.joins()
    await alice.says("/nickname Green Tae")
    older = alice.sees_message()
    await alice.says("Green Tea")
    await alice.taps("Confirm", older)
    assert "out of date" in alice.was_alerted()
    assert nickname_of(world) == ("Alice Chen", 0)
    await alice.taps("Confirm")
    assert nickname_of(world) == ("Green Tea", 1)


async def test_cancel_keeps_the_nickname(world: World, alice: Somebody) -> None:
    await alice.joins()
    await alice.says("/nickname")
    await alice.says("/cancel")
    await alice.says("Green Tea")
    assert nickname_of(world) == ("Alice Chen", 0)


async def test_the_nickname_that_one_has_costs_nothing(world: World, alice: Somebody) -> None:
    await alice.joins()
    await alice.says("/nickname Alice Chen")
    assert "already, so nothing was changed" in alice.sees()
    assert nickname_of(world) == ("Alice Chen", 0)


@pytest.mark.parametrize(("typed", "word", "chinese"), [
    ("x", "too short", "太短"), ("x" * 21, "too long", "太长"), ("Ali\u200bce", "nobody can see", "看不见"),
    ("\u202eecilA", "direction of writing", "文字方向"), ("*Alice", "signs that names can't have", "不能有的符号"),
    ("ikmPay", "taken for us", "误认为"), ("0fficial Supp0rt", "taken for us", "误认为"),
    ("B 1 t c h", "insults people", "侮辱"), ("傻·逼", "insults people", "侮辱"),
])  # fmt: skip
async def test_a_nickname_is_refused_with_the_reason(world: World, alice: Somebody, li: Somebody, typed: str,
                                                     word: str, chinese: str) -> None:
    await alice.joins()
    await li.joins()
    await alice.says(f"/nickname {typed}")
    assert word in alice.sees()
    await li.says(f"/nickname {typed}")
    assert chinese in li.sees()
    assert {row.nickname_changes for row in world.rows(Profile)} == {0}


async def test_a_nickname_is_nobody_elses_business(world: World, alice: Somebody) -> None:
    await alice.joins()
    await alice.says("/nickname Green Tea", chat=GROUP)
    assert nickname_of(world) == ("Alice Chen", 0)
    assert not await alice.says("昵称 绿茶", chat=GROUP)
