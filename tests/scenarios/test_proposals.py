"""Two operators correct a balance: one proposes, the other approves, each with their own PIN; nobody does it alone."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from bot.local import acts
from handlers.chat.buttons import ProposalAct, ProposalButton
from handlers.texts import Language
from storage.reconcile import reconcile
from storage.tables import audit
from tests.scenarios.harness import Person, Stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import OWNER, THEIRS, house
from wallet import ids
from wallet.operators import Appoint

PINS: Final = {"alice": "739154", "bob": "482916"}
SAID: Final[dict[Language, dict[str, str]]] = {
    "en": {"added": "The operators added ¥5.00 to your balance", "why": "Reason: counted twice",
           "history": "added by the operators", "took": "The operators took ¥105.00"},
    "zh_CN": {"added": "运营方向你的余额补入了 ¥5.00", "why": "原因：counted twice", "history": "运营方补入",
              "took": "运营方从你的余额扣回了 ¥105.00"}}


async def operates(here: Stage, owner: Person, other: Person, words: Words = ENGLISH) -> None:
    """Alice owns it, the other one is an administrator."""
    await joins(owner, ENGLISH)
    await joins(other, words)
    await here.app.engine.run(Appoint(key=f"appoint {other.id}", operator=OWNER, person=other.id, role="admin"))


async def signs(who: Person, pin: str, *, first: bool = False) -> None:
    """The PIN, chosen first where there is none yet."""
    for _ in range(2 if first else 1):
        await who.types_pin(pin)


def code_in(said: str) -> str:
    return str(re.findall(r"[A-Z0-9]{9}", said)[0])


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_one_proposes_another_approves_and_the_member_is_told(
        sqlite_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    said = SAID[language]
    async with house(sqlite_url, tmp_path) as here:
        owner, other, member = here.alice, here.bob, here.liming
        await operates(here, owner, other)
        await joins(member, words)
        await tops_up(member, words, 100)
        name = here.world.people[member.id].user["username"]

        await owner.says(f"/adjust @{name} +5 counted twice", THEIRS)
        owner.was_told("to sign in private", THEIRS)
        owner.was_told(f"@{name}), {member.id}")
        await signs(owner, PINS["alice"], first=True)
        code = code_in(owner.was_told("waits for a second operator until", THEIRS))
        member.was_not_told("¥5.00")

        await owner.says(f"/approve {code}", THEIRS)
        owner.was_told("You proposed this yourself", THEIRS)
        await member.says(f"/approve {code}")
        member.was_not_told(code)
        await other.says("/approve")
        other.was_told(f"{code} by")
        await other.taps(code)
        other.was_told("Add ¥5.00 to the balance of")
        await other.taps("✅ Approve")
        await signs(other, PINS["bob"], first=True)
        other.was_told(f"Proposal {code} is approved and done")
        owner.was_told("approved your proposal")
        for one in (said["added"], said["why"]):
            member.was_told(one)
        await member.says(words.history)
        member.was_told(said["history"])

        await owner.says(f"/adjust @{name} -105 counted twice")
        await signs(owner, PINS["alice"])
        await other.taps("✅ Approve", THEIRS)
        await signs(other, PINS["bob"])
        member.was_told(said["took"])
        await other.says(f"/approve {code}")
        other.was_told("approved already")
        async with here.app.database.reading.connect() as connection:
            written = (await connection.execute(select(audit.c.act).where(
                audit.c.act.in_(("proposed", "approved"))).order_by(audit.c.id))).scalars().all()
        assert sorted(written) == ["approved"] * 2 + ["proposed"] * 2
        report = await reconcile(here.app.database.url.render_as_string(hide_password=False))
        assert report.whole, [check for check in report.checks if check.broken]


async def test_what_is_rejected_or_forged_comes_to_nothing(sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        owner, other, member = here.alice, here.bob, here.wangfang
        await operates(here, owner, other)
        await joins(member, CHINESE)
        name = here.world.people[member.id].user["username"]
        for wrong in ("", f" @{name}", f" @{name} +5", f" @{name} 5 why", f" @{name} +5.555 why", f" @{name} +0 why"):
            await owner.says(f"/adjust{wrong}")
            owner.was_told("no money moved")
        await owner.says(f"/adjust @{name} +5 missing")
        await owner.taps("Cancel")
        await owner.says(f"/adjust @{name} +5 missing")
        await signs(owner, PINS["alice"], first=True)
        code = code_in(owner.was_told("waits for a second operator until"))
        proposal = ids.from_code(code)
        assert proposal is not None
        rung = next(key for key, post in acts.own_chat(here.world, member.id, THEIRS).posts.items()
                    if code in str(post.message))
        for act in ProposalAct:
            forged = ProposalButton(act=act, proposal=proposal).pack()
            acts.press(here.world, member.id, THEIRS, rung, {"data": forged, "forge": True})
            await here.settle()
        await other.says("/approve")
        other.was_told(f"{code} by")
        await other.says(f"/reject {code} there is no such receipt")
        owner.was_told("rejected your proposal")
        owner.was_told("Why: there is no such receipt")
        await other.says(f"/approve {code}")
        other.was_told("This proposal was rejected")
        await other.says("/approve")
        other.was_told("No proposal waits")
        member.was_not_told("¥5.00")
