"""What operators type behind the person whom they mean."""
from __future__ import annotations

import pytest

from handlers.parsing.penalties import PenaltyWords, penalty_said
from wallet import ids
from wallet.penalties import NOTE_MOST, REASONS


@pytest.mark.parametrize(("typed", "said"), [
    ("fraud", PenaltyWords("", "fraud")),
    ("fraud 7d", PenaltyWords("", "fraud", 168)),
    ("FRAUD 36h seen by two", PenaltyWords("", "fraud", 36, "seen by two")),
    ("theft forever", PenaltyWords("", "theft", 0)),
    ("theft took 7d to find", PenaltyWords("", "theft", None, "took 7d to find")),
    ("欺诈 7天 两人看到", PenaltyWords("", "fraud", 168, "两人看到")),
    ("洗钱 永久", PenaltyWords("", "laundering", 0)),
    ("ｆｒａｕｄ ７ｄ", PenaltyWords("", "fraud", 168)),
    ("fraud 0d", PenaltyWords("", "fraud", None, "0d")),
    ("fraud 99999d", PenaltyWords("", "fraud", None, "99999d")),
    ("fraud 1e3d", PenaltyWords("", "fraud", None, "1e3d")),
    ("", PenaltyWords()),
    ("because", None),
    ("7d fraud", None),
])
def test_a_reason_a_time_and_a_note(typed: str, said: PenaltyWords | None) -> None:
    assert penalty_said(typed, limits=False, timed=True) == said


@pytest.mark.parametrize(("typed", "said"), [
    ("sending", PenaltyWords("sending")),
    ("sending fraud 7d x", PenaltyWords("sending", "fraud", 168, "x")),
    ("红包 漏洞", PenaltyWords("envelopes", "exploit")),
    ("receiving off", PenaltyWords("receiving", off=True)),
    ("receiving 解除 sorry", PenaltyWords("receiving", off=True)),
    ("", PenaltyWords()),
    ("fraud", None),
    ("off", None),
    ("sending because", None),
])
def test_what_limits_names_its_direction_first(typed: str, said: PenaltyWords | None) -> None:
    assert penalty_said(typed, limits=True, timed=True) == said


def test_a_warning_has_no_time_and_no_note_is_too_long() -> None:
    assert penalty_said("fraud 7d", limits=False, timed=False) == PenaltyWords("", "fraud", None, "7d")
    said = penalty_said("fraud " + "x" * 500, limits=False, timed=True)
    assert said is not None
    assert len(said.note) == NOTE_MOST


def test_no_reason_is_taken_for_the_code_of_a_receipt() -> None:
    assert [reason for reason in REASONS if ids.from_code(reason) is not None] == []
