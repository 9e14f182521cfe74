"""What handlers may be given, and that everybody who asks is answered."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiogram import Router
from aiogram.enums import MessageOriginType
from aiogram.exceptions import TelegramForbiddenError
from aiogram.filters import Filter
from aiogram.methods import AnswerCallbackQuery, GetMe
from aiogram.types import (
    CallbackQuery,
    Chat,
    ChosenInlineResult,
    InaccessibleMessage,
    Message,
    MessageOriginUser,
    Update,
    User,
)

from bot.arrivals import arrived
from bot.declarations import Undeclared
from bot.directory import Directory
from bot.dispatcher import Handling, make_dispatcher
from bot.metrics import Metrics
from bot.middlewares import Answered, Context, Event, EveryPress, Guard, chat_of
from handlers.asking import answers
from handlers.commands import Verb, declared
from handlers.ground import ANONYMOUS_ADMIN, CHANNEL_AS_SENDER, Accepts, Config, Who, accepts
from handlers.texts import speakers
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import RecordingSession, Shown, bot_with, message_update, press_update, user
from tests.handlers.chat.world import FakeDialogs
from wallet import refusals
from wallet.members import ChooseLanguage
from wallet.money import CNY
from wallet.refusals import Refusal
from wallet.views import GroupRulesView, MemberView

CONFIG = Config(username="ikmpay_bot", brand="ikmPay", currency=CNY, region="CN", zone=ZoneInfo("Asia/Shanghai"),
                play_money=True)
VOICES = speakers(CNY, CONFIG.zone, CONFIG.brand)
GROUP = -100500
FORWARDED = MessageOriginUser(type=MessageOriginType.USER, date=datetime(2026, 1, 1, tzinfo=UTC),
                              sender_user=user(2, "Bob"))
ALICE = user(1, "Alice")
STRANGER = user(2, "Bob", language="zh-hans")
ALICE_MEMBER = MemberView(id=64, telegram_id=1, state="active", step="", language="en", level=0, accepted="",
                          no_pin_limit=20000, payload="", nickname="Alice", has_pin=False)


class MemberReads:
    """One member, and a count of how often anybody asked."""

    def __init__(self) -> None:
        self.queries = 0
        self.known = {1: ALICE_MEMBER}

    async def members(self, telegram_ids: list[int]) -> Mapping[int, MemberView]:
        self.queries += 1
        return {number: self.known[number] for number in telegram_ids if number in self.known}


class ChineseGroups:
    def __init__(self) -> None:
        self.off: frozenset[str] = frozenset()

    async def language(self, chat: int) -> str:
        return "zh_CN"

    async def set_language(self, chat: int, language: str) -> None:
        raise AssertionError

    async def rules(self, chat: int) -> GroupRulesView:
        return GroupRulesView(self.off)


class FewOperators:
    def __init__(self) -> None:
        self.roles: dict[int, str] = {}

    async def role(self, telegram_id: int) -> str:
        return self.roles.get(telegram_id, "")


class Text(Filter):
    """A handler of these tests is chosen by what is said."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def __call__(self, event: Message | CallbackQuery) -> bool:
        return (event.text if isinstance(event, Message) else event.data) == self.text


