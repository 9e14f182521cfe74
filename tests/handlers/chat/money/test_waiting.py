"""Money that waits for somebody who has yet to join ends once: claimed, taken back, or back by itself."""

from __future__ import annotations

import pytest
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Update

from handlers.chat.following import PAGE
from handlers.ground import Seen
from handlers.jobs.expiry import expire_holds
from tests.fakes.telegram import Shown, message_update
from tests.handlers.chat.money.world import MoneyWorld, bob, eve, pressed, spoken, with_money
from tests.handlers.chat.world import GROUP, Somebody
from wallet import ids
from wallet.groups import SetGroupRule
from wallet.rows import GroupRules, Hold


@pytest.fixture
async def e(world: MoneyWorld) -> Somebody:
    return eve(world)


@pytest.fixture
async def card(world: MoneyWorld, a: Somebody, e: Somebody) -> Shown:
    """Alice sent 5 to Eve, who has not joined."""
    await a.says("/send 5 coffee", chat=GROUP, reply_to=spoken(e))
    return world.public()[-1]


def code(world: MoneyWorld) -> str:
    return ids.code(world.rows(Hold)[0].id)


def states(world: MoneyWorld) -> list[str]:
    return [hold.state for hold in world.rows(Hold)]


async def accepts_what_is_needed(person: Somebody) -> None:
    agree = person.sees_message().buttons[-1].callback_data
    assert agree is not None
    await person.forges(agree)


# ------------------------------------------------------------------------------------------------ claiming
async def test_claim_leads_somebody_without_a_wallet_to_joining_with_the_claim(
        world: MoneyWorld, e: Somebody, card: Shown) -> None:
    await e.taps("Claim", card)
    assert world.session.of(AnswerCallbackQuery)[-1].url == f"https://t.me/ikmpay_bot?start=claim_{code(world)}"
    assert states(world) == ["open"]


async def test_somebody_joins_by_the_link_and_claims(world: MoneyWorld, a: Somebody, e: Somebody, card: Shown) -> None:
    await e.says(f"/start claim_{code(world)}")
    await e.taps("English")
    await e.taps("I am 18 or older, and I agree")
    await e.shares()
    assert e.sees().startswith("🎁 Alice sent you")
    await e.agrees()
    assert await world.balance(e) == 500
    assert e.sees() == "✅ You received <b>¥5.00</b> from Alice. Balance: ¥5.00"
    assert card.text == "✅ Eve claimed ¥5.00 from Alice."
    assert card.buttons == []
    assert (await world.tell(a, "HoldSettled")).text == "✅ Eve claimed the ¥5.00 that you sent."


async def test_who_joined_opens_the_receipt_that_the_sender_quotes(
        world: MoneyWorld, a: Somebody, e: Somebody, card: Shown) -> None:
    code = ids.code(world.rows(Hold)[0].transfer)
    await e.joins()
    await e.says(f"/receipt {code}")
    assert "Not claimed yet" in e.sees()
    assert "<td>Alice<" in e.sees()


async def test_who_joins_for_money_that_was_taken_back_hears_that_first_and_what_else_waits(
        world: MoneyWorld, a: Somebody, e: Somebody, card: Shown) -> None:
    await a.says("/send 3", chat=GROUP, reply_to=spoken(e))
    await e.says(f"/start claim_{code(world)}")
    await e.taps("English")
    await e.taps("I am 18 or older, and I agree")
    await a.taps("Take back", card)
    await e.shares()
    *_, over, other = world.session.in_chat(e.id)
    assert "was taken back" in over.text
    assert other.text.startswith("🎁 Alice sent you <b>¥3.00</b>")
    assert not any("read and accept" in shown.text for shown in (over, other))


async def test_nobody_agrees_to_anything_for_money_whose_time_is_over(
        world: MoneyWorld, e: Somebody, card: Shown) -> None:
    await e.joins()
    world.later(hours=25)
    await e.taps("Claim", card)
    assert "within 24 hours" in e.was_alerted()
    assert card.buttons == []
    await e.says(f"/start claim_{code(world)}")
    assert "within 24 hours" in e.sees()


