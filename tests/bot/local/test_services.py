"""What a bot offers beyond messages: inline results, invoices, Mini Apps."""

import asyncio
import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiogram.types import ChosenInlineResult, InlineQuery, Message, PreCheckoutQuery, ShippingQuery
from aiogram.utils.web_app import check_webapp_signature, safe_parse_webapp_init_data
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.local import inline
from bot.local.shapes import Json
from tests.bot.local.conftest import ALICE, BOB, BOT, GROUP, TOKEN, Table

ARTICLE: Json = {"type": "article", "id": "a", "title": "Send 20", "input_message_content": {"message_text": "*20*"}}
ARTICLE["input_message_content"]["parse_mode"] = "MarkdownV2"
BUTTON = {"inline_keyboard": [[{"text": "Take", "callback_data": "take"}]]}
INVOICE: Json = {"title": "Top-up", "description": "Play money", "payload": "topup:1", "currency": "CNY"}
INVOICE |= {"prices": [{"label": "20", "amount": 2000}], "provider_token": "1:TEST:x"}


async def got(table: Table, kind: str) -> Json:
    found: Json = (await table.updates())[-1][kind]
    return found


# ---------------------------------------------------------------- inline mode


async def offered(table: Table, *results: Json, chat_id: int = GROUP, person: int = ALICE, **answer: Any) -> str:
    """A query that the bot answered with these results."""
    await table.act("bot", inline=True)
    asked = await table.act("inline", as_=person, chat_id=chat_id, query="20", timeout=0)
    query = await got(table, "inline_query")
    InlineQuery.model_validate(query)
    assert (query["query"], query["chat_type"]) == ("20", "sender" if chat_id > 0 else "supergroup")
    await table.call("answerInlineQuery", inline_query_id=query["id"], results=list(results), **answer)
    return str(asked["query_id"])


async def test_inline_mode_is_off_until_it_is_turned_on(table: Table) -> None:
    assert (await table.try_act("inline", as_=ALICE, chat_id=GROUP, query="x"))[0] == 403
    await table.act("bot", inline=True)
    assert (await table.call("getMe"))["supports_inline_queries"] is True


async def test_a_chosen_result_is_sent_through_the_bot_and_lives_under_its_inline_id(table: Table) -> None:
    query = await offered(table, ARTICLE | {"reply_markup": BUTTON})
    chosen = await table.act("choose", as_=ALICE, chat_id=GROUP, query_id=query, result_id="a")
    assert (chosen["message"]["text"], chosen["message"]["via_bot"]["id"]) == ("20", BOT)
    message, result = await table.updates()
    assert message["message"]["from"]["id"] == ALICE
    ChosenInlineResult.model_validate(result["chosen_inline_result"])
    number = result["chosen_inline_result"]["inline_message_id"]
    key = chosen["message"]["local"]["key"]
    await table.act("press", as_=BOB, chat_id=GROUP, key=key, text="Take", timeout=0)
    pressed = await got(table, "callback_query")
    assert (pressed["inline_message_id"], "message" in pressed) == (number, False)
    assert await table.call("editMessageText", inline_message_id=number, text="Taken") is True
    assert (await table.messages(BOB, GROUP))[-1]["text"] == "Taken"
    assert await table.refused("editMessageText", inline_message_id="x", text="y") == "Bad Request: MESSAGE_ID_INVALID"


async def test_inline_works_where_the_bot_is_not(table: Table) -> None:
    chat = (await table.act("chats", title="Without", members=[ALICE, BOB], bot=None))["chat"]["id"]
    query = await offered(table, ARTICLE, chat_id=chat)
    await table.act("choose", as_=ALICE, query_id=query, result_id="a")
    assert [next(iter(set(u) - {"update_id"})) for u in await table.updates()] == ["chosen_inline_result"]
    assert (await table.messages(BOB, chat))[-1]["text"] == "20"


async def test_an_answer_is_remembered_for_everybody_or_for_one(table: Table) -> None:
    await offered(table, ARTICLE, next_offset="1")
    again = await table.act("inline", as_=BOB, chat_id=GROUP, query="20")
    assert (again["answered"], again["results"][0]["title"], again["next_offset"]) == (True, "Send 20", "1")
    table.clock.pass_by(301)
    await offered(table, ARTICLE, is_personal=True)
    assert (await table.act("inline", as_=BOB, chat_id=GROUP, query="20", timeout=0))["answered"] is False


