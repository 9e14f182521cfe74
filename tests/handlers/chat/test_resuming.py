"""What was asked for before an agreement was accepted: done by itself right after, once, by nobody else, never late."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiogram.enums import MessageOriginType
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message, MessageOriginUser, TelegramObject, Update

from bot.arrivals import arrived
from bot.middlewares import REFUSED, Guard
from handlers.chat import resuming
from handlers.chat.refusing import answer_refusal
from handlers.ground import Seen
from tests.fakes.telegram import Shown, message_update, press_update
from tests.handlers.chat.money.world import MoneyWorld, alice, bob, eve, spoken, with_money
from tests.handlers.chat.world import GROUP, Somebody, running
from wallet.refusals import Busy, Refusal
from wallet.rows import Acceptance, Member, Operation, Transfer


class GuardedWorld(MoneyWorld):
    """The same, behind the door of the process itself: what is too old, edited or forwarded is refused there."""

    def __init__(self) -> None:
        super().__init__()
        self.guard = Guard(answer_refusal, self.begun, lambda: self.moment, self.groups)
        self.received: int | None = None
        self.tried = False
        """Whether what comes may have been handled before."""

    async def begun(self, prefix: str) -> bool:
        return any(row.key.startswith(prefix) for row in self.rows(Operation))

    async def _guard(self, handler: Callable[..., Awaitable[Any]], event: TelegramObject,
                     data: dict[str, Any]) -> Any:
        at = self._microseconds() if self.received is None else self.received
        data.setdefault("arrival", arrived({"update_id": 1}, at))
        data["again"] = self.tried
        try:
            return await self.guard(handler, event, data)
        except Busy:
            raise
        except Refusal as refusal:  # As the inbox does it.
            assert isinstance(event, Message | CallbackQuery)
            await answer_refusal(event, refusal, data)
            return REFUSED


@pytest.fixture
async def world() -> AsyncIterator[GuardedWorld]:
    async with running(GuardedWorld()) as made:
        yield made


@pytest.fixture
async def b(world: GuardedWorld) -> Somebody:
    person = bob(world)
    await person.joins()
    world.people.seen[b_id] = Seen(b_id, "bob", "Bob", "en", False)
    return person


b_id = 1002


@pytest.fixture
async def a(world: GuardedWorld, b: Somebody) -> Somebody:
    """Has money, and then forgets what she agreed to: as after a significant new version."""
    person = await with_money(alice(world))
    renew(world, person)
    return person


def renew(world: GuardedWorld, person: Somebody) -> None:
    """The payment agreement has to be accepted again."""
    member = next(row for row in world.rows(Member) if row.telegram_id == person.id)
    member.accepted = " ".join(part for part in member.accepted.split() if not part.startswith("payment-service"))


def asks(world: GuardedWorld, a: Somebody, text: str = "/send @bob 20 tea", **more: Any) -> Update:
    return message_update(a.user, text, **more)


def paid(world: GuardedWorld) -> list[int]:
    return [row.amount for row in world.rows(Transfer) if row.kind in ("send", "set_aside")]


def green(shown: Shown) -> str:
    data = next(button.callback_data for button in shown.buttons if button.style == "success")
    assert data is not None
    return data


async def known(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    """Whoever was pointed at is paid at once."""
    await world.handle(asks(world, a, "/send 20", chat=GROUP, reply_to=spoken(b)))


# --------------------------------------------------------------------------------------------------- it goes on
async def test_a_payment_in_private_goes_on_under_the_key_of_its_message(
        world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    update = asks(world, a)
    await world.handle(update)
    screen = a.sees_message()
    assert "Agree within 5 minutes" in screen.text
    await a.agrees()
    assert screen.text == "✅ Thank you. What you asked for goes on now."
    assert a.sees().startswith("Send <b>¥20.00</b> to Bob (@bob)?")
    assert update.message is not None
    assert any(row.key == f"msg:42:{a.id}:{update.message.message_id}:send" for row in world.rows(Operation))
    await a.taps("Confirm")
    assert await world.balance(b) == 2000
    await world.handle(update)
    assert await world.balance(b) == 2000


async def test_a_payment_in_a_group_goes_on_there(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    await known(world, a, b)
    assert "goes on by itself" in world.whispered(a)[-1]
    assert paid(world) == []
    await a.says("/start agree_payment")
    assert "goes on by itself: <code>/send 20</code>" in a.sees()
    await a.agrees()
    assert await world.balance(b) == 2000
    assert world.public()[-1].text == "Alice sent <b>¥20.00</b> to Bob."


async def test_what_takes_the_pin_still_takes_it(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    await world.handle(asks(world, a, "/send 300", chat=GROUP, reply_to=spoken(b)))
    await a.says("/start agree_payment")
    await a.agrees()
    assert world.public()[-1].text.startswith("Waiting for Alice to confirm")
    assert "You choose it once" in a.sees()
    assert paid(world) == []


async def test_the_last_step_of_the_wizard_goes_on(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    for said in ("/send", "@bob", "20"):
        await world.handle(asks(world, a, said))
    await world.handle(asks(world, a, "tea"))
    await a.agrees()
    assert a.sees().startswith("Send <b>¥20.00</b> to Bob (@bob)?\nNote: tea")


async def test_a_press_goes_on(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    for said in ("/send", "@bob", "20"):
        await world.handle(asks(world, a, said))
    await a.taps("No note")
    assert "As soon as you agree" in a.sees()
    await a.agrees()
    assert a.sees().startswith("Send <b>¥20.00</b> to Bob (@bob)?")


async def test_a_press_that_is_refused_when_it_goes_on_is_refused_in_words(
        world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    for said in ("/send", "@bob", "20"):
        await world.handle(asks(world, a, said))
    await a.taps("No note")
    screen = a.sees_message()
    await world.dialogs.drop(a.id)
    await a.agrees_to(screen)
    assert "This button is out of date" in a.sees()


async def test_a_confirm_in_a_group_goes_on(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    member = next(row for row in world.rows(Member) if row.telegram_id == a.id)
    member.accepted += " payment-service-agreement@2026-11-22"
    await world.handle(asks(world, a, chat=GROUP))
    question = world.public()[-1]
    renew(world, a)
    await a.taps("Confirm", question)
    await a.says("/start agree_payment")
    await a.agrees()
    assert question.text == "Alice sent <b>¥20.00</b> to Bob.\nNote: tea"
    assert await world.balance(b) == 2000


# ------------------------------------------------------------------------------------------------------ claiming
@pytest.fixture
async def card(world: GuardedWorld) -> Shown:
    """Money waits for Eve in the group."""
    payer = await with_money(bob(world))
    stranger = eve(world)
    world.people.seen[stranger.id] = Seen(stranger.id, "eve", "Eve", "en", False)
    await world.handle(message_update(payer.user, "/send @eve 5", chat=GROUP))
    await payer.taps("Confirm", chat=GROUP)
    return world.public()[-1]


async def test_a_claim_in_the_group_is_done_after_agreeing(world: GuardedWorld, card: Shown) -> None:
    e = eve(world)
    await e.joins()
    await e.taps("Claim", card)
    assert "goes on by itself" in world.whispered(e)[-1]
    await e.says("/start agree_payment")
    await e.agrees()
    assert e.sees() == "✅ You received <b>¥5.00</b> from Bob. Balance: ¥5.00"
    assert card.text == "✅ Eve claimed ¥5.00 from Bob."


async def test_a_claim_in_private_is_done_after_agreeing(world: GuardedWorld, card: Shown) -> None:
    e = eve(world)
    await e.joins()
    offer = e.sees_message()
    assert offer.text.startswith("🎁 Bob sent you")
    await e.taps("Claim", offer)
    await e.agrees()
    assert offer.text == "✅ You received <b>¥5.00</b> from Bob. Balance: ¥5.00"


async def test_whoever_joins_to_claim_has_the_money_after_agreeing(world: GuardedWorld, card: Shown) -> None:
    e = eve(world)
    await e.taps("Claim", card)
    url = world.session.of(AnswerCallbackQuery)[-1].url or ""
    await e.says(f"/start {url.partition('start=')[2]}")
    await e.taps("English")
    await e.agrees()
    await e.shares()
    assert e.sees().startswith("🎁 Bob sent you <b>¥5.00</b>")
    await e.agrees()
    assert await world.balance(e) == 500
    assert e.sees() == "✅ You received <b>¥5.00</b> from Bob. Balance: ¥5.00"


async def test_a_claim_that_came_too_late_says_so(world: GuardedWorld, card: Shown) -> None:
    e = eve(world)
    await e.joins()
    await e.taps("Claim", card)
    await e.says("/start agree_payment")
    await bob(world).taps("Take back", card)
    await e.agrees()
    assert "was taken back" in e.sees()
    assert await world.balance(e) == 0


# --------------------------------------------------------------------------------------------------------- once
async def test_a_second_press_does_nothing(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    await known(world, a, b)
    await a.says("/start agree_payment")
    screen = a.sees_message()
    data = green(screen)
    await a.forges(data, screen)
    shown = len(world.session.shown)
    await a.forges(data, screen)
    assert paid(world) == [2000]
    assert len(world.session.shown) == shown


async def test_the_same_press_handled_again_after_a_crash_tells_the_same_and_pays_once(
        world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    await known(world, a, b)
    await a.says("/start agree_payment")
    press = press_update(a.user, a.sees_message(), green(a.sees_message()))
    await world.handle(press)
    world.received = world._microseconds()
    world.later(minutes=20)
    await world.handle(press)
    assert paid(world) == [2000]
    assert [shown.text for shown in world.public()] == ["Alice sent <b>¥20.00</b> to Bob."] * 2


async def test_a_crash_between_agreeing_and_going_on_loses_nothing(
        world: GuardedWorld, a: Somebody, b: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    await known(world, a, b)
    await a.says("/start agree_payment")
    press = press_update(a.user, a.sees_message(), green(a.sees_message()))

    async def dies(*_: object) -> None:
        raise Busy

    with monkeypatch.context() as broken:
        broken.setattr(resuming, "go_on", dies)
        with pytest.raises(Busy):
            await world.handle(press)
    assert [row.document for row in world.rows(Acceptance) if row.member == (await a.member()).id][-1].startswith("pay")
    assert paid(world) == []
    await world.handle(press)
    assert paid(world) == [2000]


async def test_two_phones_pay_once(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    await known(world, a, b)
    await a.says("/start agree_payment")
    await a.says("/start agree_payment")
    first, second = world.session.in_chat(a.id)[-2:]
    one, other = green(first), green(second)
    await a.forges(one, first)
    await a.forges(other, second)
    assert paid(world) == [2000]


# ---------------------------------------------------------------------------------------------- not by mistake
async def test_what_is_older_than_five_minutes_does_not_go_on(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    await known(world, a, b)
    await a.says("/start agree_payment")
    world.later(minutes=6)
    screen, whispers = a.sees_message(), len(world.whispered(a))
    await a.agrees()
    assert paid(world) == []
    assert "more than 5 minutes old, so it wasn't done" in screen.text
    assert [button.copy_text.text for button in screen.buttons if button.copy_text] == ["/send 20"]
    assert len(world.whispered(a)) == whispers
    assert await resuming.kept_for(world.dialogs, a.id) is None


async def test_the_door_itself_refuses_what_is_too_old(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    update = asks(world, a)
    await world.handle(update)
    kept = await resuming.kept_for(world.dialogs, a.id)
    assert kept is not None
    world.later(minutes=6)
    await world.handle(update)
    assert "more than 5 minutes old" in a.sees()
    assert paid(world) == []


async def test_nobody_else_lets_it_go_on(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    await known(world, a, b)
    await a.says("/start agree_payment")
    await b.forges(green(a.sees_message()), a.sees_message())
    assert "somebody else" in b.was_alerted()
    assert paid(world) == []


async def test_only_what_the_screen_speaks_of_goes_on(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    await world.handle(asks(world, a, "/send @bob 20"))
    older = a.sees_message()
    agree = green(older)
    await world.handle(asks(world, a, "/send @bob 30"))
    shown = len(world.session.in_chat(a.id))
    await a.forges(agree, older)
    assert len(world.session.in_chat(a.id)) == shown, "neither goes on"
    assert "You have accepted everything" in older.text


@pytest.mark.parametrize("more", [{}, {"chat": GROUP}])
async def test_a_screen_promises_nothing_any_more_once_something_else_was_asked_for(
        world: GuardedWorld, a: Somebody, b: Somebody, more: dict[str, int]) -> None:
    await world.handle(asks(world, a, "/send @bob 20"))
    older = a.sees_message()
    await world.handle(asks(world, a, "/send @bob 30", **more))
    assert older.text.startswith("You have asked for something else since")
    assert [button.copy_text.text for button in older.buttons if button.copy_text] == ["/send @bob 20"]
    assert [button for button in older.buttons if button.callback_data] == []


async def test_a_message_that_came_again_leaves_its_first_screen_as_good_as_the_second(
        world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    update = asks(world, a)
    await world.handle(update)
    first = a.sees_message()
    await world.handle(update)
    await a.agrees_to(first)
    assert first.text == "✅ Thank you. What you asked for goes on now."


async def test_what_was_edited_does_not_go_on(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    update = asks(world, a)
    await world.handle(update)
    screen = a.sees_message()
    assert update.message is not None
    await resuming.forget_edited(world.dialogs, update.message)
    await a.agrees_to(screen)
    assert "You have accepted everything" in screen.text
    assert a.sees_message() is screen


async def test_another_message_that_is_edited_changes_nothing(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    other = asks(world, a, "hello").message
    await world.handle(asks(world, a))
    assert other is not None
    await resuming.forget_edited(world.dialogs, other)
    await a.agrees()
    assert a.sees().startswith("Send <b>¥20.00</b>")


async def test_what_was_cancelled_does_not_go_on(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    await world.handle(asks(world, a))
    screen = a.sees_message()
    await a.says("/cancel")
    assert a.sees() == "Cancelled. No money moved."
    await a.says("/cancel")
    assert a.sees() == "There is nothing to cancel."
    await a.agrees_to(screen)
    assert "You have accepted everything" in screen.text


async def test_a_forwarded_payment_is_not_kept(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    origin = MessageOriginUser(type=MessageOriginType.USER, date=world.moment, sender_user=b.user)
    await world.handle(asks(world, a, forward_origin=origin))
    assert "forwarded, or written by another bot, moves no money" in a.sees()
    kept = await resuming.kept_for(world.dialogs, a.id)
    assert kept is None or kept.words == "/topup 500", "what went on before"


async def test_a_quoted_message_of_any_length_is_kept_short(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    await world.handle(asks(world, a, "/send 20", chat=GROUP, reply_to=spoken(b, "长" * 4000)))
    kept = await resuming.kept_for(world.dialogs, a.id)
    assert kept is not None
    assert "长" not in str(kept.event)
    assert kept.event["reply_to_message"]["from"]["id"] == b.id


async def test_what_is_too_long_is_to_be_sent_again(world: GuardedWorld, a: Somebody) -> None:
    long = message_update(a.user, "/send @bob 20 " + " " * 2 * resuming.LONGEST).message
    assert long is not None
    assert resuming.what_was_asked(long, "") is None
    await resuming.keep(world.dialogs, a.id, None)
    assert await resuming.kept_for(world.dialogs, a.id) is None


async def test_whoever_agreed_elsewhere_is_told_to_send_it_again(world: GuardedWorld, a: Somebody, b: Somebody) -> None:
    await known(world, a, b)
    await a.says("/agreement")
    await a.agrees()
    assert paid(world) == []
    await a.says("/start agree_payment")
    assert a.sees() == "You have accepted everything that is needed. Please send it once more: <code>/send 20</code>"
    assert [button.copy_text.text for button in a.sees_message().buttons if button.copy_text] == ["/send 20"]


# ------------------------------------------------------------------------------- what a group reads twice
async def test_a_line_that_is_said_again_after_a_crash_cannot_be_taken_for_a_second_payment(
        world: GuardedWorld, b: Somebody) -> None:
    a = await with_money(alice(world))
    update = asks(world, a, "/send 20", chat=GROUP, reply_to=spoken(b))
    await world.handle(update)
    world.tried = True
    await world.handle(update)
    await world.handle(asks(world, a, "/send 5", chat=GROUP, reply_to=spoken(b)))
    assert paid(world) == [2000, 500]
    once = "Alice sent <b>¥20.00</b> to Bob."
    first, second, other = (shown.text for shown in world.public())
    assert (first, second.splitlines()[0]) == (once, once)
    assert "the same payment, not another one" in second
    assert other == "Alice sent <b>¥5.00</b> to Bob."
