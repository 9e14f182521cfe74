"""What happens around every handler: what it is given, what it may be given, and what becomes of a refusal.

Guards: a handler gets only what it says that it accepts, and one that says nothing stops the process at its start. A
money command that was edited, forwarded, written in somebody's name or too old moves nothing. Every press of a button
is answered, whatever happens.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol, TypeAlias

from aiogram import BaseMiddleware, Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.exceptions import TelegramAPIError
from aiogram.methods import AnswerCallbackQuery, Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import CallbackQuery, Chat, ChatMemberAdministrator, ChatMemberOwner, Message, TelegramObject, User

from bot.arrivals import Arrival
from bot.declarations import accepted_by
from bot.directory import Directory
from handlers.asking import end_question, ends_questions, read_message, typed_as_command
from handlers.chat.keypad import DIALOG as KEYPAD
from handlers.chat.pin import leave_pad
from handlers.commands import COMMANDS
from handlers.ground import NOBODY, Accepts, Config, Dialogs, Groups, Operators, Who, keys_of
from handlers.parsing import Asked, Unclear
from handlers.texts import Language, Speaker, language_of
from wallet import refusals
from wallet.operators import may
from wallet.refusals import Refusal
from wallet.views import MemberView

Event: TypeAlias = "Message | CallbackQuery"
Next: TypeAlias = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

REFUSED: Final = "refused"
"""What a handler is taken to return when it refused."""
WATCHED: Final = ("message", "edited_message", "callback_query", "my_chat_member", "inline_query",
                  "chosen_inline_result", "guest_message")
"""Which events have handlers, and so which updates Telegram is asked for."""


class Refuse(Protocol):
    """Tells a person about a refusal."""

    async def __call__(self, event: Event, refusal: Refusal, data: Mapping[str, Any]) -> None: ...


class Begun(Protocol):
    """Whether an operation whose key begins like this was decided before."""

    async def __call__(self, prefix: str) -> bool: ...


# ----------------------------------------------------------------------------------------- what is given
class Context(BaseMiddleware):
    """Finds out what handlers are given besides what the process provides: who speaks, in which language, what for."""

    def __init__(self, directory: Directory, groups: Groups, speakers: Mapping[Language, Speaker], config: Config
                 ) -> None:
        self._directory = directory
        self._groups = groups
        self._speakers = speakers
        self._config = config

    GIVES: Final = frozenset({"asked", "member", "speaker", "group_speaker", "again"})

    async def __call__(self, handler: Next, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Add it to the data."""
        user: User | None = getattr(event, "from_user", None)
        chat = chat_of(event)
        member = await self._directory.member(user.id) if user is not None and user.id not in NOBODY else None
        data["member"] = member
        data["asked"] = await self._asked(event, data["operators"]) if isinstance(event, Message) else None
        language = _language(member.language) if member else language_of(user.language_code if user else None)
        data["speaker"] = data["group_speaker"] = self._speakers[language]
        if chat is not None and chat.type != "private":
            data["group_speaker"] = self._speakers[_language(await self._groups.language(chat.id))]
        arrival: Arrival = data["arrival"]
        data["again"] = "tried" in arrival.more
        arrival.more.update(event=event, data=data, tried=True)
        dialogs: Dialogs = data["dialogs"]
        data["dialogs"] = OneQuestion(dialogs, data)
        try:
            return await handler(event, data)
        finally:
            data["dialogs"] = dialogs  # Else the two would know each other for ever.

    async def _asked(self, message: Message, operators: Operators) -> Asked | Unclear | None:
        """What a message asks for. What operators ask for nobody else can: for them there is no such command, and in
        groups other bots may have one of that name."""
        asked = read_message(message, self._config)
        if asked is None or COMMANDS[asked.verb].accepts.act is None or message.from_user is None:
            return asked
        if _is_nobody(message):
            return asked if message.chat.id == self._config.operators_group else None
        return asked if await operators.role(message.from_user.id) else None


