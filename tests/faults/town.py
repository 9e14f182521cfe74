"""People who come to the real dispatcher to be refused, each under a number of their own.

Guards: nobody stands in another's way. Whoever a script is about is new to the town, and the three who are there for
everybody stay as they are.
"""
from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any, Final

from argon2 import PasswordHasher

from bot.app import App
from bot.arrivals import arrived
from handlers.anywhere import Kind as Card
from handlers.anywhere import Offer
from handlers.chat.buttons import (
    AnswerButton,
    DraftAct,
    DraftButton,
    EnvelopeButton,
    HoldButton,
    RequestButton,
    SplitButton,
    VoucherLink,
)
from tests.fakes.telegram import RecordingSession, Shown
from tests.wallet.machine.three import Ordain
from wallet.agreements import Accept
from wallet.commands import Command, Outcome
from wallet.dates import DAILY
from wallet.drafts import Confirm
from wallet.funding import TopUp
from wallet.groups import FEATURE, SetGroupRule
from wallet.members import ChooseLanguage, Meet, Met, ShareContact
from wallet.pins import SetPin
from wallet.refusals import Refusal
from wallet.schedules import AskSchedule, ScheduleMade
from wallet.splits import MakeSplit, SplitMade
from wallet.transfers import Send, Sent

Json = dict[str, Any]
Kind = type[Refusal]

