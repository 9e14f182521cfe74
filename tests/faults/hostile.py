"""Malformed and hostile updates for the real dispatcher: whatever is sent ends, and nothing reaches the last resort.

Guards: half of what comes is what people could send (wrong, forged, late, somebody else's), the other half is that with
pieces missing, of other types or far too large. Every update is drawn from a seed and its number alone.
"""
from __future__ import annotations

import asyncio
import copy
import random
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import pytest
from aiogram import Bot
from aiogram.filters.callback_data import CallbackData
from aiogram.methods import (
    AnswerInlineQuery,
    EditMessageText,
    GetMyDescription,
    GetMyShortDescription,
    TelegramMethod,
)
from aiogram.types import BotDescription, BotShortDescription, InlineKeyboardMarkup
from sqlalchemy import func, select

from bot import alarm
from bot.app import App
from bot.arrivals import Arrival, NotAnUpdate, arrived
from bot.asides import KINDS as PASSING_BY
from bot.clock import SystemClock, Timer
from bot.pacing import UNLIMITED
from bot.settings import read_settings
from handlers.chat import pin, refusing
from handlers.refusals import sentence
from handlers.texts import Text
from storage.inbox import UpdateId
from storage.reconcile import reconcile
from storage.tables import updates
from tests.fakes.telegram import RecordingSession
from tests.faults.dialogs import meet_all
from tests.faults.town import HASHER, Kind, Town
from wallet.refusals import Refusal

T = TypeVar("T")
Json = dict[str, Any]

TOKEN: Final = "42:" + "A" * 35
GROUP: Final = -1_001
MEMBERS: Final = tuple(range(101, 107))
STRANGERS: Final = tuple(range(201, 205))
NOBODIES: Final = (1_087_968_824, 136_817_688, 777_000)
KEPT: Final = 400
"""How many of the bot's newest buttons are pressed by whoever comes along."""
TOGETHER: Final = 40

WORDS: Final = (
    "/send 5", "/send @user102 5", "/send @user103 5 lunch", "/send @user102 @user103 @user104 1", "/send", "/send @x",
    "/send @user101 5", "/send @user102 999999999999", "/send @user102 0", "/send @user102 -5", "/send @user102 1e5",
    "/send @user102 １２３", "/send @user102 NaN", "/send @user102 0.001", "/send @user102 9999", "/send @user102 250",
    "/send @user201 2", "/send @user202 3 早安", "/send @user102 @user102 1", "/send +8613800000102 5", "/balance",
    "/history", "/history 2026-01", "/receipt", "/receipt AAAAAAAAA", "/receipt 234567892", "/topup 100",
    "/topup 99999999", "/topup", "/pin", "/settings", "/language", "/help", "/cancel", "/agreement", "/start",
    "/start send_5", "/start pin_AAAAAAAAAAAAAAAAAAAAAA", "/start claim_999999", "/start receipt_1", "/giveback",
    "/nickname", "/statement", "/red", "/red 1 3", "/red =0.5 2 hi", "/red 1 999", "红包 1 2",
    "/request", "/request @user102 5 lunch", "/request @user103 @user201 2 each", "请求 @user104 3",
    "/request @user101 1", "/request @user102 0", "/request 5", "/schedules", "定时",
    "/send @user102 1 every day", "/send @user102 1 rent every month on 32", "/start schedules_now",
    "/voucher", "/voucher 1", "/voucher 1 3", "/voucher 1 2 !x", "/voucher 1 @user102", "兑换券 1 2",
    "/start v_" + "2" * 31, "/start req_999999", "/start request_now", "转账 5",
    "给 @user102 转 5", "余额", "发 5 块给 @user103", "hello", "5", "12.50",
    "/send@ikmpay_bot 5", "/send@other_bot 5", "/SEND 5", "/send\u00a05", "/send @user102 5 <b>x</b> {0.__class__}",
    "/send @user102 5 " + "x" * 4_000, "/send " + "@user102 " * 30 + "1", "\u202e/send 5", "/\u200bsend 5", "{payer}",
    "/send @user102 5 \u202e\u2066x\u200d", "/send @user102 5\n\n\n/send @user103 5", "/" * 500, "9" * 5_000)
VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**62, 2**63, 2**64, 10**40, -(2**63), 1.5, 1e308, "", "0", "x", "\0",
    "a\0b", "\ud800", "\udfff x", "\u202e", "<b>", "&amp;", "{0.__class__}", "%s%n", "x" * 5_000, "早" * 5_000, [], {},
    [[]], [None], [{}], {"id": 1}, {"id": "1"}, {"x": {"y": {"z": []}}}, [1, 2, 3], "2026-01-01", "١٢٣")


def _prefixes(kind: type[CallbackData] = CallbackData) -> Iterator[str]:
    """What the buttons begin with that there are: all are known once the process is."""
    for one in kind.__subclasses__():
        if one.__module__.startswith("handlers."):
            yield one.__prefix__
        yield from _prefixes(one)


PREFIXES: Final = (*sorted(set(_prefixes())), "zz", "")
PARTS: Final = ("y", "n", "c", "t", "l", "0", "1", "9" * 15, "9" * 30, "-1", "in", "out", "all", "en", "zh_CN", "xx",
                "", "A" * 22, "202601", "é", "\u202e", "user-agreement", "payment-service-agreement", "1.5", "١")
KINDS: Final = (
    "message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "inline_query", "poll",
    "my_chat_member", "chat_member", "chat_join_request", "business_message", "message_reaction", "pre_checkout_query",
    "shipping_query", "chosen_inline_result", "guest_message", "from_the_future")
CARDS: Final = (*(f"card{number}" for number in range(30)), "A" * 64, "-_" * 300, "\u202ecard1", " card1", "0")
"""What Telegram calls the messages that were sent through us, and what it would not."""
QUERIES: Final = ("20 lunch", "5", "red 3 3 hi", "红包 1 2", "send 2", "=1 2", "red =1 2", "", "x", "999999999", "-1",
                  "{0.__class__}", "\u202e20", "20 " + "x" * 230, "verify AAAAAAAAA", "250",
                  "=1 999", "request 5 \u202e\u2066rent\u200d", "请求 5 房租", "20 " + "早" * 253,
                  "red 5 5 " + "恭喜" * 2_000, "request 3 " + "x" * 4_000, "@ikmpay_bot @ikmpay_bot 5", "20\n\n30",
                  "red 5 0", "red 5 -1")


class HastyClock(SystemClock):
    """A hundred times as fast, for waiting: the pauses between tries are not what is looked at here."""

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        return super().call_later(seconds / 100, callback)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 100)


