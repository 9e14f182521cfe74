"""The chat page in a real Chromium: what people see and do, against the stand-in and without any bot behind it.

Guards: nothing that one person may not see or do is shown or done in their window.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.bot.local.browsers import NEEDS_CHROMIUM, PHONE, Browsers, keyboard
from tests.bot.local.conftest import ALICE, BOB, GROUP, LIMING, Table

FOLDER = Path(__file__).parents[3] / "bot" / "local" / "page"
HOSTILE = "\u202eevil<b onclick=alert(1)>x</b> {name} &amp; <img src=x onerror=alert(1)>"
LEFT = """(({ scrollHeight, clientHeight, scrollTop }) => scrollHeight - clientHeight - scrollTop)(
  document.querySelector(".thread"))"""
"""How far the thread is from its end."""
TOP = """document.querySelector(".row:last-child").getBoundingClientRect().top
  - document.querySelector(".thread").getBoundingClientRect().top"""
"""How far the newest message is from the top of the thread."""

pytestmark = NEEDS_CHROMIUM


async def test_a_message_appears_in_the_other_persons_window(browsers: Browsers) -> None:
    alice = await browsers.window(ALICE, GROUP)
    bob = await browsers.window(BOB, GROUP)
    await alice.says("Lunch at noon?")
    await expect(bob.message("Lunch at noon?")).to_be_visible()
    await expect(bob.message("Lunch at noon?")).to_contain_text("Alice Chen")


async def test_enter_sends_and_shift_enter_begins_a_line(browsers: Browsers, table: Table) -> None:
    alice = await browsers.window(ALICE, GROUP)
    field = alice.find("composer")
    await field.press_sequentially("one")
    await field.press("Shift+Enter")
    await field.press_sequentially("two")
    await field.press("Enter")
    await expect(alice.find("message")).to_have_count(1)
    assert (await table.messages(ALICE, GROUP))[-1]["text"] == "one\ntwo"
    await expect(field).to_have_value("")


async def test_a_press_shows_the_bots_alert_and_stops_waiting(browsers: Browsers, table: Table) -> None:
    await table.call(
        "sendMessage", chat_id=GROUP, text="Pay?", reply_markup=keyboard({"text": "Confirm", "callback_data": "c:1"})
    )
    bob = await browsers.window(BOB, GROUP)
    button = bob.find("button", "Confirm")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    query = next(update["callback_query"] for update in await table.updates() if "callback_query" in update)
    assert (query["from"]["id"], query["data"]) == (BOB, "c:1")
    await table.call(
        "answerCallbackQuery", callback_query_id=query["id"], text="Only Alice may press this.", show_alert=True
    )
    await expect(bob.find("alert")).to_contain_text("Only Alice may press this.")
    await bob.page.keyboard.press("Enter")
    await expect(bob.find("alert")).to_have_count(0)
    await expect(button).not_to_have_attribute("aria-busy", "true")


async def test_edits_and_deletions_are_seen_at_once(browsers: Browsers, table: Table) -> None:
    alice = await browsers.window(ALICE, GROUP)
    sent = await table.call("sendMessage", chat_id=GROUP, text="0 of 3 paid")
    await expect(alice.message("0 of 3 paid")).to_be_visible()
    await table.call("editMessageText", chat_id=GROUP, message_id=sent["message_id"], text="1 of 3 paid")
    await expect(alice.message("1 of 3 paid")).to_contain_text("edited")
    await expect(alice.message("0 of 3 paid")).to_have_count(0)
    await table.call("deleteMessage", chat_id=GROUP, message_id=sent["message_id"])
    await expect(alice.find("message")).to_have_count(0)


async def test_what_strangers_write_stays_text(browsers: Browsers, table: Table) -> None:
    await table.act(f"people/{BOB}", first_name=HOSTILE[:64], last_name="<script>alert(2)</script>")
    await table.act("say", as_=BOB, chat_id=GROUP, text=HOSTILE)
    link = {"type": "text_link", "offset": 0, "length": 4, "url": "javascript:alert(3)"}
    await table.act("say", as_=BOB, chat_id=GROUP, text="here", entities=[link])
    alice = await browsers.window(ALICE, GROUP)
    await expect(alice.message("evil").first).to_contain_text(HOSTILE.lstrip("\u202e"))
    assert (
        await alice.measure("document.querySelectorAll('.thread b[onclick], .thread script, .thread img').length") == 0
    )
    assert (
        await alice.measure("[...document.querySelectorAll('a')].filter((a) => a.href.startsWith('javascript')).length")
        == 0
    )
    name = alice.message("evil").first.locator(".sender .name-of")
    assert await name.evaluate("(node) => getComputedStyle(node).unicodeBidi") == "isolate"


async def test_every_entity_is_drawn_where_it_stands(browsers: Browsers, table: Table) -> None:
    text = "😀 <b>fat <i>both</i></b> <code>4F7K</code> <tg-spoiler>secret</tg-spoiler> <a href='https://example.org/'>link</a>"
    await table.call("sendMessage", chat_id=GROUP, text=text, parse_mode="HTML")
    alice = await browsers.window(ALICE, GROUP)
    words = alice.find("message").locator(".words")
    await expect(words.locator("strong")).to_have_text("fat both")
    await expect(words.locator("strong em")).to_have_text("both")
    await expect(words.locator("code")).to_have_text("4F7K")
    await words.locator(".spoiler").click()
    await expect(words.locator(".spoiler.shown")).to_have_text("secret")
    await words.locator("a").click()
    await expect(alice.find("question")).to_contain_text("https://example.org/")
    await alice.page.keyboard.press("Escape")
    await expect(alice.find("question")).to_have_count(0)


async def test_only_its_receiver_sees_an_ephemeral_message_and_can_put_it_away(
    browsers: Browsers, table: Table
) -> None:
    await table.call(
        "sendMessage", chat_id=GROUP, text="You have 80.00", ephemeral_message_parameters={"receiver_user_id": ALICE}
    )
    alice = await browsers.window(ALICE, GROUP)
    bob = await browsers.window(BOB, GROUP)
    await expect(alice.message("You have 80.00")).to_contain_text("Only you can see this")
    await expect(bob.find("message")).to_have_count(0)
    await alice.page.get_by_role("button", name="Dismiss").click()
    await expect(alice.find("message")).to_have_count(0)
    await alice.page.reload()
    await expect(alice.find("room")).to_be_visible()
    await expect(alice.find("message")).to_have_count(0)


async def test_a_number_is_shared_only_after_asking(browsers: Browsers, table: Table) -> None:
    await table.started(ALICE)
    markup = {
        "keyboard": [[{"text": "Share my number", "request_contact": True}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }
    await table.call("sendMessage", chat_id=ALICE, text="Your number?", reply_markup=markup)
    alice = await browsers.window(ALICE, ALICE)
    await alice.find("reply-button").click()
    await alice.find("question-no").click()
    assert await table.updates() == []
    await alice.find("reply-button").click()
    await expect(alice.find("question")).to_contain_text("+447400123456")
    await alice.find("question-yes").click()
    await expect(alice.message("+447400123456")).to_be_visible()
    await expect(alice.find("reply-button")).to_have_count(0)
    contact = next(update["message"]["contact"] for update in await table.updates() if "message" in update)
    assert contact["user_id"] == ALICE


async def test_a_deep_link_opens_the_private_chat_and_starts_it(browsers: Browsers, table: Table) -> None:
    button = {"text": "Open", "url": "https://t.me/ikmpay_bot?start=claim_7"}
    await table.call("sendMessage", chat_id=GROUP, text="Yours", reply_markup=keyboard(button))
    alice = await browsers.window(ALICE, GROUP)
    await alice.find("button", "Open").click()
    await expect(alice.message("/start claim_7")).to_be_visible()
    await expect(alice.page).to_have_url(re.compile(rf"#/{ALICE}/{ALICE}$"))


async def test_one_window_can_be_anybody(browsers: Browsers, table: Table) -> None:
    window = await browsers.window(ALICE, GROUP)
    await table.act("say", as_=ALICE, chat_id=GROUP, text="hello")
    await expect(window.find(f"peer-{LIMING}")).to_be_visible()
    await window.find("me-switch").click()
    await window.find(f"person-{LIMING}").click()
    await expect(window.find("me-switch")).to_have_attribute("data-me", str(LIMING))
    await window.says("你好")
    assert (await table.messages(ALICE, GROUP))[-1]["from"]["id"] == LIMING
    await window.page.keyboard.press("Alt+1")
    await expect(window.find("me-switch")).to_have_attribute("data-me", str(ALICE))


async def test_a_phone_shows_one_pane_at_a_time_and_nothing_sticks_out(browsers: Browsers, table: Table) -> None:
    await table.call(
        "sendMessage",
        chat_id=GROUP,
        text="https://example.org/" + "x" * 300,
        reply_markup=keyboard(*({"text": str(n), "callback_data": str(n)} for n in range(6))),
    )
    phone = await browsers.window(ALICE, size=PHONE, locale="zh-CN")
    await expect(phone.find("composer")).to_have_count(0)
    await phone.find(f"chat-{GROUP}").click()
    await expect(phone.find("composer")).to_be_visible()
    await expect(phone.find(f"chat-{GROUP}")).to_be_hidden()
    assert await phone.measure("document.documentElement.scrollWidth") == PHONE["width"]
    assert (
        await phone.measure(
            "(() => { const it = document.querySelector('.thread'); return it.scrollWidth - it.clientWidth; })()"
        )
        <= 0
    )
    is_small = "(b) => b.checkVisibility() && b.tabIndex >= 0 && b.offsetHeight < 40"
    small = f"[...document.querySelectorAll('.room button')].filter({is_small}).length"
    assert await phone.measure(small) == 0
    await phone.find("chat-menu").click()
    right = "document.querySelector('.popup').getBoundingClientRect().right"
    assert await phone.rests_at(right) <= PHONE["width"] - 8
    await phone.page.keyboard.press("Escape")
    await phone.find("back").click()
    await expect(phone.find(f"chat-{GROUP}")).to_be_visible()
    await expect(phone.page.get_by_text("我是")).to_be_visible()


async def test_everything_can_be_done_with_keys_alone(browsers: Browsers, table: Table) -> None:
    await table.call(
        "setMyCommands",
        commands=[{"command": "send", "description": "Send money"}, {"command": "help", "description": "How"}],
    )
    await table.act("say", as_=BOB, chat_id=GROUP, text="Who pays?")
    alice = await browsers.window(ALICE, GROUP)
    keys = alice.page.keyboard
    await expect(alice.find("composer")).to_be_focused()
    await keys.press("ArrowUp")
    await expect(alice.message("Who pays?")).to_be_focused()
    await keys.press("Enter")
    await expect(alice.find("menu-reply")).to_be_focused()
    await keys.press("Enter")
    await expect(alice.find("composer")).to_be_focused()
    await keys.type("I do")
    await keys.press("Enter")
    await expect(alice.message("I do")).to_contain_text("Who pays?")
    await keys.type("/he")
    await expect(alice.find("suggestions")).to_contain_text("How")
    await keys.press("Tab")
    await expect(alice.find("composer")).to_have_value("/help ")


async def test_history_keeps_its_place_while_messages_come(browsers: Browsers, table: Table) -> None:
    for number in range(130):
        await table.act("say", as_=BOB, chat_id=GROUP, text=f"line {number}")
    alice = await browsers.window(ALICE, GROUP)
    await expect(alice.page.get_by_text("line 129", exact=True).last).to_be_attached()
    await alice.find("to-bottom").click()
    await alice.page.mouse.move(800, 400)
    for _ in range(1000):
        await alice.page.mouse.wheel(0, -2000)
        await alice.next_frame()
        if await alice.find("message").count() == 130:
            break
    await expect(alice.find("message")).to_have_count(130)
    where = "document.querySelectorAll('.row')[20].getBoundingClientRect().top"
    before = await alice.rests_at(where)
    await table.act("say", as_=BOB, chat_id=GROUP, text="newest")
    await expect(alice.find("to-bottom")).to_contain_text("1")
    assert abs(await alice.measure(where) - before) < 2
    await alice.find("to-bottom").click()
    await expect(alice.message("newest")).to_be_in_viewport()


async def test_the_date_floats_over_the_thread_only_while_it_moves(browsers: Browsers, table: Table) -> None:
    await table.act("say", as_=BOB, chat_id=GROUP, text="first")
    alice = await browsers.window(ALICE, GROUP)
    date = alice.find("thread").locator(".date span")
    await expect(date).to_have_css("opacity", "1")
    await expect(alice.find("thread").locator(".date.floating")).to_have_count(0)
    for number in range(40):
        await table.act("say", as_=BOB, chat_id=GROUP, text=f"line {number}")
    await expect(alice.message("line 39")).to_be_in_viewport()
    await expect(date).to_have_css("opacity", "0")
    await alice.page.mouse.move(800, 400)
    await alice.page.mouse.wheel(0, -600)
    await expect(alice.message("line 39")).not_to_be_in_viewport()
    await expect(date).to_have_css("opacity", "0")
    scroll = "document.querySelector('.thread').dispatchEvent(new Event('scroll'))"
    await alice.measure(f"window.turning = setInterval(() => {scroll}, 20)")
    await expect(date).to_have_css("opacity", "1")
    # What scrolls looks otherwise as it does at rest.
    await expect(alice.find("thread")).to_have_css("max-height", "none")
    await expect(alice.find("thread")).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    await alice.measure("clearInterval(window.turning)")
    await expect(date).to_have_css("opacity", "0")


@pytest.mark.parametrize("width", [1280, 390])
async def test_the_answer_to_what_one_typed_or_pressed_is_in_sight(
    browsers: Browsers, table: Table, width: int
) -> None:
    await table.started(ALICE)
    for number in range(30):
        await table.call("sendMessage", chat_id=ALICE, text=f"line {number}\nand another")
    alice = await browsers.window(ALICE, ALICE, {"width": width, "height": 800})
    await alice.find("to-bottom").click()
    await expect(alice.message("line 29")).to_be_in_viewport()
    more = keyboard({"text": "More", "callback_data": "more"})

    async def answers(length: int) -> None:
        for part in range(2):
            text = f"answer of {length}, {part}\n" + "a line of it\n" * length
            await table.call("sendMessage", chat_id=ALICE, text=text, reply_markup=more)
            await alice.next_frame()
        await expect(alice.message(f"answer of {length}, 1")).to_be_visible()
        assert await alice.rests_at(LEFT) < 8

    for length, command in enumerate(("/balance", "/history", "/help"), start=3):
        await alice.says(command)
        await expect(alice.message(command)).to_be_visible()
        await answers(length * length)
    for length in (11, 17):
        # Not `click`: where a row still slides in it would scroll the thread itself until it hits the button.
        for event in ("pointerdown", "click"):
            await alice.find("button", "More").last.dispatch_event(event)
        await answers(length)


@pytest.mark.parametrize("length", [60, 200])
async def test_an_answer_taller_than_the_window_is_shown_from_its_top(
    browsers: Browsers, table: Table, length: int
) -> None:
    await table.started(ALICE)
    for number in range(30):
        await table.call("sendMessage", chat_id=ALICE, text=f"line {number}\nand another")
    alice = await browsers.window(ALICE, ALICE, PHONE)
    await alice.find("to-bottom").click()
    await expect(alice.message("line 29")).to_be_in_viewport()
    await alice.says("/help")
    await expect(alice.message("/help")).to_be_in_viewport()
    await table.call("sendMessage", chat_id=ALICE, text="The top\n" + "a line of it\n" * length + "the end")
    await expect(alice.message("The top")).to_be_in_viewport()
    assert 0 <= await alice.rests_at(TOP) < 30
    await expect(alice.find("to-bottom")).to_be_visible()
    await alice.says("I see")
    await expect(alice.message("I see")).to_be_in_viewport()


async def test_a_page_that_one_turned_to_begins_at_its_top(browsers: Browsers, table: Table) -> None:
    await table.started(ALICE)
    for number in range(30):
        await table.call("sendMessage", chat_id=ALICE, text=f"line {number}\nand another")
    turn = keyboard({"text": "Turn", "callback_data": "turn"})
    sent = await table.call("sendMessage", chat_id=ALICE, text="Short", reply_markup=turn)
    alice = await browsers.window(ALICE, ALICE, PHONE)
    await alice.find("to-bottom").click()

    async def becomes(page: str) -> None:
        text = f"{page}\n" + "a line of it\n" * 80
        await table.call("editMessageText", chat_id=ALICE, message_id=sent["message_id"], text=text, reply_markup=turn)
        await expect(alice.message(page)).to_be_visible()

    for page in ("Page one", "Page two"):
        await alice.find("button", "Turn").last.click()
        await becomes(page)
        assert 0 <= await alice.rests_at(TOP) < 30
    await alice.find("to-bottom").click()
    await expect(alice.find("button", "Turn").last).to_be_in_viewport()
    await becomes("Nobody turned to this page")
    assert await alice.rests_at(LEFT) < 8
    await alice.find("button", "Turn").last.click()
    await becomes("Page three")
    await alice.find("button", "Turn").last.dispatch_event("click")
    await table.call("sendMessage", chat_id=ALICE, text="An answer of its own")
    await expect(alice.message("An answer of its own")).to_be_in_viewport()


async def test_a_lost_connection_is_said_and_found_again(browsers: Browsers, table: Table) -> None:
    alice = await browsers.window(ALICE, GROUP)
    await alice.find("composer").fill("half a thought")
    await alice.cut()
    await expect(alice.page.get_by_text("Connection lost")).to_be_visible()
    await expect(alice.find("composer")).to_be_disabled()
    await table.act("say", as_=BOB, chat_id=GROUP, text="meanwhile")
    alice.is_cut = False
    await expect(alice.message("meanwhile")).to_be_visible()
    await expect(alice.find("composer")).to_have_value("half a thought")
    await expect(alice.find("composer")).to_be_enabled()


async def test_the_first_load_is_small(browsers: Browsers) -> None:
    """Every byte over the wire until the first chat can be used, with headers and the first frame."""
    page = await browsers.browser.new_page()
    wire = await page.context.new_cdp_session(page)
    sizes: list[int] = []
    wire.on("Network.loadingFinished", lambda told: sizes.append(int(told["encodedDataLength"])))
    wire.on("Network.webSocketFrameReceived", lambda told: sizes.append(len(told["response"]["payloadData"].encode())))
    await wire.send("Network.enable")
    await page.goto(browsers.table.url("/") + f"#/{ALICE}/{GROUP}")
    await page.get_by_test_id("composer").wait_for()
    await page.wait_for_load_state("networkidle")
    assert len(sizes) > 15
    assert sum(sizes) <= 200_000, sum(sizes)


def test_the_page_asks_nobody_else() -> None:
    for path in filter(Path.is_file, FOLDER.rglob("*")):
        text = path.read_text(encoding="utf-8")
        assert "innerHTML" not in text, path
        assert "insertAdjacentHTML" not in text, path
        hosts = set(re.findall(r"https?://([\w.-]+)", text))
        assert hosts <= {"www.w3.org", "t.me"}, path


def test_every_module_that_the_page_loads_is_kept_with_it() -> None:
    """Some are loaded only when they are needed, so that a missing one would be noticed late."""
    scripts = FOLDER / "js"
    named = set(re.findall(r"js/([\w.-]+\.js)", (FOLDER / "index.html").read_text(encoding="utf-8")))
    for path in scripts.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"""(?:\bfrom |\bimport |\bimport\()["'`]\./([\w.-]+)["'`]""", text))
        named |= {f"{name}.js" for name in re.findall(r"""\bload\(["'`]([\w-]+)["'`]""", text)}
    assert {"main.js", "tour.js", "reset.js", "calllog.js", "viewer.js", "store.js"} <= named
    assert named <= {path.name for path in scripts.glob("*.js")}
    listed = subprocess.run(["git", "ls-files", "."], cwd=scripts, stdout=subprocess.PIPE, text=True, check=False)
    if listed.returncode == 0:  # A copy without its history has what it came with.
        assert named <= set(listed.stdout.split())


def test_both_languages_say_everything() -> None:
    words = (FOLDER / "js" / "words.js").read_text(encoding="utf-8")
    said = set(re.findall(r'^  "([\w.]+)": \[', words, re.MULTILINE))
    asked = set()
    for path in (FOLDER / "js").glob("*.js"):
        asked |= set(re.findall(r'say\("([\w.]+)"', path.read_text(encoding="utf-8")))
    assert asked <= said
    for key, english, chinese in re.findall(
        r'^  "([\w.]+)": \[\s*"(.*?)",\s*"(.*?)",?\s*\],$', words, re.MULTILINE | re.DOTALL
    ):
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese)), key
        assert re.search(r"[\u4e00-\u9fff]", chinese), key
