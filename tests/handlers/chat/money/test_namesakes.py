"""Two people of one name: whoever pays one of them sees which."""

from __future__ import annotations

import pytest
from aiogram.types import MessageEntity, SharedUser, UsersShared

from handlers.ground import Seen
from handlers.namesakes import LONGEST_ON_A_BUTTON
from tests.fakes.telegram import message_update, user
from tests.handlers.chat.money.world import MoneyWorld, set_pin, spoken
from tests.handlers.chat.world import GROUP, Somebody

SINCE = "wallet since Dec 1, 2026, 12:00\u202fPM"


@pytest.fixture
async def mary(world: MoneyWorld) -> Somebody:
    """A friend, with a user name of her own."""
    return await joined(world, 1002, "Mary", "mary")


@pytest.fixture
async def other(world: MoneyWorld) -> Somebody:
    """Calls herself the same a day later, and has no user name."""
    world.later(days=1)
    return await joined(world, 1003, "Mary", "")


async def joined(world: MoneyWorld, number: int, name: str, username: str) -> Somebody:
    person = Somebody(world, number, name, phone=f"+44740012{number}")
    await person.joins()
    world.people.seen[number] = Seen(number, username, name, "en", False)
    return person


async def picks(world: MoneyWorld, a: Somebody, person: Somebody) -> str:
    """What the wizard asks about somebody from Telegram's own picker, which gives no user name."""
    await a.says("/send")
    shared = UsersShared(request_id=1, users=[SharedUser(user_id=person.id, first_name=person.name)])
    await world.handle(message_update(a.user, users_shared=shared))
    return a.sees()


async def test_a_name_that_only_one_has_stands_alone(world: MoneyWorld, a: Somebody, other: Somebody) -> None:
    assert await picks(world, a, other) == "How much do you want to send to Mary? Just type it, like 20 or 20.50."


async def test_whoever_paid_one_sees_that_it_is_another_whom_they_pay_now(
        world: MoneyWorld, a: Somebody, mary: Somebody, other: Somebody) -> None:
    await a.says("/send 1", chat=GROUP, reply_to=spoken(mary))
    assert "to Mary (no user name, wallet since Dec 2, 2026, 12:00\u202fPM)?" in await picks(world, a, other)
    await a.says("20")
    await a.taps("No note")
    assert "to Mary (no user name, wallet since Dec 2" in a.sees()
    await a.taps("Confirm")
    assert await world.balance(other) == 2000


async def test_the_pin_question_tells_them_apart_too(
        world: MoneyWorld, a: Somebody, mary: Somebody, other: Somebody) -> None:
    await set_pin(a)
    await a.says("/send 1", chat=GROUP, reply_to=spoken(mary))
    await a.says("/send 300", chat=GROUP, reply_to=spoken(other))
    assert world.public()[-1].text == "Waiting for Alice to confirm: <b>¥300.00</b> to Mary."
    assert "to Mary (no user name, wallet since Dec 2" in a.sees()
    url = world.public()[-1].button("Open the private chat").url or ""
    world.people.seen[other.id] = Seen(other.id, "", "ＭＡＲＹ", "en", False)
    await a.says(f"/start {url.partition('start=')[2]}")
    assert "to ＭＡＲＹ (no user name, wallet since Dec 2" in a.sees()


async def test_two_in_one_payment_are_told_apart(world: MoneyWorld, a: Somebody) -> None:
    first, second = await joined(world, 1004, "Mary", ""), user(1005, "Mary")
    update = message_update(a.user, "/send Mary Mary 150 each")
    assert update.message is not None
    entities = [*(update.message.entities or ()), *(
        MessageEntity(type="text_mention", offset=offset, length=4, user=one)
        for offset, one in ((6, first.user), (11, second)))]
    await set_pin(a)
    await world.handle(update.model_copy(update={"message": update.message.model_copy(update={"entities": entities})}))
    assert f"to Mary (no user name, {SINCE}) and Mary (no user name, no wallet yet)" in a.sees()


async def test_a_name_written_like_a_user_name_is_seen_through(world: MoneyWorld, a: Somebody) -> None:
    fake = await joined(world, 1006, "Mary (@mary)", "")
    assert f"to Mary (mary) (no user name, {SINCE})?" in await picks(world, a, fake)


async def test_two_numbers_behind_one_masked_name_show_their_ends(world: MoneyWorld, a: Somebody) -> None:
    first, second = await joined(world, 1007, "李明", "ming"), await joined(world, 1008, "王明", "")
    await a.says(f"/send {first.phone} {second.phone} 20 each")
    assert "*明 (number ending in 1007) and *明 (number ending in 1008)" in a.sees()
    await a.says(f"/send {first.phone} 20")
    assert "to *明?" in a.sees()


async def test_the_list_of_whom_one_paid_lately_tells_them_apart(
        world: MoneyWorld, a: Somebody, mary: Somebody, other: Somebody) -> None:
    long = "Mary" + "y" * 60
    people = [mary, other, await joined(world, 1009, long, "longmary"), await joined(world, 1010, long, "")]
    for person in people:
        await a.says("/send 1", chat=GROUP, reply_to=spoken(person))
    world.people.seen[mary.id] = Seen(mary.id, "mary", "Mary", "en", False)
    world.people.seen[1009] = Seen(1009, "longmary", long, "en", False)
    await a.says("/send")
    labels = {button.text for button in a.sees_message().buttons}
    cut = long[:LONGEST_ON_A_BUTTON]
    assert labels >= {"Mary (@mary)", "Mary (since Dec 2, 2026, 12:00\u202fPM)", f"{cut} (@longmary)",
                      f"{cut} (since Dec 2, 2026, 12:00\u202fPM)"}
