"""Somebody calls themselves like one of our lines: wherever people are named, their nickname stands there instead."""

from __future__ import annotations

import pytest
from aiogram.types import Contact, MessageEntity, SharedUser, UsersShared

from tests.fakes.telegram import message_update
from tests.handlers.chat.money.world import PIN, SIGHTED, MoneyWorld, set_pin, spoken
from tests.handlers.chat.world import GROUP, Somebody
from wallet import ids
from wallet.rows import Hold

PAID = "✅ You sent ¥9,999.00 to Bob"
GOT = "💰 Eve sent you ￥９００"


@pytest.fixture
async def pair(world: MoneyWorld, a: Somebody, b: Somebody) -> tuple[Somebody, Somebody]:
    """Alice and Bob, who gave themselves other names in Telegram after they had joined."""
    for person, name in ((a, PAID), (b, GOT)):
        person.name = name
        world.people.seen[person.id] = SIGHTED(person.id, person.user.username or "", name, "en", False)
    return a, b


def all_said(world: MoneyWorld) -> str:
    """Whatever stands anywhere."""
    return "\n".join([*(shown.text for shown in world.session.shown.values()),
                      *(button.text for shown in world.session.shown.values() for button in shown.buttons)])


def nobody_is_fooled(world: MoneyWorld, *more: str) -> None:
    """Neither name stands anywhere."""
    said = "\n".join([all_said(world), *more])
    assert "9,999" not in said
    assert "９００" not in said
    assert "You sent ¥" not in said


async def test_a_payment_in_a_group_names_both_by_their_nicknames(
        world: MoneyWorld, pair: tuple[Somebody, Somebody]) -> None:
    a, b = pair
    await a.says("/send 20 lunch", chat=GROUP, reply_to=spoken(b))
    assert "Alice sent <b>¥20.00</b> to Bob." in a.sees(GROUP)
    told = await world.tell(b, "MoneyCame")
    assert "Alice sent you" in told.text
    nobody_is_fooled(world, told.text, (await world.tell(a, "MoneyWent")).text)


async def test_every_way_to_name_a_payee_shows_the_nickname(
        world: MoneyWorld, pair: tuple[Somebody, Somebody]) -> None:
    a, b = pair
    world.people.seen[b.id] = SIGHTED(b.id, "bob", GOT, "en", False)
    await a.says("/send @bob 20")
    assert a.sees().startswith("Send <b>¥20.00</b> to Bob (@bob)?")
    await a.taps("Confirm")
    assert "to Bob." in a.sees()
    await a.says("/send Bobby 1", entities=[MessageEntity(type="text_mention", offset=6, length=5, user=b.user)])
    assert "to Bob." in a.sees()
    for shared in ({"users_shared": UsersShared(request_id=1, users=[SharedUser(user_id=b.id, first_name=GOT)])},
                   {"contact": Contact(phone_number=b.phone, first_name=GOT, user_id=b.id)}):
        await a.says("/send")
        await world.handle(message_update(a.user, **shared))
        assert "How much do you want to send to Bob" in a.sees()
    await a.says(f"/send +{b.phone[1:]} 20")
    assert "to B***?" in a.sees()
    nobody_is_fooled(world)


async def test_lists_receipts_and_waiting_lines_show_it_too(
        world: MoneyWorld, pair: tuple[Somebody, Somebody]) -> None:
    a, b = pair
    await set_pin(a)
    await a.says("/send 300", chat=GROUP, reply_to=spoken(b))
    assert "Waiting for Alice to confirm" in a.sees(GROUP)
    await a.types_pin(PIN)
    await a.says("/history")
    assert "to Bob" in a.sees()
    for command in ("/statement", "/send", "/receipt", "/giveback"):
        await a.says(command)
        await b.says(command)
    nobody_is_fooled(world)


async def test_a_card_of_waiting_money_and_what_comes_of_it_show_it(
        world: MoneyWorld, pair: tuple[Somebody, Somebody]) -> None:
    a, b = pair
    await b.says("/settings")
    await b.taps("Confirm incoming")
    await b.taps("Let it wait for me")
    await a.says("/send 20", chat=GROUP, reply_to=spoken(b))
    assert "Alice sent <b>¥20.00</b> to Bob." in a.sees(GROUP)
    card = a.sees_message(GROUP)
    offered = await world.tell(b, "MoneyWaits")
    await b.taps("Decline", card)
    assert a.sees(GROUP) == "↩️ Bob declined ¥20.00 from Alice, so it went back."
    nobody_is_fooled(world, offered.text, (await world.tell(a, "HoldReturned")).text)


async def test_whoever_has_no_nickname_is_called_by_their_user_name(world: MoneyWorld, a: Somebody) -> None:
    world.people.seen[1009] = SIGHTED(1009, "ghost", GOT, "en", False)
    await a.says("/send @ghost 20")
    assert a.sees().startswith("Send <b>¥20.00</b> to @ghost?")
    await a.taps("Confirm")
    assert "to @ghost." in a.sees()
    nobody_is_fooled(world)


async def test_whoever_has_no_nickname_and_no_user_name_is_someone(world: MoneyWorld, a: Somebody) -> None:
    stranger = Somebody(world, 1009, GOT)
    await a.says("/send 20", chat=GROUP, reply_to=spoken(stranger))
    assert "Alice sent <b>¥20.00</b> to someone." in a.sees(GROUP)
    await a.says(f"/receipt {ids.code(world.rows(Hold)[0].transfer)}")
    nobody_is_fooled(world)
