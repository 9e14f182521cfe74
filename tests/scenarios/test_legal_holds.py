"""A court orders that money stays where it is: two operators write it down, the member is told, two lift it again."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from handlers.texts import Language
from storage.reconcile import reconcile
from storage.tables import legal_holds
from tests.scenarios.harness import Person
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import THEIRS, house
from tests.scenarios.test_proposals import PINS, code_in, operates, signs
from wallet import ids

COURT, CASE = "上海市浦东新区人民法院", "(2026)沪0115执保123号"
SAID: Final[dict[Language, dict[str, str]]] = {
    "en": {"told": "holds money in your wallet", "no": "Nothing moved: this wallet's money is held by order of",
           "free": "only ¥40.00 is free", "lifted": "holds none of your money any more", "beside": "Held by order of"},
    "zh_CN": {"told": "冻结了你钱包里的钱", "no": "钱没有动：这个钱包的钱被", "free": "只有 ¥40.00 可以使用",
              "lifted": "不再影响你的钱", "beside": "⚖️ 被"}}


async def approves(other: Person, code: str, *, first: bool = False) -> None:
    await other.says(f"/approve {code}", THEIRS)
    await signs(other, PINS["bob"], first=first)


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_a_court_holds_everything_until_two_operators_lift_it(
        database_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    said = SAID[language]
    async with house(database_url, tmp_path) as here:
        owner, other, member = here.alice, here.bob, here.liming
        await operates(here, owner, other)
        await joins(member, words)
        await tops_up(member, words, 100)
        name = here.world.people[member.id].user["username"]

        await owner.says(f"/legalhold @{name} all; {COURT}; {CASE}; 2026-11-20; by registered mail", THEIRS)
        await signs(owner, PINS["alice"], first=True)
        proposal = code_in(owner.was_told("waits for a second operator until", THEIRS))
        for shown in (COURT, CASE, f"@{name}), {member.id}", "It holds everything", "by registered mail"):
            owner.was_told(shown, THEIRS)
        member.was_not_told(said["told"])
        await approves(other, proposal, first=True)
        told = member.was_told(said["told"])
        assert COURT in told
        assert CASE in told
        member.was_not_told("by registered mail")

        await member.says("/send @bob 1 lunch")
        assert CASE in member.was_told(said["no"])
        await member.says("/balance")
        member.was_told(said["beside"])
        await owner.says(f"/ban @{name} fraud 1d")
        await owner.taps("Confirm")
        await owner.says(f"/unban @{name}")
        await owner.taps("Confirm")
        await member.says("/send @bob 2 lunch")
        assert len([one for one in member.sees() if said["no"] in one]) == 2

        await owner.says(f"/user @{name}")
        card = owner.was_told("Held by orders of courts")
        assert "by registered mail" in card
        code = re.findall(r"Order ([A-Z0-9]{9})", card)[0]
        await owner.says("/legalhold")
        listed = owner.was_told("Orders of courts that stand")
        assert all(part in listed for part in (code, str(member.id), "everything", COURT, CASE, "/legalhold @bob 5000"))
        await owner.says(f"/lifthold {code} the court released it")
        await signs(owner, PINS["alice"])
        await approves(other, code_in(owner.was_told("waits for a second operator until")))
        member.was_told(said["lifted"])
        await member.says("/send @bob 3 lunch")
        await member.taps("Confirm" if language == "en" else "确认")
        await owner.says(f"/lifthold {code} again")
        owner.was_told("There is no such order, or it stands no more")
        await owner.says("/legalhold")
        owner.was_told("Orders of courts that stand\nNone.")
        await owner.says(f"/audit @{name}")
        owner.was_told("order of a court lifted")
        assert not [check for check in (await reconcile(database_url)).checks if check.broken]


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_an_order_over_an_amount_leaves_what_is_above_it(
        sqlite_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    async with house(sqlite_url, tmp_path) as here:
        owner, other, member = here.alice, here.bob, here.liming
        await operates(here, owner, other)
        await joins(member, words)
        await tops_up(member, words, 100)
        name = here.world.people[member.id].user["username"]
        await owner.says(f"/legalhold @{name} 60 2099-05-01；{COURT}；{CASE}；2026-11-20")
        await signs(owner, PINS["alice"], first=True)
        await approves(other, code_in(owner.was_told("waits for a second operator until")), first=True)
        await member.says("/send @bob 41 lunch")
        member.was_told(SAID[language]["free"])
        await member.says("/send @bob 40 lunch")
        await member.taps("Confirm" if language == "en" else "确认")
        async with here.app.database.reading.connect() as connection:
            (order,) = (await connection.execute(select(legal_holds))).all()
        assert (order.amount, order.since_entry, order.ended_at) == (6_000, 1, 0)


async def test_what_cannot_be_read_is_asked_for_again_and_holds_nothing(sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        owner, other, member = here.alice, here.bob, here.liming
        await operates(here, owner, other)
        await joins(member, ENGLISH)
        for typed, heard in (
                ("/legalhold", "To write one down: /legalhold @bob"),
                ("/legalhold @liming", "with semicolons between them"),
                ("/legalhold @liming all; Court; Ref 1; yesterday", "with semicolons between them"),
                ("/legalhold @liming all soon; Court; Ref 1; 2026-11-20", "with semicolons between them"),
                (f"/legalhold @liming all; {'C' * 61}; Ref 1; 2026-11-20", "60 characters at most"),
                ("/legalhold @liming 0; Court; Ref 1; 2026-11-20", "The amount is zero"),
                ("/legalhold @liming all; Court; Ref 1; 2999-01-01", "can't be of a day to come"),
                ("/legalhold @liming all 2020-01-01; Court; Ref 1; 2019-11-20", "can't be of a day to come"),
                ("/legalhold @alice all; Court; Ref 1; 2026-11-20", "Nobody decides about themselves"),
                ("/legalhold @bob all; Court; Ref 1; 2026-11-20", "They are an operator"),
                ("/lifthold", "why it is lifted"), (f"/lifthold {ids.code(64)}", "why it is lifted"),
                (f"/lifthold {ids.code(64)} paid", "There is no such order")):
            before = len(owner.sees())
            await owner.says(typed)
            assert any(heard in one for one in owner.sees()[before:]), (typed, owner.sees()[before:])
        async with here.app.database.reading.connect() as connection:
            assert (await connection.execute(select(legal_holds))).all() == []
