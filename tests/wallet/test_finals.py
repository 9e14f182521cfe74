"""Answers that never change cost neither a write nor a look, and never reach the wrong question or key."""
from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, GROUP, STRANGER, Bank, open_bank
from wallet import refusals
from wallet.commands import Command
from wallet.envelopes import Opened, OpenEnvelope
from wallet.finals import Finals
from wallet.keeping import KeepShare


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with open_bank("") as opened:
        await opened.settle()
        yield opened


async def refused(bank: Bank, command: Command) -> tuple[refusals.Refusal, bool]:
    """What somebody hears, and whether the books were asked."""
    commits = bank.engine.counts.commits
    with pytest.raises(refusals.Refusal) as heard:
        await bank.run(command)
    assert heard.value.kept, "it is told at once: nothing that is tried later would find anything else"
    return heard.value, bank.engine.counts.commits > commits


async def test_who_has_a_share_hears_so_without_a_look(bank: Bank) -> None:
    envelope = (await bank.fills(ALICE, amount=1_000, shares=2)).envelope
    share = await bank.opens(envelope, BOB)
    for _ in range(3):
        heard, looked = await refused(bank, bank.tap(envelope, BOB))
        assert (heard, looked) == (refusals.OpenedBefore(share.amount, share.transfer), False)


async def test_who_came_too_late_is_looked_up_once(bank: Bank) -> None:
    envelope = (await bank.fills(ALICE, amount=1_000, shares=1)).envelope
    await bank.opens(envelope, BOB)
    assert await refused(bank, bank.tap(envelope, CAROL)) == (refusals.EnvelopeEmpty(), True)
    assert await refused(bank, bank.tap(envelope, CAROL)) == (refusals.EnvelopeEmpty(), False)


async def test_the_tap_that_got_the_share_still_hears_of_the_share(bank: Bank) -> None:
    envelope = (await bank.fills(ALICE, amount=1_000, shares=2)).envelope
    tap = bank.tap(envelope, BOB)
    opened = await bank.run(tap)
    await refused(bank, bank.tap(envelope, BOB))
    assert isinstance(opened, Opened)
    assert await bank.run(tap) == opened


async def test_another_group_another_person_and_another_envelope_are_other_questions(bank: Bank) -> None:
    envelope = (await bank.fills(ALICE, amount=1_000, shares=4)).envelope
    other = (await bank.fills(ALICE, amount=1_000, shares=4)).envelope
    await bank.opens(envelope, BOB)
    assert await refused(bank, bank.tap(envelope, BOB)) != (refusals.EnvelopeUnknown(), True)
    with pytest.raises(refusals.EnvelopeUnknown):
        await bank.run(bank.tap(envelope, BOB, chat=GROUP - 1))
    await bank.opens(other, BOB)
    await bank.opens(envelope, CAROL)


async def test_what_may_change_is_asked_again(bank: Bank) -> None:
    envelope = (await bank.fills(ALICE, amount=1_000, shares=4)).envelope
    bank.change(BOB, state="frozen")
    for _ in range(2):
        with pytest.raises(refusals.AccountFrozen):
            await bank.run(bank.tap(envelope, BOB))
    bank.change(BOB, state="active")
    await bank.opens(envelope, BOB)


async def test_a_bounded_number_of_answers_is_remembered_the_oldest_going_first(bank: Bank) -> None:
    finals, last = Finals(most=2), refusals.EnvelopeEmpty()
    taps = [OpenEnvelope(key=f"tap {number}", member=number, envelope=1, chat=GROUP) for number in range(1, 4)]
    for tap in taps:
        finals.learn(tap, last)
    assert [finals.answer(tap) for tap in taps] == [None, last, last]
    assert all(finals.answer(tap) is not last for tap in taps), "each raises one of its own"


async def test_a_stranger_who_comes_too_late_is_looked_up_once(bank: Bank) -> None:
    envelope = (await bank.fills(ALICE, amount=1_000, shares=1)).envelope
    await bank.opens(envelope, BOB)
    taps = [KeepShare(key=f"tap {number}", person=STRANGER, envelope=envelope, chat=GROUP) for number in range(3)]
    assert [await refused(bank, tap) for tap in taps] == [(refusals.EnvelopeEmpty(), looked)
                                                          for looked in (True, False, False)]