class House:
    """A dispatcher with a few handlers, and what became of what was sent in."""

    def __init__(self, *routers: Router, verbs: Iterable[Verb] = ()) -> None:
        self.session = RecordingSession()
        self.bot = bot_with(self.session)
        self.clock = FakeClock()
        self.called: list[str] = []
        self.given: dict[str, Any] = {}
        self.refused: list[Refusal] = []
        self.begun: set[str] = set()
        self.reads = MemberReads()
        self.groups = ChineseGroups()
        self.operators = FewOperators()
        self.directory = Directory(self.reads, self.clock, 60.0)  # type: ignore[arg-type]
        answered = Answered()
        self.session.middleware(answered)
        self.dispatcher = make_dispatcher(
            routers or [self.router()], context=Context(self.directory, self.groups, VOICES, CONFIG),
            guard=Guard(self.refuse, self.was_begun, self.now, self.groups), presses=EveryPress(answered),
            provided={"config": CONFIG, "dialogs": FakeDialogs(), "operators": self.operators}, verbs=verbs)
        self.handling = Handling(self.dispatcher, self.bot, self.refuse, Metrics())

    def router(self) -> Router:
        router = Router()

        def handler(name: str) -> Any:
            async def handle(event: Message | CallbackQuery, **data: Any) -> None:
                self.called.append(name)
                self.given = data
                if name == "refuses":
                    refusal = refusals.NotEnough(1, 2)
                    refusal.kept = True
                    raise refusal
                if name == "rests":
                    raise refusals.Maintenance
                if name == "answers":
                    assert isinstance(event, CallbackQuery)
                    await event.answer("yes")
            return handle

        for verb in (Verb.SEND, Verb.SETTINGS, Verb.HELP, Verb.GROUP, Verb.LANGUAGE):
            answers(router, verb, handler(verb))
        for name in ("refuses", "rests"):
            router.message.register(handler(name), Text(name), flags=accepts(group=True))
        for name in ("answers", "forgets", "refuses"):
            router.callback_query.register(handler(name), Text(name), flags=accepts(group=True))
        router.callback_query.register(handler("private"), Text("private"), flags=accepts())
        return router

    async def refuse(self, event: Event, refusal: Refusal, data: Mapping[str, Any]) -> None:
        assert data["speaker"]
        assert data["config"] is CONFIG
        self.refused.append(refusal)

    async def was_begun(self, prefix: str) -> bool:
        return prefix in self.begun

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now() / 1_000_000, UTC)

    async def hears(self, update: Update, *, later: timedelta = timedelta()) -> str:
        """Handle an update that arrived now, perhaps only later; returns how it ended."""
        arrival = arrived(update.model_dump(mode="json", exclude_unset=True, by_alias=True), self.clock.now())
        if later:
            await self.clock.advance(later.total_seconds())
        try:
            return await self.handling.handle(arrival)
        except Refusal as refusal:  # As the inbox does it.
            return await self.handling.refuse(arrival, refusal)

    async def reads_message(self, text: str, sender: User = ALICE, **more: Any) -> str:
        more.setdefault("date", self.now())
        return await self.hears(message_update(sender, text, **more))

    async def presses(self, data: str, sender: User = ALICE, chat: int = 1) -> str:
        return await self.hears(press_update(sender, Shown(chat, 5, "card", None, 0, None), data))

    @property
    def codes(self) -> list[str]:
        return [refusal.code for refusal in self.refused]


@pytest.fixture
def house() -> House:
    return House()


# ------------------------------------------------------------------------------------------ at the start
def test_a_handler_that_declares_nothing_fails_at_the_start() -> None:
    async def careless(message: Message) -> None:
        raise AssertionError

    router = Router()
    router.message.register(careless)
    with pytest.raises(Undeclared, match="careless"):
        House(router)


# -------------------------------------------------------------------------------------------- what is given
def test_what_happened_in_no_chat_is_in_none_whatever_is_sent_under_that_name() -> None:
    user = {"id": 5, "is_bot": False, "first_name": "x"}
    for said in ("\u202e", {"id": 5, "type": "group"}):
        chosen = {"result_id": "x", "from": user, "query": "x", "chat": said}
        assert chat_of(ChosenInlineResult.model_validate(chosen)) is None


async def test_a_handler_is_told_who_speaks_and_in_which_language(house: House) -> None:
    assert await house.reads_message("/help") == "done"
    assert house.given["member"] is ALICE_MEMBER
    assert house.given["speaker"].language == house.given["group_speaker"].language == "en"


async def test_a_stranger_is_spoken_to_in_telegrams_language_and_the_group_in_its_own(house: House) -> None:
    await house.reads_message("/help", STRANGER, chat=GROUP)
    assert house.given["member"] is None
    assert house.given["speaker"].language == "zh_CN"
    await house.reads_message("/help", ALICE, chat=GROUP)
    assert (house.given["speaker"].language, house.given["group_speaker"].language) == ("en", "zh_CN")


async def test_members_are_not_asked_for_twice_until_something_changes(house: House) -> None:
    for _ in range(3):
        await house.reads_message("/help")
    assert house.reads.queries == 1
    house.directory.forget(ChooseLanguage(key="k", member=64, language="en"))
    await house.reads_message("/help")
    assert house.reads.queries == 2
    await house.clock.advance(61)
    await house.reads_message("/help")
    assert house.reads.queries == 3


async def test_somebody_who_is_joining_is_never_remembered(house: House) -> None:
    house.reads.known = {}
    await house.reads_message("/help")
    house.reads.known = {1: ALICE_MEMBER}
    await house.reads_message("/help")
    assert house.given["member"] is ALICE_MEMBER


