"""All races on one database, and a look at what came of them."""
from __future__ import annotations

import random

from sqlalchemy import text

from storage.database import Database, open_database
from storage.reconcile import reconcile
from storage.store import open_store
from tests.faults.races.cards import Cards
from tests.faults.races.ground import ALICE, BOB, CAROL, DAVE, EVE, RULES, Raced
from tests.faults.races.orders import Orders
from tests.faults.races.paying import Paying
from tests.faults.races.runners import Processes, Runners, Threads
from tests.faults.races.safety import Safety
from tests.faults.races.sharing import Sharing
from tests.faults.races.waiting import Waiting
from tests.wallet.bank import ZONE, Bank, Clock
from tests.wallet.invariants.ledger import ledger_of
from tests.wallet.invariants.witness import Witness
from wallet.commands import decode
from wallet.envelopes import EnvelopeMade
from wallet.members import Meet
from wallet.rows import Operation
from wallet.schedules import ScheduleMade
from wallet.transfers import Sent
from wallet.vouchers import VoucherEnded, VoucherMade


class Race(Paying, Waiting, Sharing, Cards, Orders):
    """All of them, round by round."""

    async def settle(self) -> None:
        """Those who are in it are there."""

    async def once(self) -> None:
        """One round of each kind."""
        self.raced.rounds += 1
        await self.overspend()
        await self.one_key()
        await self.cross()
        await self.end_a_hold(expiring=False)
        await self.end_a_hold(expiring=True)
        await self.arrive_or_come_back()
        await self.answer_an_offer()
        await self.open_an_envelope(ban=False)
        await self.open_an_envelope(ban=True)
        await self.pay_shares(expiring=False)
        await self.pay_shares(expiring=True)
        await self.answer_a_request()
        await self.cash_a_voucher()
        await self.end_a_voucher(expiring=False)
        await self.end_a_voucher(expiring=True)
        await self.guess_a_password()
        await self.ban_a_payer()
        await self.thaw()
        for leaves in (0, 2):
            await self.hold_by_an_order(leaves=leaves)
        await self.run_a_day()
        for ban in (0, BOB, EVE):
            await self.decide_what_is_held_back(by_two=bool(ban), ban=ban)
        for by_two in (False, True):
            await self.decide_what_is_held_back(by_two=by_two, expiring=True)
        for expiring in (False, True):
            await self.take_a_gift(expiring=expiring)
            await self.pay_what_a_card_asks_for(expiring=expiring)
        await self.want_one_card()

    async def look(self) -> None:
        """Everything must be whole at the end."""
        assert self.bank.database is not None
        ledger = await ledger_of(self.bank.database)
        for operation in ledger.all(Operation):
            outcome = decode(operation.outcome)
            if isinstance(outcome, Sent | EnvelopeMade | ScheduleMade | VoucherMade | VoucherEnded):
                self.asked.setdefault(operation.key, self.bank.members[ALICE])
        wrong = Witness(ZONE, RULES.no_pin_limit, self.asked).broken(ledger)
        report = await reconcile(self.bank.database.url.render_as_string(hide_password=False))
        self.raced.wrong += wrong + [f"{check.name}: {check.broken}" for check in report.checks if check.broken]


async def deadlocks(database: Database) -> int:
    """How often PostgreSQL had to throw somebody out. It counts when a session is idle."""
    async with database.reading.connect() as connection:
        await connection.execute(text("SELECT pg_stat_force_next_flush()"))
        await connection.commit()
        query = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int((await connection.execute(query)).scalar_one())


async def race(url: str, *, rounds: int, seed: int, kind: type[Race] | type[Safety] = Race) -> Raced:
    """All rounds on one database."""
    database = open_database(url)
    bank = Bank(open_store(database), database, Clock(), policy=RULES)
    await bank.engine.start()
    on_postgres = database.url.get_backend_name() == "postgresql"
    for telegram_id in (ALICE, BOB, CAROL):
        await bank.join(telegram_id, 100_000)
    await bank.join(DAVE)
    await bank.join(EVE)
    await bank.set_pin(ALICE)
    await bank.run(Meet(key="somebody", telegram_id=2, language="en"))
    runners: Runners = Processes(url) if on_postgres else Threads(bank.engine)
    running = kind(bank, runners, random.Random(seed))
    await running.settle()
    try:
        for _ in range(rounds):
            await running.once()
        await running.look()
    finally:
        await runners.close()
        if on_postgres and (thrown_out := await deadlocks(database)):
            running.raced.wrong.append(f"{thrown_out} deadlocks")
        await bank.engine.stop()
        await database.close()
    return running.raced
