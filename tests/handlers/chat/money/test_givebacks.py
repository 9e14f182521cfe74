"""What somebody received goes back by its code or as a reply, once, and everybody concerned reads what happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aiogram.types import InlineKeyboardMarkup, Message

from handlers.chat import buttons
from handlers.keyboards import copies, keyboard
from handlers.texts import Text
from tests.fakes.telegram import message_update
from tests.handlers.chat.money.world import MoneyWorld, bob, eve, spoken, with_money
from tests.handlers.chat.world import GROUP, SPEAKERS, Somebody
from wallet import ids
from wallet.rows import Transfer

ENGLISH = SPEAKERS["en"]
ALICE = Text("Alice", None, ())


@pytest.fixture
async def b(world: MoneyWorld) -> Somebody:
    """Bob has money, too."""
    return await with_money(bob(world))


def newest(world: MoneyWorld) -> str:
    found: Transfer = world.rows(Transfer)[-1]
    return ids.code(found.id)


def number(code: str) -> int:
    found = ids.from_code(code)
    assert found is not None
    return found


async def pays(world: MoneyWorld, payer: Somebody, receiver: Somebody, amount: str = "20") -> str:
    await payer.says(f"/send {amount}", chat=GROUP, reply_to=spoken(receiver))
    return newest(world)


def told_by_us(world: MoneyWorld, reader: Somebody, text: str, markup: InlineKeyboardMarkup | None = None) -> Message:
    """Something that we said to somebody, to be replied to."""
    message = message_update(reader.user, text).message
    assert message is not None
    return message.model_copy(update={"from_user": message.from_user.model_copy(  # type: ignore[union-attr]
        update={"id": world.bot.id, "is_bot": True}), "reply_markup": markup})


async def gives_back(giver: Somebody, code: str) -> None:
    await giver.says(f"/giveback {code}")
    await giver.taps("Give it back")


async def test_a_payment_goes_back_by_its_code(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = await pays(world, a, b)
    await b.says(f"/giveback {code.lower()}")
    assert b.sees() == "You give <b>¥20.00</b> back to Alice.\nShall it go back?"
    assert await world.balance(b) == 52_000
    await b.taps("Give it back")
    assert b.sees().splitlines() == [
        "↩️ You gave <b>¥20.00</b> back to Alice.", f"Receipt: <code>{newest(world)}</code>", "Balance: ¥500.00"]
    assert (await world.balance(a), await world.balance(b)) == (50_000, 50_000)
    assert (await world.tell(a, "MoneyGivenBack")).text.splitlines() == [
        "↩️ Bob gave back the <b>¥20.00</b> that you sent.", f"Receipt: <code>{newest(world)}</code>",
        f"You had sent it with the receipt <code>{code}</code>."]


async def test_it_is_said_in_chinese(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = await pays(world, a, b)
    await b.says("/language")
    await b.taps("简体中文")
    await b.says(f"退还 {code}")
    await b.taps("退还")
    assert b.sees().startswith("↩️ 你已把 <b>¥20.00</b> 退还给 Alice。")
    assert (await world.tell(a, "MoneyGivenBack", language="zh_CN")).text.startswith(
        "↩️ Bob 退还了你转的 <b>¥20.00</b>。")
    await b.says(f"退还 {code}")
    assert "已经退还过" in b.sees()


async def test_the_same_message_delivered_again_gives_back_once(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    update = message_update(b.user, f"/giveback {await pays(world, a, b)}")
    for _ in range(3):
        await world.handle(update)
        await b.taps("Give it back")
    assert (await world.balance(a), await world.balance(b)) == (50_000, 50_000)


async def test_a_second_time_is_refused(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = await pays(world, a, b)
    await gives_back(b, code)
    await b.says(f"/giveback {code}")
    assert "given this payment back before" in b.sees()
    assert await world.balance(b) == 50_000


@pytest.mark.parametrize("under", [
    lambda number: buttons.after_payment(ENGLISH, number),
    lambda number: buttons.under_receipt(ENGLISH, number, give_back=False),
    lambda number: buttons.givebacks(ENGLISH, [(number, ALICE)])])
async def test_a_reply_to_what_told_of_it_needs_no_code(
        world: MoneyWorld, a: Somebody, b: Somebody, under: Callable[[int], InlineKeyboardMarkup]) -> None:
    markup = under(number(await pays(world, a, b)))
    await b.says("/giveback", reply_to=told_by_us(world, b, "💰 Alice sent you ¥20.00.", markup))
    await b.taps("Give it back")
    assert await world.balance(b) == 50_000


async def test_a_reply_to_what_told_of_several_asks(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    lines = [(number(await pays(world, a, b)), ALICE) for _ in range(2)]
    await b.says("/giveback", reply_to=told_by_us(world, b, "Pick one.", buttons.receipts(ENGLISH, lines)))
    assert "Which payment do you give back?" in b.sees()
    assert await world.balance(b) == 54_000


@pytest.mark.parametrize("told", ["hello", "Receipt: 222222223", "Receipt: {code}", "Note: x\nReceipt: {code}"])
async def test_words_name_no_payment_because_somebody_else_chooses_them(
        world: MoneyWorld, a: Somebody, b: Somebody, told: str) -> None:
    code = await pays(world, a, b)
    claim = copies(ENGLISH, Text("Copy claim link", None, ()), f"https://t.me/ikmPayBot?start=claim_{code}")
    for markup in (None, keyboard([claim])):
        await b.says("/giveback", reply_to=told_by_us(world, b, told.format(code=code), markup))
        assert "Which payment do you give back?" in b.sees()
    assert await world.balance(b) == 52_000


async def test_a_note_does_not_choose_what_is_given_back(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = await pays(world, a, b, "7")
    await a.says(f"/send 0.01 {code}", chat=GROUP, reply_to=spoken(b))
    line = world.public()[-1]
    assert code in line.text
    await b.says("/giveback", chat=GROUP, reply_to=told_by_us(world, b, line.text))
    assert "Which payment do you give back?" in world.whispered(b)[-1]
    assert await world.balance(b) == 50_701


async def test_what_somebody_else_wrote_names_no_payment(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = await pays(world, a, b)
    await b.says("/giveback", chat=GROUP, reply_to=spoken(a, f"please: {code}"))
    assert await world.balance(b) == 52_000


async def test_the_bare_word_asks_for_the_code(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = await pays(world, a, b)
    await b.says("退还")
    await b.says("no code")
    assert "nine letters and digits" in b.sees()
    await b.says(code)
    await b.taps("Give it back")
    assert await world.balance(b) == 50_000
    assert b.id not in world.dialogs.texts


async def test_in_a_group_the_question_leads_to_the_private_chat(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = await pays(world, a, b)
    said = len(world.public())
    await b.says(f"/giveback {code}", chat=GROUP)
    assert len(world.public()) == said
    assert "You give <b>¥20.00</b> back to Alice.\nThat takes one more word from you." in world.whispered(b)[-1]
    url = b.sees_message(GROUP).buttons[0].url or ""
    await b.says(f"/start {url.partition('start=')[2]}")
    assert await world.balance(b) == 52_000
    await b.taps("Give it back")
    assert await world.balance(b) == 50_000


async def test_whom_one_paid_before_is_given_back_without_a_question(
        world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays(world, b, a)
    await b.says(f"/giveback {await pays(world, a, b)}")
    assert b.sees().startswith("↩️ You gave <b>¥20.00</b> back to Alice.")


async def test_in_a_group_only_the_giver_reads_it(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    await pays(world, b, a, "1")
    code = await pays(world, a, b)
    said = len(world.public())
    await b.says(f"/giveback {code}", chat=GROUP)
    assert len(world.public()) == said
    assert "You gave <b>¥20.00</b> back" in world.whispered(b)[-1]


async def test_strangers_and_payers_are_told_apart_from_receivers(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = await pays(world, a, b)
    other = await with_money(eve(world))
    await other.says(f"/giveback {code}")
    assert "no receipt of yours" in other.sees()
    await a.says(f"/giveback {code}")
    assert "You sent this payment yourself" in a.sees()
    await a.says("/topup 5")
    await a.says(f"/giveback {newest(world)}")
    assert "this is none" in a.sees()
    assert await world.balance(b) == 52_000


async def test_above_the_limit_the_pin_is_asked(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = await pays(world, a, b, "150")
    await pays(world, b, a, "100")
    await b.says(f"/giveback {code}", chat=GROUP)
    assert "takes your PIN" in world.whispered(b)[-1]
    await b.says(f"/giveback {code}")
    assert "You give <b>¥150.00</b> back to Alice." in b.sees()
    for _ in range(2):
        await b.types_pin("402517")
    assert "You gave <b>¥150.00</b> back to Alice." in b.sees()
    assert (await world.balance(a), await world.balance(b)) == (60_000, 40_000)


async def test_history_and_receipt_name_what_was_given_back(world: MoneyWorld, a: Somebody, b: Somebody) -> None:
    code = await pays(world, a, b)
    await gives_back(b, code)
    await b.says("/history")
    assert "1. <b>-¥20.00</b> given back to Alice\n" in b.sees()
    await a.says("/history")
    assert "1. <b>+¥20.00</b> given back by Bob\n" in a.sees()
    await a.says(f"/receipt {newest(world)}")
    assert "Payment given back" in a.sees()
    assert code in a.sees()
