"""Who may ask for what operators ask for, and where: every command, every role, every kind of chat; through the whole
process, in both languages."""
from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select

from bot.local import acts, groups, members
from bot.local.seed import GROUP_ID
from handlers.commands import COMMANDS, Command
from handlers.texts import Language
from storage.tables import audit
from tests.scenarios.harness import Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from wallet.operators import ROLES, Appoint, may

COMMANDED: Final = [row for row in COMMANDS.values() if row.accepts.act is not None]
NOT_ALLOWED: Final[dict[Language, str]] = {"en": "the right role", "zh_CN": "角色"}
ELSEWHERE: Final[dict[Language, str]] = {"en": "operators' group", "zh_CN": "运营群"}
IN_PRIVATE: Final = "only in a private chat"
OWNER: Final = 1000001
"""Alice, whom the setting names."""


THEIRS: Final = GROUP_ID - 1
"""The operators' group."""


@asynccontextmanager
async def house(url: str, folder: Path, **settings: Any) -> AsyncIterator[Stage]:
    """Alice owns it, and everybody is in the group in which operators may work."""
    async with stage(folder, url, owner_ids=str(OWNER), operators_group=THEIRS, **settings) as here:
        assert groups.made(here.world, {}, "Operators", list(here.world.people)).id == THEIRS
        yield here


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_an_owner_appoints_by_command_and_by_button(sqlite_url: str, tmp_path: Path, words: Words,
                                                          language: Language) -> None:
    async with house(sqlite_url, tmp_path) as here:
        owner, other = here.alice, here.bob if language == "en" else here.liming
        await joins(owner, ENGLISH)
        await joins(other, words)
        name = here.world.people[other.id].user["username"]
        await owner.says(f"/role @{name} risk")
        owner.was_told(f"{other.id}, be an operator: risk officer?")
        assert await here.app.operators.role(other.id) == "", "whoever is meant by a name alone is shown first"
        await owner.taps("Yes, this one")
        owner.was_told("is an operator: risk officer")
        other.was_told("an operator here now: risk officer" if language == "en" else "你现在是这里的运营人员：风控")
        await other.says("/role")
        other.was_told("👥 Operators" if language == "en" else "👥 运营人员")
        await owner.says(f"/role @{name}")
        await owner.taps("no operator")
        other.was_told("You are no operator here any more" if language == "en" else "你已不再是这里的运营人员")
        await other.says("/role")
        assert not other.sees()[-1].startswith("👥"), "there is no such command for them"


async def test_every_command_answers_the_roles_that_may_where_operators_work_and_nobody_else(
        sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        for person in (here.alice, here.bob):
            await joins(person, ENGLISH)
        for count, role in enumerate([*ROLES, ""]):
            await here.app.engine.run(Appoint(key=f"matrix {count}", operator=OWNER, person=here.bob.id, role=role))
            await here.settle()
            for row in COMMANDED:
                assert row.accepts.act is not None
                await says_it_everywhere(here, row, is_one=bool(role), allowed=may(role, row.accepts.act))


async def says_it_everywhere(here: Stage, row: Command, *, is_one: bool, allowed: bool) -> None:
    """Bob types a command in private, in the operators' group, and in another one."""
    no, elsewhere, typed = NOT_ALLOWED["en"], ELSEWHERE["en"], row.typed
    for place in (None, THEIRS, here.group):
        before = len(here.bob.sees(place))
        await here.bob.says(typed, place)
        heard = here.bob.sees(place)[before:]
        if not is_one:
            assert not any(no in said or elsewhere in said for said in heard), "there is no such command"
            assert bool(heard) is (place is None), (typed, place, heard)
        elif place and row.accepts.group is None:
            assert any(IN_PRIVATE in said for said in heard), (typed, place, heard)
        elif not allowed:
            assert any(no in said for said in heard), (typed, place, heard)
        elif place == here.group:
            assert any(elsewhere in said for said in heard), (typed, heard)
        else:
            assert heard, typed
            assert not any(no in said or elsewhere in said for said in heard), (typed, place, heard)


async def test_an_operator_sees_a_member_on_one_card_and_that_they_looked_is_written_down(
        database_url: str, tmp_path: Path) -> None:
    async with house(database_url, tmp_path) as here:
        for person in (here.alice, here.bob, here.liming):
            await joins(person, CHINESE if person is here.liming else ENGLISH)
        await tops_up(here.bob, ENGLISH, 100)
        await here.bob.says("/send @liming 20 lunch")
        await here.bob.taps("Confirm")
        await here.alice.says("/user @bob")
        for words in ("Bob Smith (@bob)", "1000003", "Wallet: in order", "Available: ¥80.00", "¥20.00 in 1 payment"):
            here.alice.was_told(words)
        code = re.findall("[A-Z0-9]{9}", here.bob.was_told("Receipt: "))[-1]
        await here.alice.says(f"/user {code}", THEIRS)
        assert await here.bob.taps("李明", THEIRS), "a card is for the operator who asked"
        await here.alice.taps("李明", THEIRS)
        here.alice.was_told("Available: ¥20.00", THEIRS)
        await here.alice.says("/user @nobody_here")
        here.alice.was_not_told("Wallet: still joining")
        async with here.app.database.reading.connect() as connection:
            query = select(audit.c.member, audit.c.facts).where(audit.c.act == "looked_at")
            looked = (await connection.execute(query)).all()
        seen = [await here.app.reads.member(person.id) for person in (here.bob, here.liming)]
        assert {tuple(row) for row in looked} == {(one.id, f"by {OWNER}") for one in seen if one is not None}


async def test_help_in_the_operators_group_tells_them_what_they_may_do(sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        for person in (here.alice, here.bob):
            await joins(person, ENGLISH)
        await here.alice.says("/help", THEIRS)
        here.alice.was_told("/role", THEIRS)
        await here.bob.says("/help", THEIRS)
        assert "/send" in here.bob.sees(THEIRS)[-1]


async def test_whoever_is_no_operator_is_shown_nothing_even_past_the_handler(sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        await joins(here.bob, ENGLISH)
        reads = here.app.operator_reads
        assert await reads.card(OWNER, here.bob.id) is not None
        assert await reads.card(here.bob.id, here.bob.id) is None
        assert await reads.operators(here.bob.id) == []


async def test_nobody_operates_in_the_name_of_a_group_by_an_edit_or_by_what_was_forwarded(
        sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        for person in (here.alice, here.bob):
            await joins(person, ENGLISH)
        await here.alice.edits(await here.alice.says("hello", THEIRS), "/role @bob owner")
        typed = await here.bob.says("/role @bob owner", THEIRS)
        acts.forward(here.world, here.alice.id, THEIRS, typed.key, THEIRS)
        await here.settle()
        members.place(here.world, here.world.chats[THEIRS], here.alice.id, "administrator", here.alice.id)
        here.world.chats[THEIRS].places[here.alice.id] = {"is_anonymous": True}
        acts.say(here.world, here.alice.id, THEIRS, "/role @bob owner", as_chat=THEIRS)
        await here.settle()
        here.alice.was_told("write as yourself", THEIRS)
        assert await here.app.operators.role(here.bob.id) == ""
