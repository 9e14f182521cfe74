"""The guided tour of the local chat, walked with the real bot behind it, in both languages.

Guards: a step is left behind because of what happened in the chats, nothing else moves the tour on, and it
stands where it stood after a reload.
"""
from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, ViewportSize, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.bot.local.browsers import NEEDS_CHROMIUM
from tests.patience import PATIENCE
from tests.scenarios.browser import ALICE, BOB, LIMING, PHONE, WANGFANG, Window, chromium
from tests.scenarios.harness import stage

pytestmark = NEEDS_CHROMIUM

# How long one looks for a mark before asking for it again, in milliseconds.
GLANCE = 1_000
WIDE = ViewportSize(width=1500, height=900)


@dataclass(frozen=True)
class Cast:
    """Who takes part, and what the buttons are called to them."""

    locale: str
    size: ViewportSize
    first: int
    payer: int
    payee: int
    stranger: int
    languages: tuple[str, str]
    of_age: tuple[str, str]
    agree: tuple[str, str]
    confirm: str
    claim: str
    incoming: str
    wait: str
    accept: str
    again: str


ENGLISH = Cast(
    "en-GB", WIDE, LIMING, ALICE, BOB, WANGFANG, ("English", "简体中文"),
    ("I am 18 or older, and I agree", "我已满 18 周岁，并同意"), ("I agree", "我同意"), "Confirm", "Claim",
    "Confirm incoming", "Let it wait", "Accept", "once more")
CHINESE = Cast(
    "zh-CN", PHONE, ALICE, LIMING, WANGFANG, ALICE, ("简体中文", "English"),
    ("我已满 18 周岁，并同意", "I am 18 or older, and I agree"), ("我同意", "I agree"), "确认", "领取",
    "收款确认", "改为由我确认", "确认收款", "再输入一遍")


