"""One parser for commands and for plain words: `/send @bob 20 lunch` and `转账＠bob　２０` are the same request.

Guards: a message that is not ours answers `None`, one that is ours but not clear answers `Unclear`, and in a group a
plain word that doesn't parse to its end is nobody's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from handlers.commands import ASKS_BACK, COMMANDS, NAMES, PLAIN_WORDS, SILENT_IN_GROUPS, Takes, Verb
from handlers.parsing.amounts import amount_said, read_amount, read_delay, read_figure, read_note, read_words
from handlers.parsing.months import month_of
from handlers.parsing.people import read_receivers
from handlers.parsing.reading import MAX_TEXT, TOWARDS, Reading, Stop, fold
from handlers.parsing.requests import (
    AmountAsked,
    Argument,
    Asked,
    CardAsked,
    CodeAsked,
    CollectAsked,
    EnvelopeRequest,
    MonthAsked,
    ParseProblem,
    PersonAsked,
    PhoneNumber,
    Receiver,
    Replied,
    Said,
    SendRequest,
    Unclear,
    Username,
    VoucherRequest,
    WordsAsked,
)
from handlers.parsing.rhythms import take_rhythm
from handlers.parsing.splits import read_split
from wallet import ids
from wallet.money import AmountRefused, Currency
from wallet.text import TextRefused, clean_word
from wallet.vouchers import LONGEST_PASSWORD

LONGEST_WORDS: Final = 200
"""A nickname, a document's name or a payload is cut here; all of them are shorter when they are right."""

_COMMAND: Final = re.compile(r" *(?:/(?P<name>[A-Za-z_]{1,32})(?:@(?P<bot>[A-Za-z0-9_]{1,64}))?)")
# A word in Latin letters is one only where it ends: `AA 120 4`, and no `AAA battery`.
_PLAIN_WORD: Final = re.compile(" *({}) *:? *".format("|".join(
    f"{word}(?![A-Za-z])" if word.isascii() else word for word in sorted(PLAIN_WORDS, key=len, reverse=True))))
_CARDS: Final = (Verb.SEND, Verb.RED, Verb.REQUEST)
"""What can be done in a chat that we are not in."""
_CARD_WORD: Final = re.compile(
    f" */?(?:(?P<name>{'|'.join([*_CARDS, Verb.COLLECT])})(?![a-z])"
    f"|(?P<word>{'|'.join(sorted(PLAIN_WORDS, key=len, reverse=True))}))", re.IGNORECASE)
_EQUAL_WORD: Final = re.compile("普通")
_FOR_ONE: Final = re.compile("专属|專屬")
_WITH_A_WORD: Final = re.compile("口令")
_WORD_TO_SAY: Final = re.compile("(?P<sign>!+ *)?(?P<word>[^ ]+)")
# A sign that stands apart announces a word, and none comes; right behind the number it ends the sentence.
_NO_WORD: Final = re.compile("(?<= )!+ *$")
# Which envelope is to be checked stands behind this, where an amount would be.
_VERIFY: Final = re.compile("(?:verify(?= |$)|[验驗][证證])", re.IGNORECASE)
_EQUALS: Final = re.compile("= *")
# An amount, perhaps behind its currency, that ends where the number of shares begins: at a space, or with its currency.
_FIGURE: Final = re.compile("((?:[^ 0-9]{1,8} (?=[0-9]))?[^ ]*?[0-9][^ ]*?)(?= |$|(?<=[元块塊圆圓])(?=[0-9]))")
_SHARES: Final = re.compile("([0-9]{1,6})(?:[个個份包]|(?![0-9.,]))")
# The same before a password or a person.
_WORTH: Final = re.compile(
    "((?:[^ !@0-9]{1,8} (?=[0-9]))?[^ !@]*?[0-9][^ !@]*?)(?= |$|[!@]|(?<=[元块塊圆圓])(?=[0-9]))")
_USES: Final = re.compile("([0-9]{1,6})(?:[次张張个個份]|(?= |$|[!@]))")
_PASSWORD: Final = re.compile("! *([^ ]*)")
_PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def understand(said: Said, currency: Currency, region: str = "CN") -> Asked | Unclear | None:
    """What a message asks for; `None` when it is not for us. `region` is where phone numbers without + belong."""
    if len(said.text) > MAX_TEXT:
        return None
    folded = fold(said.text)
    opening = _opening(folded, said)
    if opening is None:
        return None
    verb, start, is_plain = opening
    silent = is_plain and not said.is_private
    if silent and verb in SILENT_IN_GROUPS:
        return None
    reading = Reading(said, folded, start, verb, currency, region)
    try:
        argument = _ARGUMENTS[verb](reading)
        if is_plain and reading.rest and (argument is None or verb is Verb.START):
            reading.stop(ParseProblem.SURPLUS)
    except Stop as stop:
        return None if silent else stop.unclear
    if silent and argument is None and verb in ASKS_BACK:
        # People also just say the word; a wizard would talk into their conversation.
        return None
    return Asked(verb, argument, is_plain)


