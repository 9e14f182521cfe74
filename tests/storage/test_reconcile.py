"""Reconciling names what was changed by hand, whatever it was, and is quiet about what may be erased."""
# ruff: noqa: S608 - every statement is written here; nothing in it comes from outside.
from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from storage.database import open_database
from storage.reconcile import Report, reconcile
from tests.services.postgres import Postgres
from tests.storage.story import ALICE, BOB, story
from tests.wallet.bank import POLICY, open_bank


def unlocked(connection: Connection) -> None:
    """What somebody with all rights would do first."""
    if connection.dialect.name == "sqlite":
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
    else:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("ALTER TABLE accounts DROP CONSTRAINT ck_accounts_balance"))
        connection.execute(text("ALTER TABLE holds DROP CONSTRAINT ck_holds_declined"))
        for rule in ("opened", "ended", "amount"):
            connection.execute(text(f"ALTER TABLE envelopes DROP CONSTRAINT ck_envelopes_{rule}"))
        connection.execute(text("ALTER TABLE splits DROP CONSTRAINT ck_splits_ended"))
        for rule in ("amount", "ended"):
            connection.execute(text(f"ALTER TABLE vouchers DROP CONSTRAINT ck_vouchers_{rule}"))


@pytest.fixture(scope="module")
def told_sqlite(sqlite_template: Path) -> Path:
    """A SQLite file in which the story has happened."""
    file = sqlite_template.with_name("story.db")
    shutil.copy(sqlite_template, file)
    asyncio.run(_told(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="module")
def told_postgres(postgres: Postgres, postgres_template: str) -> str:
    """The name of a PostgreSQL database in which the story has happened."""
    asyncio.run(_told(postgres.create_database("story", postgres_template)))
    return "story"


async def _told(url: str) -> None:
    async with open_bank(url, writers=1) as bank:  # What happened first has the lowest number.
        await story(bank)


@pytest.fixture
def sqlite_story(told_sqlite: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(told_sqlite, tmp_path / 'copy.db')}"


@pytest.fixture
def postgres_story(told_postgres: str, postgres: Postgres) -> Iterator[str]:
    with postgres.database(template=told_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def story_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_story")
    return url


async def after(url: str, *statements: str) -> Report:
    """What reconciling says after somebody has changed rows by hand."""
    database = open_database(url)

    def tamper(connection: Connection) -> None:
        unlocked(connection)
        for statement in statements:
            changed = connection.execute(text(statement)).rowcount
            assert changed, statement

    try:
        if statements:
            await database.write(tamper)
    finally:
        await database.close()
    return await reconcile(url)


def broken(report: Report) -> set[str]:
    """The checks that found something."""
    return {check.name for check in report.checks if check.broken}


@dataclass(frozen=True)
class Tampering:
    """Something changed by hand, and the check that has to notice."""

    name: str
    statements: tuple[str, ...]
    noticed: str


FOLD = "a balance is the fold of its entries"
SHARES_SAY, SHARE_PAID = ("a split has what its shares say",
                          "every share of a split was paid once, to whoever collects")
LEFT = "an envelope holds what is left of it"
TAKEN = "what was claimed went to whom it was for, and under a card not to its payer"
BEHIND = "a card has money behind it once, and what has no card is for somebody"
OPEN = "open envelopes are what was tallied"
KEPT = "what is kept of an envelope is counted"
DRAWN = "every envelope was divided as it was drawn"
PAID = "a request was paid once, to its asker, over its amount"
STATED = "what members state of themselves is what was written down"
AGAIN = "what came again was paid as its payer said, once a day"
CHAIN = "every lane's journal is whole"
SEND = "(SELECT min(id) FROM transfers WHERE kind = 'send')"
FIRST = "(SELECT min(id) FROM accounts WHERE kind = 0)"
GIFT = "CASE WHEN kind = 8 THEN -100 ELSE 100 END"
CASHED = "a voucher was filled and emptied as it says"
IN_TIME = "a hold ends in its time"
CLAIMED = "what was claimed went to whom it was for, and under a card not to its payer"
CARD_PAID = "a request on a card was paid once, to whoever sent it, over its amount"
ASKED = "a request is what was asked for"
ASKING = "open requests on cards are what was tallied"
BECAME = "a card became what its draft wanted, of whoever sent it"
WHILE = "what may be opened, redeemed or paid for a time was so in its time"
ORDERED = "an order of a court stands in its member's row, whose wallet stays open, and nothing else does"
STANDS = "a penalty in force stands in its member's row, and nothing else does"
THAWS = "what waits for whoever is frozen began to while they were"
ALONE = "what is for one person alone is for who was named"
TWO = "every correction has two operators, none of whom it is about"
LOOKED_AT = "what rules hold back waits to be looked at, once"
MARKED = "a name that may stand on the screening list is marked, and no other"
DECIDED = "every hit was found once, and is what operators decided"
TAMPERINGS = [
    Tampering("what a rule held back called let on", (
        "UPDATE interceptions SET state = 'released', decided_at = 1 WHERE state = 'open'",), LOOKED_AT),
    Tampering("what a rule held back made claimable", (
        "UPDATE holds SET purpose = 'claim' WHERE purpose = 'check' AND state = 'open'",), LOOKED_AT),
    Tampering("what was sent back held once more", (
        "UPDATE interceptions SET state = 'open', decided_at = 0 WHERE state = 'sent_back'",), LOOKED_AT),
    Tampering("what a rule held back forgotten", ("DELETE FROM interceptions WHERE state = 'open'",), LOOKED_AT),
    Tampering("another checker under a correction", (
        "UPDATE proposals SET checker = 803 WHERE deed LIKE '%,-3,%'",), TWO),
    Tampering("a correction that says another amount", (
        "UPDATE proposals SET deed = replace(deed, ',5,', ',4,') WHERE deed LIKE '%,5,%'",), TWO),
    Tampering("a correction of a receipt that there is not", ("UPDATE adjustments SET receipt = 7 WHERE receipt <> 0",),
              TWO),
    Tampering("a correction that nobody signed", ("DELETE FROM adjustments WHERE receipt = 0",), TWO),
    Tampering("a penalty taken off its member", (
        "UPDATE members SET penalties = '' WHERE penalties LIKE 'frozen%'",), STANDS),
    Tampering("an order taken off its member", ("UPDATE members SET legal_holds = ''",), ORDERED),
    Tampering("an order made smaller", ("UPDATE legal_holds SET amount = 1 WHERE ended_at = 0",), ORDERED),
    Tampering("a wallet closed under an order", (
        "UPDATE members SET state = 'closed' WHERE legal_holds <> ''",), ORDERED),
    Tampering("an order that nobody lifted", (
        "UPDATE legal_holds SET ended_at = at + 1, last_entry = 10000, last_held = 10000 WHERE ended_at = 0",
        "UPDATE legal_holds SET ended_by = (SELECT max(id) FROM proposals WHERE deed LIKE '[\"adjust\",%')"
        " WHERE last_entry = 10000", "UPDATE members SET legal_holds = ''"),
              "every order was written down by two operators, and lifted by two"),
    Tampering("an order by one of another member", ("UPDATE legal_holds SET member = member + 64",),
              "every order was written down by two operators, and lifted by two"),
    Tampering("what went out under an order", ("UPDATE legal_holds SET amount = 0 WHERE ended_at = 0",),
              "nothing went out that an order of a court held"),
    Tampering("a penalty put on a member by nobody", (
        f"UPDATE members SET penalties = 'banned:0:7' WHERE telegram_id = {ALICE}",), STANDS),
    Tampering("a penalty made to end sooner", ("UPDATE penalties SET until = at + 1 WHERE kind = 'frozen'",), STANDS),
    Tampering("another reason for a penalty", ("UPDATE penalties SET reason = 'theft' WHERE kind = 'frozen'",),
              "every penalty is what an operator decided"),
    Tampering("money held for somebody who is not frozen", (
        f"UPDATE penalties SET member = (SELECT id FROM members WHERE telegram_id = {ALICE}) WHERE kind = 'frozen'",),
        THAWS),
    Tampering("a card paid by another payment", (f"UPDATE drafts SET transfer = {SEND} WHERE card = 'paid'",),
              CARD_PAID),
    Tampering("a card paid by nothing", ("UPDATE drafts SET transfer = 0 WHERE card = 'paid'",), CARD_PAID),
    Tampering("a card that was paid opened again", ("UPDATE drafts SET state = 'open' WHERE card = 'paid'",),
              CARD_PAID),
    Tampering("what a card asks for turned to somebody else", (
        "UPDATE drafts SET intent = replace(intent, 'appeal\",', 'appeal\",6') WHERE card = 'asked'",), CARD_PAID),
    Tampering("what a paid card asked for made more", (
        "UPDATE drafts SET intent = replace(intent, ',19,', ',20,') WHERE card = 'paid'",), CARD_PAID),
    Tampering("a payment tied to what was no card's", (
        f"UPDATE drafts SET transfer = {SEND} WHERE token = (SELECT min(token) FROM drafts WHERE card = '')",),
        CARD_PAID),
    Tampering("a card that asks not counted", ("UPDATE tallies SET open = open - 1 WHERE what = 'appeals'",), ASKING),
    Tampering("a card that asks forgotten", ("DELETE FROM drafts WHERE card = 'asked'",), ASKING),
    Tampering("a card that gave more than its draft wanted", (
        "UPDATE drafts SET intent = replace(intent, ',17,', ',16,') WHERE card = 'taken'",), BECAME),
    Tampering("a share opened after its envelope's time", (
        "UPDATE envelopes SET expires_at = 1 WHERE state = 'emptied'",), WHILE),
    Tampering("a voucher redeemed after its time", ("UPDATE vouchers SET expires_at = 1 WHERE state = 'used'",), WHILE),
    Tampering("a request paid after its time", ("UPDATE requests SET expires_at = 1 WHERE state = 'paid'",), WHILE),
    Tampering("a share of a split paid after its time", ("UPDATE splits SET expires_at = 1 WHERE paid > 0",), WHILE),
    Tampering("an envelope turned to another person", (
        "UPDATE envelopes SET beneficiary = 999 WHERE beneficiary <> 0",), ALONE),
    Tampering("a voucher opened to everybody", ("UPDATE vouchers SET \"only\" = 0 WHERE \"only\" <> 0",), ALONE),
    Tampering("a split called complete", (
        "UPDATE splits SET state = 'complete', ended_at = 1 WHERE state = 'open'",), SHARES_SAY),
    Tampering("what arrives later arrived before its time", (
        "UPDATE holds SET expires_at = ended_at + 1 WHERE purpose = 'delay' AND state = 'settled'",), IN_TIME),
    Tampering("what arrives later taken back after its time", (
        "UPDATE holds SET expires_at = ended_at WHERE purpose = 'delay' AND state = 'released'",), IN_TIME),
    Tampering("what arrives later paid to another", (
        f"UPDATE transfers SET credit = {FIRST} WHERE kind = 'claim'"
        " AND hold IN (SELECT id FROM holds WHERE purpose = 'delay')",), CLAIMED),
    Tampering("what was claimed made what arrives later", (
        "UPDATE holds SET purpose = 'delay' WHERE purpose = 'claim' AND state = 'settled'",), IN_TIME),
    Tampering("a voucher made larger", ("UPDATE vouchers SET uses = uses + 1 WHERE state = 'open'",),
              "a voucher holds what is left of it"),
    Tampering("a voucher redeemed less often than it was", (
        "UPDATE vouchers SET used = used - 1, state = 'open'",), CASHED),
    Tampering("a voucher returned by nothing", (
        "UPDATE vouchers SET state = 'expired', returned = amount * (uses - used), ended_by = 1"
        " WHERE state = 'open'",), "a voucher holds what is left of it"),
    Tampering("a voucher returned by another transfer", ("UPDATE vouchers SET ended_by = 1 WHERE state = 'withdrawn'",),
              CASHED),
    Tampering("a use made somebody else's", ("UPDATE voucher_uses SET member = member + 1",),
              "every use of a voucher went to whoever redeemed it"),
    Tampering("a use forgotten", ("DELETE FROM voucher_uses",), CASHED),
    Tampering("a voucher forgotten", ("DELETE FROM vouchers WHERE state = 'used'",),
              "a voucher holds what is left of it"),
    Tampering("an envelope made larger", ("UPDATE envelopes SET amount = amount + 1 WHERE state = 'open'",), LEFT),
    Tampering("a share given twice", ("INSERT INTO shares SELECT envelope, member + 64, number + 1, amount, transfer"
                                      " FROM shares WHERE number = 2 AND envelope = (SELECT min(id) FROM envelopes)",),
              "an envelope was filled and emptied as it says"),
    Tampering("a share made somebody else's", ("UPDATE shares SET member = member + 1 WHERE number = 1",),
              "every share went to whoever opened it"),
    Tampering("a request made larger after it was paid", ("UPDATE requests SET amount = amount + 1"
                                                          " WHERE state = 'paid'",), PAID),
    Tampering("a request paid by somebody else's payment", (
        f"UPDATE requests SET state = 'paid', ended_at = 1, transfer = {SEND} WHERE state = 'open'",), PAID),
    Tampering("a request turned to somebody else", ("UPDATE requests SET person = person + 1 WHERE state = 'paid'",),
              PAID),
    Tampering("an open request made larger", ("UPDATE requests SET amount = amount + 1 WHERE state = 'open'",), ASKED),
    Tampering("an open request turned to somebody else", (
        "UPDATE requests SET person = person + 1 WHERE state = 'open'",), ASKED),
    Tampering("an open request given to another asker", (
        "UPDATE requests SET member = (SELECT max(id) FROM members) WHERE state = 'open'",), ASKED),
    Tampering("a request forgotten", ("DELETE FROM requests WHERE state = 'open'",),
              "open requests are what was tallied"),
    Tampering("what comes again made larger", ("UPDATE schedules SET amount = amount + 1",), AGAIN),
    Tampering("what comes again turned to somebody else", ("UPDATE schedules SET person = person + 1",), AGAIN),
    Tampering("a day set back to be paid once more", (
        "UPDATE schedules SET next_day = next_day - 1 WHERE id IN (SELECT schedule FROM runs)",), AGAIN),
    Tampering("a day paid by another payment", (f"UPDATE runs SET transfer = {SEND}",), AGAIN),
    Tampering("a QQ number that nobody stated", ("UPDATE contacts SET at = at + 1",), STATED),
    Tampering("a QQ number of nobody", ("UPDATE contacts SET member = member + 1",), STATED),
    Tampering("a guardian taken from a minor", ("UPDATE wards SET guardian = 0",),
              "minors have a guardian or are marked as having none"),
    Tampering("a minor made an adult", ("UPDATE members SET safeguards = 0 WHERE safeguards = 4",),
              "minors have a guardian or are marked as having none"),
    Tampering("a minor forgotten", ("DELETE FROM wards",), "those for whom somebody answers are what was tallied"),
    Tampering("what comes again forgotten", ("DELETE FROM schedules",), "what comes again is tallied"),
    Tampering("a balance raised", ("UPDATE accounts SET balance = balance + 1 WHERE kind = 0",), FOLD),
    Tampering("money moved between balances", (
        "UPDATE accounts SET balance = balance + 1 WHERE kind = 0"
        " AND id = (SELECT min(id) FROM accounts WHERE kind = 0 AND balance > 100)",
        "UPDATE accounts SET balance = balance - 1 WHERE kind = 0"
        " AND id = (SELECT max(id) FROM accounts WHERE kind = 0 AND balance > 0)"), FOLD),
    Tampering("money made", ("UPDATE accounts SET balance = balance + 1 WHERE kind = 8 AND balance < 0",),
              "all accounts sum to zero"),
    Tampering("a share forgotten", ("DELETE FROM shares WHERE number = 1",), "every share went to whoever opened it"),
    Tampering("a share kept for one more", ("UPDATE kept_shares SET state = 'kept', envelope ="
                                           " (SELECT min(id) FROM envelopes) WHERE person = 777",), KEPT),
    Tampering("a kept share forgotten", ("DELETE FROM kept_shares WHERE person = 778",), KEPT),
    Tampering("a kept share that was never opened", (
        "UPDATE kept_shares SET state = 'opened' WHERE person = 778",
        "UPDATE envelopes SET kept = kept - 1 WHERE kept = 2"), KEPT),
    Tampering("a share that was for another", ("UPDATE envelopes SET beneficiary = 999 WHERE opened > 0",),
              "every share went to whoever opened it"),
    Tampering("an envelope opened less often than it was", (
        "UPDATE envelopes SET opened = opened - 1, state = 'open'",), "an envelope was filled and emptied as it says"),
    Tampering("an envelope returned by nothing", (
        "UPDATE envelopes SET state = 'expired', returned = amount - given, ended_by = 1 WHERE state = 'open'",), LEFT),
    Tampering("an envelope forgotten", ("DELETE FROM envelopes WHERE state = 'emptied'",),
              "an envelope was filled and emptied as it says"),
    Tampering("money in an envelope that has ended", (
        "UPDATE accounts SET balance = balance + 1 WHERE kind = 2 AND balance = 0",), LEFT),
    Tampering("an open envelope not counted", ("UPDATE tallies SET open = open - 1 WHERE what = 'envelopes'",), OPEN),
    Tampering("no open envelope counted", ("DELETE FROM tallies WHERE what = 'envelopes'",), OPEN),
    Tampering("an open voucher not counted", ("UPDATE tallies SET open = open - 1 WHERE what = 'vouchers'",),
              "open vouchers are what was tallied"),
    Tampering("a draw changed", ("UPDATE draws SET shares = '20,20,20'"
                                 " WHERE envelope = (SELECT min(id) FROM envelopes)",), DRAWN),
    Tampering("a seed changed", ("UPDATE draws SET seed = 'another'",), DRAWN),
    Tampering("a draw changed where no chance was in it", ("UPDATE draws SET shares = '31,29'"
                                                           " WHERE shares = '30,30'",), CHAIN),
    Tampering("two people's shares exchanged", (
        "UPDATE shares SET number = 9 WHERE number = 1", "UPDATE shares SET number = 1 WHERE number = 2",
        "UPDATE shares SET number = 2 WHERE number = 9"), DRAWN),
    Tampering("a split further than it is", ("UPDATE splits SET paid = paid + 1",), SHARES_SAY),
    Tampering("a split's share made larger", ("UPDATE split_shares SET amount = amount + 1 WHERE transfer = 0",),
              SHARES_SAY),
    Tampering("a split's share paid by somebody else", ("UPDATE split_shares SET person = person + 1"
                                                        " WHERE transfer <> 0",), SHARE_PAID),
    Tampering("a split's share that is paid forgotten", ("DELETE FROM split_shares WHERE transfer <> 0",), SHARE_PAID),
    Tampering("splits not counted", ("UPDATE tallies SET open = 0 WHERE what = 'splits'",),
              "open splits are what was tallied"),
    Tampering("an entry changed", ("UPDATE entries SET amount = amount + 1, balance_after = balance_after + 1"
                                   f" WHERE transfer = {SEND}",), CHAIN),
    Tampering("an entry's balance changed", (f"UPDATE entries SET balance_after = 0 WHERE transfer = {SEND}",),
              "the balance after each entry follows from the one before"),
    Tampering("an entry deleted", (f"DELETE FROM entries WHERE transfer = {SEND} AND amount > 0",),
              "every transfer has its two sides"),
    Tampering("a transfer deleted", (f"DELETE FROM transfers WHERE id = {SEND}",),
              "every entry belongs to a transfer"),
    Tampering("a transfer's amount changed", (f"UPDATE transfers SET amount = 999 WHERE id = {SEND}",), CHAIN),
    Tampering("a payment made to look older", (f"UPDATE transfers SET at = at - 1 WHERE id = {SEND}",), CHAIN),
    Tampering("a payment made to look like a top-up", (f"UPDATE transfers SET kind = 'top_up' WHERE id = {SEND}",),
              "every movement is a legal one"),
    Tampering("an acceptance deleted", ("DELETE FROM acceptances WHERE id = (SELECT min(id) FROM acceptances)",),
              CHAIN),
    Tampering("an audit row changed", ("UPDATE audit SET facts = 'nothing' WHERE act = 'joined'",), CHAIN),
    Tampering("a commit deleted", ("DELETE FROM journal WHERE seq = 7",), CHAIN),
    Tampering("the last commit deleted", ("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)",), CHAIN),
    Tampering("a commit's moment changed", ("UPDATE journal SET at = at - 1 WHERE seq = 7",), CHAIN),
    Tampering("a hash changed", ("UPDATE journal SET hash = previous WHERE seq = 7",), CHAIN),
    Tampering("a lane's head set back", ("UPDATE lanes SET seq = seq - 1",), CHAIN),
    Tampering("a lane forgotten", ("DELETE FROM lanes",), CHAIN),
    Tampering("a payment added without a commit", (
        "INSERT INTO transfers SELECT 999999, kind, debit, credit, amount, at, 0, 0, note_digest, lane, 9999"
        f" FROM transfers WHERE id = {SEND}",), CHAIN),
    Tampering("a hold ended by hand", ("UPDATE holds SET state = 'expired', ended_by = 1 WHERE state = 'open'",),
              "a hold ends once, by one transfer"),
    Tampering("a hold made larger", ("UPDATE holds SET amount = amount + 1 WHERE state = 'open'",),
              "held money is that of open holds"),
    Tampering("waiting money turned to somebody else", ("UPDATE holds SET beneficiary = 999 WHERE state = 'open'",),
              "who may claim a hold is who was named"),
    Tampering("a claim made its payer's own", ("UPDATE holds SET member = (SELECT id FROM members WHERE telegram_id ="
              f" {BOB}) WHERE card = 'taken'",), TAKEN),
    Tampering("what was taken under a card turned to somebody", (
        "UPDATE holds SET beneficiary = 999, card = '' WHERE card = 'taken'",), TAKEN),
    Tampering("two gifts put under one card", ("UPDATE holds SET card = 'taken' WHERE card = 'waiting'",), BEHIND),
    Tampering("money put under a card that is somebody's", (
        "UPDATE holds SET card = 'another' WHERE beneficiary <> 0 AND state = 'open'",), BEHIND),
    Tampering("a counter set back", ("UPDATE counters SET sent_sum = 0, pinless_sum = 0 WHERE day = 0",),
              "what members paid is what was counted"),
    Tampering("what waits given back to the sum without the PIN", (
        "UPDATE counters SET pinless_sum = 0 WHERE day <> 0",), "what waits without the PIN is counted"),
    Tampering("what came back counted again", ("UPDATE counters SET uncounted = 0",), "what came back counts no more"),
    Tampering("a year set back", ("UPDATE counters SET year_sum = 0 WHERE day = 0",),
              "the days of a year add up to its total"),
    Tampering("a day that counts nothing", ("UPDATE counters SET uncounted = sent_sum WHERE day <> 0",),
              "what waits counts on its day"),
    Tampering("a day forgotten", ("DELETE FROM counters WHERE day <> 0",), "the days add up to the running total"),
    Tampering("what was given back made another payment's", (
        f"UPDATE transfers SET reverses = {SEND} WHERE kind = 'giveback'",),
        "what is given back was received, and goes to its payer"),
    Tampering("what waits forgotten", ("UPDATE members SET waiting = 0 WHERE waiting > 0",),
              "what waits for others is counted"),
    Tampering("play money made in a lane that never was", (
        f"INSERT INTO transfers SELECT 999999, 'top_up', 8, {FIRST}, 100, at, 0, 0, '', 40, 1"
        f" FROM transfers WHERE id = {SEND}",
        f"INSERT INTO entries SELECT id, entries + 1, 999999, {GIFT}, balance + {GIFT} FROM accounts"
        f" WHERE id IN (8, {FIRST})",
        f"UPDATE accounts SET entries = entries + 1, balance = balance + {GIFT} WHERE id IN (8, {FIRST})"), CHAIN),
    Tampering("an account deleted", (f"DELETE FROM accounts WHERE id = {FIRST}",), "every entry belongs to an account"),
    Tampering("a hold that is over made larger", ("UPDATE holds SET amount = amount + 1 WHERE state = 'settled'",),
              "a hold ends with what was set aside"),
    Tampering("a no where nobody was asked", ("UPDATE holds SET purpose = 'claim' WHERE state = 'declined'",),
              "a hold ends with what was set aside"),
    Tampering("a no made a yes", ("UPDATE holds SET state = 'settled' WHERE state = 'declined'",),
              "a hold ends with what was set aside"),
    Tampering("a stranger made an old acquaintance", ("UPDATE pairs SET count = count + 1",),
              "what members paid each other is what was counted"),
    Tampering("an acceptance invented", ("UPDATE members SET accepted = accepted || ' account-rules@2026-11-22'",),
              "what members accepted is on record"),
    Tampering("a listed name's mark taken away", (
        "UPDATE members SET safeguards = safeguards - 128 WHERE safeguards >= 128",), MARKED),
    Tampering("a likeness forgotten", ("DELETE FROM hits WHERE state = 'open'",), MARKED),
    Tampering("a likeness that nobody cleared", (
        "UPDATE hits SET state = 'cleared', operator = 1, reason = 'born', decided_at = 5 WHERE state = 'open'",
        "UPDATE members SET safeguards = safeguards - 128 WHERE safeguards >= 128",
        "UPDATE tallies SET open = 0 WHERE what = 'hits'"), DECIDED),
    Tampering("another second operator", ("UPDATE hits SET second = 999 WHERE state = 'confirmed'",), DECIDED),
    Tampering("another reason to clear", ("UPDATE hits SET reason = 'common' WHERE state = 'cleared'",), DECIDED),
    Tampering("a likeness found before what was paid", ("UPDATE hits SET found_at = 1 WHERE state = 'open'",),
              "nothing goes out of a wallet whose name may stand on the screening list"),
    Tampering("a balance below zero", ("UPDATE accounts SET balance = -5 WHERE kind = 1 AND balance = 0",),
              "no balance is below zero"),
]


@pytest.mark.parametrize("done", TAMPERINGS, ids=lambda done: done.name)
async def test_what_is_changed_by_hand_is_named(done: Tampering, sqlite_story: str) -> None:
    assert done.noticed in broken(await after(sqlite_story, *done.statements))


@pytest.mark.parametrize("done", TAMPERINGS[:10], ids=lambda done: done.name)
async def test_what_is_changed_by_hand_is_named_on_postgres_too(done: Tampering, postgres_story: str) -> None:
    assert done.noticed in broken(await after(postgres_story, *done.statements))


async def test_a_ledger_nobody_touched_is_whole_and_everything_was_looked_at(story_url: str) -> None:
    report = await after(story_url)
    assert report.whole
    assert [check.name for check in report.checks if not check.looked_at] == []


async def test_erasing_what_people_may_erase_breaks_nothing(story_url: str) -> None:
    report = await after(story_url, "DELETE FROM notes", "UPDATE profiles SET nickname = '', phone = '',"
                         " wrapped_key = ''", "DELETE FROM operations", "DELETE FROM notices")
    assert report.whole


async def test_a_note_that_was_rewritten_is_named_when_the_key_is_there(story_url: str) -> None:
    report = await after(story_url, f"UPDATE notes SET text = 'for the car' WHERE transfer = {SEND}")
    assert report.whole
    found = (await reconcile(story_url, POLICY.digest_key)).checks[-1]
    assert (found.name, found.looked_at, len(found.broken)) == ("every note is what its payer wrote", 12, 1)


async def test_who_was_named_stands_in_the_journal(sqlite_story: str) -> None:
    waits = "state = 'open' AND purpose = 'claim' AND card = ''"
    found = await after(sqlite_story, f"UPDATE holds SET beneficiary = 999 WHERE {waits}",
                        f"UPDATE audit SET facts = (SELECT id || ' 999 ' || amount FROM holds WHERE {waits})"
                        " WHERE act = 'set_aside' AND facts LIKE '% 502 %'")
    assert broken(found) == {CHAIN}


async def test_the_chain_names_the_commit_whose_rows_were_changed(sqlite_story: str) -> None:
    report = await after(sqlite_story, f"UPDATE transfers SET amount = 999 WHERE id = {SEND}")
    chain = next(check for check in report.checks if check.name == CHAIN)
    assert len(chain.broken) == 1
    assert chain.broken[0].startswith("lane 0 commit ")


async def test_reconciling_a_ledger_at_work_sees_one_moment_of_it(database_url: str) -> None:
    async with open_bank(database_url) as bank:
        for person in (ALICE, BOB):
            await bank.join(person, 10_000)

        async def pay() -> None:
            for _ in range(2_000):
                if checked.is_set():
                    break
                await asyncio.gather(*[bank.pays(ALICE, BOB, amount=1) for _ in range(4)])

        checked = asyncio.Event()
        paying = asyncio.create_task(pay())
        for _ in range(10):
            assert not broken(await reconcile(database_url))
        checked.set()
        await paying
