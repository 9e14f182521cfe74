"""Two thousand people tap: everybody is answered, and the card is changed now and then, not two thousand times."""
from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from aiogram.methods import EditMessageText

from tests.benchmarks import envelopes, ours, taps, way
from tests.fakes.clock import FakeClock
from wallet.agreements import Accept
from wallet.envelopes import PlaceEnvelope

CROWD: Final = 2_000
WAVE: Final = 40
EVERY: Final = 0.2
"""Seconds between two waves: the last share is opened after five seconds, the last tap comes after ten."""


async def test_a_card_is_drawn_about_once_a_second_and_ends_right(tmp_path: Path) -> None:
    url, telegram, clock = f"sqlite:///{tmp_path / 'crowd.db'}", taps.Group(), FakeClock()
    await ours.prepare(url, CROWD + 1)
    async with way.whole(url, tmp_path / "data", telegram) as (road, app):
        app.redraws._clock, app.redraws._sleep = clock.time, clock.sleep
        app.engine.policy = ours.POLICY
        maker = ours.member(envelopes.MAKER)
        await app.engine.run(Accept(key="rules", member=maker, documents=envelopes.RULES, language="en", chat=1))
        envelope = await envelopes.filled(app.engine, 1)
        await app.engine.run(PlaceEnvelope(key="place", member=maker, envelope=envelope, chat=envelopes.GROUP,
                                           message=taps.CARD))
        drawn: list[tuple[float, int]] = []
        for first in range(2, CROWD + 2, WAVE):
            await asyncio.gather(*[telegram.presses(person, envelope, road) for person in range(first, first + WAVE)])
            await clock.advance(EVERY)
            drawn.append((clock.time(), len(telegram.edits)))
        await clock.advance(2)
        await app.idle()
    opened = envelopes.SHARES / WAVE * EVERY
    # Once at the beginning, once a second, and once more by the notice that nothing is left.
    assert opened - 1 <= len(telegram.edits) <= opened + 3
    for (earlier, before), (later, after) in zip(drawn, drawn[round(1 / EVERY):], strict=False):
        # One may have been on its way when it was counted, and the notice's comes besides.
        assert after - before <= 3, f"{after - before} times between {earlier} and {later}"
    last = telegram.edits[-1]
    said = last.text if isinstance(last, EditMessageText) else last.caption
    assert "All opened" in (said or "")
    assert last.reply_markup is None
