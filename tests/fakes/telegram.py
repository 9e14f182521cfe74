"""A Telegram that only remembers: a session for aiogram's `Bot` that stores what is asked and answers plausibly.

Guards: what the handlers send is what Telegram would take. Every request is checked against the limits that bite most
(texts, button labels, bytes of callback data), so a test fails where Telegram would have refused.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar, cast

from aiogram import Bot
from aiogram.client.default import Default, DefaultBotProperties
from aiogram.client.session.base import BaseSession
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.methods import (
    AnswerCallbackQuery,
    AnswerGuestQuery,
    DeleteMessage,
    DeleteMessages,
    EditEphemeralMessageText,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageReplyMarkup,
    EditMessageText,
    GetChatMember,
    GetMe,
    SendMessage,
    SendPhoto,
    SendRichMessage,
    TelegramMethod,
)
from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatMemberAdministrator,
    ChatMemberLeft,
    ChatMemberMember,
    ChatMemberOwner,
    Contact,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    SentGuestMessage,
    Update,
    User,
)

BOT: Final = User(id=42, is_bot=True, first_name="ikmPay", username="ikmpay_bot")
TOKEN: Final = "42:TEST"
MOST_REQUESTS: Final = 100_000
"""A test that sends more than this has run away."""

T = TypeVar("T")


@dataclass(slots=True)
class Shown:
    """A message of the bot as a person sees it now."""

    chat: int
    message_id: int
    text: str
    """As it was sent, markup included; a rich message's HTML."""
    markup: object
    receiver: int
    """The person who alone sees it, 0 for everybody."""
    thread: int | None
    pictured: bool = False
    """Whether the text stands under a picture."""

    @property
    def buttons(self) -> list[InlineKeyboardButton]:
        """All buttons of its inline keyboard, row by row."""
        if not isinstance(self.markup, InlineKeyboardMarkup):
            return []
        return [button for row in self.markup.inline_keyboard for button in row]

    def button(self, label: str) -> InlineKeyboardButton:
        """The button with exactly this label, or the only one whose label contains it."""
        exact = [button for button in self.buttons if button.text == label]
        found = exact or [button for button in self.buttons if label in button.text]
        assert len(found) == 1, f"{label!r} is not one of {[button.text for button in self.buttons]}"
        return found[0]