async def test_a_member_claims_with_one_tap_in_the_group_and_hears_it_alone(
        world: MoneyWorld, e: Somebody, card: Shown) -> None:
    await with_money(e, "10")
    await e.taps("Claim", card)
    assert e.was_alerted() == "✅ You received ¥5.00 from Alice. Balance: ¥15.00"
    assert card.text == "✅ Eve claimed ¥5.00 from Alice."


async def test_the_link_works_for_somebody_who_has_a_wallet(world: MoneyWorld, e: Somebody, card: Shown) -> None:
    await with_money(e, "10")
    await e.says(f"/start claim_{code(world)}")
    assert "You received <b>¥5.00</b>" in e.sees()
    assert card.text == "✅ Eve claimed ¥5.00 from Alice."


async def test_the_same_claim_delivered_again_pays_once(world: MoneyWorld, e: Somebody, card: Shown) -> None:
    await with_money(e, "10")
    first, second = pressed(e, card, "Claim"), pressed(e, card, "Claim")
    for update in (first, first, second):
        await world.handle(update)
    assert await world.balance(e) == 1500
    assert "has already arrived" in e.was_alerted()


async def test_nobody_else_claims(world: MoneyWorld, a: Somebody, card: Shown) -> None:
    b = bob(world)
    await b.taps("Claim", card)
    assert "meant for somebody else" in b.was_alerted()
    await b.joins()
    await b.taps("Claim", card)
    assert "meant for somebody else" in b.was_alerted()
    await a.taps("Claim", card)
    assert "meant for somebody else" in a.was_alerted()
    assert states(world) == ["open"]


async def test_somebody_elses_link_and_a_made_up_one_are_answered_alike(world: MoneyWorld, card: Shown) -> None:
    b = await with_money(bob(world), "10")
    await b.says(f"/start claim_{code(world)}")
    real = b.sees()
    await b.says(f"/start claim_{ids.code(987654)}")
    assert b.sees() == real
    assert "No such payment waits for you" in real


async def test_a_forged_button_tells_nothing_about_what_exists(world: MoneyWorld, card: Shown) -> None:
    b = await with_money(bob(world), "10")
    elsewhere = b.sees_message()
    heard = []
    for hold in (world.rows(Hold)[0].id, 987654):
        for act in "ct":
            await b.forges(f"mw:{act}:{hold}", elsewhere)
            heard.append(b.was_alerted())
    assert len(set(heard)) == 1


async def test_whoever_has_just_joined_sees_what_waits(world: MoneyWorld, e: Somebody, card: Shown) -> None:
    await e.joins()
    assert any(shown.text.startswith("🎁 Alice sent you <b>¥5.00</b>.\nNote: coffee")
               for shown in world.session.in_chat(e.id))


# --------------------------------------------------------------------------------------------- taking back
async def test_the_sender_takes_it_back(world: MoneyWorld, a: Somebody, card: Shown) -> None:
    await a.taps("Take back", card)
    assert a.was_alerted() == "↩️ ¥5.00 is back in your wallet."
    assert card.text == "↩️ Alice took back ¥5.00 that waited for Eve."
    assert await world.balance(a) == 50000


async def test_nobody_else_takes_it_back(world: MoneyWorld, e: Somebody, card: Shown) -> None:
    await e.taps("Take back", card)
    assert "for somebody else" in e.was_alerted()
    await with_money(e, "10")
    await e.taps("Take back", card)
    assert "for somebody else" in e.was_alerted()
    assert states(world) == ["open"]


async def test_a_claim_after_it_was_taken_back_is_told_so(
        world: MoneyWorld, a: Somebody, e: Somebody, card: Shown) -> None:
    await with_money(e, "10")
    claim = pressed(e, card, "Claim")
    await a.taps("Take back", card)
    await world.handle(claim)
    assert "was taken back" in e.was_alerted()
    assert await world.balance(e) == 1000


