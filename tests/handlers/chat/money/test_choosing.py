"""A bare command opens something: what one may want is offered by button, may be typed as well, and is left by
`/cancel`; and what lies near is one button away."""

from __future__ import annotations

import pytest

from handlers.chat.buttons import DraftAct, GivebackButton, GivebackWord, StatementButton, payment_of
from tests.fakes.telegram import Shown
from tests.handlers.chat.money.world import PIN, MoneyWorld, bob, eve, pressed, set_pin, spoken, with_money
from tests.handlers.chat.world import GROUP, Somebody
from wallet import ids
from wallet.rows import Transfer


@pytest.fixture
async def b(world: MoneyWorld) -> Somebody:
    """Bob has money, too."""
    return await with_money(bob(world))


async def pays(world: MoneyWorld, payer: Somebody, receiver: Somebody, amount: str = "20") -> int:
    """Pay in the group; returns the transfer."""
    await payer.says(f"/send {amount}", chat=GROUP, reply_to=spoken(receiver))
    found: Transfer = world.rows(Transfer)[-1]
    return found.id


def labels(shown: Shown) -> list[str]:
    return [button.text for button in shown.buttons]


def offered(shown: Shown) -> list[str]:
    """The payments to choose from, without their times."""
    return [label.partition(",")[0] for label in labels(shown)]


