"""People send each other money: at once where it is sure whom they mean; what is wrong is said to them alone."""

from __future__ import annotations

import pytest
from aiogram.types import MessageEntity

from handlers.ground import ANONYMOUS_ADMIN, Seen
from handlers.keyboards import NoPinLimit
from tests.fakes.telegram import BOT, Shown, message_update, user
from tests.handlers.chat.money.world import PIN, MoneyWorld, eve, set_pin, spoken, with_money
from tests.handlers.chat.world import GROUP, Somebody
from wallet.rows import Draft, Hold, Transfer


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
    await li.says("转账 20", chat=GROUP, reply_to=spoken(b))
    assert await world.balance(b) == 2000


async def test_plain_words_with_a_note_under_a_message_may_be_talk_and_wait_for_a_confirm(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("转账 20 收到没有", chat=GROUP, reply_to=spoken(b))
    shown = world.public()[-1]
    assert shown.text == "Send <b>¥20.00</b> to Bob?\nNote: 收到没有\nOnly Alice can confirm this."
    await b.taps("Confirm", shown)
    assert "for somebody else" in b.was_alerted()
    assert await world.balance(b) == 0
    await a.taps("Confirm", shown)
    assert await world.balance(b) == 2000


async def test_plain_words_with_a_note_pay_at_once_in_private_and_to_whom_they_name(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20", chat=GROUP, reply_to=spoken(b))
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob", "en", False)
    await a.says("转账 @bob 20 午饭")
    await a.says("转账 @bob 20 午饭", chat=GROUP)
    assert await world.balance(b) == 6000


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
    ("/send @bob20", "a space is missing between the name and the amount"),
    ("/send @bob @eve 20", "amount is for each"),
    ("/send @bob 20 @eve", "Somebody is named after the amount"),
])
async def test_what_cannot_be_read_is_answered_and_moves_nothing(
        world: MoneyWorld, a: Somebody, typed: str, said: str) -> None:
    await a.says(typed)
    assert said in a.sees()
    assert "No money moved" in a.sees() or "no money moved" in a.sees()
    assert sends(world) == []


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
