"""What people type, as typed requests: one parser for commands and for plain words.

`/send @bob 20 lunch`, `转账 @bob 20 午饭` and `转账＠bob　２０` are the same request. A message that is not ours
answers `None`; one that is ours but not clear answers `Unclear` with a problem, never a sentence.

The invariant guarded here: no amount and no receiver is guessed. Whatever could be read in two ways that differ in
money (`1 000`, `20 万`, `20 USD`, a second person after the amount) is unclear, and in a group a plain word that
doesn't parse to its end is nobody's business. Every text is answered, in time linear to its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NoReturn, TypeAlias

import phonenumbers

from handlers.commands import ASKS_BACK, COMMANDS, NAMES, PLAIN_WORDS, SILENT_IN_GROUPS, Takes, Verb
from wallet import ids
from wallet.money import AmountReason, AmountRefused, Currency, fold_width, is_currency_word, parse_amount
from wallet.text import TextReason, TextRefused, clean_note

MAX_TEXT: Final = 4096
"""Telegram's own limit for a message."""

MAX_RECEIVERS: Final = 20
MAX_ENTITIES: Final = 100
"""Telegram marks at most a hundred entities in a message."""

MAX_WORDS: Final = 200
"""A name, a document or a payload is cut here; all of them are shorter when they are right."""


class ParseProblem(StrEnum):
    """Why a message that is ours can't be done as it stands."""

    SURPLUS = "surplus"
    NO_RECEIVER = "no_receiver"
    NO_AMOUNT = "no_amount"
    AMOUNT = "amount"
    AMOUNT_UNCLEAR = "amount_unclear"
    EACH_MISSING = "each_missing"
    RECEIVER_AFTER_AMOUNT = "receiver_after_amount"
    TOO_MANY_RECEIVERS = "too_many_receivers"
    PHONE = "phone"
    NOTE_TOO_LONG = "note_too_long"
    NOTE_OFFENSIVE = "note_offensive"
    MONTH = "month"
    CODE = "code"


# ---------------------------------------------------------------------------------------- what is said
@dataclass(frozen=True, slots=True)
class Entity:
    """A part of a message that Telegram marked, in UTF-16 units as Telegram counts."""

    type: str
    offset: int
    length: int
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A message with the facts that its reading depends on."""

    text: str
    entities: tuple[Entity, ...] = ()
    is_private: bool = True
    bot_username: str = ""
    is_reply: bool = False


# ------------------------------------------------------------------------------------ what it asks for
@dataclass(frozen=True, slots=True)
class Username:
    """A person by a user name, without the at sign. It says nothing about who that is today."""

    name: str


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A person by a text mention, which carries the numeric id."""

    user_id: int
    name: str


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A person by a phone number in E.164 form."""

    e164: str


@dataclass(frozen=True, slots=True)
class Replied:
    """Whoever wrote the message that this one replies to."""


Receiver: TypeAlias = "Username | Mentioned | PhoneNumber | Replied"


@dataclass(frozen=True, slots=True)
class SendRequest:
    """A transfer as it was asked for. With several receivers the amount is always for each of them."""

    receivers: tuple[Receiver, ...]
    minor_units: int
    each: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AmountAsked:
    """An amount in minor units."""

    minor_units: int


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A receipt by its code, which is right in itself; whether it exists is for the wallet to say."""

    number: int
    code: str


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class WordsAsked:
    """Words as they were typed: a nickname, a document's name, a payload."""

    words: str


Argument: TypeAlias = "SendRequest | AmountAsked | CodeAsked | MonthAsked | WordsAsked | None"


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that is ours and clear. No argument means the bare word, which opens a wizard or a list."""

    verb: Verb
    argument: Argument = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """A message that is ours but can't be done as it stands, with the facts that its sentence needs."""

    verb: Verb
    problem: ParseProblem
    amount: AmountReason | None = None
    currency: str | None = None
    limit: int | None = None


