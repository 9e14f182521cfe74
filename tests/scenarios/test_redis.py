"""With Redis beside it, and when Redis forgets everything in the middle of a dialog."""
from __future__ import annotations

from pathlib import Path

from tests.scenarios.harness import stage
from tests.scenarios.test_first_story import ENGLISH, joins, tops_up
from tests.services.valkey import Valkey


async def test_redis_emptied_in_mid_dialog_costs_a_question_and_no_money(sqlite_url: str, tmp_path: Path,
                                                                         valkey: Valkey, valkey_url: str) -> None:
    async with stage(tmp_path, sqlite_url, redis_url=valkey_url) as here:
        await joins(here.alice, ENGLISH)
        await tops_up(here.alice, ENGLISH, 100)
        await joins(here.bob, ENGLISH)
        await here.alice.says("/send")
        assert valkey.url == valkey_url
        valkey.flush()
        before = len(here.alice.sees())
        await here.alice.says("20")
        assert len(here.alice.sees()) > before, "nobody is left without an answer"
        await here.alice.says("/send @bob 20 lunch")
        await here.alice.taps("Confirm")
        here.bob.was_told("¥20.00")
        member = await here.app.reads.member(here.alice.id)
        assert member is not None
        assert (await here.app.reads.balance(member.id)).available == 8000
        report = here.app.metrics.page().decode()
        assert "ikmpay_redis_away_total 0.0" in report
