"""Every await in engine, inbox and outbox fails once in every way, and every promise is kept."""
from __future__ import annotations

import pytest

from tests.faults.awaits import fail_everywhere, table
from tests.faults.kills import Worker

# Hundreds of lives, one after the other: a minute by itself, and much longer where others want the machine, too.
pytestmark = [pytest.mark.faults, pytest.mark.timeout(1_200)]


def test_failing_at_every_await_loses_nothing(worker: Worker, sqlite_url: str) -> None:
    failed = fail_everywhere(worker, sqlite_url, times=1, seed=1)
    print(table(failed), "stuck:", *failed.stuck, "never met:", *failed.never_met, sep="\n  ")
    assert failed.verdict.good, failed.verdict
    assert failed.places > 20


def test_failing_at_every_await_on_the_way_to_postgres_loses_nothing(worker: Worker, postgres_url: str) -> None:
    failed = fail_everywhere(worker, postgres_url, times=1, seed=1, only="storage/postgres_store.py")
    print(table(failed), "stuck:", *failed.stuck, "never met:", *failed.never_met, sep="\n  ")
    assert failed.verdict.good, failed.verdict
    assert failed.places > 5
