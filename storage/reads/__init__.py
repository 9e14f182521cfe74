"""What people look at: ordinary queries that change nothing. One module per chapter.

Guards: every query takes its viewer first and returns only what they may see; what does not exist and what belongs to
somebody else give the same answer. Movements come in the order of their account's entries, other lists by time and then
id, and all of them are bounded.
"""
from __future__ import annotations

from storage.reads.dormancy import Dormancies
from storage.reads.envelopes import Envelopes
from storage.reads.family import Family
from storage.reads.history import History
from storage.reads.legal_holds import LegalHolds
from storage.reads.penalties import Penalties
from storage.reads.requests import Requests
from storage.reads.schedules import Schedules
from storage.reads.splits import Splits
from storage.reads.vouchers import Vouchers


class SqlReads(History, Envelopes, Requests, Vouchers, Splits, Schedules, Penalties, LegalHolds, Dormancies,
               Family):
    """`wallet.protocols.Reads` over a database."""
