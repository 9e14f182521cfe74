"""Things said in private or in a group, and what should be read in them."""
from __future__ import annotations

from handlers.commands import Verb
from handlers.parsing import Asked, Entity, ParseProblem, Receiver, Said, SendRequest, Unclear, Username, understand
from wallet.money import CNY

BOT = "ikmpay_bot"
BOB, EVE = Username("bob"), Username("eve")


def private(text: str, *entities: Entity, is_reply: bool = False) -> Asked | Unclear | None:
    """What is read in something said to the bot alone."""
    return understand(Said(text, entities, True, BOT, is_reply), CNY)


def group(text: str, *entities: Entity, is_reply: bool = False) -> Asked | Unclear | None:
    """What is read in something said before others."""
    return understand(Said(text, entities, False, BOT, is_reply), CNY)


def sent(*receivers: Receiver, minor_units: int, each: bool = False, note: str | None = None) -> Asked:
    """A payment as it should be read."""
    return Asked(Verb.SEND, SendRequest(receivers, minor_units, each, note))


def problem_of(text: str, *entities: Entity, is_reply: bool = False) -> ParseProblem:
    """What is unclear about something said to the bot alone."""
    answer = private(text, *entities, is_reply=is_reply)
    assert isinstance(answer, Unclear)
    return answer.problem
