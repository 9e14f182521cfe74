"""Whoever is asked something and wants something else: the question ends, and no money moves by a slip."""
from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.harness import Stage, stage
from tests.scenarios.test_first_story import ENGLISH, joins, tops_up


@pytest.fixture
async def here(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Alice has 900 and paid Bob 5 before, so that she needs no Confirm for him."""
    async with stage(tmp_path, sqlite_url) as opened:
        for person in (opened.alice, opened.bob):
            await joins(person, ENGLISH)
        await tops_up(opened.alice, ENGLISH, 905)
        await opened.bob.says("hello", opened.group)
        await opened.alice.says("/send @bob 5")
        await opened.alice.taps("Confirm")
        assert await has(opened) == 90_000
        yield opened


async def has(here: Stage) -> int:
    """What Alice has."""
    member = await here.app.reads.member(here.alice.id)
    assert member is not None
    return (await here.app.reads.balance(member.id)).available


async def test_another_command_ends_the_wizard(here: Stage) -> None:
    for other in ("/balance", "余额", "/send @bob 1 other", "/receipt"):
        before = await has(here) - (100 if other.startswith("/send") else 0)
        await here.alice.says("/send")
        await here.alice.says("@bob")
        await here.alice.says(other)
        await here.alice.says("2")
        await here.alice.says("/unheard_of")
        assert await has(here) == before, other
        assert "didn't understand" in here.alice.sees()[-1], here.alice.sees()[-2:]


async def test_another_command_ends_the_question_for_a_receipt(here: Stage) -> None:
    await here.alice.says("/receipt")
    await here.alice.says("/balance")
    await here.alice.says("hello")
    assert "didn't understand" in here.alice.sees()[-1]


async def test_a_refusal_after_the_last_press_is_said(here: Stage) -> None:
    await here.alice.says("/send")
    await here.alice.says("@bob")
    await here.alice.says("9000")
    await here.alice.taps("No note")
    assert "¥900.00" in here.alice.was_told("you have")
    assert await has(here) == 90_000


async def test_a_keypad_makes_room_for_another_question_and_nobody_waits_for_it(here: Stage) -> None:
    await here.alice.says("/send @bob 250", here.group)
    here.bob.was_told("Waiting for", here.group)
    await here.alice.says("/receipt")
    assert "Which receipt?" in here.alice.sees()[-1]
    here.alice.was_told("Cancelled. Nothing happened and no money moved.")
    here.bob.was_told("Cancelled", here.group)
    here.bob.was_not_told("Waiting for", here.group)
    await here.alice.says("/cancel")
    assert await has(here) == 90_000