# ------------------------------------------------------------------------------------- what is accepted
async def test_a_private_command_is_refused_in_a_group_and_plain_words_there_are_just_talk(house: House) -> None:
    assert await house.reads_message("/settings", chat=GROUP) == "refused"
    assert house.codes == ["private_only"]
    assert await house.reads_message("设置", chat=GROUP) == "done"
    assert house.codes == ["private_only"]
    assert house.called == []


async def test_what_a_group_has_switched_off_is_refused_there_and_plain_words_are_just_talk(house: House) -> None:
    house.groups.off = frozenset({"transfers"})
    assert await house.reads_message("/send @bob 1", chat=GROUP) == "refused"
    assert house.codes == ["feature_off"]
    assert await house.reads_message("转账 @bob 1", chat=GROUP) == "done"
    assert house.called == []
    assert await house.reads_message("/send @bob 1") == "done"
    assert await house.reads_message("/help", chat=GROUP) == "done"
    assert house.called == ["send", "help"]


async def test_a_private_button_is_refused_in_a_group(house: House) -> None:
    assert await house.presses("private", chat=GROUP) == "refused"
    assert house.codes == ["private_only"]


@pytest.mark.parametrize("text", ["/group", "群设置"])
async def test_what_is_for_groups_is_refused_in_private_however_it_is_asked(house: House, text: str) -> None:
    assert await house.reads_message(text) == "refused"
    assert house.codes == ["group_only"]


async def test_what_is_for_a_groups_administrators_is_refused_to_others(house: House) -> None:
    assert await house.reads_message("/group", chat=GROUP) == "refused"
    assert house.codes == ["not_an_administrator"]
    house.session.administrators.add((GROUP, ALICE.id))
    assert await house.reads_message("/group", chat=GROUP) == "done"
    assert house.called == ["group"]


@pytest.mark.parametrize(("chat", "ended"), [(GROUP, "done"), (-7, "refused")])
async def test_whoever_writes_in_the_groups_name_administers_it_and_in_another_name_nothing(house: House, chat: int,
                                                                                        ended: str) -> None:
    written_as = Chat(id=chat, type="supergroup", title="Some")
    anonymous = User(id=ANONYMOUS_ADMIN, is_bot=True, first_name="Group")
    assert await house.reads_message("/group", anonymous, chat=GROUP, sender_chat=written_as) == ended


async def test_who_telegram_does_not_tell_about_administers_nothing(house: House) -> None:
    house.session.administrators.add((GROUP, ALICE.id))
    house.session.unreachable.add(GROUP)
    assert await house.reads_message("/group", chat=GROUP) == "refused"
    assert house.codes == ["not_an_administrator"]


async def test_an_identity_level_that_a_handler_needs_is_asked_of_members() -> None:
    router, called = Router(), []

    async def borrow(message: Message) -> None:
        called.append(message.text)

    router.message.register(borrow, flags={"accepts": Accepts(private=Who.MEMBERS, level=1)})
    house = House(router)
    assert await house.reads_message("borrow") == "refused"
    assert house.codes == ["level_needed"]
    house = House(router)
    house.reads.known = {1: replace(ALICE_MEMBER, level=1)}
    assert await house.reads_message("borrow") == "done"
    assert called == ["borrow"]


async def test_a_stranger_is_led_to_joining(house: House) -> None:
    assert await house.reads_message("/send @eve 20", STRANGER) == "refused"
    assert await house.presses("answers", STRANGER) == "refused"
    assert house.codes == ["not_a_member", "not_a_member"]
    assert house.called == []


@pytest.mark.parametrize(("more", "code"), [
    ({"forward_origin": FORWARDED}, "message_forwarded"),
    ({"via_bot": User(id=9, is_bot=True, first_name="Other")}, "message_forwarded"),
    ({"edit_date": 1}, "message_edited"),
    ({"sender_chat": Chat(id=-7, type="channel", title="News")}, "sender_is_not_a_person"),
    ({"sender": User(id=CHANNEL_AS_SENDER, is_bot=True, first_name="Channel")}, "sender_is_not_a_person"),
    ({"sender": User(id=ANONYMOUS_ADMIN, is_bot=True, first_name="Group")}, "sender_is_not_a_person")])
async def test_money_moves_only_by_what_a_person_typed(house: House, more: dict[str, Any], code: str) -> None:
    assert await house.reads_message("/send @eve 20", chat=GROUP, **more) == "refused"
    assert house.codes == [code]
    assert house.called == []


