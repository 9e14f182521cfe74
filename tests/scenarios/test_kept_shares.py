"""Somebody without a wallet taps, and has the share that was kept for them when they have joined; in both languages."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.local import acts
from bot.local.state import Press
from handlers.jobs.expiry import return_kept
from storage.inbox import State, UpdateId, UpdateStore
from storage.reconcile import reconcile
from tests.scenarios.harness import stage
from tests.scenarios.test_first_story import finishes_joining, joins, tops_up
from tests.scenarios.test_red_envelopes import IN_CHINESE, IN_ENGLISH, Said, wishes
from wallet.engine import microseconds
from wallet.groups import SetGroupRule


@pytest.mark.parametrize(("said", "wish", "kept", "share", "none"), [
    (IN_ENGLISH, "/red 10 10 welcome", "is kept for you until", "You opened", "No share of a red envelope is kept"),
    (IN_CHINESE, "红包 10 10 欢迎", "为你留到", "你领到了", "没有为你留着的红包"),
], ids=["en", "zh_CN"])
async def test_a_newcomer_joins_and_has_the_share(said: Said, wish: str, kept: str, share: str, none: str,
                                                  database_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, database_url) as here:
        english = said is IN_ENGLISH
        maker, newcomer, late = (here.alice, here.bob, here.liming) if english else (
            here.liming, here.wangfang, here.alice)
        await joins(maker, said.words)
        await tops_up(maker, said.words, 100)
        await wishes(here, maker, said)
        await maker.says(wish, here.group)
        await maker.taps(said.words.confirm, here.group)

        # Of ten shares one may be kept: the second newcomer is led to joining, and nothing is promised.
        await newcomer.taps(said.open, here.group)
        newcomer.was_told(kept)
        await late.taps(said.open, here.group)
        late.was_not_told(kept)
        await newcomer.taps(said.words.language)
        await finishes_joining(newcomer, said.words)
        newcomer.was_told(share)
        assert "1/10" in maker.sees(here.group)[-1] or "1 of 10" in maker.sees(here.group)[-1]

        # Now there is room for another one, who comes too late.
        await late.taps(said.open, here.group)
        await here.app.database.write(lambda connection: connection.execute(
            text("UPDATE kept_shares SET until = 1 WHERE state = 'kept'")))
        assert await return_kept(here.app.engine, here.app.reads, microseconds()) == 1
        assert await return_kept(here.app.engine, here.app.reads, microseconds()) == 0
        await late.taps(said.words.language)
        await finishes_joining(late, said.words)
        late.was_told(none)
    report = await reconcile(database_url)
    assert report.whole, [check for check in report.checks if check.broken]


@pytest.mark.parametrize(("said", "none"), [(IN_ENGLISH, "No share of the red envelope was kept"),
                                            (IN_CHINESE, "没能为你留一份")], ids=["en", "zh_CN"])
async def test_whoever_joins_without_a_kept_share_hears_so_and_opens_one(said: Said, none: str, sqlite_url: str,
                                                                         tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        english = said is IN_ENGLISH
        maker, newcomer = (here.alice, here.bob) if english else (here.liming, here.wangfang)
        await joins(maker, said.words)
        await tops_up(maker, said.words, 100)
        await wishes(here, maker, said)
        await maker.says("/red 9 9" if english else "红包 9 9", here.group)
        await maker.taps(said.words.confirm, here.group)
        await newcomer.taps(said.open, here.group)
        await newcomer.taps(said.words.language)
        await finishes_joining(newcomer, said.words)
        newcomer.was_told(none)
        share = await newcomer.taps(said.open, here.group)
        assert ("Share 1 of 9" if english else "第 1/9 份") in share


@pytest.mark.parametrize(("said", "waits"), [(IN_ENGLISH, "Your share stays kept"), (IN_CHINESE, "这一份仍为你留着")],
                         ids=["en", "zh_CN"])
async def test_where_new_wallets_wait_the_share_stays_kept(said: Said, waits: str, sqlite_url: str, tmp_path: Path
                                                           ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        english = said is IN_ENGLISH
        maker, newcomer = (here.alice, here.bob) if english else (here.liming, here.wangfang)
        await joins(maker, said.words)
        await tops_up(maker, said.words, 100)
        await wishes(here, maker, said)
        await maker.says("/red 10 10" if english else "红包 10 10", here.group)
        await maker.taps(said.words.confirm, here.group)
        await here.app.engine.run(SetGroupRule(key="delay", administrator=maker.id, chat=here.group, rule="delay",
                                               value=5))
        await newcomer.taps(said.open, here.group)
        await newcomer.taps(said.words.language)
        await finishes_joining(newcomer, said.words)
        newcomer.was_told(waits)
        await here.app.database.write(lambda connection: connection.execute(
            text("UPDATE members SET joined_at = joined_at - 300000000")))
        await newcomer.taps(said.open)
        newcomer.was_told("You opened" if english else "你领到了")


async def test_whoever_taps_without_a_wallet_where_none_is_kept_costs_no_write(
        sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marked: list[State] = []
    mark = UpdateStore.mark

    async def noted(store: UpdateStore, ended: Mapping[UpdateId, State], now: int) -> None:
        marked.extend(ended.values())
        await mark(store, ended, now)

    monkeypatch.setattr(UpdateStore, "mark", noted)
    async with stage(tmp_path, sqlite_url) as here:
        await joins(here.alice, IN_ENGLISH.words)
        await tops_up(here.alice, IN_ENGLISH.words, 100)
        await wishes(here, here.alice, IN_ENGLISH)
        await here.alice.says("/red 9 9", here.group)
        await here.alice.taps(IN_ENGLISH.words.confirm, here.group)

        async def commits() -> int:
            async with here.app.database.reading.connect() as connection:
                return int((await connection.execute(text("SELECT count(*) FROM journal"))).scalar_one())

        marked.clear()
        before = await commits()
        card = list(here.world.chats[here.group].posts.values())[-1]
        for _ in range(3):  # Where the link leads to is another matter: there they say /start.
            pressed = acts.press(here.world, here.bob.id, here.group, card.key, {"text": IN_ENGLISH.open})
            await here.settle()
            assert isinstance(pressed, Press)
            assert "start=unkept_share" in str(pressed.answer)
        assert await commits() == before
        assert "refused" not in marked, "it need not be written down before it is told"
