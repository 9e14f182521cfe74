"""Settings: one's own language and limit, a group's language for its administrators."""

from __future__ import annotations

import pytest

from handlers.keyboards import NoPinLimit, Speak
from tests.handlers.chat.world import GROUP, Somebody, World
from wallet.rows import Member


@pytest.fixture
async def member(alice: Somebody) -> Somebody:
    await alice.joins()
    return alice


async def set_pin(somebody: Somebody) -> None:
    await somebody.says("/pin")
    await somebody.types_pin("402517")
    await somebody.types_pin("402517")


def limit_of(world: World) -> int:
    limit: int = world.rows(Member)[0].no_pin_limit
    return limit


async def test_the_screen_tells_what_is_set(member: Somebody) -> None:
    await member.says("/settings")
    said = member.sees()
    for line in ("Nickname: Alice Chen", "Language: English", "No-PIN limit: ¥200.00 a day", "PIN: not set yet"):
        assert line in said
    await member.taps("Set a PIN")
    assert "Choose a payment PIN" in member.sees()


async def test_lowering_the_limit_takes_no_pin(world: World, member: Somebody) -> None:
    await member.says("/settings")
    await member.taps("No-PIN limit")
    assert [button.text for button in member.sees_message().buttons] == [
        "¥0.00", "¥50.00", "¥100.00", "✓ ¥200.00", "Another amount"]
    await member.taps("¥50.00")
    assert "Payments up to ¥50.00 a day need no PIN" in member.sees()
    assert limit_of(world) == 5000


async def test_raising_the_limit_takes_the_pin(world: World, member: Somebody) -> None:
    await member.says("/settings")
    await member.taps("No-PIN limit")
    await member.taps("¥0.00")
    assert "Every payment asks for your PIN" in member.sees()
    await set_pin(member)
    await member.says("/settings")
    await member.taps("No-PIN limit")
    await member.taps("¥100.00")
    assert "Your no-PIN limit becomes ¥100.00 a day." in member.sees()
    assert limit_of(world) == 0
    await member.types_pin("402517")
    assert "Payments up to ¥100.00 a day need no PIN" in member.sees()
    assert limit_of(world) == 10_000


async def test_raising_the_limit_without_a_pin_sets_one_first(world: World, member: Somebody) -> None:
    await member.forges(NoPinLimit(limit=0).pack())
    await member.forges(NoPinLimit(limit=5000).pack())
    assert "you have none yet" in member.sees()
    await member.types_pin("402517")
    await member.types_pin("402517")
    assert limit_of(world) == 5000


async def test_an_amount_of_ones_own(world: World, member: Somebody) -> None:
    await member.says("/settings")
    await member.taps("No-PIN limit")
    await member.taps("Another amount")
    await member.says("12 dollars")
    assert "No money moved" in member.sees()
    await member.says("８０.５")
    assert limit_of(world) == 8050
    assert world.dialogs.texts == {}
    await member.forges(NoPinLimit(limit=-1).pack())
    await member.says("0")
    assert limit_of(world) == 0


@pytest.mark.parametrize("limit", [-2, 20_001, 2**70])
async def test_a_forged_limit_is_refused(world: World, member: Somebody, limit: int) -> None:
    await member.forges(NoPinLimit(limit=limit).pack())
    assert "from ¥0.00 to ¥200.00" in member.sees()
    assert limit_of(world) == 20_000


async def test_a_command_leaves_the_question_for_an_amount(world: World, member: Somebody) -> None:
    await member.forges(NoPinLimit(limit=-1).pack())
    await member.says("/cancel")
    assert "Cancelled" in member.sees()
    await member.says("50")
    assert limit_of(world) == 20_000


# ------------------------------------------------------------------------------------------------- language
async def test_a_member_chooses_their_language(world: World, member: Somebody) -> None:
    await member.says("/language")
    await member.taps("简体中文")
    assert member.sees() == "✅ 从现在起，我和你说中文。"
    assert (await member.member()).language == "zh_CN"
    await member.says("/settings")
    assert "设置" in member.sees()


async def test_a_forged_language_is_refused(world: World, member: Somebody) -> None:
    await member.forges(Speak(language="fr").pack())
    assert "out of date" in member.was_alerted()
    assert (await member.member()).language == "en"


@pytest.mark.parametrize("command", ["/settings", "/pin", "/agreement"])
async def test_what_is_personal_is_not_answered_in_a_group(member: Somebody, command: str) -> None:
    await member.says(command, chat=GROUP)
    assert member.sees_message(GROUP).receiver == member.id


@pytest.mark.parametrize(("language", "command"), [("en", "/settings"), ("zh-hans", "设置")])
async def test_every_button_of_the_settings_leads_somewhere(world: World, language: str, command: str) -> None:
    person = Somebody(world, 1000, "Alice Chen", language=language)
    await person.joins()
    await person.says(command)
    screen = person.sees_message()
    for button in screen.buttons:
        before = len(world.session.in_chat(person.id))
        if button.callback_data == "mm:0":
            continue  # The statement belongs to those who have money, see there.
        assert await person.taps(button.text, screen)
        assert len(world.session.in_chat(person.id)) == before + 1, button.text
