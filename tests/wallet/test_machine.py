"""The whole wallet, driven at random, on three stores in step: in memory, SQLite and PostgreSQL.

Guards: whatever is asked in whatever order, all three give the same outcomes and hold the same rows, every invariant
holds, and the money that is there is the money that came in. The clock is given, and falls back now and then.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.services.postgres import Postgres
from tests.wallet.machine.cards import Cards
from tests.wallet.machine.checks import Checks
from tests.wallet.machine.envelopes import Envelopes
from tests.wallet.machine.families import Families
from tests.wallet.machine.house import House
from tests.wallet.machine.legal_holds import LegalHolds
from tests.wallet.machine.moving import Moving
from tests.wallet.machine.penalties import Penalties
from tests.wallet.machine.requests import Requests
from tests.wallet.machine.schedules import Schedules
from tests.wallet.machine.splits import Splits
from tests.wallet.machine.three import Where
from tests.wallet.machine.vouchers import Vouchers
from tests.wallet.machine.waiting import Waiting
from wallet import refusals
from wallet.refusals import Refusal

RULES_IN_A_RUN: Final = 150
"""Some rules ask for several things."""
RUNS_OF_A_SEED: Final = 3
"""Few, so that not much more is done than was asked for."""


class Machine(Waiting, Envelopes, Splits, Requests, Schedules, Vouchers, Cards, Penalties, Checks, LegalHolds,
              Families, Moving, House):
    """What people, clocks and operators do."""


def drive(where: Where, *, steps: int, first_seed: int, shrink: bool = False,
          note: Callable[[str], None] = lambda _: None) -> int:
    """Run machines until so many steps were made; returns the seed after the last. A failing seed is noted."""
    number = first_seed
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    while where.steps < steps:  # Every machine makes steps, so this ends.
        machine = seed(number)(type(f"Machine{number}", (Machine,), {"where": where}))
        try:
            run_state_machine_as_test(machine, settings=settings(
                max_examples=RUNS_OF_A_SEED, stateful_step_count=RULES_IN_A_RUN, deadline=None, database=None,
                phases=phases, suppress_health_check=list(HealthCheck), print_blob=False))
        except BaseException:
            note(f"machine seed {number}")
            raise
        number += 1
    return number


BENEATH: Final[Mapping[type[Refusal], str]] = {
    refusals.JoiningOutOfOrder: "a contact is handled at its step only, and one person's updates one after another",
    refusals.DocumentChanged: "the documents are shown anew instead; two versions in force differ by a moment only",
    refusals.PinNotSet: "a keypad that chooses the PIN is shown instead",
    refusals.PinNeeded: "a keypad that asks for the PIN is shown instead",
    refusals.HoldNotDue: "only the clock ends what ran out",
    refusals.PenaltyNotDue: "only the clock ends what ran out",
    refusals.LegalHoldNotDue: "only the clock ends what ran out",
    refusals.TwoOperatorsNeeded: "it is proposed instead",
    refusals.PenaltyOver: "only the clock ends what ran out",
    refusals.ProposalNotDue: "only the clock ends what ran out",
    refusals.EnvelopeNotDue: "only the clock ends what ran out",
    refusals.QuestionAsked: "the question is shown with what may be its answer instead",
    refusals.DraftNotDue: "only the clock ends what ran out",
    refusals.PasswordNeeded: "the password is asked for instead",
    refusals.VoucherNotDue: "only the clock ends what ran out",
    refusals.RequestNotDue: "only the clock reminds and ends",
    refusals.SplitNotDue: "only the clock reminds and ends",
    refusals.ScheduleNotDue: "only the clock pays what comes again",
}
"""What the wallet refuses to its callers and nobody is told, each with the reason: it has to be met here."""


DONE: Final = frozenset((
    "Kept", "Sent", "Asked", "Claimed", "Returned", "GivenBack", "EnvelopeMade", "Opened", "EnvelopeEnded",
    "RequestsMade", "RequestSettled", "RequestDone", "SplitMade", "SharePaid", "SplitOver", "Reminded",
    "ScheduleMade", "ScheduleTurn", "ScheduleStopped", "VoucherMade", "Redeemed", "VoucherEnded", "GiftMade",
    "AppealPaid", "Penalised", "Lifted", "EndedForBan", "OwnLimitSet", "Proposed",
    "Adjusted", "LegallyHeld", "LegallyFree", "Verified", "Compared", "MoveAskedFor", "WindDownMade"))
REFUSED: Final = frozenset((
    "SharesOutOfRange", "EnvelopeOutOfRange", "EnvelopeUnknown", "OpenedBefore", "EnvelopeEmpty", "EnvelopeOver",
    "RequestUnknown", "RequestOver", "AskedTooOften", "AskYourself", "EnvelopeForAnother", "WordNeeded",
    "NothingKept", "AnswerWrong", "ScheduleUnknown", "ScheduleOver", "ReceiverHasNotJoined", "SplitUnknown",
    "SplitClosed", "SharePaidBefore", "OwnSplit", "NotInSplit", "SplitOutOfRange", "ShareOutOfRange",
    "SplitWithYourself", "UsesOutOfRange", "VoucherUnknown", "VoucherOwn", "VoucherNotForYou", "RedeemedBefore",
    "VoucherUsedUp", "VoucherWithdrawn", "VoucherOver", "PasswordNeeded", "PasswordWrong", "OwnGift", "PayToYourself",
    "NotYours", "DraftOver", "HoldArriving", "HoldChecked", "HoldOver", "HoldUnknown", "StoppedForSafety", "OnOneself",
    "PayerUnavailable", "ReceiverUnavailable", "NotAllowed", "LevelLimitReached", "OwnLimitReached", "WalletLocked",
    "HeldByOrder", "HitDecided", "GuardianUnknown", "IdentityKnown", "WalletMoving", "MoveOver", "WindingDown",
    "AnnouncementOver"))
WANTED: Final = frozenset({*DONE, *REFUSED, *(kind.__name__ for kind in BENEATH)})
"""What a long walk has to hear, so that no rule walks past what it is there for."""
STEPS: Final = 5_000
MISSED: Final = len(WANTED) // 5
"""So many of them a short walk may miss by chance."""


@pytest.mark.faults
@pytest.mark.timeout(1_200)
def test_three_stores_agree_whatever_is_asked(postgres: Postgres, postgres_template: str,
                                              sqlite_template: Path) -> None:
    where = Where(postgres, postgres_template, sqlite_template)
    seed_after = drive(where, steps=STEPS, first_seed=1, note=print)
    while where.steps < 2 * STEPS and len(WANTED - set(where.heard)) > MISSED:
        seed_after = drive(where, steps=where.steps + 500, first_seed=seed_after, note=print)
    assert len(WANTED - set(where.heard)) <= MISSED, sorted(WANTED - set(where.heard))
