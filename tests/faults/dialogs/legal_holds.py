"""Orders of courts: what they hold, and what operators can't write down."""
from __future__ import annotations

from tests.faults.dialogs.penalties import owner_in
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, name_of
from wallet import ids, refusals
from wallet.drafts import Asked
from wallet.legal_holds import MOST, LegalHoldDeed
from wallet.operators import AppointOwners
from wallet.proposals import Approve, Propose, Proposed, Sign


async def _operators(town: Town) -> tuple[int, int]:
    found = [await town.resident(pin=True) for _ in range(2)]
    await town.run(AppointOwners(key=town.key(), telegram_ids=tuple(found)))
    return found[0], found[1]


async def _signed(town: Town, who: int, ask: Propose | Approve) -> int:
    asked = await town.run(ask)
    assert isinstance(asked, Asked)
    done = await town.run(Sign(key=town.key(), member=ask.member, token=asked.token, pin_version=1))
    return done.proposal if isinstance(done, Proposed) else 0


async def _ordered(town: Town, person: int, maker: int, checker: int, *references: str) -> None:
    """Courts hold all of somebody's money."""
    about, first, second = [await town.member(one) for one in (person, maker, checker)]
    for reference in references:
        deed = LegalHoldDeed(about, person, "Court", reference, 726_000, 0, 0, "")
        proposal = await _signed(town, maker, Propose(key=town.key(), member=first, token=town.key(), deed=deed.text()))
        await _signed(town, checker, Approve(key=town.key(), member=second, proposal=proposal, token=town.key()))


async def _somebody_under_an_order(town: Town, *references: str) -> tuple[int, int]:
    """Whom it is about, and an operator."""
    person, (maker, checker) = await town.resident(), await _operators(town)
    await _ordered(town, person, maker, checker, *references)
    await town.says(person, "hello")
    return person, maker


@meets(refusals.HeldByOrder)
async def money_that_a_court_holds_is_sent(town: Town) -> None:
    person, _maker = await _somebody_under_an_order(town, "Ref 1")
    await town.says(person, f"/send @{name_of(town.bob)} 1")


@meets(refusals.LegalHoldStands)
async def an_order_is_written_down_twice(town: Town) -> None:
    person, maker = await _somebody_under_an_order(town, "Ref 1")
    await town.says(maker, f"/legalhold @{name_of(person)} all; Court; Ref 1; 1988-09-20")


@meets(refusals.LegalHoldsTooMany)
async def an_order_too_many(town: Town) -> None:
    person, maker = await _somebody_under_an_order(town, *(f"Ref {number}" for number in range(MOST)))
    await town.says(maker, f"/legalhold @{name_of(person)} all; Court; one more; 1988-09-20")


@meets(refusals.LegalHoldOver)
async def what_was_never_ordered_is_lifted(town: Town) -> None:
    await town.says(await owner_in(town), f"/lifthold {ids.code(10**11)} paid")


@meets(refusals.LegalHoldDatesWrong)
async def an_order_of_a_day_to_come(town: Town) -> None:
    person, (maker, _checker) = await town.resident(), await _operators(town)
    await town.says(person, "hello")
    await town.says(maker, f"/legalhold @{name_of(person)} all; Court; Ref 1; 2999-01-01")
