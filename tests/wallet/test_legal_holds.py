"""Orders of courts: nothing of what they hold goes out, whatever else happens, until two operators lift them."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select, update

from handlers.jobs.legal_holds import end_legal_holds
from storage.reads import SqlReads
from storage.reconcile import reconcile
from storage.tables import legal_holds, members
from tests.fakes.reads import FakeReads
from tests.fakes.store import FakeStore
from tests.wallet.bank import ALICE, BOB, CAROL, STRANGER, ZONE, Bank, open_bank
from wallet import events, refusals, withheld
from wallet.adjustments import AdjustDeed
from wallet.commands import Command
from wallet.dates import day_of
from wallet.drafts import Asked, Confirm
from wallet.engine import microseconds
from wallet.funding import TopUp
from wallet.givebacks import GiveBack
from wallet.holds import ClaimHold, ExpireHold, SettleHold
from wallet.identity import GiveIdentity
from wallet.legal_holds import MOST, EndLegalHold, LegalHoldDeed, LegallyFree, LegallyHeld, LiftLegalHoldDeed
from wallet.members import Meet, Met
from wallet.movements import ALL, LEAVES, RETURN
from wallet.moving import WAIT, AskMove, MoveDeed
from wallet.operators import ROLES, Appoint, AppointOwners
from wallet.penalties import Lift, Penalise
from wallet.proposals import Deed, Sign
from wallet.rows import Member, Schedule
from wallet.schedules import RunSchedule
from wallet.standing import BANNED, FROZEN
from wallet.transfers import Send
from wallet.vouchers import AskVoucher

COURT, CASE = "Pudong New Area People's Court", "(2026) Hu 0115 No. 123"
OWNER, FIRST, SECOND = 1, 107, 108
"""Operators; the second and third are members and have PINs."""


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Bank]:
    """Alice and Bob have money, Carol has none; two risk officers have PINs."""
    async with open_bank(url) as bank:
        await bank.settle()
        await bank.set_pin(ALICE)
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        for person in (FIRST, SECOND):
            await bank.join(person)
            await bank.set_pin(person)
            await bank.run(Appoint(key=bank.key(), operator=OWNER, person=person, role="risk"))
        yield bank


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with opened("") as one:
        yield one


def now_of(bank: Bank) -> int:
    return microseconds() if bank.database else bank.clock.now


def deed(bank: Bank, *, amount: int = 0, until: int = 0, who: int = ALICE, reference: str = CASE, dated: int = 0
         ) -> LegalHoldDeed:
    today = day_of(now_of(bank), ZONE)
    return LegalHoldDeed(bank.members[who], who, COURT, reference, dated or today, amount, until, "by registered mail")


async def proposes(bank: Bank, what: Deed, who: int = FIRST) -> int:
    return await bank.proposes(who, what)


async def approves(bank: Bank, proposal: int, who: int = SECOND) -> object:
    return await bank.approves(who, proposal)


async def holds(bank: Bank, *, amount: int = 0, until: int = 0, who: int = ALICE, reference: str = CASE) -> int:
    """Two operators write an order down."""
    what = deed(bank, amount=amount, until=until, who=who, reference=reference)
    done = await approves(bank, await proposes(bank, what))
    assert isinstance(done, LegallyHeld)
    return done.hold


async def lifts(bank: Bank, hold: int, who: int = ALICE) -> None:
    done = await approves(bank, await proposes(bank, LiftLegalHoldDeed(bank.members[who], who, hold, "paid")))
    assert done == LegallyFree(hold)


async def refused(bank: Bank, command: Command) -> refusals.Refusal:
    with pytest.raises(refusals.Refusal) as found:
        await bank.run(command)
    return found.value


def held_by_order(free: int = 0) -> refusals.HeldByOrder:
    return refusals.HeldByOrder(free, COURT, CASE)


def told(bank: Bank, kind: type[events.Event]) -> list[events.Event]:
    return [events.read(notice.event, notice.facts) for notice in bank.told if notice.event == kind.__name__]


# --------------------------------------------------------------------------------------------- what it keeps
async def test_nothing_goes_out_and_what_comes_in_is_kept(database_url: str) -> None:
    async with opened(database_url) as bank:
        hold = await holds(bank)
        assert await refused(bank, bank.send(ALICE, BOB, amount=1)) == held_by_order()
        await bank.pays(BOB, ALICE, amount=700)
        await bank.run(TopUp(key=bank.key(), member=bank.members[ALICE], amount=300))
        assert await bank.balance(ALICE) == 101_000
        assert await refused(bank, bank.send(ALICE, BOB, amount=1)) == held_by_order()
        await lifts(bank, hold)
        await bank.pays(ALICE, BOB, amount=1_000)


async def test_an_order_over_an_amount_leaves_the_rest_free(database_url: str) -> None:
    async with opened(database_url) as bank:
        await holds(bank, amount=90_000)
        assert await refused(bank, bank.send(ALICE, BOB, amount=10_001)) == held_by_order(10_000)
        await bank.pays(ALICE, BOB, amount=10_000)
        assert await refused(bank, bank.send(ALICE, BOB, amount=1)) == held_by_order()
        await bank.pays(BOB, ALICE, amount=5)
        await bank.pays(ALICE, BOB, amount=5)
        assert isinstance(await refused(bank, bank.send(ALICE, BOB, amount=90_001)), refusals.NotEnough)


async def test_two_orders_want_what_each_of_them_is_over(bank: Bank) -> None:
    await holds(bank, amount=60_000)
    other = await holds(bank, amount=30_000, reference="another case")
    assert await refused(bank, bank.send(ALICE, BOB, amount=10_001)) == held_by_order(10_000)
    await lifts(bank, other)
    await bank.pays(ALICE, BOB, amount=10_001)


async def test_an_order_over_more_than_there_is_fills_with_what_comes_in(bank: Bank) -> None:
    await holds(bank, amount=100_500)
    assert await refused(bank, bank.send(ALICE, BOB, amount=1)) == held_by_order()
    await bank.pays(BOB, ALICE, amount=600)
    await bank.pays(ALICE, BOB, amount=100)
    assert await refused(bank, bank.send(ALICE, BOB, amount=1)) == held_by_order()


async def _sends(bank: Bank) -> Command:
    return bank.send(ALICE, CAROL, amount=10)


async def _sets_aside(bank: Bank) -> Command:
    return bank.send(ALICE, STRANGER, amount=10)


async def _gives_back(bank: Bank) -> Command:
    sent = await bank.pays(BOB, ALICE, amount=10)
    return GiveBack(key=bank.key(), member=bank.members[ALICE], transfer=sent.transfers[0])


async def _pays_a_request(bank: Bank) -> Command:
    return bank.pay_request(ALICE, await bank.asks_for(BOB, ALICE, amount=10))


async def _pays_a_share(bank: Bank) -> Command:
    return bank.share(await bank.splits(BOB, ALICE, amount=20, heads=2), ALICE, maker=BOB)


async def _makes_a_voucher(bank: Bank) -> Command:
    return AskVoucher(key=bank.key(), payer=bank.members[ALICE], amount=10, uses=1, only=0, nonce="0" * 32, chat=0,
                      password="", token="a voucher")


async def _gives_under_a_card(bank: Bank) -> Command:
    return bank.wish(ALICE, amount=10, card="a card")


async def _confirms_what_was_asked_before(bank: Bank) -> Command:
    asked = await bank.asks(ALICE, CAROL, amount=10)
    return Confirm(key=bank.key(), member=bank.members[ALICE], token=asked.token, pin_version=1)


async def _takes_what_was_set_aside_before(bank: Bank) -> Command:
    sent = await bank.pays(ALICE, STRANGER, amount=10)
    await bank.join(STRANGER)
    return ClaimHold(key=bank.key(), member=bank.members[STRANGER], hold=sent.holds[0])


async def _redeems_what_was_made_before(bank: Bank) -> Command:
    return bank.redeem(await bank.makes(ALICE, amount=10), BOB)


WAYS_OUT = (_sends, _sets_aside, _gives_back, _pays_a_request, _pays_a_share, _makes_a_voucher, _gives_under_a_card,
            _confirms_what_was_asked_before, _takes_what_was_set_aside_before, _redeems_what_was_made_before)


@pytest.mark.parametrize("way", WAYS_OUT, ids=lambda way: way.__name__.strip("_"))
@pytest.mark.parametrize("amount", [0, 1_000_000], ids=["everything", "more than there is"])
async def test_no_way_leads_out(bank: Bank, way: Callable[[Bank], Awaitable[Command]], amount: int) -> None:
    command = await way(bank)
    before = await bank.balance(ALICE) + await bank.balance(ALICE, 1)
    await holds(bank, amount=amount)
    found = await refused(bank, command)
    assert found == held_by_order() or isinstance(found, refusals.PayerUnavailable)
    assert await bank.balance(ALICE) + await bank.balance(ALICE, 1) == before


async def test_what_was_set_aside_comes_back_and_is_held(bank: Bank) -> None:
    sent = await bank.pays(ALICE, STRANGER, amount=10)
    await holds(bank)
    bank.clock.forward(hours=25)
    await bank.run(ExpireHold(key=bank.key(), hold=sent.holds[0]))
    assert await bank.balance(ALICE) == 100_000
    assert await refused(bank, bank.send(ALICE, BOB, amount=10)) == held_by_order()


async def test_what_was_on_its_way_comes_back_instead_of_arriving(bank: Bank) -> None:
    asked = await bank.run(Send(key=bank.key(), payer=bank.members[ALICE], receivers=(BOB,), amount=10, sure=True,
                                members=(bank.members[BOB],), token="later", delay=2))
    assert not isinstance(asked, Asked)
    await holds(bank)
    bank.clock.forward(hours=3)
    (hold,) = asked.holds  # type: ignore[attr-defined]
    await bank.run(SettleHold(key=bank.key(), hold=hold, receiver=bank.members[BOB]))
    assert (await bank.balance(ALICE), await bank.balance(BOB)) == (100_000, 100_000)


async def test_a_red_envelope_that_was_given_before_belongs_to_those_who_open_it(bank: Bank) -> None:
    envelope = await bank.fills(ALICE, amount=100, shares=1)
    await holds(bank)
    await bank.opens(envelope.envelope, BOB)
    assert await bank.balance(ALICE) == 99_900


async def test_a_payment_that_comes_again_waits_and_does_not_end(bank: Bank) -> None:
    number = await bank.plans(ALICE, BOB, amount=10)
    await holds(bank)
    schedule = bank.row(Schedule, number)
    bank.clock.forward(hours=24)
    await bank.run(RunSchedule(key=bank.key(), schedule=number, day=schedule.next_day, tries=0))
    assert bank.row(Schedule, number).state == "active"
    (failed,) = told(bank, events.ScheduleFailed)
    assert isinstance(failed, events.ScheduleFailed)
    assert failed.why == "order"


def test_all_that_leaves_a_member_is_looked_at() -> None:
    assert {way.name for way in ALL.values() if way.source in (0, 1) and way.name != RETURN.name} == LEAVES


async def test_a_correction_takes_nothing_of_it(bank: Bank) -> None:
    await bank.run(Appoint(key=bank.key(), operator=OWNER, person=FIRST, role="admin"))
    await holds(bank, amount=99_990)
    with pytest.raises(refusals.HeldByOrder):
        await proposes(bank, AdjustDeed(bank.members[ALICE], -11, "counted twice"))
    await proposes(bank, AdjustDeed(bank.members[ALICE], -10, "counted twice"))
    await proposes(bank, AdjustDeed(bank.members[ALICE], 11, "missing"))


async def test_the_wallet_does_not_move_to_another_account(bank: Bank) -> None:
    await bank.run(GiveIdentity(key=bank.key(), member=bank.members[ALICE], digest="number", sealed=b"s",
                                born=726_000))
    met = await bank.run(Meet(key=bank.key(), telegram_id=STRANGER, language="en"))
    assert isinstance(met, Met)
    await bank.run(AskMove(key=bank.key(), member=met.member, phone=f"{ALICE:064x}", number="number"))
    hold = await holds(bank, amount=1)
    bank.clock.now += WAIT + 1
    moves = MoveDeed(bank.members[ALICE], ALICE, met.member, STRANGER, "identity card")
    with pytest.raises(refusals.HeldByOrder):
        await proposes(bank, moves)
    await lifts(bank, hold)
    await proposes(bank, moves)


# --------------------------------------------------------------------------------------------- who decides
@pytest.mark.parametrize("role", [*ROLES, ""])
async def test_only_those_whose_role_may_write_it_down(bank: Bank, role: str) -> None:
    await bank.run(Appoint(key=bank.key(), operator=OWNER, person=FIRST, role=role))
    if role in ("owner", "admin", "risk"):
        await proposes(bank, deed(bank))
    else:
        with pytest.raises(refusals.NotAllowed):
            await proposes(bank, deed(bank))


async def test_one_operator_is_too_few_and_nothing_is_held_until_the_second_signs(bank: Bank) -> None:
    proposal = await proposes(bank, deed(bank))
    with pytest.raises(refusals.OwnProposal):
        await approves(bank, proposal, FIRST)
    await bank.pays(ALICE, BOB, amount=5)
    await approves(bank, proposal)
    assert await refused(bank, bank.send(ALICE, BOB, amount=5)) == held_by_order()


async def test_nobody_signs_about_themselves_nor_about_an_operator(bank: Bank) -> None:
    for about in (FIRST, SECOND):
        with pytest.raises((refusals.OnOneself, refusals.OperatorPenalised)):
            await proposes(bank, deed(bank, who=about))
    hold = await holds(bank, amount=5)
    await bank.run(Appoint(key=bank.key(), operator=OWNER, person=ALICE, role="risk"))
    with pytest.raises((refusals.OnOneself, refusals.OperatorPenalised)):
        await proposes(bank, LiftLegalHoldDeed(bank.members[ALICE], ALICE, hold, "me"), ALICE)


async def test_an_order_is_not_of_tomorrow_and_does_not_end_before_it_begins(bank: Bank) -> None:
    for wrong in (deed(bank, dated=day_of(bank.clock.now, ZONE) + 1), deed(bank, until=bank.clock.now - 1)):
        with pytest.raises(refusals.LegalHoldDatesWrong):
            await proposes(bank, wrong)
    with pytest.raises(refusals.AmountOutOfRange):
        await proposes(bank, deed(bank, amount=withheld.EVERYTHING))


async def test_the_member_is_told_by_whom_and_under_which_reference(bank: Bank) -> None:
    hold = await holds(bank, amount=500)
    await lifts(bank, hold)
    placed, ended = (*told(bank, events.LegalHoldPlaced), *told(bank, events.LegalHoldEnded))
    assert placed == events.LegalHoldPlaced(hold, COURT, CASE, day_of(bank.clock.now, ZONE), 500, 0)
    assert ended == events.LegalHoldEnded(hold, COURT, CASE, True)


# --------------------------------------------------------------------------------------------- how it ends
async def test_it_outlives_a_ban_a_freeze_and_the_lifting_of_both(bank: Bank) -> None:
    await holds(bank)
    for kind in (FROZEN, BANNED):
        about = {"operator": FIRST, "person": ALICE, "member": bank.members[ALICE], "kind": kind}
        await bank.run(Penalise(key=bank.key(), reason="fraud", hours=1, **about))  # type: ignore[arg-type]
        await bank.run(Lift(key=bank.key(), **about))  # type: ignore[arg-type]
    assert await refused(bank, bank.send(ALICE, BOB, amount=5)) == held_by_order()


async def test_its_time_is_over_by_itself_however_late_the_clock_comes(database_url: str) -> None:
    async with opened(database_url) as bank:
        until = now_of(bank) + 3_600_000_000
        hold = await holds(bank, until=until)
        with pytest.raises(refusals.LegalHoldNotDue):
            await bank.run(EndLegalHold(key=bank.key(), hold=hold, member=bank.members[ALICE]))
        if bank.database is None:
            bank.clock.now = until
            await bank.pays(ALICE, BOB, amount=5)
            await bank.run(EndLegalHold(key=bank.key(), hold=hold, member=bank.members[ALICE]))
            assert bank.row(Member, bank.members[ALICE]).legal_holds == ""
            assert len(told(bank, events.LegalHoldRanOut)) == 1
            assert told(bank, events.LegalHoldEnded) == [events.LegalHoldEnded(hold, COURT, CASE, False)]
            with pytest.raises(refusals.LegalHoldOver):
                await bank.run(EndLegalHold(key=bank.key(), hold=hold, member=bank.members[ALICE]))


async def test_the_clock_finds_what_is_over(bank: Bank) -> None:
    hold = await holds(bank, until=bank.clock.now + 3_600_000_000)
    assert isinstance(bank.store, FakeStore)
    reads = FakeReads(bank.store)
    assert await end_legal_holds(bank.engine, reads, bank.clock.now) == 0
    bank.clock.forward(hours=2)
    assert await end_legal_holds(bank.engine, reads, bank.clock.now) == 1
    assert await end_legal_holds(bank.engine, reads, bank.clock.now) == 0
    with pytest.raises(refusals.LegalHoldOver):
        await proposes(bank, LiftLegalHoldDeed(bank.members[ALICE], ALICE, hold, "late"))


async def test_the_same_order_anew_takes_its_place_without_a_gap(database_url: str) -> None:
    async with opened(database_url) as bank:
        first = await holds(bank, amount=60_000)
        with pytest.raises(refusals.LegalHoldStands):
            await proposes(bank, deed(bank, amount=60_000))
        second = await holds(bank, amount=90_000)
        assert await refused(bank, bank.send(ALICE, BOB, amount=10_001)) == held_by_order(10_000)
        with pytest.raises(refusals.LegalHoldOver):
            await proposes(bank, LiftLegalHoldDeed(bank.members[ALICE], ALICE, first, "too late"))
        await lifts(bank, second)
        await bank.pays(ALICE, BOB, amount=15_000)


async def test_what_was_lifted_meanwhile_is_lifted_once(bank: Bank) -> None:
    hold = await holds(bank)
    lift = LiftLegalHoldDeed(bank.members[ALICE], ALICE, hold, "paid")
    first, second = await proposes(bank, lift), await proposes(bank, lift)
    await approves(bank, first)
    with pytest.raises(refusals.LegalHoldOver):
        await approves(bank, second)


async def test_so_many_orders_and_no_more(bank: Bank) -> None:
    for number in range(MOST):
        await holds(bank, amount=1, reference=f"case {number}")
    with pytest.raises(refusals.LegalHoldsTooMany):
        await proposes(bank, deed(bank, reference="one more"))
    await holds(bank, reference="case 0")  # In its place.
    assert isinstance(await refused(bank, bank.send(ALICE, BOB, amount=5)), refusals.HeldByOrder)


# --------------------------------------------------------------------------------------------- at once, and found
async def test_a_payment_that_commits_at_once_went_before_the_order_or_not_at_all(database_url: str) -> None:
    async with opened(database_url) as bank:
        for round_ in range(8):
            reference, before = f"round {round_}", await bank.balance(ALICE)
            proposal = await proposes(bank, deed(bank, reference=reference))
            asked = await bank.run(bank.approve(SECOND, proposal))
            assert isinstance(asked, Asked)
            sign = Sign(key=bank.key(), member=bank.members[SECOND], token=asked.token, pin_version=1)
            sends = [bank.send(ALICE, BOB, amount=3) for _ in range(6)]
            heard = await asyncio.gather(*(bank.run(one) for one in (*sends[:3], sign, *sends[3:])),
                                         return_exceptions=True)
            done = heard.pop(3)
            assert isinstance(done, LegallyHeld)
            went = [one for one in heard if not isinstance(one, BaseException)]
            assert all(isinstance(one, refusals.HeldByOrder) for one in heard if isinstance(one, BaseException))
            assert await bank.balance(ALICE) == before - 3 * len(went)
            await refused(bank, bank.send(ALICE, BOB, amount=1))
            await lifts(bank, done.hold)


async def test_what_went_out_all_the_same_is_found_by_its_order(database_url: str) -> None:
    async with opened(database_url) as bank:
        assert bank.database is not None
        hold = await holds(bank)
        # By somebody who takes it out of the member's row for a moment.
        await bank.database.write(lambda c: c.execute(update(members).values(legal_holds="")))
        report = await reconcile(bank.database.url.render_as_string(hide_password=False))
        assert [text for check in report.checks for text in check.broken if f"order {hold}" in text]
        await bank.pays(ALICE, BOB, amount=5)
        listed = f"{hold}:0:0"
        await bank.database.write(lambda c: c.execute(
            update(members).where(members.c.id == bank.members[ALICE]).values(legal_holds=listed)))
        report = await reconcile(bank.database.url.render_as_string(hide_password=False))
        broken = [check.name for check in report.checks if check.broken]
        assert broken == ["nothing went out that an order of a court held"]
        await bank.database.write(lambda c: c.execute(update(legal_holds).values(since_entry=3)))


async def test_a_member_sees_the_orders_about_themselves_alone(database_url: str) -> None:
    async with opened(database_url) as bank:
        assert bank.database is not None
        hold = await holds(bank, amount=500)
        reads = SqlReads(bank.database, lambda: 0)
        (seen,) = await reads.legal_holds(bank.members[ALICE])
        assert (seen.hold, seen.authority, seen.amount, seen.note) == (hold, COURT, 500, "")
        assert list(await reads.legal_holds(bank.members[BOB])) == []
        async with bank.database.reading.connect() as connection:
            assert (await connection.scalar(select(legal_holds.c.note))) == "by registered mail"
