"""People send each other money: at once, after a word, with the PIN; never twice and never by somebody else's press."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiogram.types import Location, MessageEntity, SharedUser, UsersShared

from handlers.ground import ANONYMOUS_ADMIN, Seen
from handlers.jobs.expiry import expire_drafts
from handlers.keyboards import NoPinLimit
from tests.fakes.telegram import BOT, Shown, message_update, user
from tests.handlers.chat.money import PIN, MoneyWorld, alice, bob, eve, pressed, set_pin, spoken, with_money
from tests.handlers.chat.world import GROUP, SPEAKERS, Somebody, running
from wallet.rows import Draft, Hold, Transfer


@pytest.fixture
async def world() -> AsyncIterator[MoneyWorld]:
    async with running(MoneyWorld()) as running_world:
        assert isinstance(running_world, MoneyWorld)
        yield running_world


@pytest.fixture
async def a(world: MoneyWorld) -> Somebody:
    return await with_money(alice(world))


@pytest.fixture
async def b(world: MoneyWorld) -> Somebody:
    person = bob(world)
    await person.joins()
    return person


@pytest.fixture
async def eve_too(world: MoneyWorld) -> Somebody:
    person = eve(world)
    await person.joins()
    return person


def sends(world: MoneyWorld) -> list[Transfer]:
    return [row for row in world.rows(Transfer) if row.kind in ("send", "set_aside")]


# ------------------------------------------------------------------------------------------------- at once
async def test_a_reply_in_a_group_pays_at_once_and_shows_no_balance(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20 lunch", chat=GROUP, reply_to=spoken(b))
    assert await world.balance(b) == 2000
    assert [shown.text for shown in world.public()] == ["Alice sent <b>¥20.00</b> to Bob.\nNote: lunch"]
    assert [notice.event for notice in world.notices(a)][-1] == "MoneyWent"
    assert [notice.event for notice in world.notices(b)] == ["MoneyCame"]


async def test_a_group_that_became_another_chat_reads_there_that_money_moved(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    world.session.moved[GROUP] = -1009
    await a.says("/send 20 lunch", chat=GROUP, reply_to=spoken(b))
    assert await world.balance(b) == 2000
    assert world.session.last(-1009).text == "Alice sent <b>¥20.00</b> to Bob.\nNote: lunch"


async def test_a_private_payment_is_answered_by_one_message_with_the_receipt(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20", chat=GROUP, reply_to=spoken(b))
    before = len(world.session.in_chat(a.id))
    requests = len(world.session.requests)
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob", "en", False)
    await a.says("/send @bob 20 tea")
    assert len(world.session.in_chat(a.id)) == before + 1
    assert len(world.session.requests) == requests + 1
    text = a.sees()
    assert text.startswith("✅ You sent <b>¥20.00</b> to Bob.\nNote: tea\nReceipt: <code>")
    assert text.endswith("Balance: ¥460.00")
    assert [button.text for button in a.sees_message().buttons] == ["Receipt", "💰 Balance"]
    assert world.notices(a, "MoneyWent") == world.notices(a, "MoneyWent")[:1]  # The answer is the receipt.


async def test_the_plain_chinese_word_pays_too(world: MoneyWorld, b: Somebody) -> None:
    li = await with_money(Somebody(world, 1009, "小李", "zh-hans", "+8613800138000"))
    await li.says("转账 20 午饭", chat=GROUP, reply_to=spoken(b))
    assert await world.balance(b) == 2000


async def test_a_text_mention_carries_the_number_itself(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    update = message_update(a.user, "/send Bobby 20", chat=GROUP)
    assert update.message is not None
    entities = [*(update.message.entities or ()),
                MessageEntity(type="text_mention", offset=6, length=5, user=b.user)]
    await world.handle(update.model_copy(update={"message": update.message.model_copy(update={"entities": entities})}))
    assert await world.balance(b) == 2000


async def test_the_same_message_delivered_again_pays_once(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    update = message_update(a.user, "/send 20", chat=GROUP, reply_to=spoken(b))
    await world.handle(update)
    await world.handle(update)
    assert await world.balance(b) == 2000
    assert len({shown.text for shown in world.public()}) == 1


async def test_several_get_the_same_each(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    e = eve(world)
    await e.joins()
    for person, name in ((b, "bob"), (e, "eve")):
        world.people.seen[person.id] = Seen(person.id, name, person.name, "en", False)
    await a.says("/send @bob @eve 20 each dinner")
    assert a.sees() == ("Send <b>¥20.00</b> each to Bob (@bob) and Eve (@eve), ¥40.00 in all?\nNote: dinner")
    await a.taps("Confirm")
    assert (await world.balance(b), await world.balance(e)) == (2000, 2000)
    assert "✅ You sent <b>¥20.00</b> each to 2 people, ¥40.00 in all." in a.sees()


async def test_a_note_with_a_link_stays_plain(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20 see evil.example/x <b>now</b>", chat=GROUP, reply_to=spoken(b))
    assert "<code>see evil.example/x &lt;b&gt;now&lt;/b&gt;</code>" in world.public()[-1].text


# ----------------------------------------------------------------------------------------- who can be paid
async def test_somebody_never_seen_is_asked_for_and_the_refusal_stays_between_us(
        world: MoneyWorld, a: Somebody) -> None:
    await a.says("/send @nobody 20", chat=GROUP)
    assert "haven't seen @nobody lately" in world.whispered(a)[-1]
    assert "No money moved" in world.whispered(a)[-1]
    assert sends(world) == []


async def test_bots_channels_and_anonymous_administrators_are_not_paid(world: MoneyWorld, a: Somebody) -> None:
    stranger = user(ANONYMOUS_ADMIN, "Group")
    for answered in (
        spoken(a).model_copy(update={"from_user": BOT}),
        spoken(a).model_copy(update={"from_user": stranger}),
        spoken(a).model_copy(update={"from_user": None}),
    ):
        await a.says("/send 20", chat=GROUP, reply_to=answered)
    world.people.seen[77] = Seen(77, "other_bot", "Other", "", True)
    await a.says("/send @other_bot 20", chat=GROUP)
    await a.says("/send @ikmpay_bot 20", chat=GROUP)
    assert sends(world) == []
    assert sum("can't be paid" in said for said in world.whispered(a)) >= 4


async def use_up(a: Somebody, b: Somebody) -> None:
    """Nearly all of the day's PIN-less sum."""
    await a.says("/send 190", chat=GROUP, reply_to=spoken(b))


