"""Operators look at the audit and verify it in the chat; whoever may not is told so."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from handlers.texts import Language
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import OWNER, THEIRS, house
from tests.storage.test_reconcile import unlocked
from wallet.operators import Appoint

ACTS: dict[str, dict[Language, str]] = {
    "appointed": {"en": "role changed", "zh_CN": "角色变更"}, "joined": {"en": "joined", "zh_CN": "加入"}}
BY: dict[Language, str] = {
    "en": "card looked at\n王芳, 1000004 · by ", "zh_CN": "查看用户卡片\n王芳（1000004）· 操作人："}
SAID: dict[Language, tuple[str, str]] = {
    "en": ("Everything is what was written", "This is not what was written"),
    "zh_CN": ("一切与当初写入的一致", "内容与当初写入的不一致")}
POSTED: dict[Language, tuple[str, str, str]] = {
    "en": ("Posted to the channel last", "The fingerprint is that of anchor", "That is no fingerprint"),
    "zh_CN": ("频道里最后一次发布的是", "这个指纹属于", "这不是")}


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh_CN")], ids=["en", "zh_CN"])
async def test_an_auditor_reads_turns_pages_and_finds_a_row_changed_by_hand(
        sqlite_url: str, tmp_path: Path, words: Words, language: Language) -> None:
    async with house(sqlite_url, tmp_path, anchor_channel=THEIRS) as here:
        await joins(here.alice, ENGLISH)
        auditor = here.bob if language == "en" else here.liming
        await joins(auditor, words)
        await joins(here.wangfang, CHINESE)
        await tops_up(here.wangfang, CHINESE, 100)
        await here.app.engine.run(Appoint(key="auditor", operator=OWNER, person=auditor.id, role="auditor"))
        await auditor.says("/audit")
        auditor.was_told(ACTS["appointed"][language])
        auditor.was_not_told("appointed")
        name = here.world.people[here.wangfang.id].user["username"]
        for _look in range(8):
            await auditor.says(f"/audit @{name}")
        auditor.was_told(ACTS["joined"][language])
        await auditor.says("/audit")
        assert str(auditor.id) in auditor.was_told(BY[language])
        await auditor.taps("Before ›" if language == "en" else "更早 ›")
        await auditor.taps("‹ Later" if language == "en" else "‹ 更新")

        await auditor.says("/audit verify")
        auditor.was_told(SAID[language][0])
        auditor.was_not_told(SAID[language][1])
        for name in ("anchor", "post_anchor"):
            await here.app.jobs.round(next(job for job in here.app.jobs.all if job.name == name))
        await here.settle()
        fingerprint = re.findall(r"[0-9a-f]{64}", auditor.was_told("⚓", THEIRS))[0]
        await auditor.says("/audit verify")
        assert fingerprint in auditor.was_told(POSTED[language][0])
        await auditor.says(f"/audit verify {fingerprint}")
        auditor.was_told(POSTED[language][1])
        await auditor.says("/audit verify it")
        auditor.was_told(POSTED[language][2])
        auditor.was_not_told(SAID[language][1])

        async with here.app.database.reading.connect() as connection:
            (seq,) = (await connection.execute(text("SELECT seq FROM audit WHERE act = 'joined' LIMIT 1"))).one()

        def tamper(connection: Connection) -> None:
            unlocked(connection)
            connection.execute(text("UPDATE audit SET facts = 'nothing' WHERE act = 'joined'"))

        await here.app.database.write(tamper)
        await auditor.says("/audit verify")
        auditor.was_told(SAID[language][1])
        auditor.was_told(f"commit {seq}")
