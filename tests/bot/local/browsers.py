"""Windows of a real Chromium onto the chat page, for the tests of what people see and do there.

Guards: the page breaks no content rule and throws nothing. Every test fails on an error in its console.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize, WebSocketRoute, async_playwright, expect

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.bot.local.conftest import Table

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
DESKTOP = ViewportSize(width=1200, height=800)
PHONE = ViewportSize(width=360, height=740)
NEEDS_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium found: install one (apt-get install chromium) or set CHROMIUM to its path"
    ),
]


STILL = """new Promise((still) => {
  let [before, times] = [NaN, 0];
  const look = () => {
    const now = %s;
    times = now === before ? times + 1 : 0;
    before = now;
    if (times < 12) requestAnimationFrame(look);
    else still(now);
  };
  look();
})"""


class Window:
    """One person's browser window. Its connection can be cut and mended."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.is_cut = False
        self.sockets: list[WebSocketRoute] = []

    async def connect(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            await socket.close()
            return
        socket.connect_to_server()
        self.sockets.append(socket)

    async def cut(self) -> None:
        self.is_cut = True
        await self.sockets[-1].close()

    def find(self, testid: str, text: str | re.Pattern[str] | None = None) -> Locator:
        found = self.page.get_by_test_id(testid)
        return found if text is None else found.filter(has_text=text)

    def message(self, text: str) -> Locator:
        return self.find("thread").get_by_test_id("message").filter(has_text=text)

    async def says(self, text: str) -> None:
        await self.find("composer").fill(text)
        await self.find("composer").press("Enter")

    async def measure(self, script: str) -> Any:
        return await self.page.evaluate(script)

    async def rests_at(self, number: str) -> float:
        """What a script measures, once frame after frame shows the same: rows come in sliding, and a wheel turns on."""
        return float(await asyncio.wait_for(self.measure(STILL % number), PATIENCE))

    async def next_frame(self) -> None:
        await self.measure("new Promise(requestAnimationFrame)")


class Browsers:
    """Opens windows as a person, at a chat, of a size and a language."""

    def __init__(self, browser: Browser, table: Table) -> None:
        self.browser, self.table = browser, table
        self.errors: list[str] = []

    async def window(
        self, person: int, chat: int | None = None, size: ViewportSize = DESKTOP, locale: str = "en-GB"
    ) -> Window:
        page = await self.browser.new_page(viewport=size, locale=locale)
        expect.set_options(timeout=PATIENCE * 1000)
        page.set_default_timeout(PATIENCE * 1000)
        window = Window(page)
        await page.route_web_socket("**/local/ws*", window.connect)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        await page.goto(self.table.url("/") + f"#/{person}" + (f"/{chat}" if chat else ""))
        await page.get_by_test_id("me-switch").wait_for(state="attached")
        return window


@asynccontextmanager
async def chromium(table: Table) -> AsyncIterator[Browsers]:
    """A browser of one's own, whose windows all look at this table."""
    async with async_playwright() as player:
        browser = await player.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        opened = Browsers(browser, table)
        yield opened
        await browser.close()
    assert opened.errors == []


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    """One row of buttons under a message."""
    return {"inline_keyboard": [list(buttons)]}
