"""What operators decide against members, what it stops, and how it ends."""
from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

import pytest

from handlers.jobs.penalties import end_penalties, settle_thawed, sweep_bans
from tests.fakes.reads import FakeReads
from tests.fakes.store import FakeStore
from tests.wallet.bank import ALICE, BOB, CAROL, STRANGER, Bank, Made, open_bank
from wallet import events, refusals
from wallet.appeals import Appeal
from wallet.commands import Command
from wallet.drafts import Confirm
from wallet.events import PenaltyEnded, PenaltyGiven
from wallet.for_ever import BanDeed, UnbanDeed
from wallet.funding import TopUp
from wallet.givebacks import GiveBack
from wallet.holds import FREEZE_LIFE, CancelHold, ClaimHold, ExpireHold, SettleHold
from wallet.operators import ROLES, Appoint, AppointOwners
from wallet.penalties import (
    DECIDES,
    KINDS,
    REASONS,
    AnnounceLifted,
    EndPenalty,
    Lift,
    Lifted,
    Penalise,
    Penalised,
)
from wallet.rows import (
    LIMITED,
    TO_ACCEPT,
    TO_THAW,
    WARNING,
    Audit,
    Draft,
    Hold,
    Member,
    Penalty,
    Request,
    Schedule,
    Split,
    Voucher,
)
from wallet.standing import BANNED, DIRECTIONS, FROZEN
from wallet.transfers import Send

OWNER, RISK, SUPPORT = 1, 107, 108
"""Operators; the risk officer and support are members."""
WEEK: Final = 7 * 24


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    """Alice and Bob have money; there is an owner, a risk officer and support."""
    async with open_bank("") as bank:
        await bank.settle()
        await bank.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        for person, role in ((RISK, "risk"), (SUPPORT, "support")):
            await bank.join(person)
            await bank.run(Appoint(key=bank.key(), operator=OWNER, person=person, role=role))
        yield bank


def penalise(bank: Bank, person: int, kind: str, *, direction: str = "", hours: int = 0, operator: int = RISK,
             reason: str = "fraud") -> Penalise:
    return Penalise(key=bank.key(), operator=operator, person=person, member=bank.members.get(person, 0), kind=kind,
                    direction=direction, reason=reason, note="seen by two",
                    hours=hours or (WEEK if kind == BANNED else 0))


async def penalised(bank: Bank, person: int, kind: str, *, direction: str = "", hours: int = 0) -> int:
    outcome = await bank.run(penalise(bank, person, kind, direction=direction, hours=hours))
    assert isinstance(outcome, Penalised)
    return outcome.penalty


async def lifted(bank: Bank, person: int, kind: str, *, direction: str = "", operator: int = RISK) -> int:
    outcome = await bank.run(Lift(key=bank.key(), operator=operator, person=person, member=bank.members[person],
                                  kind=kind, direction=direction))
    assert isinstance(outcome, Lifted)
    return outcome.penalty


async def refused(bank: Bank, command: Command, kind: type[refusals.Refusal]) -> refusals.Refusal:
    with pytest.raises(kind) as found:
        await bank.run(command)
    return found.value


def reads(bank: Bank) -> FakeReads:
    assert isinstance(bank.store, FakeStore)
    return FakeReads(bank.store)


def told(bank: Bank, kind: type[events.Event]) -> list[events.Event]:
    return [events.read(notice.event, notice.facts) for notice in bank.told if notice.event == kind.__name__]


# ------------------------------------------------------------------------------------------------- who decides
@pytest.mark.parametrize("kind", KINDS)
async def test_only_those_whose_role_may_decide(bank: Bank, kind: str) -> None:
    direction = "sending" if kind == LIMITED else ""
    for role in (*ROLES, ""):
        await bank.run(Appoint(key=bank.key(), operator=OWNER, person=SUPPORT, role=role))
        command = penalise(bank, BOB, kind, direction=direction, operator=SUPPORT)
        if role in ("owner", "admin", "risk"):
            await bank.run(command)
            if kind != WARNING:
                await lifted(bank, BOB, kind, direction=direction, operator=SUPPORT)
        else:
            await refused(bank, command, refusals.NotAllowed)
    assert set(DECIDES) == set(KINDS)


