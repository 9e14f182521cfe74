"""What is refused where a rule looks twice at a payment."""
from __future__ import annotations

from dataclasses import replace

from handlers.chat.buttons import HoldAct, HoldButton
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, changed
from wallet import refusals
from wallet.rules import Rule, Verdict
from wallet.transfers import Send, Sent

STRICT = (Rule("first_time", Verdict.HOLD, {"first": 1}, {}),)
"""Holds back whatever goes to somebody for the first time."""


@meets(refusals.StoppedForSafety)
async def a_voucher_is_made_where_nothing_goes_to_strangers(town: Town) -> None:
    with changed(town.app.engine, "policy", replace(town.app.policy, rules=STRICT)):
        await town.says(await town.resident(), "/voucher 1")


@meets(refusals.HoldChecked)
async def what_is_held_back_is_taken_back(town: Town) -> None:
    payer, receiver = await town.resident(), await town.resident()
    with changed(town.app.engine, "policy", replace(town.app.policy, rules=STRICT)):
        key = town.key()
        sent = await town.run(Send(key=key, payer=await town.member(payer), receivers=(receiver,), amount=1, sure=True,
                                   members=(await town.member(receiver),), token=key.rjust(22, "x")))
    assert isinstance(sent, Sent)
    await town.forges(payer, HoldButton(act=HoldAct.TAKE_BACK, hold=sent.holds[0]).pack())
