"""The wizard: whom, how much and what for, one after the other, each answered once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiogram.types import Location, SharedUser, UsersShared

from handlers.ground import Seen
from tests.fakes.telegram import message_update
from tests.handlers.chat.money.world import MoneyWorld, spoken
from tests.handlers.chat.world import GROUP, Somebody


async def test_the_wizard_asks_whom_how_much_and_what_for(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob", "en", False)
    await a.says("/send")
    assert "Whom do you want to pay?" in a.sees()
    await a.says("@bob")
    assert "How much do you want to send to Bob (@bob)?" in a.sees()
    await a.says("２０元")
    await a.says("for the book")
    assert a.sees() == "Send <b>¥20.00</b> to Bob (@bob)?\nNote: for the book"
    await a.taps("Confirm")
    assert await world.balance(b) == 2000


async def test_the_wizard_offers_whom_one_paid_lately_and_then_pays_at_once(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 1", chat=GROUP, reply_to=spoken(b))
    await a.taps("Balance") if a.sees_message().buttons else None
    await a.says("/send")
    await a.taps("Bob")
    await a.says("20")
    shown = replace(a.sees_message())
    await a.taps("No note")
    assert await world.balance(b) == 2100
    await a.taps("No note", shown)
    assert "out of date" in a.was_alerted()
    assert await world.balance(b) == 2100


async def test_telegrams_own_picker_names_people(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send")
    shared = UsersShared(request_id=1, users=[SharedUser(user_id=b.id, first_name="Bob")])
    await world.handle(message_update(a.user, users_shared=shared))
    await a.says("20")
    await a.taps("No note")
    await a.taps("Confirm")
    assert await world.balance(b) == 2000


async def test_a_picker_that_names_somebody_twice_names_one_and_an_empty_one_nobody(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send")
    for most, said in ((0, "No money moved"), (2, "How much do you want to send to Bob?")):
        shared = UsersShared(request_id=1, users=[SharedUser(user_id=b.id, first_name="Bob")] * most)
        await world.handle(message_update(a.user, users_shared=shared))
        assert said in a.sees()


@pytest.mark.parametrize("left_for", ["/topup 1", "/balance", "/topup", "/cancel"])
async def test_the_picker_that_stays_behind_begins_anew(world: MoneyWorld, a: Somebody, b: Somebody, left_for: str
                                                        ) -> None:
    await a.says("/send")
    await a.says(left_for)
    shared = UsersShared(request_id=1, users=[SharedUser(user_id=b.id, first_name="Bob")])
    await world.handle(message_update(a.user, users_shared=shared))
    assert "How much do you want to send to Bob?" in a.sees()
    await a.says("20")
    await a.taps("No note")
    await a.taps("Confirm")
    assert await world.balance(b) == 2000


async def test_the_picker_that_stays_behind_does_not_take_a_keypad_away(world: MoneyWorld, a: Somebody, b: Somebody
                                                                        ) -> None:
    await a.says("/pin")
    shared = UsersShared(request_id=1, users=[SharedUser(user_id=b.id, first_name="Bob")])
    await world.handle(message_update(a.user, users_shared=shared))
    kept = await world.dialogs.get(a.id)
    assert kept is not None
    assert kept["kind"] == "pin"


async def test_a_step_delivered_again_is_not_the_next_answer(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 1", chat=GROUP, reply_to=spoken(b))
    await a.says("/send")
    await a.taps("Bob")
    amount = message_update(a.user, "20")
    await world.handle(amount)
    await world.handle(amount)
    assert await world.balance(b) == 100
    assert "Type a note" in a.sees()


async def test_the_last_step_delivered_again_pays_once(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 1", chat=GROUP, reply_to=spoken(b))
    await a.says("/send")
    await a.taps("Bob")
    await a.says("20")
    kept = dict(world.dialogs.texts)
    note = message_update(a.user, "again")
    await world.handle(note)
    world.dialogs.texts = kept
    await world.handle(note)
    await a.taps("Confirm")
    assert await world.balance(b) == 2100


async def test_a_typed_note_is_shown_before_it_is_paid_with(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 1", chat=GROUP, reply_to=spoken(b))
    await a.says("/send")
    await a.taps("Bob")
    await a.says("20")
    await a.says("no, wait")
    assert a.sees() == "Send <b>¥20.00</b> to Bob?\nNote: no, wait"
    assert await world.balance(b) == 100


@pytest.mark.parametrize("typed", ["/refund", "/withdraw 5", "／foo"])
async def test_what_looks_like_a_command_is_no_answer(world: MoneyWorld, a: Somebody, b: Somebody, typed: str) -> None:
    await a.says("/send 1", chat=GROUP, reply_to=spoken(b))
    await a.says("/send")
    await a.taps("Bob")
    await a.says("20")
    await a.says(typed)
    assert "didn't understand" in a.sees()
    assert await world.balance(b) == 100


async def test_a_place_is_no_amount_and_no_note(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 1", chat=GROUP, reply_to=spoken(b))
    await a.says("/send")
    await a.taps("Bob")
    place = Location(latitude=31.2, longitude=121.5)
    await world.handle(message_update(a.user, location=place))
    assert "How much" in a.sees()
    await a.says("20")
    await world.handle(message_update(a.user, location=place))
    assert "Type a note" in a.sees()
    assert await world.balance(b) == 100


async def test_the_wizard_is_left_without_a_trace(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 1", chat=GROUP, reply_to=spoken(b))
    await a.says("/send")
    await a.taps("Bob")
    await a.says("20")
    await a.taps("Cancel")
    assert a.sees() == "Cancelled. No money moved."
    assert await a.world.dialogs.get(a.id) is None


async def test_in_a_group_the_bare_command_shows_the_way_to_the_wizard(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/send", chat=GROUP)
    assert "step by step" in world.whispered(a)[-1]
    await a.says("/start send_now")
    assert "Whom do you want to pay?" in a.sees()


async def test_a_wrong_answer_is_asked_for_again(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob", "en", False)
    await a.says("/send")
    await a.says("whoever")
    assert "whom to pay" in a.sees()
    await a.says("@bob")
    await a.says("twenty")
    assert "can't read that as an amount" in a.sees()
    await a.says("20")
    await a.says("x" * 101)
    assert "too long" in a.sees()
    await a.taps("No note", next(shown for shown in reversed(world.session.in_chat(a.id)) if shown.buttons))
    await a.taps("Confirm")
    assert await world.balance(b) == 2000


async def test_a_contact_is_shown_as_its_owner_is_called_and_not_as_somebody_wrote_it(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    world.people.seen[b.id] = Seen(b.id, "mallory", "Mallory", "en", False)
    await a.says("/send")
    await a.shares("+447400123499", owner=b.id)
    assert "send to Mallory (@mallory)" in a.sees()


async def test_a_contact_of_a_bot_is_not_paid(world: MoneyWorld, a: Somebody) -> None:
    world.people.seen[77] = Seen(77, "some_bot", "Helper", "en", True)
    await a.says("/send")
    await a.shares("+447400123499", owner=77)
    assert "can't be paid" in a.sees()
