"""The keypad: digits only by keys that tell nothing, attempts counted before a PIN is looked at, one act per PIN."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator

import pytest
from aiogram.methods import AnswerCallbackQuery, DeleteMessage, EditMessageText
from aiogram.types import CallbackQuery, Message
from argon2 import PasswordHasher

from handlers.chat import pin
from handlers.chat.keypad import Purpose
from handlers.chat.pin import ACTS, act, ask_pin
from handlers.chat.redraws import Redraws
from handlers.chat.saying import change
from handlers.hashing import Argon2Pins
from handlers.texts import Speaker, _
from tests.fakes.clock import FakeClock, settle
from tests.fakes.telegram import press_update
from tests.handlers.chat.world import SPEAKERS, Somebody, World, running
from wallet import refusals
from wallet.agreements import Accept
from wallet.drafts import Asked as AskedFor
from wallet.events import PinWasLocked, PinWasSet
from wallet.funding import TopUp
from wallet.rows import Notice, Operation, Pin
from wallet.transfers import Send
from wallet.vault import Vault

GOOD = "402517"
OTHER = "908134"


@pytest.fixture
def done() -> Iterator[list[tuple[int, object]]]:
    """What was done with a proven PIN: (version, the purpose's "for"). "refuse" in a purpose refuses."""
    acts: list[tuple[int, object]] = []

    async def cancelled(purpose: Purpose) -> None:
        acts.append((0, purpose["for"]))
        raise refusals.DraftOver("expired")

    @act("test", cancelled=cancelled)
    async def run(press: CallbackQuery, message: Message, purpose: Purpose, pin_version: int, speaker: Speaker) -> None:
        if purpose["for"] == "refuse":
            raise refusals.NotEnough(100, 500)
        acts.append((pin_version, purpose["for"]))
        await change(message, speaker, _("✅ Thank you."))

    yield acts
    del ACTS["test"]


async def asked_pin(somebody: Somebody, what: str = "lunch") -> None:
    """Somebody is asked for the PIN."""
    world = somebody.world
    await ask_pin({"act": "test", "for": what}, _("{name}", name="For lunch"), {}, member=await somebody.member(),
                  bot=world.bot, dialogs=world.dialogs, speaker=SPEAKERS["en"], reads=world.reads,
                  now=lambda: world.moment)


@pytest.fixture
async def member(alice: Somebody) -> Somebody:
    """Somebody whose wallet is open and who has no PIN."""
    await alice.joins()
    return alice


@pytest.fixture
async def payer(member: Somebody) -> Somebody:
    """Somebody with a PIN."""
    await member.says("/pin")
    await member.types_pin(GOOD)
    await member.types_pin(GOOD)
    return member


async def test_the_first_pin_is_entered_twice(world: World, member: Somebody) -> None:
    await member.says("/pin")
    assert "Choose a payment PIN" in member.sees()
    await member.types_pin(GOOD)
    assert "once more" in member.sees()
    assert world.rows(Pin) == []
    await member.types_pin(GOOD)
    assert member.sees() == "✅ Your payment PIN is set."
    assert member.sees_message().buttons == []
    row = world.rows(Pin)[0]
    assert (row.hash, row.version) == (f"hash of {GOOD}", 1)
    assert [notice.event for notice in world.rows(Notice)] == [PinWasSet.__name__]
    assert world.dialogs.texts == {}


async def test_two_different_pins_set_nothing(world: World, member: Somebody) -> None:
    await member.says("/pin")
    await member.types_pin(GOOD)
    await member.types_pin(OTHER)
    assert "not the same" in member.sees()
    assert world.rows(Pin) == []
    await member.types_pin(OTHER)
    await member.types_pin(OTHER)
    assert world.rows(Pin)[0].hash == f"hash of {OTHER}"


@pytest.mark.parametrize("simple", ["123456", "111111", "121212", "654321", "740012"])
async def test_a_pin_that_a_thief_tries_first_is_refused(world: World, member: Somebody, simple: str) -> None:
    await member.says("/pin")
    await member.types_pin(simple)
    assert "too easy to guess" in member.sees()
    assert "Choose a payment PIN" in member.sees()
    assert world.rows(Pin) == []


async def test_changing_takes_the_present_pin(world: World, payer: Somebody) -> None:
    await payer.says("/pin")
    assert "present" in payer.sees()
    await payer.types_pin(OTHER)
    assert "4 tries are left" in payer.sees()
    await payer.types_pin(GOOD)
    assert "Choose a payment PIN" in payer.sees()
    await payer.types_pin(OTHER)
    await payer.types_pin(OTHER)
    assert payer.sees() == "✅ Your payment PIN is changed."
    row = world.rows(Pin)[0]
    assert (row.hash, row.version, row.attempts) == (f"hash of {OTHER}", 2, 0)


async def test_a_right_pin_does_what_it_was_asked_for_once(
        world: World, payer: Somebody, done: list[tuple[int, object]]) -> None:
    await asked_pin(payer)
    assert payer.sees().startswith("For lunch")
    await payer.types_pin(GOOD)
    assert done == [(1, "lunch")]
    assert payer.sees() == "✅ Thank you."
    assert world.dialogs.texts == {}


async def test_somebody_without_a_pin_sets_one_first_and_goes_on(
        world: World, member: Somebody, done: list[tuple[int, object]]) -> None:
    await asked_pin(member)
    assert "you have none yet" in member.sees()
    await member.types_pin(GOOD)
    assert done == []
    await member.types_pin(GOOD)
    assert done == [(1, "lunch")]
    assert world.rows(Pin)[0].version == 1


async def test_what_the_act_refuses_is_said_in_the_keypads_place(
        world: World, payer: Somebody, done: list[tuple[int, object]]) -> None:
    await asked_pin(payer, "refuse")
    await payer.types_pin(GOOD)
    assert "you have ¥1.00" in payer.sees()
    assert (payer.sees_message().buttons, done, world.dialogs.texts) == ([], [], {})


async def test_a_right_pin_counts_as_right_whatever_becomes_of_the_act(
        world: World, payer: Somebody, done: list[tuple[int, object]]) -> None:
    for _round in range(6):
        await asked_pin(payer, "refuse")
        await payer.types_pin(GOOD)
        assert "you have ¥1.00" in payer.sees()
    for _round in range(6):
        await payer.says("/pin")
        await payer.types_pin(GOOD)
        await payer.says("/cancel")
    assert world.rows(Pin)[0].attempts == 0
    await asked_pin(payer)
    await payer.types_pin(GOOD)
    assert done == [(1, "lunch")]


async def test_five_wrong_pins_lock_and_nothing_is_looked_at_after_that(
        world: World, payer: Somebody, done: list[tuple[int, object]]) -> None:
    await asked_pin(payer)
    for left in (4, 3, 2, 1):
        await payer.types_pin(OTHER)
        assert f"{left} tr" in payer.sees()
    await payer.types_pin(OTHER)
    assert "locked" in payer.sees()
    assert PinWasLocked.__name__ in [notice.event for notice in world.rows(Notice)]
    looked = world.pins.looked
    await payer.says("/pin")
    assert "locked" in payer.sees()
    assert (world.pins.looked, done) == (looked, [])
    world.later(minutes=16)
    await asked_pin(payer)
    await payer.types_pin(GOOD)
    assert done == [(1, "lunch")]


async def test_an_attempt_is_counted_before_the_pin_is_looked_at(
        world: World, payer: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[int] = []

    async def look(stored: str, pin_: str) -> bool:
        attempts.append(world.rows(Pin)[0].attempts)
        return True

    monkeypatch.setattr(world.pins, "verify", look)
    await payer.says("/pin")
    await payer.types_pin(GOOD)
    assert attempts == [1]


async def test_a_redelivered_digit_is_not_another_one(world: World, member: Somebody) -> None:
    await member.says("/pin")
    pad = member.sees_message()
    data = pad.button("4").callback_data
    assert data is not None
    update = press_update(member.user, pad, data)
    await world.handle(update)
    await world.handle(update)
    assert "● ○ ○ ○ ○ ○" in member.sees()


async def test_a_redelivered_last_digit_goes_on_and_counts_one_attempt(
        world: World, payer: Somebody, done: list[tuple[int, object]], monkeypatch: pytest.MonkeyPatch) -> None:
    await asked_pin(payer)
    pad = payer.sees_message()
    await payer.types_pin(GOOD[:5], pad)
    last = pad.button(GOOD[5]).callback_data
    assert last is not None
    update = press_update(payer.user, pad, last)
    verify = world.pins.verify

    async def dies(stored: str, pin_: str) -> bool:
        raise RuntimeError("the process ends here")

    monkeypatch.setattr(world.pins, "verify", dies)
    with pytest.raises(RuntimeError):
        await world.handle(update)
    monkeypatch.setattr(world.pins, "verify", verify)
    await world.handle(update)
    assert done == [(1, "lunch")]
    reserved = [row for row in world.rows(Operation) if row.key.endswith(":reserve")]
    assert len(reserved) == 1


async def test_keys_carry_random_tokens_and_no_digit(world: World, member: Somebody) -> None:
    await member.says("/pin")
    first = {button.text: button.callback_data for button in member.sees_message().buttons}
    await member.says("/pin")
    second = {button.text: button.callback_data for button in member.sees_message().buttons}
    assert not set(first.values()) & set(second.values())
    assert len(set(first.values())) == 12
    assert all(len(str(data)) >= 12 for data in first.values())


async def test_a_new_keypad_takes_the_old_one_away(world: World, member: Somebody) -> None:
    await member.says("/pin")
    old = member.sees_message()
    key = old.button("1").callback_data
    assert key is not None
    await member.says("/pin")
    assert [request.message_id for request in world.session.of(DeleteMessage)] == [old.message_id]
    await member.forges(key, old)
    assert "out of date" in member.was_alerted()


async def test_backspace_takes_a_digit_back(member: Somebody) -> None:
    await member.says("/pin")
    await member.types_pin("12")
    await member.taps("⌫")
    assert "● ○ ○ ○ ○ ○" in member.sees()
    await member.taps("⌫")
    await member.taps("⌫")
    assert "○ ○ ○ ○ ○ ○" in member.sees()


async def test_cancel_ends_it_and_tells_whoever_asked(
        world: World, payer: Somebody, done: list[tuple[int, object]]) -> None:
    await asked_pin(payer)
    await payer.taps("Cancel")
    assert payer.sees() == "Cancelled. Nothing happened and no money moved."
    assert done == [(0, "lunch")]
    assert world.dialogs.texts == {}
    await asked_pin(payer)
    await payer.says("/cancel")
    assert payer.sees() == "Cancelled. Nothing happened and no money moved."
    assert len(done) == 2


async def test_leaving_it_says_how_the_pin_is(member: Somebody) -> None:
    await member.says("/pin")
    await member.types_pin(GOOD)
    await member.types_pin("13")
    await member.taps("Cancel")
    assert member.sees() == "Nothing was set: you have no payment PIN yet."
    await member.says("/pin")
    await member.types_pin(GOOD)
    await member.types_pin(GOOD)
    await member.says("/pin")
    await member.taps("Cancel")
    assert member.sees() == "Nothing was changed; your PIN is as it was."


async def test_a_pin_typed_as_a_message_is_deleted_and_warned_of(world: World, payer: Somebody) -> None:
    await payer.says("/pin")
    for typed in (GOOD, "40 25 17", "４０２５１７"):
        await payer.says(typed)
        assert "never type a PIN" in payer.sees()
    assert len(world.session.of(DeleteMessage)) == 3
    assert world.pins.looked == 0


async def test_no_pin_reaches_the_log_or_the_wallet(
        world: World, payer: Somebody, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await payer.says("/pin")
    await payer.types_pin(OTHER)
    assert OTHER not in caplog.text
    assert OTHER not in repr(world.store.rows)
    assert all(OTHER not in repr(request) for request in world.session.requests)


async def test_the_keypad_of_a_draft_opens_by_its_link(world: World, payer: Somebody, li: Somebody,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    member, receiver = await payer.member(), await li.joins()
    # The gate, the balance and the rule are the wallet's own; here only the draft that comes of it matters.
    await world.engine.run(_accepts(world, member.id))
    await world.engine.run(_tops_up(member.id))
    asked = await world.engine.run(Send(key="s", payer=member.id, receivers=(li.id,), amount=50_000,
                                        members=(receiver.id,), note="rent", sure=True, token="t" * 22))
    assert isinstance(asked, AskedFor)
    monkeypatch.setitem(ACTS, "confirm_draft", pin.Act(_nothing, None))
    await payer.says(f"/start pin_{'t' * 22}")
    assert "¥500.00" in payer.sees()
    assert "李明" in payer.sees()
    assert "rent" in payer.sees()
    assert "confirm_draft" in world.dialogs.texts[payer.id]
    await li.says(f"/start pin_{'t' * 22}")
    assert "找不到" in li.sees() or "can't find" in li.sees()
    world.later(minutes=11)
    await payer.says(f"/start pin_{'t' * 22}")
    assert "ran out" in payer.sees()


async def _nothing() -> None:
    """An act of another chapter."""


def _accepts(world: World, member: int) -> Accept:
    needed = [document for document in world.library.documents if "payment" in document.gates]
    return Accept(key="a", member=member, documents=tuple((document.name, document.version) for document in needed),
                  language="en", chat=0)


def _tops_up(member: int) -> TopUp:
    return TopUp(key="t", member=member, amount=100_000)


# ------------------------------------------------------------------------------------------------- redraws
@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def paced(clock: FakeClock) -> AsyncIterator[Somebody]:
    """Somebody whose keypad is drawn at most once a second."""
    async with running(World(redraws=Redraws(1.0, clock.time, clock.sleep))) as world:
        somebody = Somebody(world)
        await somebody.joins()
        await somebody.says("/pin")
        yield somebody


async def test_digits_answer_at_once_and_redraws_are_paced(paced: Somebody, clock: FakeClock) -> None:
    session = paced.world.session
    answered = len(session.of(AnswerCallbackQuery))
    drawn = len(session.of(EditMessageText))
    await paced.types_pin(GOOD[:5])
    assert [answer.text for answer in session.of(AnswerCallbackQuery)[answered:]] == [
        "●○○○○○", "●●○○○○", "●●●○○○", "●●●●○○", "●●●●●○"]
    assert len(session.of(EditMessageText)) == drawn + 1
    assert "● ○ ○ ○ ○ ○" in paced.sees()
    await clock.advance(0.9)
    assert len(session.of(EditMessageText)) == drawn + 1
    await clock.advance(0.2)
    assert len(session.of(EditMessageText)) == drawn + 2
    assert "● ● ● ● ● ○" in paced.sees()
    assert clock.timers == 0


async def test_the_last_digit_draws_what_is_next_without_waiting(paced: Somebody, clock: FakeClock) -> None:
    await paced.types_pin(GOOD)
    assert "once more" in paced.sees()
    await paced.types_pin(GOOD)
    assert paced.sees() == "✅ Your payment PIN is set."
    await clock.advance(5)
    assert paced.sees() == "✅ Your payment PIN is set."
    assert clock.timers == 0


async def test_a_redraw_that_telegram_refuses_is_let_go(paced: Somebody, clock: FakeClock) -> None:
    paced.world.session.refuse(EditMessageText, "message to edit not found")
    pad = paced.sees_message()
    await paced.types_pin("1", pad)
    await paced.types_pin("2", pad)
    await clock.advance(1)
    assert paced.sees_message() is pad
    assert "● ● ○ ○ ○ ○" in paced.sees()


async def test_nothing_is_drawn_after_the_end(clock: FakeClock) -> None:
    drawn: list[int] = []

    async def paint(number: int) -> None:
        await settle()
        drawn.append(number)

    redraws = Redraws(1.0, clock.time, clock.sleep)
    for number in range(3):
        await redraws.soon("pad", lambda number=number: paint(number))  # type: ignore[misc]
    await redraws.finish("pad")
    await clock.advance(3)
    assert drawn == [0]


# ----------------------------------------------------------------------------------------------- the hasher
@pytest.fixture
def hasher() -> Iterator[Argon2Pins]:
    """argon2id, as cheap as it can be."""
    pins = Argon2Pins(Vault(b"s" * 32), PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield pins
    pins.close()


async def test_argon2id_tells_the_right_pin_from_others(hasher: Argon2Pins) -> None:
    stored = await hasher.hash(GOOD)
    assert stored.startswith("$argon2id$")
    assert await hasher.verify(stored, GOOD)
    assert not await hasher.verify(stored, OTHER)
    assert await hasher.hash(GOOD) != stored


async def test_a_stolen_hash_is_useless_without_the_deployments_secret(hasher: Argon2Pins) -> None:
    stored = await hasher.hash(GOOD)
    thief = Argon2Pins(Vault(b"x" * 32), PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    assert not await thief.verify(stored, GOOD)
    thief.close()


async def test_only_so_many_pins_wait_to_be_looked_at(hasher: Argon2Pins, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hasher, "MOST_WAITING", 0)
    with pytest.raises(refusals.Busy):
        await hasher.hash(GOOD)


async def test_a_keypad_forgotten_on_the_way_is_out_of_date(world: World, member: Somebody) -> None:
    await member.says("/pin")
    world.dialogs.texts.clear()
    await member.taps("1")
    assert "out of date" in member.was_alerted()
