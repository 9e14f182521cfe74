"""Several people side by side, search, and the tools of the page, in a real Chromium.

The invariant: each side is one person with a connection of their own, and the address brings all of them back.
"""

from __future__ import annotations

import re

from playwright.async_api import Locator, ViewportSize, expect

from tests.bot.local.browsers import NEEDS_CHROMIUM, PHONE, Browsers, Window
from tests.bot.local.conftest import ALICE, BOB, GROUP, LIMING, Table

pytestmark = NEEDS_CHROMIUM

WIDE = ViewportSize(width=1500, height=900)


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
