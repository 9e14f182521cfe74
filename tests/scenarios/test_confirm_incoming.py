"""Somebody who confirms what comes in is asked, in both languages: one payment is accepted, one declined, one taken
back; nobody reads a word of the other language, and the ledger is whole afterwards."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.reconcile import reconcile
from tests.scenarios.harness import Person, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_one_language import READERS, foreign_in, shown_to


@dataclass(frozen=True)
class Asking:
    """What one of the languages calls it."""

    basic: Words
    setting: str
    wait: str
    accept: str
    decline: str
    take_back: str
    accepted: str
    declined: str
    gone: str


IN_ENGLISH = Asking(ENGLISH, "Confirm incoming", "Let it wait for me", "Accept", "Decline", "Take back",
                    "accepted the ¥20.00", "declined your ¥7.00", "took back the ¥3.00")
IN_CHINESE = Asking(CHINESE, "收款确认", "改为由我确认", "确认收款", "谢绝", "撤回", "收下了你转的 ¥20.00",
                    "谢绝了你转的 ¥7.00", "撤回了转给你的 ¥3.00")


async def asks_to_be_asked(person: Person, words: Asking) -> None:
    """Turn it on."""
    await person.says("/settings")
    await person.taps(words.setting)
    await person.taps(words.wait)


@pytest.mark.parametrize("words", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_one_is_accepted_one_declined_and_one_taken_back(words: Asking, database_url: str, tmp_path: Path
                                                               ) -> None:
    async with stage(tmp_path, database_url) as here:
        payer, payee, name = ((here.alice, here.bob, "bob") if words is IN_ENGLISH
                              else (here.liming, here.wangfang, "wangfang"))
        for person in (payer, payee):
            await joins(person, words.basic)
            await tops_up(person, words.basic, 100)
        await asks_to_be_asked(payee, words)

        await payer.says(f"{words.basic.send} @{name} 20 lunch", here.group)
        await payer.taps(words.basic.confirm, here.group)
        assert await payer.taps(words.accept, here.group), "somebody else's button says no"
        await payee.taps(words.accept, here.group)
        payer.was_told(words.accepted)

        await payer.says(f"{words.basic.send} @{name} 7", here.group)
        await payee.taps(words.decline)
        payer.was_told(words.declined)

        await payer.says(f"{words.basic.send} @{name} 3", here.group)
        await payer.taps(words.take_back, here.group)
        payee.was_told(words.gone)

        left = []
        for person in (payer, payee):
            member = await here.app.reads.member(person.id)
            assert member is not None
            found = await here.app.reads.balance(member.id)
            left.append((found.available, found.held))
        assert left == [(8000, 0), (12000, 0)]
        reader = next(reader for reader in READERS if reader.words is words.basic)
        shown = {said for person in (payer, payee) for where in (None, here.group) for said in shown_to(person, where)}
        assert {said: other for said in shown if (other := foreign_in(said, reader))} == {}
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]
