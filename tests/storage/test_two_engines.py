"""Two engines on one PostgreSQL: exact together, each on a lane of its own, and none after its lane was taken over."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest
from sqlalchemy import text

from storage.database import normal
from storage.postgres_store import PostgresStore
from tests.wallet.bank import GROUP, Bank, open_bank
from wallet import ids, refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.engine import EngineDead
from wallet.envelopes import EnvelopeEnded, ExpireEnvelope, Opened, OpenEnvelope
from wallet.funding import TopUp
from wallet.holds import CancelHold, ClaimHold, ExpireHold, Returned
from wallet.identity import GiveIdentity
from wallet.members import Meet, Met
from wallet.movements import AccountKind
from wallet.moving import AskMove
from wallet.operators import AppointOwners
from wallet.penalties import Lift, Penalise
from wallet.plain import frozen
from wallet.protocols import LaneLost
from wallet.rows import LIMITED, Key, Member
from wallet.safeguards import LockWallet
from wallet.standing import BANNED, FROZEN
from wallet.transfers import Sent

ALICE, BOB, CAROL = 101, 102, 103


@dataclass
class Two:
    """Two banks, as far as their engines go, on one database."""

    left: Bank
    right: Bank

    async def join(self, telegram_id: int, funds: int = 0) -> int:
        member = await self.left.join(telegram_id, funds)
        self.right.members[telegram_id] = member
        return member

    async def value(self, query: str) -> object:
        assert self.left.database is not None
        async with self.left.database.reading.connect() as connection:
            return (await connection.execute(text(query))).scalar()


@pytest.fixture
async def two(postgres_url: str) -> AsyncIterator[Two]:
    async with AsyncExitStack() as stack:
        left = await stack.enter_async_context(open_bank(postgres_url, writers=1))
        right = await stack.enter_async_context(open_bank(postgres_url, writers=1))
        yield Two(left, right)


async def test_each_engine_has_a_lane_and_both_chains_are_whole(two: Two) -> None:
    await two.join(ALICE, 10_000)
    await two.join(BOB, 10_000)
    assert [lane.lane for bank in (two.left, two.right) for lane in bank.engine.lanes] == [0, 1]
    await asyncio.gather(*[bank.run(bank.send(*pair, amount=3, key=f"{name} {pair} {number}"))
                           for number in range(40) for name, bank in (("left", two.left), ("right", two.right))
                           for pair in ((ALICE, BOB), (BOB, ALICE))])
    assert await two.value("SELECT count(DISTINCT lane) FROM transfers WHERE kind = 'send'") == 2
    assert (await two.left.balance(ALICE), await two.left.balance(BOB)) == (10_000, 10_000)


async def test_one_balance_spent_from_both_sides_is_spent_once(two: Two) -> None:
    await two.join(ALICE, 100)
    await two.join(BOB)
    heard = await asyncio.gather(*[bank.run(bank.send(ALICE, BOB, amount=100, key=f"{name} {number}"))
                                   for number in range(20) for name, bank in (("l", two.left), ("r", two.right))],
                                 return_exceptions=True)
    assert sum(isinstance(answer, Sent) for answer in heard) == 1
    assert sum(isinstance(answer, refusals.NotEnough) for answer in heard) == 39


async def test_the_same_key_on_both_sides_takes_effect_once(two: Two) -> None:
    await two.join(ALICE, 1_000)
    await two.join(BOB)
    for number in range(10):
        heard = await asyncio.gather(*[bank.run(bank.send(ALICE, BOB, amount=10, key=f"same {number}"))
                                       for bank in (two.left, two.right)])
        assert heard[0] == heard[1]
    assert await two.left.balance(BOB) == 100


async def test_one_key_of_two_people_on_both_sides_belongs_to_one_of_them(two: Two) -> None:
    members = [await two.join(ALICE), await two.join(BOB)]
    for number in range(20):
        heard = await asyncio.gather(*[bank.run(TopUp(key=f"one key {number}", member=member, amount=10))
                                       for bank, member in zip((two.left, two.right), members, strict=True)],
                                     return_exceptions=True)
        assert sorted(type(answer).__name__ for answer in heard) == ["KeyReused", "ToppedUp"]
    assert await two.left.balance(ALICE) + await two.left.balance(BOB) == 200


async def test_the_clock_on_both_sides_hears_the_same_about_a_hold_that_never_was(two: Two) -> None:
    for number in range(20):
        command = ExpireHold(key=f"hold:{number}:expire", hold=number + 1_000_000)
        heard = await asyncio.gather(*[bank.run(command) for bank in (two.left, two.right)], return_exceptions=True)
        assert heard == [refusals.HoldUnknown(), refusals.HoldUnknown()]


async def test_claim_and_cancel_on_two_sides_end_a_hold_once(two: Two) -> None:
    alice = await two.join(ALICE, 1_000)
    for number in range(10):
        stranger = 500 + number
        sent = await two.left.pays(ALICE, stranger, amount=10)
        member = await two.join(stranger)
        claim, cancel = await asyncio.gather(
            two.right.run(ClaimHold(key=f"claim {number}", member=member, hold=sent.holds[0])),
            two.left.run(CancelHold(key=f"cancel {number}", member=alice, hold=sent.holds[0])), return_exceptions=True)
        over = [answer for answer in (claim, cancel) if isinstance(answer, refusals.HoldOver)]
        assert len(over) == 1, (claim, cancel)
        assert await two.left.balance(stranger) == (0 if isinstance(cancel, Returned) else 10)


async def test_forty_people_on_two_sides_share_ten_shares(two: Two) -> None:
    await two.join(ALICE, 10_000)
    crowd = range(1_000, 1_040)
    for person in crowd:
        await two.join(person)
    envelope = (await two.left.fills(ALICE, amount=1_000, shares=10)).envelope
    heard = await asyncio.gather(*[side.run(replace(side.tap(envelope, person), key=f"{place} {person} {number}"))
                                   for person in crowd for number in range(2)
                                   for place, side in enumerate((two.left, two.right))], return_exceptions=True)
    found = [answer for answer in heard if isinstance(answer, Opened)]
    assert sorted(share.number for share in found) == list(range(1, 11))
    assert sum(share.amount for share in found) == 1_000
    assert {type(answer) for answer in heard} == {Opened, refusals.OpenedBefore, refusals.EnvelopeEmpty}


async def test_opening_on_one_side_against_the_clock_on_the_other_ends_an_envelope_once(two: Two) -> None:
    await two.join(ALICE, 10_000)
    await two.join(BOB)
    assert two.left.database is not None
    for number in range(10):
        envelope = (await two.left.fills(ALICE, amount=100, shares=1)).envelope
        await two.left.database.write(lambda connection: connection.execute(
            text("UPDATE envelopes SET expires_at = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + 3000"
                 " WHERE state = 'open'")))
        heard: Sequence[object] = ()
        for again in range(200):
            heard = await asyncio.gather(
                two.left.run(ExpireEnvelope(key=f"end {number} {again}", envelope=envelope)),
                two.right.run(OpenEnvelope(key=f"open {number} {again}", member=two.right.members[BOB],
                                           envelope=envelope, chat=GROUP)), return_exceptions=True)
            if not isinstance(heard[0], refusals.EnvelopeNotDue):
                break
        assert isinstance(heard[0], EnvelopeEnded | refusals.EnvelopeEmpty), heard
    assert await two.value("SELECT sum(balance) FROM accounts WHERE kind = 2") == 0


async def test_a_ban_counts_for_the_next_commit_on_both_sides_under_load(two: Two) -> None:
    await two.join(ALICE, 100_000)
    bob = await two.join(BOB, 100_000)
    await two.left.run(AppointOwners(key="owners", telegram_ids=(1,)))
    sides, heard, done = (("l", two.left), ("r", two.right)), [], asyncio.Event()

    async def pay(name: str, side: Bank) -> None:
        """Both pay each other, eight at a time, until all is shown."""
        for number in range(2_000):
            if done.is_set():
                return
            heard.extend(await asyncio.gather(
                *[side.run(side.send(*pair, amount=1, key=f"{name} {number} {one} {pair}"))
                  for one in range(8) for pair in ((BOB, ALICE), (ALICE, BOB))], return_exceptions=True))

    went = ("SELECT count(*) FROM transfers WHERE kind = 'send'"
            " AND debit / 16 = (SELECT id FROM members WHERE telegram_id = 102)")
    load = [asyncio.create_task(pay(*side)) for side in sides]
    for round_ in range(6):
        operator, other = (two.left, two.right) if round_ % 2 else (two.right, two.left)
        while not sum(isinstance(answer, Sent) for answer in heard):
            await asyncio.wait(load, timeout=0.01)
        await operator.run(Penalise(key=f"ban {round_}", operator=1, person=BOB, member=bob, kind=BANNED,
                                    reason="fraud", hours=24))
        before = await two.value(went)
        for number in range(5):
            with pytest.raises(refusals.AccountBanned):
                await other.run(other.send(BOB, ALICE, amount=1, key=f"after {round_} {number}"))
        assert await two.value(went) == before
        heard.clear()
        await operator.run(Lift(key=f"lift {round_}", operator=1, person=BOB, member=bob, kind=BANNED))
        await other.run(other.send(BOB, ALICE, amount=1, key=f"again {round_}"))
    done.set()
    await asyncio.gather(*load)


@frozen(kw_only=True)
class Restrict(Command):
    """Writes a number of any size into a column of 32 bits."""

    member: int
    bits: int
    HOUSE: ClassVar[tuple[()]] = ()

    def reads(self, today: int) -> Iterable[Key]:
        return ((Member, self.member),)

    def decide(self, books: Books) -> Outcome:
        books.edit(Member, self.member).restrictions = self.bits
        return Done()


async def test_a_number_that_no_column_holds_fails_only_its_own_caller(two: Two) -> None:
    await two.join(ALICE, 1_000)
    await two.join(BOB)
    carol = await two.join(CAROL)
    heard = await asyncio.gather(two.left.run(two.left.send(ALICE, BOB, amount=1)),
                                 two.left.run(Restrict(key="too big", member=carol, bits=2**40)),
                                 two.left.run(two.left.send(ALICE, BOB, amount=1)), return_exceptions=True)
    assert [isinstance(answer, Sent) for answer in heard] == [True, False, True]
    assert not isinstance(heard[1], refusals.Refusal)
    assert two.left.engine.counts.retries == 0


async def test_an_engine_whose_lane_was_taken_over_stops_and_writes_nothing_more(two: Two) -> None:
    await two.join(ALICE, 1_000)
    await two.join(BOB)
    assert two.left.database is not None
    await two.left.database.write(lambda connection: connection.execute(
        text("UPDATE lanes SET epoch = epoch + 1 WHERE lane = 0")))
    with pytest.raises(EngineDead):
        await two.left.run(two.left.send(ALICE, BOB, amount=1, key="late"))
    assert [type(death) for death in two.left.deaths] == [LaneLost]
    assert await two.value("SELECT count(*) FROM operations WHERE key = 'late'") == 0
    await two.right.run(two.right.send(ALICE, BOB, amount=1, key="late"))
    assert await two.left.balance(BOB) == 1


async def test_a_lane_that_was_given_back_goes_on_where_it_stood(postgres_url: str) -> None:
    for round_ in range(3):
        async with open_bank(postgres_url, writers=1) as bank:
            assert [lane.lane for lane in bank.engine.lanes] == [0]
            assert bank.engine.lanes[0].epoch == round_ + 1
            await bank.run(Meet(key=f"meet {round_}", telegram_id=900 + round_, language="en"))


async def test_there_are_sixty_four_lanes_and_then_none(postgres_url: str) -> None:
    store = PostgresStore(normal(postgres_url))
    lanes = [await store.open_lane() for _ in range(64)]
    try:
        assert [lane.lane for lane in lanes] == list(range(64))
        with pytest.raises(LaneLost):
            await store.open_lane()
    finally:
        for lane in lanes:
            await store.close_lane(lane)


async def test_processes_that_start_at_once_appoint_the_same_owners_once(two: Two) -> None:
    owners = (1, 2)
    for start in range(5):
        await asyncio.gather(*[side.run(AppointOwners(key=f"{name} {start}", telegram_ids=(*owners, start + 10)))
                               for name, side in (("left", two.left), ("right", two.right))])
    assert two.left.database is not None
    async with two.left.database.reading.connect() as connection:
        acts = (await connection.execute(text("SELECT facts FROM audit WHERE act = 'appointed'"))).scalars().all()
    assert sorted(acts) == sorted(f"{number} owner" for number in (1, 2, 10, 11, 12, 13, 14))


@dataclass(frozen=True)
class Stop:
    """Something that lets nothing of a member's go out from its commit on, and what they hear."""

    command: Callable[[int], Command]
    refusal: type[refusals.Refusal]