async def test_nobody_decides_about_themselves_or_another_operator(bank: Bank) -> None:
    for kind in (WARNING, FROZEN, BANNED):
        await refused(bank, penalise(bank, RISK, kind), refusals.OnOneself)
        await refused(bank, penalise(bank, SUPPORT, kind), refusals.OperatorPenalised)
        await refused(bank, penalise(bank, SUPPORT, kind, operator=OWNER), refusals.OperatorPenalised)
    await bank.run(Appoint(key=bank.key(), operator=OWNER, person=SUPPORT, role=""))
    await penalised(bank, SUPPORT, BANNED)
    await refused(bank, Appoint(key=bank.key(), operator=OWNER, person=SUPPORT, role="risk"),
                  refusals.OperatorIsNoMember)


async def test_the_last_owner_is_banned_by_nobody(bank: Bank) -> None:
    owner = await bank.join(OWNER)
    for operator in (RISK, OWNER):
        with pytest.raises((refusals.OperatorPenalised, refusals.OnOneself)):
            await bank.run(penalise(bank, OWNER, BANNED, operator=operator))
    assert bank.row(Member, owner).state == "active"


async def test_whoever_has_not_joined_or_is_another_than_was_shown_is_unknown(bank: Bank) -> None:
    await refused(bank, penalise(bank, STRANGER, BANNED), refusals.PersonUnknown)
    await refused(bank, replace(penalise(bank, BOB, BANNED), member=bank.members[CAROL]), refusals.PersonUnknown)
    assert bank.row(Member, bank.members[CAROL]).state == "active"


async def test_each_is_told_and_written_down(bank: Bank) -> None:
    for reason in REASONS:
        await bank.run(penalise(bank, BOB, WARNING, reason=reason))
    assert [event.reason for event in told(bank, PenaltyGiven) if isinstance(event, PenaltyGiven)] == list(REASONS)
    assert bank.row(Member, bank.members[BOB]).penalties == ""
    await bank.pays(BOB, ALICE, amount=1)


# ------------------------------------------------------------------------------------------------- what it stops
async def things_of(bank: Bank, maker: int) -> dict[str, Command]:
    """What somebody set going, and what takes something out of it or pays into it."""
    await bank.set_pin(maker)
    (waiting,) = (await bank.pays(maker, STRANGER, amount=100)).holds
    await bank.join(STRANGER, 1_000)
    gift = (await bank.gives(maker, amount=100, card="gift")).hold
    voucher: Made = await bank.makes(maker, amount=100)
    request = await bank.asks_for(maker, CAROL, amount=5)
    split = await bank.splits(maker, CAROL, amount=5, heads=1)
    await bank.run(Appeal(key=bank.key(), asker=bank.members[maker], amount=5, card="asks", token="asks"))
    await bank.plans(maker, CAROL, amount=5)
    return {"out: waits": ClaimHold(key=bank.key(), member=bank.members[STRANGER], hold=waiting),
            "out: gift": ClaimHold(key=bank.key(), member=bank.members[CAROL], hold=gift, card="gift"),
            "out: voucher": bank.redeem(voucher, CAROL),
            "in: request": bank.pay_request(CAROL, request),
            "in: share": bank.share(split, CAROL, maker=maker)}


@pytest.mark.parametrize(("kind", "direction"), [(BANNED, ""), (FROZEN, ""), (LIMITED, "sending")])
async def test_what_was_set_aside_goes_out_no_more_than_anything_else(bank: Bank, kind: str, direction: str) -> None:
    things = await things_of(bank, BOB)
    penalty = await penalised(bank, BOB, kind, direction=direction)
    wanted = {BANNED: refusals.AccountBanned, FROZEN: refusals.AccountFrozen, LIMITED: refusals.DirectionRestricted}
    await refused(bank, bank.send(BOB, ALICE, amount=1), wanted[kind])
    for name, command in things.items():
        if name.startswith("out"):
            await refused(bank, command, refusals.PayerUnavailable)
    await lifted(bank, BOB, kind, direction=direction)
    for name, command in things.items():
        if name.startswith("out"):
            await bank.run(replace(command, key=bank.key()))
    assert bank.row(Penalty, penalty).ended_by == RISK


