"""What operators are refused who publish a new version of an agreement."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.chat.operators.publishing import PUBLISH, PublishButton
from tests.faults.dialogs.scripts import meets
from tests.faults.town import Town
from wallet import refusals
from wallet.operators import AppointOwners


async def _presses(town: Town, version: str, sha: str) -> None:
    owner = await town.resident(pin=True)
    await town.run(AppointOwners(key=town.key(), telegram_ids=(owner,)))
    await town.forges(owner, PublishButton(act=PUBLISH, document="user-agreement", version=version, sha=sha).pack())


@meets(refusals.VersionNotWaiting)
async def what_is_in_force_is_published_again(town: Town) -> None:
    await _presses(town, "2026-11-22", "0" * 8)


@meets(refusals.NoticeTooShort)
async def a_version_comes_too_soon(town: Town) -> None:
    library, terms = town.app.library, town.app.policy.terms
    known = next(one for one in library.documents if one.name == "user-agreement")
    soon = replace(known, version="2099-01-01", effective=town.app.now().date() + timedelta(days=1))
    library.waiting = (soon,)
    terms.waiting = library.terms().waiting
    try:
        await _presses(town, soon.version, soon.texts["en"].sha256[:8])
    finally:
        library.waiting = terms.waiting = ()
