"""A payment waits for its payer's word: one button, or the PIN; never by somebody else's press, and never twice."""

from __future__ import annotations

import pytest

from handlers.ground import Seen
from handlers.jobs.expiry import expire_drafts
from tests.fakes.telegram import Shown
from tests.handlers.chat.money.world import PIN, MoneyWorld, eve, pressed, set_pin, spoken
from tests.handlers.chat.world import GROUP, SPEAKERS, Somebody
from wallet.rows import Draft


# -------------------------------------------------------------------------------------------------- Confirm
async def asks(world: MoneyWorld, a: Somebody, b: Somebody, chat: int = 0) -> Shown:
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob", "en", False)
    await a.says("/send @bob 20", chat=chat)
    return a.sees_message(chat)


async def test_a_first_payment_by_name_waits_for_one_button(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    shown = await asks(world, a, b)
    assert shown.text == "Send <b>¥20.00</b> to Bob (@bob)?"
    assert await world.balance(b) == 0
    await a.taps("Confirm", shown)
    assert await world.balance(b) == 2000
    assert "✅ You sent <b>¥20.00</b> to Bob." in a.sees()


async def test_in_a_group_the_question_says_who_may_answer_and_its_place_becomes_the_public_line(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    shown = await asks(world, a, b, GROUP)
    assert shown.text == "Send <b>¥20.00</b> to Bob (@bob)?\nOnly Alice can confirm this."
    await a.taps("Confirm", shown)
    assert shown.text == "Alice sent <b>¥20.00</b> to Bob."
    assert shown.buttons == []


async def test_nobody_else_confirms_or_cancels(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    shown = await asks(world, a, b, GROUP)
    e = eve(world)
    for label in ("Confirm", "Cancel"):
        await e.taps(label, shown)
        assert "for somebody else" in e.was_alerted()
    await e.joins()
    await e.taps("Confirm", shown)
    assert "for somebody else" in e.was_alerted()
    assert await world.balance(b) == 0
    assert shown.text.startswith("Send")


async def test_two_phones_that_confirm_pay_once(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    shown = await asks(world, a, b)
    first, second = pressed(a, shown, "Confirm"), pressed(a, shown, "Confirm")
    await world.handle(first)
    await world.handle(second)
    assert "already made" in a.was_alerted()
    await world.handle(first)
    assert await world.balance(b) == 2000


async def test_a_cancelled_payment_moves_nothing(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    shown = await asks(world, a, b)
    confirm = pressed(a, shown, "Confirm")
    await a.taps("Cancel", shown)
    assert shown.text == "Cancelled: ¥20.00 was not sent. No money moved."
    await world.handle(confirm)
    assert "was cancelled" in a.was_alerted()
    assert await world.balance(b) == 0


async def test_a_question_of_long_ago_says_that_it_ran_out(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    shown = await asks(world, a, b)
    world.later(minutes=11)
    await a.taps("Confirm", shown)
    assert "ran out" in a.was_alerted()
    assert "ran out" in shown.text
    assert shown.buttons == []
    assert await world.balance(b) == 0


@pytest.mark.parametrize("said", ["/send @bob 20", "/send @bob 300"])
async def test_a_group_reads_that_nobody_confirmed_in_time(
        world: MoneyWorld, a: Somebody, b: Somebody, said: str) -> None:
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob", "en", False)
    await a.says(said, chat=GROUP)
    shown = world.public()[-1]
    amount = said.split()[-1]
    world.later(minutes=9)
    assert await expire_drafts(world.engine, world.reads, world.store.clock()) == 0
    world.later(minutes=2)
    assert await expire_drafts(world.engine, world.reads, world.store.clock()) == 1
    assert await expire_drafts(world.engine, world.reads, world.store.clock()) == 0
    edit, = (await world.tell(a, "DraftRanOut")).edits
    assert (edit.chat, edit.message, SPEAKERS["en"].say(edit.text)) == (
        GROUP, shown.message_id, f"⌛ Not confirmed within 10 minutes: ¥{amount}.00 was not sent. No money moved.")


async def test_a_question_in_private_loses_its_buttons_when_it_runs_out(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    shown = await asks(world, a, b)
    world.later(minutes=11)
    assert await expire_drafts(world.engine, world.reads, world.store.clock()) == 1
    told = await world.tell(a, "DraftRanOut")
    edit, = told.edits
    assert (edit.chat, edit.message, told.text) == (a.id, shown.message_id, "")


async def test_a_question_in_private_that_came_to_need_the_pin_is_paid_there(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    first, second = await asks(world, a, b), await asks(world, a, b)
    await a.says("/send 190", chat=GROUP, reply_to=spoken(b))
    await a.taps("Confirm", first)
    await a.types_pin(PIN)
    assert a.sees().startswith("✅ You sent <b>¥20.00</b> to Bob.")
    await a.taps("Confirm", second)
    await a.taps("Cancel")
    assert second.text == "Cancelled: ¥20.00 was not sent. No money moved."


async def test_a_confirmed_payment_does_not_run_out(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.taps("Confirm", await asks(world, a, b, GROUP))
    world.later(minutes=11)
    assert await expire_drafts(world.engine, world.reads, world.store.clock()) == 0
    assert world.notices(a, "DraftRanOut") == []


async def test_a_made_up_token_leads_nowhere(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    shown = await asks(world, a, b)
    await a.forges("md:y:" + "A" * 22, shown)
    assert "can't find this payment" in a.was_alerted()
    assert await world.balance(b) == 0


# ------------------------------------------------------------------------------------------------------ PIN
async def test_above_the_limit_the_group_waits_while_the_pin_is_typed_in_private(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    await a.says("/send 300 rent", chat=GROUP, reply_to=spoken(b))
    line = world.public()[-1]
    assert line.text == "Waiting for Alice to confirm: <b>¥300.00</b> to Bob.\nNote: rent"
    assert "Send <b>¥300.00</b> to Bob?" in a.sees()
    await a.types_pin(PIN)
    assert await world.balance(b) == 30000
    assert line.text == "Alice sent <b>¥300.00</b> to Bob.\nNote: rent"
    assert "✅ Confirmed: ¥300.00 to Bob." in a.sees()


@pytest.mark.parametrize("knows_ephemeral", [True, False])
async def test_the_line_of_a_group_that_waits_leads_to_the_keypad_until_it_is_over(
        world: MoneyWorld, a: Somebody, b: Somebody, knows_ephemeral: bool) -> None:
    world.session.knows_ephemeral = knows_ephemeral
    await set_pin(a)
    await a.says("/send 300 rent", chat=GROUP, reply_to=spoken(b))
    line, first = world.public()[-1], a.sees_message()
    url = line.button("Open the private chat").url or ""
    await a.says(f"/start {url.partition('start=')[2]}")
    assert first not in world.session.in_chat(a.id), "there is one keypad only"
    await a.types_pin(PIN)
    assert await world.balance(b) == 30000
    assert not line.buttons
    assert [shown.text for shown in world.public()] == ["Alice sent <b>¥300.00</b> to Bob.\nNote: rent"]


async def test_the_way_to_a_keypad_leads_nobody_else_there(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    await a.says("/send 300", chat=GROUP, reply_to=spoken(b))
    url = world.public()[-1].button("Open the private chat").url or ""
    await b.says(f"/start {url.partition('start=')[2]}")
    assert "can't find this payment" in b.sees()
    assert not b.sees_message().buttons


async def test_a_confirm_that_became_a_pin_question_leads_to_the_keypad_too(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    shown = await asks(world, a, b, GROUP)
    await a.says("/send 190", chat=GROUP, reply_to=spoken(b))
    await a.taps("Confirm", shown)
    assert [button.text for button in shown.buttons] == ["Open the private chat"]


async def test_in_private_the_keypad_becomes_the_receipt(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob", "en", False)
    await a.says("/send @bob 300")
    await a.types_pin(PIN)
    assert await world.balance(b) == 30000
    assert a.sees().startswith("✅ You sent <b>¥300.00</b> to Bob.")


async def test_where_the_bot_may_not_write_first_the_group_shows_the_way_to_the_keypad(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    world.session.unreachable.add(a.id)
    await a.says("/send 300", chat=GROUP, reply_to=spoken(b))
    line = world.public()[-1]
    url = line.button("Open the private chat").url or ""
    world.session.unreachable.clear()
    await a.says(f"/start {url.partition('start=')[2]}")
    await a.types_pin(PIN)
    assert await world.balance(b) == 30000
    assert line.text == "Alice sent <b>¥300.00</b> to Bob."


async def test_a_keypad_that_is_left_cancels_the_payment_and_the_group_sees_it(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    await a.says("/send 300", chat=GROUP, reply_to=spoken(b))
    line = world.public()[-1]
    await a.taps("Cancel")
    assert line.text == "Cancelled: ¥300.00 was not sent. No money moved."
    assert [draft.state for draft in world.rows(Draft)] == ["cancelled"]


async def test_a_pin_typed_too_late_pays_nothing_and_the_group_reads_why(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    await a.says("/send 300", chat=GROUP, reply_to=spoken(b))
    line = world.public()[-1]
    world.later(minutes=11)
    await a.types_pin(PIN)
    assert await world.balance(b) == 0
    assert "ran out" in line.text
    assert "ran out" in a.sees()


async def test_a_confirm_needs_the_pin_once_the_day_is_used_up(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(a)
    shown = await asks(world, a, b, GROUP)
    await a.says("/send 190", chat=GROUP, reply_to=spoken(b))
    await a.taps("Confirm", shown)
    assert shown.text.startswith("Waiting for Alice")
    await a.types_pin(PIN)
    assert await world.balance(b) == 21000
    assert shown.text == "Alice sent <b>¥20.00</b> to Bob."


async def test_the_pin_question_names_the_receiver_as_the_confirm_did(
        world: MoneyWorld, a: Somebody, b: Somebody, eve_too: Somebody) -> None:
    await set_pin(a)
    shown = await asks(world, a, b)
    await a.says("/send 190", chat=GROUP, reply_to=spoken(eve_too))
    await a.taps("Confirm", shown)
    assert shown.text == "Send <b>¥20.00</b> to Bob (@bob)?"
    assert "Send <b>¥20.00</b> to Bob (@bob)?" in a.sees()
    await a.taps("Cancel")
    await a.says("/send @bob 300", chat=GROUP)
    assert "Send <b>¥300.00</b> to Bob (@bob)?" in a.sees()


async def test_what_ends_like_a_delay_is_asked_about_whichever_it_was_taken_for(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    before = await world.balance(a)
    await a.says("/send 5 dinner, see you in 2h", chat=GROUP, reply_to=spoken(b))
    assert world.public()[-1].text.splitlines()[1] == "Note: dinner, see you in 2h"
    await a.says("/send 5 dinner in 2h", chat=GROUP, reply_to=spoken(b))
    assert world.public()[-1].text.splitlines()[1:3] == [
        "⏳ It arrives after 2 hours; until then you can take it back.", "Note: dinner"]
    for words in ("gift in 3h", "gift in 30 min", "礼物 2小时后", "礼物，三天后到账"):
        await a.says(f"/send 5 {words}", chat=GROUP, reply_to=spoken(b))
        assert world.public()[-1].text.splitlines()[1] == f"Note: {words}", "a time that there is not is no delay"
    assert await world.balance(a) == before
