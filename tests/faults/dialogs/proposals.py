"""What two operators sign."""
from __future__ import annotations

from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, name_of
from wallet import ids, refusals
from wallet.adjustments import AdjustDeed
from wallet.drafts import Asked
from wallet.operators import Appoint, AppointOwners
from wallet.proposals import Approve, Propose, Proposed, Reject, Sign


async def _operator(town: Town) -> int:
    operator = await town.resident(pin=True)
    await town.run(AppointOwners(key=town.key(), telegram_ids=(operator,)))
    return operator


async def _proposed(town: Town, maker: int, receiver: int = 0, receipt: int = 0) -> int:
    """Somebody proposes to correct what Bob has, or another; returns the proposal."""
    member, about = await town.member(maker), await town.member(receiver or town.bob)
    asked = await town.run(Propose(key=town.key(), member=member, token=town.key(),
                                   deed=AdjustDeed(about, 1, "counted twice", receipt).text()))
    assert isinstance(asked, Asked)
    signed = await town.run(Sign(key=town.key(), member=member, token=asked.token, pin_version=1))
    assert isinstance(signed, Proposed)
    return signed.proposal


async def _approved(town: Town, checker: int, proposal: int) -> None:
    member = await town.member(checker)
    asked = await town.run(Approve(key=town.key(), member=member, proposal=proposal, token=town.key()))
    assert isinstance(asked, Asked)
    await town.run(Sign(key=town.key(), member=member, token=asked.token, pin_version=1))


@meets(refusals.ProposalUnknown)
async def what_was_never_proposed_is_approved(town: Town) -> None:
    await town.says(await _operator(town), f"/approve {ids.code(10**11)}")


@meets(refusals.ProposalOver)
async def what_was_rejected_is_approved(town: Town) -> None:
    maker, checker = await _operator(town), await _operator(town)
    proposal = await _proposed(town, maker)
    await town.run(Reject(key=town.key(), operator=checker, proposal=proposal))
    await town.says(checker, f"/approve {ids.code(proposal)}")


@meets(refusals.OwnProposal)
async def somebody_approves_their_own(town: Town) -> None:
    maker = await _operator(town)
    await town.says(maker, f"/approve {ids.code(await _proposed(town, maker))}")


@meets(refusals.MakerRelieved)
async def the_maker_is_relieved_meanwhile(town: Town) -> None:
    maker, checker = await _operator(town), await _operator(town)
    proposal = await _proposed(town, maker)
    await town.run(Appoint(key=town.key(), operator=checker, person=maker, role=""))
    await town.says(checker, f"/approve {ids.code(proposal)}")


@meets(refusals.NotAdjustable)
async def a_banned_wallet_is_corrected(town: Town) -> None:
    banned = await town.resident()
    await town.ordain(banned, "banned")
    await town.says(banned, "hello")
    await town.says(await _operator(town), f"/adjust @{name_of(banned)} -1 counted twice")


@meets(refusals.TheyHaveLess)
async def more_is_taken_than_there_is(town: Town) -> None:
    poor = await town.resident(gates=("join",))
    await town.says(poor, "hello")
    await town.says(await _operator(town), f"/adjust @{name_of(poor)} -1 counted twice")


@meets(refusals.AdjustedBefore)
async def a_receipt_is_corrected_twice(town: Town) -> None:
    maker, checker = await _operator(town), await _operator(town)
    _payer, receiver, transfer = await town.pays()
    await town.says(receiver, "hello")
    await _approved(town, checker, await _proposed(town, maker, receiver, transfer))
    await town.says(maker, f"/adjust @{name_of(receiver)} +1 {ids.code(transfer)} counted twice")