async def test_other_bots_and_automatic_forwards_hear_nothing(house: House) -> None:
    bot = User(id=77, is_bot=True, first_name="Echo")
    assert await house.reads_message("/help", bot, chat=GROUP) == "done"
    assert await house.reads_message("/help", ALICE, chat=GROUP, is_automatic_forward=True) == "done"
    assert (house.called, house.codes) == ([], [])


async def test_an_old_payment_is_asked_for_again(house: House) -> None:
    assert await house.reads_message("/send @eve 20", date=house.now() - timedelta(minutes=4)) == "done"
    assert await house.reads_message("/send @eve 20", date=house.now() - timedelta(hours=20)) == "refused"
    assert house.codes == ["message_too_old"]
    assert house.called == ["send"]


async def test_a_clock_that_was_set_back_makes_no_payment_look_old(house: House) -> None:
    update = message_update(ALICE, "/send @eve 20", date=house.now())
    arrival = arrived(update.model_dump(mode="json", exclude_unset=True, by_alias=True),
                      house.clock.now() + 2 * 3600 * 1_000_000)
    assert await house.handling.handle(arrival) == "done"
    assert house.called == ["send"]


async def test_a_message_from_the_future_makes_no_payment_of_anybody_old(house: House) -> None:
    assert await house.reads_message("/send @eve 20", date=house.now() + timedelta(hours=20)) == "done"
    assert await house.reads_message("/send @eve 20") == "done"
    assert await house.reads_message("/send @eve 20", date=house.now() - timedelta(hours=20)) == "refused"
    assert house.codes == ["message_too_old"]


async def test_a_payment_that_we_come_back_to_late_is_done_only_if_it_was_decided(house: House) -> None:
    late = timedelta(hours=2)
    undecided = message_update(ALICE, "/send @eve 20", date=house.now())
    assert await house.hears(undecided, later=late) == "refused"
    assert house.codes == ["message_too_old"]
    decided = message_update(ALICE, "/send @eve 20", date=house.now())
    assert decided.message is not None
    house.begun.add(f"msg:{house.bot.id}:1:{decided.message.message_id}:")
    assert await house.hears(decided, later=late) == "done"
    assert house.called == ["send"]


async def test_the_last_step_of_a_dialog_that_we_come_back_to_late_is_done_if_the_payment_was_decided() -> None:
    class Continues(Filter):
        async def __call__(self, message: Message) -> dict[str, Any]:
            return {"dialog": {"kind": "send", "key": "press:7:send"}}

    router, called = Router(), []

    async def pay(message: Message) -> None:
        called.append(message.text)

    router.message.register(pay, Continues(), flags=declared(Verb.SEND))
    house = House(router)
    assert await house.hears(message_update(ALICE, "lunch", date=house.now()), later=timedelta(hours=2)) == "refused"
    house.begun.add("press:7:send")
    assert await house.hears(message_update(ALICE, "lunch", date=house.now()), later=timedelta(hours=2)) == "done"
    assert called == ["lunch"]


async def test_an_edited_payment_is_refused_and_other_edits_are_nobodys_business(house: House) -> None:
    def edited(text: str) -> Update:
        update = message_update(ALICE, text, date=house.now(), edit_date=int(house.now().timestamp()))
        return Update(update_id=update.update_id, edited_message=update.message)

    assert await house.hears(edited("/send @eve 20")) == "refused"
    assert await house.hears(edited("转账 @eve 20")) == "refused"
    assert house.codes == ["message_edited", "message_edited"]
    for text in ("/settings", "good morning"):
        assert await house.hears(edited(text)) == "done"
    assert len(house.codes) == 2
    assert house.called == []


# ----------------------------------------------------------------------------------------- what is told
async def test_a_refusal_is_told_and_ends_the_update(house: House) -> None:
    assert await house.reads_message("refuses") == "refused"
    assert house.refused == [refusals.NotEnough(1, 2)]


@pytest.mark.parametrize(("text", "refusal"), [
    ("rests", refusals.Maintenance), ("/settings", refusals.PrivateOnly)])
async def test_what_nobody_wrote_down_is_left_to_the_inbox_before_it_is_told(
        house: House, text: str, refusal: type[Refusal]) -> None:
    arrival = arrived(message_update(ALICE, text, chat=GROUP, date=house.now()).model_dump(
        mode="json", exclude_unset=True), house.clock.now())
    with pytest.raises(refusal):
        await house.handling.handle(arrival)
    assert house.refused == []


