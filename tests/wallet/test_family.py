"""Minors and guardians: who may answer for whom, and what a minor may spend in the commit that moves the money."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.wallet.bank import ALICE, BOB, CAROL, GROUP, PAYMENT, POLICY, USER, ZONE, Bank, open_bank
from wallet import refusals
from wallet.agreements import Accept
from wallet.commands import Command
from wallet.events import GuardianStands, read
from wallet.family import (
    LINK_LIFE,
    MOST_WARDS,
    BecomeGuardian,
    DecideForWard,
    DeclineWard,
    LeaveGuardian,
    Released,
    ReleaseWard,
    TellWard,
    seal_of,
)
from wallet.funding import TopUp
from wallet.gate import Safeguard
from wallet.identity import DAYS_TO_OBJECT, GiveIdentity, Verified
from wallet.members import ChooseLanguage, DeclareMinor, Meet, Met, ShareContact
from wallet.rows import Member, Ward

KID = 501
VERIFIED = replace(POLICY, least_level=1)


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    """Alice, Bob and Carol, all of them verified."""
    async with open_bank("", policy=VERIFIED) as bank:
        await settled(bank)
        yield bank


async def settled(bank: Bank) -> None:
    """Everybody has money, and the PIN that guardians sign with."""
    await bank.settle()
    for person in (ALICE, BOB, CAROL):
        await bank.set_pin(person)


async def minor(bank: Bank, person: int = KID) -> int:
    """Somebody says that they are under 18."""
    met = await bank.run(Meet(key=bank.key(), telegram_id=person, language="en"))
    assert isinstance(met, Met)
    await bank.run(ChooseLanguage(key=bank.key(), member=met.member, language="en"))
    await bank.run(DeclareMinor(key=bank.key(), member=met.member))
    bank.members[person] = met.member
    return met.member


def until(bank: Bank) -> int:
    """The end of a link that is made now."""
    return bank.clock.now // 1_000_000 + LINK_LIFE


def accepts(bank: Bank, guardian: int, ward: int = KID, *, seal: str = "", end: int = 0, pin: int = 1
            ) -> BecomeGuardian:
    number, end = bank.members[ward], end or until(bank)
    return BecomeGuardian(key=bank.key(), guardian=bank.members[guardian], ward=number, until=end,
                          seal=seal or seal_of(VERIFIED, number, end), pin_version=pin)


def decides(bank: Bank, guardian: int, what: str, value: int, ward: int = KID, *, pin: int = 1) -> DecideForWard:
    return DecideForWard(key=bank.key(), guardian=bank.members[guardian], ward=bank.members[ward], what=what,
                         value=value, pin_version=pin)


def leaves(bank: Bank, member: int, ward: int = KID) -> LeaveGuardian:
    return LeaveGuardian(key=bank.key(), member=bank.members[member], ward=bank.members[ward])


def verifies(bank: Bank, who: int, born: date) -> GiveIdentity:
    return GiveIdentity(key=bank.key(), member=bank.members[who], digest=f"{who:064x}", sealed=b"sealed",
                        born=born.toordinal())


def releases(bank: Bank) -> ReleaseWard:
    return ReleaseWard(key=bank.key(), ward=bank.members[KID])


def told(bank: Bank, who: int) -> list[str]:
    return [notice.event for notice in bank.told if notice.member == bank.members[who]]


async def joins(bank: Bank, person: int = KID) -> None:
    """What comes after the guardian's word, as for everybody; and some money."""
    member = bank.members[person]
    for document in (USER, PAYMENT):
        await bank.run(Accept(key=bank.key(), member=member, documents=((document.name, document.version),),
                              language="en", chat=person))
    await bank.run(ShareContact(key=bank.key(), member=member, phone_digest=f"{person:064x}", sealed_phone=b"sealed",
                                wrapped_key=b"wrapped", nickname=f"member {person}"))
    await bank.run(TopUp(key=bank.key(), member=member, amount=10_000))


async def guarded(bank: Bank, guardian: int = ALICE, *, end: int = 0) -> None:
    await minor(bank)
    await bank.run(accepts(bank, guardian, end=end))
    await joins(bank)


