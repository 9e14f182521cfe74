"""What a bot offers beyond messages, as people meet it on the chat page: inline mode, invoices, Mini Apps, pickers.

Guards: nothing is paid, shared or sent that was not shown and agreed to first, and only the one app that was opened
is listened to.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram.utils.web_app import safe_parse_webapp_init_data
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import FrameLocator, expect

from bot.local.shapes import Json
from tests.bot.local.browsers import NEEDS_CHROMIUM, Browsers, Window, keyboard
from tests.bot.local.conftest import ALICE, BOB, GROUP, LIMING, TOKEN, Table
from tests.bot.local.test_services import ARTICLE, INVOICE

pytestmark = NEEDS_CHROMIUM

# An app as small as one can be: a script that tells its frame what its buttons say, and shows what it is told.
APP = """<!doctype html><title>Wallet</title><p id="heard"></p><p id="theme"></p>
<script>
const launch = new URLSearchParams(location.hash.slice(1));
const tell = (eventType, eventData = {}) => parent.postMessage(JSON.stringify({ eventType, eventData }), "*");
const named = (name, act) => {
  const button = document.body.appendChild(document.createElement("button"));
  button.textContent = name;
  button.onclick = act;
};
document.getElementById("theme").textContent = JSON.parse(launch.get("tgWebAppThemeParams")).bg_color;
addEventListener("message", ({ data }) => { document.getElementById("heard").textContent += `${data} `; });
named("main", () => tell("web_app_setup_main_button", { is_visible: true, is_active: true, text: "Send 20" }));
named("back", () => tell("web_app_setup_back_button", { is_visible: true }));
named("data", () => tell("web_app_data_send", { data: launch.get("tgWebAppData") + "scanned" }));
const buttons = [{ id: "y", type: "ok" }];
named("ask", () => tell("web_app_open_popup", { title: "Sure?", message: "It costs 20", buttons }));
named("mean", () => tell("web_app_setup_closing_behavior", { need_confirmation: true }));
named("close", () => tell("web_app_close"));
const { searchParams: given } = new URL(location.href);
named("share", () => tell("web_app_send_prepared_message", { id: given.get("prepared") }));
window.launch = launch;
tell("web_app_ready");
</script>"""


# The same in the words of those who write such apps, with the local chat's own `Telegram.WebApp`.
WORDED = """<!doctype html><title>Wallet</title><button>main</button><p id="who"></p>
<script src="{bridge}"></script>
<script>
const app = Telegram.WebApp;
app.ready();
document.getElementById("who").textContent = `${app.initDataUnsafe.user.first_name} ${app.colorScheme}`;
app.MainButton.setText("Send").show().onClick(() => {
  app.showConfirm("Really?", (isSure) => app.MainButton.setParams({ text: isSure ? "Sent" : "Kept" }));
});
app.BackButton.show().onClick(() => app.close());
</script>"""


@pytest.fixture
async def app_url() -> AsyncIterator[str]:
    """The address of an app on a server of its own."""

    async def page(request: web.Request) -> web.Response:
        bridge = request.query.get("bridge")
        return web.Response(text=WORDED.replace("{bridge}", bridge) if bridge else APP, content_type="text/html")

    served = web.Application()
    served.router.add_get("/app", page)
    server = TestServer(served)
    await server.start_server()
    yield str(server.make_url("/app"))
    await server.close()


async def heard(table: Table, kind: str) -> Json:
    """The next update of a kind; everything up to it is confirmed."""
    for _ in range(20):
        for update in await table.call("getUpdates", timeout=10):
            await table.call("getUpdates", offset=update["update_id"] + 1)
            if kind in update:
                found: Json = update[kind]
                return found
    raise AssertionError(f"no {kind} came")


# ---------------------------------------------------------------- inline mode


async def test_what_the_bot_offers_is_chosen_and_sent(browsers: Browsers, table: Table) -> None:
    await table.act("bot", inline=True)
    alice = await browsers.window(ALICE, GROUP)
    await alice.find("composer").press_sequentially("@ikmpay_bot 20 lunch")
    await expect(alice.find("inline-note")).to_contain_text("Asking the bot")
    query = await heard(table, "inline_query")
    while query["query"] != "20 lunch":  # Of what was typed before a pause the bot hears too.
        query = await heard(table, "inline_query")
    results = [ARTICLE, {"type": "venue", "id": "v", "latitude": 1, "longitude": 2, "title": "Bar", "address": "Bund"}]
    await table.call("answerInlineQuery", inline_query_id=query["id"], results=results)
    await expect(alice.find("result-v")).to_contain_text("Bund")
    await alice.find("result-a").click()
    sent = alice.find("message").last
    await expect(sent).to_contain_text(re.compile("via .*@ikmpay_bot"))
    await expect(sent.locator(".words")).to_have_text("20")
    await expect(alice.find("composer")).to_have_value("")
    assert (await heard(table, "chosen_inline_result"))["query"] == "20 lunch"


async def test_without_inline_mode_the_same_words_are_a_message(browsers: Browsers, table: Table) -> None:
    alice = await browsers.window(ALICE, GROUP)
    await alice.says("@ikmpay_bot 20")
    await expect(alice.message("@ikmpay_bot 20")).to_be_visible()
    assert (await heard(table, "message"))["text"] == "@ikmpay_bot 20"


async def test_a_button_takes_its_question_to_a_chat_that_one_chooses(browsers: Browsers, table: Table) -> None:
    await table.act("bot", inline=True)
    await table.started(ALICE)
    here = {"text": "In this chat", "switch_inline_query_current_chat": "5"}
    there = {"text": "Elsewhere", "switch_inline_query": "7"}
    await table.call("sendMessage", chat_id=ALICE, text="Ask", reply_markup=keyboard(here, there))
    alice = await browsers.window(ALICE, ALICE)
    await alice.find("button", "In this chat").click()
    await expect(alice.find("composer")).to_have_value("@ikmpay_bot 5")
    assert (await heard(table, "inline_query"))["query"] == "5"
    await alice.page.keyboard.press("Escape")
    await alice.find("button", "Elsewhere").click()
    await alice.find(f"pick-{GROUP}").click()
    await expect(alice.find("composer")).to_have_value("@ikmpay_bot 7")
    query = await heard(table, "inline_query")
    assert (query["query"], query["chat_type"]) == ("7", "supergroup")


# ---------------------------------------------------------------- invoices


async def opened_sheet(browsers: Browsers, table: Table, **more: Any) -> Window:
    await table.started(ALICE)
    await table.call("sendInvoice", chat_id=ALICE, **(INVOICE | more))
    alice = await browsers.window(ALICE, ALICE)
    await expect(alice.message("Top-up").locator(".invoice-total")).to_contain_text("¥20.00")
    await alice.find("button", "Pay").click()
    await expect(alice.find("pay-sheet")).to_contain_text("Play money")
    return alice


async def verdict(table: Table, **answer: Any) -> Json:
    query = await heard(table, "pre_checkout_query")
    await table.call("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], **answer)
    return query


async def test_a_sheet_says_what_is_paid_and_the_chat_that_it_was(browsers: Browsers, table: Table) -> None:
    alice = await opened_sheet(browsers, table, max_tip_amount=500, suggested_tip_amounts=[100, 200])
    await alice.find("tip-200").click()
    await expect(alice.find("pay-total")).to_have_text("¥22.00")
    await alice.find("tip-own").fill("1.5")
    await expect(alice.find("pay-go")).to_contain_text("¥21.50")
    await alice.find("pay-go").click()
    assert (await verdict(table, ok=True))["total_amount"] == 2150
    await expect(alice.find("pay-sheet")).to_have_count(0)
    await expect(alice.find("thread").locator(".service-pill").last).to_contain_text("You paid")
    await expect(alice.find("thread").locator(".service-pill").last).to_contain_text("¥21.50")
    await alice.find("button", "Pay").click()
    await expect(alice.find("toast")).to_contain_text("paid this already")


async def test_the_key_of_an_invoice_speaks_the_language_of_the_page(browsers: Browsers, table: Table) -> None:
    await table.started(LIMING)
    own = keyboard({"text": "Take my money", "pay": True})
    for more in ({}, {"reply_markup": own}):
        await table.call("sendInvoice", chat_id=LIMING, **(INVOICE | more))
    for locale, words in (("zh-CN", "支付 .*¥20.00"), ("en-GB", "Pay .*¥20.00")):
        window = await browsers.window(LIMING, LIMING, locale=locale)
        await expect(window.find("button")).to_have_text([re.compile(words), "Take my money"])


async def test_the_bots_no_is_shown_and_nothing_is_paid(browsers: Browsers, table: Table) -> None:
    alice = await opened_sheet(browsers, table)
    await alice.find("pay-go").click()
    await verdict(table, ok=False, error_message="Closed until 22:30.")
    await expect(alice.find("pay-trouble")).to_have_text("Closed until 22:30.")
    await alice.find("pay-cancel").click()
    await expect(alice.find("pay-sheet")).to_have_count(0)
    assert all("successful_payment" not in message for message in await table.messages(ALICE))


async def test_delivery_is_asked_for_with_the_address_and_counts(browsers: Browsers, table: Table) -> None:
    alice = await opened_sheet(browsers, table, is_flexible=True, need_name=True)
    await expect(alice.find("pay-name")).to_have_value("Alice Chen")
    await alice.find("pay-city").fill("上海")
    await alice.find("pay-country_code").fill("cn")
    await alice.find("pay-go").click()
    asked = await heard(table, "shipping_query")
    assert (asked["shipping_address"]["city"], asked["shipping_address"]["country_code"]) == ("上海", "CN")
    costs = {"post": 300, "van": 900}
    ways = [{"id": way, "title": way, "prices": [{"label": way, "amount": cost}]} for way, cost in costs.items()]
    await table.call("answerShippingQuery", shipping_query_id=asked["id"], ok=True, shipping_options=ways)
    await expect(alice.find("pay-total")).to_have_text("¥23.00")
    await alice.find("delivery-van").click()
    await alice.find("pay-go").click()
    query = await verdict(table, ok=True)
    assert (query["total_amount"], query["shipping_option_id"]) == (2900, "van")
    await expect(alice.find("pay-sheet")).to_have_count(0)


async def test_a_link_to_an_invoice_opens_its_sheet(browsers: Browsers, table: Table) -> None:
    await table.started(BOB)
    link = await table.call("createInvoiceLink", **INVOICE)
    await table.call("sendMessage", chat_id=GROUP, text="Top up", reply_markup=keyboard({"text": "Go", "url": link}))
    bob = await browsers.window(BOB, GROUP)
    await bob.find("button", "Go").click()
    await expect(bob.find("pay-total")).to_have_text("¥20.00")


# ---------------------------------------------------------------- Mini Apps


async def opened_app(
    browsers: Browsers, table: Table, app_url: str, *, key: bool = False
) -> tuple[Window, FrameLocator]:
    """An app that a button under a message opened, or a key below the field."""
    await table.started(ALICE)
    button = {"text": "Wallet", "web_app": {"url": app_url}}
    markup = {"keyboard": [[button]]} if key else keyboard(button)
    await table.call("sendMessage", chat_id=ALICE, text="Your wallet", reply_markup=markup)
    alice = await browsers.window(ALICE, ALICE)
    await alice.find("reply-button" if key else "button", "Wallet").click()
    frame = alice.page.frame_locator("[data-testid=app-frame]")
    await expect(frame.get_by_role("button", name="main")).to_be_visible()
    return alice, frame


async def test_an_app_gets_signed_launch_data_and_the_colours_of_the_page(
    browsers: Browsers, table: Table, app_url: str
) -> None:
    alice, frame = await opened_app(browsers, table, app_url)
    await expect(frame.locator("#theme")).to_have_text("#ffffff")
    launched = await frame.locator("body").evaluate("() => window.launch.get('tgWebAppData')")
    data = safe_parse_webapp_init_data(TOKEN, launched)
    assert data.user is not None
    assert data.user.id == ALICE
    sandbox = await alice.find("app-frame").get_attribute("sandbox")
    assert sandbox is not None
    assert "allow-top-navigation" not in sandbox


async def test_an_app_hears_its_size_once_it_is_there_to_hear_it(
    browsers: Browsers, table: Table, app_url: str
) -> None:
    alice, frame = await opened_app(browsers, table, app_url)
    size = await alice.find("app-frame").evaluate("({ clientWidth, clientHeight }) => [clientWidth, clientHeight]")
    heard = f'viewport_changed.*"width":{size[0]},"height":{size[1]}'
    await expect(frame.locator("#heard")).to_have_text(re.compile(heard))


async def test_the_frames_buttons_are_the_apps(browsers: Browsers, table: Table, app_url: str) -> None:
    alice, frame = await opened_app(browsers, table, app_url)
    await expect(alice.find("app-main")).to_be_hidden()
    await frame.get_by_role("button", name="main").click()
    await expect(alice.find("app-main")).to_have_text("Send 20")
    await alice.find("app-main").click()
    await expect(frame.locator("#heard")).to_contain_text("main_button_pressed")
    await frame.get_by_role("button", name="back").click()
    await alice.find("app-back").click()
    await expect(frame.locator("#heard")).to_contain_text("back_button_pressed")
    await frame.get_by_role("button", name="ask").click()
    await expect(alice.find("app-popup")).to_contain_text("It costs 20")
    await alice.page.get_by_role("button", name="OK").click()
    await expect(frame.locator("#heard")).to_contain_text('"button_id":"y"')
    await frame.get_by_role("button", name="close").click()
    await expect(alice.find("mini-app")).to_have_count(0)


async def test_only_an_app_behind_a_key_sends_data_and_is_closed_by_it(
    browsers: Browsers, table: Table, app_url: str
) -> None:
    alice, frame = await opened_app(browsers, table, app_url, key=True)
    await frame.get_by_role("button", name="data").click()
    await expect(alice.find("mini-app")).to_have_count(0)
    assert (await heard(table, "message"))["web_app_data"] == {"data": "scanned", "button_text": "Wallet"}
    await alice.find("thread").locator(".service-pill").last.click()
    await expect(alice.find("alert")).to_contain_text("scanned")


async def test_an_app_with_unsaved_changes_is_left_after_a_question(
    browsers: Browsers, table: Table, app_url: str
) -> None:
    alice, frame = await opened_app(browsers, table, app_url)
    await frame.get_by_role("button", name="mean").click()
    await frame.get_by_role("button", name="data").click()
    await alice.find("app-close").click()
    await alice.find("question-no").click()
    await expect(alice.find("mini-app")).to_be_visible()
    await alice.find("app-close").click()
    await alice.find("question-yes").click()
    await expect(alice.find("mini-app")).to_have_count(0)
    assert await table.updates() == []


async def test_a_prepared_message_is_sent_on_to_a_chat_that_its_user_chooses(
    browsers: Browsers, table: Table, app_url: str
) -> None:
    kept = await table.call("savePreparedInlineMessage", user_id=ALICE, result=ARTICLE)
    alice, frame = await opened_app(browsers, table, f"{app_url}?prepared={kept['id']}")
    await frame.get_by_role("button", name="share").click()
    await alice.find(f"pick-{GROUP}").click()
    await expect(frame.locator("#heard")).to_contain_text("prepared_message_sent")
    assert (await table.messages(BOB, GROUP))[-1]["via_bot"]["username"] == "ikmpay_bot"


async def test_an_app_may_speak_through_the_local_chats_own_script(
    browsers: Browsers, table: Table, app_url: str
) -> None:
    address = f"{app_url}?bridge={table.url('/js/telegram-web-app.js')}"
    alice, frame = await opened_app(browsers, table, address)
    await expect(frame.locator("#who")).to_have_text("Alice light")
    await alice.find("app-main").click()
    await expect(alice.find("app-popup")).to_contain_text("Really?")
    await alice.page.get_by_role("button", name="OK").click()
    await expect(alice.find("app-main")).to_have_text("Sent")
    await alice.page.emulate_media(color_scheme="dark")
    await expect(frame.locator(":root")).to_have_css("--tg-color-scheme", "dark")
    await alice.find("app-back").click()
    await expect(alice.find("mini-app")).to_have_count(0)


async def test_the_menu_button_opens_the_app_it_is_named_after(browsers: Browsers, table: Table, app_url: str) -> None:
    await table.started(ALICE)
    button = {"type": "web_app", "text": "Wallet", "web_app": {"url": app_url}}
    await table.call("setChatMenuButton", menu_button=button)
    alice = await browsers.window(ALICE, ALICE)
    await alice.page.get_by_role("button", name="Wallet").click()
    frame = alice.page.frame_locator("[data-testid=app-frame]")
    await expect(frame.get_by_role("button", name="main")).to_be_visible()


# ---------------------------------------------------------------- what a bot asks for


async def asked(browsers: Browsers, table: Table, **wanted: Any) -> Window:
    await table.started(ALICE)
    markup = {"keyboard": [[{"text": "Choose", **wanted}]]}
    await table.call("sendMessage", chat_id=ALICE, text="?", reply_markup=markup)
    alice = await browsers.window(ALICE, ALICE)
    await alice.find("reply-button").click()
    return alice


async def test_people_are_shared_up_to_as_many_as_were_asked_for(browsers: Browsers, table: Table) -> None:
    alice = await asked(browsers, table, request_users={"request_id": 4, "max_quantity": 2})
    for person in (BOB, LIMING):
        await alice.find(f"pick-{person}").click()
    await alice.find("pick-done").click()
    await expect(alice.find("thread").locator(".service-pill").last).to_contain_text("Bob Smith")
    assert (await heard(table, "message"))["users_shared"]["user_ids"] == [BOB, LIMING]


async def test_only_a_chat_of_the_kind_that_was_asked_for_is_shared(browsers: Browsers, table: Table) -> None:
    channel = (await table.act("chats", title="Kitchen", members=[ALICE], type="channel"))["chat"]["id"]
    wanted = {"request_id": 1, "chat_is_channel": False, "request_title": True}
    alice = await asked(browsers, table, request_chat=wanted)
    await expect(alice.find(f"pick-{channel}")).to_have_count(0)
    await alice.find(f"pick-{GROUP}").click()
    await expect(alice.find("thread").locator(".service-pill").last).to_contain_text("Friday dinner")
    assert (await heard(table, "message"))["chat_shared"]["chat_id"] == GROUP


async def test_a_place_is_shared_only_after_it_was_shown(browsers: Browsers, table: Table) -> None:
    alice = await asked(browsers, table, request_location=True)
    await expect(alice.find("place-sheet")).to_contain_text("31.23040, 121.47370")
    await alice.page.keyboard.press("Escape")
    await alice.find("reply-button").click()
    await alice.find("place.beijing").click()
    await alice.find("place-send").click()
    assert (await heard(table, "message"))["location"] == {"latitude": 39.9042, "longitude": 116.4074}


async def test_a_code_is_copied_and_a_link_brings_the_bot_into_ones_own_group(browsers: Browsers, table: Table) -> None:
    await table.started(ALICE)
    own = (await table.act("chats", title="Mine", members=[ALICE, BOB], bot=None))["chat"]["id"]
    code = {"text": "Copy", "copy_text": {"text": "4F7K"}}
    add = {"text": "Add", "url": "https://t.me/ikmpay_bot?startgroup=s1"}
    await table.call("sendMessage", chat_id=ALICE, text="Code", reply_markup=keyboard(code, add))
    alice = await browsers.window(ALICE, ALICE)
    await alice.find("button", "Copy").click()
    await expect(alice.find("toast")).to_have_text("Copied")
    await alice.find("button", "Add").click()
    await alice.find(f"pick-{own}").click()
    await expect(alice.message("/start@ikmpay_bot s1")).to_be_visible()
    assert (await heard(table, "my_chat_member"))["chat"]["id"] == own


