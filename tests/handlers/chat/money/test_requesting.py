"""Requests in the chat: whose buttons they are, what a group reads, and where its card goes."""
from __future__ import annotations

import pytest

from handlers.chat.buttons import RequestAct, RequestButton
from tests.fakes.telegram import message_update
from tests.handlers.chat.money.world import MoneyWorld, alice, bob, eve, spoken, with_money
from tests.handlers.chat.world import GROUP, Somebody
from wallet.rows import Request

SUPERGROUP = -1_002_222


@pytest.fixture
async def a(world: MoneyWorld) -> Somebody:
    return await with_money(alice(world), "100")


@pytest.fixture
async def b(world: MoneyWorld) -> Somebody:
    return await with_money(bob(world), "100")


@pytest.fixture
async def e(world: MoneyWorld) -> Somebody:
    return await with_money(eve(world), "100")


async def asks(a: Somebody, b: Somebody, words: str = "/request 20 lunch") -> None:
    await a.says(words, chat=GROUP, reply_to=spoken(b))


async def test_a_group_reads_who_asks_whom_and_no_balance(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await asks(a, b)
    card = world.public()[-1]
    assert card.text.startswith("📨 Alice asks Bob for <b>¥20.00</b>.\nNote: lunch\nOnly Bob can pay or decline it")
    assert [button.text for button in card.buttons] == ["Pay ¥20.00", "Decline", "Take back"]


async def test_who_has_no_part_hears_so_under_the_card_and_nothing_elsewhere(
        world: MoneyWorld, a: Somebody, b: Somebody, e: Somebody) -> None:
    await asks(a, b)
    card = world.public()[-1]
    for label in ("Pay ¥20.00", "Decline", "Take back"):
        await e.taps(label, card)
        assert "for somebody else" in e.was_alerted()
    number = world.rows(Request)[0].id
    for act in (RequestAct.PAY, RequestAct.DECLINE, RequestAct.TAKE_BACK):
        await e.forges(RequestButton(act=act, request=number).pack())
        there = e.was_alerted()
        await e.forges(RequestButton(act=act, request=2**50).pack())
        assert there == e.was_alerted(), "the same as for none"
        assert "no such request" in there
    assert world.rows(Request)[0].state == "open"


async def test_paid_in_the_group_moves_once_whoever_presses_how_often(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await asks(a, b)
    card = world.public()[-1]
    data = card.button("Pay ¥20.00").callback_data
    assert data is not None
    for _ in range(3):
        await b.forges(data, card)
    assert (await world.balance(a), await world.balance(b)) == (12_000, 8_000)
    assert "paid already" in b.was_alerted()
    assert card.text.startswith("✅ Bob paid Alice the ¥20.00")
    assert card.buttons == []


async def test_a_card_follows_its_group_and_is_paid_there(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await asks(a, b)
    world.session.moved[GROUP] = SUPERGROUP
    update = message_update(a.user, chat=SUPERGROUP, migrate_from_chat_id=GROUP)
    for _ in range(2):
        await world.handle(update)
    card, = world.public(SUPERGROUP)
    await b.taps("Pay ¥20.00", card)
    assert await world.balance(a) == 12_000


async def test_the_bare_word_asks_nothing_where_others_read(world: MoneyWorld, a: Somebody) -> None:
    before = len(world.public())
    await a.says("请求", chat=GROUP)
    assert len(world.public()) == before, "people also just say the word"
    await a.says("/request", chat=GROUP)
    assert not any("Whom do you want" in shown.text for shown in world.public())
    await a.says("/request")
    assert "Whom do you want to ask" in a.sees()
