"""The watch over the ledger: what must hold is computed again while money moves.

Guards: a ledger that is found broken moves no more money; the operators hear of it by the commit that stops it. The
watch itself changes nothing else, so a false alarm costs a pause and never a balance.
"""
from __future__ import annotations

import structlog

from storage.database import Database
from storage.reconcile import watch
from wallet.engine import Engine
from wallet.operators import StopMoney

log = structlog.get_logger(__name__)


async def watch_ledger(engine: Engine, database: Database, now: int) -> bool:
    """Check the ledger and stop money if it is broken; whether it is whole. `now` in microseconds."""
    report = await watch(database.url.render_as_string(hide_password=False))
    broken = tuple(check.name for check in report.checks if check.broken)
    if not broken:
        return True
    log.critical("ledger.broken", checks=broken, now="money is read-only")
    await engine.run(StopMoney(key=f"ledger-broken:{now}", broken=broken))
    return False
