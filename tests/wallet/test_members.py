"""Joining: one wallet per Telegram account and phone number, in order, resumable."""
from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.wallet.bank import PAYMENT, POLICY, USER, Bank, open_bank
from wallet import refusals
from wallet.agreements import Accept, Terms, versions
from wallet.members import (
    ChangeNickname,
    ChooseLanguage,
    DeclareMinor,
    Joined,
    Meet,
    Met,
    Nicknamed,
    ShareContact,
    TakeBackMinor,
)
from wallet.pins import too_simple
from wallet.rows import Acceptance, Audit, Member, Profile

DAY = 24 * 60 * 60 * 1_000_000


def contact(bank: Bank, member: int, digest: str = "d") -> ShareContact:
    return ShareContact(key=bank.key(), member=member, phone_digest=digest, sealed_phone=b"", wrapped_key=b"",
                        nickname="Alice")


def accept(bank: Bank, member: int, name: str = USER.name, version: str = USER.version) -> Accept:
    return Accept(key=bank.key(), member=member, documents=((name, version),), language="zh_CN", chat=member)


async def met(bank: Bank, telegram_id: int = 101, payload: str = "") -> Met:
    outcome = await bank.run(Meet(key=bank.key(), telegram_id=telegram_id, language="en", payload=payload))
    assert isinstance(outcome, Met)
    return outcome


async def test_meeting_twice_at_once_makes_one_member() -> None:
    async with open_bank("") as bank:
        outcomes = await asyncio.gather(*[met(bank) for _ in range(10)])
        assert len({outcome.member for outcome in outcomes}) == 1


async def test_joining_goes_on_where_it_was_left_and_remembers_what_the_person_came_for() -> None:
    async with open_bank("") as bank:
        first = await met(bank, payload="claim_ABC")
        assert first.step == "language"
        await bank.run(ChooseLanguage(key=bank.key(), member=first.member, language="zh_CN"))
        assert (await met(bank)).step == "agree"
        await bank.run(accept(bank, first.member))
        assert (await met(bank)).step == "contact"
        joined = await bank.run(contact(bank, first.member))
        assert joined == Joined(first.member, "claim_ABC")
        assert (await met(bank)).step == ""


async def test_whoever_says_to_be_under_18_may_take_that_back_once_and_accepts_nothing_meanwhile() -> None:
    async with open_bank("") as bank:
        member = (await met(bank)).member
        with pytest.raises(refusals.JoiningOutOfOrder):
            await bank.run(DeclareMinor(key=bank.key(), member=member))
        await bank.run(ChooseLanguage(key=bank.key(), member=member, language="en"))
        for step in ("minor", "barred"):
            await bank.run(DeclareMinor(key=bank.key(), member=member))
            await bank.run(DeclareMinor(key=bank.key(), member=member))
            assert (await met(bank)).step == step
            with pytest.raises(refusals.JoiningOutOfOrder):
                await bank.run(accept(bank, member))
            if step == "minor":
                await bank.run(TakeBackMinor(key=bank.key(), member=member))
                assert (await met(bank)).step == "agree"
        with pytest.raises(refusals.JoiningOutOfOrder):
            await bank.run(TakeBackMinor(key=bank.key(), member=member))


async def test_a_step_out_of_order_is_refused() -> None:
    async with open_bank("") as bank:
        member = (await met(bank)).member
        with pytest.raises(refusals.JoiningOutOfOrder) as refused:
            await bank.run(contact(bank, member))
        assert refused.value.step == "language"


async def test_a_phone_number_opens_one_wallet_even_when_two_share_it_at_once() -> None:
    async with open_bank("") as bank:
        commands = []
        for telegram_id in (101, 102):
            member = (await met(bank, telegram_id)).member
            await bank.run(ChooseLanguage(key=bank.key(), member=member, language="en"))
            await bank.run(accept(bank, member))
            commands.append(contact(bank, member, "same"))
        results = await asyncio.gather(*[bank.run(command) for command in commands], return_exceptions=True)
        assert sorted(type(result).__name__ for result in results) == ["Joined", "PhoneTaken"]


# ---------------------------------------------------------------------------------------------- agreements
async def test_an_acceptance_names_the_exact_text() -> None:
    async with open_bank("") as bank:
        member = (await met(bank)).member
        await bank.run(ChooseLanguage(key=bank.key(), member=member, language="zh_CN"))
        await bank.run(accept(bank, member))
        (row,) = bank.store.all(Acceptance)  # type: ignore[attr-defined]
        assert (row.document, row.version, row.language, row.sha256) == (USER.name, USER.version, "zh_CN", "b" * 64)


async def test_only_the_version_in_force_can_be_accepted() -> None:
    async with open_bank("") as bank:
        member = (await met(bank)).member
        for name, version in ((USER.name, "2020-01-01"), ("unknown", USER.version)):
            with pytest.raises(refusals.DocumentChanged):
                await bank.run(accept(bank, member, name, version))