@pytest.mark.parametrize(("kind", "direction", "wanted"), [
    (BANNED, "", refusals.AccountBanned), (FROZEN, "", refusals.AccountFrozen),
    (LIMITED, "receiving", refusals.DirectionRestricted)])
async def test_who_may_take_nothing_hears_the_same_everywhere(bank: Bank, kind: str, direction: str,
                                                              wanted: type[refusals.Refusal]) -> None:
    (hold,) = (await bank.pays(ALICE, STRANGER, amount=100)).holds
    member = await bank.join(STRANGER)
    envelope = await bank.fills(ALICE, amount=100, shares=2)
    made = await bank.makes(ALICE, amount=100)
    gift = await bank.gives(ALICE, amount=100, card="gift")
    await penalised(bank, STRANGER, kind, direction=direction, hours=WEEK)
    for command in (ClaimHold(key=bank.key(), member=member, hold=hold), bank.tap(envelope.envelope, STRANGER),
                    bank.redeem(made, STRANGER), TopUp(key=bank.key(), member=member, amount=5),
                    ClaimHold(key=bank.key(), member=member, hold=gift.hold, card="gift"),
                    bank.ask_for(STRANGER, ALICE, amount=5)):
        refusal = await refused(bank, command, wanted)
        assert refusal.facts()["until"] > bank.clock.now
    assert await bank.balance(STRANGER) == 0


async def test_what_was_theirs_before_comes_back_even_to_the_banned(bank: Bank) -> None:
    paid = (await bank.pays(BOB, ALICE, amount=700)).transfers[0]
    envelope = await bank.fills(BOB, amount=100, shares=2)
    await penalised(bank, BOB, BANNED)
    await bank.run(GiveBack(key=bank.key(), member=bank.members[ALICE], transfer=paid, sure=True))
    assert await bank.balance(BOB) == 99_900
    await bank.opens(envelope.envelope, ALICE)
    assert await bank.balance(ALICE) > 100_000, "who was given a share may go on opening"


async def test_a_draft_of_before_is_confirmed_by_nobody(bank: Bank) -> None:
    asked = await bank.asks(BOB, CAROL, amount=5)
    await penalised(bank, BOB, LIMITED, direction="sending")
    await refused(bank, Confirm(key=bank.key(), member=bank.members[BOB], token=asked.token),
                  refusals.DirectionRestricted)


# ------------------------------------------------------------------------------------------------- how it ends
@pytest.mark.parametrize(("kind", "direction"), [(BANNED, ""), (FROZEN, ""), *((LIMITED, one) for one in DIRECTIONS)])
async def test_one_for_a_time_ends_by_itself_even_when_the_clock_is_late(bank: Bank, kind: str, direction: str) -> None:
    penalty = await penalised(bank, BOB, kind, direction=direction, hours=WEEK)
    await refused(bank, EndPenalty(key=bank.key(), penalty=penalty), refusals.PenaltyNotDue)
    bank.clock.forward(hours=WEEK)
    await bank.pays(BOB, ALICE, amount=1)
    await bank.pays(ALICE, BOB, amount=1)
    await bank.run(TopUp(key=bank.key(), member=bank.members[BOB], amount=1))
    await bank.fills(BOB, amount=5, shares=1)
    assert await end_penalties(bank.engine, reads(bank), bank.clock.now) == 1
    assert told(bank, PenaltyEnded) == [PenaltyEnded(penalty, kind, direction, False)]
    member = bank.row(Member, bank.members[BOB])
    assert (member.state, member.restrictions, member.penalties) == ("active", 0, "")
    await refused(bank, EndPenalty(key=bank.key(), penalty=penalty), refusals.PenaltyOver)
    await refused(bank, Lift(key=bank.key(), operator=RISK, person=BOB, member=member.id, kind=kind,
                             direction=direction), refusals.NoPenaltyInForce)
    assert await end_penalties(bank.engine, reads(bank), bank.clock.now) == 0


