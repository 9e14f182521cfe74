"""An operator sees on a member's card what is open about them, and goes on from there, in both languages."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.scenarios.harness import Stage
from tests.scenarios.test_first_story import CHINESE, ENGLISH, Words, joins, tops_up
from tests.scenarios.test_operators import OWNER, house
from tests.scenarios.test_proposals import PINS, signs
from tests.scenarios.test_stolen_phone import accomplices
from tests.scenarios.test_verifying import NUMBER
from wallet import ids
from wallet.operators import Appoint

NAME: Final = "SAMPLE LISTED Max"


@dataclass(frozen=True)
class Card:
    """What an operator of one of the languages reads and taps."""

    basic: Words
    heading: str
    ticket: str
    report: str
    paying: str
    proposal: str
    listed: str
    held: str
    list_of_held: str
    read: str
    back: str
    proposed: str


IN_ENGLISH: Final = Card(
    ENGLISH, "To look at", "1 open ticket of theirs", "1 open report about them", "1 payment from them is held back",
    "1 proposal about them waits", "Their name may stand on the screening list: SAMPLE-1", "🔎 Held back",
    "it goes on, or it returns", "has not arrived", "👤 Member", "counted twice")
IN_CHINESE: Final = Card(
    CHINESE, "需要留意", "对方有 1 个未关闭的工单", "针对对方的举报有 1 个未关闭", "对方付出的 1 笔付款被拦下",
    "有关对方的 1 张复核单等待复核", "姓名可能在筛查名单上：SAMPLE-1", "🔎 被拦下的付款", "放行", "has not arrived",
    "👤 用户", "counted twice")


async def much_is_open_about_bob(here: Stage) -> None:
    """He writes to the operators, is reported, has a payment held back, gives a listed name, and Alice proposes to
    correct his balance."""
    await joins(here.bob, ENGLISH)
    await joins(here.liming, CHINESE)
    await tops_up(here.bob, ENGLISH, 2_400)
    await here.bob.says("/support my payment has not arrived")
    await here.bob.taps("My account")
    await here.bob.taps("That is all for now")
    await here.bob.says("hello", here.group)
    await here.liming.says("举报 @bob 骗子", here.group)
    await here.bob.says("/pin")
    await signs(here.bob, PINS["bob"], first=True)
    for name, amount in zip(await accomplices(here), (150, 700, 1300), strict=True):
        await here.bob.says(f"/send @{name} {amount}")
        if amount == 150:
            await here.bob.taps("Confirm")
        else:
            await signs(here.bob, PINS["bob"])
    here.bob.was_told("held back ¥1,300.00")
    for said in ("/verify", NAME, NUMBER):
        await here.bob.says(said)
    await here.bob.taps("Yes, that is me")
    await here.alice.says("/adjust @bob +5 counted twice")
    await signs(here.alice, PINS["alice"], first=True)


@pytest.mark.parametrize("card", [IN_ENGLISH, IN_CHINESE], ids=["en", "zh_CN"])
async def test_what_is_open_about_somebody_stands_on_their_card_and_leads_to_it(card: Card, sqlite_url: str,
                                                                                tmp_path: Path) -> None:
    async with house(sqlite_url, tmp_path) as here:
        await joins(here.alice, ENGLISH)
        operator = here.wangfang if card is IN_CHINESE else here.newcomer("Ann", "en", "+8613800138099")
        await joins(operator, card.basic)
        await much_is_open_about_bob(here)
        await here.app.engine.run(Appoint(key="risk", operator=OWNER, person=operator.id, role="admin"))
        await operator.says("/user @bob")
        bob = await here.app.reads.member(here.bob.id)
        assert bob is not None
        matters = await here.app.operator_reads.matters(operator.id, bob.id)
        shown = operator.was_told(card.heading)
        for line, numbers in ((card.ticket, matters.tickets.numbers), (card.report, matters.reports.numbers),
                              (card.paying, matters.paying.numbers), (card.proposal, matters.proposals.numbers)):
            assert line in shown
            assert [ids.code(number) in shown for number in numbers] == [True], line
        assert card.listed in shown

        await operator.taps(card.held)
        operator.was_told(card.list_of_held)
        await operator.taps(f"🗂 {ids.code(matters.tickets.numbers[0])}")
        operator.was_told(card.read)
        await operator.taps(card.back)
        operator.was_told(card.heading)
        await operator.taps(f"🔏 {ids.code(matters.proposals.numbers[0])}")
        operator.was_told(card.proposed)


async def test_support_sees_the_tickets_alone_and_a_copied_button_shows_them_no_more(sqlite_url: str, tmp_path: Path
                                                                                    ) -> None:
    async with house(sqlite_url, tmp_path) as here:
        await joins(here.alice, ENGLISH)
        await joins(here.wangfang, CHINESE)
        await much_is_open_about_bob(here)
        await here.app.engine.run(Appoint(key="risk", operator=OWNER, person=here.wangfang.id, role="risk"))
        await here.wangfang.says("/user @bob")
        here.wangfang.was_told(IN_CHINESE.paying)
        await here.app.engine.run(Appoint(key="support", operator=OWNER, person=here.wangfang.id, role="support"))
        await here.settle()
        before = len(here.wangfang.sees())
        await here.wangfang.taps(IN_CHINESE.held)
        assert not [said for said in here.wangfang.sees()[before:] if "¥1,300.00" in said]

        await here.wangfang.says("/user @bob")
        shown = here.wangfang.sees()[-1]
        assert IN_CHINESE.ticket in shown
        assert IN_CHINESE.report in shown
        for line in (IN_CHINESE.paying, IN_CHINESE.proposal, "SAMPLE-1"):
            assert line not in shown
        assert IN_CHINESE.held not in here.wangfang.buttons()
