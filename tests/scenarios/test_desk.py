"""A card is closed wherever it stands once it is decided elsewhere: by command, in another chat, or by the clock."""
from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from handlers.texts import Language
from storage.tables import proposals
from tests.scenarios.harness import Person, Stage
from tests.scenarios.test_checks import held_back
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import THEIRS, house
from tests.scenarios.test_proposals import PINS, code_in, operates, signs

SAID: dict[Language, dict[str, str]] = {
    "en": {"approve": "✅ Approve", "approved": "A second operator approved it", "rejected": "It was rejected",
           "expired": "No second operator approved it in time"},
    "zh_CN": {"approve": "✅ 通过", "approved": "另一位运营人员已复核通过", "rejected": "已驳回。什么都没有发生",
              "expired": "没有其他运营人员及时复核"}}
BOTH = pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])


async def clock_looks(here: Stage, *names: str) -> None:
    for name in (*names, "close_cards"):
        await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == name))
    await here.settle()


async def proposed(here: Stage, owner: Person, name: str, *, first: bool = False) -> str:
    await owner.says(f"/adjust @{name} +5 counted twice", THEIRS)
    await signs(owner, PINS["alice"], first=first)
    return code_in(owner.was_told("waits for a second operator until", THEIRS))


@BOTH
async def test_every_card_of_a_proposal_is_closed_when_it_is_answered(
        sqlite_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    said = SAID[language]
    async with house(sqlite_url, tmp_path) as here:
        owner, other, member = here.alice, here.wangfang if language == "zh_CN" else here.bob, here.liming
        await operates(here, owner, other, words)
        await joins(member, words)
        await tops_up(member, words, 100)
        name = here.world.people[member.id].user["username"]

        code = await proposed(here, owner, name, first=True)
        await other.says("/approve")
        await other.taps(code)
        assert said["approve"] in other.every_button()
        await other.taps("✅ Approve", THEIRS)
        await signs(other, PINS["bob"], first=True)
        await clock_looks(here)
        other.was_told("A second operator approved it", THEIRS)
        other.was_told(said["approved"])
        assert said["approve"] not in other.every_button(), "it was closed where it was not pressed"

        code = await proposed(here, owner, name)
        await other.says("/approve")
        await other.taps(code)
        await other.says(f"/reject {code} no")
        await clock_looks(here)
        other.was_told(SAID["en"]["rejected"], THEIRS)
        other.was_told(said["rejected"])

        code = await proposed(here, owner, name)
        await here.app.database.write(lambda connection: connection.execute(
            update(proposals).where(proposals.c.state == "open").values(expires_at=1)))
        await clock_looks(here, "expire_proposals")
        other.was_told(SAID["en"]["expired"], THEIRS)


async def test_the_card_of_a_held_payment_is_closed_when_it_is_sent_back_by_command(
        sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        operator = here.newcomer("Ann", "en", "+8613800138099")
        code = await held_back(here, operator, ENGLISH)
        assert "↩️ Send it back" in operator.every_button(THEIRS)
        await operator.says(f"/sendback {code} it was not them")
        await clock_looks(here)
        operator.was_told("Decided: an operator sent it back", THEIRS)
        assert "↩️ Send it back" not in operator.every_button(THEIRS)
