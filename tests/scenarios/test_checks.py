"""Operators decide about a payment that was held back by the buttons under it, in both languages."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from bot.local import acts
from handlers.chat.buttons import CheckAct, CheckButton
from storage.reconcile import reconcile
from storage.tables import audit, interceptions
from tests.scenarios.harness import Person, Stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import OWNER, THEIRS, house
from tests.scenarios.test_proposals import PINS, code_in, signs
from tests.scenarios.test_stolen_phone import accomplices
from wallet import ids
from wallet.operators import Appoint


@dataclass(frozen=True)
class Desk:
    """What an operator of one of the languages reads and taps."""

    basic: Words
    release: str
    send_back: str
    asks: str
    signs: str
    done: str
    sent_back: str
    decided: str
    over: str
    payer: str
    card: str
    cancel: str
    cancelled: str
    none: str


IN_ENGLISH: Final = Desk(
    ENGLISH, "✅ Let it go on", "↩️ Send it back", "reply to this message with the reason",
    "Let ¥1,300.00 go on", "Signed and done", "Sent back: ¥1,300.00", "Decided: an operator sent it back",
    "sent this payment back already", "👤 Payer", "Wallet: in order", "Cancel", "Cancelled. Nothing was decided",
    "No payment is held back")
IN_CHINESE: Final = Desk(
    CHINESE, "✅ 放行", "↩️ 退回", "请回复这条消息", "放行", "已签名", "已退回：¥1,300.00",
    "已处理：运营人员已退回", "已由运营人员退回", "👤 付款人", "钱包：正常", "取消", "已取消。没有作出处理",
    "目前没有被拦下的付款")
DESKS: Final = pytest.mark.parametrize("desk", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])


async def held_back(here: Stage, operator: Person, words: Words) -> str:
    """Bob's third payment is held back while an operator of this language works; returns its code."""
    await joins(here.alice, ENGLISH)
    await joins(operator, words)
    await here.app.engine.run(Appoint(key="other", operator=OWNER, person=operator.id, role="admin"))
    await joins(here.bob, ENGLISH)
    await tops_up(here.bob, ENGLISH, 2_400)
    await here.bob.says("/pin")
    await signs(here.bob, PINS["bob"], first=True)
    for name, amount in zip(await accomplices(here), (150, 700, 1300), strict=True):
        await here.bob.says(f"/send @{name} {amount}")
        if amount == 150:
            await here.bob.taps("Confirm")
        else:
            await signs(here.bob, PINS["bob"])
    return code_in(here.alice.was_told("Held back: ¥1,300.00", THEIRS))


def asking(here: Stage, words: str, where: int) -> str:
    """Which message of a group asks for a reason."""
    return next(key for key, post in reversed(acts.own_chat(here.world, OWNER, where).posts.items())
                if words in str(post.message.get("text")))


@DESKS
async def test_what_is_held_back_is_sent_back_from_the_list_with_a_reason(desk: Desk, sqlite_url: str, tmp_path: Path
                                                                          ) -> None:
    async with house(sqlite_url, tmp_path) as here:
        operator = here.wangfang if desk is IN_CHINESE else here.newcomer("Ann", "en", "+8613800138099")
        code = await held_back(here, operator, desk.basic)
        await operator.says("/intercepts")
        await operator.taps(code)
        operator.was_told("¥1,300.00")
        await operator.taps(desk.send_back)
        operator.was_told(desk.asks)
        await operator.taps(desk.cancel)
        operator.was_told(desk.cancelled)
        here.bob.was_not_told("sent back the ¥1,300.00")
        await operator.taps(desk.send_back)
        await operator.says("it was not them")
        operator.was_told(desk.sent_back)
        operator.was_told(desk.decided)
        here.bob.was_told("sent back the ¥1,300.00")
        assert desk.send_back not in operator.every_button(), "what is decided has no button that decides"
        await operator.says("/intercepts")
        operator.was_told(desk.none)
        async with here.app.database.reading.connect() as connection:
            found = (await connection.execute(select(interceptions.c.state, interceptions.c.reason))).all()
            acted = (await connection.execute(select(audit.c.act).where(
                audit.c.act == "interception_sent_back"))).scalars().all()
        assert [tuple(row) for row in found] == [("sent_back", "it was not them")]
        assert len(acted) == 1
        assert (await reconcile(here.app.database.url.render_as_string(hide_password=False))).whole


@DESKS
async def test_letting_it_go_on_takes_a_reason_and_a_pin_and_what_was_decided_is_said_where_it_is_pressed(
        desk: Desk, sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        operator = here.wangfang if desk is IN_CHINESE else here.newcomer("Ann", "en", "+8613800138099")
        code = await held_back(here, operator, desk.basic)
        await operator.says("/intercepts")
        await operator.taps(code)
        await operator.taps(desk.payer)
        operator.was_told(desk.card)
        await operator.taps(desk.release)
        await operator.says("it was really her")
        operator.was_told(desk.signs)
        await here.alice.says(f"/sendback {code} it was not", THEIRS)
        alert = await operator.taps(desk.release)
        assert desk.over in alert
        operator.was_told(desk.decided)
        assert desk.release not in operator.every_button()


async def test_in_the_operators_group_only_whoever_pressed_says_why(sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        other = here.wangfang
        code = await held_back(here, other, CHINESE)
        await here.alice.taps("✅ Let it go on", THEIRS)
        asked = asking(here, "why does payment", THEIRS)
        await here.wangfang.says("because I say so", THEIRS, reply_to=asked)
        await here.bob.says("because it is mine", THEIRS, reply_to=asked)
        await here.alice.says("we should look at it first", THEIRS)
        here.alice.was_not_told("to sign in private")
        await here.alice.says("it was really him", THEIRS, reply_to=asked)
        here.alice.was_told("to sign in private", THEIRS)
        await signs(here.alice, PINS["alice"], first=True)
        here.alice.was_told("waits for a second operator")
        await other.taps("✅ Approve", THEIRS)
        await signs(other, PINS["bob"], first=True)
        here.bob.was_told("it goes on")
        assert "let this payment go on already" in await here.alice.taps("↩️ Send it back", THEIRS)
        here.alice.was_told("Decided: operators let it go on", THEIRS)
        assert "↩️ Send it back" not in here.alice.every_button(THEIRS)
        assert code in here.alice.was_told("Decided: operators let it go on", THEIRS)


async def test_a_forged_button_decides_nothing(sqlite_url: str, tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        other = here.wangfang
        transfer = ids.from_code(await held_back(here, other, CHINESE))
        assert transfer is not None
        await here.app.engine.run(Appoint(key="support", operator=OWNER, person=other.id, role="support"))
        await here.settle()
        for person in (here.bob, other):
            for where, key in ((None, ""), (THEIRS, asking(here, "Held back: ¥1,300.00", THEIRS))):
                ours = [number for number, post in acts.own_chat(here.world, person.id, where).posts.items()
                        if post.sender == here.world.bot_id]
                under = key or next(iter(ours), "")
                for act in CheckAct if under else ():
                    forged = CheckButton(act=act, transfer=transfer).pack()
                    acts.press(here.world, person.id, where, under, {"data": forged, "forge": True})
                    await here.settle()
                await person.says("it was really me")
        assert not [said for person in (here.bob, other) for said in person.sees()
                    if "reply to this message" in said or "请回复这条消息" in said]
        await here.alice.says("/intercepts")
        here.alice.was_told("¥1,300.00")