async def test_an_inline_query_gets_too_old_and_others_choose_nothing_of_it(table: Table) -> None:
    query = await offered(table, ARTICLE, cache_time=0)
    assert (await table.try_act("choose", as_=BOB, chat_id=GROUP, query_id=query, result_id="a"))[0] == 404
    assert (await table.try_act("choose", as_=ALICE, chat_id=GROUP, query_id=query, result_id="b"))[0] == 404
    await table.act("inline", as_=ALICE, chat_id=GROUP, query="new", timeout=0)
    late = (await got(table, "inline_query"))["id"]
    table.clock.pass_by(inline.LIFE + 1)
    assert "query is too old" in await table.refused("answerInlineQuery", inline_query_id=late, results=[])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"results": [ARTICLE, ARTICLE]}, "RESULT_ID_DUPLICATE"),
        ({"results": [ARTICLE | {"id": "x" * 65}]}, "RESULT_ID_INVALID"),
        ({"results": [ARTICLE | {"id": str(n)} for n in range(51)]}, "RESULTS_TOO_MUCH"),
        ({"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "button": {"text": "x", "start_parameter": "ä"}}, "START_PARAM_INVALID"),
        ({"results": [ARTICLE | {"input_message_content": {"message_text": " "}}]}, "message text is empty"),
    ],
)
async def test_results_follow_their_rules(table: Table, answer: Json, reason: str) -> None:
    await table.act("bot", inline=True)
    await table.act("inline", as_=ALICE, chat_id=GROUP, query="x", timeout=0)
    number = (await got(table, "inline_query"))["id"]
    assert await table.refused("answerInlineQuery", inline_query_id=number, **answer) == f"Bad Request: {reason}"


async def test_files_contacts_and_places_are_results_too(table: Table) -> None:
    file = table.world.files.add("document", "a.csv", b"a,b")
    document = {"type": "document", "id": "d", "title": "CSV", "document_file_id": file.file_id, "caption": "c"}
    contact = {"type": "contact", "id": "c", "phone_number": "+1", "first_name": "Eve"}
    venue = {"type": "venue", "id": "v", "latitude": 1.5, "longitude": 2, "title": "Bar", "address": "1 Road"}
    query = await offered(table, document, contact, venue)
    for number in "dcv":
        await table.act("choose", as_=ALICE, query_id=query, result_id=number)
    shown = await table.messages(BOB, GROUP)
    assert (shown[0]["document"]["file_name"], shown[0]["caption"]) == ("a.csv", "c")
    assert (shown[1]["contact"]["first_name"], shown[2]["venue"]["location"]["latitude"]) == ("Eve", 1.5)


async def test_a_prepared_message_is_sent_on_by_its_user(table: Table) -> None:
    kept = await table.call("savePreparedInlineMessage", user_id=ALICE, result=ARTICLE)
    assert (await table.try_act("choose", as_=BOB, chat_id=GROUP, query_id=kept["id"]))[0] == 404
    sent = await table.act("choose", as_=ALICE, chat_id=GROUP, query_id=kept["id"])
    assert sent["message"]["via_bot"]["id"] == BOT
    kept = await table.call("savePreparedInlineMessage", user_id=ALICE, result=ARTICLE, allow_channel_chats=True)
    assert (await table.try_act("choose", as_=ALICE, chat_id=GROUP, query_id=kept["id"]))[0] == 403


