"""A member who confirms what comes in is asked by buttons, once, and both sides read what became of it."""

from __future__ import annotations

import pytest
from aiogram.types import Update

from handlers.chat.buttons import HoldAct, HoldButton
from handlers.ground import Seen
from handlers.jobs.expiry import expire_holds
from handlers.keyboards import ConfirmIncoming
from tests.fakes.telegram import Shown
from tests.handlers.chat.money.world import MoneyWorld, bob, eve, pressed, spoken, with_money
from tests.handlers.chat.world import GROUP, SPEAKERS, Somebody
from wallet import ids
from wallet.events import MoneyWaits, read
from wallet.rows import Hold, Member


@pytest.fixture
async def b(world: MoneyWorld) -> Somebody:
    """Bob confirms what comes in."""
    person = await with_money(bob(world), "100")
    await turns(person, "Let it wait for me")
    return person


@pytest.fixture
async def card(world: MoneyWorld, a: Somebody, b: Somebody) -> Shown:
    """Alice sent Bob 20 in the group."""
    await a.says("/send 20 lunch", chat=GROUP, reply_to=spoken(b))
    return world.public()[-1]


async def turns(person: Somebody, label: str) -> None:
    await person.says("/settings")
    await person.taps("Confirm incoming")
    await person.taps(label)


async def offer(world: MoneyWorld, person: Somebody) -> Shown:
    """What the receiver reads in private, with its buttons."""
    told = await world.tell(person, "MoneyWaits")
    message = await world.bot.send_message(person.id, told.text, reply_markup=told.markup)
    event = read("MoneyWaits", world.notices(person, "MoneyWaits")[-1].facts)
    assert isinstance(event, MoneyWaits)
    await world.cards.place_offer(event, message.message_id)
    return person.sees_message()


def states(world: MoneyWorld) -> list[str]:
    return [hold.state for hold in world.rows(Hold)]


def at_once(world: MoneyWorld, *updates: Update) -> list[Update]:
    """Presses that come twice each."""
    return [update for update in updates for _ in range(2)]


