"""The whole product as people meet it: a bot process, a local chat beside it, and windows in a real Chromium.

Guards: nothing is waited for by time. A window waits until it shows what was expected, a process until it answers,
and both give up after a while that is generous on a busy machine. No window may log an error.
"""
from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal

from aiohttp import web
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright, expect

from bot.local.seed import GROUP_ID
from bot.local.server import LocalChat, make_local_chat
from bot.settings import LOCAL_TOKEN
from tests.bot.local.browsers import CHROMIUM
from tests.patience import PATIENCE

ROOT: Final = Path(__file__).parents[2]
ALICE, LIMING, BOB, WANGFANG = 1000001, 1000002, 1000003, 1000004
DESKTOP: Final = ViewportSize(width=1280, height=860)
PHONE: Final = ViewportSize(width=390, height=844)
Scheme = Literal["light", "dark"]


async def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something that only looking tells."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not true():  # noqa: ASYNC110 - Nobody could set an event: what is waited for is in another process.
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"in {PATIENCE:.0f} s this did not come: {what}") from None


class Deployment:
    """`ikmpay run` as a process of its own, which talks to a local chat that outlives it."""

    def __init__(self, folder: Path, chat: LocalChat, port: int) -> None:
        self.folder = folder
        self.chat = chat
        self.url = f"http://127.0.0.1:{port}/"
        self.database = f"sqlite+aiosqlite:///{folder / 'ikmpay.db'}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the bot, and wait until it asks for updates."""
        settings = {"BOT_TOKEN": LOCAL_TOKEN, "BOT_API_URL": self.url.rstrip("/"), "DATA_DIR": str(self.folder),
                    "PORT": "0", "LOG_LEVEL": "WARNING"}
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}
        polls = self.chat.world.updates
        polls.last_poll = float("-inf")
        with (self.folder / "log.txt").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=ROOT, env=kept | settings, stdout=log, stderr=log)
        process = self._process
        await until(lambda: polls.online or process.returncode is not None, "the bot asks for updates")
        assert process.returncode is None, self.log()

    async def kill(self) -> None:
        """As a power cut: `kill -9`."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()
        self._process = None

    async def stop(self) -> int:
        """As Ctrl-C; returns the exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(PATIENCE):
                return await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def dies_of(self, press: Callable[[], Awaitable[None]]) -> None:
        """Kill the bot as soon as it has said that it has this press, wherever it is in handling it."""
        events, updates = self.chat.world.events, self.chat.world.updates
        before = events.cursor
        await press()
        await until(lambda: any(event.type == "pressed" for event in events.since(before)[0]), "the press")
        await until(lambda: not any("callback_query" in update for update in updates.pending()), "the bot has it")
        await self.kill()

    def log(self) -> str:
        """What the bot wrote."""
        return (self.folder / "log.txt").read_text()


@asynccontextmanager
async def deployment(folder: Path) -> AsyncIterator[Deployment]:
    """A local chat that is served on a free port of this machine, and the bot's folder beside it."""
    chat = make_local_chat(token=LOCAL_TOKEN, data_dir=folder / "chat")
    await chat.start()
    runner = web.AppRunner(chat.app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here = Deployment(folder, chat, runner.addresses[0][1])
    try:
        yield here
    finally:
        await here.stop()
        await runner.cleanup()
        await chat.close()


class Window:
    """What one person does and sees."""

    def __init__(self, page: Page, url: str, person: int) -> None:
        self.page = page
        self.person = person
        self._url = url

    async def opens(self, chat: int) -> None:
        """Look at a chat: the private one, whose number is the person's own, or the group."""
        await self.page.goto(f"{self._url}#/{self.person}/{chat}")
        await self.page.locator(f'[data-testid="room"][data-chat-id="{chat}"]').wait_for()

    async def opens_private(self) -> None:
        """Look at the chat with the bot."""
        await self.opens(self.person)

    async def opens_group(self) -> None:
        """Look at the group."""
        await self.opens(GROUP_ID)

    async def says(self, text: str) -> None:
        """Type something and send it."""
        field = self.page.get_by_test_id("composer")
        await field.fill(text)
        await self.page.get_by_test_id("send").click()
        await expect(field).to_have_value("")

    async def presses_start(self) -> None:
        """Open the bot for the first time."""
        await self.page.get_by_test_id("start").click()

    async def taps(self, label: str, under: str = "") -> None:
        """Press the newest button with this label, as soon as there is one under a message with these words."""
        await self.message(under).get_by_test_id("button").filter(has_text=label).last.click()

    async def shares_contact(self) -> None:
        """Press the button under the field, and say yes."""
        await self.page.get_by_test_id("reply-button").click()
        await self.page.get_by_test_id("question-yes").click()

    def message(self, text: str) -> Locator:
        """The messages with these words."""
        return self.page.get_by_test_id("thread").get_by_test_id("message").filter(has_text=text)

    async def sees(self, *texts: str) -> None:
        """Wait for one message that has all of these words."""
        found = self.page.get_by_test_id("thread").get_by_test_id("message")
        for text in texts:
            found = found.filter(has_text=text)
        await expect(found.last).to_be_visible()

    async def sees_alert(self, text: str) -> None:
        """Wait for what a button answers, and put it away."""
        await expect(self.page.get_by_test_id("alert")).to_contain_text(text)
        await self.page.get_by_test_id("alert-ok").click()


class Windows:
    """Opens windows of any person, language, size and colour."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self.errors: list[str] = []

    async def open(self, person: int, locale: str, size: ViewportSize = DESKTOP, scheme: Scheme = "light", *,
                   scale: float = 1) -> Window:
        """A new window, at the person's private chat."""
        page = await self._browser.new_page(viewport=size, locale=locale, color_scheme=scheme,
                                            device_scale_factor=scale, timezone_id="Asia/Shanghai")
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        window = Window(page, self._url, person)
        await window.opens_private()
        return window


@asynccontextmanager
async def chromium(url: str) -> AsyncIterator[Windows]:
    """A browser of one's own."""
    expect.set_options(timeout=PATIENCE * 1000)
    async with async_playwright() as player:
        browser = await player.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        windows = Windows(browser, url)
        try:
            yield windows
        finally:
            await browser.close()
    assert windows.errors == []