async def test_a_significant_version_stops_spending_from_its_day_and_a_minor_one_does_not() -> None:
    soon = 1_770_000_000_000_000 + DAY
    for significant in (True, False):
        newer = replace(PAYMENT, version="2026-12-01", effective=soon, significant=significant)
        async with open_bank("", policy=replace(POLICY, terms=Terms((USER, PAYMENT, newer)))) as bank:
            await bank.join(101, 1_000)
            await bank.join(102)
            await bank.pays(101, 102, amount=1)
            bank.clock.forward(hours=24)
            if not significant:
                await bank.pays(101, 102, amount=1)
                continue
            with pytest.raises(refusals.AgreementsNeeded):
                await bank.run(bank.send(101, 102, amount=1))
            await bank.run(accept(bank, bank.members[101], PAYMENT.name, "2026-12-01"))
            await bank.pays(101, 102, amount=1)
            assert await bank.balance(102) == 2, "who has not accepted may still receive"


def test_the_versions_accepted_are_read_back() -> None:
    assert versions("a@2026-01-01 b@2026-02-01") == {"a": "2026-01-01", "b": "2026-02-01"}


async def test_a_language_is_remembered() -> None:
    async with open_bank("") as bank:
        member = await bank.join(101)
        await bank.run(ChooseLanguage(key=bank.key(), member=member, language="zh_CN"))
        (row,) = bank.store.all(Member)  # type: ignore[attr-defined]
        assert row.language == "zh_CN"


# ------------------------------------------------------------------------------------------------ nicknames
def rename(bank: Bank, member: int, name: str, key: str = "") -> ChangeNickname:
    return ChangeNickname(key=key or bank.key(), member=member, nickname=name)


def profiles(bank: Bank) -> list[tuple[str, int]]:
    rows = bank.store.all(Profile)  # type: ignore[attr-defined]
    return [(row.nickname, row.nickname_changes) for row in rows]


async def test_a_nickname_is_changed_once_and_never_again() -> None:
    async with open_bank("") as bank:
        member = await bank.join(101)
        assert await bank.run(rename(bank, member, "Green Tea")) == Nicknamed("Green Tea", True)
        with pytest.raises(refusals.NicknameSpent):
            await bank.run(rename(bank, member, "Black Tea"))
        assert profiles(bank) == [("Green Tea", 1)]


async def test_the_nickname_that_one_has_costs_nothing() -> None:
    async with open_bank("") as bank:
        member = await bank.join(101)
        assert await bank.run(rename(bank, member, "member 101")) == Nicknamed("member 101", False)
        assert await bank.run(rename(bank, member, "Green Tea")) == Nicknamed("Green Tea", True)
        assert await bank.run(rename(bank, member, "Green Tea")) == Nicknamed("Green Tea", False)
        assert profiles(bank) == [("Green Tea", 1)]


async def test_a_redelivered_change_of_nickname_is_the_same_change() -> None:
    async with open_bank("") as bank:
        member = await bank.join(101)
        outcomes = [await bank.run(rename(bank, member, "Green Tea", "once")) for _ in range(3)]
        assert outcomes == [Nicknamed("Green Tea", True)] * 3
        assert profiles(bank) == [("Green Tea", 1)]


async def test_of_ten_changes_at_once_one_is_made() -> None:
    async with open_bank("") as bank:
        member = await bank.join(101)
        results = await asyncio.gather(*[bank.run(rename(bank, member, f"Tea {number}")) for number in range(10)],
                                       return_exceptions=True)
        assert sorted(type(result).__name__ for result in results) == ["NicknameSpent"] * 9 + ["Nicknamed"]


async def test_two_may_have_the_same_nickname() -> None:
    async with open_bank("") as bank:
        for telegram_id in (101, 102):
            assert await bank.run(rename(bank, await bank.join(telegram_id), "Tea")) == Nicknamed("Tea", True)


async def test_whoever_is_still_joining_has_no_nickname_to_change() -> None:
    async with open_bank("") as bank:
        member = (await met(bank)).member
        with pytest.raises(refusals.NotAMember):
            await bank.run(rename(bank, member, "Green Tea"))


async def test_the_journal_never_tells_a_nickname() -> None:
    async with open_bank("") as bank:
        await bank.run(rename(bank, await bank.join(101), "Green Tea"))
        facts = [(row.act, row.facts) for row in bank.store.all(Audit)]  # type: ignore[attr-defined]
        assert ("nickname", "") in facts


# ----------------------------------------------------------------------------------------------------- PIN
@pytest.mark.parametrize("pin", ["111111", "123456", "654321", "890123", "121212", "112233", "123123", "123321",
                                 "001100", "246802", "800138"])
def test_a_pin_that_a_thief_tries_first_is_too_simple(pin: str) -> None:
    assert too_simple(pin, "+86 138 0013 8000")


@pytest.mark.parametrize("pin", ["739164", "250817", "903475"])
def test_an_ordinary_pin_is_fine(pin: str) -> None:
    assert not too_simple(pin, "+86 138 0013 8000")
