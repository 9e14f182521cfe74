"""The service closes in order: what it takes in no more, what comes back, and what is owed, signed."""
from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select

from handlers.jobs.expiry import expire_vouchers
from handlers.jobs.winding_down import tell_of_end
from handlers.owed import in_words
from storage.reads import SqlReads
from storage.tables import accounts
from storage.winding_down import SqlWindDowns, differs
from tests.bot.test_command_line import said
from tests.handlers.chat.world import SPEAKERS
from tests.wallet.bank import ALICE, BOB, CAROL, POLICY, STRANGER, Bank, Made, open_bank
from wallet import ids, owed, refusals
from wallet.commands import Command
from wallet.engine import microseconds
from wallet.envelopes import AskEnvelope
from wallet.events import WindDownCalledOff, WindDownCame, read
from wallet.funding import TopUp
from wallet.gifts import AskGift
from wallet.keeping import KeepShare
from wallet.members import ChooseLanguage, Meet, Met, ShareContact
from wallet.money import CNY
from wallet.movements import HOUSE, AccountKind
from wallet.operators import AppointOwners
from wallet.proposals import Approve, Propose, Proposed, Sign
from wallet.requests import AskFor
from wallet.schedules import AskSchedule
from wallet.splits import MakeSplit
from wallet.views.operators import SetAside
from wallet.vouchers import AskVoucher
from wallet.winding_down import DAY, NOTICE, CallOffDeed, Stated, StateOwed, WindDownDeed

T = TypeVar("T")
KEY = owed.public_key(POLICY.statement_key)


@pytest.fixture
async def bank(database_url: str) -> AsyncIterator[Bank]:
    async with open_bank(database_url) as opened:
        await opened.settle()
        await opened.run(AppointOwners(key="owners", telegram_ids=(ALICE, BOB)))
        for person in (ALICE, BOB):
            await opened.set_pin(person)
        yield opened


async def decides(bank: Bank, deed: WindDownDeed | CallOffDeed) -> None:
    """Two operators, for one is too few."""
    alice, bob = bank.members[ALICE], bank.members[BOB]
    await bank.run(Propose(key=bank.key(), member=alice, deed=deed.text(), token=(one := bank.key())))
    first = await bank.run(Sign(key=bank.key(), member=alice, token=one, pin_version=1))
    assert isinstance(first, Proposed)
    await bank.run(Approve(key=bank.key(), member=bob, proposal=first.proposal, token=(two := bank.key())))
    await bank.run(Sign(key=bank.key(), member=bob, token=two, pin_version=1))


async def proposes(bank: Bank, deed: WindDownDeed | CallOffDeed) -> None:
    await bank.run(Propose(key=bank.key(), member=bank.members[ALICE], deed=deed.text(), token=bank.key()))


def now(bank: Bank) -> int:
    assert bank.database is not None
    return microseconds()