class OneQuestion:
    """What people are in the middle of, for one event: whoever is asked something new is asked nothing else any more.
    Most questions are simply forgotten; for a keypad somebody else waits, and hears that no PIN will come."""

    __slots__ = ("_data", "_dialogs")

    def __init__(self, dialogs: Dialogs, data: Mapping[str, Any]) -> None:
        self._dialogs = dialogs
        self._data = data

    async def get(self, person: int) -> dict[str, Any] | None:
        """See `Dialogs`."""
        return await self._dialogs.get(person)

    async def put(self, person: int, dialog: Mapping[str, Any], *, seconds: int = 600) -> None:
        """See `Dialogs`. A keypad makes room for another one by itself."""
        data = self._data
        member: MemberView | None = data["member"]
        if member is not None and person == member.telegram_id and dialog.get("kind") != KEYPAD:
            before = await self._dialogs.get(person)
            if before is not None and before.get("kind") == KEYPAD:
                await leave_pad(before, data, bot=data["bot"], dialogs=self._dialogs, speaker=data["speaker"],
                                member=member)
        await self._dialogs.put(person, dialog, seconds=seconds)

    async def drop(self, person: int) -> None:
        """See `Dialogs`."""
        await self._dialogs.drop(person)


def _language(stored: str) -> Language:
    return "zh_CN" if stored == "zh_CN" else "en"


def chat_of(event: TelegramObject) -> Chat | None:
    """Where something happened; None where a button hangs on a message of no chat, and where the event is of a kind
    that has none: aiogram leaves under that name, as it came, what such an event was sent with."""
    if isinstance(event, CallbackQuery):
        return event.message.chat if event.message is not None else None
    chat = getattr(event, "chat", None)
    return chat if isinstance(chat, Chat) else None


def from_anywhere(event: Event) -> bool:
    """Whether something happened where we need not be: under what was sent through us, or in a call from outside."""
    if isinstance(event, CallbackQuery):
        return event.message is None and event.inline_message_id is not None
    return event.guest_query_id is not None


