"""Joining: every step is stored, one's own contact opens the wallet, and one gets to what one came for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiogram.types import Message, MessageOriginUser, ReplyKeyboardMarkup, ReplyKeyboardRemove

from handlers.chat import payloads
from handlers.chat.buttons import claim_payload
from handlers.ground import microseconds
from handlers.texts import Speaker
from tests.fakes.telegram import user
from tests.handlers.chat.world import GROUP, LIBRARY, START, Somebody, World
from wallet.rows import Acceptance, Account, Audit, Hold, Member, Profile
from wallet.views import MemberView


@pytest.fixture
def came_for() -> Iterator[list[tuple[str, str]]]:
    """What payloads beginning with `test_` led to."""
    led: list[tuple[str, str]] = []

    @payloads.payload("test")
    async def show(message: Message, rest: str, member: MemberView, speaker: Speaker) -> None:
        led.append((rest, member.nickname))

    yield led
    del payloads.PAYLOADS["test"]


def waits_for(world: World, payer: MemberView, receiver: int) -> str:
    """1.50 waits for somebody; the payload that claims it."""
    expires = microseconds(world.moment + timedelta(hours=24))
    world.store.rows[(Hold, 4711)] = Hold(4711, payer.id, "claim", 150, receiver, 4712, "open", expires,
                                          0, 0, 0, 0, 0, 0, 0, "", 0)
    return claim_payload(4711)


async def test_joining_takes_a_language_one_agree_and_ones_own_contact(world: World, alice: Somebody) -> None:
    await alice.says("/start")
    assert "choose your language" in alice.sees()
    assert [button.text for button in alice.sees_message().buttons] == ["简体中文", "✓ English"]
    await alice.taps("English")
    assert "18 or older" in alice.sees()
    assert LIBRARY.in_force(START)["user-agreement"].texts["en"].summary[:40] in alice.sees()
    await alice.taps("I agree")
    keyboard = alice.sees_message().markup
    assert isinstance(keyboard, ReplyKeyboardMarkup)
    assert keyboard.keyboard[0][0].request_contact
    await alice.shares()
    member = await alice.member()
    assert (member.step, member.joined, member.nickname, member.language) == ("", True, "Alice Chen", "en")
    thanks, welcome = world.session.in_chat(alice.id)[-2:]
    assert isinstance(thanks.markup, ReplyKeyboardRemove)
    assert "Your wallet is open, Alice Chen" in welcome.text
    assert [button.callback_data for button in welcome.buttons][:2] == ["o:balance", "o:topup"]
    assert len(world.rows(Account)) == 2 + len([row for row in world.rows(Account) if row.id < 16])


async def test_the_whole_way_is_chinese_for_somebody_whose_telegram_is(world: World, li: Somebody) -> None:
    await li.joins()
    assert "李明" in li.sees()
    assert (await li.member()).language == "zh_CN"
    accepted = world.rows(Acceptance)[0]
    text = LIBRARY.in_force(START)["user-agreement"].texts["zh_CN"]
    assert (accepted.language, accepted.sha256, accepted.chat) == ("zh_CN", text.sha256, li.id)


async def test_the_phone_number_is_kept_sealed_and_digested_only(world: World, li: Somebody) -> None:
    member = await li.joins()
    profile = world.rows(Profile)[0]
    assert world.vault.open_for(profile.wrapped_key, profile.phone) == "+8613812345678"
    assert "13812345678" not in repr(world.store.rows)
    assert await world.reads.member_by_phone(world.vault.digest("phone", "+8613812345678")) == member


async def test_every_step_goes_on_where_it_was_left(world: World, alice: Somebody) -> None:
    await alice.says("/start")
    await alice.says("/start")
    assert "choose your language" in alice.sees()
    await alice.taps("English")
    await alice.says("/start")
    assert "18 or older" in alice.sees()
    await alice.taps("I agree")
    await alice.says("/start")
    assert "Share my phone number" in alice.sees()
    await alice.says("+447400123456")
    assert "Share my phone number" in alice.sees()
    assert (await alice.member()).step == "contact"
    assert len(world.rows(Member)) == 1


@pytest.mark.parametrize("typed", ["+447400123456", "138 0013 8000", "(0)7400-123456"])
async def test_a_typed_number_is_told_that_it_does_not_count(world: World, alice: Somebody, typed: str) -> None:
    await alice.says("/start")
    await alice.taps("English")
    await alice.taps("I agree")
    await alice.says(typed)
    told, screen = world.session.in_chat(alice.id)[-2:]
    assert "typed doesn't count" in told.text
    assert "Share my phone number" in screen.text
    await alice.says("what now?")
    assert "typed doesn't count" not in world.session.in_chat(alice.id)[-2].text


@pytest.mark.parametrize("owner", [999, 0])
async def test_somebody_elses_or_a_typed_contact_opens_nothing(world: World, alice: Somebody, owner: int) -> None:
    await alice.says("/start")
    await alice.taps("English")
    await alice.taps("I agree")
    await alice.shares(owner=owner)
    assert "isn't your own contact" in alice.sees()
    assert world.rows(Profile) == []


async def test_a_forwarded_contact_opens_nothing(world: World, alice: Somebody) -> None:
    await alice.says("/start")
    await alice.taps("English")
    await alice.taps("I agree")
    origin = MessageOriginUser(date=START, sender_user=user(999))
    await alice.shares(forward_origin=origin)
    assert "isn't your own contact" in alice.sees()
    assert world.rows(Profile) == []


async def test_a_number_that_cannot_be_one_opens_nothing(world: World, alice: Somebody) -> None:
    await alice.says("/start")
    await alice.taps("English")
    await alice.taps("I agree")
    await alice.shares("12")
    assert "can't read a phone number" in alice.sees()
    await alice.shares("44 7400 123456")
    assert (await alice.member()).joined


async def test_a_phone_number_belongs_to_one_wallet(world: World, alice: Somebody) -> None:
    await alice.joins()
    mallory = Somebody(world, 1003, "Mallory", "en", alice.phone)
    await mallory.says("/start")
    await mallory.taps("English")
    await mallory.taps("I agree")
    await mallory.shares()
    assert "already belongs to another wallet" in mallory.sees()
    assert not (await mallory.member()).joined


async def test_a_contact_before_its_step_is_not_taken(world: World, alice: Somebody) -> None:
    await alice.says("/start")
    await alice.shares()
    assert (await alice.member()).step == "language"
    assert "choose your language" in alice.sees()


async def test_somebody_under_18_gets_a_link_for_a_guardian_and_is_remembered(world: World, alice: Somebody) -> None:
    await alice.says("/start")
    await alice.taps("English")
    agree = alice.sees_message().button("I agree").callback_data
    assert agree is not None
    await alice.taps("under 18")
    assert "Thank you for telling the truth." in alice.sees()
    assert "Please send them the link below" in alice.sees()
    for said in ("/start", "hello?"):
        await alice.says(said)
        assert alice.sees().startswith("You told me that you are under 18.\n\n")
        labels = [button.text for button in alice.sees_message().buttons]
        assert labels == ["Copy the link", "Share", "That isn't right"]
    await alice.forges(agree)
    assert (await alice.member()).step == "minor"
    assert world.rows(Acceptance) == []
    assert [(row.member, row.act) for row in world.rows(Audit)] == [((await alice.member()).id, "said_under_18")]


async def test_a_slip_about_the_age_is_taken_back_by_a_second_question_and_once(world: World, alice: Somebody) -> None:
    await alice.says("/start")
    await alice.taps("English")
    await alice.taps("under 18")
    await alice.taps("isn't right")
    assert "Are you really <b>18 or older</b>?" in alice.sees()
    assert (await alice.member()).step == "minor"
    await alice.taps("No, I am under 18")
    assert "You told me that you are under 18." in alice.sees()
    await alice.taps("isn't right")
    yes = alice.sees_message().button("Yes").callback_data
    assert yes is not None
    await alice.taps("Yes")
    assert "Welcome to ikmPay" in alice.sees()
    await alice.taps("under 18")
    await alice.forges(yes)
    await alice.says("/start")
    assert "You told me that you are under 18." in alice.sees()
    assert [button.text for button in alice.sees_message().buttons] == ["Copy the link", "Share"]
    assert (await alice.member()).step == "barred"
    assert [row.act for row in world.rows(Audit)] == ["said_under_18", "took_back_under_18", "said_under_18"]


async def test_whoever_took_a_slip_back_joins_like_anybody_else(world: World, li: Somebody) -> None:
    await li.says("/start")
    await li.taps("简体中文")
    await li.taps("未满 18")
    await li.taps("选错了")
    await li.taps("已满 18")
    await li.agrees()
    await li.shares()
    assert (await li.member()).joined


async def test_whoever_comes_to_claim_is_told_first_what_waits_for_them(world: World, alice: Somebody) -> None:
    bob = Somebody(world, 1005, "Bob", "en", "+447400123459")
    way = waits_for(world, await alice.joins(), bob.id)
    await bob.says(f"/start {way}")
    told, screen = world.session.in_chat(bob.id)[-2:]
    assert "Alice Chen sent you <b>¥1.50</b>" in told.text
    assert "Open a wallet and the money is yours." in told.text
    assert "choose your language" in screen.text
    await bob.taps("English")
    await bob.says("/start")
    assert "¥1.50" in world.session.in_chat(bob.id)[-2].text


async def test_nobody_is_told_what_waits_for_somebody_else_or_no_more(world: World, alice: Somebody, li: Somebody
                                                                    ) -> None:
    bob = Somebody(world, 1005, "Bob", "en", "+447400123459")
    way = waits_for(world, await alice.joins(), bob.id)
    await li.says(f"/start {way}")
    await li.says("/start claim_nothing")
    assert len(world.session.in_chat(li.id)) == 2
    world.later(hours=25)
    await bob.says(f"/start {way}")
    assert len(world.session.in_chat(bob.id)) == 1


async def test_whoever_says_something_else_while_joining_hears_what_is_expected(alice: Somebody) -> None:
    await alice.says("/start")
    await alice.says("hello?")
    assert "choose your language" in alice.sees()
    await alice.taps("English")
    await alice.says("hello?")
    assert alice.sees().startswith("I am waiting for your answer: please tap")
    assert len(alice.sees()) < 200
    await alice.says("/start")
    await alice.taps("I agree")
    await alice.says("hello?")
    assert "That isn't your phone number" in alice.sees()
    assert isinstance(alice.sees_message().markup, ReplyKeyboardMarkup)


async def test_a_member_is_greeted_by_nickname(world: World, alice: Somebody) -> None:
    await alice.joins()
    await alice.says("/start")
    assert alice.sees() == "Hello, Alice Chen. What would you like to do?"


async def test_a_payload_is_kept_and_goes_on_after_joining(
        world: World, alice: Somebody, came_for: list[tuple[str, str]]) -> None:
    await alice.says("/start test_abc-1_2")
    await alice.says("/start")
    await alice.taps("English")
    await alice.taps("I agree")
    assert came_for == []
    await alice.shares()
    assert came_for == [("abc-1_2", "Alice Chen")]
    await alice.says("/start test_again")
    assert came_for[1:] == [("again", "Alice Chen")]


@pytest.mark.parametrize("typed", ["nobody_knows", "test", "test_", "te st_x", "test_<b>", "_", "x" * 100])
async def test_a_payload_that_leads_nowhere_is_a_greeting(
        world: World, alice: Somebody, came_for: list[tuple[str, str]], typed: str) -> None:
    await alice.joins()
    await alice.says(f"/start {typed}")
    assert alice.sees().startswith("Hello, Alice Chen.")
    assert came_for == []


async def test_a_name_that_cannot_be_a_nickname_is_replaced_by_a_friendly_one(world: World) -> None:
    admin = Somebody(world, 1004, "ikmPay Support", "en", "+447400123457")
    member = await admin.joins()
    assert "support" not in member.nickname.lower()
    assert 2 <= len(member.nickname) <= 20


async def test_an_old_agree_button_after_joining_changes_nothing(world: World, alice: Somebody) -> None:
    await alice.says("/start")
    await alice.taps("English")
    screen = alice.sees_message()
    agree = screen.button("I agree").callback_data
    assert agree is not None
    await alice.forges(agree, screen)
    await alice.forges(agree, screen)
    documents = [acceptance.document for acceptance in world.rows(Acceptance)]
    assert documents == [document.name for document in LIBRARY.in_force(START).values() if "join" in document.gates]
    assert (await alice.member()).step == "contact"


async def test_somebody_elses_agree_button_is_refused(world: World, alice: Somebody, li: Somebody) -> None:
    await alice.says("/start")
    await alice.taps("English")
    data = alice.sees_message().button("I agree").callback_data
    assert data is not None
    await li.says("/start")
    await li.taps("简体中文")
    await li.forges(data)
    assert li.was_alerted()
    assert (await li.member()).step == "agree"


async def test_in_a_group_start_shows_the_way_and_plain_words_are_talk(world: World, alice: Somebody) -> None:
    await alice.says("/start", chat=GROUP)
    assert world.session.last(GROUP).buttons[0].url == "https://t.me/ikmpay_bot?start=hello"
    assert not await alice.says("开始吃饭", chat=GROUP)
    assert len(world.session.in_chat(GROUP)) == 1
    assert world.rows(Member) == []