# --------------------------------------------------------------------------------------------- parsing
def understand(said: Said, currency: Currency, region: str = "CN") -> Asked | Unclear | None:
    """What a message asks for; `None` when it is not for us. `region` is where phone numbers without + belong."""
    if len(said.text) > MAX_TEXT:
        return None
    folded = _fold(said.text)
    opening = _opening(folded, said)
    if opening is None:
        return None
    verb, start, is_plain = opening
    silent = is_plain and not said.is_private
    if silent and verb in SILENT_IN_GROUPS:
        return None
    reading = _Reading(said, folded, start, verb, currency, region)
    try:
        argument = _ARGUMENTS[verb](reading)
        if is_plain and reading.rest and (argument is None or verb is Verb.START):
            reading.stop(ParseProblem.SURPLUS)
    except _Stop as stop:
        return None if silent else stop.unclear
    if silent and argument is None and verb in ASKS_BACK:
        # People also just say the word; a wizard would talk into their conversation.
        return None
    return Asked(verb, argument)


def parse_send(said: Said, currency: Currency, region: str = "CN") -> SendRequest | Unclear:
    """The transfer that a text without its command describes, such as `@bob 20 lunch` or an inline query."""
    folded = _fold(said.text[:MAX_TEXT])
    reading = _Reading(said, folded, 0, Verb.SEND, currency, region)
    try:
        return _send_request(reading)
    except _Stop as stop:
        return stop.unclear


def parse_receivers(said: Said, currency: Currency, region: str = "CN") -> tuple[Receiver, ...] | Unclear:
    """The people that a text names and nothing else: the answer to a wizard's question."""
    folded = _fold(said.text[:MAX_TEXT])
    reading = _Reading(said, folded, 0, Verb.SEND, currency, region)
    try:
        found = _receivers(reading, alone=True)
        if not found or reading.rest:
            reading.stop(ParseProblem.NO_RECEIVER)
    except _Stop as stop:
        return stop.unclear
    return found


class _Stop(Exception):
    """Ends a reading with what is unclear."""

    def __init__(self, unclear: Unclear) -> None:
        super().__init__(unclear)
        self.unclear = unclear


class _Reading:
    """A text being read from left to right.

    Folding keeps positions, so that decisions are made on the folded text and notes are cut from the original.
    """

    def __init__(self, said: Said, folded: str, start: int, verb: Verb, currency: Currency, region: str) -> None:
        self.said = said
        self.folded = folded
        self.position = start
        self.verb = verb
        self.currency = currency
        self.region = region
        self.people, self.phones = _marked(said)
        self.skip(" ")

    def stop(self, problem: ParseProblem, refused: AmountRefused | None = None, limit: int | None = None) -> NoReturn:
        """Ends the reading."""
        reason, named = (refused.reason, refused.named) if refused else (None, None)
        raise _Stop(Unclear(self.verb, problem, reason, named, limit))

    @property
    def rest(self) -> str:
        """What has not been read yet, folded."""
        return self.folded[self.position :].rstrip(" ")

    @property
    def rest_as_typed(self) -> str:
        """The same in the characters that the person typed."""
        return self.said.text[self.position : MAX_TEXT]

    def skip(self, characters: str) -> None:
        """Passes over any of these characters."""
        while self.position < len(self.folded) and self.folded[self.position] in characters:
            self.position += 1

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Passes over what the pattern matches here, and the spaces after it."""
        found = pattern.match(self.folded, self.position)
        if found is not None:
            self.position = found.end()
            self.skip(" ")
        return found

    def peek(self) -> str:
        """The next word, without reading it."""
        found = _WORD.match(self.folded, self.position)
        return found[0] if found else ""


def _fold(text: str) -> str:
    """Full-width forms and every kind of space as their ASCII twins, character for character."""
    return fold_width(text.translate(_SPACES))


def _opening(folded: str, said: Said) -> tuple[Verb, int, bool] | None:
    """The verb that a message opens with, where its arguments start, and whether it is a plain word."""
    command = _COMMAND.match(folded)
    if command is not None:
        bot = command["bot"]
        verb = NAMES.get(command["name"].lower())
        if verb is None or (bot is not None and bot.lower() != said.bot_username.lower()):
            return None
        return verb, command.end(), False
    word = _PLAIN_WORD.match(folded)
    return (PLAIN_WORDS[word[1]], word.end(), True) if word else None


def _marked(said: Said) -> tuple[Mapping[int, tuple[int, int]], Mapping[int, int]]:
    """Text mentions by their start, as (end, id), and phone numbers by their start, as end."""
    people: dict[int, tuple[int, int]] = {}
    phones: dict[int, int] = {}
    wanted = [entity for entity in said.entities[:MAX_ENTITIES] if entity.type in ("text_mention", "phone_number")]
    if not wanted:
        return people, phones
    index_of = _indices_by_unit(said.text)
    for entity in wanted:
        start, end = index_of.get(entity.offset), index_of.get(entity.offset + entity.length)
        if start is None or end is None or start >= end:
            continue
        if entity.type == "text_mention" and entity.user_id is not None:
            people[start] = (end, entity.user_id)
        elif entity.type == "phone_number":
            phones[start] = end
    return people, phones


def _indices_by_unit(text: str) -> Mapping[int, int]:
    """Python's index for each UTF-16 unit at which a character starts, and for the end."""
    indices: dict[int, int] = {}
    unit = 0
    for index, letter in enumerate(text):
        indices[unit] = index
        unit += 2 if letter > "\uffff" else 1
    indices[unit] = len(text)
    return indices


