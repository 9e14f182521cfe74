"""Somebody who changes the language in the middle of things: nothing is done twice, nothing is accepted that was not
read, and no screen is half in one language."""

from __future__ import annotations

import re

import pytest

from handlers.ground import Seen
from handlers.keyboards import Speak
from tests.handlers.chat.money.world import PIN, MoneyWorld, alice, bob, set_pin, spoken
from tests.handlers.chat.world import GROUP, Somebody
from wallet.rows import Acceptance, Member, Transfer

HAN = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{3,}")


@pytest.fixture
async def b(world: MoneyWorld) -> Somebody:
    person = bob(world)
    await person.joins()
    world.people.seen[person.id] = Seen(person.id, "bob", "Bob", "en", False)
    return person


async def switches(a: Somebody, language: str = "zh_CN") -> None:
    """Changes the language by a button of long ago, so no message of theirs ends a question."""
    shown = a.world.session.in_chat(a.id)[0]
    await a.forges(Speak(language=language).pack(), shown)


def paid(world: MoneyWorld) -> list[int]:
    return [row.amount for row in world.rows(Transfer) if row.kind == "send"]


async def test_a_question_is_answered_once_whatever_language_its_answer_is_in(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send @bob 20")
    question = a.sees_message()
    await switches(a)
    await a.taps("Confirm", question)
    assert "你向 Bob 转了 <b>¥20.00</b>" in question.text
    await switches(a, "en")
    assert paid(world) == [2000]


async def test_language_between_question_and_answer_asks_nothing_anew(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send @bob 20")
    question = a.sees_message()
    await a.says("/language")
    await a.taps("简体中文")
    await a.taps("Confirm", question)
    await a.says("/send @bob 20")
    assert paid(world) == [2000, 2000]


async def test_a_keypad_stays_in_one_language_and_its_outcome_is_in_the_new_one(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    await a.says("/send @bob 300")
    keypad = a.sees_message()
    await a.taps(PIN[0], keypad)
    await switches(a)
    for digit in PIN[1:-1]:
        await a.taps(digit, keypad)
        assert not HAN.search(keypad.text), keypad.text
        assert not any(HAN.search(button.text) for button in keypad.buttons)
    await a.taps(PIN[-1], keypad)
    assert "你向 Bob 转了 <b>¥300.00</b>" in keypad.text
    assert paid(world) == [30000]


async def test_a_keypad_that_is_left_says_so_in_the_new_language(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    await a.says("/send @bob 300")
    keypad = a.sees_message()
    await switches(a)
    await a.taps("1", keypad)
    await a.taps("Cancel", keypad)
    assert HAN.search(keypad.text)
    assert not LATIN.search(keypad.text)
    assert paid(world) == []


async def test_a_wrong_pin_counts_in_every_language(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    await a.says("/send @bob 300")
    keypad = a.sees_message()
    for tried in range(4):
        for digit in "111222":
            await a.taps(digit, keypad)
        assert str(4 - tried) in keypad.text
        await switches(a, "zh_CN" if tried % 2 == 0 else "en")
    for digit in "111222":
        await a.taps(digit, keypad)
    assert "锁" in keypad.text or "locked" in keypad.text
    assert paid(world) == []


async def test_what_is_accepted_is_what_was_read(world: MoneyWorld, b: Somebody) -> None:
    a = alice(world)
    await a.joins()
    await a.says("/topup 100")
    screen = a.sees_message()
    before = len(world.rows(Acceptance))
    await switches(a)
    await a.taps("I agree", screen)
    assert len(world.rows(Acceptance)) == before
    assert HAN.search(screen.text)
    await a.taps("我同意", screen)
    accepted = world.rows(Acceptance)[before:]
    assert {row.language for row in accepted} == {"zh_CN"}
    assert [row.kind for row in world.rows(Transfer)] == ["top_up"]


async def test_a_wizard_goes_on_in_the_new_language_where_it_was(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send")
    await a.says("@bob")
    await switches(a)
    await a.says("20")
    shown = a.sees_message()
    assert HAN.search(shown.text)
    await switches(a, "en")
    await a.taps(shown.buttons[0].text, shown)
    await a.taps("Confirm")
    assert paid(world) == [2000]


async def test_a_group_line_that_waits_follows_its_payment_and_no_language(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    await a.says("/send 300", chat=GROUP, reply_to=spoken(b))
    keypad = a.sees_message()
    line = world.public()[-1]
    await switches(a)
    for digit in PIN:
        await a.taps(digit, keypad)
    assert line.text == "Alice sent <b>¥300.00</b> to Bob."
    assert paid(world) == [30000]
    assert next(row.language for row in world.rows(Member) if row.telegram_id == a.id) == "zh_CN"