async def refused(bank: Bank, command: Command, kind: type[refusals.Refusal]) -> None:
    with pytest.raises(kind):
        await bank.run(command)


async def test_a_minor_joins_once_somebody_answers_for_them(bank: Bank) -> None:
    number = await minor(bank)
    with pytest.raises(refusals.JoiningOutOfOrder):
        await joins(bank)
    await bank.run(accepts(bank, ALICE))
    await joins(bank)
    assert bank.row(Member, number).state == "active"
    await bank.pays(KID, BOB, amount=5)


async def test_nobody_answers_for_somebody_who_did_not_ask_them(bank: Bank) -> None:
    await minor(bank)
    await minor(bank, 502)
    for seal in ("0" * 32, seal_of(VERIFIED, bank.members[502], until(bank)), "é"):
        await refused(bank, accepts(bank, ALICE, seal=seal), refusals.GuardianUnknown)
    await refused(bank, accepts(bank, ALICE, BOB), refusals.GuardedAlready)
    await refused(bank, accepts(bank, ALICE, pin=0), refusals.PinNeeded)
    await bank.run(accepts(bank, ALICE))
    await refused(bank, accepts(bank, BOB), refusals.GuardedAlready)
    assert told(bank, KID) == ["GuardianAnswered"]


async def test_a_link_works_once_and_not_for_ever(bank: Bank) -> None:
    await minor(bank)
    first = until(bank)
    await bank.run(DeclineWard(key=bank.key(), guardian=bank.members[BOB], ward=bank.members[KID], until=first,
                               seal=seal_of(VERIFIED, bank.members[KID], first)))
    bank.clock.forward(hours=24 * 7)
    await refused(bank, accepts(bank, ALICE, end=first), refusals.GuardianLinkOver)
    second = until(bank)
    bank.clock.forward(hours=1)
    await bank.run(accepts(bank, ALICE, end=second))
    bank.clock.forward(hours=1)
    await bank.run(leaves(bank, ALICE))
    await refused(bank, accepts(bank, BOB, end=second), refusals.GuardianLinkOver)
    assert bank.row(Member, bank.members[KID]).step == "barred"
    await bank.run(accepts(bank, BOB))
    await joins(bank)
    assert told(bank, KID) == ["GuardianAnswered", "GuardianAnswered", "GuardianLeft", "GuardianAnswered"]


async def test_only_a_verified_adult_who_may_act_is_a_guardian_and_nobody_their_own(bank: Bank) -> None:
    await guarded(bank)
    await minor(bank, 502)
    await refused(bank, accepts(bank, KID, 502), refusals.GuardianNotAllowed)
    await refused(bank, accepts(bank, 502, 502), refusals.NotAMember)
    await bank.set_pin(KID)
    await bank.run(leaves(bank, ALICE))
    await refused(bank, accepts(bank, KID, KID), refusals.OwnGuardian)
    for state in ("banned", "frozen", "dormant"):
        bank.change(BOB, state=state)
        await refused(bank, accepts(bank, BOB, 502), refusals.GuardianNotAllowed)
    bank.change(BOB, state="active")
    async with open_bank("") as unverified:
        await settled(unverified)
        await minor(unverified)
        await refused(unverified, accepts(unverified, ALICE), refusals.LevelNeeded)


async def test_one_answers_for_a_few_at_most(bank: Bank) -> None:
    for person in range(600, 600 + MOST_WARDS):
        await minor(bank, person)
        await bank.run(accepts(bank, ALICE, person))
    await minor(bank)
    await refused(bank, accepts(bank, ALICE), refusals.TooManyWards)
    await bank.run(leaves(bank, ALICE, 600))
    await bank.run(accepts(bank, ALICE))


