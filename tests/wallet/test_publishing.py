"""Publishing a version of an agreement: by whom, how far ahead, once; and from its day on it is asked for, in every
process that has it."""
from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.wallet.bank import ALICE, BOB, PAYMENT, POLICY, START, USER, Bank, open_bank
from wallet import refusals
from wallet.agreements import Published, Terms
from wallet.commands import Done
from wallet.drafts import Asked
from wallet.operators import Appoint, AppointOwners
from wallet.proposals import Approve, Propose, Proposed, Sign
from wallet.publishing import PublishDeed
from wallet.rows import Audit, Publication

DAY = 24 * 60 * 60 * 1_000_000
OWNER, ADMIN, RISK = 103, 104, 105
MAJOR = replace(PAYMENT, version="2027-01-01", effective=START + 30 * DAY, notice=7 * DAY,
                hashes=(("en", "e" * 64), ("zh_CN", "f" * 64)))
MINOR = replace(USER, version="2027-01-02", effective=START + 2 * DAY, significant=False)


@asynccontextmanager
async def house(*waiting: Published) -> AsyncIterator[Bank]:
    """Alice and Bob have money; three operate, one of whom may not publish."""
    terms = Terms((USER, PAYMENT), waiting)
    async with open_bank("", policy=replace(POLICY, terms=terms)) as bank:
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        for person in (ALICE, BOB, OWNER, ADMIN, RISK):
            await bank.join(person, 1_000)
        for person, role in ((ADMIN, "admin"), (RISK, "risk")):
            await bank.run(Appoint(key=bank.key(), operator=OWNER, person=person, role=role))
        for person in (OWNER, ADMIN, RISK):
            await bank.set_pin(person)
        yield bank


async def signs(bank: Bank, deed: PublishDeed, who: int) -> object:
    member = bank.members[who]
    asked = await bank.run(Propose(key=bank.key(), member=member, deed=deed.text(), token=bank.key()))
    assert isinstance(asked, Asked)
    return await bank.run(Sign(key=bank.key(), member=member, token=asked.token, pin_version=1))


async def approves(bank: Bank, proposal: int, who: int) -> object:
    member = bank.members[who]
    asked = await bank.run(Approve(key=bank.key(), member=member, proposal=proposal, token=bank.key()))
    assert isinstance(asked, Asked)
    return await bank.run(Sign(key=bank.key(), member=member, token=asked.token, pin_version=1))


def publications(bank: Bank) -> list[Publication]:
    return bank.store.all(Publication)  # type: ignore[attr-defined, no-any-return]


async def test_two_publish_a_significant_version_and_it_is_asked_for_from_its_very_moment() -> None:
    async with house(MAJOR) as bank:
        proposed = await signs(bank, PublishDeed.of(MAJOR), OWNER)
        assert isinstance(proposed, Proposed)
        assert publications(bank) == []
        with pytest.raises(refusals.OwnProposal):
            await approves(bank, proposed.proposal, OWNER)
        assert await approves(bank, proposed.proposal, ADMIN) == Done()
        (row,) = publications(bank)
        assert (row.document, row.version, row.english, row.chinese) == (
            MAJOR.name, MAJOR.version, "e" * 64, "f" * 64)
        (line,) = [one.facts for one in bank.store.all(Audit) if one.act == "published"]  # type: ignore[attr-defined]
        assert all(words in line for words in (f"{MAJOR.name}@{MAJOR.version}", "significant", "e" * 64, "f" * 64))

        bank.engine.policy.terms.publish(MAJOR.name, MAJOR.version)
        bank.clock.now = MAJOR.effective - 50
        await bank.pays(ALICE, BOB, amount=100)
        bank.clock.now = MAJOR.effective
        with pytest.raises(refusals.AgreementsNeeded):
            await bank.pays(ALICE, BOB, amount=100)


async def test_a_minor_one_takes_one_signature_and_whoever_goes_on_accepts_it() -> None:
    async with house(MINOR) as bank:
        assert await signs(bank, PublishDeed.of(MINOR), ADMIN) == Done()
        bank.engine.policy.terms.publish(MINOR.name, MINOR.version)
        bank.clock.now = MINOR.effective
        await bank.pays(ALICE, BOB, amount=100)
        assert not bank.engine.policy.terms.waiting


async def test_what_is_published_or_reads_differently_by_now_is_not_published() -> None:
    async with house(MINOR, MAJOR) as bank:
        await signs(bank, PublishDeed.of(MINOR), ADMIN)
        with pytest.raises(refusals.VersionNotWaiting):
            await signs(bank, PublishDeed.of(MINOR), OWNER)
        with pytest.raises(refusals.VersionNotWaiting):
            await signs(bank, replace(PublishDeed.of(MAJOR), english="0" * 64), OWNER)
        assert len(publications(bank)) == 1


async def test_a_significant_one_comes_as_late_as_was_promised_and_none_comes_into_force_before() -> None:
    async with house(MINOR, MAJOR) as bank:
        proposed = await signs(bank, PublishDeed.of(MAJOR), OWNER)
        assert isinstance(proposed, Proposed)
        bank.clock.now = MAJOR.effective - MAJOR.notice
        with pytest.raises(refusals.NoticeTooShort):
            await signs(bank, PublishDeed.of(MAJOR), ADMIN)
        with pytest.raises(refusals.NoticeTooShort):
            await signs(bank, PublishDeed.of(MINOR), ADMIN)
        assert publications(bank) == []


async def test_who_may_not_publish_proposes_nothing() -> None:
    async with house(MAJOR) as bank:
        with pytest.raises(refusals.NotAllowed):
            await signs(bank, PublishDeed.of(MAJOR), RISK)