PIN: Final = "739154"
"""Everybody's who has one."""
HASHER: Final = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""PINs are hashed as everywhere, only not slowly."""
FUNDS: Final = 50_000
SQUARE: Final = -1_002
"""The group in which the dialogs take place."""
GATES: Final = ("join", "payment", "envelopes")
LANGUAGES: Final = ("en", "zh_CN")
"""Everybody reads one of them, by the number that they have."""


class Town:
    """People who come to be refused, each under a number of their own."""

    def __init__(self, app: App, telegram: RecordingSession, met: Counter[Kind]) -> None:
        self.app = app
        self.telegram = telegram
        self.met = met
        self._numbers = itertools.count(10_000_000)
        self._people = itertools.count(10_001)
        self.alice = self.bob = self.curious = 0
        """They stay as they are: no script changes what they may do, and what they pay comes back to nothing."""

    async def found(self) -> None:
        """Let those settle who are there for everybody."""
        # They open more in a minute than people do.
        self.app.engine.policy = replace(self.app.policy, openings_a_minute=10**6, envelopes_open=10**6)
        self.alice, self.bob, self.curious, *self.crowd = [await self.resident() for _ in range(8)]
        await self.says(self.bob, "hello")

    # ------------------------------------------------------------------------------------------- people
    def stranger(self) -> int:
        """Somebody who has not heard of us."""
        return next(self._people)

    async def resident(self, person: int = 0, *, gates: tuple[str, ...] = GATES, pin: bool = False) -> int:
        """Somebody with a wallet and money, by the wallet's own commands; without "payment", none of it."""
        person = await self.newcomer(person or self.stranger(), gates)
        member, vault = await self.member(person), self.app.vault
        wrapped = vault.new_member_key()
        await self.run(ShareContact(key=self.key(), member=member, phone_digest=vault.digest("phone", phone_of(person)),
                                    sealed_phone=vault.seal_for(wrapped, phone_of(person)), wrapped_key=wrapped,
                                    nickname=f"member {person}"))
        if "payment" in gates:
            await self.run(TopUp(key=self.key(), member=member, amount=FUNDS))
        if pin:
            await self.set_pin(person, 0)
        return person

    async def newcomer(self, person: int = 0, gates: tuple[str, ...] = ("join",)) -> int:
        """Somebody of whom only the phone number is missing."""
        person = person or self.stranger()
        language = LANGUAGES[person % len(LANGUAGES)]
        met = await self.run(Meet(key=self.key(), telegram_id=person, language=language))
        assert isinstance(met, Met)
        await self.run(ChooseLanguage(key=self.key(), member=met.member, language=language))
        for gate in gates:
            documents = tuple((one.name, one.version)
                              for one in self.app.policy.terms.in_force(gate, self.app.clock.now()))
            await self.run(Accept(key=self.key(), member=met.member, documents=documents, language=language,
                                  chat=person))
        return person

    async def member(self, person: int) -> int:
        """Their number in the wallet."""
        view = await self.app.reads.member(person)
        assert view is not None
        return view.id

    async def set_pin(self, person: int, version: int) -> None:
        """Choose the PIN elsewhere."""
        await self.run(SetPin(key=self.key(), member=await self.member(person), hash=await self.app.pins.hash(PIN),
                              pin_version=version))

    async def ordain(self, person: int, state: str = "active", restrictions: int = 0) -> None:
        """What operators do to somebody."""
        await self.run(Ordain(key=self.key(), member=await self.member(person), state=state, restrictions=restrictions,
                              until=0))

    # --------------------------------------------------------------------------------------------- acts
    def key(self) -> str:
        """A key that was not used yet."""
        return f"town:{next(self._numbers)}"

    async def run(self, command: Command) -> Outcome:
        """Ask the wallet itself."""
        return await self.app.engine.run(command)

    async def says(self, person: int, text: str, *, group: bool = False, reply_to: int = 0, number: int = 0,
                   edited: bool = False, **more: Any) -> None:
        """Somebody writes."""
        message: Json = {"message_id": number or next(self._numbers), "date": self._now(), "from": user_of(person),
                         "chat": square() if group else {"id": person, "type": "private", "first_name": "x"}}
        if text:
            message["text"] = text
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        if reply_to:
            message["reply_to_message"] = {"message_id": 1, "date": self._now(), "chat": message["chat"], "text": "hi",
                                           "from": user_of(reply_to)}
        await self._deliver("edited_message" if edited else "message", {**message, **more})

    async def forges(self, person: int, data: str, shown: Shown | None = None) -> None:
        """Somebody presses what no button need carry, under a message of the bot or anywhere."""
        chat, number = (shown.chat, shown.message_id) if shown else (person, 1)
        where = square() if chat < 0 else {"id": chat, "type": "private", "first_name": "x"}
        await self._deliver("callback_query", {
            "id": f"town{next(self._numbers)}", "from": user_of(person), "chat_instance": "1", "data": data,
            "message": {"message_id": number, "date": self._now(), "chat": where, "text": "x"}})

    async def taps(self, person: int, *labels: str) -> None:
        """Somebody presses the newest button with one of these labels, in whichever language, in their private chat."""
        shown, button = next((shown, button) for shown in self._newest_first(person) for button in shown.buttons
                             if button.text in labels)
        assert button.callback_data is not None
        await self.forges(person, button.callback_data, shown)

    async def types(self, person: int, digits: str) -> None:
        """Somebody presses the keys of the keypad."""
        for digit in digits:
            await self.taps(person, digit)

    def _newest_first(self, chat: int) -> Iterator[Shown]:
        """The bot's messages that stand in a chat."""
        return (shown for (where, _), shown in reversed(self.telegram.shown.items()) if where == chat)

    def _newest(self, chat: int, prefix: str) -> tuple[Shown, str]:
        """The newest message of the bot in a chat with a button whose data begins like this, and that data."""
        return next((shown, button.callback_data) for shown in self._newest_first(chat) for button in shown.buttons
                    if button.callback_data and button.callback_data.startswith(prefix))

    async def drafts(self) -> tuple[int, str]:
        """Somebody is asked whether they want to pay; returns them and the draft's token."""
        payer = await self.resident()
        await self.says(payer, f"/send @{name_of(self.bob)} 1")
        _, data = self._newest(payer, DraftButton.__prefix__)
        return payer, DraftButton.unpack(data).token

    async def waits(self) -> tuple[int, int, Shown, int]:
        """Money waits for somebody in the group; returns payer, stranger, card and hold."""
        payer, stranger = await self.resident(), self.stranger()
        await self.says(payer, "/send 1", group=True, reply_to=stranger)
        card, data = self._newest(SQUARE, HoldButton.__prefix__)
        return payer, stranger, card, HoldButton.unpack(data).hold

    async def switches(self, feature: str, on: int) -> None:
        """An administrator switches a feature of the group off, or on again."""
        await self.run(SetGroupRule(key=self.key(), administrator=0, chat=SQUARE, rule=f"{FEATURE}{feature}", value=on))

    async def fills(self, shares: int, wish: str = "") -> tuple[int, Shown, int]:
        """Somebody fills an envelope for the group, or what they wish; returns its maker, card and number."""
        maker = await self.resident()
        await self.says(maker, wish or f"/red 1 {shares}", group=True)
        question, data = self._newest(SQUARE, DraftButton.__prefix__)
        token = DraftButton.unpack(data).token
        await self.forges(maker, DraftButton(act=DraftAct.CONFIRM, token=token).pack(), question)
        card, data = self._newest(SQUARE, EnvelopeButton.__prefix__)
        return maker, card, EnvelopeButton.unpack(data).envelope

    async def opens(self, person: int, card: Shown, envelope: int) -> None:
        """Somebody presses *Open*."""
        await self.forges(person, EnvelopeButton(envelope=envelope).pack(), card)

    @asynccontextmanager
    async def ruled(self, rule: str, value: int) -> AsyncIterator[None]:
        """The group has a rule for a while."""
        for number in (value, 0):
            await self.run(SetGroupRule(key=self.key(), administrator=self.bob, chat=SQUARE, rule=rule, value=number))
            if number:
                yield

    async def answers_wrong(self, times: int) -> None:
        """Somebody answers the question before a share opens, each time wrong."""
        maker, card, envelope = await self.fills(2)
        async with self.ruled("question", 1):
            for _ in range(times):
                await self.opens(maker, card, envelope)
                data = next(AnswerButton.unpack(button.callback_data or "") for chat in (SQUARE, maker)
                            for shown in self._newest_first(chat) for button in shown.buttons
                            if (button.callback_data or "").startswith(AnswerButton.__prefix__ + ":"))
                await self.forges(maker, data.model_copy(update={"answer": 99}).pack())

    async def vouches(self, wish: str = "/voucher 1 2") -> tuple[int, Shown, VoucherLink]:
        """Somebody makes a voucher in the group; returns its maker, its card and its link."""
        maker = await self.resident()
        await self.says(maker, wish, group=True)
        question, data = self._newest(SQUARE, DraftButton.__prefix__)
        token = DraftButton.unpack(data).token
        await self.forges(maker, DraftButton(act=DraftAct.CONFIRM, token=token).pack(), question)
        card, data = self._newest(SQUARE, VoucherLink.__prefix__)
        return maker, card, VoucherLink.unpack(data)

    async def vouches_by_word(self) -> tuple[int, str]:
        """Somebody makes one with a password; returns its maker and the payload of its link."""
        maker = await self.resident()
        await self.says(maker, "/voucher 1 2 !sesame")
        await self.taps(maker, "Confirm", "确认")
        url = next(button.copy_text.text for shown in self._newest_first(maker) for button in shown.buttons
                   if button.copy_text)
        return maker, url.partition("start=")[2]

    async def requests(self, asker: int, payer: int) -> tuple[Shown, int]:
        """Somebody asks somebody for money in the group; returns the card and the request."""
        await self.says(asker, "/request 1", group=True, reply_to=payer)
        card, data = self._newest(SQUARE, RequestButton.__prefix__)
        return card, RequestButton.unpack(data).request

    async def splits(self, wish: str = "/split 10 3") -> tuple[int, Shown, int]:
        """Somebody splits a bill in the group; returns them, the card and the split."""
        maker = await self.resident()
        await self.says(maker, wish, group=True)
        card, data = self._newest(SQUARE, SplitButton.__prefix__)
        return maker, card, SplitButton.unpack(data).split

    async def split(self, maker: int) -> int:
        """A member splits a bill, without a word."""
        made = await self.run(MakeSplit(key=self.key(), member=maker, amount=100, heads=2, chat=SQUARE))
        assert isinstance(made, SplitMade)
        return made.split

    async def gives(self) -> tuple[int, str, int]:
        """Somebody sends a card with money for whoever claims it first; returns them, the card and the hold."""
        payer, card = await self.resident(), f"card {next(self._numbers)}"
        word = Offer(Card.GIFT, 100, 1, "").word(payer, self._now())
        await self.presses_on(payer, card, word.pack())
        found = await self.app.reads.waiting_of(await self.member(payer))
        return payer, card, found[0].id

    async def asks_on_a_card(self, asker: int) -> str:
        """Somebody sends a card that asks for money, and confirms it; returns the card."""
        card = f"card {next(self._numbers)}"
        await self.presses_on(asker, card, Offer(Card.REQUEST, 100, 1, "").word(asker, self._now()).pack())
        return card

    async def presses_on(self, person: int, card: str, data: str) -> None:
        """Somebody presses a button on a card that was sent through the bot."""
        await self._deliver("callback_query", {
            "id": f"town{next(self._numbers)}", "from": user_of(person), "chat_instance": "1", "data": data,
            "inline_message_id": card})

    async def plans(self, payer: int = 0) -> tuple[int, int]:
        """Somebody with a PIN pays Bob every day; returns them and the schedule."""
        payer = payer or await self.resident(pin=True)
        member, token = await self.member(payer), self.key().rjust(22, "x")
        await self.run(AskSchedule(key=self.key(), payer=member, person=self.bob, amount=1, unit=DAILY, on=0,
                                   token=token))
        made = await self.run(Confirm(key=self.key(), member=member, token=token, pin_version=1))
        assert isinstance(made, ScheduleMade)
        return payer, made.schedule

    async def pays(self) -> tuple[int, int, int]:
        """Somebody paid somebody; returns payer, receiver and transfer."""
        payer, receiver = await self.resident(), await self.resident()
        sent = await self.run(Send(key=self.key(), payer=await self.member(payer), receivers=(receiver,), amount=100,
                                   members=(await self.member(receiver),), sure=True, token=f"given{self.key()}"))
        assert isinstance(sent, Sent)
        return payer, receiver, sent.transfers[0]

    async def _deliver(self, kind: str, event: Json) -> None:
        update = {"update_id": next(self._numbers), kind: event}
        await self.app.inbox.accept([arrived(update, self.app.inbox.moment())])
        await self.app.inbox.idle()

    def _now(self) -> int:
        return self.app.clock.now() // 1_000_000


def phone_of(person: int) -> str:
    """A number that nobody else has."""
    return f"+86139{person:08}"


def name_of(person: int) -> str:
    """By which they are seen."""
    return f"user{person}"


def user_of(person: int) -> Json:
    """As Telegram shows them."""
    return {"id": person, "is_bot": False, "first_name": f"user {person}", "username": name_of(person),
            "language_code": ("en", "zh-hans")[person % 2]}


def square() -> Json:
    """As Telegram shows the group."""
    return {"id": SQUARE, "type": "supergroup", "title": "Square"}


@contextmanager
def changed(holder: object, name: str, value: object) -> Iterator[None]:
    """One of the house's own bounds is another for a while."""
    before = getattr(holder, name)
    setattr(holder, name, value)
    try:
        yield
    finally:
        setattr(holder, name, before)