# ------------------------------------------------------------------------------------- what is accepted
class Guard(BaseMiddleware):
    """Stands before every handler: lets in what it accepts, and tells people what the wallet refused for good."""

    def __init__(self, refuse: Refuse, begun: Begun, now: Callable[[], datetime], groups: Groups) -> None:
        self._refuse = refuse
        self._groups = groups
        self._begun = begun
        self._now = now

    async def __call__(self, handler: Next, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Call the handler or refuse."""
        if not isinstance(event, Message | CallbackQuery):
            return await handler(event, data)
        try:
            if not await self._admitted(event, data):
                return None
            if isinstance(event, Message) and event.from_user is not None and ends_questions(event, data["asked"]):
                await end_question(data["dialogs"], event.from_user.id, but=KEYPAD)
            return await handler(event, data)
        except Refusal as refusal:
            if not refusal.kept:
                raise  # Handled once more it might be done, so the inbox notes its end before anybody is told.
            await self._refuse(event, refusal, data)
            return REFUSED

    async def _admitted(self, event: Event, data: dict[str, Any]) -> bool:
        """Whether the handler is called. Raises what the person is told; False is for what nobody needs to hear."""
        wants = accepted_by(data["handler"])
        chat = chat_of(event)
        if from_anywhere(event):
            if wants.anywhere is None:
                raise refusals.ButtonStale
            await admit(event, wants, private=True, data=data)
            return True
        private = chat is None or chat.type == "private"
        who = wants.private if private else wants.group
        if isinstance(event, Message):
            user = event.from_user
            if user is None or event.is_automatic_forward or (user.is_bot and user.id not in NOBODY):
                return False  # No person: answering could start a conversation with ourselves.
            if event.via_bot is not None and event.via_bot.id == data["bot"].id:
                return False  # A card of ours, which somebody sent through us.
            if who is None and not private and not await typed_as_command(event):
                return False  # What has to be asked elsewhere is, as plain words in a group, only people talking.
            if not private and await self._is_off(event, data["asked"]):
                return False
            if who in (Who.MEMBERS, Who.OPERATORS) and _is_nobody(event):
                raise refusals.SenderIsNotAPerson
            if (wants.money or wants.act) and who is not None:
                _typed_oneself(event)
            if wants.fresh is not None and who is not None:
                await self._typed_now(event, wants.fresh, data["arrival"], data["bot"], data.get("dialog"))
        await admit(event, wants, private=private, data=data)
        if data["again"] and isinstance(event, Message) and wants.money:
            # Tried before, and decided: what came of it may have been said already.
            data["again"] = await self._begun(keys_of(data["bot"].id, event))
        return True

    async def _is_off(self, message: Message, asked: Asked | Unclear | None) -> bool:
        """Whether a message asks for what its group has switched off; as a command that is refused with
        `FeatureOff`, as plain words it is only people talking."""
        feature = COMMANDS[asked.verb].belongs_to if asked is not None else None
        if feature is None or feature.value not in (await self._groups.rules(message.chat.id)).off:
            return False
        if await typed_as_command(message):
            raise refusals.FeatureOff(feature.value)
        return True

    async def _typed_now(self, message: Message, fresh: timedelta, arrival: Arrival, bot: Bot,
                         dialog: Mapping[str, Any] | None) -> None:
        """Raise for what its author may mean no more."""
        typed, now = message.date, self._now()
        # The moments at which updates came only rise, for their order. Where a clock has been set back they run ahead.
        if min(datetime.fromtimestamp(arrival.stored.received_at / 1_000_000, UTC), now) - typed > fresh:
            raise refusals.MessageTooOld
        # We had it in time and come back late, after a crash: what was decided then is told, else nothing is done.
        late = now - typed > fresh
        if late and not await self._begun(keys_of(bot.id, message)):
            # The last step of a dialog pays under the key with which the dialog began.
            key = dialog.get("key") if dialog is not None else None
            if not key or not await self._begun(key):
                raise refusals.MessageTooOld


def _typed_oneself(message: Message) -> None:
    """Raise for what its author may not mean."""
    if message.edit_date is not None:
        raise refusals.MessageEdited
    if message.forward_origin is not None or message.via_bot is not None:
        raise refusals.MessageForwarded


async def admit(event: Event, wants: Accepts, *, private: bool, data: Mapping[str, Any]) -> None:
    """Raise unless whoever caused the event is among those who are answered in such a chat."""
    who = wants.anywhere if from_anywhere(event) else wants.private if private else wants.group
    if who is Who.MEMBERS:
        member: MemberView | None = data["member"]
        if member is None or not member.joined:
            raise refusals.NotAMember
        if member.level < wants.level:
            raise refusals.LevelNeeded(wants.level)
    elif who is None:
        raise refusals.GroupOnly if private else refusals.PrivateOnly
    elif who is Who.ADMINISTRATORS and not await _administers(data["bot"], event):
        raise refusals.NotAnAdministrator
    elif who is Who.OPERATORS:
        await _admit_operator(event, wants, private=private, data=data)


async def _admit_operator(event: Event, wants: Accepts, *, private: bool, data: Mapping[str, Any]) -> None:
    """Raise unless their role may do it, and here."""
    assert wants.act is not None
    chat, person, operators, config = chat_of(event), event.from_user, data["operators"], data["config"]
    if person is None or not may(await operators.role(person.id), wants.act):
        raise refusals.NotAllowed
    if not private and (chat is None or chat.id != config.operators_group):
        raise refusals.OperatorsElsewhere


def _is_nobody(message: Message) -> bool:
    """Whether a message was written in a name that stands for no person."""
    return message.from_user is None or message.from_user.id in NOBODY or message.sender_chat is not None


async def _administers(bot: Bot, event: Event) -> bool:
    """Whether Telegram says so, now. Whoever writes in the group's own name is one of them."""
    chat, person = chat_of(event), event.from_user
    if isinstance(event, Message) and event.sender_chat is not None:
        return event.sender_chat.id == event.chat.id
    if chat is None or person is None:
        return False
    try:
        found = await bot.get_chat_member(chat.id, person.id)
    except TelegramAPIError:
        return False  # Unknown means no.
    return isinstance(found, ChatMemberOwner | ChatMemberAdministrator)


# ---------------------------------------------------------------------------------- presses are answered
class Answered(BaseRequestMiddleware):
    """Remembers which presses were answered. Belongs into the session."""

    MOST: Final = 4096

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    async def __call__(self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot,
                       method: TelegramMethod[TelegramType]) -> Response[TelegramType]:
        """Let it pass, and look at it."""
        if isinstance(method, AnswerCallbackQuery):
            self._ids[method.callback_query_id] = None
            if len(self._ids) > self.MOST:
                del self._ids[next(iter(self._ids))]
        return await make_request(bot, method)

    def has(self, press: str) -> bool:
        """Whether a press was answered, as far as that is remembered."""
        return press in self._ids

    def taken(self, press: str) -> bool:
        """Whether a press was answered; it need not be remembered after that."""
        return self._ids.pop(press, 0) is None


class EveryPress(BaseMiddleware):
    """Answers presses that no handler wants, and those that a handler forgot."""

    def __init__(self, answered: Answered) -> None:
        self._answered = answered

    async def __call__(self, handler: Next, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Let it be handled, then see to the answer."""
        assert isinstance(event, CallbackQuery)
        result = await handler(event, data)
        if result is UNHANDLED:
            raise refusals.ButtonStale
        if not self._answered.taken(event.id):
            with suppress(TelegramAPIError):  # Too old to be answered: then nobody waits for it either.
                await event.answer()
        return result
