"""What movements are judged by: each rule by the facts that make it, and what becomes of the money."""
from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final, cast

import pytest
from msgspec import structs

from tests.fakes.store import FakeStore
from tests.wallet.bank import ALICE, BOB, CAROL, POLICY, Bank, open_bank
from wallet import habits, ids, refusals, rules
from wallet.books import Books
from wallet.commands import Command, Outcome
from wallet.drafts import Asked
from wallet.events import PaymentChecked, PaymentStopped, read
from wallet.gate import Safeguard
from wallet.holds import CancelHold, Claimed, ExpireHold, Returned, SettleHold
from wallet.movements import AccountKind
from wallet.operators import AppointOwners
from wallet.pins import PinFailed
from wallet.proposals import Approve, Propose, Proposed, Sign
from wallet.releases import ReleaseDeed, SendBackCheck
from wallet.reports import Report
from wallet.rows import BY_NAME, TO_ARRIVE, TO_CHECK, Account, Habit, Hold, Interception, Member, Pair
from wallet.rules import RULES, Facts, RulesWrong, Verdict
from wallet.transfers import Sent

OWNER: Final = 1
DAVE, ERIN, GRACE = 104, 105, 106
MAKES: Final[dict[str, Facts]] = {
    "speed": Facts(count=40, sum=200_000),
    "flood": Facts(count=300, sum=2_000_000),
    "habit": Facts(payments=10, times_usual=10, amount=100_000),
    "first_time": Facts(first=1, amount=300_000),
    "new_account": Facts(strangers=5, sum=100_000, age=6),
    "straight_out": Facts(came=300_000, passed_on=80, first=1),
    "wrong_pin": Facts(wrong_pins=4, first=1, amount=50_000),
    "drain": Facts(strangers=3, drained=80, sum=200_000, age=30),
    "many_to_one": Facts(receiver_came_from=30, first=1, receiver_age=29),
    "reported": Facts(receiver_reports=3, first=1, amount=10_000),
}
"""The least that each applies to."""
BARELY: Final = {"new_account": {"age": 7}, "many_to_one": {"receiver_age": 30}}


@pytest.mark.parametrize("name", rules.NAMES)
def test_a_rule_applies_from_its_bounds_on_and_not_before(name: str) -> None:
    rule, facts = next(rule for rule in RULES if rule.name == name), MAKES[name]
    assert rule.applies(facts)
    for fact, bound in rule.at_least.items():
        assert not rule.applies(structs.replace(facts, **{fact: bound - 1}))
    for fact, bound in BARELY.get(name, {}).items():
        assert not rule.applies(structs.replace(facts, **{fact: bound}))


def test_the_severest_wins_and_what_is_on_trial_does_nothing() -> None:
    both = structs.replace(MAKES["drain"], first=1, amount=300_000)
    assert getattr(rules.severest(rules.applying(RULES, both), dry=False), "name", "") == "drain"
    tried = rules.changed('{"drain": {"dry": true}}')
    assert getattr(rules.severest(rules.applying(tried, both), dry=False), "name", "") == "first_time"
    assert getattr(rules.severest(rules.applying(tried, both), dry=True), "name", "") == "drain"
    assert not rules.applying(RULES, Facts())


def test_rules_are_changed_by_a_setting() -> None:
    found = {rule.name: rule for rule in rules.changed(
        '{"speed": null, "habit": {"verdict": "cool", "at_least": {"amount": 5}}}')}
    assert "speed" not in found
    assert (found["habit"].verdict, found["habit"].at_least["amount"]) == (Verdict.COOL, 5)
    assert found["habit"].at_least["payments"] == 10
    assert all(rule.dry for rule in rules.changed("", dry=True))
    for wrong in ("[]", "x", '{"nothing": {}}', '{"habit": {"verdict": "burn"}}', '{"habit": {"at_least": {"x": 1}}}',
                  '{"habit": {"below": {"age": "7"}}}', '{"habit": {"so": 1}}', '{"habit": 3}'):
        with pytest.raises(RulesWrong):
            rules.changed(wrong)


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with open_bank("", policy=replace(POLICY, no_pin_limit=10_000_000)) as opened:
        await opened.run(AppointOwners(key="owners", telegram_ids=(OWNER, DAVE, GRACE)))
        for person in (ALICE, BOB, CAROL, DAVE, ERIN, GRACE):
            await opened.join(person, 300_000)
        for operator in (DAVE, GRACE):
            await opened.set_pin(operator)
        opened.clock.forward(hours=24 * 40)
        yield opened


