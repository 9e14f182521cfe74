"""Whoever is paid by a phone number: found by it, and never told by it. Their name is for those who know them."""

from __future__ import annotations

import pytest

from handlers.chat.buttons import PickButton
from handlers.ground import Seen
from handlers.payments import masked
from handlers.texts import Person
from storage.phones import MOST
from tests.fakes.telegram import contact_update, press_update
from tests.handlers.chat.money.world import PIN, MoneyWorld, set_pin, spoken
from tests.handlers.chat.world import GROUP, Somebody
from wallet import ids
from wallet.rows import Transfer


def barker(world: MoneyWorld, b: Somebody) -> None:
    """Bob's whole name was seen."""
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob Barker", "en", False)


def read_by(world: MoneyWorld, person: Somebody) -> str:
    """Everything that somebody was shown in private, buttons and all."""
    return "".join(world.session.texts(person.id))


async def test_a_phone_number_finds_the_wallet_behind_it(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says(f"/send {b.phone} 20")
    await a.taps("Confirm")
    assert await world.balance(b) == 2000
    await a.says("/send +447400999999 20")
    assert "Nobody opened a wallet with +447400999999" in a.sees()


@pytest.mark.parametrize(("name", "shown"), [
    ("John Smith", "J*** S***"), ("王小明", "*小明"), ("李明", "*明"), ("Bob", "B***"), ("😀", "😀***"), ("", "")])
async def test_a_number_alone_does_not_tell_the_name_behind_it(
        world: MoneyWorld, a: Somebody, b: Somebody, name: str, shown: str) -> None:
    assert masked(Person(name)) == Person(shown)
    if name:
        world.people.seen[b.id] = Seen(b.id, "bob", name, "en", False)
        await a.says(f"/send {b.phone} 20")
        assert f"to {shown}?" in a.sees()
        await a.says(f"/send {b.phone} 300")
        assert f"to {shown}?" in a.sees()


async def test_a_number_tells_no_name_when_its_confirm_becomes_a_pin_question(
        world: MoneyWorld, a: Somebody, b: Somebody, eve_too: Somebody) -> None:
    await set_pin(a)
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob Barker", "en", False)
    await a.says(f"/send {b.phone} 20")
    question = a.sees_message()
    await a.says("/send 190", chat=GROUP, reply_to=spoken(eve_too))
    await a.taps("Confirm", question)
    assert question.text == ("Send <b>¥20.00</b> to B*** B***?\n\n"
                             "Never pay anybody who asks you for codes or tells you to hurry.")
    assert "Send <b>¥20.00</b> to B*** B***?" in a.sees()
    await a.types_pin(PIN)
    assert "✅ You sent <b>¥20.00</b> to B*** B***." in a.sees()
    assert "Barker" not in "".join(world.session.texts(a.id))


async def test_a_number_tells_no_name_to_the_group_either(
        world: MoneyWorld, a: Somebody, b: Somebody, eve_too: Somebody) -> None:
    await set_pin(a)
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob Barker", "en", False)
    await a.says(f"/send {b.phone} 300", chat=GROUP)
    line = world.public()[-1]
    assert line.text == "Waiting for Alice to confirm: <b>¥300.00</b> to B*** B***."
    url = line.button("Open the private chat").url or ""
    await a.says(f"/start {url.partition('start=')[2]}")
    assert "to B*** B***?" in a.sees()
    await a.types_pin(PIN)
    assert line.text == "Alice sent <b>¥300.00</b> to B*** B***."
    assert "Barker" not in "".join(world.session.texts(a.id))


async def test_a_number_beside_a_name_is_refused_whoever_has_it(
        world: MoneyWorld, a: Somebody, b: Somebody, eve_too: Somebody) -> None:
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob Barker", "en", False)
    heard = set()
    for phone in (b.phone, eve_too.phone, a.phone, "+447400999999"):
        await a.says(f"/send @bob {phone} 0.01 each")
        heard.add(a.sees())
        await a.says("/send")
        await a.says(f"@bob {phone}")
        heard.add(a.sees())
        await a.says("/cancel")
    (refusal,) = heard
    assert "Please send to the phone numbers by themselves" in refusal
    await a.says(f"/send {b.phone} {eve_too.phone} 1 each")
    assert a.sees().startswith("Send <b>¥1.00</b> each to")


async def test_nobody_tries_all_numbers_there_are(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    for number in range(MOST):
        await a.says(f"/send +4474009{number:05} 1")
        assert "Nobody opened a wallet" in a.sees()
    await a.says(f"/send {b.phone} 1")
    assert "You can name 20 phone numbers a day" in a.sees()
    await a.says("/send")
    await world.handle(contact_update(a.user, b.phone, owner=0))
    assert "You can name 20 phone numbers a day" in a.sees()
    await a.says("/send +447400900000 1")
    assert "Nobody opened a wallet" in a.sees()
    world.later(hours=12)
    await a.says(f"/send {b.phone} 1")
    assert "Send <b>¥1.00</b> to B***?" in a.sees()


# ---------------------------------------------------------------------------------------- and not afterwards either
async def pays_by_number(world: MoneyWorld, a: Somebody, b: Somebody) -> str:
    """Returns the receipt's code."""
    barker(world, b)
    await a.says(f"/send {b.phone} 0.01")
    await a.taps("Confirm")
    newest: Transfer = world.rows(Transfer)[-1]
    return ids.code(newest.id)


async def test_a_cent_does_not_buy_the_name_behind_a_number(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = await pays_by_number(world, a, b)
    await a.says("/history")
    assert "to B*** B***" in a.sees()
    await a.says(f"/receipt {code}")
    assert "B*** B***" in a.sees()
    await a.says("/statement")
    assert "Barker" not in read_by(world, a)
    assert "@bob" not in read_by(world, a)


async def test_the_wizard_does_not_offer_whom_a_number_was_all_that_one_knew_of(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays_by_number(world, a, b)
    await a.says("/send")
    assert "paid lately" not in a.sees()
    await a.says("/send 2", chat=GROUP, reply_to=spoken(b))
    await a.says("/send")
    assert a.sees_message().buttons[0].text == "Bob"


async def test_a_forged_button_names_nobody_who_was_never_paid_by_name(
        world: MoneyWorld, a: Somebody, b: Somebody, eve_too: Somebody) -> None:
    await pays_by_number(world, a, b)
    await a.says("/send")
    shown = a.sees_message()
    for person in (b, eve_too):
        await world.handle(press_update(a.user, shown, PickButton(member=(await person.member()).id).pack()))
        assert "out of date" in a.was_alerted()
    assert "Eve" not in read_by(world, a)
    assert "Barker" not in read_by(world, a)


async def test_a_receipt_that_comes_from_a_group_tells_no_name(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays_by_number(world, a, b)
    await a.says(f"/send {b.phone} 3", chat=GROUP)
    assert world.public()[-1].text == "Alice sent <b>¥3.00</b> to B*** B***."
    told = await world.tell(a, "MoneyWent")
    assert "to B*** B***." in told.text
    assert "Barker" not in told.text


async def test_giving_back_does_not_tell_who_did(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = await pays_by_number(world, a, b)
    await b.says("/topup 100")
    await b.agrees()
    await b.says(f"/giveback {code}")
    await b.taps("Give it back")
    barker(world, b)
    told = await world.tell(a, "MoneyGivenBack")
    assert told.text.startswith("↩️ B*** B*** gave back")
    await a.says("/history")
    assert "Barker" not in a.sees()


async def test_what_was_paid_by_number_stays_without_a_name(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays_by_number(world, a, b)
    await a.says("/send 2", chat=GROUP, reply_to=spoken(b))
    await a.says(f"/send {b.phone} 3")
    await a.says("/history")
    assert (a.sees().count("to Bob\n"), a.sees().count("to B***\n")) == (1, 2)


async def test_a_name_needs_a_word_though_the_number_behind_it_was_paid(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays_by_number(world, a, b)
    for _ in range(2):
        await a.says("/send @bob 0.01")
        assert a.sees().startswith("Send <b>¥0.01</b> to Bob Barker (@bob)?")
        await a.taps("Cancel")
    await a.says(f"/send {b.phone} 0.01")
    assert a.sees().startswith("✅ You sent <b>¥0.01</b> to B*** B***.")


async def test_a_number_needs_a_word_though_the_name_that_has_it_was_paid(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    barker(world, b)
    await a.says("/send @bob 2")
    await a.taps("Confirm")
    await a.says(f"/send {b.phone} 0.01")
    assert a.sees().startswith("Send <b>¥0.01</b> to B*** B***?")
    await a.taps("Confirm")
    for receiver in ("@bob", b.phone):
        await a.says(f"/send {receiver} 0.01")
        assert a.sees().startswith("✅ You sent <b>¥0.01</b>")


async def test_whoever_pays_shows_who_they_are_and_not_their_number(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays_by_number(world, a, b)
    await b.says("/topup 100")
    await b.agrees()
    await b.says("/send 2", chat=GROUP, reply_to=spoken(a))
    barker(world, b)
    await a.says("/history")
    assert "to B*** B***" in a.sees()
    assert "from Bob Barker" in a.sees()