async def test_a_bot_that_is_called_where_it_is_not_answers_once_as_a_guest(table: Table) -> None:
    chat = (await table.act("chats", title="Without", members=[ALICE, BOB], bot=None))["chat"]["id"]
    await table.act("say", as_=ALICE, chat_id=chat, text="@ikmpay_bot 20")
    assert await table.updates() == []
    await table.act("bot", guest=True)
    await table.act("say", as_=ALICE, chat_id=chat, text="nothing for it")
    await table.act("say", as_=ALICE, chat_id=chat, text="@ikmpay_bot 20 lunch")
    called = await got(table, "guest_message")
    given = {"guest_query_id": called["guest_query_id"], "result": ARTICLE | {"reply_markup": BUTTON}}
    number = (await table.call("answerGuestQuery", **given))["inline_message_id"]
    assert "query is too old" in await table.refused("answerGuestQuery", **given)
    said = (await table.messages(BOB, chat))[-1]
    assert (said["from"]["id"], said["guest_bot_caller_user"]["id"]) == (BOT, ALICE)
    assert said["reply_to_message"]["text"] == "@ikmpay_bot 20 lunch"
    await table.act("press", as_=BOB, chat_id=chat, key=said["local"]["key"], text="Take", timeout=0)
    assert (await got(table, "callback_query"))["inline_message_id"] == number
    assert await table.call("editMessageText", inline_message_id=number, text="Taken") is True
    refused = await table.refused("sendMessage", chat_id=chat, text="x")
    assert refused == "Forbidden: bot is not a member of the supergroup chat"


# ---------------------------------------------------------------- payments


async def invoice(table: Table, **more: Any) -> Json:
    await table.started(ALICE)
    sent: Json = await table.call("sendInvoice", chat_id=ALICE, **(INVOICE | more))
    return sent


async def test_an_invoice_is_paid_once_when_the_bot_agrees(table: Table) -> None:
    sent = await invoice(table)
    Message.model_validate(sent)
    button = sent["reply_markup"]["inline_keyboard"][0][0]
    assert (button["pay"], button["text"], sent["invoice"]["total_amount"]) == (True, "Pay CN¥20.00", 2000)
    where = {"as_": ALICE, "message_id": sent["message_id"]}
    sheet = await table.act("press", **where, row=0)
    assert (sheet["kind"], sheet["invoice"]["prices"][0]["amount"]) == ("pay", 2000)
    paying = asyncio.create_task(table.act("pay", **where, timeout=50))
    query = (await table.call("getUpdates", timeout=50))[-1]["pre_checkout_query"]
    PreCheckoutQuery.model_validate(query)
    assert (query["invoice_payload"], query["total_amount"]) == ("topup:1", 2000)
    await table.call("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
    assert (await paying)["paid"] is True
    paid = (await got(table, "message"))["successful_payment"]
    assert (paid["invoice_payload"], paid["total_amount"], paid["currency"]) == ("topup:1", 2000, "CNY")
    assert (await table.act("invoice", **where))["paid"] is True
    assert (await table.try_act("pay", **where))[0] == 409
    again = await table.refused("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
    assert "query is too old" in again


async def test_a_no_and_silence_pay_nothing(table: Table) -> None:
    sent = await invoice(table)
    where = {"as_": ALICE, "message_id": sent["message_id"], "timeout": 0}
    await table.act("pay", **where)
    first = (await got(table, "pre_checkout_query"))["id"]
    refused = await table.refused("answerPreCheckoutQuery", pre_checkout_query_id=first, ok=False)
    assert refused == "Bad Request: error message must be non-empty"
    await table.call("answerPreCheckoutQuery", pre_checkout_query_id=first, ok=False, error_message="Closed")
    await table.act("pay", **where)
    second = (await got(table, "pre_checkout_query"))["id"]
    table.clock.pass_by(11)
    assert "query is too old" in await table.refused("answerPreCheckoutQuery", pre_checkout_query_id=second, ok=True)
    assert all("successful_payment" not in message for message in await table.messages(ALICE))


async def test_delivery_tips_and_what_the_sheet_asks_come_along(table: Table) -> None:
    sent = await invoice(table, is_flexible=True, need_name=True, max_tip_amount=500, suggested_tip_amounts=[100])
    where = {"as_": ALICE, "message_id": sent["message_id"], "timeout": 0}
    order = {"name": "Alice", "shipping_address": {"country_code": "CN", "city": "上海"}}
    asked = await table.act("shipping", **where, order_info=order)
    query = await got(table, "shipping_query")
    ShippingQuery.model_validate(query)
    options = [{"id": "fast", "title": "Fast", "prices": [{"label": "courier", "amount": 300}]}]
    await table.call("answerShippingQuery", shipping_query_id=query["id"], ok=True, shipping_options=options)
    chosen = {"shipping_query_id": asked["shipping_query_id"], "shipping_option_id": "fast"}
    assert (await table.try_act("pay", **where, **chosen))[0] == 400
    await table.act("pay", **where, **chosen, order_info=order, tip_amount=100)
    before = await got(table, "pre_checkout_query")
    assert (before["total_amount"], before["shipping_option_id"]) == (2400, "fast")
    assert before["order_info"]["shipping_address"]["city"] == "上海"


async def test_a_link_to_an_invoice_can_be_paid_by_everybody(table: Table) -> None:
    await table.started(ALICE, BOB)
    link = await table.call("createInvoiceLink", **INVOICE)
    assert (await table.act("invoice", as_=BOB, link=link))["invoice"]["title"] == "Top-up"
    for person in (ALICE, BOB):
        await table.act("pay", as_=person, link=link, timeout=0)
        query = await got(table, "pre_checkout_query")
        await table.call("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
    charges = [(await table.messages(person))[-1]["successful_payment"] for person in (ALICE, BOB)]
    assert len({paid["telegram_payment_charge_id"] for paid in charges}) == 2
    assert (await table.try_act("pay", as_=BOB, link="https://t.me/$local0", timeout=0))[0] == 404


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"currency": "yuan"}, "CURRENCY_INVALID"),
        ({"provider_token": ""}, "PAYMENT_PROVIDER_INVALID"),
        ({"prices": []}, "prices must be non-empty"),
        ({"prices": [{"label": "x", "amount": 0}]}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
        ({"payload": "付" * 43}, "INVOICE_PAYLOAD_INVALID"),
        ({"suggested_tip_amounts": [5, 3], "max_tip_amount": 9}, "SUGGESTED_TIP_AMOUNTS_INVALID"),
        ({"reply_markup": BUTTON}, "BUTTON_POS_INVALID"),
    ],
)
async def test_an_invoice_follows_its_rules(table: Table, given: Json, reason: str) -> None:
    await table.started(ALICE)
    refused = await table.refused("sendInvoice", chat_id=ALICE, **(INVOICE | given))
    assert refused == f"Bad Request: {reason}"


