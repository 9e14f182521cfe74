"""A little of everything that happens with money, for whoever looks whether all of it is whole afterwards."""
from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import text

from storage.reads import SqlReads
from tests.wallet.bank import GROUP, POLICY, Bank
from wallet.adjustments import AdjustDeed
from wallet.appeals import Appeal, PayAppeal
from wallet.clearing import ClearHit, ListedDeed
from wallet.commands import Outcome
from wallet.family import BecomeGuardian, seal_of
from wallet.givebacks import GiveBack
from wallet.holds import CancelHold, ClaimHold, DeclineHold, SettleHold
from wallet.identity import GiveIdentity
from wallet.keeping import KeepShare
from wallet.legal_holds import LegalHoldDeed, LegallyHeld, LiftLegalHoldDeed
from wallet.members import SetConfirmIncoming
from wallet.operators import AppointOwners
from wallet.penalties import Penalise
from wallet.proposals import Approve, Deed, Propose, Proposed, Sign
from wallet.qq import StateQQ
from wallet.releases import ReleaseDeed, SendBackCheck
from wallet.rows import EQUAL, LIMITED, LUCKY
from wallet.rules import Rule, Verdict
from wallet.schedules import RunSchedule
from wallet.screening import Likeness
from wallet.standing import FROZEN
from wallet.transfers import Sent
from wallet.vouchers import WithdrawVoucher

ALICE, BOB, CAROL, STRANGER, LATE = 101, 102, 103, 501, 502


async def story(bank: Bank) -> None:
    """A little of everything."""
    await bank.join(ALICE, 10_000)
    await bank.join(BOB, 5_000)
    for number in range(5):
        await bank.pays(ALICE, BOB, amount=10 + number, note=f"note {number}")
        last = await bank.pays(BOB, ALICE, amount=3)
    await bank.run(GiveBack(key="back", member=bank.members[ALICE], transfer=last.transfers[0], sure=True))
    waits = await bank.pays(ALICE, STRANGER, LATE, amount=100)
    member = await bank.join(STRANGER)
    await bank.run(ClaimHold(key="claim", member=member, hold=waits.holds[0]))
    bob = bank.members[BOB]
    await bank.run(SetConfirmIncoming(key="confirm", member=bob, on=True))
    yes, no = [(await bank.pays(ALICE, BOB, amount=amount)).holds[0] for amount in (7, 8)]
    await bank.run(ClaimHold(key="accept", member=bob, hold=yes))
    await bank.run(DeclineHold(key="decline", member=bob, hold=no))
    arrives, taken_back = [await later(bank, amount) for amount in (17, 18)]
    await bank.run(CancelHold(key="take back", member=bank.members[ALICE], hold=taken_back))
    await now(bank, arrives)
    await bank.run(SettleHold(key="arrive", hold=arrives, receiver=member))
    await bank.set_pin(ALICE)
    for kind, count in ((LUCKY, 3), (EQUAL, 2)):
        envelope = await bank.fills(ALICE, amount=60, shares=count, kind=kind, greeting="good luck")
        for who in (BOB, STRANGER):
            await bank.opens(envelope.envelope, who)
    large = (await bank.fills(ALICE, amount=60, shares=20)).envelope
    for person in (777, 778):
        await bank.run(KeepShare(key=f"keep {person}", person=person, envelope=large, chat=GROUP))
    for amount in (9, 11):
        request = await bank.asks_for(BOB, ALICE, amount=amount, note="rent")
    await bank.run(bank.pay_request(ALICE, request))
    for persons in ((BOB, STRANGER), ()):
        split = await bank.splits(ALICE, *persons, amount=90, heads=3)
        await bank.pays_share(split, BOB)
    number = await bank.plans(ALICE, STRANGER, amount=13)
    await bank.plans(ALICE, BOB, amount=13, unit="month", on=31)
    (day,) = [day for found, day, _ in await due(bank) if found == number]
    await bank.run(RunSchedule(key="schedule", schedule=number, day=day, tries=0))
    made = [await bank.makes(ALICE, amount=20, uses=uses) for uses in (3, 2, 1)]
    for voucher in made:
        await bank.run(bank.redeem(voucher, BOB))
    await bank.run(WithdrawVoucher(key="withdraw", member=bank.members[ALICE], voucher=made[1].voucher))
    for card in ("taken", "waiting"):
        given = await bank.gives(ALICE, amount=17, card=card)
        if card == "taken":
            await bank.run(ClaimHold(key="take", member=bob, hold=given.hold, card=card))
    for card in ("paid", "asked"):
        await bank.run(Appeal(key=card, asker=bob, amount=19, note="dinner", card=card, token=f"token of {card}"))
    await bank.run(PayAppeal(key="pay", member=bank.members[ALICE], appeal="token of paid", card="paid", token="mine"))
    await bank.run(AppointOwners(key="owners", telegram_ids=(1,)))
    for kind, person in ((FROZEN, STRANGER), (LIMITED, BOB)):
        await bank.run(Penalise(key=kind, operator=1, person=person, member=bank.members[person], kind=kind,
                                direction="envelopes" if kind == LIMITED else "", reason="fraud", hours=0))
    await bank.pays(ALICE, STRANGER, amount=23)
    await bank.fills(ALICE, amount=6, shares=1, beneficiary=BOB)
    await bank.makes(ALICE, amount=7, uses=1, only=BOB)
    await corrected(bank, -3, last.transfers[0])
    await corrected(bank, 5)
    await held_back(bank)
    await guarded(bank)
    await ordered(bank)
    await screened(bank)