async def test_several_at_once_stop_what_each_of_them_stops(bank: Bank) -> None:
    await penalised(bank, BOB, LIMITED, direction="sending", hours=48)
    await penalised(bank, BOB, FROZEN)
    await penalised(bank, BOB, BANNED, hours=24)
    await refused(bank, bank.send(BOB, ALICE, amount=1), refusals.AccountBanned)
    bank.clock.forward(hours=24)
    await refused(bank, bank.send(BOB, ALICE, amount=1), refusals.AccountFrozen)
    await lifted(bank, BOB, FROZEN)
    await refused(bank, bank.send(BOB, ALICE, amount=1), refusals.DirectionRestricted)
    bank.clock.forward(hours=24)
    await bank.pays(BOB, ALICE, amount=1)
    assert await end_penalties(bank.engine, reads(bank), bank.clock.now) == 2
    assert bank.row(Member, bank.members[BOB]).penalties == ""


async def test_a_longer_one_takes_the_place_of_a_shorter_and_not_the_other_way_round(bank: Bank) -> None:
    first = await penalised(bank, BOB, BANNED, hours=48)
    refusal = await refused(bank, penalise(bank, BOB, BANNED, hours=24), refusals.PenaltyInForce)
    assert refusal == refusals.PenaltyInForce(bank.row(Penalty, first).until)
    second = await penalised(bank, BOB, BANNED)
    assert (bank.row(Penalty, first).ended_by, bank.row(Penalty, second).ended_at) == (RISK, 0)
    await penalised(bank, BOB, FROZEN)
    assert await refused(bank, penalise(bank, BOB, FROZEN, hours=9), refusals.PenaltyInForce) == (
        refusals.PenaltyInForce(0))
    await lifted(bank, BOB, FROZEN)
    assert await lifted(bank, BOB, BANNED) == second
    await bank.pays(BOB, ALICE, amount=1)


@pytest.mark.parametrize(("kind", "direction"), [(BANNED, ""), (FROZEN, ""), ("limited", "sending")])
async def test_the_same_one_decided_again_by_mistake_lasts_no_longer(bank: Bank, kind: str, direction: str) -> None:
    first = await penalised(bank, BOB, kind, direction=direction, hours=48)
    until = bank.row(Penalty, first).until
    bank.clock.forward(hours=1)
    refusal = await refused(bank, penalise(bank, BOB, kind, direction=direction, hours=48), refusals.PenaltyInForce)
    assert refusal == refusals.PenaltyInForce(until)
    assert (bank.row(Penalty, first).until, bank.row(Penalty, first).ended_at) == (until, 0)
    second = await penalised(bank, BOB, kind, direction=direction, hours=49)
    assert bank.row(Penalty, second).until > until
    bank.clock.forward(hours=50)
    await penalised(bank, BOB, kind, direction=direction, hours=49)  # What is over stands in nobody's way.


# ------------------------------------------------------------------------------------------------- for ever
async def test_a_ban_for_ever_and_lifting_it_take_two_operators(bank: Bank) -> None:
    await bank.join(OWNER)
    for who in (OWNER, RISK):
        await bank.set_pin(who)
    bob = bank.members[BOB]
    await refused(bank, replace(penalise(bank, BOB, BANNED), hours=0), refusals.TwoOperatorsNeeded)
    await refused(bank, bank.propose(RISK, BanDeed(bank.members[SUPPORT], SUPPORT, "fraud", "")),
                  refusals.OperatorPenalised)
    await refused(bank, bank.propose(RISK, UnbanDeed(bob, BOB)), refusals.NoPenaltyInForce)
    first = await penalised(bank, BOB, BANNED, hours=48)
    for deed, state in ((BanDeed(bob, BOB, "fraud", "seen"), BANNED), (UnbanDeed(bob, BOB), "active")):
        proposal = await bank.proposes(RISK, deed)
        await refused(bank, bank.approve(RISK, proposal), refusals.OwnProposal)
        done = await bank.approves(OWNER, proposal)
        assert isinstance(done, Penalised | Lifted)
        assert bank.row(Member, bob).state == state
        if isinstance(done, Penalised):
            assert (done.until, bank.row(Penalty, first).ended_by) == (0, RISK)
            await refused(bank, Lift(key=bank.key(), operator=OWNER, person=BOB, member=bob, kind=BANNED),
                          refusals.TwoOperatorsNeeded)
            await refused(bank, bank.propose(RISK, deed), refusals.PenaltyInForce)
    await bank.pays(BOB, ALICE, amount=1)


