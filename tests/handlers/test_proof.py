"""Whoever wants to check a red envelope can: the program that they are given finds what the wallet found."""
from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from handlers.proof import program, proof
from tests.handlers.chat.world import SPEAKERS
from wallet import ids, shares
from wallet.rows import EQUAL, LUCKY
from wallet.views import EnvelopeView, Party, ShareView

SEED = "5eed" * 16
PAGE = Path(__file__).parents[2] / "docs" / "red-envelopes.md"


def run(written: str) -> str:
    """What an outsider reads who runs it: no file of ours is in reach."""
    done = subprocess.run([sys.executable, "-I", "-c", written], capture_output=True, text=True, check=True, cwd="/")
    return done.stdout


def view(state: str, *, kind: str = LUCKY, opened: int = 3, amount: int = 1_000) -> EnvelopeView:
    drawn = shares.divide(kind == LUCKY, SEED, amount, 3)
    taken = tuple(ShareView(Party(number, number, ""), share, 0) for number, share in enumerate(drawn[:opened], 1))
    return EnvelopeView(1, Party(1, 1, ""), kind, amount, 3, state, "", shares.fingerprint(SEED, drawn),
                        "" if state == "open" else SEED, 77, 0, 1, -5, 9, taken)


def said(shown: EnvelopeView) -> str:
    return SPEAKERS["en"].plain(proof(shown))


def test_the_page_has_the_program_that_people_are_given_and_what_it_prints() -> None:
    code, printed = re.findall(r"```(?:python|text)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert code == program(SEED, 10_000, 10)
    assert run(code) == printed


@pytest.mark.parametrize(("amount", "count"), [(1, 1), (7, 7), (1_000, 3), (2_000_000, 100)])
def test_the_program_finds_what_the_wallet_drew(amount: int, count: int) -> None:
    drawn = shares.draw(SEED, amount, count)
    assert run(program(SEED, amount, count)) == f"{shares.listed(drawn)}\n{shares.fingerprint(SEED, drawn)}\n"


@pytest.mark.parametrize("state", ["emptied", "expired"])
def test_what_has_ended_is_computed_again(state: str) -> None:
    shown = said(view(state, opened=3 if state == "emptied" else 1))
    assert shown.startswith(f"✅ Red envelope {ids.code(77)} is right")
    assert shares.listed(shares.draw(SEED, 1_000, 3)) in shown
    assert program(SEED, 1_000, 3) in shown


def test_what_is_not_as_it_was_drawn_is_called_so() -> None:
    honest = view("emptied")
    first, *others = honest.taken
    cheated = ShareView(first.party, first.amount + 1, 0), *others
    for changed in ({"taken": cheated}, {"fingerprint": "f" * 64}):
        shown = EnvelopeView(**{**{one.name: getattr(honest, one.name) for one in fields(EnvelopeView)}, **changed})
        assert said(shown).startswith("❌")


def test_before_the_end_no_share_is_told() -> None:
    shown = said(view("open", opened=1))
    assert "once it has ended" in shown
    assert shares.listed(shares.draw(SEED, 1_000, 3)) not in shown
    assert SEED not in shown


def test_equal_shares_have_nothing_to_be_checked() -> None:
    assert "¥3.00 each" in said(view("emptied", kind=EQUAL, amount=900))


def test_one_share_has_nothing_to_be_checked() -> None:
    drawn = (900,)
    for kind in (LUCKY, EQUAL):
        shown = EnvelopeView(1, Party(1, 1, ""), kind, 900, 1, "emptied", "", shares.fingerprint(SEED, drawn), SEED, 77,
                             0, 1, -5, 9, (ShareView(Party(2, 2, ""), 900, 0),))
        assert "one share of ¥9.00" in said(shown)


def test_the_longest_proof_fits_into_a_message() -> None:
    drawn = shares.draw(SEED, 2_000_000, 100)
    taken = tuple(ShareView(Party(number, number, ""), share, 0) for number, share in enumerate(drawn, 1))
    shown = EnvelopeView(1, Party(1, 1, ""), LUCKY, 2_000_000, 100, "emptied", "", shares.fingerprint(SEED, drawn),
                         SEED, 77, 0, 1, -5, 9, taken)
    assert all(len(speaker.plain(proof(shown))) < 4_000 for speaker in SPEAKERS.values())