async def test_the_pin_question_names_the_receiver_as_the_confirm_did(
        world: MoneyWorld, a: Somebody, b: Somebody, eve_too: Somebody) -> None:
    await set_pin(a)
    shown = await asks(world, a, b)
    await use_up(a, eve_too)
    await a.taps("Confirm", shown)
    assert shown.text == "Send <b>¥20.00</b> to Bob (@bob)?"
    assert "Send <b>¥20.00</b> to Bob (@bob)?" in a.sees()
    await a.taps("Cancel")
    await a.says("/send @bob 300", chat=GROUP)
    assert "Send <b>¥300.00</b> to Bob (@bob)?" in a.sees()


async def test_a_name_that_changed_hands_between_showing_and_confirming_pays_whom_was_shown(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    e = eve(world)
    await e.joins()
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob", "en", False)
    await a.says("/send @bob 20")
    world.people.seen[b.id] = Seen(b.id, "", "Bob", "en", False)
    world.people.seen[e.id] = Seen(e.id, "bob", "Eve", "en", False)
    await a.taps("Confirm")
    assert (await world.balance(b), await world.balance(e)) == (2000, 0)


async def test_paying_oneself_is_refused(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/send 20", chat=GROUP, reply_to=spoken(a))
    assert "payment to yourself" in world.whispered(a)[-1]


# --------------------------------------------------------------------------------------------------- errors
async def test_what_one_has_is_never_said_to_the_group(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 900", chat=GROUP, reply_to=spoken(b))
    assert "you have ¥500.00" in world.whispered(a)[-1]
    assert all("¥" not in shown.text for shown in world.public())


async def test_a_payment_whose_keypad_another_one_replaced_waits_no_longer(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 250 first", chat=GROUP, reply_to=spoken(b))
    await a.says("/send 260 second", chat=GROUP, reply_to=spoken(b))
    assert sorted(draft.state for draft in world.rows(Draft)) == ["cancelled", "open"]
    first, second = world.public()[-2:]
    assert first.text == "Cancelled: ¥250.00 was not sent. No money moved."
    assert second.text.startswith("Waiting for Alice")


async def waits_for_pin(world: MoneyWorld, a: Somebody, b: Somebody) -> tuple[Shown, Shown]:
    """A payment in the group that waits for Alice's PIN: the group's line, and her keypad."""
    await set_pin(a)
    await a.says("/send 250", chat=GROUP, reply_to=spoken(b))
    return world.public()[-1], a.sees_message()


@pytest.mark.parametrize("wish", ["/pin", "a higher limit"])
async def test_a_payment_whose_keypad_something_else_replaced_is_cancelled_and_says_so(
        world: MoneyWorld, a: Somebody, b: Somebody, wish: str) -> None:
    await a.forges(NoPinLimit(limit=5_000).pack())
    line, keypad = await waits_for_pin(world, a, b)
    if wish == "/pin":
        await a.says("/pin")
    else:
        await a.forges(NoPinLimit(limit=20_000).pack())
    assert "PIN" in a.sees()
    assert [draft.state for draft in world.rows(Draft)] == ["cancelled"]
    assert line.text == "Cancelled: ¥250.00 was not sent. No money moved."
    assert keypad.text == "Cancelled. Nothing happened and no money moved."


async def test_a_keypad_opened_again_for_the_same_payment_cancels_nothing(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    line, _keypad = await waits_for_pin(world, a, b)
    draft, = world.rows(Draft)
    await a.says(f"/start pin_{draft.token}")
    await a.types_pin(PIN)
    assert line.text.startswith("Alice sent")


async def test_a_cancel_in_the_group_cancels_the_payment_behind_the_keypad(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    line, keypad = await waits_for_pin(world, a, b)
    await a.says("/cancel", chat=GROUP)
    assert [draft.state for draft in world.rows(Draft)] == ["cancelled"]
    assert line.text == "Cancelled: ¥250.00 was not sent. No money moved."
    assert keypad.text == "Cancelled. Nothing happened and no money moved."
    assert a.sees(GROUP) == "Cancelled. No money moved."
    assert world.public()[-1] is line, "the others only read that nothing was sent"


async def test_where_nobody_can_be_told_alone_the_group_reads_only_the_way_to_the_private_chat(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    from aiogram.methods import SendMessage

    world.session.refuse(SendMessage, "not enough rights to send ephemeral messages")
    await a.says("/send 900", chat=GROUP, reply_to=spoken(b))
    said = world.public()[-1]
    assert said.text == "I have answered you in our private chat."
    assert said.buttons[0].url == "https://t.me/ikmpay_bot"


async def test_somebody_without_a_wallet_is_shown_the_way(world: MoneyWorld, b: Somebody) -> None:
    e = eve(world)
    await e.says("/send 20", chat=GROUP, reply_to=spoken(b))
    assert "no wallet yet" in world.whispered(e)[-1]
    shown = [one for one in world.session.in_chat(GROUP) if one.receiver == e.id][-1]
    assert (shown.buttons[0].url or "").startswith("https://t.me/ikmpay_bot?start=")


@pytest.mark.parametrize(("typed", "said"), [
    ("/send @bob", "There is no amount"),
    ("/send @bob 0", "zero"),
    ("/send @bob -5", "negative"),
    ("/send @bob 1.234", "2 decimals at most"),
    ("/send @bob 1e3", "exponent"),
    ("/send @bob 20 USD", "USD isn't used here, only CNY"),
    ("/send 20", "whom to pay"),
    ("/send @bob @eve 20", "amount is for each"),
    ("/send @bob 20 @eve", "Somebody is named after the amount"),
])
async def test_what_cannot_be_read_is_answered_and_moves_nothing(
        world: MoneyWorld, a: Somebody, typed: str, said: str) -> None:
    await a.says(typed)
    assert said in a.sees()
    assert "No money moved" in a.sees() or "no money moved" in a.sees()
    assert sends(world) == []


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


# ---------------------------------------------------------------------------------- somebody who has not joined
async def test_money_for_somebody_who_has_not_joined_waits_on_a_card(world: MoneyWorld, a: Somebody) -> None:
    e = eve(world)
    await a.says("/send 5 coffee", chat=GROUP, reply_to=spoken(e))
    card = world.public()[-1]
    assert card.text == ("🎁 Alice sent <b>¥5.00</b> to Eve.\nNote: coffee\n"
                         "Eve can claim it within 24 hours; otherwise it goes back.")
    assert [button.text for button in card.buttons] == ["Claim", "Take back"]
    hold = world.rows(Hold)[0]
    assert (hold.chat, hold.message) == (GROUP, card.message_id)


async def test_in_private_the_payer_can_pass_the_claim_link_on(world: MoneyWorld, a: Somebody) -> None:
    e = eve(world)
    world.people.seen[e.id] = Seen(e.id, "eve", "Eve", "en", False)
    await a.says("/send @eve 5")
    await a.taps("Confirm")
    copied = a.sees_message().button("Copy claim link").copy_text
    assert copied is not None
    assert copied.text.startswith("https://t.me/ikmpay_bot?start=claim_")
    assert "The money waits for 24 hours" in a.sees()
    hold = world.rows(Hold)[0]
    assert (hold.chat, hold.message) == (a.id, a.sees_message().message_id)


async def test_in_a_mixed_company_the_line_names_who_has_it_and_a_card_who_has_yet_to_claim(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    e = eve(world)
    for person, name in ((b, "bob"), (e, "eve")):
        world.people.seen[person.id] = Seen(person.id, name, person.name, "en", False)
    await a.says("/send @bob @eve 5 each", chat=GROUP)
    await a.taps("Confirm", chat=GROUP)
    texts = [shown.text for shown in world.public()]
    assert texts[-2] == "Alice sent <b>¥5.00</b> to Bob."
    assert texts[-1].startswith("🎁 Alice sent <b>¥5.00</b> to Eve.")


# -------------------------------------------------------------------------------------------------- wizard
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
    shown = a.sees_message()
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


@pytest.mark.parametrize("typed", ["/limits", "/withdraw 5", "／foo"])
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
