"""How a handler says which messages are its own: by what is asked for, or by what the person is in the middle of.

Guards: a message is read once, by one parser, before any handler sees it; a command always wins over a dialog and ends
it, so nobody is caught in a wizard, and nothing that looks like a command is ever taken for an answer; and a dialog is
only ever continued in the private chat it belongs to.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Router
from aiogram.filters import BaseFilter
from aiogram.types import Message

from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs
from handlers.parsing import Asked, Entity, Said, Unclear, understand
from wallet.money import fold_width


def read_message(message: Message, config: Config) -> Asked | Unclear | None:
    """What a message asks for. The process calls it once per message and hands it on as `asked`."""
    said = said_in(message, config)
    return None if said is None else understand(said, config.currency, config.region)


def said_in(message: Message, config: Config) -> Said | None:
    """A message's text with the facts that its reading depends on; None when it has no text."""
    if message.text is None:
        return None
    entities = tuple(
        Entity(entity.type, entity.offset, entity.length, entity.user.id if entity.user else None)
        for entity in message.entities or ())
    return Said(message.text, entities, message.chat.type == "private", config.username, is_reply(message))


def is_reply(message: Message) -> bool:
    """Whether a message answers somebody. In a forum every message formally replies to what opened its topic."""
    answered = message.reply_to_message
    return answered is not None and answered.forum_topic_created is None


async def typed_as_command(message: Message) -> bool:
    """Whether a request was typed with its slash. In groups people also just say "start" or "cancel" to each other."""
    return fold_width(message.text or "").lstrip().startswith("/")


class Asks(BaseFilter):
    """A clear request for this command, typed as a command or as a plain word; injects `asked`."""

    def __init__(self, verb: Verb, private: bool | None = None) -> None:
        self.verb = verb
        self.private = private
        """In private chats, in groups, or (None) wherever it is asked."""

    async def __call__(self, message: Message, asked: Asked | Unclear | None = None) -> bool | dict[str, Any]:
        if not isinstance(asked, Asked) or asked.verb is not self.verb:
            return False
        if self.private is not None and (message.chat.type == "private") is not self.private:
            return False
        return {"asked": asked}


def answers(router: Router, verb: Verb, handler: Callable[..., Awaitable[None]], *, private: bool | None = None
            ) -> None:
    """Let a handler answer a command, with what the command's row declares: everywhere, or in private chats or groups
    alone where the two are answered by different handlers."""
    router.message.register(handler, Asks(verb, private), flags=declared(verb))


class AsksUnclearly(BaseFilter):
    """A request for one of these commands that can't be done as it stands; injects `unclear`."""

    def __init__(self, *verbs: Verb) -> None:
        self.verbs = frozenset(verbs)

    async def __call__(self, message: Message, asked: Asked | Unclear | None = None) -> bool | dict[str, Any]:
        return {"unclear": asked} if isinstance(asked, Unclear) and asked.verb in self.verbs else False


class InDialog(BaseFilter):
    """A private message, no request of its own, from somebody in the middle of this kind of dialog; injects `dialog`.

    A dialog is a mapping whose "kind" says whose it is.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind

    async def __call__(self, message: Message, dialogs: Dialogs, asked: Asked | Unclear | None = None
                       ) -> bool | dict[str, Any]:
        person = message.from_user
        if asked is not None or person is None or message.chat.type != "private" or await typed_as_command(message):
            return False
        dialog = await dialogs.get(person.id)
        return {"dialog": dialog} if dialog is not None and dialog.get("kind") == self.kind else False


def ends_questions(message: Message, asked: Asked | Unclear | None) -> bool:
    """Whether whoever wrote this wants something else than to answer what they were asked last."""
    return isinstance(asked, Asked) and asked.verb is not Verb.CANCEL and message.chat.type == "private"


async def end_question(dialogs: Dialogs, person: int, *, but: str) -> None:
    """Forget what somebody was asked, unless it is of this kind."""
    dialog = await dialogs.get(person)
    if dialog is not None and dialog.get("kind") != but:
        await dialogs.drop(person)