class Walk:
    """One window in which the tour is taken."""

    def __init__(self, window: Window, cast: Cast) -> None:
        self.page: Page = window.page
        self.cast = cast

    def side(self, person: int) -> Locator:
        """The pane of a person."""
        mine = self.page.locator(f'[data-testid="me-switch"][data-me="{person}"]')
        return self.page.get_by_test_id("pane").filter(has=mine)

    async def stands_at(self, step: str) -> None:
        await expect(self.page.get_by_test_id("tour")).to_have_attribute("data-step", step)

    async def is_led(self, person: int) -> Locator:
        """Follow the tour to whose turn it is."""
        await self.page.get_by_test_id("tour-lead").click()
        await expect(self.side(person)).to_be_visible()
        return self.side(person)

    async def taps(self, side: Locator, label: str) -> None:
        await side.get_by_test_id("message").get_by_test_id("button").filter(has_text=label).last.click()

    async def joins(self, side: Locator, tongue: int) -> None:
        await self.taps(side, self.cast.languages[tongue])
        await self.taps(side, self.cast.of_age[tongue])
        await self.shares_the_number(side)

    async def shares_the_number(self, side: Locator) -> None:
        await side.get_by_test_id("reply-button").click()
        await self.page.get_by_test_id("question-yes").click()

    async def sends(self, person: int) -> Locator:
        """Send what the tour put into the field."""
        side = await self.is_led(person)
        await expect(side.get_by_test_id("composer")).not_to_have_value("")
        await side.get_by_test_id("send").click()
        return side

    async def pays_by_pin(self) -> None:
        """Send, follow the tour to the keypad, and choose a PIN on it."""
        side = await self.sends(self.cast.payer)
        await expect(side.get_by_test_id("message").last.get_by_test_id("button").first).to_be_visible()
        pad = side.get_by_test_id("message").last
        await self.is_pointed_at(self.cast.payer, pad.locator(".key.pointed"))
        for words in ("", self.cast.again):
            await expect(pad).to_contain_text(words)
            for digit in "739164":
                await pad.get_by_test_id("button").filter(has_text=re.compile(f"^{digit}$")).click()
                await expect(pad.locator("[aria-busy]")).to_have_count(0)

    async def is_pointed_at(self, person: int, marked: Locator) -> None:
        """Follow the tour until it marks this one: a mark fades, and on a busy machine faster than one looks."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.is_led(person)
                try:
                    await marked.wait_for(state="attached", timeout=GLANCE)
                except PlaywrightTimeout:
                    continue
                return

    async def presses_what_is_shown(self, person: int, label: str) -> None:
        """Follow the tour to a button, and press that."""
        side = await self.is_led(person)
        await expect(side.get_by_test_id("button").filter(has_text=label).last).to_be_visible()
        await self.is_pointed_at(person, side.locator(".key.pointed").filter(has_text=label))
        button = side.get_by_test_id("button").filter(has_text=label).last
        await expect(button).to_be_in_viewport()
        await button.click()


async def walk_it(walk: Walk) -> None:
    cast, page = walk.cast, walk.page
    await walk.stands_at("be")
    await walk.is_led(cast.payer)
    await walk.stands_at("start")
    side = await walk.is_led(cast.payer)
    await side.get_by_test_id("start").click()
    await walk.stands_at("agree")
    await page.reload()
    await walk.stands_at("agree")
    side = walk.side(cast.payer)
    await walk.taps(side, cast.languages[0])
    await walk.presses_what_is_shown(cast.payer, cast.of_age[0])
    await walk.shares_the_number(side)
    await walk.stands_at("topup")
    await walk.sends(cast.payer)
    await walk.taps(side, cast.agree[0])
    await walk.stands_at("second")
    side = await walk.is_led(cast.payee)
    await side.get_by_test_id("start").click()
    await walk.joins(side, 0)
    await walk.stands_at("pay")
    await walk.taps(await walk.sends(cast.payer), cast.confirm)
    await walk.stands_at("look")
    await walk.is_led(cast.payee)
    await walk.stands_at("more")
    await walk.taps(await walk.sends(cast.payer), cast.confirm)
    await walk.stands_at("claim")
    side = await walk.is_led(cast.stranger)
    await walk.taps(side, cast.claim)
    await walk.joins(side, 1)
    await walk.taps(side, cast.agree[1])
    await walk.stands_at("large")
    await walk.pays_by_pin()
    await walk.stands_at("settings")
    side = await walk.sends(cast.payee)
    await walk.taps(side, cast.incoming)
    await walk.taps(side, cast.wait)
    await walk.stands_at("incoming")
    await walk.sends(cast.payer)
    await walk.stands_at("accept")
    await walk.presses_what_is_shown(cast.payee, cast.accept)
    await walk.taps(walk.side(cast.payee), cast.agree[0])
    for step in ("history", "statement", "agreement"):
        await walk.stands_at(step)
        await walk.sends(cast.payer)
    await walk.stands_at("end")


@pytest.mark.parametrize("cast", [ENGLISH, CHINESE], ids=["en", "zh_CN"])
async def test_the_tour_is_walked_by_what_really_happens(cast: Cast, tmp_path: Path) -> None:
    async with (stage(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/ikmpay.db") as here,
                chromium(f"http://127.0.0.1:{here.app.site.port}/") as windows):
        window = await windows.open(cast.first, cast.locale, cast.size)
        if cast.size is PHONE:
            await window.page.get_by_test_id("back").click()
        await window.page.get_by_test_id("tools").click()
        await window.page.get_by_test_id("open-tour").click()
        await walk_it(Walk(window, cast))
        assert await window.page.evaluate("document.documentElement.scrollWidth") == cast.size["width"]


async def test_the_tour_can_be_left_and_skipped(tmp_path: Path) -> None:
    async with (stage(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/ikmpay.db") as here,
                chromium(f"http://127.0.0.1:{here.app.site.port}/") as windows):
        window = await windows.open(ALICE, "en-GB")
        walk = Walk(window, ENGLISH)
        for step in ("start", "agree"):
            await window.page.get_by_test_id("tools").click()
            await window.page.get_by_test_id("open-tour").click()
            await walk.stands_at(step)
            await window.page.get_by_test_id("tour-skip").click()
            await window.page.get_by_test_id("tour-close").click()
            await expect(window.page.get_by_test_id("tour")).to_have_count(0)
        await window.page.reload()
        await expect(window.page.get_by_test_id("tour")).to_have_count(0)