async def refused(bank: Bank, command: Command, refusal: type[refusals.Refusal]) -> None:
    with pytest.raises(refusal):
        await bank.run(command)


async def drained(bank: Bank) -> int:
    """A stolen wallet pays one stranger after the other; the third payment is held back. Returns its hold."""
    await bank.pays(ALICE, BOB, amount=100_000)
    await bank.pays(ALICE, CAROL, amount=90_000)
    sent = await bank.pays(ALICE, ERIN, amount=90_000)
    assert sent.purposes == (TO_CHECK,)
    return sent.holds[0]


def told(bank: Bank, kind: type[object]) -> list[object]:
    return [read(notice.event, notice.facts) for notice in bank.told if notice.event == kind.__name__]


async def release(bank: Bank, hold: int, operator: int = GRACE, amount: int = 90_000) -> Outcome:
    """An operator signs that it goes on."""
    deed = ReleaseDeed(hold, bank.members[ALICE], ERIN, bank.members[ERIN], amount, "it was her")
    asked = await bank.run(Propose(key=bank.key(), member=bank.members[operator], deed=deed.text(), token=bank.key()))
    assert isinstance(asked, Asked)
    return await bank.run(Sign(key=bank.key(), member=bank.members[operator], token=asked.token, pin_version=1))


def send_back(bank: Bank, hold: int, operator: int = OWNER) -> SendBackCheck:
    return SendBackCheck(key=bank.key(), operator=operator, hold=hold, reason="it was not her")


async def test_a_drained_wallet_stops_at_the_third_stranger_and_all_hear_of_it(bank: Bank) -> None:
    hold = await drained(bank)
    assert (await bank.balance(ERIN), await bank.balance(ALICE), await bank.balance(ALICE, 1)) == (
        300_000, 20_000, 90_000)
    held, = told(bank, PaymentStopped)
    assert isinstance(held, PaymentStopped)
    assert (held.rule, held.person, held.amount) == ("drain", ERIN, 90_000)
    assert [getattr(one, "became", "") for one in told(bank, PaymentChecked)] == ["held"]
    assert bank.row(Interception, hold).state == "open"
    await refused(bank, CancelHold(key=bank.key(), member=bank.members[ALICE], hold=hold), refusals.HoldChecked)
    await bank.whole()


async def test_what_is_held_back_is_decided_once(bank: Bank) -> None:
    hold = await drained(bank)
    with pytest.raises(refusals.NotAllowed):
        await release(bank, hold, BOB)
    assert isinstance(await release(bank, hold), Claimed)
    assert await bank.balance(ERIN) == 390_000
    with pytest.raises(refusals.CheckOver) as over:
        await bank.run(send_back(bank, hold))
    assert over.value == refusals.CheckOver("released")
    with pytest.raises(refusals.CheckOver):
        await release(bank, hold)
    assert bank.row(Interception, hold).state == "released"
    await bank.whole()


async def test_what_is_sent_back_is_its_payers_again(bank: Bank) -> None:
    hold = await drained(bank)
    assert isinstance(await bank.run(send_back(bank, hold)), Returned)
    assert await bank.balance(ALICE) == 110_000
    with pytest.raises(refusals.CheckOver) as over:
        await release(bank, hold)
    assert over.value == refusals.CheckOver("sent_back")
    await bank.whole()


async def test_a_large_amount_goes_on_when_two_have_signed(bank: Bank) -> None:
    await bank.pays(ALICE, BOB, amount=100_000)
    await bank.pays(ALICE, CAROL, amount=50_000)
    hold = (await bank.pays(ALICE, ERIN, amount=110_000)).holds[0]
    with pytest.raises(refusals.CheckOver):  # A deed that names another amount is about no payment.
        await release(bank, hold, amount=90_000)
    proposed = await release(bank, hold, amount=110_000)
    assert isinstance(proposed, Proposed)
    assert await bank.balance(ERIN) == 300_000
    with pytest.raises(refusals.OwnProposal):
        await bank.run(Approve(key=bank.key(), member=bank.members[GRACE], proposal=proposed.proposal, token="own"))
    await bank.run(Approve(key=bank.key(), member=bank.members[DAVE], proposal=proposed.proposal, token="second"))
    assert isinstance(await bank.run(Sign(key=bank.key(), member=bank.members[DAVE], token="second", pin_version=1)),
                      Claimed)
    assert await bank.balance(ERIN) == 410_000
    await bank.whole()


