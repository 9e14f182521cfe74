"""Links to hosts of which people are kept away, in the note of a payment, the greeting of an envelope, a request, a
split or a nickname, however they are written: whoever writes one reads why in their language, and no money moves."""
from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from handlers.texts import Language
from storage.reconcile import reconcile
from tests.scenarios.harness import Person, Stage, stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from wallet.hosts import watch_for

REFUSED: Final[dict[Language, str]] = {"en": "a page by which people are cheated", "zh_CN": "骗人"}
OURS: Final = "phishing.example"
"""One of those that are shipped."""
THEIRS: Final = "坏.test"
"""One of the deployment's own list."""
FORMS: Final = (
    f"https://{OURS}/win", "PHISHING.Example", "phishing.example.", "see phishing.example. thanks",
    f"http://bank.example@{OURS}/a", f"https://me:secret@{OURS}:8443", "ｐｈｉｓｈｉｎｇ．ｅｘａｍｐｌｅ",
    "phishing。example", "phishing｡example", "phishing．example", f"a.very.deep.{OURS}", OURS,
    "看phishing.example吧", "phishing[.]example",
    "phish\u200bing.example", THEIRS, "xn--7es.test", "XN--7ES.TEST.", "www.坏。test", "https://user@xn--7es.test:80/")
FINE: Final = ("notphishing.example", "phishing.example.org", "lunch at 12.30")


async def balance(here: Stage, who: Person) -> int:
    """What somebody has."""
    member = await here.app.reads.member(who.id)
    assert member is not None
    found = await here.app.reads.balance(member.id)
    return found.available + found.held


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_no_words_lead_to_a_listed_host_however_it_is_written(
        words: Words, language: Language, database_url: str, tmp_path: Path) -> None:
    listed = tmp_path / "hosts.txt"
    listed.write_text(f"# ours\n{THEIRS}\n", encoding="utf-8")
    async with stage(tmp_path, database_url, bad_hosts=listed) as here:
        payer, payee = (here.bob, here.alice) if language == "en" else (here.liming, here.wangfang)
        name = here.world.people[payee.id].user["username"]
        await joins(payer, words)
        await tops_up(payer, words, 100)
        await joins(payee, words)
        for form in FORMS:
            await payer.says(f"/send @{name} 1 {form}")
            assert REFUSED[language] in payer.sees()[-1], form
            payee.was_not_told(form)
        for command in (f"/request @{name} 1 {OURS}", f"/split 2 @{name} {OURS}", "/nickname phishing.example"):
            await payer.says(command)
            assert REFUSED[language] in payer.sees()[-1], (command, payer.sees()[-1])
        for command in (f"/send @{name} 1 {OURS}", f"/red 1 1 {THEIRS}"):
            await payer.says(command, here.group)
            assert REFUSED[language] in payer.sees(here.group)[-1], (command, payer.sees(here.group)[-1])
            payee.was_not_told(REFUSED[language], here.group)
        assert await balance(here, payer) == 100_00
        assert await balance(here, payee) == 0
        for fine in FINE:
            await payer.says(f"/send @{name} 1 {fine}")
            if words.confirm in payer.buttons():
                await payer.taps(words.confirm)
            assert fine in payee.sees()[-1]
        assert await balance(here, payee) == 100 * len(FINE)
    watch_for(None)
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]
