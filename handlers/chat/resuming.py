"""What somebody asked for while documents were missing: kept until they have accepted them, then done by itself.

Guards: what goes on is what the screen spoke of whose *Agree* was pressed. It passes the same door as when it came:
the dispatcher is given the very message or press again, so it is as old as it is, and whatever it moves has the keys
that it always had. One press takes it. That press handled again, after a crash, meets the stored outcomes; another one
finds that it was taken. What was edited or cancelled meanwhile is not wanted any more.
"""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message

from handlers.chat.payloads import continue_with
from handlers.ground import FRESH, Dialogs

LONGEST: Final = 6000
"""Bytes of JSON that are kept. Whatever asks for a payment is shorter."""
KEPT: Final = 24 * 60 * 60
"""Seconds for which it is kept. What is too old to be done by then is refused by the door; what was done is told."""
MOST_SCREENS: Final = 5
"""So many screens may speak of one thing: the way there can be opened again."""

_SENDER: Final = ("message_id", "date", "chat", "from_user", "sender_chat")
_PLACE: Final = ("is_topic_message", "message_thread_id", "ephemeral_message_id", "receiver_user")
_MESSAGE: Final[dict[str, Any]] = {
    **dict.fromkeys((*_SENDER, *_PLACE, "text", "entities", "contact", "users_shared", "chat_shared", "edit_date",
                     "forward_origin", "via_bot", "is_automatic_forward"), True),
    # People quote messages of any length; who wrote them is all that counts.
    "reply_to_message": dict.fromkeys((*_SENDER, "forum_topic_created"), True)}
_PRESS: Final[dict[str, Any]] = {
    **dict.fromkeys(("id", "from_user", "chat_instance", "data"), True),
    "message": dict.fromkeys((*_SENDER, *_PLACE, "reply_markup"), True)}


@dataclass(slots=True)
class Kept:
    """What goes on, as it is kept."""

    kind: str
    """"message", "callback_query" or "payload"."""
    event: dict[str, Any]
    """The message or the press as Telegram sent it, without what nothing depends on."""
    payload: str
    """The way on instead, as behind `/start`."""
    screens: list[int]
    """The messages in the private chat that speak of it."""
    press: str = ""
    """The press of *Agree* that took it."""

    @property
    def words(self) -> str:
        """What was typed, if it was typed."""
        return str(self.event.get("text", ""))

    @property
    def from_group(self) -> bool:
        """Whether it was asked where others read along."""
        asked = self.event.get("message", self.event)
        return bool(self.event) and asked["chat"]["type"] != "private"

    @property
    def taken(self) -> bool:
        """Whether it went on already."""
        return bool(self.press)

    def asks_the_same(self, other: Kept) -> bool:
        """Whether it is the same message, press or way on."""
        return (self.kind, self.event, self.payload) == (other.kind, other.event, other.payload)

    def is_old(self, now: datetime) -> bool:
        """Whether it was typed so long ago that it may not be wanted any more."""
        return self.kind == "message" and now - datetime.fromtimestamp(self.event["date"], UTC) > FRESH


def _slot(person: int) -> int:
    """Its own place beside the dialog that somebody is in the middle of, and goes on with afterwards."""
    return -person


def what_was_asked(event: Message | CallbackQuery | None, payload: str) -> Kept | None:
    """What is to go on, or None for what is too long to be kept."""
    if payload:
        return Kept("payload", {}, payload, [])
    assert event is not None
    kind, wanted = ("message", _MESSAGE) if isinstance(event, Message) else ("callback_query", _PRESS)
    kept = Kept(kind, event.model_dump(mode="json", by_alias=True, exclude_none=True, include=wanted), "", [])
    return kept if len(json.dumps(asdict(kept), ensure_ascii=False).encode()) <= LONGEST else None


async def keep(dialogs: Dialogs, person: int, kept: Kept | None, *screens: int) -> None:
    """Remember it instead of whatever came before, and the screens that speak of it."""
    if kept is None:
        await dialogs.drop(_slot(person))
        return
    kept.screens = [*kept.screens, *screens][-MOST_SCREENS:]
    await dialogs.put(_slot(person), asdict(kept), seconds=KEPT)


async def kept_for(dialogs: Dialogs, person: int) -> Kept | None:
    """What was asked for last, if it is still known."""
    found = await dialogs.get(_slot(person))
    return Kept(**found) if found is not None else None


async def forget(dialogs: Dialogs, person: int) -> bool:
    """It is not wanted any more; whether there was anything."""
    kept = await kept_for(dialogs, person)
    if kept is None:
        return False
    await dialogs.drop(_slot(person))
    return not kept.taken


async def forget_edited(dialogs: Dialogs, message: Message) -> None:
    """A message was changed, so what it asked for may not be meant any more."""
    if message.from_user is None:
        return
    kept = await kept_for(dialogs, message.from_user.id)
    if kept is not None and not kept.taken and kept.kind == "message" and (
            kept.event["chat"]["id"], kept.event["message_id"]) == (message.chat.id, message.message_id):
        await forget(dialogs, message.from_user.id)


async def take(dialogs: Dialogs, person: int, kept: Kept, press: CallbackQuery) -> bool:
    """Whether it is this press that lets it go on."""
    if kept.press in ("", press.id):
        kept.press = press.id
        await keep(dialogs, person, kept)
        return True
    return False


async def go_on(kept: Kept, screen: Message, data: Mapping[str, Any]) -> None:
    """Do it. `data` is what the handler of the press was given; `screen` the message that was pressed."""
    if kept.kind == "payload":
        await continue_with(kept.payload, screen, data)
        return
    bot: Bot = data["bot"]
    event: Message | CallbackQuery = (Message if kept.kind == "message" else CallbackQuery).model_validate(
        kept.event, context={"bot": bot})
    router: Router = data["event_router"]
    *_, dispatcher = router.chain_head
    await dispatcher.propagate_event(kept.kind, event, **{**data, "resumed": True})
