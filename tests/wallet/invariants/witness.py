"""Whoever looks at a ledger again and again, with every invariant at hand.

Guards: what must never change (6), and that money moves for whoever asked for it (17).
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from tests.wallet.invariants.asked import corrections, requests, schedules
from tests.wallet.invariants.journal import chains, numbers
from tests.wallet.invariants.ledger import Ledger
from tests.wallet.invariants.money import (
    balances,
    counted,
    counted_towards_limits,
    effects,
    folds,
    reversals,
    two_sides,
)
from tests.wallet.invariants.moves import closing, moved
from tests.wallet.invariants.names import names
from tests.wallet.invariants.orders import orders
from tests.wallet.invariants.shared import envelopes, splits, vouchers
from tests.wallet.invariants.told import told
from tests.wallet.invariants.waiting import cards, checked, held, holds
from tests.wallet.invariants.wards import allowed, guarded
from wallet import ids
from wallet.appeals import AppealPaid
from wallet.books import MOST
from wallet.commands import decode
from wallet.envelopes import EnvelopeMade, Opened
from wallet.gifts import GiftMade
from wallet.givebacks import GivenBack
from wallet.requests import RequestSettled
from wallet.rows import ALL, Journal, Operation, Row, Transfer
from wallet.schedules import ScheduleMade, ScheduleTurn
from wallet.splits import SharePaid
from wallet.transfers import Sent
from wallet.vouchers import Redeemed, VoucherEnded, VoucherMade


@dataclass
class Witness:
    """Looks at a ledger again and again; remembers what must never change (6) and who asked for what (17)."""

    zone: tzinfo
    no_pin_limit: int
    asked: dict[str, int] = field(default_factory=dict)
    """Key -> the member on whose behalf it was asked."""
    limits: Sequence[int] = (MOST, MOST, MOST)
    """What a member may pay: in all without an ID number, and in a year of each level above that."""
    _kept: dict[tuple[type[Row], Any], tuple[Any, ...]] = field(default_factory=dict)

    def broken(self, ledger: Ledger) -> list[str]:
        """What does not hold."""
        checks = (balances, two_sides, folds, effects, reversals, holds, held, checked, envelopes, requests, vouchers,
                  splits, schedules, cards, corrections, orders, names, guarded, moved, closing, chains, told, numbers)
        found = [text for check in checks for text in check(ledger)]
        return [*found, *counted(ledger, self.zone, self.no_pin_limit),
                *counted_towards_limits(ledger, self.zone, self.limits), *allowed(ledger, self.zone),
                *self._final(ledger),
                *self._authorised(ledger), *self._by_the_clock(ledger)]

    def _final(self, ledger: Ledger) -> Iterator[str]:
        now = {(cls, row.pk()): row.values() for cls in ALL if cls.FINAL or cls is Journal for row in ledger.all(cls)}
        for where, before in self._kept.items():
            if now.get(where) != before:
                yield f"6: {before} became {now.get(where)}"
        self._kept = now

    def _authorised(self, ledger: Ledger) -> Iterator[str]:
        transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
        for operation in ledger.all(Operation):
            outcome = decode(operation.outcome)
            if isinstance(outcome, EnvelopeMade | Opened | VoucherMade | Redeemed | GiftMade):
                transfer = transfers[outcome.transfer]
                member = ids.owner_of(transfer.credit if isinstance(outcome, Opened | Redeemed) else transfer.debit)
                if member != self.asked.get(operation.key):
                    yield f"17: {operation.key} was asked by {self.asked.get(operation.key)} and moved {member}'s"
            if isinstance(outcome, VoucherEnded) and outcome.state == "withdrawn":
                maker = ids.owner_of(transfers[outcome.transfer].credit)
                if maker != self.asked.get(operation.key):
                    yield f"17: {operation.key} was asked by {self.asked.get(operation.key)} and ended {maker}'s"
            if isinstance(outcome, SharePaid):
                payer = ids.owner_of(transfers[outcome.transfer].debit)
                if payer != self.asked.get(operation.key):
                    yield f"17: {operation.key} was asked by {self.asked.get(operation.key)} and debited {payer}"
            if isinstance(outcome, GivenBack | RequestSettled | AppealPaid):
                giver = ids.owner_of(transfers[outcome.transfer].debit)
                if giver != self.asked.get(operation.key):
                    yield f"17: {operation.key} was asked by {self.asked.get(operation.key)} and debited {giver}"
            if isinstance(outcome, Sent):
                payers = {ids.owner_of(transfers[number].debit) for number in outcome.transfers}
                if payers != {self.asked.get(operation.key)}:
                    yield f"17: {operation.key} was asked by {self.asked.get(operation.key)} and debited {payers}"

    def _by_the_clock(self, ledger: Ledger) -> Iterator[str]:
        """What the clock paid its payer had set up."""
        done = [(operation.key, decode(operation.outcome)) for operation in ledger.all(Operation)]
        planned = {outcome.schedule: self.asked.get(key) for key, outcome in done if isinstance(outcome, ScheduleMade)}
        transfers = {transfer.id: transfer for transfer in ledger.all(Transfer)}
        for _, turn in done:
            if isinstance(turn, ScheduleTurn) and turn.transfer:
                payer = ids.owner_of(transfers[turn.transfer].debit)
                if planned.get(turn.schedule) != payer:
                    yield f"17: {turn} debited {payer}, and {planned.get(turn.schedule)} set it up"
