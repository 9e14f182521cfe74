"""What is refused where a rule looks twice at a payment."""
from __future__ import annotations

from dataclasses import replace

from handlers.chat.buttons import HoldAct, HoldButton
from tests.faults.dialogs.penalties import owner_in
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, changed
from wallet import refusals
from wallet.ids import code
from wallet.penalties import Penalise
from wallet.rules import Rule, Verdict
from wallet.transfers import Send, Sent

STRICT = (Rule("first_time", Verdict.HOLD, {"first": 1}, {}),)
"""Holds back whatever goes to somebody for the first time."""


@meets(refusals.StoppedForSafety)
async def a_voucher_is_made_where_nothing_goes_to_strangers(town: Town) -> None:
    with changed(town.app.engine, "policy", replace(town.app.policy, rules=STRICT)):
        await town.says(await town.resident(), "/voucher 1")


async def _held_back(town: Town) -> tuple[int, int, Sent]:
    """A payment that a rule holds back, and between whom."""
    payer, receiver = await town.resident(), await town.resident()
    with changed(town.app.engine, "policy", replace(town.app.policy, rules=STRICT)):
        key = town.key()
        sent = await town.run(Send(key=key, payer=await town.member(payer), receivers=(receiver,), amount=1, sure=True,
                                   members=(await town.member(receiver),), token=key.rjust(22, "x")))
    assert isinstance(sent, Sent)
    return payer, receiver, sent


@meets(refusals.HoldChecked)
async def what_is_held_back_is_taken_back(town: Town) -> None:
    payer, _receiver, sent = await _held_back(town)
    await town.forges(payer, HoldButton(act=HoldAct.TAKE_BACK, hold=sent.holds[0]).pack())


@meets(refusals.CheckOver)
async def what_was_sent_back_is_let_go_on(town: Town) -> None:
    (_payer, _receiver, sent), owner = await _held_back(town), await owner_in(town)
    await town.says(owner, f"/sendback {code(sent.transfers[0])} not her")
    await town.says(owner, f"/release {code(sent.transfers[0])} it was her")


@meets(refusals.PayerStopped)
async def what_a_frozen_payer_sent_is_let_go_on(town: Town) -> None:
    (payer, _receiver, sent), owner = await _held_back(town), await owner_in(town)
    await town.says(payer, "/help")
    await town.says(owner, "/freeze fraud", reply_to=payer)
    await town.says(owner, f"/release {code(sent.transfers[0])} it was her")


@meets(refusals.PayeeStopped)
async def what_is_for_the_banned_is_let_go_on(town: Town) -> None:
    (_payer, receiver, sent), owner = await _held_back(town), await owner_in(town)
    await town.run(Penalise(key=town.key(), operator=owner, person=receiver, member=await town.member(receiver),
                            kind="banned", reason="fraud", hours=1))
    await town.says(owner, f"/release {code(sent.transfers[0])} it was her")
