"""A group's own settings are its administrators' business, and everybody can read what they are."""

from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import GetChatMember
from aiogram.types import Chat

from handlers.keyboards import GroupSpeaks
from tests.handlers.chat.world import GROUP, Somebody, World


@pytest.mark.parametrize("typed", ["/group", "群设置", "群設置"])
async def test_the_screen_tells_what_is_set_and_changes_it(world: World, alice: Somebody, typed: str) -> None:
    world.session.administrators.add((GROUP, alice.id))
    await alice.says(typed, chat=GROUP)
    assert alice.sees(GROUP).splitlines()[:2] == ["⚙️ <b>Settings of this group</b>", "Language: English"]
    assert alice.sees_message(GROUP).receiver == 0
    await alice.taps("简体中文", chat=GROUP)
    assert world.groups.languages == {GROUP: "zh_CN"}
    await alice.says(typed, chat=GROUP)
    assert alice.sees(GROUP).splitlines()[:2] == ["⚙️ <b>群设置</b>", "语言：中文"]
    assert alice.sees_message(GROUP).buttons[0].text == "✓ 简体中文"


async def test_the_screen_tells_whether_plain_words_are_heard(world: World, alice: Somebody) -> None:
    world.session.administrators.add((GROUP, alice.id))
    await alice.says("/group", chat=GROUP)
    assert "I don't hear them here" in alice.sees(GROUP)
    world.session.administrators |= {(GROUP, world.bot.id), (GROUP, 1)}
    await alice.says("/group", chat=GROUP)
    assert "I hear them here" in alice.sees(GROUP)


async def test_the_screen_comes_also_where_nobody_knows_what_is_heard(
        world: World, alice: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    world.session.administrators.add((GROUP, alice.id))
    known = world.session._member

    def member(chat: int, person: int) -> object:
        if person == world.bot.id:
            raise TelegramBadRequest(GetChatMember(chat_id=chat, user_id=person), "member list is inaccessible")
        return known(chat, person)

    monkeypatch.setattr(world.session, "_member", member)
    await alice.says("/group", chat=GROUP)
    assert "I can't tell just now" in alice.sees(GROUP)


async def test_whoever_administers_nothing_is_told_alone(world: World, li: Somebody) -> None:
    await li.says("/group", chat=GROUP)
    assert li.sees_message(GROUP).receiver == li.id
    assert "管理员" in li.sees(GROUP)
    assert world.groups.languages == {}


async def test_in_private_it_is_told_where_it_works(alice: Somebody) -> None:
    await alice.says("/group")
    assert "only in a group" in alice.sees()


async def test_a_forged_press_in_private_changes_no_group(world: World, alice: Somebody) -> None:
    await alice.says("/help")
    await alice.forges(GroupSpeaks(language="zh_CN", presser=0).pack())
    assert "only in a group" in alice.was_alerted()
    assert world.groups.languages == {}


# ----------------------------------------------------------------------------- its language, by /language
async def test_a_groups_language_is_its_administrators_choice(world: World, alice: Somebody, li: Somebody) -> None:
    world.session.administrators.add((GROUP, alice.id))
    await alice.says("/language", chat=GROUP)
    shown = alice.sees_message(GROUP)
    await li.taps("简体中文", shown)
    assert world.groups.languages == {}
    assert li.was_alerted()
    await alice.taps("简体中文", shown)
    assert world.groups.languages == {GROUP: "zh_CN"}
    assert shown.text == "✅ 从现在起，我在这个群里说中文。"


async def test_somebody_else_is_told_alone_that_it_is_not_theirs(world: World, li: Somebody) -> None:
    await li.says("/language", chat=GROUP)
    assert li.sees_message(GROUP).receiver == li.id
    assert "管理员" in li.sees(GROUP)


async def test_an_administrator_who_is_none_any_more_chooses_nothing(world: World, alice: Somebody) -> None:
    world.session.administrators.add((GROUP, alice.id))
    await alice.says("/language", chat=GROUP)
    world.session.administrators.clear()
    await alice.taps("简体中文", chat=GROUP)
    assert world.groups.languages == {}
    assert "administrators" in alice.was_alerted()


async def test_an_anonymous_administrator_asks_and_any_administrator_presses(world: World, alice: Somebody) -> None:
    anonymous = Somebody(world, 1087968824, "Group")
    await anonymous.says("/language", chat=GROUP, sender_chat=Chat(id=GROUP, type="supergroup", title="G"))
    shown = alice.sees_message(GROUP)
    assert shown.button("简体中文").callback_data == GroupSpeaks(language="zh_CN", presser=0).pack()
    await alice.taps("简体中文", shown)
    assert world.groups.languages == {}
    world.session.administrators.add((GROUP, alice.id))
    await alice.taps("简体中文", shown)
    assert world.groups.languages == {GROUP: "zh_CN"}