def penalty(kind: str, member: int, direction: str = "") -> Penalise:
    return Penalise(key="stop", operator=1, person=ALICE, member=member, kind=kind, direction=direction, reason="theft",
                    note="", hours=0)


NUMBER = "number of alice"
STOPS = {
    "frozen": Stop(lambda alice: penalty(FROZEN, alice), refusals.AccountFrozen),
    "limited": Stop(lambda alice: penalty(LIMITED, alice, "sending"), refusals.DirectionRestricted),
    "locked": Stop(lambda alice: LockWallet(key="stop", member=alice), refusals.WalletLocked)}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
async def test_under_load_a_stop_holds_from_its_commit_on_in_every_engine(two: Two, stop: Stop) -> None:
    """Payments are on their way in both engines when one of them is asked to stop their payer."""
    await _stopped_under_load(two, await _crowd(two), stop.command, stop.refusal)


async def test_under_load_nothing_goes_out_once_another_account_asks_for_the_wallet(two: Two) -> None:
    alice = await _crowd(two)
    await two.left.run(GiveIdentity(key="number", member=alice, digest=NUMBER, sealed=b"s", born=726_000))
    met = await two.left.run(Meet(key="meet", telegram_id=500, language="en"))
    assert isinstance(met, Met)
    asker = met.member
    await _stopped_under_load(
        two, alice, lambda _alice: AskMove(key="stop", member=asker, phone=f"{ALICE:064x}", number=NUMBER),
        refusals.WalletMoving)


