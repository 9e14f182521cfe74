"""Two operators close the service: everybody reads it with what is owed to them, and nothing comes in any more."""
from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from handlers.jobs.expiry import expire_envelopes, expire_vouchers
from handlers.texts import Language
from tests.scenarios.harness import Stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import house
from tests.scenarios.test_proposals import PINS, code_in, operates, signs
from tests.scenarios.test_red_envelopes import IN_CHINESE, IN_ENGLISH
from wallet.engine import microseconds

READS: dict[Language, tuple[str, ...]] = {
    "en": ("closes on", "Owed to you: ¥100.00", "Public key", "📄 Signed statement", "does not close after all"),
    "zh_CN": ("关闭", "应付给你：¥100.00", "公钥", "📄 签名证明", "不再关闭")}

LIES: dict[Language, tuple[str, ...]] = {
    "en": ("Owed to you: ¥100.00", "Available: ¥70.00", "In red envelopes that are open: ¥10.00",
           "In vouchers that are open: ¥20.00", "Available: ¥100.00", "📄 Signed statement"),
    "zh_CN": ("应付给你：¥100.00", "可用：¥70.00", "未领完的红包里：¥10.00", "未兑完的兑换券里：¥20.00",
              "可用：¥100.00", "📄 签名证明")}
VOUCHER: dict[Language, str] = {"en": "/voucher 10 2", "zh_CN": "兑换券 10 2"}


async def clock(here: Stage) -> None:
    """The clock tells everybody."""
    await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == "tell_of_end"))
    await here.settle()


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_it_closes_by_two_and_is_called_off_by_two(
        sqlite_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    closes, owed, key, file, off = READS[language]
    async with house(sqlite_url, tmp_path) as here:
        owner, other, member = here.alice, here.bob, here.liming
        await operates(here, owner, other)
        await joins(member, words)
        await tops_up(member, words, 100)
        await owner.says("/winddown")
        owner.was_told("It does not close")
        await owner.says("/winddown tomorrow")
        owner.was_told("Which day?")
        day = (here.app.now() + timedelta(days=40)).date().isoformat()
        await owner.says(f"/winddown {day}")
        await signs(owner, PINS["alice"], first=True)
        code = code_in(owner.was_told("waits for a second operator until"))
        await other.says(f"/approve {code}")
        other.was_told("Close the service on")
        await signs(other, PINS["bob"], first=True)

        await clock(here)
        for words_told in (closes, owed, key):
            member.was_told(words_told)
        await member.taps(file)
        assert sum(owed in said for said in member.sees()) == 2
        await member.says("/topup 5")
        assert sum(closes in said for said in member.sees()) == 2

        await owner.says("/winddown")
        owner.was_told("3 members were told")
        await owner.says("/winddown off")
        await signs(owner, PINS["alice"])
        await other.says(f"/approve {code_in(owner.was_told('waits for a second operator until'))}")
        await signs(other, PINS["bob"])
        await clock(here)
        member.was_told(off)
        await member.says("/topup 5")
        member.was_told("¥105.00")


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_what_lies_in_an_envelope_and_a_voucher_is_stated_until_it_comes_back(
        database_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    total, available, envelopes, vouchers, everything, file = LIES[language]
    said = IN_ENGLISH if language == "en" else IN_CHINESE
    async with house(database_url, tmp_path) as here:
        owner, other, member = here.alice, here.bob, here.liming
        await operates(here, owner, other)
        await joins(member, words)
        await tops_up(member, words, 100)
        await member.says(said.wish, here.group)
        await member.taps(said.private, here.group)
        await member.taps(words.agree)
        await member.taps(CHINESE.confirm, here.group)  # Here the draft stands in the group's language, not in theirs.
        await member.says(VOUCHER[language])
        await member.taps(words.confirm)
        day = (here.app.now() + timedelta(days=40)).date().isoformat()
        await owner.says(f"/winddown {day}")
        await signs(owner, PINS["alice"], first=True)
        await other.says(f"/approve {code_in(owner.was_told('waits for a second operator until'))}")
        await signs(other, PINS["bob"], first=True)
        await clock(here)
        told = member.was_told(total)
        assert all(line in told for line in (available, envelopes, vouchers)), told

        assert await expire_vouchers(here.app.engine, here.app.reads, microseconds()) == 1
        await here.app.database.write(lambda connection: connection.execute(
            text("UPDATE envelopes SET expires_at = (SELECT max(at) + 1 FROM transfers) WHERE state = 'open'")))
        assert await expire_envelopes(here.app.engine, here.app.reads, microseconds()) == 1
        await here.settle()
        await member.taps(file)
        told = [one for one in member.sees() if total in one][-1]
        assert everything in told
        assert envelopes not in told
        assert vouchers not in told