async def test_nothing_comes_in_what_waits_comes_back_and_everybody_has_it_signed(bank: Bank) -> None:
    assert bank.database is not None
    voucher = await bank.makes(ALICE, amount=500, uses=2)
    waiting = await bank.asks(ALICE, STRANGER, amount=700)
    closes_at = now(bank) + NOTICE + DAY
    await decides(bank, WindDownDeed(closes_at))

    for command in (bank.send(ALICE, STRANGER, amount=100),
                    TopUp(key=bank.key(), member=bank.members[CAROL], amount=100)):
        with pytest.raises(refusals.WindingDown) as closing:
            await bank.run(command)
        assert closing.value.closes_at == closes_at
    assert waiting.token
    newcomer = await bank.run(Meet(key=bank.key(), telegram_id=STRANGER, language="en"))
    assert isinstance(newcomer, Met)
    with pytest.raises(refusals.WindingDown):
        await bank.run(ChooseLanguage(key=bank.key(), member=newcomer.member, language="en"))
    await bank.pays(BOB, CAROL, amount=300)

    reads, wind_downs = SqlReads(bank.database, today=lambda: 0), SqlWindDowns(bank.database)
    assert await expire_vouchers(bank.engine, reads, now(bank)) == 1
    with pytest.raises(refusals.VoucherOver):
        await bank.run(bank.redeem(voucher, BOB))
    bank.told.clear()
    assert await tell_of_end(bank.engine, wind_downs) == 3
    assert await tell_of_end(bank.engine, wind_downs) == 0, "once each"
    came = {notice.member: read(notice.event, notice.facts) for notice in bank.told}
    for person, total in ((ALICE, "1000.00"), (BOB, "997.00"), (CAROL, "3.00")):
        event = came[bank.members[person]]
        assert isinstance(event, WindDownCame)
        statement, key, signature = owed.opened(event.statement)
        assert key == KEY
        assert owed.is_signed(statement, signature, KEY)
        assert statement["owed"]["CNY"]["total"] == total
        assert statement["telegram_id"] == person
    url = bank.database.url.render_as_string(hide_password=False)
    stated = await bank.run(StateOwed(key=bank.key(), member=bank.members[CAROL]))
    assert isinstance(stated, Stated)
    statement, _key, _signature = owed.opened(stated.statement)
    assert not await differs(url, statement, CNY)
    (kind, account, number, balance), *rest = statement["entries"]
    ledger = statement["ledger"]
    lines, none = statement["owed"]["CNY"], {"available": "0.00", "held": "3.00"}
    for forged, wrong in (
            ({"entries": [[kind, account, number, balance + 1], *rest]}, "left 300, not 301"),
            ({"entries": [[kind, account, number, balance]] * 2}, f"account {account} is named twice"),
            ({"owed": {"CNY": {**lines, "total": "9.99"}}}, "total is said to be 9.99, which is not the sum"),
            ({"owed": {"CNY": {**lines, "vouchers": "5.00"}}}, "vouchers is said to be 5.00, which is not the sum"),
            ({"owed": {"CNY": {**lines, "total": "300"}}}, "total is said to be 300, which is not the sum"),
            ({"owed": {"CNY": {**lines, "total": 3}}}, "total is said to be 3, which is not the sum"),
            ({"owed": {"CNY": {name: line for name, line in lines.items() if name != "held"}}}, "not said in CNY"),
            ({"owed": {}}, "not said in CNY"),
            ({"owed": {"JPY": lines}}, "not said in CNY"),
            ({"entries": [[kind, account, number + 1, balance], *rest]}, "left None"),
            ({"ledger": {**ledger, "head": "00" * 32}}, "is another one"),
            ({"entries": [[kind, account + 64, number, balance], *rest]}, "not the member's"),
            ({"entries": [["fees", account, number, balance], *rest]}, "of no kind that is a member's: fees"),
            ({"entries": [["held", account, number, balance]], "owed": {"CNY": {**lines, **none}}},
             "not the member's")):
        assert wrong in await differs(url, {**statement, **forged}, CNY), forged