# ---------------------------------------------------------------------------------- what waits for the frozen
async def test_what_is_for_the_frozen_waits_and_arrives_when_they_are_free(bank: Bank) -> None:
    await penalised(bank, BOB, FROZEN)
    sent = await bank.pays(ALICE, BOB, amount=500)
    assert sent.purposes == (TO_THAW,)
    hold = bank.row(Hold, sent.holds[0])
    assert (await bank.balance(ALICE, 1), await bank.balance(BOB)) == (500, 100_000)
    assert hold.expires_at - bank.clock.now == pytest.approx(FREEZE_LIFE, abs=10)
    await refused(bank, ClaimHold(key=bank.key(), member=bank.members[BOB], hold=hold.id), refusals.HoldUnknown)
    assert await settle_thawed(bank.engine, reads(bank)) == 0
    await lifted(bank, BOB, FROZEN)
    assert await settle_thawed(bank.engine, reads(bank)) == 1
    assert (await bank.balance(ALICE, 1), await bank.balance(BOB)) == (0, 100_500)
    assert [event.purpose for event in told(bank, events.HoldSettled) if isinstance(event, events.HoldSettled)
            ] == [TO_THAW]


async def test_its_payer_takes_it_back_and_after_a_week_it_comes_back(bank: Bank) -> None:
    await penalised(bank, BOB, FROZEN)
    first, second = [(await bank.pays(ALICE, BOB, amount=500)).holds[0] for _ in range(2)]
    await bank.run(CancelHold(key=bank.key(), member=bank.members[ALICE], hold=first))
    bank.clock.forward(hours=WEEK)
    await lifted(bank, BOB, FROZEN)
    assert await settle_thawed(bank.engine, reads(bank)) == 0, "its time is over"
    await bank.run(ExpireHold(key=bank.key(), hold=second))
    assert (await bank.balance(ALICE), await bank.balance(BOB)) == (100_000, 100_000)


async def test_it_goes_back_when_they_are_banned_and_asks_who_confirms_what_comes_in(bank: Bank) -> None:
    await penalised(bank, BOB, FROZEN)
    (hold,) = (await bank.pays(ALICE, BOB, amount=500)).holds
    await penalised(bank, BOB, BANNED)
    await refused(bank, bank.send(ALICE, BOB, amount=1), refusals.ReceiverUnavailable)
    assert await settle_thawed(bank.engine, reads(bank)) == 1
    assert (await bank.balance(ALICE), bank.row(Hold, hold).state) == (100_000, "declined")
    await penalised(bank, CAROL, FROZEN)
    bank.change(CAROL, confirm_incoming=1)
    (other,) = (await bank.pays(ALICE, CAROL, amount=500)).holds
    await lifted(bank, CAROL, FROZEN)
    assert await settle_thawed(bank.engine, reads(bank)) == 1
    assert (bank.row(Hold, other).state, bank.row(Hold, other).purpose) == ("open", TO_ACCEPT)


async def test_what_was_on_its_way_when_they_were_frozen_waits_from_then_on(bank: Bank) -> None:
    sent = await bank.run(replace(bank.send(ALICE, BOB, amount=500), delay=2))
    hold = sent.holds[0]  # type: ignore[attr-defined]
    await penalised(bank, BOB, FROZEN)
    bank.clock.forward(hours=2)
    await bank.run(SettleHold(key=bank.key(), hold=hold, receiver=bank.members[BOB]))
    assert bank.row(Hold, hold).purpose == TO_THAW
    assert len(told(bank, events.HoldLasts)) == 1
    await lifted(bank, BOB, FROZEN)
    assert await settle_thawed(bank.engine, reads(bank)) == 1
    assert await bank.balance(BOB) == 100_500


