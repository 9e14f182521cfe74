"""What has to hold of the handlers before the first update comes: each says what it accepts, every command is answered
as its row says, and whatever a handler asks for is provided.

Guards: what is wrong here keeps the process from starting, so that nobody meets it.
"""
from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from aiogram import Router
from aiogram.dispatcher.event.handler import HandlerObject

from handlers.asking import Asks
from handlers.commands import COMMANDS, Verb
from handlers.ground import Accepts


class Undeclared(RuntimeError):
    """A handler does not say what it accepts."""


class Missing(RuntimeError):
    """A handler asks for something that nobody provides."""


def accepted_by(handler: HandlerObject) -> Accepts:
    """What a handler says that it accepts. Raises `Undeclared`."""
    wants = handler.flags.get("accepts")
    if not isinstance(wants, Accepts):
        name = getattr(handler.callback, "__qualname__", repr(handler.callback))
        raise Undeclared(f"{name} does not say what it accepts: register it with `answers`, declared(…) or accepts(…)")
    return wants


def handlers_of(router: Router) -> Iterator[tuple[str, HandlerObject]]:
    """All handlers below a router, each with the kind of event that it is for."""
    for part in router.chain_tail:
        for kind, observer in part.observers.items():
            if kind not in ("update", "error"):
                for handler in observer.handlers:
                    yield kind, handler


def check_commands(router: Router, verbs: Iterable[Verb]) -> None:
    """Raise `Undeclared` for a handler that declares nothing, for one that answers a command otherwise than its row
    says or after another one did, and for a command of these that nobody answers in one kind of chat. Where a command
    does not work it is answered too: somebody has to be told where it does."""
    answered: set[tuple[Verb, bool]] = set()
    for _, handler in handlers_of(router):
        wants = accepted_by(handler)
        for asks in [one.callback for one in handler.filters or () if isinstance(one.callback, Asks)]:
            places = {(asks.verb, private) for private in (True, False) if asks.private in (None, private)}
            if wants is not COMMANDS[asks.verb].accepts or len(handler.filters or ()) > 1:
                raise Undeclared(f"/{asks.verb} is answered otherwise than its row in handlers.commands says")
            if answered & places:
                raise Undeclared(f"/{asks.verb} is answered twice")
            answered |= places
    for verb in verbs:
        if not {(verb, True), (verb, False)} <= answered:
            raise Undeclared(f"/{verb} has a row in handlers.commands and nobody who answers it everywhere")


BY_THE_WAY: Final = frozenset({
    "bot", "arrival",  # the process
    "callback_data", "unclear", "dialog", "opens",  # filters
    "message", "press", "rest", "purpose", "pin_version",  # whoever calls a payload's or a PIN's way on
    "intent", "outcome", "place", "thread", "keypad",  # the till
})
"""What is given besides what the process provides."""


def check_parameters(router: Router, provided: set[str], more: Iterable[Callable[..., Any]] = ()) -> None:
    """Raise `Missing` for a handler that asks for something nobody provides. `more` are called by name too."""
    called = [(kind, handler.callback, 1) for kind, handler in handlers_of(router)]
    for kind, callback, given in [*called, *(("called by name", function, 0) for function in more)]:
        needed = [name for name, parameter in list(inspect.signature(callback).parameters.items())[given:]
                  if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD]
        missing = sorted(set(needed) - provided - BY_THE_WAY)
        if missing:
            name = getattr(callback, "__qualname__", repr(callback))
            raise Missing(f"{name} ({kind}) asks for {', '.join(missing)}")