def parse_send(said: Said, currency: Currency, region: str = "CN") -> SendRequest | Unclear:
    """The transfer that a text without its command describes, such as `@bob 20 lunch` or an inline query."""
    folded = fold(said.text[:MAX_TEXT])
    reading = Reading(said, folded, 0, Verb.SEND, currency, region)
    try:
        return _send_request(reading)
    except Stop as stop:
        return stop.unclear


def parse_collection(said: Said, currency: Currency, region: str = "CN") -> CollectAsked | Unclear | None:
    """The amount and the note of a text without its command; nothing for an empty one."""
    reading = Reading(said, fold(said.text[:MAX_TEXT]), 0, Verb.COLLECT, currency, region)
    try:
        return _collection(reading)
    except Stop as stop:
        return stop.unclear


def parse_voucher(said: Said, currency: Currency, region: str = "CN") -> VoucherRequest | Unclear:
    """The voucher that a text without its command describes."""
    reading = Reading(said, fold(said.text[:MAX_TEXT]), 0, Verb.VOUCHER, currency, region)
    try:
        request = _voucher(reading)
        if request is None:
            reading.stop(ParseProblem.USES)
    except Stop as stop:
        return stop.unclear
    return request


def parse_card(said: Said, currency: Currency, region: str = "CN") -> CardAsked | Unclear | None:
    """What is typed behind our name in any chat: an amount alone, or behind a word for one kind of card. Nothing for
    nothing, and unclear what asks for something that no card can do."""
    folded = fold(said.text[:MAX_TEXT])
    opening = _CARD_WORD.match(folded)
    verb = _card_meant(opening) if opening else None
    reading = Reading(said, folded, opening.end() if opening else 0, verb or Verb.SEND, currency, region)
    try:
        if opening is None:
            asked = _collection(reading)
            return CardAsked(_CARDS, asked.minor_units, note=asked.note or "") if asked else None
        if verb not in _CARDS:
            reading.stop(ParseProblem.SURPLUS)
        reading.skip(":")
        reading.skip(" ")
        if verb is Verb.RED:
            wish = _envelope(reading)
            if isinstance(wish, CodeAsked) or (wish and (wish.word or wish.receiver)):
                reading.stop(ParseProblem.SURPLUS)
            return CardAsked((verb,), wish.minor_units, wish.shares, wish.equal, wish.greeting or "") if wish else None
        asked = _collection(reading)
        return CardAsked((verb,), asked.minor_units, note=asked.note or "") if asked else None
    except Stop as stop:
        return stop.unclear


def _card_meant(opening: re.Match[str]) -> Verb:
    """By its command's name or by its plain word. Behind our name nobody wants a picture of their code: what asks for
    one asks to be paid."""
    verb = NAMES[opening["name"].lower()] if opening["name"] else PLAIN_WORDS[opening["word"]]
    return Verb.REQUEST if verb is Verb.COLLECT else verb


def parse_receivers(said: Said, currency: Currency, region: str = "CN") -> tuple[Receiver, ...] | Unclear:
    """The people that a text names and nothing else: the answer to a wizard's question."""
    folded = fold(said.text[:MAX_TEXT])
    reading = Reading(said, folded, 0, Verb.SEND, currency, region)
    try:
        found = read_receivers(reading, alone=True)
        if not found or reading.rest:
            reading.stop(ParseProblem.NO_RECEIVER)
    except Stop as stop:
        return stop.unclear
    return found


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


# ------------------------------------------------------------------------------- what stands behind it
def _send_argument(reading: Reading) -> SendRequest | None:
    return _send_request(reading) if reading.rest else None


def _send_request(reading: Reading) -> SendRequest:
    """Receivers, amount, note, in this order; a reply names its receiver."""
    receivers = read_receivers(reading, alone=False)
    if not receivers:
        if not reading.said.is_reply:
            reading.stop(ParseProblem.NO_RECEIVER)
        receivers = (Replied(),)
    last = receivers[-1]
    minor_units, each = read_amount(reading, isinstance(last, Username) and last.name[-1].isdigit())
    if len(receivers) > 1 and not each:
        reading.stop(ParseProblem.EACH_MISSING)
    every = take_rhythm(reading) if reading.verb is Verb.SEND else None
    if every is not None and len(receivers) > 1:
        reading.stop(ParseProblem.RHYTHM_FOR_ONE)
    delay = read_delay(reading) if every is None and reading.verb is Verb.SEND else 0
    return SendRequest(receivers, minor_units, each, read_note(reading), every, delay)