async def test_ones_own_waiting_payments_are_listed_and_taken_back_there(
        world: MoneyWorld, a: Somebody, card: Shown) -> None:
    await a.says("/balance")
    await a.taps("On its way")
    listed = a.sees_message()
    assert "¥5.00 for Eve" in listed.text
    await a.taps("Take back ¥5.00", listed)
    assert listed.text == "None of your payments is on its way."
    assert card.text == "↩️ Alice took back ¥5.00 that waited for Eve."


async def test_of_a_payment_to_several_each_that_waits_is_taken_back_by_itself(
        world: MoneyWorld, a: Somebody, e: Somebody) -> None:
    for person, name in ((1003, "Eve"), (1009, "Frank")):
        world.people.seen[person] = Seen(person, name.lower(), name, "en", False)
    await a.says("/send @eve @frank 2 each")
    await a.taps("Confirm")
    assert [button.text for button in a.sees_message().buttons] == ["⏳ On its way", "💰 Balance"]
    await a.taps("On its way")
    listed = a.sees_message()
    assert [button.text for button in listed.buttons] == ["Take back ¥2.00 (Eve)", "Take back ¥2.00 (Frank)"]
    await a.taps("Frank", listed)
    assert [button.text for button in listed.buttons] == ["Take back ¥2.00 (Eve)"]
    assert [(hold.beneficiary, hold.state) for hold in world.rows(Hold)] == [(1003, "open"), (1009, "released")]


async def test_a_private_card_becomes_what_became_of_it(world: MoneyWorld, a: Somebody, e: Somebody) -> None:
    world.people.seen[e.id] = Seen(e.id, "eve", "Eve", "en", False)
    await a.says("/send @eve 5")
    await a.taps("Confirm")
    receipt = a.sees_message()
    await a.taps("Take back", receipt)
    assert receipt.text == "↩️ Alice took back ¥5.00 that waited for Eve."


# ------------------------------------------------------------------------------------------------- expiry
async def test_what_nobody_claims_goes_back_once_its_time_is_over(world: MoneyWorld, a: Somebody, card: Shown) -> None:
    now = world.store.clock
    assert await expire_holds(world.engine, world.reads, now()) == 0
    world.later(hours=24, seconds=1)
    assert await expire_holds(world.engine, world.reads, now()) == 1
    assert await expire_holds(world.engine, world.reads, now()) == 0
    assert (states(world), await world.balance(a)) == (["expired"], 50000)
    told = await world.tell(a, "HoldReturned")
    assert told.text == "⌛ Eve did not claim your ¥5.00 within 24 hours, so it is back in your wallet."
    edit, = told.edits
    assert (edit.chat, edit.message) == (GROUP, card.message_id)


async def test_a_clock_that_runs_ahead_returns_nothing_too_early(world: MoneyWorld, card: Shown) -> None:
    assert await expire_holds(world.engine, world.reads, world.store.clock() + 25 * 3_600_000_000) == 0
    assert states(world) == ["open"]


async def test_a_claim_that_comes_first_wins_over_the_clock(world: MoneyWorld, e: Somebody, card: Shown) -> None:
    await with_money(e, "10")
    await e.taps("Claim", card)
    world.later(hours=25)
    assert await expire_holds(world.engine, world.reads, world.store.clock()) == 0
    assert await world.balance(e) == 1500


async def test_a_claim_that_comes_too_late_is_told_so_and_the_card_too(
        world: MoneyWorld, e: Somebody, card: Shown) -> None:
    await with_money(e, "10")
    world.later(hours=25)
    await e.taps("Claim", card)
    assert "within 24 hours" in e.was_alerted()
    assert card.text == "⌛ Eve did not claim ¥5.00 within 24 hours, so it went back to Alice."
    assert await world.balance(e) == 1000


async def test_one_round_of_the_clock_is_bounded(world: MoneyWorld, a: Somebody, e: Somebody) -> None:
    for _ in range(5):
        await world.handle(message_update(a.user, "/send 1", chat=GROUP, reply_to=spoken(e)))
    world.later(hours=25)
    assert await expire_holds(world.engine, world.reads, world.store.clock(), limit=3) == 3
    assert await expire_holds(world.engine, world.reads, world.store.clock(), limit=3) == 2


