"""What every handler stands on: what it accepts, where it was asked, its keys, and the helpers it is given.

Guards: a handler says what it accepts before it is ever called (`Accepts`), and an idempotency key comes from what
happened, never from chance or time.
"""
from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from aiogram.types import CallbackQuery, Message

from wallet.money import Currency
from wallet.operators import Act
from wallet.text import presentable
from wallet.views import GroupRulesView, MemberView, WordedView

ANONYMOUS_ADMIN = 1087968824
CHANNEL_AS_SENDER = 136817688
TELEGRAM = 777000
NOBODY = frozenset({ANONYMOUS_ADMIN, CHANNEL_AS_SENDER, TELEGRAM})
"""Senders that stand for no person: never a payer, never paid."""

FRESH = timedelta(minutes=5)
"""How old a money command may be when it is done."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Who(Enum):
    """Whom a handler answers."""

    ANYBODY = "anybody"
    MEMBERS = "members"
    """Whoever has an open wallet; others are shown the way to join."""
    ADMINISTRATORS = "administrators"
    """Those whom Telegram calls administrators of the group now, under their name or anonymously."""
    OPERATORS = "operators"
    """Those whose role may do what is asked: in private, and in the one group that is bound for them. For everybody
    else there is no such command."""


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a handler may be given. The dispatcher refuses the rest, in words, before the handler is called."""

    private: Who | None = None
    """Whom it answers in a private chat; None: nobody, they are told to ask in a group."""
    group: Who | None = None
    """Whom it answers in a group; None: nobody, they are told to ask in private."""
    anywhere: Who | None = None
    """Whom it answers in whatever chat, be it one that we are not in: what is typed behind our name there, and the
    buttons of what was sent through us. None: nobody, its buttons don't work there."""
    money: bool = False
    """Money commands take nothing that was edited, forwarded or sent via a bot."""
    fresh: timedelta | None = None
    """How old a message may be; whoever wrote an older one is asked again."""
    level: int = 0
    """The identity level that a member needs."""
    act: Act | None = None
    """What an operator must be allowed to do."""

    def __post_init__(self) -> None:
        """What could never be called, or would move money that nobody wants moved any more, is our mistake."""
        assert self.private or self.group or self.anywhere, "accepted nowhere"
        assert Who.ADMINISTRATORS not in (self.private, self.anywhere), "only a group of ours has administrators"
        assert not self.money or self.fresh, "money moves for fresh messages only"
        assert not self.money or {self.private, self.group} <= {Who.MEMBERS, None}, "only members have money"
        assert (self.act is not None) is (Who.OPERATORS in (self.private, self.group)), "operators do something"
        assert self.act is None or (self.anywhere is None and self.fresh), "operators act now, and not anywhere"
        assert not self.level or {self.private, self.group} <= {Who.MEMBERS, None}, "only members have a level"


def accepts(*, private: bool = True, group: bool = False, anywhere: bool = False, joined: bool = True
            ) -> dict[str, Accepts]:
    """The flags of a handler that belongs to no command: `flags=accepts(group=True)`. Whatever answers one, or goes on
    with it, takes those of the command's row (`handlers.commands.declared`); words that move money have no others."""
    who = Who.MEMBERS if joined else Who.ANYBODY
    return {"accepts": Accepts(who if private else None, who if group else None, who if anywhere else None)}


@dataclass(frozen=True, slots=True)
class Config:
    """What handlers have to know of this deployment's settings."""

    username: str
    """The bot's own, without @."""
    brand: str
    currency: Currency
    region: str
    """Where phone numbers without a country belong, such as "CN"."""
    zone: ZoneInfo
    play_money: bool
    """Whether amounts are worth nothing, and everybody may top up with them."""
    contact: str = ""
    """Where people reach whoever runs it; "" where nobody said."""
    operators_group: int = 0
    """The chat in which operators may work besides their private chats; 0 for none."""
    mail: bool = False
    """Whether mail can be sent, so that addresses can be bound."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A person as Telegram showed them lately."""

    telegram_id: int
    username: str
    """Without @, "" for none."""
    name: str
    """As it may be shown, "" for one that may not."""
    language_code: str
    is_bot: bool