async def ordered(bank: Bank) -> None:
    """Courts order that money stays: one order stands, one was lifted, and one came anew."""
    bob, held = bank.members[BOB], []
    for reference, amount in (("Ref 1", 10), ("Ref 2", 0), ("Ref 1", 20)):
        deed = LegalHoldDeed(bob, BOB, "Court", reference, 726_000, amount, 0, "by mail")
        done = await signed(bank, deed, 801, 802)
        assert isinstance(done, LegallyHeld)
        held.append(done.hold)
    await signed(bank, LiftLegalHoldDeed(bob, BOB, held[1], "paid"), 801, 802)
    await bank.pays(BOB, ALICE, amount=1)


async def guarded(bank: Bank) -> None:
    """Somebody turns out to be a minor, and another one answers for them."""
    ward, guardian, until = await bank.join(821), await bank.join(822), 2**40
    for member, born in ((ward, date(2015, 1, 1)), (guardian, date(1980, 1, 1))):
        await bank.run(GiveIdentity(key=f"identity {member}", member=member, digest=f"{member:064x}", sealed=b"sealed",
                                    born=born.toordinal()))
    await bank.set_pin(822)
    await bank.run(StateQQ(key="qq", member=ward, digest="q" * 64, sealed=b"sealed"))
    await bank.run(BecomeGuardian(key="guardian", guardian=guardian, ward=ward, until=until,
                                  seal=seal_of(POLICY, ward, until), pin_version=1))


async def screened(bank: Bank) -> None:
    """Three names may stand on the screening list: one is somebody else's, one is confirmed, and one waits."""
    found = (Likeness("UN-1 un", 95),)
    for person in (831, 832, 833):
        member = await bank.join(person, 500)
        await bank.pays(person, ALICE, amount=29)
        await bank.run(GiveIdentity(key=f"identity {member}", member=member, digest=f"{member:064x}", sealed=b"sealed",
                                    born=date(1980, 1, 1).toordinal(), listed=found, version="v1"))
    await bank.pays(831, ALICE, amount=37)
    await bank.run(ClearHit(key="clear", operator=1, member=bank.members[832], entry="UN-1 un", reason="born"))
    await bank.pays(832, ALICE, amount=41)
    await signed(bank, ListedDeed(bank.members[833], 833, "UN-1 un", "told"), 801, 802)


async def held_back(bank: Bank) -> None:
    """A rule holds back three payments, two of which operators decide about."""
    bank.engine.policy = replace(POLICY, rules=(Rule("drain", Verdict.HOLD, {"amount": 31}, {}),))
    on, back, _ = [(await bank.pays(ALICE, BOB, amount=amount)).holds[0] for amount in (31, 32, 33)]
    bank.engine.policy = POLICY
    await signed(bank, ReleaseDeed(on, bank.members[ALICE], BOB, bank.members[BOB], 31, "it was her"), 801)
    await bank.run(SendBackCheck(key="send back", operator=1, hold=back, reason="it was not her"))


async def corrected(bank: Bank, amount: int, receipt: int = 0) -> None:
    """Two operators correct what Alice has."""
    await signed(bank, AdjustDeed(bank.members[ALICE], amount, "counted twice", receipt), 801, 802)


async def signed(bank: Bank, deed: Deed, *operators: int) -> Outcome:
    """Operators do something together, the first of whom proposes it."""
    number, done = 0, Outcome()
    for operator in operators:
        if operator not in bank.members:
            await bank.join(operator)
            await bank.set_pin(operator)
            await bank.run(AppointOwners(key=f"operator {operator}", telegram_ids=(operator,)))
        member, token = bank.members[operator], bank.key()
        wants = (Approve(key=bank.key(), member=member, proposal=number, token=token) if number else Propose(
            key=bank.key(), member=member, token=token, deed=deed.text()))
        await bank.run(wants)
        done = await bank.run(Sign(key=bank.key(), member=member, token=token, pin_version=1))
        number = done.proposal if isinstance(done, Proposed) else number
    return done


async def later(bank: Bank, amount: int) -> int:
    """A payment that arrives later; returns the hold."""
    sent = await bank.run(replace(bank.send(ALICE, STRANGER, amount=amount), delay=2))
    assert isinstance(sent, Sent)
    return sent.holds[0]


async def now(bank: Bank, hold: int) -> None:
    """Let the time of what arrives later have come."""
    assert bank.database is not None
    await bank.database.write(lambda connection: connection.execute(
        text("UPDATE holds SET expires_at = expires_at - 7200000000 WHERE id = :hold"), {"hold": hold}))


async def due(bank: Bank) -> tuple[tuple[int, int, int], ...]:
    """Everything that comes again, as if its day had come."""
    assert bank.database is not None
    await bank.database.write(lambda connection: connection.execute(
        text("UPDATE schedules SET next_day = next_day - 1, try_day = try_day - 1")))
    return await SqlReads(bank.database, lambda: 1).due_schedules(10**6, 10)
