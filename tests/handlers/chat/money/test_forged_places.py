"""A press says under which message it was made and what it carries, and both can be forged: nobody changes in a group
what others read there."""
from __future__ import annotations

import pytest

from tests.fakes.telegram import Shown
from tests.handlers.chat.money.world import MoneyWorld, bob, eve, spoken, with_money
from tests.handlers.chat.world import GROUP, Somebody
from wallet.rows import Draft, Hold


@pytest.fixture
async def b(world: MoneyWorld) -> Somebody:
    """Bob has money, too."""
    return await with_money(bob(world))


async def card_of(world: MoneyWorld, payer: Somebody) -> Shown:
    """Money of a payer's waits for Eve, and the group sees it."""
    await payer.says("/send 20", chat=GROUP, reply_to=spoken(eve(world)))
    return world.public()[-1]


async def test_a_history_is_never_drawn_over_what_the_group_reads(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    card = await card_of(world, a)
    before = (card.text, card.markup)
    await b.forges(f"mh:{b.id}:0:all:0:0", card)
    assert (card.text, card.markup) == before
    assert "out of date" in (world.session.alerts()[-1].text or "")


async def test_a_list_of_what_waits_is_never_drawn_over_what_the_group_reads(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    card = await card_of(world, a)
    await card_of(world, b)
    mine = world.rows(Hold)[-1]
    before = (card.text, card.markup)
    await b.forges(f"mw:l:{mine.id}", card)
    assert (card.text, card.markup) == before
    assert world.rows(Hold)[-1].state == "open"


@pytest.mark.parametrize("act", ["y", "n"])
async def test_ones_own_draft_is_never_answered_over_what_somebody_else_asked(
        world: MoneyWorld, a: Somebody, b: Somebody, act: str) -> None:
    card = await card_of(world, a)
    before = (card.text, card.markup)
    await b.says(f"/send +{a.phone.lstrip('+')} 5", chat=GROUP)
    draft = world.rows(Draft)[-1]
    await b.forges(f"md:{act}:{draft.token}", card)
    assert (card.text, card.markup) == before
    assert world.rows(Draft)[-1].state == ("used" if act == "y" else "cancelled")
    assert world.public()[-1].text.startswith("Bob sent" if act == "y" else "Cancelled")


async def test_a_draft_that_is_over_is_not_told_over_what_somebody_else_asked(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    card = await card_of(world, a)
    await b.says(f"/send +{a.phone.lstrip('+')} 5", chat=GROUP)
    await b.taps("Cancel", world.public()[-1])
    before = (card.text, card.markup)
    await b.forges(f"md:y:{world.rows(Draft)[-1].token}", card)
    assert (card.text, card.markup) == before
