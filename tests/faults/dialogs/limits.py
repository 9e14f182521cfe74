"""How much may be paid, and the lock."""
from __future__ import annotations

from dataclasses import replace

from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town, name_of
from wallet import refusals
from wallet.safeguards import SetOwnLimit


@meets(refusals.LevelLimitReached)
async def more_is_paid_than_a_level_lets(town: Town) -> None:
    engine = town.app.engine
    before, engine.policy = engine.policy, replace(engine.policy, least_level=0, level_limits=(99, 99, 99))
    await town.says(await town.resident(), f"/send @{name_of(town.bob)} 1", group=True)
    engine.policy = before


@meets(refusals.OwnLimitReached)
async def more_is_paid_than_one_lets_oneself(town: Town) -> None:
    payer = await town.resident()
    await town.run(SetOwnLimit(key=town.key(), member=await town.member(payer), what="payment", limit=50))
    await town.says(payer, f"/send @{name_of(town.bob)} 1", group=True)


@meets(refusals.WalletLocked)
async def who_locked_their_wallet_pays(town: Town) -> None:
    payer = await town.resident()
    await town.says(payer, "/lock")
    await town.says(payer, f"/send @{name_of(town.bob)} 1", group=True)


@meets(refusals.NotLocked)
async def what_is_not_locked_is_unlocked(town: Town) -> None:
    await town.says(await town.resident(), "/unlock")