async def test_what_lies_in_envelopes_and_vouchers_is_their_makers_until_somebody_takes_it(bank: Bank) -> None:
    assert bank.database is not None
    wind_downs, url = SqlWindDowns(bank.database), bank.database.url.render_as_string(hide_password=False)
    envelope = await bank.fills(ALICE, amount=900, shares=3, kind="equal")
    await bank.opens(envelope.envelope, BOB)
    voucher = await bank.makes(ALICE, amount=50, uses=2)
    theirs = await bank.fills(BOB, amount=100, shares=1)

    async def stated(*aside: SetAside) -> dict[str, Any]:
        (found,) = aside or await wind_downs.set_aside((bank.members[ALICE],))
        outcome = await bank.run(StateOwed(key=bank.key(), member=bank.members[ALICE], envelopes=found.envelopes,
                                           vouchers=found.vouchers))
        assert isinstance(outcome, Stated)
        return owed.opened(outcome.statement)[0]

    statement = await stated()
    assert statement["owed"]["CNY"] == {"available": "990.00", "held": "0.00", "envelopes": "6.00", "vouchers": "1.00",
                                        "total": "997.00"}
    assert await differs(url, statement, CNY) == ""
    told = SPEAKERS["en"].plain(in_words(json.dumps({"statement": statement, "key": KEY, "signature": "00"})))
    assert "In red envelopes that are open: ¥6.00\nIn vouchers that are open: ¥1.00" in told

    for missing in (SetAside((), (voucher.voucher,)), SetAside((envelope.envelope,), ()),
                    SetAside((theirs.envelope,), (voucher.voucher,)), SetAside((999,), (voucher.voucher,))):
        with pytest.raises(refusals.Busy):
            await stated(missing)
    other = ids.account(theirs.envelope, AccountKind.ENVELOPE)
    forged = [["envelopes", other, *entry[2:]] if entry[0] == "envelopes" else entry for entry in statement["entries"]]
    assert "is not the member's" in await differs(url, {**statement, "entries": forged}, CNY)

    await bank.run(bank.redeem(voucher, CAROL))
    await bank.opens(envelope.envelope, CAROL)
    assert (await stated())["owed"]["CNY"] == {
        "available": "990.00", "held": "0.00", "envelopes": "3.00", "vouchers": "0.50", "total": "993.50"}
    assert await differs(url, statement, CNY) == "", "what was said is as it was then"


async def owed_to_all(bank: Bank) -> int:
    """What the statements of all members add up to, each of which matches the ledger."""
    assert bank.database is not None
    numbers, total = tuple(bank.members.values()), 0
    for member, aside in zip(numbers, await SqlWindDowns(bank.database).set_aside(numbers), strict=True):
        outcome = await bank.run(StateOwed(key=bank.key(), member=member, envelopes=aside.envelopes,
                                           vouchers=aside.vouchers))
        assert isinstance(outcome, Stated)
        statement = owed.opened(outcome.statement)[0]
        assert await differs(bank.database.url.render_as_string(hide_password=False), statement, CNY) == ""
        total += owed.amounts_in(statement)["total"]
    return total


async def in_the_ledger(bank: Bank) -> int:
    """What all accounts hold that are not the house's."""
    assert bank.database is not None
    async with bank.database.reading.connect() as connection:
        found = await connection.execute(
            select(func.sum(accounts.c.balance)).where(accounts.c.kind.not_in([int(kind) for kind in HOUSE])))
        return int(found.scalar_one())


async def test_all_statements_together_are_what_the_ledger_owes_to_members_whatever_happened(bank: Bank) -> None:
    chance = random.Random(5)
    envelopes: list[int] = []
    vouchers: list[Made] = []
    kept = 0
    for step in range(40):
        maker, other = chance.sample((ALICE, BOB, CAROL), 2)
        match chance.choice(("pay", "fill", "open", "make", "redeem", "give")):
            case "pay":
                await tried(bank.pays(maker, other, amount=chance.randrange(1, 300)))
            case "fill":
                if filled := await tried(bank.fills(maker, amount=chance.randrange(3, 300), shares=3)):
                    envelopes.append(filled.envelope)
            case "open" if envelopes:
                await tried(bank.opens(chance.choice(envelopes), other))
            case "make":
                if made := await tried(bank.makes(maker, amount=chance.randrange(1, 200), uses=2)):
                    vouchers.append(made)
            case "redeem" if vouchers:
                await tried(bank.run(bank.redeem(chance.choice(vouchers), other)))
            case "give":
                await tried(bank.gives(maker, amount=chance.randrange(1, 200), card=f"card {step}"))
        if step % 8 == 7:
            assert await owed_to_all(bank) == await in_the_ledger(bank), step
            kept += len(envelopes) + len(vouchers)
    assert kept, "something was set aside"


async def tried(doing: Awaitable[T]) -> T | None:
    """What came of it, None where it was refused."""
    try:
        return await doing
    except refusals.Refusal:
        return None