async def test_a_pay_button_belongs_to_invoices_only(table: Table) -> None:
    markup = {"inline_keyboard": [[{"text": "Pay", "pay": True}]]}
    refused = await table.refused("sendMessage", chat_id=GROUP, text="x", reply_markup=markup)
    assert refused == "Bad Request: BUTTON_TYPE_INVALID"


# ---------------------------------------------------------------- Mini Apps

APP = {"inline_keyboard": [[{"text": "Open", "web_app": {"url": "http://127.0.0.1:8080/app"}}]]}


async def test_launch_data_is_signed_as_telegram_documents_it(table: Table) -> None:
    await table.started(ALICE)
    sent = await table.call("sendMessage", chat_id=ALICE, text="?", reply_markup=APP)
    opened = await table.act("press", as_=ALICE, message_id=sent["message_id"], text="Open")
    assert check_webapp_signature(TOKEN, opened["init_data"])
    assert not check_webapp_signature("42:other", opened["init_data"])
    data = safe_parse_webapp_init_data(TOKEN, opened["init_data"])
    assert data.user is not None
    assert (data.user.id, data.user.allows_write_to_pm, data.query_id) == (ALICE, True, opened["query_id"])
    told = parse_qs(urlsplit(opened["launch_url"]).fragment)
    assert told["tgWebAppData"] == [opened["init_data"]]


async def test_others_check_launch_data_with_the_public_key(table: Table) -> None:
    key = (await table.act("bot", main_web_app="https://example.com/app"))["mini_app_public_key"]
    opened = await table.act("web_app", as_=BOB, chat_id=GROUP, link="https://t.me/ikmpay_bot?startapp=pay_1")
    fields = {name: values[0] for name, values in parse_qs(opened["init_data"]).items()}
    signature = fields.pop("signature") + "=="
    assert (fields.pop("hash") != "", fields["start_param"], fields["chat_type"]) == (True, "pay_1", "supergroup")
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    checked = f"{BOT}:WebAppData\n{lines}".encode()
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(base64.urlsafe_b64decode(signature), checked)


