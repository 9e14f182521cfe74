"""Whoever comes back is told what they missed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.local import acts
from bot.returning import who_started, who_unblocked
from storage.outbox import Outbox
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import ENGLISH, joins, tops_up

PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -7, "type": "supergroup"}


def changed(chat: object, old: str, new: str) -> dict[str, Any]:
    return {"update_id": 1, "my_chat_member": {"chat": chat, "from": {"id": 7}, "old_chat_member": {"status": old},
                                               "new_chat_member": {"status": new}}}


def said(chat: object, text: object) -> dict[str, Any]:
    return {"update_id": 1, "message": {"chat": chat, "from": {"id": 7}, "text": text}}


@pytest.mark.parametrize(("update", "started", "unblocked"), [
    (changed(PRIVATE, "kicked", "member"), 0, 7), (changed(PRIVATE, "member", "kicked"), 0, 0),
    (changed(GROUP, "left", "member"), 0, 0), (said(PRIVATE, "/start"), 7, 0), (said(PRIVATE, "/start claim_x"), 7, 0),
    (said(GROUP, "/start"), 0, 0), (said(PRIVATE, "hello"), 0, 0), (said(PRIVATE, None), 0, 0)])
def test_who_comes_back_presses_start_or_unblocks_the_bot(update: dict[str, Any], started: int, unblocked: int) -> None:
    assert (who_started(update), who_unblocked(update)) == (started, unblocked)


@pytest.mark.parametrize("update", [
    {}, {"message": None}, {"message": 7}, {"message": {"text": "/start"}}, {"my_chat_member": []}, said([], "/start"),
    said({"id": "7", "type": "private"}, "/start"), said({"id": -7, "type": "private"}, "/start"),
    {"my_chat_member": {"new_chat_member": 7}}])
def test_what_makes_no_sense_is_nobody(update: dict[str, Any]) -> None:
    assert (who_started(update), who_unblocked(update)) == (0, 0)


async def blocks(here: Stage, person: Person, *, blocked: bool) -> None:
    acts.block(here.world, person.id, blocked=blocked)
    await here.settle()


async def test_whoever_blocked_the_bot_is_told_of_money_when_they_unblock_it(database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        await joins(here.alice, ENGLISH)
        await tops_up(here.alice, ENGLISH, 100)
        await joins(here.bob, ENGLISH)
        await blocks(here, here.bob, blocked=True)
        for amount in (20, 30):
            await here.alice.says(f"/send @bob {amount}", here.group)
            if amount == 20:
                await here.alice.taps("Confirm", here.group)
        here.bob.was_not_told("sent you")
        await blocks(here, here.bob, blocked=False)
        story = here.bob.was_told("sent you ¥20.00")
        assert "¥30.00" in story, "what waited becomes one message"
        assert await Outbox(here.app.database).count() == {}
        await here.bob.starts()
        assert sum("¥20.00" in text for text in here.bob.sees()) == 1


async def test_a_newcomer_reads_once_what_waits_for_them(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await joins(here.alice, ENGLISH)
        await tops_up(here.alice, ENGLISH, 100)
        await here.alice.says("/send @bob 5", here.group)
        await here.alice.taps("Confirm", here.group)
        await joins(here.bob, ENGLISH)
        assert sum("¥5.00" in text for text in here.bob.sees()) == 1
