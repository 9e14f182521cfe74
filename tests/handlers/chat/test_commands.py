"""What the table of commands says of them is what their handlers do: gates, money, and an answer everywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Final

import pytest

from handlers.chat.agreements import GATES
from handlers.commands import COMMANDS, Command, Section, Takes, Verb, works
from handlers.ground import Seen
from handlers.legal import GATES as KNOWN
from tests.handlers.chat.money.world import MoneyWorld, alice, bob, spoken
from tests.handlers.chat.world import GROUP, Somebody, running
from wallet import commands as wallet
from wallet import ids

EXAMPLES: Final = {
    Takes.NOTHING: "", Takes.PAYLOAD: "", Takes.WORDS: "Nicer", Takes.MONTH: "2026-11", Takes.CODE: ids.code(4711),
    Takes.AMOUNT: "100", Takes.TRANSFER: "20", Takes.ENVELOPE: "100 10", Takes.VOUCHER: "50 3",
    Takes.COLLECTION: "20 lunch",
    Takes.SPLIT: "20 @eve", Takes.REPORT: "took my money", Takes.BLOCK: "",
}
EVERYBODYS = [row for row in COMMANDS.values() if row.accepts.act is None]
"""What operators ask for is told in their own stories."""
each_command = pytest.mark.parametrize("row", EVERYBODYS, ids=lambda row: row.verb)


@pytest.fixture
async def world() -> AsyncIterator[MoneyWorld]:
    async with running(MoneyWorld()) as made:
        yield made


@pytest.fixture
async def member(world: MoneyWorld) -> Somebody:
    """Has a wallet and accepted nothing since; administers the group."""
    person = alice(world)
    await person.joins()
    world.session.administrators.add((GROUP, person.id))
    return person


@pytest.fixture
def asked_of_the_wallet(world: MoneyWorld, member: Somebody, monkeypatch: pytest.MonkeyPatch) -> list[wallet.Command]:
    """What a handler asks from now on."""
    asked: list[wallet.Command] = []
    run = world.engine.run

    async def watched(command: wallet.Command, **options: Any) -> wallet.Outcome:
        asked.append(command)
        return await run(command, **options)

    monkeypatch.setattr(world.engine, "run", watched)
    return asked


def where_it_works(row: Command) -> int:
    """Where it is done when all of it is said at once: in private an envelope is filled step by step, and a bill for
    whoever taps has yet to find its group."""
    return 0 if row.accepts.private is not None and row.verb not in (Verb.RED, Verb.SPLIT) else GROUP


@each_command
async def test_the_gate_of_a_command_is_the_one_at_which_the_wallet_stops_it(
        world: MoneyWorld, row: Command, member: Somebody, asked_of_the_wallet: list[wallet.Command]) -> None:
    chat = where_it_works(row)
    world.people.seen[1003] = Seen(1003, "eve", "Eve", "", False)
    assert await member.says(f"{row.typed} {EXAMPLES[row.takes]}", chat=chat, reply_to=spoken(bob(world), chat=chat))
    assert {command.GATE for command in asked_of_the_wallet if command.GATE} == ({row.gate} if row.gate else set())
    assert any(command.MONEY for command in asked_of_the_wallet) is row.accepts.money
    if row.gate and chat != GROUP:
        assert "Payment Service Agreement" in member.sees()


def test_every_gate_is_one_that_documents_know() -> None:
    assert set(GATES) <= KNOWN


@each_command
@pytest.mark.parametrize("behind", ["", "?!", "@@@ 1e3", "给我"])
@pytest.mark.parametrize("chat", [0, GROUP])
async def test_a_typed_command_is_answered_whatever_follows_it(world: MoneyWorld, member: Somebody, row: Command,
                                                               behind: str, chat: int) -> None:
    before = len(world.session.requests)
    assert await member.says(f"{row.typed} {behind}", chat=chat)
    assert len(world.session.requests) > before


@each_command
async def test_a_plain_word_does_in_private_what_its_command_does(world: MoneyWorld, member: Somebody, row: Command
                                                                  ) -> None:
    said = []
    for typed in (row.typed, *row.words):
        await member.says(typed)
        said.append(member.sees())
    assert len(set(said)) == 1


async def test_the_help_tells_of_every_command_that_works_and_of_no_other(member: Somebody) -> None:
    await member.says("/help")
    lines = [line.partition(" ")[0] for line in member.sees_all().splitlines() if line.startswith("/")]
    assert list(dict.fromkeys(lines)) == [
        row.typed for section in Section for row in EVERYBODYS if row.section is section]
    for row in EVERYBODYS:
        assert f" · <code>{row.words[0]}</code>" in member.sees_all()


async def test_the_help_of_real_money_offers_no_play_money(world: MoneyWorld, member: Somebody) -> None:
    world.dispatcher["config"] = replace(world.dispatcher["config"], play_money=False)
    await member.says("/help")
    for row in EVERYBODYS:
        assert (row.typed in member.sees_all()) is works(row, play_money=False)
