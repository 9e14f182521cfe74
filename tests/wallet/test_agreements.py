"""New versions: who may still do what, what can be accepted when, and that everybody hears of them once."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import pytest

from tests.fakes.store import FakeStore
from tests.wallet.bank import PAYMENT, POLICY, START, USER, Bank, open_bank
from wallet import refusals
from wallet.agreements import Accept, Published, TellOfVersions, Terms, versions
from wallet.events import Event, NewVersions, read
from wallet.funding import TopUp
from wallet.holds import ClaimHold
from wallet.members import Meet, Met
from wallet.rows import Acceptance, Audit, Member, Row

HOUR = 60 * 60 * 1_000_000
SOON = START + HOUR
ALICE, BOB, CAROL = 101, 102, 103


def newer(document: Published, version: str = "2026-12-01", *, significant: bool = True, effective: int = SOON
          ) -> Published:
    return replace(document, version=version, significant=significant, effective=effective)


def opened(*documents: Published) -> AbstractAsyncContextManager[Bank]:
    """A bank in memory in which these were published too."""
    return open_bank("", policy=replace(POLICY, terms=Terms((USER, PAYMENT, *documents))))


async def met(bank: Bank, telegram_id: int) -> None:
    """Somebody who has only begun to join."""
    outcome = await bank.run(Meet(key=bank.key(), telegram_id=telegram_id, language="en"))
    assert isinstance(outcome, Met)
    bank.members[telegram_id] = outcome.member


def rows(bank: Bank, cls: type[Row]) -> list[Any]:
    assert isinstance(bank.store, FakeStore)
    return bank.store.all(cls)


def accepts(bank: Bank, telegram_id: int, document: Published) -> Accept:
    return Accept(key=bank.key(), member=bank.members[telegram_id], documents=((document.name, document.version),),
                  language="en", chat=telegram_id)


def tells(bank: Bank, telegram_id: int, *documents: Published, key: str = "") -> TellOfVersions:
    return TellOfVersions(key=key or bank.key(), member=bank.members[telegram_id],
                          documents=tuple((document.name, document.version) for document in documents))


def told(bank: Bank) -> list[Event]:
    return [read(notice.event, notice.facts) for notice in bank.told if notice.event == "NewVersions"]


async def test_from_the_day_of_a_significant_version_one_receives_but_does_not_spend() -> None:
    later = newer(PAYMENT)
    async with opened(later) as bank:
        await bank.join(ALICE, funds=1000)
        await bank.join(BOB, funds=1000)
        await bank.pays(ALICE, BOB, amount=10)
        waiting = await bank.pays(ALICE, CAROL, amount=50)
        await bank.join(CAROL)
        bank.clock.forward(hours=2)
        with pytest.raises(refusals.AgreementsNeeded) as needed:
            await bank.pays(ALICE, BOB, amount=10)
        assert needed.value.documents == (PAYMENT.name,)
        await bank.run(accepts(bank, ALICE, later))
        await bank.pays(ALICE, BOB, amount=10)
        assert await bank.balance(BOB) == 1020
        await bank.run(TopUp(key=bank.key(), member=bank.members[BOB], amount=5))
        await bank.run(ClaimHold(key=bank.key(), member=bank.members[CAROL], hold=waiting.holds[0]))
        with pytest.raises(refusals.AgreementsNeeded):
            await bank.pays(BOB, ALICE, amount=10)


async def test_whoever_never_accepted_a_document_neither_spends_nor_takes() -> None:
    terms = Terms((USER, PAYMENT, newer(PAYMENT, effective=START)))
    assert terms.missing("user-agreement@2026-11-22", "payment", START, spends=False) == (PAYMENT.name,)
    first = "payment-service-agreement@2026-11-22 user-agreement@2026-11-22"
    assert terms.missing(first, "payment", START, spends=False) == ()
    assert terms.missing(first, "payment", START) == (PAYMENT.name,)


async def test_a_minor_version_is_accepted_by_going_on() -> None:
    async with opened(newer(PAYMENT, significant=False)) as bank:
        await bank.join(ALICE, funds=1000)
        await bank.join(BOB)
        bank.clock.forward(hours=2)
        await bank.pays(ALICE, BOB, amount=10)


async def test_a_version_to_come_can_be_accepted_before_its_day() -> None:
    later = newer(PAYMENT)
    async with opened(later) as bank:
        await bank.join(ALICE, funds=1000)
        await bank.join(BOB)
        await bank.run(accepts(bank, ALICE, later))
        await bank.pays(ALICE, BOB, amount=10)
        bank.clock.forward(hours=2)
        await bank.pays(ALICE, BOB, amount=10)
        accepted = [row.version for row in rows(bank, Acceptance)
                    if (row.member, row.document) == (bank.members[ALICE], PAYMENT.name)]
        assert accepted == [PAYMENT.version, later.version]


async def test_a_version_to_come_does_not_stand_for_the_one_that_holds_until_then() -> None:
    between, later = newer(PAYMENT, "2026-11-30", effective=START), newer(PAYMENT)
    async with opened(between, later) as bank:
        await met(bank, ALICE)
        with pytest.raises(refusals.DocumentChanged):
            await bank.run(accepts(bank, ALICE, later))
        await bank.run(accepts(bank, ALICE, between))
        await bank.run(accepts(bank, ALICE, later))


async def test_an_older_version_never_takes_the_place_of_a_newer_one() -> None:
    later = newer(PAYMENT)
    async with opened(later) as bank:
        await bank.join(ALICE)
        await bank.run(accepts(bank, ALICE, later))
        await bank.run(accepts(bank, ALICE, PAYMENT))
        (member,) = rows(bank, Member)
        assert versions(member.accepted)[PAYMENT.name] == later.version


async def test_everybody_is_told_of_a_version_once_under_whatever_key() -> None:
    later, small = newer(PAYMENT), newer(USER, significant=False)
    async with opened(later, small) as bank:
        await bank.join(ALICE)
        await bank.run(tells(bank, ALICE, later, key="a"))
        await bank.run(tells(bank, ALICE, later, small, key="b"))
        await bank.run(tells(bank, ALICE, small, later, key="c"))
        assert told(bank) == [NewVersions(f"{PAYMENT.name}@2026-12-01", ""), NewVersions("", f"{USER.name}@2026-12-01")]
        audited = [row.facts for row in rows(bank, Audit) if row.act == "told_of_versions"]
        assert audited == [event.facts() for event in told(bank)]


async def test_whoever_accepted_it_or_never_the_document_is_not_told() -> None:
    later = newer(PAYMENT)
    async with opened(later) as bank:
        await bank.join(ALICE)
        await bank.run(accepts(bank, ALICE, later))
        await bank.run(tells(bank, ALICE, later))
        await met(bank, BOB)
        await bank.run(tells(bank, BOB, later))
        assert told(bank) == []


def test_news_are_what_holds_and_what_is_to_come() -> None:
    old, now, soon = (newer(USER, f"2026-11-2{day}", effective=START + hours * HOUR)
                      for day, hours in ((3, -2), (4, -1), (5, 1)))
    terms = Terms((USER, old, now, soon))
    assert terms.news("user-agreement@2026-11-22", START) == (now, soon)
    assert terms.news("user-agreement@2026-11-24", START) == (soon,)
    assert terms.news("", START) == ()


def test_a_small_version_on_top_of_one_that_was_not_accepted_counts_as_that_one() -> None:
    big, small = newer(USER, "2026-12-01"), newer(USER, "2026-12-02", significant=False)
    terms = Terms((USER, big, small))
    assert terms.significant_since("user-agreement@2026-11-22", small, START)
    assert not terms.significant_since("user-agreement@2026-12-01", small, START)


def test_a_small_version_to_come_is_small_beside_a_significant_one_that_holds() -> None:
    big, small = newer(USER, "2026-12-01", effective=START), newer(USER, "2026-12-02", significant=False)
    terms = Terms((USER, big, small))
    assert terms.significant_since("user-agreement@2026-11-22", big, START)
    assert not terms.significant_since("user-agreement@2026-11-22", small, START)
    assert terms.significant_since("user-agreement@2026-11-22", small, SOON)


async def test_whoever_accepted_what_gave_way_accepts_what_holds_and_then_what_is_to_come() -> None:
    early = newer(PAYMENT, "2026-12-01")
    async with opened(early) as bank:
        await bank.join(ALICE, funds=1000)
        await bank.join(BOB)
        await bank.run(accepts(bank, ALICE, early))
        gone = replace(early, counts_as=PAYMENT.version)
        holds = newer(PAYMENT, f"{PAYMENT.version}.02", effective=START)
        again = newer(PAYMENT, "2026-12-01.02", significant=False)
        bank.engine.policy = replace(POLICY, terms=Terms((USER, PAYMENT, gone, holds, again)))
        with pytest.raises(refusals.AgreementsNeeded):
            await bank.pays(ALICE, BOB, amount=10)
        for refused in (gone, again):
            with pytest.raises(refusals.DocumentChanged):
                await bank.run(accepts(bank, ALICE, refused))
        await bank.run(accepts(bank, ALICE, holds))
        await bank.pays(ALICE, BOB, amount=10)
        await bank.run(tells(bank, ALICE, gone, holds, again))
        assert told(bank) == [NewVersions("", f"{PAYMENT.name}@2026-12-01.02")]