async def test_a_statement_of_the_former_kind_is_read_as_ever(bank: Bank) -> None:
    assert bank.database is not None
    outcome = await bank.run(StateOwed(key=bank.key(), member=bank.members[ALICE]))
    assert isinstance(outcome, Stated)
    statement = owed.opened(outcome.statement)[0]
    former = {**statement, "format": "ikmpay-owed-1", "entries": {kind: entry for kind, *entry in statement["entries"]},
              "owed": {"CNY": {"available": "1000.00", "held": "0.00", "total": "1000.00"}}}
    file = json.dumps({"statement": former, "key": KEY, "signature": "00"})
    assert owed.opened(file)[0] == former
    assert "Owed to you: ¥1,000.00\nAvailable: ¥1,000.00\nOn hold: ¥0.00" in SPEAKERS["en"].plain(in_words(file))
    url = bank.database.url.render_as_string(hide_password=False)
    assert await differs(url, former, CNY) == ""
    for lines, wrong in (({**former["owed"]["CNY"], "total": "1.00"}, "total is said to be 1.00"),
                         ({"total": "1000.00"}, "not said in CNY")):
        assert wrong in await differs(url, {**former, "owed": {"CNY": lines}}, CNY)
    newer = {**former, "entries": {**former["entries"], "vouchers": former["entries"]["available"]}}
    assert "of no kind" in await differs(url, newer, CNY), "it had no such line"


async def test_it_can_be_called_off_before_the_day_by_two_and_everything_works_again(bank: Bank) -> None:
    assert bank.database is not None
    for wrong in (now(bank) + NOTICE - DAY, now(bank) + 3 * 366 * DAY):
        with pytest.raises(refusals.ClosingDayWrong):
            await proposes(bank, WindDownDeed(wrong))
    with pytest.raises(refusals.NotWindingDown):
        await proposes(bank, CallOffDeed(0))
    closes_at = now(bank) + NOTICE + DAY
    await decides(bank, WindDownDeed(closes_at))
    with pytest.raises(refusals.WindingDown):
        await proposes(bank, WindDownDeed(closes_at))
    await decides(bank, CallOffDeed(closes_at))
    await bank.run(TopUp(key=bank.key(), member=bank.members[CAROL], amount=100))
    bank.told.clear()
    await tell_of_end(bank.engine, SqlWindDowns(bank.database))
    assert [notice.event for notice in bank.told] == [WindDownCalledOff.__name__] * 3


def test_what_takes_in_or_binds_is_refused_and_what_gets_money_out_is_not() -> None:
    binds: set[type[Command]] = {TopUp, ShareContact, AskEnvelope, AskGift, KeepShare, AskFor, AskSchedule, MakeSplit,
                                 AskVoucher}
    assert all(one.BINDS for one in binds)
    assert not Sign.BINDS
    assert not StateOwed.BINDS


async def test_a_statement_that_was_changed_or_signed_by_another_is_none(bank: Bank, tmp_path: Path) -> None:
    stated = await bank.run(StateOwed(key=bank.key(), member=bank.members[ALICE]))
    assert isinstance(stated, Stated)
    statement, _key, signature = owed.opened(stated.statement)
    assert owed.is_signed(statement, signature, KEY)
    assert not owed.is_signed(statement, signature, owed.public_key(b"x" * 32))
    assert not owed.is_signed({**statement, "telegram_id": BOB}, signature, KEY)
    file = tmp_path / "owed.json"
    file.write_text(stated.statement, "utf-8")
    for arguments, code, words in ((("--key", KEY), 0, "1000.00 owed to member"),
                                   (("--key", "ab" * 32), 1, "NOT SIGNED"), ((), 78, "name the public key")):
        ended, told = said("verify-statement", str(file), *arguments, DATA_DIR=str(tmp_path))
        assert ended == code, told
        assert words in told
    for broken in ("", "{}", "[]", "null", json.dumps({"statement": 1, "key": 2, "signature": 3})):
        with pytest.raises(owed.NotAStatement):
            owed.opened(broken)