def _collection(reading: Reading) -> CollectAsked | None:
    """An amount and a note. Nobody is named, and nobody's share is meant."""
    if not reading.rest:
        return None
    minor_units, each = read_amount(reading, behind_digits=False)
    if each:
        reading.stop(ParseProblem.AMOUNT_UNCLEAR)
    return CollectAsked(minor_units, read_note(reading))


def _envelope(reading: Reading) -> EnvelopeRequest | CodeAsked | None:
    """Amount, number of shares, greeting, in this order; behind "=" or the word for it the amount is each share's, and
    a word behind "!" opens it. Or an amount for one person alone. Or the code of an envelope that is to be checked."""
    opening = reading.folded[:reading.position]
    if not reading.rest:
        return None
    if reading.take(_VERIFY):
        return _code(reading) or reading.stop(ParseProblem.CODE)
    if _FOR_ONE.search(opening) or _names_somebody(reading):
        return _envelope_for_one(reading)
    start = reading.position
    equal = reading.take(_EQUALS) is not None or _EQUAL_WORD.search(opening) is not None
    written = reading.take(_FIGURE)
    minor_units = read_figure(reading, written[1] if written else None)
    count = reading.take(_SHARES)
    if count is None:
        # Behind a plain word people may be talking to whom they answer.
        if equal or not reading.said.is_reply or "/" not in opening or reading.rest[:1].isdigit():
            reading.stop(ParseProblem.SHARES)
        reading.position = start
        return _envelope_for_one(reading)
    word = _word(reading, expected=_WITH_A_WORD.search(opening) is not None)
    return EnvelopeRequest(minor_units, int(count[1]), equal, read_words(reading), word=word)


def _names_somebody(reading: Reading) -> bool:
    """Whether the next is a person."""
    towards = TOWARDS.match(reading.folded, reading.position)
    return reading.names_somebody(towards.end() if towards else reading.position)


def _envelope_for_one(reading: Reading) -> EnvelopeRequest:
    """Somebody, an amount, a greeting, in this order; a reply names its receiver. A number is nobody who is there."""
    receivers = read_receivers(reading, alone=False)
    if len(receivers) > 1 or not (receivers or reading.said.is_reply):
        reading.stop(ParseProblem.FOR_ONE)
    receiver = receivers[0] if receivers else Replied()
    if isinstance(receiver, PhoneNumber):
        reading.stop(ParseProblem.FOR_ONE)
    minor_units, each = read_amount(reading, isinstance(receiver, Username) and receiver.name[-1].isdigit())
    if each:
        reading.stop(ParseProblem.AMOUNT_UNCLEAR)
    return EnvelopeRequest(minor_units, 1, True, read_note(reading), receiver)


def _word(reading: Reading, *, expected: bool) -> str | None:
    """What has to be said to open an envelope: behind "!", or first of all where the envelope is called so."""
    if reading.take(_NO_WORD):
        reading.stop(ParseProblem.WORD)
    start, said = reading.position, reading.take(_WORD_TO_SAY)
    if said is None or not (said["sign"] or expected):
        reading.position = start
        if expected:
            reading.stop(ParseProblem.WORD)
        return None
    word = word_said(reading.said.text[said.start("word"):said.end("word")], reading.currency, reading.region)
    if word is None:
        reading.stop(ParseProblem.WORD)
    return word


def shares_said(typed: str) -> int:
    """A message that is a number of shares: `10`, `１０ 份`; 0 where it is none."""
    count = _SHARES.fullmatch(fold(typed[:MAX_TEXT]).replace(" ", ""))
    return int(count[1]) if count else 0


def word_said(typed: str, currency: Currency, region: str = "CN") -> str | None:
    """What may have to be said to open an envelope; nothing where it can't be: what asks for something itself would be
    done instead of opening anything."""
    try:
        word = clean_word(typed)
    except TextRefused:
        return None
    if word is None or word.startswith("/") or understand(Said(word, is_private=False), currency, region) is not None:
        return None
    return word


def _voucher(reading: Reading) -> VoucherRequest | None:
    """Amount of each use, how many of them, and behind that a password and one person, in any order."""
    if not reading.rest:
        return None
    written = reading.take(_WORTH)
    minor_units = read_figure(reading, written[1] if written else None)
    count = reading.take(_USES)
    password: str | None = None
    only: Receiver | None = None
    while reading.rest:
        if password is None and (word := reading.take(_PASSWORD)) is not None:
            password = word[1]
        elif only is None and reading.names_somebody(reading.position):
            only = _one_person(reading)
        else:
            reading.stop(ParseProblem.USES)
    if password is not None and not 0 < len(password) <= LONGEST_PASSWORD:
        reading.stop(ParseProblem.PASSWORD, limit=LONGEST_PASSWORD)
    if password is not None and not reading.said.is_private:
        reading.stop(ParseProblem.PASSWORD_SHOWN)
    uses = int(count[1]) if count else 1
    if only is not None and uses > 1:
        reading.stop(ParseProblem.ONE_PERSON)
    return VoucherRequest(minor_units, uses, password, only)


