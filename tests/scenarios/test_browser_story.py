"""The main job as people do it: in a real browser, in both languages, with the bot killed in the middle of a payment.

Guards: everybody sees their part, and what was under way when the process died happens once after it is back.
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import expect

from storage.reconcile import reconcile
from tests.bot.local.browsers import NEEDS_CHROMIUM
from tests.scenarios.browser import ALICE, BOB, LIMING, PHONE, WANGFANG, Deployment, Window, chromium, deployment

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.faults]


@dataclass(frozen=True)
class Story:
    """Who takes part, and what it is called in their language."""

    locale: str
    payer: int
    payee: int
    stranger: int
    payee_name: str
    stranger_name: str
    language: str
    of_age: str
    opened: str
    top_up: str
    agree: str
    accepted: str
    topped_up: str
    hello: str
    pay: str
    confirm: str
    not_yours: str
    came: str
    seen: str
    waits: str
    claim: str
    claimed: str
    history: str
    balance: str
    killed_at_claim: bool


ENGLISH = Story(
    locale="en-GB", payer=ALICE, payee=BOB, stranger=WANGFANG, payee_name="@bob", stranger_name="@wangfang",
    language="English", of_age="I am 18 or older, and I agree", opened="Your wallet is open", top_up="/topup 100",
    agree="I agree", accepted="goes on now", topped_up="¥100.00", hello="Hello everybody",
    pay="/send {name} {amount} lunch", confirm="Confirm", not_yours="for somebody else",
    came="Alice Chen sent you ¥20.00", seen="sent ¥20.00 to", waits="within 24 hours", claim="Claim", claimed="¥5.00",
    history="/history", balance="/balance", killed_at_claim=False)
CHINESE = Story(
    locale="zh-CN", payer=LIMING, payee=WANGFANG, stranger=ALICE, payee_name="@wangfang", stranger_name="@alice",
    language="简体中文", of_age="我已满 18 周岁，并同意", opened="钱包开通了", top_up="充值 100",
    agree="我同意", accepted="正在继续", topped_up="¥100.00", hello="大家好",
    pay="转账 {name} {amount} 午饭", confirm="确认", not_yours="这个按钮是给别人的",
    came="转给你 ¥20.00", seen="转了 ¥20.00", waits="24 小时", claim="领取", claimed="¥5.00",
    history="账单", balance="余额", killed_at_claim=True)


async def joins(window: Window, story: Story, *, starts: bool = True) -> None:
    """The way to an open wallet."""
    if starts:
        await window.presses_start()
    await window.taps(story.language)
    await window.taps(story.of_age)
    await window.shares_contact()
    await window.sees(story.opened)


async def tops_up(window: Window, story: Story) -> None:
    """The first use of a payment feature asks for the payment agreement, and goes on by itself."""
    await window.says(story.top_up)
    await window.taps(story.agree)
    await window.sees(story.accepted)
    await window.sees(story.topped_up)


async def dies_and_comes_back(here: Deployment, press: Callable[[], Awaitable[None]], other: Window, story: Story
                              ) -> None:
    """The bot is killed when it has just taken the press; while it is away somebody else asks for something."""
    await here.dies_of(press)
    await other.opens_private()
    await other.says(story.balance)
    await here.start()


async def pays(here: Deployment, payer: Window, payee: Window, story: Story) -> None:
    """20 in the group, after one Confirm that nobody else can press."""
    await payer.says(story.pay.format(name=story.payee_name, amount=20))
    await payee.taps(story.confirm, "20.00")
    await payee.sees_alert(story.not_yours)
    press = partial(payer.taps, story.confirm, "20.00")
    await (press() if story.killed_at_claim else dies_and_comes_back(here, press, payee, story))


async def claims(here: Deployment, stranger: Window, payee: Window, story: Story) -> None:
    """From the card in the group through joining to the money, which comes as soon as the agreement is accepted."""
    await stranger.opens_group()
    await stranger.taps(story.claim)
    await joins(stranger, story, starts=False)
    press = partial(stranger.taps, story.agree)
    await (dies_and_comes_back(here, press, payee, story) if story.killed_at_claim else press())
    await stranger.sees(story.claimed)


async def looks_back(window: Window, story: Story, balance: str, *lines: str) -> None:
    """The money is right, and everything that happened stands in the history once."""
    await window.opens_private()
    await window.says(story.balance)
    await window.sees(balance)
    await window.says(story.history)
    await window.sees(*lines)
    shown = await window.message(lines[0]).last.inner_text()
    for line in lines:
        assert shown.count(line) == 1, shown


@pytest.mark.parametrize("story", [ENGLISH, CHINESE], ids=["en", "zh_CN"])
async def test_a_payment_and_a_claim_survive_a_killed_bot(story: Story, tmp_path: Path) -> None:
    async with deployment(tmp_path) as here, chromium(here.url) as windows:
        _, payer, payee, stranger = await asyncio.gather(
            here.start(),
            windows.open(story.payer, story.locale),
            windows.open(story.payee, story.locale, PHONE),
            windows.open(story.stranger, story.locale, PHONE, "dark"))

        await joins(payer, story)
        await tops_up(payer, story)
        await joins(payee, story)
        for window in (payer, payee, stranger):
            await window.opens_group()
        for window in (payee, stranger):  # Names are known of people who were seen.
            await window.says(story.hello)

        await pays(here, payer, payee, story)
        await payee.opens_private()
        await payee.sees(story.came)
        await payee.says(story.balance)
        await payee.sees("¥20.00")
        for window in (payer, payee, stranger):
            await window.opens_group()
            await window.sees(story.seen)
            await expect(window.message("¥80.00")).to_have_count(0)

        await payer.says(story.pay.format(name=story.stranger_name, amount=5))
        await payer.taps(story.confirm, "5.00")
        await payer.sees(story.waits)
        await claims(here, stranger, payee, story)

        await looks_back(payer, story, "¥75.00", "+¥100.00", "-¥20.00", "-¥5.00")
        await looks_back(payee, story, "¥20.00", "+¥20.00")
        await looks_back(stranger, story, "¥5.00", "+¥5.00")
        assert await here.stop() == 0, here.log()
        assert "Traceback" not in here.log()
    report = await reconcile(here.database)
    assert report.whole, [check for check in report.checks if check.broken]
