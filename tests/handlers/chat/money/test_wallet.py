"""What members see of their money is theirs alone: balance, history, receipts; and play money."""

from __future__ import annotations

import pytest
from aiogram.methods import SendRichMessage

from handlers.ground import Seen
from tests.fakes.telegram import message_update
from tests.handlers.chat.money.world import MoneyWorld, eve, pressed, spoken
from tests.handlers.chat.world import GROUP, Somebody
from wallet import ids
from wallet.rows import Transfer


def newest(world: MoneyWorld) -> Transfer:
    found: Transfer = world.rows(Transfer)[-1]
    return found


# ------------------------------------------------------------------------------------------------- balance
async def test_the_balance_in_private(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20", chat=GROUP, reply_to=spoken(b))
    await a.says("/send 5", chat=GROUP, reply_to=spoken(eve(world)))
    await a.says("/balance")
    assert a.sees().splitlines()[:3] == [
        "Available: <b>¥475.00</b>", "On its way: ¥5.00", "Left today without your PIN: ¥175.00"]
    labels = [button.text for button in a.sees_message().buttons]
    assert labels == ["💸 Send money", "➕ Top up", "🧾 History", "📊 Statement", "📲 Get paid", "📨 Requests",
                      "⚙️ Settings", "⏳ On its way"]


async def test_in_a_group_only_the_asker_sees_the_balance(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/balance", chat=GROUP)
    assert world.public() == []
    assert all("Available: <b>¥500.00</b>" in said for said in world.whispered(a))


# ------------------------------------------------------------------------------------------------- history
async def test_history_tells_every_movement_with_its_other_side(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20 lunch", chat=GROUP, reply_to=spoken(b))
    await a.says("/send 5", chat=GROUP, reply_to=spoken(eve(world)))
    await a.says("/history")
    lines = a.sees().splitlines()
    assert lines[:2] == ["<b>History</b>", "In ¥500.00, out ¥25.00"]
    noon = "Dec 1, 2026, 12:00\u202fPM"
    assert lines[2:] == ["", "1. <b>-¥5.00</b> to Eve, waits to be claimed", noon,
                         "", "2. <b>-¥20.00</b> to Bob", noon, "Note: lunch", "", "3. <b>+¥500.00</b> topped up", noon]
    await b.says("/history")
    assert "1. <b>+¥20.00</b> from Alice" in b.sees()


async def test_each_line_opens_its_receipt(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20 lunch", chat=GROUP, reply_to=spoken(b))
    await a.says("/history")
    await a.taps("1")
    assert ids.code(newest(world).id) in a.sees()
    assert "lunch" in a.sees()


async def test_filters_and_pages_change_the_same_message(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    for _ in range(10):
        await world.handle(message_update(a.user, "/send 1", chat=GROUP, reply_to=spoken(b)))
    await a.says("/history")
    shown, count = a.sees_message(), len(world.session.in_chat(a.id))
    newest = shown.text
    assert [button.text for button in shown.buttons][-2:] == ["›", "📊 Statement"]
    await a.taps("›", shown)
    assert "topped up" in shown.text
    assert [button.text for button in shown.buttons][-2:] == ["‹", "📊 Statement"]
    await a.taps("‹", shown)
    assert shown.text == newest
    await a.taps("In", shown)
    assert shown.text.count("<b>+") == 1
    assert shown.button("✓ In")
    await a.taps("Out", shown)
    assert "topped up" not in shown.text
    assert len(world.session.in_chat(a.id)) == count


async def test_the_page_stays_where_it_is_while_money_comes(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    for number in range(9):
        await a.says(f"/send {number + 1}", chat=GROUP, reply_to=spoken(b))
    await a.says("/history")
    shown = a.sees_message()
    await a.taps("›", shown)
    older = shown.text
    await a.says("/send 50", chat=GROUP, reply_to=spoken(b))
    await a.taps("‹", shown)
    assert "-¥50.00" not in shown.text
    await a.taps("›", shown)
    assert shown.text.partition("1. ")[2] == older.partition("1. ")[2]


async def test_from_beyond_the_last_page_one_comes_back_to_the_newest(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/history")
    shown = a.sees_message()
    await a.forges(f"mh:{a.id}:0:all:1:0", shown)
    assert "Nothing here." in shown.text
    await a.taps("All", shown)
    assert "topped up" in shown.text
    await a.forges(f"mh:{a.id}:0:all:0:700", shown)
    assert "topped up" in shown.text


async def test_a_months_history_and_one_in_which_nothing_was(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/history 2026-12")
    assert a.sees().startswith("<b>History</b>, December 2026")
    assert "topped up" in a.sees()
    await a.says("账单 2026年11月")
    assert "Nothing here." in a.sees()
    await a.says("/history soon")
    assert "Write it like /history 2026-11, or just /history." in a.sees()


async def test_a_month_to_come_has_no_history(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/history 2027-01")
    assert a.sees() == "January 2027 hasn't begun yet, so there is nothing to show."


async def test_nobody_turns_somebody_elses_pages(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/history")
    shown = a.sees_message()
    before = shown.text
    await b.taps("In", shown)
    assert "for somebody else" in b.was_alerted()
    assert shown.text == before


@pytest.mark.parametrize("data", [
    "mh:1001:209913:all:0:0", "mh:1001:0:up:0:0", "mh:1001:0:all:99999999999999999999:0", "mh:1001:0:all:-1:0",
    "mh:1001:0:all:0:-1", "mh:1001:0:all:0", "mh:1:2",
    "mr:99999999999999999999999999", "mr:-1", "mr:abc",
])
async def test_made_up_buttons_are_answered_and_show_nothing(world: MoneyWorld, a: Somebody, data: str) -> None:
    await a.says("/history")
    shown = a.sees_message()
    before = shown.text
    await a.forges(data, shown)
    assert shown.text == before


# ------------------------------------------------------------------------------------------------ receipts
async def test_both_sides_see_a_receipt_and_nobody_else(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20 lunch", chat=GROUP, reply_to=spoken(b))
    code = ids.code(newest(world).id)
    for person in (a, b):
        await person.says(f"/receipt {code}")
        assert "<th>From</th><td>Alice</td>" in person.sees()
        assert "<th>To</th><td>Bob</td>" in person.sees()
    e = eve(world)
    await e.joins()
    await e.says(f"/receipt {code}")
    refused = e.sees()
    await e.says(f"/receipt {ids.code(424242)}")
    assert e.sees() == refused
    assert "no receipt of yours" in refused


async def test_a_code_is_forgiving_but_its_check_sign_is_not(world: MoneyWorld, a: Somebody) -> None:
    code = ids.code(newest(world).id)
    await a.says(f"/receipt {code[:3].lower()}-{code[3:6]} {code[6:]}")
    assert code in a.sees()
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    await a.says(f"/receipt {wrong}")
    assert "isn't a receipt's code" in a.sees()


async def test_the_bare_command_asks_for_the_code(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/receipt")
    assert "Which receipt?" in a.sees()
    await a.says("nonsense")
    assert "isn't a receipt's code" in a.sees()
    await a.says(ids.code(newest(world).id))
    assert "Play money added" in a.sees()
    assert await world.dialogs.get(a.id) is None


async def test_a_server_without_rich_messages_gets_the_classic_form(world: MoneyWorld, a: Somebody) -> None:
    world.session.refuse(SendRichMessage, "method not found")
    code = ids.code(newest(world).id)
    await a.says(f"/receipt {code}")
    assert a.sees().startswith("<b>Receipt</b>\n\nAmount: ¥500.00\n")
    copied = a.sees_message().button("Copy code").copy_text
    assert copied is not None
    assert copied.text == code


async def test_a_hostile_name_stays_a_name_in_a_receipt(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await a.says("/send 20 <h1>x</h1>", chat=GROUP, reply_to=spoken(b))
    world.people.seen[b.id] = Seen(b.id, "", "</td></table>{0.__class__}\u202e", "en", False)
    await a.says(f"/receipt {ids.code(newest(world).id)}")
    assert "&lt;/td&gt;&lt;/table&gt;{0.__class__}" in a.sees()
    assert a.sees().count("</table>") == 1


# ------------------------------------------------------------------------------------------------- top-up
async def test_play_money_says_that_it_is(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/topup 100")
    assert a.sees().startswith("✅ ¥100.00 of play money added. Balance: <b>¥600.00</b>")
    assert "worth nothing" in a.sees()


async def test_the_same_top_up_delivered_again_adds_once(world: MoneyWorld, a: Somebody) -> None:
    update = message_update(a.user, "/topup 100")
    await world.handle(update)
    await world.handle(update)
    assert await world.balance(a) == 60000


async def test_an_offer_of_amounts_is_good_for_one(world: MoneyWorld, a: Somebody) -> None:
    await a.says("充值")
    shown = a.sees_message()
    assert [button.text for button in shown.buttons] == ["¥20.00", "¥100.00", "¥500.00"]
    first, second, other = pressed(a, shown, "¥100.00"), pressed(a, shown, "¥100.00"), pressed(a, shown, "¥20.00")
    for update in (first, second, other):
        await world.handle(update)
    assert await world.balance(a) == 60000
    assert "already handled" in a.was_alerted()


async def test_more_than_one_may_have_is_refused(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/topup 1001")
    assert "up to ¥1,000.00" in a.sees()


async def test_in_a_group_play_money_is_for_the_private_chat(world: MoneyWorld, a: Somebody) -> None:
    await a.says("/topup 100", chat=GROUP)
    assert "private chat" in world.whispered(a)[-1]
    assert await world.balance(a) == 50000
