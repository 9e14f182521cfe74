"""Several people side by side, search, and the tools of the page, in a real Chromium.

Guards: each side is one person with a connection of their own, and the address brings all of them back.
"""

from __future__ import annotations

import re
import struct
import zlib

import aiohttp
from playwright.async_api import Locator, ViewportSize, expect

from tests.bot.local.browsers import NEEDS_CHROMIUM, PHONE, Browsers, Window
from tests.bot.local.conftest import ALICE, BOB, GROUP, LIMING, Table

pytestmark = NEEDS_CHROMIUM

WIDE = ViewportSize(width=1500, height=900)


def picture(width: int, height: int) -> bytes:
    """A grey picture."""
    rows = (b"\0" + bytes(width)) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def side(window: Window, number: int) -> Locator:
    """One of the panes, from the left."""
    return window.find("pane").nth(number)


async def beside(window: Window, person: int) -> None:
    await window.find("beside").first.click()
    await window.find(f"person-{person}").click()


async def test_two_people_talk_in_one_window_and_a_reload_brings_both_back(browsers: Browsers) -> None:
    window = await browsers.window(ALICE, GROUP, WIDE)
    await beside(window, BOB)
    await expect(window.page).to_have_url(re.compile(rf"#/{ALICE}/{GROUP}\+/{BOB}/{GROUP}$"))
    alice, bob = side(window, 0), side(window, 1)
    await alice.get_by_test_id("composer").fill("Lunch?")
    await alice.get_by_test_id("composer").press("Enter")
    await expect(bob.get_by_test_id("message")).to_contain_text("Lunch?")
    await bob.get_by_test_id("composer").fill("Gladly")
    await bob.get_by_test_id("composer").press("Enter")
    await expect(alice.get_by_test_id("message").last).to_contain_text("Gladly")
    await window.page.reload()
    await expect(window.find("pane")).to_have_count(2)
    for person, pane in ((ALICE, alice), (BOB, bob)):
        await expect(pane.get_by_test_id("me-switch")).to_have_attribute("data-me", str(person))
        await expect(pane.get_by_test_id("message").last).to_contain_text("Gladly")
    await bob.get_by_test_id("pane-close").click()
    await expect(window.find("pane")).to_have_count(1)
    await expect(window.page).to_have_url(re.compile(rf"#/{ALICE}/{GROUP}$"))
    await window.page.go_back()
    await expect(window.find("pane")).to_have_count(2)


async def test_a_narrow_window_shows_one_side_and_turns_to_the_other(browsers: Browsers, table: Table) -> None:
    window = await browsers.window(ALICE, GROUP, WIDE)
    await beside(window, BOB)
    await expect(side(window, 1).get_by_test_id("room")).to_be_visible()
    await side(window, 0).get_by_test_id("composer").click()
    await window.page.set_viewport_size(PHONE)
    await expect(side(window, 1)).to_be_hidden()
    assert await window.measure("document.documentElement.scrollWidth") == PHONE["width"]
    await table.act("say", as_=ALICE, chat_id=GROUP, text="hello")
    unread = side(window, 0).get_by_test_id(f"peer-{BOB}")
    await expect(unread).to_contain_text("1")
    await unread.click()
    await expect(side(window, 1)).to_be_visible()
    await expect(side(window, 0)).to_be_hidden()


async def test_the_keys_go_to_the_side_that_was_touched_last(browsers: Browsers) -> None:
    window = await browsers.window(ALICE, GROUP, WIDE)
    await beside(window, BOB)
    await side(window, 1).get_by_test_id("composer").click()
    await window.page.keyboard.press("Alt+2")
    await expect(side(window, 1).get_by_test_id("me-switch")).to_have_attribute("data-me", str(LIMING))
    await expect(side(window, 0).get_by_test_id("me-switch")).to_have_attribute("data-me", str(ALICE))


async def test_an_old_message_is_found_and_jumped_to(browsers: Browsers, table: Table) -> None:
    await table.act("say", as_=BOB, chat_id=GROUP, text="The umbrella is in the hall")
    for number in range(400):
        await table.act("say", as_=BOB, chat_id=GROUP, text=f"line {number}")
    window = await browsers.window(ALICE, ALICE)
    await window.find("search").fill("umbrella hall")
    found = window.find("found-message")
    await expect(found.locator("mark")).to_have_text(["umbrella", "hall"])
    await found.click()
    await expect(window.message("The umbrella is in the hall")).to_be_in_viewport()
    assert await window.find("message").count() < 300
    await window.find("to-bottom").click()
    await expect(window.message("line 399")).to_be_in_viewport()
    await window.find("search").fill("smith")
    await expect(window.find(f"found-person-{BOB}")).to_be_visible()
    await window.find("search").fill("<b>")
    await expect(window.find("found-nothing")).to_contain_text("<b>")
    await window.find("search").press("Escape")
    await expect(window.find(f"chat-{GROUP}")).to_be_visible()


