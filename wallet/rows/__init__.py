"""The rows that operations read and write, one class per table, one module per chapter.

Guards: a row here and its table in `storage/tables.py` have the same columns in the same order (a test compares
them). Moments are microseconds since 1970 in UTC, money is minor units, both as integers: they are the same on
every database and never lose a digit.

A row is never changed in place: `books.edit` hands out a copy, so that a refused command leaves no trace.
"""
from wallet.rows.agreements import *
from wallet.rows.announcements import *
from wallet.rows.applications import *
from wallet.rows.base import Key as Key
from wallet.rows.base import Row as Row
from wallet.rows.counting import *
from wallet.rows.engine import *
from wallet.rows.envelopes import *
from wallet.rows.family import *
from wallet.rows.groups import *
from wallet.rows.identity import *
from wallet.rows.ledger import *
from wallet.rows.legal_holds import *
from wallet.rows.penalties import *
from wallet.rows.people import *
from wallet.rows.proposals import *
from wallet.rows.recovery import *
from wallet.rows.requests import *
from wallet.rows.risk import *
from wallet.rows.schedules import *
from wallet.rows.screening import *
from wallet.rows.splits import *
from wallet.rows.tickets import *
from wallet.rows.vouchers import *
from wallet.rows.waiting import *
from wallet.rows.winding_down import *

ALL: tuple[type[Row], ...] = (Switch, Member, Envelope, Request, Voucher, Split, Schedule, Ticket, Application,
                              Proposal, NameList, OneTimeCodes, Announcement, WindDown, GroupRules, Claim, Role,
                              Profile, Identity, Enterprise, Pin, Email, Contact, PinReset, Move, FormerAccount,
                              Dormancy, Acceptance, Account, Transfer, Entry, Note, Unnamed, Adjustment, Publication,
                              Drawn, Share, VoucherUse, VoucherTry, KeptShare, SplitShare, SplitOffer, Ran,
                              TicketWords, Paper, Hold, Counter, OwnLimits, Ward, Tally, Pair, Block, Habit, Hit,
                              Interception, Draft, Penalty, LegalHold, Operation, Journal, Notice, Audit)
"""All rows, in the order in which they are locked, read and written."""

for _cls in ALL:
    _cls.prepare()