# --------------------------------------------------------------------------------------------- the setting
async def test_settings_say_how_it_is_and_turn_it(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/settings")
    assert "What others send you: arrives at once" in a.sees()
    await a.taps("Confirm incoming")
    assert "waits for 24 hours" in a.sees()
    await a.taps("Let it wait for me")
    assert a.sees() == "✅ From now on what others send you waits until you accept it."
    await a.says("/settings")
    assert "What others send you: waits until you accept it" in a.sees()
    await turns(a, "Let it arrive at once")
    assert world.rows(Member)[0].confirm_incoming == 0


async def test_the_same_choice_again_and_a_forged_one_change_ones_own_only(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    for _ in range(2):
        await a.forges(ConfirmIncoming(on=True).pack())
    assert [row.confirm_incoming for row in world.rows(Member)] == [1, 1]
    await a.forges(ConfirmIncoming(on=False).pack())
    assert [row.confirm_incoming for row in world.rows(Member)] == [0, 1]


# ------------------------------------------------------------------------------------------------- waiting
async def test_the_group_reads_that_it_waits_and_the_receiver_is_asked_in_private(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    assert card.text == ("🎁 Alice sent <b>¥20.00</b> to Bob.\nNote: lunch\n"
                         "Bob can accept it within 24 hours; otherwise it goes back.")
    assert [button.text for button in card.buttons] == ["Accept", "Decline", "Take back"]
    asked = await offer(world, b)
    assert asked.text.startswith("🎁 Alice sent you <b>¥20.00</b>.\nNote: lunch\nIt is yours once you accept it.")
    assert [button.text for button in asked.buttons] == ["Accept", "Decline"]
    went = await world.tell(a, "MoneyWent")
    assert went.text.endswith("Still to be accepted: Bob. The money waits for 24 hours; what is not accepted comes "
                              "back.")
    assert (await world.balance(a), await world.balance(b)) == (48000, 10000)


async def test_in_private_the_payer_may_take_it_back_and_has_no_link_to_pass_on(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    await a.taps("Take back", card)
    await a.says(f"/send +{b.phone[1:]} 3")
    await a.taps("Confirm")
    receipt = a.sees_message()
    assert "Still to be accepted:" in receipt.text
    assert [button.text for button in receipt.buttons] == ["Take back", "Receipt", "💰 Balance"]


async def test_of_several_receivers_each_reads_what_is_theirs(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    e = await with_money(eve(world), "10")
    await b.taps("Accept", card)
    await a.says("/send 5", chat=GROUP, reply_to=spoken(e))
    for person, username in ((b, "bob"), (e, "eve")):
        world.people.seen[person.id] = Seen(person.id, username, person.name, "en", is_bot=False)
    before = len(world.public())
    await a.says("/send @bob @eve 7 each", chat=GROUP)
    said = [shown.text for shown in world.public()[before:]]
    assert said[0] == "Alice sent <b>¥7.00</b> to Eve."
    assert said[1].startswith("🎁 Alice sent <b>¥7.00</b> to Bob.")
    assert await world.balance(e) == 1000 + 500 + 700


# ----------------------------------------------------------------------------------------------- their word
async def test_accepted_in_the_group(world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    await b.taps("Accept", card)
    assert b.was_alerted() == "✅ You received ¥20.00 from Alice. Balance: ¥120.00"
    assert (card.text, card.buttons) == ("✅ Bob accepted ¥20.00 from Alice.", [])
    assert (await world.tell(a, "HoldSettled")).text == "✅ Bob accepted the ¥20.00 that you sent."


async def test_accepted_in_private(world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    asked = await offer(world, b)
    await b.taps("Accept", asked)
    assert asked.text == "✅ You received <b>¥20.00</b> from Alice. Balance: ¥120.00"
    assert card.text == "✅ Bob accepted ¥20.00 from Alice."


async def test_declined_in_private(world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    asked = await offer(world, b)
    await b.taps("Decline", asked)
    assert (asked.text, asked.buttons) == ("↩️ You declined ¥20.00, and it went back.", [])
    assert (card.text, card.buttons) == ("↩️ Bob declined ¥20.00 from Alice, so it went back.", [])
    told = await world.tell(a, "HoldReturned")
    assert told.text == "↩️ Bob declined your ¥20.00, so it is back in your wallet."
    assert (await world.balance(a), await world.balance(b)) == (50000, 10000)


async def test_declined_in_the_group_is_heard_alone(world: MoneyWorld, b: Somebody, card: Shown) -> None:
    await b.taps("Decline", card)
    assert b.was_alerted() == "↩️ You declined ¥20.00, and it went back."
    assert card.text == "↩️ Bob declined ¥20.00 from Alice, so it went back."


async def test_pressed_from_two_phones_and_delivered_twice_it_ends_once(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    asked = await offer(world, b)
    for update in at_once(world, pressed(b, card, "Accept"), pressed(b, asked, "Accept"), pressed(b, card, "Decline"),
                          pressed(a, card, "Take back")):
        await world.handle(update)
    assert states(world) == ["settled"]
    assert (await world.balance(a), await world.balance(b)) == (48000, 12000)
    assert "has already arrived" in a.was_alerted()


async def test_after_no_a_yes_hears_that_it_was_declined(world: MoneyWorld, b: Somebody, card: Shown) -> None:
    yes = pressed(b, card, "Accept")
    await b.taps("Decline", card)
    await world.handle(yes)
    assert "was declined" in b.was_alerted()
    assert await world.balance(b) == 10000


async def test_taken_back_while_they_think_about_it(world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    asked = await offer(world, b)
    presses = [pressed(b, asked, label) for label in ("Accept", "Decline")]
    await a.taps("Take back", card)
    assert card.text == "↩️ Alice took back ¥20.00 that waited for Bob."
    for press in presses:
        await world.handle(press)
        assert "was taken back" in b.was_alerted()
    assert (await world.tell(b, "HoldWithdrawn")).text == "↩️ Alice took back the ¥20.00 that waited for you."
    assert (await world.balance(a), await world.balance(b)) == (50000, 10000)


async def test_nobody_else_presses_them(world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    e = eve(world)
    for label in ("Accept", "Decline"):
        for person in (a, e):
            await person.taps(label, card)
            assert "meant for somebody else" in person.was_alerted()
    await b.taps("Take back", card)
    assert "for somebody else" in b.was_alerted()
    assert states(world) == ["open"]


async def test_a_forged_press_tells_nothing_about_what_exists(world: MoneyWorld, card: Shown) -> None:
    e = await with_money(eve(world), "10")
    heard = []
    for hold in (world.rows(Hold)[0].id, 987654):
        await e.forges(HoldButton(act=HoldAct.DECLINE, hold=hold).pack(), e.sees_message())
        heard.append(e.was_alerted())
    assert len(set(heard)) == 1


async def test_nothing_is_accepted_by_a_link(world: MoneyWorld, b: Somebody, card: Shown) -> None:
    link = f"/start claim_{ids.code(world.rows(Hold)[0].id)}"
    await b.says(link)
    assert b.sees().startswith("🎁 Alice sent you <b>¥20.00</b>.")
    assert states(world) == ["open"]
    await b.taps("Accept")
    assert states(world) == ["settled"]
    await b.says(link)
    assert "has already arrived" in b.sees()


async def test_who_has_not_agreed_yet_agrees_first_and_then_it_goes_on(
        world: MoneyWorld, a: Somebody, card: Shown) -> None:
    e = eve(world)
    await e.joins()
    await turns(e, "Let it wait for me")
    await a.says("/send 5", chat=GROUP, reply_to=spoken(e))
    asked = await offer(world, e)
    await e.taps("Accept", asked)
    assert states(world) == ["open", "open"]
    await e.agrees()
    assert states(world) == ["open", "settled"]


# ------------------------------------------------------------------------------------------------ the clock
async def test_after_a_day_it_goes_back_and_both_read_so(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    asked = await offer(world, b)
    world.later(hours=25)
    assert await expire_holds(world.engine, world.reads, int(world.moment.timestamp() * 1_000_000)) == 1
    assert (await world.tell(a, "HoldReturned")).text == (
        "⌛ Bob did not accept your ¥20.00 within 24 hours, so it is back in your wallet.")
    assert "waited for 24 hours and went back" in (await world.tell(b, "HoldWithdrawn")).text
    await b.taps("Accept", asked)
    assert "within 24 hours" in b.was_alerted()
    assert card.text == "⌛ Bob did not accept ¥20.00 within 24 hours, so it went back to Alice."


async def test_a_press_before_the_clock_comes_is_too_late_too(world: MoneyWorld, b: Somebody, card: Shown) -> None:
    world.later(hours=25)
    for label in ("Accept", "Decline"):
        await b.forges(HoldButton(act=HoldAct.CLAIM if label == "Accept" else HoldAct.DECLINE,
                                  hold=world.rows(Hold)[0].id).pack(), b.sees_message())
        assert "within 24 hours" in b.was_alerted()
    assert states(world) == ["open"]


# ----------------------------------------------------------------------------------------- where it is seen
async def test_turned_off_with_money_waiting_it_still_waits_and_is_found_in_the_balance(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    await turns(b, "Let it arrive at once")
    assert "goes on waiting for your word" in b.sees()
    await b.says("/balance")
    assert "Waiting for you: ¥20.00" in b.sees()
    await b.taps("Waiting for you")
    await b.taps("Accept")
    assert await world.balance(b) == 12000
    await a.says("/send 1", chat=GROUP, reply_to=spoken(b))
    assert await world.balance(b) == 12100


async def test_told_of_several_at_once_they_still_find_the_way_to_answer(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    await a.says("/send 5", chat=GROUP, reply_to=spoken(b))
    told = await offer(world, b)
    assert "¥20.00" in told.text
    assert "¥5.00" in told.text
    await b.taps("Waiting for you", told)
    for amount in ("¥5.00", "¥20.00"):
        await b.taps("Accept", next(shown for shown in world.session.in_chat(b.id) if amount in shown.text
                                    and len(shown.buttons) == 2 and shown.buttons[0].text == "Accept"))
    assert states(world) == ["settled", "settled"]


async def test_what_waits_for_one_is_shown_in_private_only(world: MoneyWorld, b: Somebody, card: Shown) -> None:
    await b.says("/balance", chat=GROUP)
    before = len(world.public())
    await b.forges("o:offered", card)
    assert all("¥20.00" not in shown.text for shown in world.public()[before:])
    await b.taps("Decline", card)
    await b.forges("o:offered", b.sees_message())
    assert b.sees() == "Nothing waits for you any more."


@pytest.mark.parametrize(("label", "line", "state"), [
    ("Accept", "to Bob, accepted", "Accepted"), ("Decline", "to Bob, declined", "Declined; it went back")])
async def test_history_and_receipt_tell_what_became_of_it(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown, label: str, line: str, state: str) -> None:
    await a.says("/history")
    assert "to Bob, waits to be accepted" in a.sees()
    await b.taps(label, card)
    await a.says("/history")
    assert line in a.sees()
    await a.says(f"/receipt {ids.code(world.rows(Hold)[0].transfer)}")
    shown = a.sees()
    assert "Transfer, to be accepted" in shown
    assert state in shown


async def test_both_sides_quote_one_code_from_the_offer_to_the_end(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    code = ids.code(world.rows(Hold)[0].transfer)
    asked = await offer(world, b)
    assert f"Receipt: <code>{code}</code>" in asked.text
    await b.says(f"/receipt {code}")
    assert "Waits to be accepted" in b.sees()
    await b.taps("Accept", asked)
    taken = ids.code(world.rows(Hold)[0].ended_by)
    for person in (a, b):
        await person.says(f"/receipt {code}")
        for row in ("<th>From</th><td>Alice<", "<th>To</th><td>Bob<", "<th>Accepted with</th>", taken):
            assert row in person.sees()
        await person.says(f"/receipt {taken}")
        assert "<th>Set aside with</th>" in person.sees()
        assert code in person.sees()
    e = await with_money(eve(world), "10")
    await e.says(f"/receipt {code}")
    assert code not in e.sees()


@pytest.mark.parametrize("label", ["Decline", "Take back"])
async def test_who_was_to_receive_what_went_back_can_still_look_it_up(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown, label: str) -> None:
    await (b if label == "Decline" else a).taps(label, card)
    await b.says(f"/receipt {ids.code(world.rows(Hold)[0].transfer)}")
    assert ("Declined; it went back" if label == "Decline" else "Taken back by the sender") in b.sees()
    assert "Accepted with" not in b.sees()


async def test_what_was_accepted_is_given_back_as_ever(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    await b.taps("Accept", card)
    await b.says(f"/giveback {ids.code(world.rows(Hold)[0].ended_by)}")
    await b.taps("Give it back")
    assert "You gave <b>¥20.00</b> back to Alice" in b.sees()
    assert (await world.balance(a), await world.balance(b)) == (50000, 10000)


async def test_the_statement_has_its_own_words_for_it(world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    await b.taps("Accept", card)
    for person, words in ((a, "Sent, to be accepted"), (b, "Received by accepting")):
        await person.says("/statement")
        assert words in {share.label for share in world.drawer.charts[-1].shares}


@pytest.mark.parametrize("label", ["Accept", "Decline", "Take back", ""])
async def test_a_number_does_not_tell_whose_it_is_however_it_ends(
        world: MoneyWorld, a: Somebody, b: Somebody, label: str) -> None:
    world.people.seen[b.id] = Seen(b.id, "bob", "Bob Barker", "en", is_bot=False)
    await a.says(f"/send +{b.phone[1:]} 3")
    await a.taps("Confirm")
    receipt, asked = a.sees_message(), await offer(world, b)
    await a.says("/balance")
    await a.taps("On its way")
    if label == "Take back":
        await a.taps(label, receipt)
    elif label:
        await b.taps(label, asked)
    else:
        world.later(hours=25)
        await expire_holds(world.engine, world.reads, int(world.moment.timestamp() * 1_000_000))
    ended = await world.tell(a, "HoldSettled", "HoldReturned") if label != "Take back" else None
    await a.says("/history")
    await a.says(f"/receipt {ids.code(world.rows(Hold)[0].transfer)}")
    told = "".join([*world.session.texts(a.id), ended.text if ended else ""])
    assert "B***" in told
    assert "Barker" not in told
    assert "@bob" not in told


async def test_whoever_was_named_before_is_not_told_to_be_behind_a_number(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown) -> None:
    await b.taps("Accept", card)
    await a.says(f"/send +{b.phone[1:]} 3")
    await a.taps("Confirm")
    assert world.rows(Hold)[-1].by_number == 1


# ------------------------------------------------------------------------- what offered it in private, afterwards
@pytest.mark.parametrize(("label", "said"), [
    ("Accept", "✅ Bob accepted ¥20.00 from Alice."), ("Decline", "↩️ Bob declined ¥20.00 from Alice, so it went back."),
    ("Take back", "🎁 Alice sent you ¥20.00. It does not wait for you any more.")])
async def test_an_offer_that_was_answered_elsewhere_offers_nothing_any_more(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown, label: str, said: str) -> None:
    asked = await offer(world, b)
    await (a if label == "Take back" else b).taps(label, card)
    for edit in (await world.tell(b, "HoldWithdrawn")).edits if label == "Take back" else ():
        await world.bot.edit_message_text(SPEAKERS["en"].say(edit.text), chat_id=edit.chat, message_id=edit.message)
    now = world.session.shown[b.id, asked.message_id]
    assert (now.text, now.buttons) == (said, [])


@pytest.mark.parametrize("label", ["Accept", "Decline"])
async def test_an_offer_that_comes_too_late_is_closed_at_once(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown, label: str) -> None:
    await b.taps(label, card)
    late = await offer(world, b)
    assert (f"Bob {label.lower()[:6]}" in late.text, late.buttons) == (True, [])


@pytest.mark.parametrize("label", ["Accept", "Decline"])
async def test_another_message_that_still_offers_it_is_closed_when_it_is_pressed(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown, label: str) -> None:
    first, _second = await offer(world, b), await offer(world, b)
    await b.taps("Decline", card)
    await b.taps(label, first)
    assert "went back" in b.was_alerted()
    assert (world.session.shown[b.id, first.message_id].text, world.session.shown[b.id, first.message_id].buttons) == (
        "↩️ Bob declined ¥20.00 from Alice, so it went back.", [])


@pytest.mark.parametrize(("label", "said"), [("Accept", "✅ You received"), ("Decline", "↩️ You declined ¥20.00")])
async def test_an_offer_that_was_answered_where_it_stands_says_so_to_its_reader(
        world: MoneyWorld, a: Somebody, b: Somebody, card: Shown, label: str, said: str) -> None:
    asked = await offer(world, b)
    await b.taps(label, asked)
    assert world.session.shown[b.id, asked.message_id].text.startswith(said)