def _one_person(reading: Reading) -> Receiver:
    people = read_receivers(reading, alone=True)
    if len(people) != 1:
        reading.stop(ParseProblem.ONE_PERSON)
    return people[0]


def _report(reading: Reading) -> PersonAsked | None:
    """Whom a report is about, and the reason whole. Who says only the word to somebody in a group talks to them."""
    is_talk = not reading.said.is_private and "/" not in reading.folded[:reading.position]
    found = _person(reading, longest=MAX_TEXT)
    if found is not None and is_talk and (isinstance(found.who, Replied) or not found.words):
        reading.stop(ParseProblem.NO_RECEIVER)
    return found


def _blocked(reading: Reading) -> PersonAsked | None:
    """Who is blocked. In a group the bare word, which may be said to whoever wrote before, asks for nothing."""
    is_talk = not reading.said.is_private and "/" not in reading.folded[:reading.position]
    found = _person(reading)
    if is_talk and (found is None or isinstance(found.who, Replied) or found.words):
        reading.stop(ParseProblem.NO_RECEIVER)
    return found


def _order(reading: Reading) -> PersonAsked | None:
    """Whom an order is about, and all that is written down of it."""
    return _person(reading, longest=MAX_TEXT)


def _person(reading: Reading, longest: int = LONGEST_WORDS) -> PersonAsked | None:
    """Whom an operator means: somebody who is named, the owner of a code, or whoever wrote what this replies to. What
    stands behind that is the command's own."""
    receivers = read_receivers(reading, alone=True)
    who: Receiver | CodeAsked | None = receivers[0] if len(receivers) == 1 else None
    if len(receivers) > 1:
        reading.stop(ParseProblem.ONE_PERSON)
    if who is None and (number := ids.from_code(reading.peek())) is not None:
        who = CodeAsked(number, ids.code(number))
        reading.pass_over(len(reading.peek()))
    if who is None and reading.said.is_reply:
        who = Replied()
    if who is None:
        if reading.rest:
            reading.stop(ParseProblem.NO_RECEIVER)
        return None
    return PersonAsked(who, reading.rest_as_typed.strip()[:longest])


def _nothing(reading: Reading) -> None:
    """For words that stand alone. After a command further words are overlooked, as everywhere in Telegram."""


def _payload(reading: Reading) -> WordsAsked | None:
    """What a deep link carries; anything else behind /start is overlooked."""
    return WordsAsked(reading.rest) if _PAYLOAD.fullmatch(reading.rest) else None


def _words(reading: Reading) -> WordsAsked | None:
    words = reading.rest_as_typed.strip()[:LONGEST_WORDS]
    return WordsAsked(words) if words else None


def _text(reading: Reading) -> WordsAsked | None:
    words = reading.rest_as_typed.strip()
    return WordsAsked(words) if words else None


def _amount_alone(reading: Reading) -> AmountAsked | None:
    if not reading.rest:
        return None
    try:
        return AmountAsked(amount_said(re.sub(" +", " ", reading.rest), reading.currency))
    except AmountRefused as refused:
        reading.stop(ParseProblem.AMOUNT, refused)


def _code(reading: Reading) -> CodeAsked | None:
    if not reading.rest:
        return None
    number = ids.from_code(reading.rest)
    if number is None:
        reading.stop(ParseProblem.CODE)
    return CodeAsked(number, ids.code(number))


def _month(reading: Reading) -> MonthAsked | None:
    if not reading.rest:
        return None
    month = month_of(reading.rest)
    if month is None:
        reading.stop(ParseProblem.MONTH)
    return month


_READINGS: Final[Mapping[Takes, Callable[[Reading], Argument]]] = {
    Takes.NOTHING: _nothing,
    Takes.PAYLOAD: _payload,
    Takes.WORDS: _words,
    Takes.TEXT: _text,
    Takes.MONTH: _month,
    Takes.CODE: _code,
    Takes.AMOUNT: _amount_alone,
    Takes.TRANSFER: _send_argument,
    Takes.COLLECTION: _collection,
    Takes.ENVELOPE: _envelope,
    Takes.VOUCHER: _voucher,
    Takes.SPLIT: read_split,
    Takes.PERSON: _person,
    Takes.REPORT: _report,
    Takes.BLOCK: _blocked,
    Takes.ORDER: _order,
}
_ARGUMENTS: Final = {verb: _READINGS[command.takes] for verb, command in COMMANDS.items()}