# ------------------------------------------------------------------------------------------- /giveback bare
async def test_what_was_received_lately_is_offered_and_a_press_only_asks(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays(world, a, b, "20")
    await pays(world, a, b, "7")
    await b.says("/giveback")
    assert offered(b.sees_message()) == ["+¥7.00 from Alice", "+¥20.00 from Alice"]
    await b.taps("+¥20.00 from Alice")
    assert b.sees() == "You give <b>¥20.00</b> back to Alice.\nShall it go back?"
    assert await world.balance(b) == 52_700
    await b.taps("Give it back")
    assert b.sees().startswith("↩️ You gave <b>¥20.00</b> back to Alice.")
    assert (await world.balance(a), await world.balance(b)) == (49_300, 50_700)
    await b.says("/giveback")
    assert offered(b.sees_message()) == ["+¥7.00 from Alice"]


@pytest.mark.parametrize("command", ["/giveback", "/receipt"])
async def test_two_that_are_alike_are_told_apart_by_their_time(
        world: MoneyWorld, a: Somebody, b: Somebody, command: str) -> None:
    first = await pays(world, a, b)
    world.later(hours=1)
    second = await pays(world, a, b)
    await b.says(command)
    found = [(payment_of(button), button.text) for button in b.sees_message().buttons if "Alice" in button.text]
    assert found == [(second, "+¥20.00 from Alice, Dec 1, 2026, 1:00\u202fPM"),
                     (first, "+¥20.00 from Alice, Dec 1, 2026, 12:00\u202fPM")]


async def test_with_nothing_received_the_code_is_asked_for(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/giveback")
    assert "like /giveback" in a.sees()
    assert labels(a.sees_message()) == []
    code = ids.code(await pays(world, b, a))
    await a.says(code)
    await a.taps("Give it back")
    assert a.sees().startswith("↩️ You gave <b>¥20.00</b> back to Bob.")


async def test_a_yes_pressed_twice_and_delivered_twice_gives_back_once(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays(world, a, b)
    await b.says("/giveback")
    await b.taps("+¥20.00 from Alice")
    question = b.sees_message()
    first, second = pressed(b, question, "Give it back"), pressed(b, question, "Give it back")
    for update in (first, first, second):
        await world.handle(update)
    assert "out of date" in b.was_alerted()
    assert (await world.balance(a), await world.balance(b)) == (50_000, 50_000)


async def test_no_leaves_it(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays(world, a, b)
    await b.says("/giveback")
    await b.taps("+¥20.00 from Alice")
    await b.taps("Cancel")
    assert b.sees() == "Cancelled. No money moved."
    assert b.id not in world.dialogs.texts
    assert await world.balance(b) == 52_000


async def test_a_question_that_was_left_is_not_answered_any_more(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays(world, a, b)
    await b.says("/giveback")
    await b.taps("+¥20.00 from Alice")
    question = b.sees_message()
    await b.says("/cancel")
    await b.taps("Give it back", question)
    assert "out of date" in b.was_alerted()
    assert await world.balance(b) == 52_000


async def test_above_the_limit_the_yes_leads_to_the_pin(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await set_pin(b)
    await set_pin(a)
    await a.says("/send 300", chat=GROUP, reply_to=spoken(b))
    await a.types_pin(PIN)
    await b.says("/giveback")
    await b.taps("+¥300.00 from Alice")
    await b.taps("Give it back")
    assert await world.balance(b) == 80_000
    await b.types_pin(PIN)
    assert b.sees().startswith("↩️ You gave <b>¥300.00</b> back to Alice.")


async def test_nobody_asks_about_what_they_did_not_receive(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    transfer = await pays(world, a, b)
    e = await with_money(eve(world), "10")
    for number in (transfer, 987654):
        await e.forges(GivebackButton(transfer=number).pack(), e.sees_message())
        assert "no receipt of yours" in e.was_alerted()
    await e.forges(GivebackWord(act=DraftAct.CONFIRM, token="x" * 22).pack(), e.sees_message())
    assert "out of date" in e.was_alerted()
    await a.forges(GivebackButton(transfer=transfer).pack(), a.sees_message())
    assert "isn't yours to give back" in a.was_alerted()
    topped_up = next(row.id for row in world.rows(Transfer) if row.kind == "top_up")
    await a.forges(GivebackButton(transfer=topped_up).pack(), a.sees_message())
    assert "can be given back, and this is none" in a.was_alerted()
    assert await world.balance(b) == 52_000


# ------------------------------------------------------------------------------------- receipts and what is near
async def test_a_receipt_of_what_was_received_leads_to_giving_it_back_once(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    transfer = await pays(world, a, b)
    for person, wanted in ((a, False), (b, True)):
        await person.says(f"/receipt {ids.code(transfer)}")
        assert ("↩️ Give it back" in labels(person.sees_message())) is wanted
    receipt = b.sees_message()
    await b.taps("Give it back", receipt)
    await b.taps("Give it back")
    given = world.rows(Transfer)[-1].id
    await b.taps("Give it back", receipt)
    assert "given this payment back before" in b.was_alerted()
    for person in (a, b):
        await person.says(f"/receipt {ids.code(transfer)}")
        assert ids.code(given) in person.sees()
        assert "↩️ Give it back" not in labels(person.sees_message())


async def test_in_a_group_a_receipt_has_no_button_that_gives_back(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    transfer = await pays(world, a, b)
    await b.says(f"/receipt {ids.code(transfer)}", chat=GROUP)
    assert "↩️ Give it back" not in labels(b.sees_message(GROUP))
    await b.forges(GivebackButton(transfer=transfer).pack(), chat=GROUP)
    assert "only in a private chat" in b.was_alerted()


async def test_a_bare_receipt_offers_the_latest(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays(world, a, b)
    await a.says("/receipt")
    assert offered(a.sees_message()) == ["-¥20.00 to Bob", "+¥500.00 topped up"]
    await a.taps("-¥20.00 to Bob")
    assert "¥20.00" in a.sees()
    assert "Bob" in a.sees()


async def test_a_bare_receipt_still_takes_a_code(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = ids.code(await pays(world, a, b))
    await a.says("/receipt")
    await a.says("what?")
    assert "isn't a receipt's code" in a.sees()
    await a.says(code)
    assert "Bob" in a.sees()


@pytest.mark.parametrize(("command", "way"), [("/giveback", "giveback_now"), ("/receipt", "receipt_now")])
async def test_in_a_group_the_way_to_the_private_chat_is_shown(
        world: MoneyWorld, a: Somebody, b: Somebody, command: str, way: str) -> None:
    await pays(world, a, b)
    before = len(world.public())
    await b.says(command, chat=GROUP)
    assert all("¥20.00" not in shown.text for shown in world.public()[before:])
    (shown,) = b.sees_message(GROUP).buttons
    assert shown.url == f"https://t.me/ikmpay_bot?start={way}"
    await b.says(f"/start {way}")
    assert "+¥20.00 from Alice" in offered(b.sees_message())


async def test_balance_history_and_settings_lead_to_the_statement(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays(world, a, b)
    for command in ("/balance", "/history", "/settings"):
        charts = len(world.drawer.charts)
        await a.says(command)
        await a.taps("Statement")
        assert len(world.drawer.charts) == charts + 1


async def test_a_month_of_the_history_leads_to_its_statement_and_that_to_its_neighbours(
        world: MoneyWorld, a: Somebody) -> None:
    def drawn() -> Shown:
        return next(shown for shown in reversed(world.session.in_chat(a.id)) if shown.buttons)

    world.later(days=31)
    await a.says("/history 2026-12")
    await a.taps("Statement")
    assert "December 2026" in drawn().text
    assert labels(drawn()) == ["📄 PDF", "📑 Table (CSV)", "January 2027 ›", "🧾 History"], "the wallet is no older"
    await a.taps("January 2027 ›", drawn())
    assert labels(drawn()) == ["‹ December 2026", "🧾 History"]
    await a.taps("‹ December 2026", drawn())
    assert "December 2026" in drawn().text


async def test_a_forged_month_is_stale_and_a_group_only_gets_the_way(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    for month in (13, 202613, 202600):
        await a.forges(StatementButton(month=month).pack(), a.sees_message())
        assert "out of date" in a.was_alerted()
    await pays(world, a, b)
    charts = len(world.drawer.charts)
    await a.forges(StatementButton(month=0).pack(), chat=GROUP)
    assert len(world.drawer.charts) == charts
    assert a.sees(GROUP) == "I send statements in our private chat only."


async def test_settings_lead_to_the_nickname_which_asks_for_the_new_one(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/settings")
    assert labels(a.sees_message()) == [
        "🌐 Language", "✏️ Nickname", "🔑 Set a PIN", "👆 No-PIN limit", "⏳ When it arrives",
        "📥 Confirm incoming", "🐧 QQ number", "📊 Statement", "📄 Agreements"]
    await a.taps("Nickname")
    assert "You may change it exactly once" in a.sees()
    await a.says("Green Tea")
    await a.taps("Confirm")
    assert "Your nickname is Green Tea" in a.sees()


# ----------------------------------------------------------------------------------------------- /topup bare
async def test_a_bare_top_up_takes_an_amount_typed_or_pressed(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/topup")
    offer = a.sees_message()
    await a.says("lots")
    assert "can't read that as an amount" in a.sees()
    await a.says("35.50")
    assert a.sees().startswith("✅ ¥35.50 of play money added.")
    await a.says("12")
    assert "didn't understand" in a.sees()
    await a.taps("¥20.00", offer)
    assert await world.balance(a) == 50_000 + 3_550 + 2_000


async def test_an_amount_that_is_refused_may_be_followed_by_another(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/topup")
    await a.says("1001")
    assert "You can add up to" in a.sees()
    await a.says("10")
    assert await world.balance(a) == 51_000


# --------------------------------------------------------------------------------------------------- leaving
@pytest.mark.parametrize("command", ["/send", "/giveback", "/receipt", "/topup", "/nickname"])
async def test_cancel_leaves_whatever_a_bare_command_began(
        world: MoneyWorld, a: Somebody, b: Somebody, command: str) -> None:
    await pays(world, b, a)
    await a.says(command)
    assert a.id in world.dialogs.texts
    await a.says("/cancel")
    assert a.sees() == "Cancelled. No money moved."
    assert a.id not in world.dialogs.texts
    before = await world.balance(a)
    await a.says("20")
    assert await world.balance(a) == before