# ------------------------------------------------------------------------------------------- what a ban ends
async def test_a_ban_ends_what_its_member_began_and_what_is_set_aside_comes_back(bank: Bank) -> None:
    await things_of(bank, BOB)
    envelope = await bank.fills(BOB, amount=100, shares=2)
    before = await bank.balance(BOB)
    penalty = await penalised(bank, BOB, BANNED, hours=WEEK)
    assert await sweep_bans(bank.engine, reads(bank), limit=2) == 2
    assert not bank.row(Penalty, penalty).swept
    assert await sweep_bans(bank.engine, reads(bank)) == 5
    assert await sweep_bans(bank.engine, reads(bank)) == 0
    assert bank.row(Penalty, penalty).swept
    store = bank.store
    assert isinstance(store, FakeStore)
    assert {row.state for cls in (Request, Split, Voucher, Schedule, Hold) for row in store.all(cls)} == {
        "withdrawn", "closed", "stopped", "released"}
    assert bank.row(Draft, "asks").state == "cancelled"
    assert await bank.balance(BOB) == before + 300
    await bank.opens(envelope.envelope, CAROL)


async def test_a_ban_that_was_lifted_ends_nothing_more(bank: Bank) -> None:
    request = await bank.asks_for(BOB, CAROL, amount=5)
    await penalised(bank, BOB, BANNED)
    await lifted(bank, BOB, BANNED)
    assert await sweep_bans(bank.engine, reads(bank)) == 0
    assert bank.row(Request, request).state == "open"


async def test_a_freeze_ends_nothing(bank: Bank) -> None:
    request = await bank.asks_for(BOB, ALICE, amount=5)
    await penalised(bank, BOB, FROZEN)
    assert await sweep_bans(bank.engine, reads(bank)) == 0
    await refused(bank, bank.pay_request(ALICE, request), refusals.ReceiverUnavailable)
    await lifted(bank, BOB, FROZEN)
    await bank.run(bank.pay_request(ALICE, request))


async def test_the_same_ban_under_its_key_is_one(bank: Bank) -> None:
    command = penalise(bank, BOB, BANNED, hours=WEEK)
    assert await bank.run(command) == await bank.run(command)
    assert isinstance(bank.send(ALICE, BOB, amount=1), Send)


async def test_that_it_is_lifted_is_said_only_by_who_may_and_while_it_is_so(bank: Bank) -> None:
    penalty = await penalised(bank, BOB, LIMITED, direction="sending", hours=WEEK)

    def says(operator: int = RISK, number: int = 0) -> AnnounceLifted:
        return AnnounceLifted(key=bank.key(), operator=operator, penalty=number or penalty, chat=-100)

    await refused(bank, says(), refusals.NoPenaltyInForce)
    await refused(bank, says(number=999), refusals.NoPenaltyInForce)
    await lifted(bank, BOB, LIMITED, direction="sending")
    for nobody in (SUPPORT, ALICE):
        await refused(bank, says(nobody), refusals.NotAllowed)
    said = await bank.run(says())
    assert isinstance(said, Lifted)
    assert (said.penalty, said.person, said.direction) == (penalty, BOB, "sending")
    assert [row.facts for row in bank.store.all(Audit) if row.act == "lift_announced"] == [  # type: ignore[attr-defined]
        f"{penalty} in -100 by {RISK}"]
    await penalised(bank, BOB, LIMITED, direction="sending", hours=WEEK)
    await refused(bank, says(), refusals.PenaltyInForce)


async def test_what_ran_out_by_itself_no_operator_lifted(bank: Bank) -> None:
    penalty = await penalised(bank, BOB, FROZEN, hours=1)
    bank.clock.forward(hours=2)
    await bank.run(EndPenalty(key=bank.key(), penalty=penalty))
    await refused(bank, AnnounceLifted(key=bank.key(), operator=RISK, penalty=penalty, chat=-100),
                  refusals.NoPenaltyInForce)
