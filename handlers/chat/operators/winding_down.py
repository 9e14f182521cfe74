"""`/winddown`: close the service in order, or call that off.

Guards: nothing happens before two operators signed it; what it means stands above both signatures.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from aiogram import Router
from aiogram.types import Message

from handlers.asking import answers
from handlers.chat.cards import Cards
from handlers.chat.operators.signing import propose
from handlers.chat.saying import answer
from handlers.commands import Verb
from handlers.ground import Config, Dialogs, microseconds
from handlers.parsing import Asked, WordsAsked
from handlers.texts import Code, Fact, Lines, Moment, Speaker, _
from wallet.books import Policy
from wallet.money import fold_width
from wallet.owed import public_key
from wallet.protocols import OperatorReads, WindDowns
from wallet.views import MemberView
from wallet.winding_down import CallOffDeed, WindDownDeed

_OFF = frozenset({"off", "取消", "关", "关闭"})


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="winding_down")
    answers(router, Verb.WINDDOWN, wind_down)
    return router


async def wind_down(message: Message, asked: Asked, cards: Cards, dialogs: Dialogs, operator_reads: OperatorReads,
                    wind_downs: WindDowns, policy: Policy, speaker: Speaker, config: Config, member: MemberView | None,
                    now: Callable[[], datetime]) -> None:
    """`/winddown`, `/winddown 2027-06-30`, `/winddown off`. Refuses what `Propose` refuses."""
    assert message.from_user is not None
    words = fold_width(asked.argument.words).strip().lower() if isinstance(asked.argument, WordsAsked) else ""
    closes_at = (await operator_reads.switch()).winds_down
    if words in _OFF:
        await propose(message, CallOffDeed(closes_at), cards, dialogs, speaker, member, now)
        return
    try:
        day = datetime.combine(date.fromisoformat(words), time(), config.zone) if words else None
    except ValueError:
        await answer(message, speaker, _("Which day? Write it like this: /winddown 2027-06-30. Nothing happened and no "
                                         "money moved."))
        return
    if day is not None:
        await propose(message, WindDownDeed(microseconds(day)), cards, dialogs, speaker, member, now)
        return
    stands: list[Fact] = [
        _("🏁 It closes on {time}. Nobody joins, and nothing is topped up or set aside. /winddown off calls it off, "
          "with a second operator.", time=Moment.of_microseconds(closes_at)) if closes_at else
        _("🌱 It does not close. /winddown 2027-06-30 closes it on that day, 30 days away at least, with a second "
          "operator: from then on nobody joins and nothing is topped up or set aside, and every member gets a signed "
          "statement of what is owed to them.")]
    latest = await wind_downs.latest(message.from_user.id)
    if latest is not None:
        stands.append(_("{n} member was told.", "{n} members were told.", n=latest.told))
    stands.append(_("Public key of the statements: {key}", key=Code(public_key(policy.statement_key))))
    await answer(message, speaker, Lines(tuple(stands)))
