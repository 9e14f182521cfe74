"""A group's own settings are its administrators' business, and everybody can read what they are."""

from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import GetChatMember
from aiogram.types import Chat

from handlers.keyboards import GroupSpeaks
from tests.handlers.chat.world import GROUP, Somebody, World
from wallet.groups import SetGroupRule
from wallet.rows import GroupRules
from wallet.views import GroupRulesView


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


# ------------------------------------------------------------------------------------------------ its rules
@pytest.fixture
def admin(world: World, alice: Somebody) -> Somebody:
    world.session.administrators.add((GROUP, alice.id))
    return alice


def rules(world: World) -> GroupRulesView:
    row = world.store.rows.get((GroupRules, GROUP))
    assert isinstance(row, GroupRules)
    return GroupRulesView(frozenset(filter(None, row.off.split(","))), row.average, row.shares, row.question,
                          row.delay, row.tidy)


@pytest.mark.parametrize(("page", "label", "expected"), [
    ("🧧 Red envelopes", "up to ¥5.00", GroupRulesView(average=500)),
    ("🧧 Red envelopes", "up to 20 shares", GroupRulesView(shares=20)),
    ("🧩 What works here", "✅ Sending money", GroupRulesView(off=frozenset({"transfers"}))),
    ("🛡 Protection", "Question in words", GroupRulesView(question=1)),
    ("🛡 Protection", "Question in a picture", GroupRulesView(question=2)),
    ("🛡 Protection", "10 minutes", GroupRulesView(delay=10)),
    ("🧹 Clean-up", "after 24 hours", GroupRulesView(tidy=24)),
])
async def test_an_administrator_chooses_on_the_pages(
        world: World, admin: Somebody, page: str, label: str, expected: GroupRulesView) -> None:
    await admin.says("/group", chat=GROUP)
    await admin.taps(page, chat=GROUP)
    await admin.taps(label, chat=GROUP)
    assert rules(world) == expected
    assert world.session.alerts()[-1].text == "✅ Changed"
    chosen = admin.sees_message(GROUP)
    marked = label.replace("✅", "◻️") if "✅" in label else label.replace("◻️", "✅") if "◻️" in label else f"✓ {label}"
    assert marked in [button.text for button in chosen.buttons]
    await admin.taps("‹ Back", chat=GROUP)
    assert admin.sees(GROUP).startswith("⚙️ <b>Settings of this group</b>")


async def test_the_first_page_tells_all_that_is_chosen(world: World, admin: Somebody) -> None:
    await admin.says("/group", chat=GROUP)
    assert admin.sees(GROUP).splitlines()[2:7] == [
        "Works here: everything",
        "Red envelopes: at most 100 shares, on average at most ¥200.00 each", "Question before a share opens: off",
        "New wallets wait: no", "Delete my short answers: never"]
    for page, label in (("🧧 Red envelopes", "up to 5 shares"), ("🧩 What works here", "✅ Red envelopes"),
                        ("🛡 Protection", "1 hour"), ("🛡 Protection", "Question in a picture"),
                        ("🧹 Clean-up", "after 1 hour")):
        await admin.taps(page, chat=GROUP)
        await admin.taps(label, chat=GROUP)
        await admin.taps("‹ Back", chat=GROUP)
    assert admin.sees(GROUP).splitlines()[2:7] == [
        "Works here: Sending money, Getting paid, and Looking at balance and history",
        "Red envelopes: at most 5 shares, on average at most ¥200.00 each",
        "Question before a share opens: in a picture",
        "New wallets wait: 1 hour", "Delete my short answers: after 1 hour"]


async def test_a_page_is_its_openers_and_no_press_of_others_changes_a_rule(
        world: World, admin: Somebody, li: Somebody) -> None:
    await admin.says("/group", chat=GROUP)
    await admin.taps("🧩 What works here", chat=GROUP)
    shown = admin.sees_message(GROUP)
    await li.taps("✅ Sending money", shown)
    assert li.was_alerted()
    world.session.administrators.add((GROUP, li.id))
    await li.taps("✅ Sending money", shown)
    assert li.was_alerted()
    world.session.administrators.clear()
    await admin.taps("✅ Sending money", shown)
    assert "administrators" in admin.was_alerted()
    assert (GroupRules, GROUP) not in world.store.rows


@pytest.mark.parametrize("data", [
    "gr:shares:3:1001", "gr:average:999999:1001", "gr:feature.joining:0:1001", "gr:off:1:1001", "gr:tidy:2:1001",
    "gr:question:2:1001", "gr:language:1:1001", "gr:shares:-1:1001"])
async def test_what_no_page_offers_is_not_chosen(world: World, admin: Somebody, data: str) -> None:
    await admin.says("/group", chat=GROUP)
    await admin.forges(data, chat=GROUP)
    assert (GroupRules, GROUP) not in world.store.rows


async def test_a_page_that_there_is_not_is_the_first(world: World, admin: Somebody) -> None:
    await admin.says("/group", chat=GROUP)
    before = admin.sees(GROUP)
    await admin.forges(f"gp:nowhere:{admin.id}", chat=GROUP)
    assert admin.sees(GROUP) == before


async def test_the_rules_go_where_the_group_goes(world: World, admin: Somebody) -> None:
    await world.engine.run(SetGroupRule(key="k", administrator=0, chat=GROUP, rule="shares", value=5))
    await admin.says("", chat=GROUP, migrate_to_chat_id=GROUP - 7)
    row = world.store.rows[(GroupRules, GROUP - 7)]
    assert isinstance(row, GroupRules)
    assert row.shares == 5


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
