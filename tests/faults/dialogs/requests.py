"""Asking for money."""
from __future__ import annotations

from dataclasses import replace

from handlers.chat.buttons import RequestAct, RequestButton
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, changed, name_of
from wallet import refusals
from wallet.requests import MOST_ASKED, MOST_OPEN, MOST_TO_ONE, AskFor


@meets(refusals.RequestUnknown)
async def a_request_is_forged(town: Town) -> None:
    await town.forges(town.alice, RequestButton(act=RequestAct.PAY, request=2**50).pack())


@meets(refusals.RequestOver)
async def what_was_taken_back_is_paid(town: Town) -> None:
    asker, payer = await town.resident(), await town.resident()
    card, request = await town.requests(asker, payer)
    for person, act in ((asker, RequestAct.TAKE_BACK), (payer, RequestAct.PAY), (payer, RequestAct.DECLINE)):
        await town.forges(person, RequestButton(act=act, request=request).pack(), card)


@meets(refusals.AskYourself)
async def somebody_asks_themselves(town: Town) -> None:
    await town.says(town.alice, "/request 1", group=True, reply_to=town.alice)


@meets(refusals.TooManyAsked)
async def more_are_asked_than_one_request_may(town: Town) -> None:
    asker = await town.resident()
    people = [town.stranger() for _ in range(MOST_ASKED + 1)]
    for person in people:
        await town.says(person, "hello", group=True)
    await town.says(asker, f"/request {' '.join(f'@{name_of(person)}' for person in people)} 1 each", group=True)


@meets(refusals.TooManyRequests)
async def more_is_open_than_one_may_ask_for(town: Town) -> None:
    asker = await town.resident()
    for _ in range(0, MOST_OPEN, MOST_ASKED):
        await town.run(AskFor(key=town.key(), asker=await town.member(asker), amount=1,
                              people=tuple(town.stranger() for _ in range(MOST_ASKED))))
    await town.says(asker, "/request 1", group=True, reply_to=town.bob)


@meets(refusals.TooManyAppeals)
async def more_cards_ask_than_may_be_open(town: Town) -> None:
    with changed(town.app.engine, "policy", replace(town.app.policy, appeals_open=0)):
        await town.asks_on_a_card(await town.resident())


@meets(refusals.AskedTooOften)
async def somebody_is_bothered(town: Town) -> None:
    asker = await town.resident()
    for _ in range(MOST_TO_ONE + 1):
        await town.says(asker, "/request 1", group=True, reply_to=town.bob)
