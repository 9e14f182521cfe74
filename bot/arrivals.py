"""What an update says before anybody handles it: whose it is, what it is recognised by, and who is seen in it.

Guards: whatever was sent, this answers. An update is JSON that others wrote: every value may be missing or of another
type, any number too large and any text too long, and nothing here may fail for it, since it is not yet stored.
"""
from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import lru_cache
from typing import Any, Final, TypeAlias

import orjson

from handlers.ground import NOBODY
from handlers.keyboards import Pad
from handlers.texts import language_of
from storage.inbox import Stored, UpdateId
from storage.people import GroupSighting, Sighting, storable
from wallet.plain import frozen

Json: TypeAlias = Mapping[str, Any]

_encode_anything: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
LARGEST: Final = 2**62
MOST_SEEN: Final = 20
"""How many people one update may show us; Telegram's own show a few."""
_GROUPS: Final = frozenset({"group", "supergroup"})
_KEY_OF_A_PAD: Final = f'"callback_data":"{Pad.__prefix__}:'.encode()
_LONG: Final = re.compile(rb"[0-9]{19}")
"""Digits of a number that may be too large."""
_ODD: Final = re.compile(rb'"(?:edit_)?date":"|"(?:inline_message_)?id":"(?:[^"]{200}|[^"]*\\u(?:0000|d[89a-f]))')
"""A date that is a text, or an id that is far longer than any or has what no text in a database may have: both are
turned into keys and moments."""


class NotAnUpdate(ValueError):
    """JSON that no Bot API server would send."""


@frozen()
class Arrival:
    """An update on its way through the process."""

    stored: Stored
    update: Json
    people: tuple[Sighting, ...] = ()
    groups: tuple[GroupSighting, ...] = ()
    more: dict[str, Any] = field(default_factory=dict, compare=False)
    """What one try finds out and the next need not ask again."""

    @property
    def id(self) -> UpdateId:
        """What it is recognised by."""
        return self.stored.id

    @property
    def person(self) -> int:
        """Whose updates it stays in order with."""
        return self.stored.person


def arrived(update: object, at: int) -> Arrival:
    """An update that has just come. Raises `NotAnUpdate`."""
    if not isinstance(update, Mapping):
        raise NotAnUpdate
    update_id = update.get("update_id")
    if not isinstance(update_id, int) or isinstance(update_id, bool) or not -LARGEST < update_id < LARGEST:
        raise NotAnUpdate
    try:
        body = _encode(update)
        slim = _without_keypad(body)
    except (TypeError, ValueError, RecursionError) as error:
        raise NotAnUpdate from error
    digest = hashlib.sha256(body).digest()[:16]
    event = _event(update)
    stored = Stored(UpdateId(update_id, digest), _person(event), slim, at)
    return Arrival(stored, update, tuple(_people(event)), tuple(_groups(event)))


def _without_keypad(body: bytes) -> bytes:
    """The update as it is stored. A press brings along the keyboard it was made on, an answer that of what it answers,
    and a PIN keypad's says which digit stands behind which random token: together with presses that would be the PIN.
    Other keyboards stay: by them it is seen, also after a crash, whether a button hangs where it was pressed."""
    if _KEY_OF_A_PAD not in body:
        return body
    slim = json.loads(body, object_hook=lambda part: {name: part[name] for name in part if name != "reply_markup"})
    return _encode(slim)


def _encode(update: object) -> bytes:
    """An update as JSON, one text for equal content. What no one else would send, such as a number beyond 64 bits or
    half a sign, the faster encoder does not write."""
    try:
        return orjson.dumps(update, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return _encode_anything(update).encode()


def found(stored: Stored) -> Arrival:
    """An update that was stored before, and may have been tried."""
    return Arrival(stored, json.loads(stored.body), more={"tried": True})


def is_possible(arrival: Arrival) -> bool:
    """Whether a database could keep every number and id in an update, and its dates are moments. Nearly always a look
    at its text tells."""
    body = arrival.stored.body
    if (b'"id":"' in body or b'date":"' in body or b'"inline_message_id":"' in body) and _ODD.search(body) is not None:
        return False
    if _LONG.search(body) is None:
        return True
    left: list[object] = [arrival.update]
    while left:  # Each value of the update once; it is bounded where it comes in.
        value = left.pop()
        if isinstance(value, Mapping):
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
        elif isinstance(value, int) and not -LARGEST < value < LARGEST:
            return False
    return True


def _event(update: Json) -> Json:
    """The one thing that an update is about."""
    for name, value in update.items():
        if name != "update_id" and isinstance(value, dict):
            return value
    return {}


def _id(value: object) -> int:
    """The id in a user or chat, 0 where there is none that a database could keep."""
    number = value.get("id") if isinstance(value, dict) else None
    if isinstance(number, int) and not isinstance(number, bool) and -LARGEST < number < LARGEST:
        return number
    return 0


def _person(event: Json) -> int:
    """Whose it is; anonymous senders are told apart by the chat they stand for."""
    person = _id(event.get("from")) or _id(event.get("user"))
    if not person or person in NOBODY:
        return _id(event.get("sender_chat")) or _id(event.get("actor_chat")) or _id(event.get("chat")) or person
    return person


def _people(event: Json) -> Iterator[Sighting]:
    shown = [event.get("from"), event.get("user")]
    for message in (event, event.get("message"), event.get("reply_to_message")):
        if isinstance(message, dict):
            if message is not event:
                shown.append(message.get("from"))
            shown += _each(message, "new_chat_members")
            shown += [entity.get("user") for entity in _each(message, "entities")]
    for user in shown[:MOST_SEEN]:
        telegram_id = _id(user)
        if telegram_id > 0 and telegram_id not in NOBODY:
            assert isinstance(user, dict)
            yield _sighting(telegram_id, _text(user, "username"), _text(user, "first_name"), _text(user, "last_name"),
                            _text(user, "language_code"), user.get("is_bot") is True)


def _text(user: Json, name: str) -> str:
    text = user.get(name)
    return text if isinstance(text, str) else ""


@lru_cache(maxsize=16_384)
def _sighting(telegram_id: int, username: str, first_name: str, last_name: str, code: str, is_bot: bool) -> Sighting:
    """Most people look as they did a moment ago."""
    name = f"{storable(first_name, 128)} {storable(last_name, 128)}".strip()
    return Sighting(telegram_id, storable(username, 64), name, storable(code, 16), is_bot)


def _groups(event: Json) -> Iterator[GroupSighting]:
    inner = event.get("message")
    chat = event.get("chat") or (inner.get("chat") if isinstance(inner, dict) else None)
    if not isinstance(chat, dict) or str(chat.get("type")) not in _GROUPS or not _id(chat):
        return
    user = event.get("from")
    code = user.get("language_code") if isinstance(user, dict) and user.get("is_bot") is not True else None
    title, language = storable(chat.get("title"), 255), language_of(storable(code, 16))
    before, now = (_id({"id": event.get(name)}) for name in ("migrate_from_chat_id", "migrate_to_chat_id"))
    yield GroupSighting(_id(chat), title, language, before)
    if now:
        # Telegram says it in both chats, and either may be what we hear first.
        yield GroupSighting(now, title, language, _id(chat))


def _each(message: Json, name: str) -> list[Json]:
    items = message.get(name)
    return [item for item in items[:MOST_SEEN] if isinstance(item, dict)] if isinstance(items, list) else []
