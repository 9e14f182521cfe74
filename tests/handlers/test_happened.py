"""The facts behind acts: every act has a shape, what comes of them is words in both languages, and nothing is lost."""
from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from handlers.acts import ACTS
from handlers.happened import SHAPES, Names, facts_of, members_of, people_of
from handlers.texts import Language, Person
from tests.handlers.chat.world import SPEAKERS
from tests.storage.story import story
from tests.wallet.bank import open_bank
from wallet import ids
from wallet.views import AuditLine

BARE = {
    "joined", "said_under_18", "took_back_under_18", "nickname", "locked", "unlocked", "email_bound", "qq_stated",
    "qq_removed", "pin_set", "pin_reset_stopped", "codes_enrolled", "codes_on", "codes_off", "still_used",
    "told_of_versions", "owed_stated", "identity_not_matched", "identity_taken", "enterprise_reviewed",
    "found_under_18", "name_listed", "list_taken", "anchor_posted"}
"""Acts with nothing behind them, or with what is read as it is: versions, fingerprints, references of the list."""
NAMES = Names({7: Person("Ann")}, {64: Person("Bob")})
DIGEST = "0f" * 16
DAY = 86_400_000_000
TOLD: dict[tuple[str, str], dict[Language, str]] = {
    ("penalised", f"128 limited sending scam until {20_000 * DAY} by 7"): {
        "en": f"{ids.code(128)} · 🚫 may not send · scam · until Oct 4, 2024, 8:00\u202fAM · by Ann",
        "zh_CN": f"{ids.code(128)} · 🚫 不能转出 · scam · 至 2024年10月4日 08:00 · 操作人：Ann"},
    ("penalised", "128 banned  scam until 0 by 7"): {
        "en": f"{ids.code(128)} · ⛔ banned · scam · without an end · by Ann"},
    ("penalised", "128 warning  spam until 0 by 9"): {
        "en": f"{ids.code(128)} · ⚠️ warning · spam · by 9"},
    ("proposed", f'192 by 7 ["adjust",64,-500,"{DIGEST}",0]'): {
        "en": f"{ids.code(192)} · by Ann · correction of a balance",
        "zh_CN": f"{ids.code(192)} · 操作人：Ann · 余额更正"},
    ("ticket_words", f"256 3 by the member {DIGEST}"): {"en": f"{ids.code(256)} · message 3 · by themselves"},
    ("ticket_words", f"256 1 by 7 {DIGEST}"): {"en": f"{ids.code(256)} · message 1 · by Ann"},
    ("interception_expired", "320 by 0"): {"en": f"{ids.code(320)} · by itself"},
    ("own_limit_day", "0 from 0"): {"en": "no limit", "zh_CN": "不限"},
    ("own_limit_day", "5000 from 739000"): {"en": "¥50.00 · from Apr 24, 2024"},
    ("legal_hold", "64 of everything until 0 by proposal 128 instead of 192"): {
        "en": f"{ids.code(64)} · all they have · without an end · proposal {ids.code(128)} · in place of "
              f"{ids.code(192)}"},
    ("money_read_only", "by 7: the sums differ"): {"en": "by Ann · the sums differ"},
    ("guardian_left", "64 by 128"): {"en": "Bob · by M128"},
    ("appointed", "7 risk by 9"): {"en": "Ann · risk officer · by 9"},
    ("removed", f"note 64 insult {DIGEST} by 7"): {"en": f"note · {ids.code(64)} · insult · by Ann"},
    ("pin_locked", "2"): {"en": "2 times", "zh_CN": "2 次"},
    ("joined", ""): {"en": ""},
    ("penalised", "what nobody foresaw <b>"): {"en": "what nobody foresaw <b>"},
}


def said(act: str, facts: str, language: Language) -> str:
    fact = facts_of(AuditLine(0, 0, act, facts), NAMES)
    return "" if fact is None else SPEAKERS[language].plain(fact)


@pytest.mark.parametrize(("act", "facts", "language", "words"), [
    (act, facts, language, words) for (act, facts), told in TOLD.items() for language, words in told.items()])
def test_facts_are_said_in_words(act: str, facts: str, language: Language, words: str) -> None:
    assert said(act, facts, language) == words


def test_every_act_has_a_shape_or_nothing_behind_it() -> None:
    assert set(ACTS) == set(SHAPES) | BARE
    assert set(SHAPES).isdisjoint(BARE)


def test_whoever_is_named_is_known_by_their_number() -> None:
    lines = [AuditLine(0, 64, "appointed", "7 risk by 9"), AuditLine(0, 0, "guardian_left", "128 by 192")]
    assert people_of(lines) == {7, 9}
    assert members_of(lines) == {64, 128, 192}


def test_all_that_happens_in_a_story_can_be_read(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "told.db"
    shutil.copy(sqlite_template, file)

    async def tell() -> None:
        async with open_bank(f"sqlite:///{file}") as bank:
            await story(bank)

    asyncio.run(tell())
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT act, facts FROM audit WHERE facts <> ''")).all()
    finally:
        engine.dispose()
    assert len({act for act, _facts in rows}) > 10
    assert [(act, facts) for act, facts in rows if act not in BARE and said(act, facts, "zh_CN") == facts] == []