async def test_what_the_guardian_allows_bounds_each_payment_and_the_day(bank: Bank) -> None:
    await guarded(bank)
    await bank.run(decides(bank, ALICE, "payment", 50))
    await bank.run(decides(bank, ALICE, "day", 80))
    await refused(bank, bank.send(KID, BOB, amount=51), refusals.GuardianLimitReached)
    await bank.pays(KID, BOB, amount=50)
    await refused(bank, bank.send(KID, BOB, amount=31), refusals.GuardianLimitReached)
    await refused(bank, bank.send(KID, BOB, CAROL, amount=16), refusals.GuardianLimitReached)
    await bank.pays(KID, BOB, amount=30)
    await bank.run(decides(bank, ALICE, "day", 0))
    await bank.pays(KID, BOB, amount=20)
    await bank.run(decides(bank, ALICE, "month", 120))
    await refused(bank, bank.send(KID, BOB, amount=21), refusals.GuardianLimitReached)
    bank.clock.forward(hours=24)
    await bank.pays(KID, BOB, amount=20)
    await refused(bank, bank.send(KID, BOB, amount=1), refusals.GuardianLimitReached)
    bank.clock.forward(hours=24 * 31)
    await bank.pays(KID, BOB, amount=50)


async def test_what_waits_stays_where_it_is_while_the_guardian_stops_payments(bank: Bank) -> None:
    await guarded(bank)
    made = await bank.makes(KID, amount=30)
    await bank.run(decides(bank, ALICE, "stopped", 1, pin=0))
    await refused(bank, bank.send(KID, BOB, amount=1), refusals.GuardianStopped)
    with pytest.raises(refusals.Refusal):
        await bank.run(bank.redeem(made, BOB))
    await refused(bank, decides(bank, ALICE, "stopped", 0, pin=0), refusals.PinNeeded)
    await bank.run(decides(bank, ALICE, "stopped", 0))
    await bank.run(bank.redeem(made, BOB))


async def test_stricter_asks_for_nothing_and_looser_for_the_guardians_pin(bank: Bank) -> None:
    await guarded(bank)
    await bank.run(decides(bank, ALICE, "day", 80, pin=0))
    await bank.run(decides(bank, ALICE, "day", 50, pin=0))
    for value in (51, 0):
        await refused(bank, decides(bank, ALICE, "day", value, pin=0), refusals.PinNeeded)
    await bank.run(decides(bank, ALICE, "day", 0))
    assert told(bank, KID).count("WardRulesChanged") == 3


async def test_only_the_guardian_decides_and_somebody_elses_ward_is_like_none(bank: Bank) -> None:
    await guarded(bank)
    for command in (decides(bank, BOB, "day", 10**4), decides(bank, KID, "day", 0), leaves(bank, BOB),
                    decides(bank, ALICE, "day", 0, BOB)):
        await refused(bank, command, refusals.GuardianUnknown)
    await refused(bank, decides(bank, ALICE, "day", -1), refusals.SettingOutOfRange)


async def test_without_a_guardian_who_may_act_money_comes_in_and_none_goes_out(bank: Bank) -> None:
    await guarded(bank)
    bank.change(ALICE, state="banned")
    await refused(bank, bank.send(KID, BOB, amount=1), refusals.GuardianAway)
    await refused(bank, decides(bank, ALICE, "day", 10), refusals.GuardianNotAllowed)
    bank.change(ALICE, state="active")
    await bank.run(decides(bank, ALICE, "day", 10))
    await bank.run(leaves(bank, ALICE))
    await refused(bank, bank.send(KID, BOB, amount=1), refusals.NoGuardian)
    await refused(bank, decides(bank, ALICE, "day", 0), refusals.GuardianUnknown)
    await bank.pays(BOB, KID, amount=1)
    await bank.run(accepts(bank, CAROL))
    assert bank.row(Ward, bank.members[KID]).day == 0
    await bank.pays(KID, BOB, amount=11)
    await bank.run(leaves(bank, KID))
    assert told(bank, CAROL)[-1] == "GuardianLeft"
    await refused(bank, leaves(bank, KID), refusals.GuardianUnknown)


async def test_a_minor_is_free_on_the_day_that_their_number_tells(bank: Bank) -> None:
    await guarded(bank)
    today = datetime.fromtimestamp(bank.clock.now / 1_000_000, ZONE).date()
    tomorrow = today + timedelta(days=1)
    assert isinstance(await bank.run(releases(bank)), Released)
    outcome = await bank.run(verifies(bank, KID, tomorrow.replace(year=tomorrow.year - 18)))
    assert outcome == Verified(tomorrow.toordinal(), False)
    assert await bank.run(releases(bank)) == Released(False)
    bank.clock.forward(hours=24)
    assert await bank.run(releases(bank)) == Released(True)
    assert await bank.run(releases(bank)) == Released(False)
    assert told(bank, KID)[-1] == told(bank, ALICE)[-1] == "CameOfAge"
    await refused(bank, decides(bank, ALICE, "day", 1), refusals.GuardianUnknown)
    await bank.pays(KID, BOB, amount=11)