# ------------------------------------------------------------------- where a group became another chat
SUPERGROUP = -1009


async def test_waiting_money_is_claimed_below_a_card_that_the_group_left_behind(
        world: MoneyWorld, a: Somebody, e: Somebody, card: Shown) -> None:
    await with_money(e, "10")
    world.session.moved[GROUP] = SUPERGROUP
    await e.taps("Claim", card)
    assert states(world) == ["settled"]
    assert await world.balance(e) == 1500
    assert "You received ¥5.00" in e.was_alerted()


async def test_waiting_money_is_taken_back_below_such_a_card_too(
        world: MoneyWorld, a: Somebody, e: Somebody, card: Shown) -> None:
    world.session.moved[GROUP] = SUPERGROUP
    await a.taps("Take back", card)
    assert states(world) == ["released"]
    assert "is back in your wallet" in a.was_alerted()


async def test_a_card_that_is_put_where_the_group_went_is_changed_there(
        world: MoneyWorld, a: Somebody, e: Somebody) -> None:
    world.session.moved[GROUP] = SUPERGROUP
    await a.says("/send 5 coffee", chat=GROUP, reply_to=spoken(e))
    card = world.public(SUPERGROUP)[-1]
    assert (world.rows(Hold)[0].chat, world.rows(Hold)[0].message) == (SUPERGROUP, card.message_id)
    await a.taps("Take back", card)
    assert card.buttons == []
    assert "back" in card.text


async def test_what_is_one_persons_own_reaches_them_where_the_group_is_gone(
        world: MoneyWorld, a: Somebody, e: Somebody) -> None:
    world.session.moved[GROUP] = SUPERGROUP
    before = len(world.session.in_chat(a.id))
    await a.says("/send 5000", chat=GROUP, reply_to=spoken(e))
    assert len(world.session.in_chat(a.id)) == before + 1


def moves(world: MoneyWorld, somebody: Somebody) -> Update:
    world.session.moved[GROUP] = SUPERGROUP
    return message_update(somebody.user, chat=SUPERGROUP, migrate_from_chat_id=GROUP)


async def test_what_waits_is_shown_again_where_the_group_went_and_claimed_there(
        world: MoneyWorld, a: Somebody, e: Somebody, card: Shown) -> None:
    await world.engine.run(SetGroupRule(key="rule", administrator=0, chat=GROUP, rule="shares", value=5))
    update = moves(world, a)
    for _ in range(2):
        await world.handle(update)
    assert world.store.rows[(GroupRules, SUPERGROUP)].values() == (SUPERGROUP, "", 0, 5, 0, 0, 0)
    again, = world.public(SUPERGROUP)
    assert again.text == "🎁 Alice sent <b>¥5.00</b> to Eve.\nNote: coffee"
    await with_money(e, "10")
    await e.taps("Claim", again)
    assert states(world) == ["settled"]
    assert again.text == "✅ Eve claimed ¥5.00 from Alice."
    assert again.buttons == []


async def test_what_no_longer_waits_is_not_shown_again(
        world: MoneyWorld, a: Somebody, e: Somebody, card: Shown) -> None:
    await a.taps("Take back", card)
    await a.says("/send 5 coffee", reply_to=spoken(e))
    await world.handle(moves(world, a))
    assert world.public(SUPERGROUP) == []


async def test_all_follow_a_group_a_page_at_a_time(world: MoneyWorld, a: Somebody, e: Somebody) -> None:
    for number in range(PAGE + 3):
        await a.says(f"/send 1 n{number}", chat=GROUP, reply_to=spoken(e))
    await world.handle(moves(world, a))
    shown = [each.text.splitlines()[-1] for each in world.public(SUPERGROUP)]
    assert shown == [f"Note: n{number}" for number in [*range(3, PAGE + 3), *range(3)]]