class RecordingSession(BaseSession):
    """Takes every request, checks it, remembers it, and answers as Telegram would."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[TelegramMethod[Any]] = []
        self.shown: dict[tuple[int, int], Shown] = {}
        """What stands in the chats, by (chat, message); ephemeral messages count their ids from 1,000,000 up."""
        self.administrators: set[tuple[int, int]] = set()
        self.elsewhere: set[int] = set()
        """Groups in which nobody is any more."""
        """(chat, person) of whoever is an administrator; everybody else is a plain member."""
        self.unreachable: set[int] = set()
        """Private chats in which the bot may not write."""
        self.knows_ephemeral = True
        """An older server would show such a message to everybody."""
        self._refusals: list[tuple[type[TelegramMethod[Any]], str]] = []
        self.moved: dict[int, int] = {}
        """Groups that have become another chat."""
        self._ids = itertools.count(500)
        self._ephemeral = itertools.count(1_000_000)

    # ------------------------------------------------------------------------------------ what tests ask
    def of(self, kind: type[T]) -> list[T]:
        """The requests of one method, in order."""
        return [request for request in self.requests if isinstance(request, kind)]

    def in_chat(self, chat: int) -> list[Shown]:
        """The bot's messages that stand in a chat, oldest first."""
        return [shown for (where, _), shown in self.shown.items() if where == chat]

    def last(self, chat: int) -> Shown:
        """The newest message of the bot in a chat."""
        there = self.in_chat(chat)
        assert there, f"nothing was sent to {chat}"
        return there[-1]

    def texts(self, chat: int) -> list[str]:
        """What stands in a chat, oldest first."""
        return [shown.text for shown in self.in_chat(chat)]

    def alerts(self) -> list[AnswerCallbackQuery]:
        """All answers to button presses."""
        return self.of(AnswerCallbackQuery)

    def refuse(self, kind: type[TelegramMethod[Any]], description: str) -> None:
        """The next request of this method is refused with 400."""
        self._refusals.append((kind, description))

    # ------------------------------------------------------------------------------------- what aiogram asks
    async def make_request(self, bot: Bot, method: TelegramMethod[T], timeout: int | None = None) -> T:
        """Check, remember, answer."""
        assert len(self.requests) < MOST_REQUESTS
        self.requests.append(method)
        for index, (kind, description) in enumerate(self._refusals):
            if isinstance(method, kind):
                del self._refusals[index]
                raise TelegramBadRequest(method, f"Bad Request: {description}")
        chat = getattr(method, "chat_id", None)
        if chat in self.moved:
            raise TelegramMigrateToChat(method, "group chat was upgraded", self.moved[chat])
        self._check(bot, method)
        return cast(T, self._answer(bot, method))

    async def stream_content(self, url: str, headers: dict[str, Any] | None = None, timeout: int = 30,
                             chunk_size: int = 65536, raise_for_status: bool = True) -> AsyncGenerator[bytes, None]:
        """Files are of no interest here."""
        yield b""

    async def close(self) -> None:
        """Nothing is open."""

    def _check(self, bot: Bot, method: TelegramMethod[Any]) -> None:
        for name, field in type(method).model_fields.items():
            is_old = isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("deprecated")
            given = getattr(method, name)
            assert not is_old or given is None or isinstance(given, Default), f"servers of today know no {name}"
        text = getattr(method, "text", None)
        if isinstance(method, SendMessage | EditMessageText) and text is not None:
            assert text.strip(), "an empty message"
            assert len(text.encode("utf-16-le")) // 2 <= 4096, "a message beyond 4,096 units"
        if isinstance(method, AnswerCallbackQuery) and text is not None:
            assert len(text) <= 200, f"an alert beyond 200 characters: {text}"
        check_keyboard(getattr(method, "reply_markup", None))
        chat = getattr(method, "chat_id", None)
        if chat in self.unreachable:
            raise TelegramForbiddenError(method, "Forbidden: bot can't initiate conversation with a user")

    def _answer(self, bot: Bot, method: TelegramMethod[Any]) -> object:
        match method:
            case GetMe():
                return BOT
            case AnswerGuestQuery():
                return SentGuestMessage(inline_message_id=f"card of {method.guest_query_id}")
            case GetChatMember():
                return self._member(int(method.chat_id), method.user_id)
            case SendMessage() | SendRichMessage():
                return self._sent(bot, method)
            case EditMessageText() | EditMessageReplyMarkup() | EditMessageCaption() | EditMessageMedia():
                return self._edited(bot, method)
            case EditEphemeralMessageText():
                shown = self.shown[(int(method.chat_id), method.ephemeral_message_id)]
                shown.text, shown.markup = method.text or "", method.reply_markup
                return True
            case DeleteMessage():
                return self.shown.pop((int(method.chat_id), method.message_id), None) is not None or True
            case DeleteMessages():
                for message_id in method.message_ids:
                    self.shown.pop((int(method.chat_id), message_id), None)
                return True
        if method.__returning__ is Message:
            return self._sent(bot, method)
        return True

    def _member(self, chat: int, person: int) -> object:
        user = User(id=person, is_bot=False, first_name="Somebody")
        if chat in self.elsewhere:
            return ChatMemberLeft(user=user)
        if (chat, person) not in self.administrators:
            return ChatMemberMember(user=user)
        if person == min(who for where, who in self.administrators if where == chat):
            return ChatMemberOwner(user=user, is_anonymous=False)
        rights = {name: False for name, field in ChatMemberAdministrator.model_fields.items()
                  if name.startswith(("can_", "is_")) and field.is_required()}
        return ChatMemberAdministrator.model_validate({"user": user, **rights})

    def _sent(self, bot: Bot, method: TelegramMethod[Any]) -> Message:
        chat = int(getattr(method, "chat_id"))  # noqa: B009 - every sending method has it, their base has not
        private = getattr(method, "ephemeral_message_parameters", None) if self.knows_ephemeral else None
        number = next(self._ephemeral) if private else next(self._ids)
        rich = getattr(method, "rich_message", None)
        text = (rich.html if rich else getattr(method, "text", None) or getattr(method, "caption", None)) or ""
        self.shown[(chat, number)] = Shown(chat, number, text, getattr(method, "reply_markup", None),
                                           private.receiver_user_id if private else 0,
                                           getattr(method, "message_thread_id", None), isinstance(method, SendPhoto))
        message = Message(message_id=0 if private else number, date=datetime.now(UTC), chat=chat_of(chat),
                          from_user=BOT, text=text, ephemeral_message_id=number if private else None,
                          receiver_user=user(private.receiver_user_id) if private else None)
        return message.as_(bot)

    def _edited(self, bot: Bot, method: EditMessageText | EditMessageReplyMarkup | EditMessageCaption | EditMessageMedia
                ) -> Message | bool:
        if method.chat_id is None or method.message_id is None:
            return True
        shown = self.shown.get((int(method.chat_id), method.message_id))
        if shown is None:
            raise TelegramBadRequest(method, "Bad Request: message to edit not found")
        text = shown.text
        if isinstance(method, EditMessageMedia):
            text, shown.pictured = method.media.caption or "", True
        if isinstance(method, EditMessageCaption):
            text = method.caption or ""
        if isinstance(method, EditMessageText | EditMessageCaption) and (
                shown.pictured is isinstance(method, EditMessageText)):
            kind = "text" if shown.pictured else "caption"
            raise TelegramBadRequest(method, f"Bad Request: there is no {kind} in the message to edit")
        if isinstance(method, EditMessageText):
            text = (method.rich_message.html if method.rich_message else method.text) or ""
        if (text, method.reply_markup) == (shown.text, shown.markup):
            raise TelegramBadRequest(method, "Bad Request: message is not modified: specified new message content and "
                                             "reply markup are exactly the same as a current content")
        shown.text, shown.markup = text, method.reply_markup
        return Message(message_id=shown.message_id, date=datetime.now(UTC), chat=chat_of(shown.chat), from_user=BOT,
                       text=text).as_(bot)