# ------------------------------------------------------------------------------------------- transfers
def _send_argument(reading: _Reading) -> SendRequest | None:
    return _send_request(reading) if reading.rest else None


def _send_request(reading: _Reading) -> SendRequest:
    """Receivers, amount, note, in this order; a reply names its receiver."""
    receivers = _receivers(reading, alone=False)
    if not receivers:
        if not reading.said.is_reply:
            reading.stop(ParseProblem.NO_RECEIVER)
        receivers = (Replied(),)
    minor_units, each = _amount(reading)
    if len(receivers) > 1 and not each:
        reading.stop(ParseProblem.EACH_MISSING)
    return SendRequest(receivers, minor_units, each, _note(reading))


def _receivers(reading: _Reading, alone: bool) -> tuple[Receiver, ...]:
    """Everybody who is named before the amount, each once; `alone` when no amount is to follow."""
    found: dict[Receiver, None] = {}
    seen: set[str] = set()
    while True:
        start = reading.position
        if seen:
            reading.take(_BETWEEN_PEOPLE)
        receiver = _receiver(reading, is_first=not seen, alone=alone)
        if receiver is None:
            reading.position = start
            break
        key = receiver.name.lower() if isinstance(receiver, Username) else repr(receiver)
        if key not in seen:
            seen.add(key)
            found[receiver] = None
        if len(found) > MAX_RECEIVERS:
            reading.stop(ParseProblem.TOO_MANY_RECEIVERS, limit=MAX_RECEIVERS)
        reading.skip(" ")
    if seen:
        reading.skip(" ,、;")
    return tuple(found)


def _receiver(reading: _Reading, is_first: bool, alone: bool) -> Receiver | None:
    """The person who is named here, if one is."""
    marked = reading.people.get(reading.position)
    if marked is not None:
        end, user_id = marked
        name = reading.said.text[reading.position : end][:MAX_WORDS]
        reading.position = end
        return Mentioned(user_id, name)
    username = reading.take(_USERNAME)
    if username is not None:
        return Username(username[1])
    return _phone(reading, is_first, alone)


def _phone(reading: _Reading, is_first: bool, alone: bool) -> PhoneNumber | None:
    """The phone number that stands here, if it can only be one.

    Chinese mobile numbers and numbers with a plus always are. Any other run of digits is one only when it is
    valid in our region and an amount follows, because alone it could be the amount itself.
    """
    start, text = reading.position, reading.folded
    certain = _PLUS_NUMBER.match(text, start)
    if certain is None and reading.region == "CN":
        certain = _CHINESE_MOBILE.match(text, start)
    ends = [certain.end()] if certain else []
    if text.startswith("+", start) and start in reading.phones:
        # Only Telegram knows how far a foreign number with spaces in it goes; where it took in the amount it is wrong.
        ends.insert(0, reading.phones[start])
    if not ends:
        local = _LOCAL_NUMBER.match(text, start)
        if local is None or not (alone or (is_first and _AMOUNT_AFTER.match(text, local.end()))):
            return None
        ends.append(local.end())
    for end in ends:
        e164 = _e164(text[start:end], reading.region)
        if e164 is not None:
            reading.position = end
            return PhoneNumber(e164)
    if certain is not None:
        reading.stop(ParseProblem.PHONE)
    return None


