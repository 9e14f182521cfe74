"""What stands behind `/start`: the way on to what a person came for, at once or after joining.

Guards: a payload is somebody else's text. Only the signs that Telegram allows pass the parser, only a known word
before the first `_` leads anywhere, and what it leads to checks everything again.

A chapter that owns a payload registers it where it is defined:

    @payload("claim")
    async def show_claim(message: Message, rest: str, reads: Reads, speaker: Speaker, member: MemberView) -> None: …

`message` is one of the person's, in their private chat: answer there. `rest` is what stands behind `claim_`. Anything
else is injected by name as in a handler. It is called only for somebody whose wallet is open; refusals may be raised.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

from aiogram.dispatcher.event.handler import CallableObject
from aiogram.types import Message

PAYLOADS: Final[dict[str, Callable[..., Awaitable[None]]]] = {}
"""By the word that the payload begins with."""

F = TypeVar("F", bound=Callable[..., Awaitable[None]])


def payload(word: str) -> Callable[[F], F]:
    """Registers who continues payloads that begin with a word."""

    def register(function: F) -> F:
        assert word not in PAYLOADS, f"two ways on from {word}"
        PAYLOADS[word] = function
        return function

    return register


async def continue_with(said: str, message: Message, data: Mapping[str, Any]) -> bool:
    """Goes on to what a person came for; False when nobody knows the payload. `data` is what handlers are given."""
    word, _gap, rest = said.partition("_")
    function = PAYLOADS.get(word)
    if function is None or not rest:
        return False
    await CallableObject(function).call(**{**data, "message": message, "rest": rest})
    return True
