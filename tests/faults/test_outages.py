"""PostgreSQL stopped hard under load, and the reply to COMMIT cut off: nobody is told what is not so."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import migrate
from tests.faults.outages import cut_commits, stop_hard
from tests.services.postgres import Postgres

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def unlucky() -> Iterator[Postgres]:
    """A server that is going to be killed."""
    with Postgres() as server:
        yield server


async def test_the_reply_to_commit_cut_off_tells_nobody_a_lie(postgres: Postgres, postgres_url: str) -> None:
    outage = await cut_commits(postgres_url, postgres.port, cuts=15, seed=1)
    assert outage.verdict.good, outage
    assert outage.faults == 15
    assert outage.answers["Sent"] > 10
    assert outage.verdict.acknowledged > 10


async def test_a_database_stopped_hard_under_load_loses_nothing_that_was_promised(unlucky: Postgres) -> None:
    url = unlucky.create_database("unlucky")
    migrate(url)
    outage = await stop_hard(unlucky, url, stops=6, seed=1)
    assert outage.verdict.good, outage
    assert outage.faults == 6