async def test_one_chat_is_searched_from_its_menu(browsers: Browsers, table: Table) -> None:
    await table.started(ALICE)
    await table.act("say", as_=ALICE, text="here")
    await table.act("say", as_=BOB, chat_id=GROUP, text="here too")
    phone = await browsers.window(ALICE, GROUP, PHONE, "zh-CN")
    await phone.find("chat-menu").click()
    await phone.find("search-here").click()
    await expect(phone.find("search")).to_be_focused()
    await phone.find("search").fill("here")
    await expect(phone.find("found-message")).to_have_count(1)
    await phone.page.get_by_role("button", name="搜索全部聊天").click()
    await expect(phone.find("found-message")).to_have_count(2)


async def test_pictures_are_seen_in_full_and_walked_through_with_keys(browsers: Browsers, table: Table) -> None:
    for number in range(3):
        facts = {"as": str(BOB), "chat_id": str(GROUP), "kind": "photo", "caption": f"picture {number}"}
        form = aiohttp.FormData(facts)
        form.add_field("file", picture(1600, 900 + number), filename="a.png")
        async with table.client.post(table.url("/local/upload"), data=form) as answer:
            assert answer.status == 200, await answer.text()
    alice = await browsers.window(ALICE, GROUP)
    await alice.message("picture 1").get_by_role("button", name="full size").click()
    shown = alice.find("viewer-picture")
    await expect(alice.find("viewer")).to_contain_text("2 of 3")
    assert await shown.evaluate("async (image) => (await image.decode(), image.naturalHeight)") == 901
    await alice.page.keyboard.press("ArrowRight")
    await expect(alice.find("viewer")).to_contain_text("3 of 3")
    await expect(alice.find("viewer-after")).to_be_hidden()
    await alice.page.keyboard.press("Home")
    await expect(alice.find("viewer")).to_contain_text("1 of 3")
    async with alice.page.expect_download() as told:
        await alice.find("viewer-download").click()
    assert (await (await told.value).path()).read_bytes() == picture(1600, 900)
    await alice.find("viewer-zoom").click()
    await expect(shown).to_have_js_property("clientWidth", 1600)
    await alice.page.keyboard.press("Escape")
    await expect(alice.find("viewer")).to_have_count(0)


async def test_calls_of_the_bot_are_shown_as_they_are_made(browsers: Browsers, table: Table) -> None:
    await table.http("sendMessage", chat_id=GROUP, text="hello")
    alice = await browsers.window(ALICE, GROUP, WIDE)
    await alice.find("tools").click()
    await alice.find("open-calls").click()
    calls = alice.find("call")
    await expect(calls).to_have_count(1)
    await table.http("sendMessage", chat_id=GROUP, text="")
    await expect(calls.first).to_contain_text("Bad Request: message text is empty")
    await table.act("say", as_=BOB, chat_id=GROUP, text="A poll that brings nothing is not kept")
    await table.http("getUpdates")
    await table.http("getMe")
    await expect(calls.first).to_contain_text("getMe")
    await expect(calls).to_have_count(3)
    await alice.find("calls-method").select_option("getUpdates")
    await expect(calls).to_have_count(1)
    await alice.find("calls-method").select_option("")
    await alice.find("calls-refused").click()
    await expect(calls).to_have_count(1)
    await calls.locator("summary").click()
    await expect(calls).to_contain_text("Telegram's own rules")
    await alice.find("calls-refused").click()
    await alice.find("calls-method").select_option("sendMessage")
    await expect(calls).to_have_count(2)
    await table.act("reset")
    await expect(calls).to_have_count(0)
    await table.http("sendMessage", chat_id=GROUP, text="again")
    await expect(calls).to_contain_text(["again"])
    await alice.find("calls-close").click()
    await expect(alice.find("calls")).to_have_count(0)


async def test_starting_over_asks_first(browsers: Browsers, table: Table) -> None:
    await table.act("say", as_=BOB, chat_id=GROUP, text="gone soon")
    alice = await browsers.window(ALICE, GROUP, locale="zh-CN")
    for answer in ("reset-no", "reset-yes"):
        await expect(alice.message("gone soon")).to_have_count(1)
        await alice.find("tools").click()
        await alice.find("open-reset").click()
        await expect(alice.find("reset")).to_contain_text("钱包归机器人保管")
        await alice.find(answer).click()
    await expect(alice.find("toast")).to_contain_text("已经全部清空")
    await expect(alice.find("message")).to_have_count(0)
    assert await table.messages(ALICE, GROUP) == []