async def test_what_nobody_decides_goes_back_after_three_days(bank: Bank) -> None:
    hold = await drained(bank)
    bank.clock.forward(hours=72)
    with pytest.raises(refusals.CheckOver) as over:
        await release(bank, hold)
    assert over.value == refusals.CheckOver("expired")
    await bank.run(ExpireHold(key=bank.key(), hold=hold))
    assert await bank.balance(ALICE) == 110_000
    assert bank.row(Interception, hold).state == "expired"
    await bank.whole()


async def test_nobody_decides_about_money_of_or_for_themselves(bank: Bank) -> None:
    await bank.pays(ALICE, BOB, amount=100_000)
    await bank.pays(ALICE, CAROL, amount=90_000)
    hold = (await bank.pays(ALICE, DAVE, amount=90_000)).holds[0]
    await refused(bank, send_back(bank, hold, DAVE), refusals.OnOneself)
    deed = ReleaseDeed(hold, bank.members[ALICE], DAVE, bank.members[DAVE], 90_000, "it was her")
    await refused(bank, Propose(key=bank.key(), member=bank.members[DAVE], deed=deed.text(), token="own"),
                  refusals.OnOneself)


async def test_who_was_banned_meanwhile_is_not_paid(bank: Bank) -> None:
    hold = await drained(bank)
    bank.change(ERIN, state="banned", penalties="banned:0:1")
    with pytest.raises(refusals.PayeeStopped):
        await release(bank, hold)
    assert bank.row(Interception, hold).state == "open"
    assert isinstance(await bank.run(send_back(bank, hold)), Returned)


async def test_what_a_frozen_payer_sent_is_sent_back_but_never_let_go_on(bank: Bank) -> None:
    hold = await drained(bank)
    bank.change(ALICE, state="frozen", penalties="frozen:0:1")
    with pytest.raises(refusals.PayerStopped):
        await release(bank, hold)
    assert bank.row(Interception, hold).state == "open"
    assert isinstance(await bank.run(send_back(bank, hold)), Returned)
    assert await bank.balance(ALICE) == 110_000


async def test_money_that_merely_waits_is_none_of_the_operators(bank: Bank) -> None:
    waits = (await bank.pays(ALICE, 999, amount=100)).holds[0]
    await refused(bank, send_back(bank, waits), refusals.CheckOver)


async def test_wrong_pins_and_then_a_stranger_cool_off(bank: Bank) -> None:
    await bank.set_pin(ALICE)
    for _ in range(4):
        with pytest.raises((refusals.PinWrong, refusals.PinLocked)):
            await bank.run(PinFailed(key=bank.key(), member=bank.members[ALICE]))
    asked = await bank.run(bank.send(ALICE, BOB, amount=60_000))
    assert isinstance(asked, Asked)
    assert asked.needs == "pin"


async def test_what_cools_off_arrives_by_itself_and_can_be_taken_back(bank: Bank) -> None:
    for person in (BOB, CAROL, ERIN):
        await bank.run(Report(key=bank.key(), member=bank.members[person], reported=bank.members[DAVE], digest="d",
                              sealed=b""))
    assert bank.row(Habit, bank.members[DAVE]).reports == 3
    sent = await bank.pays(ALICE, DAVE, amount=10_000)
    assert sent.purposes == (TO_CHECK,)
    cooled = await _cools(bank)
    assert bank.row(Hold, cooled.holds[0]).purpose == TO_ARRIVE
    bank.clock.forward(minutes=15)
    settled = await bank.run(SettleHold(key=bank.key(), hold=cooled.holds[0], receiver=bank.members[CAROL]))
    assert isinstance(settled, Claimed)