async def test_the_button_above_results_opens_its_app_for_who_asked(table: Table) -> None:
    button = {"text": "Choose", "web_app": {"url": "https://example.com/choose"}}
    query = await offered(table, ARTICLE, button=button)
    assert (await table.act("web_app", as_=ALICE, inline_query_id=query))["url"] == "https://example.com/choose"
    assert (await table.try_act("web_app", as_=BOB, inline_query_id=query))[0] == 404


async def test_an_app_answers_into_the_chat_once(table: Table) -> None:
    await table.started(ALICE)
    sent = await table.call("sendMessage", chat_id=ALICE, text="?", reply_markup=APP)
    opened = await table.act("press", as_=ALICE, message_id=sent["message_id"], text="Open")
    given = {"web_app_query_id": opened["query_id"], "result": ARTICLE | {"reply_markup": BUTTON}}
    assert "inline_message_id" in await table.call("answerWebAppQuery", **given)
    assert (await got(table, "message"))["via_bot"]["id"] == BOT
    assert "query is too old" in await table.refused("answerWebAppQuery", **given)


async def test_a_key_opens_an_app_without_launch_data_that_sends_data_back(table: Table) -> None:
    await table.started(ALICE)
    key = {"text": "Scan", "web_app": {"url": "https://example.com/scan"}}
    await table.call("sendMessage", chat_id=ALICE, text="?", reply_markup={"keyboard": [[key]]})
    opened = await table.act("tap", as_=ALICE, text="Scan")
    assert (opened["kind"], opened["init_data"], opened["button_text"]) == ("web_app", "", "Scan")
    await table.act("web_app_data", as_=ALICE, data="{}", button_text="Scan")
    assert (await got(table, "message"))["web_app_data"] == {"data": "{}", "button_text": "Scan"}


async def test_the_menu_button_opens_an_app_and_write_access_can_be_granted(table: Table) -> None:
    button = {"type": "web_app", "text": "Wallet", "web_app": {"url": "https://example.com/"}}
    await table.call("setChatMenuButton", menu_button=button)
    opened = await table.act("web_app", as_=ALICE)
    assert "allows_write_to_pm" not in opened["init_data"]
    await table.act("write_access", as_=ALICE)
    assert (await got(table, "message"))["write_access_allowed"] == {"from_request": True}
    await table.call("sendMessage", chat_id=ALICE, text="hello")


async def test_an_app_elsewhere_needs_https_and_a_group_has_no_app_buttons(table: Table) -> None:
    await table.started(ALICE)
    markup = {"inline_keyboard": [[{"text": "x", "web_app": {"url": "http://example.com/"}}]]}
    refused = await table.refused("sendMessage", chat_id=ALICE, text="x", reply_markup=markup)
    assert refused.endswith("is invalid: Only HTTPS links are allowed")
    assert await table.refused("sendMessage", chat_id=GROUP, text="x", reply_markup=APP) == (
        "Bad Request: BUTTON_TYPE_INVALID"
    )


async def test_a_place_that_was_asked_for_is_the_one_that_was_chosen(table: Table) -> None:
    await table.started(ALICE)
    key = {"text": "Here", "request_location": True}
    await table.call("sendMessage", chat_id=ALICE, text="?", reply_markup={"keyboard": [[key]]})
    await table.act("tap", as_=ALICE, text="Here", latitude=30.25, longitude=120.125)
    assert (await got(table, "message"))["location"] == {"latitude": 30.25, "longitude": 120.125}
    assert (await table.try_act("tap", as_=ALICE, text="Here", latitude=91))[0] == 400


async def test_a_group_can_be_shared(table: Table) -> None:
    await table.started(ALICE)
    key = {"text": "Where?", "request_chat": {"request_id": 3, "chat_is_channel": False, "request_title": True}}
    await table.call("sendMessage", chat_id=ALICE, text="?", reply_markup={"keyboard": [[key]]})
    await table.act("tap", as_=ALICE, text="Where?", shared_chat_id=GROUP)
    shared = (await got(table, "message"))["chat_shared"]
    assert (shared["request_id"], shared["chat_id"], "title" in shared) == (3, GROUP, True)
