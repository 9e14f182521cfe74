"""The alarm: refusals that only forging or trying out brings about are counted, and too many of them stop whoever
caused them.

Guards: it costs honest people nothing, no write and no wait: counts are kept in memory, for a few minutes, of so many
people. Only what comes from a person's own account counts against it, and only what our own screens never send.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog
from aiogram.types import CallbackQuery, Message

from bot.clock import Clock
from bot.middlewares import Event, Refuse
from handlers.ground import message_key, press_key
from handlers.keyboards import carries
from wallet import refusals
from wallet.engine import Engine
from wallet.intrusions import BUTTONS, CODES, StopAttack
from wallet.refusals import Refusal
from wallet.views import MemberView

WINDOW: Final = 600.0
"""Seconds for which a count is kept."""
MOST: Final = 30
"""So many in that time are no accident."""
MOST_PEOPLE: Final = 10_000
FORGED: Final = (
    refusals.ButtonStale, refusals.NotYours, refusals.DraftUnknown, refusals.HoldUnknown, refusals.RequestUnknown,
    refusals.ScheduleUnknown, refusals.SplitUnknown, refusals.TicketUnknown, refusals.EnvelopeUnknown,
    refusals.VoucherUnknown, refusals.ReceiptUnknown, refusals.ProposalUnknown)
"""What a press is refused with that no message of ours offers; an old message's is refused so, too, and counts only if
it does not hang there."""
GUESSED: Final = (refusals.VoucherUnknown, refusals.ReceiptUnknown, refusals.DraftUnknown, refusals.TicketUnknown)
"""What a code that was typed, or followed as a link, is refused with that nobody was given."""

log = structlog.get_logger(__name__)


class Alarm:
    """Tells people what was refused, and counts."""

    def __init__(self, refuse: Refuse, engine: Engine, clock: Clock) -> None:
        self._refuse = refuse
        self._engine = engine
        self._clock = clock
        self._counts: dict[tuple[int, str], tuple[float, int]] = {}
        """By person and kind: until when they count, and how many there were."""

    async def __call__(self, event: Event, refusal: Refusal, data: Mapping[str, Any]) -> None:
        """Tell whoever caused `event`, then count it if it is of that kind."""
        await self._refuse(event, refusal, data)
        kind, member = kind_of(event, refusal), data.get("member")
        if kind and isinstance(member, MemberView) and self._is_too_much(member.telegram_id, kind):
            key = (press_key(event, "attack") if isinstance(event, CallbackQuery) else
                   message_key(data["bot"].id, event, "attack"))
            log.warning("somebody is stopped", member=member.id, kind=kind)
            await self._engine.run(StopAttack(key=key, member=member.id, kind=kind, count=MOST))

    def _is_too_much(self, person: int, kind: str) -> bool:
        """Count one more; whether it is the one too many."""
        now, which = self._clock.time(), (person, kind)
        until, count = self._counts.pop(which, (0.0, 0))
        if until <= now:
            until, count = now + WINDOW, 0
        if count + 1 >= MOST:
            return True
        if len(self._counts) >= MOST_PEOPLE:
            del self._counts[next(iter(self._counts))]
        self._counts[which] = until, count + 1
        return False


def kind_of(event: Event, refusal: Refusal) -> str:
    """As what a refused event counts; "" for what happens to honest people."""
    if isinstance(event, CallbackQuery):
        shown = event.message
        forged = isinstance(shown, Message) and not carries(shown, event.data)
        return BUTTONS if forged and isinstance(refusal, FORGED) else ""
    return CODES if isinstance(refusal, GUESSED) else ""