_LEFT_THEM = "SELECT count(*) FROM transfers WHERE kind = 'send' AND debit = {account}"
"""How many payments out of an account were ever committed."""


async def _crowd(two: Two) -> int:
    """Three members with money, and somebody who operates."""
    alice = await two.join(ALICE, 1_000_000)
    for other in (BOB, CAROL):
        await two.join(other, 1_000_000)
    await two.left.run(AppointOwners(key="owner", telegram_ids=(1,)))
    return alice


async def _stopped_under_load(two: Two, alice: int, stop: Callable[[int], Command],
                              refusal: type[refusals.Refusal]) -> None:
    left_them = _LEFT_THEM.format(account=ids.account(alice, AccountKind.AVAILABLE))
    busy, stopped = asyncio.Event(), asyncio.Event()
    late: list[str] = []
    """What Alice heard where she asked when the stop was known to be committed."""
    went = {ALICE: 0, BOB: 0}

    async def pays(bank: Bank, payer: int, caller: str) -> None:
        for number in range(20):
            is_late = stopped.is_set()
            try:
                await bank.run(bank.send(payer, CAROL, amount=1, key=f"{caller} {payer} {number}"))
                went[payer] += 1
                heard = "paid"
                if went[ALICE] == 60:
                    busy.set()
            except refusal:
                heard = "stopped"
            if is_late and payer == ALICE:
                late.append(heard)

    async def stops() -> object:
        await busy.wait()
        await two.right.run(stop(alice))
        stopped.set()
        return await two.value(left_them)

    at_the_stop, *_rest = await asyncio.gather(stops(), *[
        pays(bank, payer, f"{side} {caller}") for caller in range(16)
        for side, bank in (("left", two.left), ("right", two.right)) for payer in (ALICE, BOB)])

    assert went[BOB] == 32 * 20, "nobody else is stopped"
    assert late
    assert set(late) == {"stopped"}
    assert await two.value(left_them) == at_the_stop == went[ALICE]
    assert await two.left.balance(ALICE) == 1_000_000 - went[ALICE]
