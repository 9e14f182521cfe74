"""Somebody comes to their limits, sets lower ones, and locks their wallet, in both languages; nobody reads a word of
the other one, and the ledger is whole afterwards."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.reconcile import reconcile
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_one_language import READERS, foreign_in, shown_to

PIN = "160382"


@dataclass(frozen=True)
class Limiting:
    """What one of the languages calls it."""

    basic: Words
    level: str
    left: str
    over: str
    payment: str
    other: str
    none: str
    lowered: str
    own: str
    raised: str
    still: str
    lock: str
    locked: str
    refused: str
    back: str
    unlock: str
    unlocked: str


IN_ENGLISH = Limiting(
    ENGLISH, "Identity level 0: phone number", "¥20.00 is used and ¥80.00 is left", "¥80.00 of that is left",
    "Limit a payment", "Another amount", "No limit", "at most: ¥15.00", "a limit of ¥15.00 for one payment",
    "From tomorrow one payment may be: no limit", "One payment: up to ¥15.00", "/lock", "Your wallet is locked",
    "You locked your wallet", "sent you ¥5.00", "/unlock", "You can pay again")
IN_CHINESE = Limiting(
    CHINESE, "实名等级 0：只有手机号", "已用 ¥20.00，还剩 ¥80.00", "还剩 ¥80.00", "单笔限额", "其他金额", "不限",
    "单笔限额为：¥15.00", "单笔限额是 ¥15.00", "明天起单笔限额为：不限", "单笔：最多 ¥15.00", "锁定", "钱包已锁定",
    "你锁定了钱包", "¥5.00", "解锁", "可以照常付款")


async def meets_limits(payer: Person, words: Limiting, name: str, here: Stage) -> None:
    """The limit of the level, and one of one's own."""
    await payer.says(f"{words.basic.send} @{name} 20", here.group)
    await payer.taps(words.basic.confirm, here.group)
    await payer.says("/limits")
    payer.was_told(words.level)
    payer.was_told(words.left)
    await payer.says(f"{words.basic.send} @{name} 81")
    payer.was_told(words.over)
    await payer.taps(words.payment)
    await payer.taps(words.other)
    await payer.says("15")
    payer.was_told(words.lowered)
    await payer.says(f"{words.basic.send} @{name} 16")
    payer.was_told(words.own)


async def raises_it_for_tomorrow(payer: Person, words: Limiting) -> None:
    """With a PIN, which is chosen on the way."""
    await payer.says("/limits")
    await payer.taps(words.payment)
    await payer.taps(words.none)
    for _ in range(2):
        await payer.types_pin(PIN)
    payer.was_told(words.raised)
    await payer.says("/limits")
    payer.was_told(words.still)


@pytest.mark.parametrize("words", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_limits_are_met_and_a_wallet_is_locked(words: Limiting, database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url, least_level=0, limit_unverified="100") as here:
        payer, payee, name, own = ((here.alice, here.bob, "bob", "alice") if words is IN_ENGLISH
                                   else (here.liming, here.wangfang, "wangfang", "liming"))
        for person in (payer, payee):
            await joins(person, words.basic)
            await tops_up(person, words.basic, 200)
        await meets_limits(payer, words, name, here)
        await raises_it_for_tomorrow(payer, words)

        await payer.says(words.lock)
        payer.was_told(words.locked)
        await payer.says(f"{words.basic.send} @{name} 1")
        payer.was_told(words.refused)
        await payee.says(f"{words.basic.send} @{own} 5")
        await payee.taps(words.basic.confirm)
        payer.was_told(words.back)
        await payer.says(words.unlock)
        await payer.types_pin(PIN)
        payer.was_told(words.unlocked)

        reader = next(reader for reader in READERS if reader.words is words.basic)
        shown = {said for person in (payer, payee) for where in (None, here.group) for said in shown_to(person, where)}
        assert {said: other for said in shown if (other := foreign_in(said, reader))} == {}
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]
