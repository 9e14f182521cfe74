"""What people may say, and the requests that come of it, as values.

Guards: a request is whole or it is unclear, and what is unclear carries the facts of its sentence, never the sentence.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from handlers.commands import Verb
from wallet.money import AmountReason
from wallet.plain import frozen


class ParseProblem(StrEnum):
    """Why a message that is ours can't be done as it stands."""

    SURPLUS = "surplus"
    NO_RECEIVER = "no_receiver"
    NO_AMOUNT = "no_amount"
    SPACE_MISSING = "space_missing"
    AMOUNT = "amount"
    AMOUNT_UNCLEAR = "amount_unclear"
    EACH_MISSING = "each_missing"
    RECEIVER_AFTER_AMOUNT = "receiver_after_amount"
    TOO_MANY_RECEIVERS = "too_many_receivers"
    SHARES = "shares"
    FOR_ONE = "for_one"
    WORD = "word"
    USES = "uses"
    PASSWORD = "password"  # noqa: S105 - what is wrong with one, not one
    PASSWORD_SHOWN = "password_shown"  # noqa: S105 - the same
    ONE_PERSON = "one_person"
    SPLIT = "split"
    NAMES = "names"
    PHONE = "phone"
    NOTE_TOO_LONG = "note_too_long"
    NOTE_OFFENSIVE = "note_offensive"
    NOTE_BAD_LINK = "note_bad_link"
    MONTH = "month"
    CODE = "code"
    RHYTHM = "rhythm"
    RHYTHM_FOR_ONE = "rhythm_for_one"


# ---------------------------------------------------------------------------------------- what is said
@frozen()
class Entity:
    """A part of a message that Telegram marked, in UTF-16 units as Telegram counts."""

    type: str
    offset: int
    length: int
    user_id: int | None = None


@frozen()
class Said:
    """A message with the facts that its reading depends on."""

    text: str
    entities: tuple[Entity, ...] = ()
    is_private: bool = True
    bot_username: str = ""
    is_reply: bool = False


# ------------------------------------------------------------------------------------ what it asks for
@frozen()
class Username:
    """A person by a user name, without the at sign. It says nothing about who that is today."""

    name: str


@frozen()
class Mentioned:
    """A person by a text mention, which carries the numeric id."""

    user_id: int
    name: str


@frozen()
class PhoneNumber:
    """A person by a phone number in E.164 form."""

    e164: str


@frozen()
class Replied:
    """Whoever wrote the message that this one replies to."""


Receiver: TypeAlias = "Username | Mentioned | PhoneNumber | Replied"


@frozen()
class Every:
    """The days on which something comes again."""

    unit: str
    """"day", "week" or "month"."""
    on: int = 0
    """The weekday, 0 for Monday, or the day of the month."""
    until: date | None = None
    """None is later."""


@frozen()
class SendRequest:
    """A transfer as it was asked for. With several receivers the amount is always for each of them."""

    receivers: tuple[Receiver, ...]
    minor_units: int
    each: bool = False
    note: str | None = None
    every: Every | None = None
    delay: int = 0
    """After how many hours it is to arrive, 0 for at once."""


@frozen()
class EnvelopeRequest:
    """A red envelope as it was asked for."""

    minor_units: int
    """All of it, or with `equal` each share."""
    shares: int
    equal: bool = False
    greeting: str | None = None
    receiver: Receiver | None = None
    """Who alone may open it, None for everybody."""
    word: str | None = None
    """What one has to say to open it."""


@frozen()
class VoucherRequest:
    """A voucher as it was asked for."""

    minor_units: int
    """Of each use."""
    uses: int = 1
    password: str | None = field(default=None, repr=False)
    only: Receiver | None = None
    """The one person who may redeem it."""


@frozen()
class SplitRequest:
    """What several people are asked their shares of."""

    minor_units: int
    """All of it; with amounts of their own it is their sum."""
    heads: int = 0
    """Among how many, whoever asks counted; 0 where people are named."""
    receivers: tuple[Receiver, ...] = ()
    amounts: tuple[int, ...] = ()
    """What each of them owes, where that is said."""
    with_me: bool = False
    """Whether whoever asks bears a share besides those who are named."""
    note: str | None = None


@frozen()
class AmountAsked:
    """An amount in minor units."""

    minor_units: int


@frozen()
class CollectAsked:
    """An amount that somebody wants to be paid, perhaps with a note."""

    minor_units: int
    note: str | None = None


@frozen()
class CardAsked:
    """What somebody typed behind our name in any chat, to be offered as cards."""

    verbs: tuple[Verb, ...]
    """What kinds of cards are meant, by the commands that do the like: all of them where an amount stands alone."""
    minor_units: int
    """All of it, or with `equal` each share."""
    shares: int = 0
    """In how many it is to be divided; 0 where nothing was said of it."""
    equal: bool = False
    note: str = ""


@frozen()
class CodeAsked:
    """A receipt by its code, which is right in itself; whether it exists is for the wallet to say."""

    number: int
    code: str


@frozen()
class MonthAsked:
    """A month, perhaps without its year; 0 is this month, -1 the one before."""

    month: int
    year: int | None = None

    def resolve(self, today: date) -> tuple[int, int]:
        """Year and month; without a year the latest such month that has begun."""
        if self.year is not None:
            return self.year, self.month
        if self.month <= 0:
            year, month = divmod(today.year * 12 + today.month - 1 + self.month, 12)
            return year, month + 1
        return (today.year if self.month <= today.month else today.year - 1), self.month


@frozen()
class WordsAsked:
    """Words as they were typed: a nickname, a document's name, a payload."""

    words: str


@frozen()
class PersonAsked:
    """Somebody who is meant, by who they are or by the code of something that is theirs, and more words."""

    who: Receiver | CodeAsked
    words: str = ""
    """As they were typed."""


Argument: TypeAlias = (
    "SendRequest | EnvelopeRequest | VoucherRequest | SplitRequest | CollectAsked | AmountAsked | CodeAsked"
    " | MonthAsked | WordsAsked | PersonAsked | None")


@frozen()
class Asked:
    """A message that is ours and clear. No argument means the bare word, which opens a wizard or a list."""

    verb: Verb
    argument: Argument = None
    in_plain_words: bool = field(default=False, compare=False)
    """Whether it opened with a plain word, which people also say to each other. What is asked for is the same."""


@frozen()
class Unclear:
    """A message that is ours but can't be done as it stands, with the facts that its sentence needs."""

    verb: Verb
    problem: ParseProblem
    amount: AmountReason | None = None
    currency: str | None = None
    limit: int | None = None