async def test_a_guardian_has_a_week_to_object_to_a_number_that_says_adult(bank: Bank) -> None:
    await guarded(bank)
    await bank.run(decides(bank, ALICE, "payment", 10))
    outcome = await bank.run(verifies(bank, KID, date(1990, 1, 1)))
    assert isinstance(outcome, Verified)
    assert told(bank, ALICE)[-1] == "AgeShown"
    await refused(bank, bank.send(KID, BOB, amount=11), refusals.GuardianLimitReached)
    bank.clock.forward(hours=24 * (DAYS_TO_OBJECT - 1))
    assert await bank.run(releases(bank)) == Released(False)
    bank.clock.forward(hours=24)
    assert await bank.run(releases(bank)) == Released(True)
    await bank.pays(KID, BOB, amount=11)


async def test_who_turns_out_to_be_under_age_answers_for_nobody_and_finds_a_guardian(bank: Bank) -> None:
    await guarded(bank, BOB)
    await bank.run(verifies(bank, BOB, date(2015, 1, 1)))
    await refused(bank, bank.send(KID, CAROL, amount=1), refusals.GuardianAway)
    await refused(bank, bank.send(BOB, CAROL, amount=1), refusals.NoGuardian)
    await bank.run(accepts(bank, ALICE, BOB))
    await bank.pays(BOB, CAROL, amount=1)


async def test_twenty_at_once_spend_no_more_than_the_guardian_allows(database_url: str) -> None:
    async with open_bank(database_url, policy=VERIFIED) as bank:
        await settled(bank)
        await guarded(bank, end=2**40)  # The database has a clock of its own.
        await bank.run(decides(bank, ALICE, "day", 100))
        ways = [bank.run(bank.send(KID, BOB, amount=30, chat=GROUP)) for _ in range(20)]
        done = await asyncio.gather(*ways, return_exceptions=True)
        assert sum(not isinstance(one, BaseException) for one in done) == 3
        assert sum(isinstance(one, refusals.GuardianLimitReached) for one in done) == 17
        assert await bank.balance(KID) == 10_000 - 90


async def stopped(bank: Bank, **changes: object) -> list[tuple[str, bool]]:
    """What the minor is told, and whether it stops them, once their guardian is like this and the clock has looked
    twice."""
    bank.change(ALICE, **changes)
    before = len(bank.told)
    for _ in range(2):
        await bank.run(TellWard(key=bank.key(), ward=bank.members[KID]))
    told = [read(notice.event, notice.facts) for notice in bank.told[before:] if notice.member == bank.members[KID]]
    return [(type(one).__name__, one.away) for one in told if isinstance(one, GuardianStands)]


@pytest.mark.parametrize("changes", [
    {"state": "frozen", "penalties": "frozen:0:7"}, {"state": "banned", "penalties": "banned:0:7"},
    {"state": "dormant"}, {"safeguards": int(Safeguard.WARD | Safeguard.UNGUARDED)}], ids=str)
async def test_a_minor_hears_once_that_their_guardian_is_stopped_and_once_that_they_are_no_more(
        bank: Bank, changes: dict[str, object]) -> None:
    await guarded(bank)
    assert await stopped(bank) == []
    assert await stopped(bank, **changes) == [("GuardianStands", True)]
    with pytest.raises(refusals.GuardianAway):
        await bank.run(bank.send(KID, BOB, amount=1))
    assert await stopped(bank, state="active", penalties="", safeguards=0) == [("GuardianStands", False)]


async def test_a_new_guardian_begins_anew(bank: Bank) -> None:
    await guarded(bank)
    await stopped(bank, state="dormant")
    bank.clock.forward(minutes=1)
    await bank.run(leaves(bank, KID))
    assert await stopped(bank) == []
    await bank.run(accepts(bank, BOB, end=until(bank)))
    assert bank.row(Ward, bank.members[KID]).away == 0
    assert await stopped(bank) == []