async def test_nobody_being_left_to_hear_a_no_ends_the_update(house: House) -> None:
    async def gone(event: Event, refusal: Refusal, data: Mapping[str, Any]) -> None:
        raise TelegramForbiddenError(GetMe(), "Forbidden: bot was blocked by the user")

    house.handling = Handling(house.dispatcher, house.bot, gone, Metrics())
    assert await house.reads_message("rests") == "refused"


async def test_every_press_is_answered_once(house: House) -> None:
    for data in ("answers", "forgets", "refuses"):
        await house.presses(data)
    assert house.codes == ["not_enough"]
    answers = house.session.of(AnswerCallbackQuery)
    assert [answer.text for answer in answers] == ["yes", None, None]
    assert len({answer.callback_query_id for answer in answers}) == 3


async def test_a_press_that_no_handler_wants_is_refused(house: House) -> None:
    assert await house.presses("nobody knows it") == "refused"
    assert house.codes == ["button_stale"]


async def test_a_press_under_a_message_that_is_gone_is_handled(house: House) -> None:
    gone = InaccessibleMessage(chat=Chat(id=GROUP, type="supergroup", title="Dinner"), message_id=5, date=0)
    press = CallbackQuery(id="p1", from_user=ALICE, chat_instance="1", message=gone, data="private")
    assert await house.hears(Update(update_id=1, callback_query=press)) == "refused"
    assert house.called == []


async def test_under_a_card_that_was_sent_through_us_only_what_says_so_is_pressed() -> None:
    router, called = Router(), []

    async def anywhere(press: CallbackQuery) -> None:
        called.append(press.data)

    router.callback_query.register(anywhere, Text("anywhere"), flags=accepts(private=False, anywhere=True))
    router.callback_query.register(anywhere, Text("private"), flags=accepts())
    house = House(router)
    for number, (data, sender, ended) in enumerate((
            ("anywhere", ALICE, "done"), ("private", ALICE, "refused"), ("anywhere", STRANGER, "refused"))):
        press = CallbackQuery(id=f"p{number}", from_user=sender, chat_instance="1", inline_message_id="x", data=data)
        assert await house.hears(Update(update_id=number, callback_query=press)) == ended
    assert called == ["anywhere"]
    assert house.codes == ["button_stale", "not_a_member"]
    assert await house.presses("anywhere") == "refused"
    assert house.codes[2:] == ["group_only"]


async def test_what_was_sent_through_us_is_no_message_to_us(house: House) -> None:
    ourselves = User(id=42, is_bot=True, first_name="ikmPay")
    assert await house.reads_message("/help", via_bot=ourselves) == "done"
    assert (house.called, house.codes) == ([], [])


async def test_what_cannot_be_read_is_dead_at_once(house: House) -> None:
    arrival = arrived({"update_id": 1, "message": {"text": 7, "chat": "x"}}, 1)
    assert await house.handling.handle(arrival) == "dead"


async def test_an_answer_into_a_group_that_became_another_chat_ends_the_update() -> None:
    router = Router()

    async def say(message: Message) -> None:
        await message.answer("hello")

    router.message.register(say, flags=accepts(group=True, joined=False))
    house = House(router)
    house.session.moved[GROUP] = -1009
    assert await house.hears(message_update(ALICE, "hi", chat=GROUP, date=house.now())) == "done"


async def test_an_anonymous_administrator_reads_an_apology_in_the_group(house: House) -> None:
    update = message_update(user(ANONYMOUS_ADMIN, "Group"), "/help", chat=GROUP, date=house.now())
    arrival = arrived(update.model_dump(mode="json", exclude_unset=True), house.clock.now())
    await house.handling.handle(arrival)
    await house.handling.apologise(arrival, "ABCD1234")
    said = house.session.last(GROUP)
    assert "ABCD1234" in said.text
    assert not said.receiver


async def test_a_bug_is_apologised_for_with_its_number(house: House) -> None:
    arrival = arrived(message_update(ALICE, "/help", date=house.now()).model_dump(mode="json", exclude_unset=True),
                      house.clock.now())
    await house.handling.handle(arrival)
    await house.handling.apologise(arrival, "ABCD1234")
    assert "ABCD1234" in house.session.last(1).text
    press = arrived(press_update(ALICE, Shown(1, 5, "card", None, 0, None), "answers").model_dump(
        mode="json", exclude_unset=True, by_alias=True), house.clock.now())
    await house.handling.handle(press)
    await house.handling.apologise(press, "ABCD1234")
    assert "ABCD1234" in (house.session.alerts()[-1].text or "")

