"""Who is named in a message: user names, text mentions and phone numbers, each person once.

Guards: nobody is guessed. A run of digits is a phone number only where it can be nothing else, because it could be the
amount itself.
"""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

from handlers.parsing.amounts import EACH
from handlers.parsing.reading import TOWARDS, USERNAME, Reading
from handlers.parsing.requests import Mentioned, ParseProblem, PhoneNumber, Receiver, Username

MAX_RECEIVERS: Final = 20
LONGEST_NAME: Final = 200
"""A name is cut here; all of them are shorter when they are right."""

_BETWEEN_PEOPLE: Final = re.compile(r"[,、;&]|和|跟|与|與|and(?= )")
_CHINESE_MOBILE: Final = re.compile(r"(?:86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?=[ ,、;]|$)")
_LOCAL_NUMBER: Final = re.compile(r"[0-9][0-9-]{5,18}[0-9](?=[ ,、;]|$)")
_PLUS_NUMBER: Final = re.compile(r"\+(?:86 ?1[0-9]{2} [0-9]{4} [0-9]{4}|[0-9][0-9()-]{5,24})(?=[ ,、;]|$)")
_AMOUNT_AFTER: Final = re.compile(rf" *(?:[,、;] *)?(?:(?:each|{EACH}) ?)?[^ 0-9]{{0,8}} ?[0-9]")


def read_receivers(reading: Reading, alone: bool) -> tuple[Receiver, ...]:
    """Everybody who is named before the amount, each once; `alone` when no amount is to follow."""
    found: dict[Receiver, None] = {}
    seen: set[str | Receiver] = set()
    while True:
        start = reading.position
        reading.take(_BETWEEN_PEOPLE if seen else TOWARDS)
        receiver = _receiver(reading, is_first=not seen, alone=alone)
        if receiver is None:
            reading.position = start
            break
        key = receiver.name.lower() if isinstance(receiver, Username) else receiver
        if key not in seen:
            seen.add(key)
            found[receiver] = None
        if len(found) > MAX_RECEIVERS:
            reading.stop(ParseProblem.TOO_MANY_RECEIVERS, limit=MAX_RECEIVERS)
        reading.skip(" ")
    if seen:
        reading.skip(" ,、;")
    return tuple(found)


def _receiver(reading: Reading, is_first: bool, alone: bool) -> Receiver | None:
    """The person who is named here, if one is."""
    marked = reading.people.get(reading.position)
    if marked is not None:
        end, user_id = marked
        name = reading.said.text[reading.position : end][:LONGEST_NAME]
        reading.position = end
        return Mentioned(user_id, name)
    username = reading.take(USERNAME)
    if username is not None:
        return Username(username[1])
    return _phone(reading, is_first, alone)


def _phone(reading: Reading, is_first: bool, alone: bool) -> PhoneNumber | None:
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
