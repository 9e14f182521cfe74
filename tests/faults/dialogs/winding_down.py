"""What is refused once the service is to close, and around that decision."""
from __future__ import annotations

from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town
from wallet import refusals
from wallet.drafts import Asked
from wallet.engine import microseconds
from wallet.operators import AppointOwners
from wallet.proposals import Approve, Deed, Propose, Proposed, Sign
from wallet.winding_down import DAY, NOTICE, CallOffDeed, WindDownDeed


async def _owner(town: Town) -> int:
    owner = await town.resident(pin=True)
    await town.run(AppointOwners(key=town.key(), telegram_ids=(owner,)))
    return owner


async def _decided(town: Town, maker: int, checker: int, deed: Deed) -> None:
    member = await town.member(maker)
    asked = await town.run(Propose(key=town.key(), member=member, token=town.key(), deed=deed.text()))
    assert isinstance(asked, Asked)
    signed = await town.run(Sign(key=town.key(), member=member, token=asked.token, pin_version=1))
    assert isinstance(signed, Proposed)
    member = await town.member(checker)
    asked = await town.run(Approve(key=town.key(), member=member, proposal=signed.proposal, token=town.key()))
    assert isinstance(asked, Asked)
    await town.run(Sign(key=town.key(), member=member, token=asked.token, pin_version=1))


@meets(refusals.WindingDown)
async def money_is_to_come_in_when_it_closes(town: Town) -> None:
    maker, checker, closes_at = await _owner(town), await _owner(town), microseconds() + NOTICE + DAY
    await _decided(town, maker, checker, WindDownDeed(closes_at))
    try:
        await town.says(town.bob, "/topup 10")
    finally:
        await _decided(town, maker, checker, CallOffDeed(closes_at))


@meets(refusals.NotWindingDown)
async def there_is_nothing_to_call_off(town: Town) -> None:
    await town.says(await _owner(town), "/winddown off")


@meets(refusals.ClosingDayWrong)
async def it_is_to_close_too_soon(town: Town) -> None:
    await town.says(await _owner(town), "/winddown 2020-01-01")