async def _cools(bank: Bank) -> Sent:
    from wallet.drafts import Confirm
    await bank.set_pin(BOB)
    for _ in range(4):
        with pytest.raises((refusals.PinWrong, refusals.PinLocked)):
            await bank.run(PinFailed(key=bank.key(), member=bank.members[BOB]))
    asked = await bank.run(bank.send(BOB, CAROL, amount=60_000))
    assert isinstance(asked, Asked)
    sent = await bank.run(Confirm(key=bank.key(), member=bank.members[BOB], token=asked.token, pin_version=1))
    assert isinstance(sent, Sent)
    return sent


async def test_what_cannot_wait_is_refused_and_written_down(bank: Bank) -> None:
    await bank.pays(ALICE, BOB, amount=100_000)
    await bank.pays(ALICE, CAROL, amount=90_000)
    request = await bank.asks_for(ERIN, ALICE, amount=90_000)
    await refused(bank, bank.pay_request(ALICE, request), refusals.StoppedForSafety)
    assert len(told(bank, PaymentStopped)) == 1
    assert await bank.balance(ALICE) == 110_000


async def test_a_rule_on_trial_is_written_down_and_stops_nothing() -> None:
    tried = replace(POLICY, no_pin_limit=10_000_000, rules=rules.changed('{"drain": {"dry": true}}'))
    async with open_bank("", policy=tried) as bank:
        for person in (ALICE, BOB, CAROL, ERIN):
            await bank.join(person, 300_000)
        for person in (BOB, CAROL, ERIN):
            assert (await bank.pays(ALICE, person, amount=90_000)).purposes == ("",)
        noted = list(bank.store.all(Interception))  # type: ignore[attr-defined]
        assert [(row.rule, row.verdict, row.state) for row in noted] == [("drain", "dry hold", "noted")]
        assert bank.row(Member, bank.members[ALICE]).waiting == 0


async def test_a_mark_says_that_something_was_noted_and_goes_when_it_is_over(bank: Bank) -> None:
    await bank.set_pin(ALICE)
    with pytest.raises(refusals.PinWrong):
        await bank.run(PinFailed(key=bank.key(), member=bank.members[ALICE]))
    await bank.run(Report(key=bank.key(), member=bank.members[CAROL], reported=bank.members[BOB], digest="d",
                          sealed=b""))
    assert _noted(bank) == {ALICE, BOB}
    await bank.pays(ALICE, BOB, amount=100)
    assert _noted(bank) == {ALICE, BOB}
    bank.clock.forward(hours=24)
    await bank.pays(ALICE, CAROL, amount=100)
    assert _noted(bank) == {BOB}
    bank.clock.forward(hours=24 * 13)
    await bank.pays(BOB, CAROL, amount=100)
    assert _noted(bank) == set()


def _noted(bank: Bank) -> set[int]:
    return {person for person, member in bank.members.items() if bank.row(Member, member).safeguards & Safeguard.NOTED}


async def test_what_came_from_those_who_never_paid_before_is_counted_in_the_account(bank: Bank) -> None:
    for amount in (100, 50):
        await bank.pays(BOB, ALICE, amount=amount)
    await bank.pays(CAROL, ALICE, amount=30)
    account = bank.row(Account, ids.account(bank.members[ALICE], AccountKind.AVAILABLE))
    assert (account.came_from, account.came_sum) == (2, 130)
    assert isinstance(bank.store, FakeStore)
    assert bank.store.rows.keys().isdisjoint((Habit, member) for member in bank.members.values())


async def test_a_cent_sent_ahead_makes_nobody_known(bank: Bank) -> None:
    for receiver in (BOB, CAROL, DAVE):
        await bank.pays(ALICE, receiver, amount=1)
    hold = await drained(bank)
    assert bank.row(Interception, hold).rule == "drain"


class Known:
    """Books in which one was paid 10.00 by the other."""

    def find(self, kind: type[Pair], key: tuple[int, int]) -> Pair | None:
        return Pair(*key, 1, 1_000, 0, BY_NAME) if key == (64, 128) else None


@pytest.mark.parametrize(("receiver", "amount", "is_one"), [
    (128, 10_000, False), (128, 10_001, True), (192, 1, True)])
def test_whoever_was_paid_a_tenth_of_it_before_is_no_stranger(receiver: int, amount: int, is_one: bool) -> None:
    assert habits.is_stranger(cast("Books", Known()), 64, receiver, amount) is is_one