class Telegram(RecordingSession):
    """Remembers the newest buttons only, and has no updates of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[tuple[int, int, str]] = []
        self.pieces: list[str] = []
        """What was offered to be sent, by what it is called."""
        self.on_cards: list[tuple[str, str]] = []
        """The buttons of what was sent through us, with the card on which each hangs."""

    async def make_request(self, bot: Bot, method: TelegramMethod[T], timeout: int | None = None) -> T:
        if method.__api_method__ == "getUpdates":
            await asyncio.Event().wait()
        if isinstance(method, GetMyDescription):
            return cast(T, BotDescription(description="A bot"))
        if isinstance(method, GetMyShortDescription):
            return cast(T, BotShortDescription(short_description="A bot"))
        self.requests.clear()
        answer = await super().make_request(bot, method, timeout)
        if isinstance(method, AnswerInlineQuery):
            self.pieces = [*self.pieces, *(result.id for result in method.results)][-KEPT:]
        if isinstance(method, EditMessageText) and method.inline_message_id and method.reply_markup:
            self.on_cards = [*self.on_cards, *((method.inline_message_id, button.callback_data)
                                               for row in method.reply_markup.inline_keyboard for button in row
                                               if button.callback_data)][-KEPT:]
        self._keep()
        return answer

    def _keep(self) -> None:
        while len(self.shown) > KEPT:
            del self.shown[next(iter(self.shown))]
        if self.shown:
            (chat, number), shown = next(reversed(self.shown.items()))
            if isinstance(shown.markup, InlineKeyboardMarkup):
                self.buttons += [(chat, number, button.callback_data) for row in shown.markup.inline_keyboard
                                 for button in row if button.callback_data]
                del self.buttons[:-KEPT]


class Generator:
    """Updates without end."""

    def __init__(self, telegram: Telegram, clock: SystemClock, seed: int) -> None:
        self._telegram = telegram
        self._clock = clock
        self._chance = random.Random(seed)
        self._number = 0

    def __iter__(self) -> Iterator[Any]:
        while True:  # Whoever takes them stops.
            yield self.next()

    def next(self) -> Any:
        """The next one."""
        self._number += 1
        update = self._sensible()
        if self._chance.random() < 0.5:
            for _ in range(self._chance.randint(1, 4)):
                update = self._spoiled(update)
        return update

    # ------------------------------------------------------------------------------- what could be sent
    def _sensible(self) -> Json:
        kind = self._chance.choices(("message", "press", "edited", "other", "anywhere"), (56, 24, 6, 6, 8))[0]
        update: Json = {"update_id": self._number}
        if kind == "anywhere":
            return update | self._anywhere()
        if kind == "press":
            update["callback_query"] = self._press()
        elif kind == "edited":
            update["edited_message"] = {**self._message(), "edit_date": self._now()}
        elif kind == "other":
            update[self._chance.choice(KINDS)] = self._message()
        else:
            update["message"] = self._message()
        return update

    def _now(self) -> int:
        return self._clock.now() // 1_000_000

    def _user(self) -> Json:
        who = self._chance.choices((*MEMBERS, *STRANGERS, *NOBODIES), (8,) * 6 + (3,) * 4 + (1,) * 3)[0]
        return {"id": who, "is_bot": who in NOBODIES, "first_name": f"user {who}", "username": f"user{who}",
                "language_code": self._chance.choice(("en", "zh-hans", "zh-CN", "ar", ""))}

    def _message(self) -> Json:
        chance, user = self._chance, self._user()
        private = chance.random() < 0.6
        message: Json = {
            "message_id": self._number, "date": self._now(), "from": user, "text": chance.choice(WORDS),
            "chat": {"id": user["id"], "type": "private", "first_name": "x"} if private else {
                "id": GROUP, "type": chance.choice(("supergroup", "group", "channel")), "title": "Group"}}
        if message["text"].startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(message["text"].split()[0])}]
        for odd, likely in ((self._old, 0.06), (self._forwarded, 0.05), (self._replying, 0.25), (self._contact, 0.06),
                            (self._shared, 0.03), (self._via, 0.03), (self._anonymous, 0.03), (self._pointing, 0.05)):
            if chance.random() < likely:
                odd(message)
        return message

    def _old(self, message: Json) -> None:
        message["date"] -= self._chance.choice((400, 20 * 3_600, 10**9))

    def _forwarded(self, message: Json) -> None:
        message["forward_origin"] = {"type": "user", "date": self._now(), "sender_user": self._user()}

    def _replying(self, message: Json) -> None:
        message["reply_to_message"] = {"message_id": 1, "date": self._now(), "chat": message["chat"], "text": "hi",
                                       "from": self._user()}

    def _contact(self, message: Json) -> None:
        message.pop("text", None)
        message.pop("entities", None)
        owner = self._chance.choice((message["from"]["id"], 999, 0))
        number = self._chance.choice(("+8613800000199", "8613800000102", "+1", "x", "９９９", "+" + "9" * 40))
        message["contact"] = {"phone_number": number, "first_name": "x", **({"user_id": owner} if owner else {})}

    def _shared(self, message: Json) -> None:
        message.pop("text", None)
        message.pop("entities", None)
        message.pop("contact", None)
        users = [{"user_id": self._user()["id"]}]
        message["users_shared"] = {"request_id": self._chance.choice((1, 2)), "users": users}

    def _via(self, message: Json) -> None:
        message["via_bot"] = {"id": 5, "is_bot": True, "first_name": "bot"}

    def _anonymous(self, message: Json) -> None:
        message["sender_chat"] = message["chat"]

    def _pointing(self, message: Json) -> None:
        if "text" in message:
            kind = self._chance.choice(("text_mention", "mention", "url", "bot_command"))
            message["entities"] = [{"type": kind, "offset": self._chance.choice((0, 3, 10**6, -1)), "length": 4,
                                    "user": self._user()}]

    def _press(self) -> Json:
        chance, user, buttons = self._chance, self._user(), self._telegram.buttons
        chat, number, data = chance.choice(buttons) if buttons else (user["id"], 1, "x")
        if self._telegram.on_cards and chance.random() < 0.05:  # A card's button where there is no card.
            data = chance.choice(self._telegram.on_cards)[1]
        if chance.random() < 0.5:  # Forged.
            parts = data.split(":") if chance.random() < 0.5 else [
                chance.choice(PREFIXES), *chance.choices(PARTS, k=chance.randint(0, 5))]
            parts[chance.randrange(len(parts))] = chance.choice(PARTS)
            data = ":".join(parts)
        elif chance.random() < 0.7 and chat > 0:
            user["id"] = chat  # Whose button it is.
        where = {"id": chat, "type": "private" if chat > 0 else "supergroup", "first_name": "x", "title": "Group"}
        return {"id": str(self._number), "from": user, "chat_instance": "1", "data": data,
                "message": {"message_id": number, "date": chance.choice((self._now(), 0)), "chat": where, "text": "x"}}

    def _anywhere(self) -> Json:
        """Where we need not be: what is typed behind our name, calls, what was sent, and presses under it."""
        chance, user, telegram = self._chance, self._user(), self._telegram
        kind = chance.choice(("inline_query", "guest_message", "chosen_inline_result", "callback_query"))
        if kind == "inline_query":
            return {kind: {"id": str(self._number), "from": user, "query": chance.choice(QUERIES), "offset": "",
                           "chat_type": chance.choice(("sender", "private", "group", "supergroup", "channel"))}}
        if kind == "guest_message":
            return {kind: {**self._message(), "text": f"@ikmpay_bot {chance.choice(QUERIES)}"[:4_096],
                           "guest_query_id": str(self._number)}}
        piece = chance.choice(telegram.pieces) if telegram.pieces else "x"
        if chance.random() < 0.3:
            parts = piece.split(":")
            parts[chance.randrange(len(parts))] = chance.choice(PARTS)
            piece = ":".join(parts)
        elif chance.random() < 0.7 and piece.count(":") == 7:
            user["id"] = int(piece.split(":")[2])
        if kind == "chosen_inline_result":
            return {kind: {"result_id": piece, "from": user, "query": chance.choice(QUERIES),
                           **({"inline_message_id": chance.choice(CARDS)} if chance.random() < 0.9 else {})}}
        card, data = chance.choice(CARDS), piece
        if telegram.on_cards and chance.random() < 0.5:
            card, data = chance.choice(telegram.on_cards)
            card = card if chance.random() < 0.8 else chance.choice(CARDS)
        elif telegram.buttons and chance.random() < 0.1:  # A chat's button under a card.
            data = chance.choice(telegram.buttons)[2]
        return {kind: {"id": str(self._number), "from": user, "chat_instance": "1", "data": data,
                       "inline_message_id": card}}

    # --------------------------------------------------------------------------------- what could not
    def _spoiled(self, update: Any) -> Any:
        """A copy with one thing wrong, somewhere."""
        spoiled = copy.deepcopy(update)
        places = list(_places(spoiled))
        if not places or self._chance.random() < 0.01:
            return self._chance.choice(VALUES)
        holder, key = self._chance.choice(places)
        how = self._chance.random()
        if how < 0.3:
            del holder[key]
        elif how < 0.9:
            holder[key] = copy.deepcopy(self._chance.choice(VALUES))
        elif isinstance(holder, dict):
            holder[self._chance.choice(("id", "from", "chat", "x" * 300, "\0"))] = self._chance.choice(VALUES)
        return spoiled


def _places(value: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        yield value, key
        if depth < 8:
            yield from _places(item, depth + 1)


@dataclass
class Siege:
    """What came of it."""

    sent: int = 0
    not_updates: int = 0
    acknowledged: set[UpdateId] = field(default_factory=set)
    ends: dict[str, int] = field(default_factory=dict)
    refusals: Counter[Kind] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    """Which refusals a script was to bring about and did not."""
    bugs: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


async def besiege(folder: Path, url: str, *, count: int, seed: int, patch: pytest.MonkeyPatch, times: int = 0
                  ) -> Siege:
    """Everything through the real inbox and dispatcher; then each refusal so many times, on purpose and not by
    chance."""
    siege = Siege()
    _listen(siege, patch)
    telegram, clock = Telegram(), HastyClock()
    settings = read_settings({"data_dir": folder, "database_url": url, "port": 0, "bot_token": TOKEN,
                              "least_level": 2, "maintenance_minutes": 0,
                              "smtp_url": "smtp://127.0.0.1:9", "mail_from": "us@example.com"})
    app = App(settings, session=telegram, hasher=HASHER, limits=UNLIMITED, clock=clock)
    await app.start()
    try:
        _watch(app, siege)
        town = Town(app, telegram, siege.refusals)
        for telegram_id in MEMBERS:
            await town.resident(telegram_id, pin=telegram_id % 2 == 1)
        await _feed(app, Generator(telegram, clock, seed), siege, count)
        if times:
            siege.missed = await meet_all(town, times)
        await _look_at_ends(app, siege)
        await app.idle()
    finally:
        await app.stop()
    report = await reconcile(url)
    siege.broken += [f"{check.name}: {check.broken}" for check in report.checks if check.broken]
    return siege


def _listen(siege: Siege, patch: pytest.MonkeyPatch) -> None:
    """Count what people are refused: by the guard for all handlers, and by the keypad in its own place."""
    answer = refusing.answer_refusal
    patch.setattr(alarm, "MOST", sys.maxsize)  # All of them forge: frozen for it, they would try nothing else.

    async def counted(event: Any, refusal: Refusal, data: Any) -> None:
        siege.refusals[type(refusal)] += 1
        await answer(event, refusal, data)

    def said(refusal: Refusal) -> Text:
        siege.refusals[type(refusal)] += 1
        return sentence(refusal)

    patch.setattr(refusing, "answer_refusal", counted)
    patch.setattr(pin, "sentence", said)


def _watch(app: App, siege: Siege) -> None:
    """Note what Telegram was told that we have, and what reaches the last resort. Nobody is told there either."""
    accept = app.inbox.accept
    handler = app.inbox._handler
    apologise = handler.apologise
    handle = handler.handle

    async def accepting(arrivals: Sequence[Arrival]) -> None:
        await accept(arrivals)
        siege.acknowledged.update(arrival.id for arrival in arrivals
                                  if not any(kind in arrival.update for kind in PASSING_BY))

    async def noting(arrival: Arrival) -> Any:
        try:
            return await handle(arrival)
        except Refusal:
            raise
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            siege.bugs.append(f"{error!r} at {where.filename}:{where.lineno} for {str(arrival.update)[:600]}")
            raise

    async def apologising(arrival: Arrival, reference: str) -> None:
        siege.bugs.append(f"apologised for {str(arrival.update)[:600]}")
        await apologise(arrival, reference)

    app.inbox.accept = accepting  # type: ignore[method-assign]
    handler.handle = app.asides._answer = noting  # type: ignore[method-assign]
    handler.apologise = apologising  # type: ignore[method-assign]


async def _feed(app: App, generator: Generator, siege: Siege, count: int) -> None:
    batch: list[Arrival] = []
    for update in generator:
        siege.sent += 1
        try:
            batch.append(arrived(update, app.inbox.moment()))
        except NotAnUpdate:
            siege.not_updates += 1
        if len(batch) == TOGETHER or siege.sent == count:
            await app.inbox.accept(batch)
            await app.inbox.idle()
            await app.asides.idle()
            batch = []
        if siege.sent == count:
            break


async def _look_at_ends(app: App, siege: Siege) -> None:
    # The marks are written a moment after the last step.
    while await app.updates.pending():  # noqa: ASYNC110 - nobody tells when they are
        await asyncio.sleep(0.01)
    async with app.database.reading.connect() as connection:
        ends = await connection.execute(select(updates.c.state, func.count()).group_by(updates.c.state))
        siege.ends = {row[0]: row[1] for row in ends}
    if sum(siege.ends.values()) != len(siege.acknowledged) or set(siege.ends) - {"done", "refused", "dead"}:
        siege.broken.append(f"of {len(siege.acknowledged)} acknowledged updates ended {siege.ends}")
