"""How long the cover of a red envelope takes, drawn and found again.

Guards: every picture that is timed says something else, so none of them was drawn before; the process that draws has
been started, as it has been on a day when many send envelopes.
"""
from __future__ import annotations

import asyncio
import os
import statistics
import time
from pathlib import Path
from typing import Final

from handlers.pictures.cover import Theme
from handlers.pictures.covers import Covers
from handlers.pictures.easel import Easel
from handlers.texts import LANGUAGES, Language, speakers
from tests.benchmarks.ours import ZONE, Result
from wallet.money import CNY

GREETINGS: Final = (
    "恭喜发财，大吉大利", "Happy New Year to all of you", "祝大家新的一年身体健康、万事如意、阖家欢乐，心想事成",
    "生日快乐 🎂")
EACH: Final = 3


def run() -> Result:
    """The median of what was drawn and the longest of what was kept, in milliseconds."""
    return asyncio.run(_run())


async def _run() -> Result:
    easel = Easel()
    covers = Covers(easel, speakers(CNY, ZONE, "ikmPay"))
    wanted: list[tuple[str, Theme, Language]] = [
        (f"{greeting}{number}", theme, language)
        for number in range(EACH) for theme in Theme for greeting in GREETINGS for language in LANGUAGES]

    async def timed() -> list[float]:
        spent = []
        for greeting, theme, language in wanted:
            begun = time.perf_counter()
            await covers.cover(greeting, "小明", theme, language)
            spent.append((time.perf_counter() - begun) * 1e3)
        return spent

    try:
        await covers.cover("", "", Theme.CLASSIC, "en")
        assert easel.process is not None
        before = _processor_time(easel.process)
        drawn = await timed()
        used = _processor_time(easel.process) - before
        kept = await timed()
    finally:
        await easel.close()
    return {"draw_ms": statistics.median(drawn), "draw_cpu_ms": used * 1e3 / len(wanted), "kept_ms": max(kept)}


def _processor_time(process: int) -> float:
    """Seconds that a process has computed, as Linux counts them."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
