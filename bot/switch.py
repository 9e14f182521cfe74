"""The money switch from the command line: for whoever runs the process, when the chat cannot be asked.

Guards: it is the same audited operation as everywhere, through an engine of its own; on SQLite the file's lock makes
sure that no bot is running beside it.
"""
from __future__ import annotations

from zoneinfo import ZoneInfo

from storage.database import open_database
from storage.store import open_store
from wallet.agreements import Terms
from wallet.books import Policy
from wallet.engine import Engine
from wallet.operators import HOUSE, SetSwitch

# Switching pays nobody, so nothing of a policy is looked at.
_POLICY = Policy(terms=Terms(), digest_key=b"", max_amount=0, no_pin_limit=0, top_up_most=0, balance_most=0,
                 envelope_average=0, envelope_shares=0, voucher_key=b"", voucher_life=0)


async def switch_money(url: str, state: str, reason: str, *, key: str) -> None:
    """Set the switch. Raises `AlreadyRunning` while a bot has the SQLite file open."""
    database = open_database(url)
    try:
        engine = Engine(open_store(database), _POLICY, zone=ZoneInfo("UTC"))
        await engine.start()
        try:
            await engine.run(SetSwitch(key=key, operator=HOUSE, state=state, reason=reason))
        finally:
            await engine.stop()
    finally:
        await database.close()
