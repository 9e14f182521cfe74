"""Two thousand people tap: everybody is answered, and the card is changed now and then, not two thousand times."""
from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from aiogram.methods import EditMessageText

from handlers.chat.redraws import Paint
from tests.benchmarks import envelopes, ours, taps, way
from tests.fakes.clock import FakeClock
from wallet.agreements import Accept
from wallet.envelopes import PlaceEnvelope

CROWD: Final = 2_000
WAVE: Final = 40
EVERY: Final = 0.25
"""Seconds between two waves: the last share is opened after some six seconds, the last tap comes after twelve."""


async def test_a_card_is_drawn_once_a_second_and_ends_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, telegram, clock = f"sqlite:///{tmp_path / 'crowd.db'}", taps.Group(), FakeClock()
    await ours.prepare(url, CROWD + 1)
    async with way.whole(url, tmp_path / "data", telegram) as (road, app):
        app.redraws._clock, app.redraws._sleep = clock.time, clock.sleep
        begun: list[float] = []
        soon = app.redraws.soon

        async def noted(what: object, paint: Paint) -> None:
            """When each drawing begins: how long it takes depends on the machine."""
            async def painted() -> None:
                begun.append(clock.time())
                await paint()

            await soon(what, painted)

        monkeypatch.setattr(app.redraws, "soon", noted)
        app.engine.policy = ours.POLICY
        maker = ours.member(envelopes.MAKER)
        await app.engine.run(Accept(key="rules", member=maker, documents=envelopes.RULES, language="en", chat=1))
        envelope = await envelopes.filled(app.engine, 1)
        await app.engine.run(PlaceEnvelope(key="place", member=maker, envelope=envelope, chat=envelopes.GROUP,
                                           message=taps.CARD))
        for first in range(2, CROWD + 2, WAVE):
            await asyncio.gather(*[telegram.presses(person, envelope, road) for person in range(first, first + WAVE)])
            for drawing in list(app.redraws._drawing.values()):
                await drawing.wait()
            await clock.advance(EVERY)
        await clock.advance(2)
        await app.idle()
    opened = envelopes.SHARES / WAVE * EVERY
    assert all(later - earlier >= 1 for earlier, later in pairwise(begun)), begun
    assert opened - 1 <= len(begun) <= opened + 2, "one at once, and the last within a second after the last share"
    # Each of these changed the card, and so did the notice that nothing is left.
    assert len(telegram.edits) == len(begun) + 1
    last = telegram.edits[-1]
    said = last.text if isinstance(last, EditMessageText) else last.caption
    assert "All opened" in (said or "")
    assert last.reply_markup is None