def check_keyboard(markup: object) -> None:
    """Fail for a keyboard that Telegram would refuse."""
    if not isinstance(markup, InlineKeyboardMarkup):
        return
    for row in markup.inline_keyboard:
        assert 0 < len(row) <= 8, "a row of buttons that is empty or too long"
        for button in row:
            assert 0 < len(button.text) <= 64, f"a label nobody can read: {button.text!r}"
            assert button.callback_data is None or 0 < len(button.callback_data.encode()) <= 64, button.callback_data
            assert button.copy_text is None or 0 < len(button.copy_text.text) <= 256
    assert sum(len(row) for row in markup.inline_keyboard) <= 100


def bot_with(session: RecordingSession) -> Bot:
    """A bot whose Telegram is the session; it writes HTML, as ours does."""
    return Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))


# --------------------------------------------------------------------------------------- what people do
_updates = itertools.count(1)
_messages = itertools.count(10)
_presses = itertools.count(1)


def user(person: int, name: str = "Alice", *, username: str | None = None, language: str | None = "en") -> User:
    """A person as Telegram shows them."""
    return User(id=person, is_bot=False, first_name=name, username=username, language_code=language)


def chat_of(chat: int) -> Chat:
    """A private chat for a positive id, a group for a negative one."""
    return Chat(id=chat, type="private", first_name="Somebody") if chat > 0 else Chat(
        id=chat, type="supergroup", title="Friday dinner")


def message_update(sender: User, text: str = "", *, chat: int = 0, contact: Contact | None = None,
                   reply_to: Message | None = None, **more: Any) -> Update:
    """Somebody writes; in private unless a chat is named."""
    where = chat_of(chat or sender.id)
    entities = more.pop("entities", None)
    if text.startswith("/"):
        command = text.split(maxsplit=1)[0]
        entities = [MessageEntity(type="bot_command", offset=0, length=len(command)), *(entities or ())]
    message = Message(message_id=next(_messages), date=more.pop("date", datetime.now(UTC)), chat=where,
                      from_user=sender, text=text or None, entities=entities, contact=contact,
                      reply_to_message=reply_to, **more)
    return Update(update_id=next(_updates), message=message)


def contact_update(sender: User, phone: str, *, owner: int | None = None, **more: Any) -> Update:
    """Somebody shares a contact: their own, unless another owner is named (0: one that has no Telegram account)."""
    user_id = sender.id if owner is None else owner or None
    return message_update(sender, contact=Contact(phone_number=phone, first_name="C", user_id=user_id), **more)


def press_update(sender: User, shown: Shown, data: str, reply_to: Message | None = None) -> Update:
    """Somebody presses a button under a message of the bot."""
    alone = shown.receiver != 0
    message = Message(message_id=0 if alone else shown.message_id, date=datetime.now(UTC), chat=chat_of(shown.chat),
                      from_user=BOT, text=shown.text or None, message_thread_id=shown.thread,
                      ephemeral_message_id=shown.message_id if alone else None,
                      receiver_user=user(shown.receiver) if alone else None, reply_to_message=reply_to,
                      reply_markup=shown.markup if isinstance(shown.markup, InlineKeyboardMarkup) else None)
    press = CallbackQuery(id=f"press{next(_presses)}", from_user=sender, chat_instance="1", message=message, data=data)
    return Update(update_id=next(_updates), callback_query=press)