def sighted(brand: str) -> Callable[[int, str, str, str, bool], Seen]:
    """How people are seen where we go by this brand: none of them looks like us, or like what we say about money."""
    return lambda telegram_id, username, name, language_code, is_bot: Seen(
        telegram_id, username, presentable(name, brand), language_code, is_bot)


class People(Protocol):
    """Who was seen lately: a bot cannot look user names up."""

    async def by_username(self, username: str) -> Seen | None:
        """Whoever used the name last (case does not matter)."""

    async def by_ids(self, telegram_ids: Sequence[int]) -> Mapping[int, Seen]:
        """Those of them who were seen."""


class Members(Protocol):
    """Who has a wallet, as far as it was known a moment ago. Nothing is decided by it: the wallet looks again."""

    async def member(self, telegram_id: int) -> MemberView | None:
        """The member, or None for somebody who never began to join."""


class Operators(Protocol):
    """Who is an operator, as far as it was known a moment ago. Nothing is decided by it: the wallet looks again."""

    async def role(self, telegram_id: int) -> str:
        """Their role, "" for everybody else."""


class EnvelopeWords(Protocol):
    """The words by which envelopes open in groups, as far as it was known a moment ago."""

    async def worded(self, chat: int, limit: int) -> Sequence[WordedView]:
        """The open envelopes of a group that open by a word, newest first."""


class Phones(Protocol):
    """Who has a phone number, for whoever wants to pay by it."""

    async def holder(self, number: str, asker: int, day: date) -> MemberView | None:
        """Whoever opened a wallet with a number, which is written in its one international form. Raises
        `TooManyNumbers` for one more than somebody may name in a day."""


class Groups(Protocol):
    """What is known about groups."""

    async def language(self, chat: int) -> str:
        """The language in which the bot speaks in a group: "en" or "zh_CN"."""

    async def set_language(self, chat: int, language: str) -> None:
        """Choose it."""

    async def rules(self, chat: int) -> GroupRulesView:
        """What else its administrators chose, as far as it was known a moment ago."""


class Dialogs(Protocol):
    """What a person is in the middle of. Losing it costs a repeated question, never money. Values are JSON; they are
    sealed at rest."""

    async def get(self, person: int) -> dict[str, Any] | None:
        """The dialog, or None."""

    async def put(self, person: int, dialog: Mapping[str, Any], *, seconds: int = 600) -> None:
        """Begin or go on; it is forgotten after so many seconds."""

    async def drop(self, person: int) -> None:
        """End it."""


def message_key(bot_id: int, message: Message, step: str) -> str:
    """The key of what a message asks for. Update ids restart at random; chat and message number do not."""
    return f"{keys_of(bot_id, message)}{step}"


def keys_of(bot_id: int, message: Message) -> str:
    """How the keys of everything begin that a message asks for. All ephemeral messages have the number 0, and the
    number that they have instead may be given to another one when they are gone: only the moment tells them apart."""
    number = message.message_id or f"e{message.ephemeral_message_id}.{microseconds(message.date) // 1_000_000}"
    return f"msg:{bot_id}:{message.chat.id}:{number}:"


def press_key(press: CallbackQuery, step: str) -> str:
    """The key of what a button press asks for."""
    return f"press:{press.id}:{step}"


def microseconds(at: datetime) -> int:
    """A moment as the database keeps it, exact: a float would lose the last digits."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def new_token() -> str:
    """A one-use id for a button that authorises money: 128 random bits in 22 signs."""
    return secrets.token_urlsafe(16)


def group_of(message: Message) -> int:
    """The group in which a message stands, 0 for a private chat."""
    return 0 if message.chat.type == "private" else message.chat.id