def _e164(written: str, region: str) -> str | None:
    """The number in its one international form, if it can exist."""
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _amount(reading: _Reading) -> tuple[int, bool]:
    """The amount that stands here in minor units, and whether it is for each receiver."""
    each = reading.take(_EACH_BEFORE) is not None
    if not reading.rest:
        reading.stop(ParseProblem.NO_AMOUNT)
    written = reading.take(_AMOUNT)
    text = written[0].rstrip(" ") if written else reading.peek()
    if written is not None and is_currency_word(reading.peek(), reading.currency):
        # A currency beside the number belongs to it; as a note it would hide that yuan were sent for dollars.
        text = f"{text} {reading.peek()}"
        reading.take(_WORD)
    try:
        minor_units = parse_amount(text, reading.currency)
    except AmountRefused as refused:
        reading.stop(ParseProblem.AMOUNT, refused)
    each = reading.take(_EACH_AFTER) is not None or each
    return minor_units, each


def _note(reading: _Reading) -> str | None:
    """Everything after the amount, unless it could change what the amount or the receiver is."""
    for separators in ("", " ,、;:"):
        reading.skip(separators)
        first = reading.peek()
        if _MORE_NUMBER.fullmatch(first) or _UNIT.fullmatch(first.lower()):
            reading.stop(ParseProblem.AMOUNT_UNCLEAR)
        if reading.position in reading.people or _USERNAME.match(reading.folded, reading.position):
            reading.stop(ParseProblem.RECEIVER_AFTER_AMOUNT)
    try:
        return clean_note(reading.rest_as_typed)
    except TextRefused as refused:
        if refused.reason is TextReason.OFFENSIVE:
            reading.stop(ParseProblem.NOTE_OFFENSIVE)
        reading.stop(ParseProblem.NOTE_TOO_LONG, limit=refused.most)


# ------------------------------------------------------------------------------------- other arguments
def _nothing(reading: _Reading) -> None:
    """For words that stand alone. After a command further words are overlooked, as everywhere in Telegram."""


def _payload(reading: _Reading) -> WordsAsked | None:
    """What a deep link carries; anything else behind /start is overlooked."""
    return WordsAsked(reading.rest) if _PAYLOAD.fullmatch(reading.rest) else None


def _words(reading: _Reading) -> WordsAsked | None:
    words = reading.rest_as_typed.strip()[:MAX_WORDS]
    return WordsAsked(words) if words else None


def _amount_alone(reading: _Reading) -> AmountAsked | None:
    if not reading.rest:
        return None
    try:
        return AmountAsked(parse_amount(re.sub(" +", " ", reading.rest), reading.currency))
    except AmountRefused as refused:
        reading.stop(ParseProblem.AMOUNT, refused)


def _code(reading: _Reading) -> CodeAsked | None:
    if not reading.rest:
        return None
    number = ids.from_code(reading.rest)
    if number is None:
        reading.stop(ParseProblem.CODE)
    return CodeAsked(number, ids.code(number))


def _month(reading: _Reading) -> MonthAsked | None:
    if not reading.rest:
        return None
    month = month_of(reading.rest)
    if month is None:
        reading.stop(ParseProblem.MONTH)
    return month


def month_of(written: str) -> MonthAsked | None:
    """The month that somebody wrote, else None."""
    written = " ".join(written.lower().split())
    if written in _MONTHS_AGO:
        return MonthAsked(_MONTHS_AGO[written])
    numeric = _MONTH_NUMBER.fullmatch(written)
    if numeric is not None:
        return MonthAsked(int(numeric["month"]), int(numeric["year"]) if numeric["year"] else None)
    named = _MONTH_NAME.fullmatch(written)
    month = _MONTH_NAMES.get(named["name"]) if named else None
    if named is None or month is None:
        return None
    return MonthAsked(month, int(named["year"]) if named["year"] else None)


_READINGS: Final[Mapping[Takes, Callable[[_Reading], Argument]]] = {
    Takes.NOTHING: _nothing,
    Takes.PAYLOAD: _payload,
    Takes.WORDS: _words,
    Takes.MONTH: _month,
    Takes.CODE: _code,
    Takes.AMOUNT: _amount_alone,
    Takes.TRANSFER: _send_argument,
}
_ARGUMENTS: Final = {verb: _READINGS[command.takes] for verb, command in COMMANDS.items()}

# ------------------------------------------------------------------------------------------ vocabulary
_SPACES: Final[dict[int, str]] = {
    ord(space): " " for space in "\t\n\x0b\x0c\r\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000"
} | dict.fromkeys(range(8192, 8203), " ")

_MONTH_NAMES: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        (
            "jan january 一月", "feb february 二月", "mar march 三月", "apr april 四月", "may 五月", "jun june 六月",
            "jul july 七月", "aug august 八月", "sep sept september 九月", "oct october 十月",
            "nov november 十一月", "dec december 十二月",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_MONTHS_AGO: Final[Mapping[str, int]] = {
    words: ago
    for ago, named in ((0, "this month/本月/这个月/這個月/当月/當月"), (-1, "last month/上月/上个月/上個月"))
    for words in named.split("/")
}

_EACH: Final = "每人|每位|每个人|每個人|各自|各"
_COMMAND: Final = re.compile(r" *(?:/(?P<name>[A-Za-z_]{1,32})(?:@(?P<bot>[A-Za-z0-9_]{1,64}))?)")
_PLAIN_WORD: Final = re.compile(f" *({'|'.join(sorted(PLAIN_WORDS, key=len, reverse=True))}) *:? *")
_WORD: Final = re.compile(r"[^ ]+")
_PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_USERNAME: Final = re.compile(r"@([A-Za-z][A-Za-z0-9_]{0,31})(?![A-Za-z0-9_])")
_BETWEEN_PEOPLE: Final = re.compile(r"[,、;&]|和|跟|与|與|and(?= )")
_CHINESE_MOBILE: Final = re.compile(r"(?:86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?=[ ,、;]|$)")
_LOCAL_NUMBER: Final = re.compile(r"[0-9][0-9-]{5,18}[0-9](?=[ ,、;]|$)")
_PLUS_NUMBER: Final = re.compile(r"\+(?:86 ?1[0-9]{2} [0-9]{4} [0-9]{4}|[0-9][0-9()-]{5,24})(?=[ ,、;]|$)")
_AMOUNT_AFTER: Final = re.compile(rf" *(?:[,、;] *)?(?:(?:each|{_EACH}) ?)?[^ 0-9]{{0,8}} ?[0-9]")
_EACH_BEFORE: Final = re.compile(rf"(?:each|{_EACH})(?=[^A-Za-z]|$)", re.IGNORECASE)
_EACH_AFTER: Final = re.compile(rf"(?:each(?![A-Za-z0-9_])|/人|(?:{_EACH})(?= |$))", re.IGNORECASE)
# A number with its sign and currency, up to a space, a word for "each", or a comma that opens the note.
_AMOUNT: Final = re.compile(
    rf"(?:[^ 0-9]{{1,8}} (?=[0-9]))?[^ ]*?[0-9][^ ]*?(?= |$|(?:{_EACH}|/人|each)(?: |$)|[,、;:](?:[^0-9]|$))",
    re.IGNORECASE,
)
# What could still belong to the number before it: `1 000`, `20 .50`, `20 万`.
_MORE_NUMBER: Final = re.compile(r"[0-9]{3}(?:[.,][0-9]*)?|[.,][0-9].*")
_UNIT: Final = re.compile(
    r"[万萬千仟百佰亿億]{1,2}[元块塊]?|[角毛分]钱?|k|w|kk|m|b|bn|mio|wan|hundred|thousand|million|billion|cents?"
)
_MONTH_NUMBER: Final = re.compile(r"(?:(?P<year>20[0-9]{2})(?:[-/. ]|年 ?))?(?P<month>1[0-2]|0?[1-9])(?: ?月份?)?")
_MONTH_NAME: Final = re.compile(r"(?P<name>[a-z]{3,9}|[一二三四五六七八九十]{1,2}月)\.?份?(?: +(?P<year>20[0-9]{2}))?")
