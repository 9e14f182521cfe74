"""Sending, editing, deleting, keyboards and files: what is done, and what is refused in which words."""

import struct
from typing import Any

import aiohttp
import pytest

from bot.local.shapes import Json
from tests.bot.local.conftest import ALICE, BOB, GROUP, LIMING, TOKEN, Table

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + struct.pack(">II", 320, 200) + b"\x08\x02\x00\x00\x00rest"


def inline(**button: Any) -> Json:
    return {"inline_keyboard": [[{"text": "x", **button}]]}


# ---------------------------------------------------------------- whom a bot may write to


async def test_a_bot_writes_first_to_nobody_and_never_to_who_blocked_it(table: Table) -> None:
    refused = await table.refused("sendMessage", chat_id=ALICE, text="hi")
    assert refused == "Forbidden: bot can't initiate conversation with a user"
    await table.started(ALICE)
    await table.call("sendMessage", chat_id=ALICE, text="hi")
    await table.act("block", as_=ALICE, blocked=True)
    assert await table.refused("sendMessage", chat_id=ALICE, text="hi") == "Forbidden: bot was blocked by the user"
    await table.act("open", as_=ALICE, start="")
    await table.call("sendMessage", chat_id=ALICE, text="hi")


async def test_blocking_and_unblocking_are_told_as_membership(table: Table) -> None:
    await table.started(ALICE)
    await table.act("block", as_=ALICE, blocked=True)
    await table.act("block", as_=ALICE, blocked=False)
    changes = [update["my_chat_member"]["new_chat_member"]["status"] for update in await table.updates()]
    assert changes == ["kicked", "member"]


@pytest.mark.parametrize("chat_id", [999, "999", "@nobody", "x", -1])
async def test_an_unknown_chat_is_not_found(table: Table, chat_id: int | str) -> None:
    assert await table.refused("sendMessage", chat_id=chat_id, text="hi") == "Bad Request: chat not found"


async def test_a_bot_that_was_thrown_out_hears_it_when_it_writes(table: Table) -> None:
    await table.act(f"chats/{GROUP}/members", person_id=42, status="kicked")
    refused = await table.refused("sendMessage", chat_id=GROUP, text="hi")
    assert refused == "Forbidden: bot was kicked from the supergroup chat"
    await table.call("getUpdates", offset=-1)
    await table.act("say", as_=ALICE, chat_id=GROUP, text="gone?")
    assert all("message" not in update or "text" not in update["message"] for update in await table.updates())


# ---------------------------------------------------------------- texts and keyboards


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "x", "parse_mode": "latex"}, "unsupported parse_mode"),
        ({"text": "x", "reply_parameters": {"message_id": 77}}, "message to be replied not found"),
        ({"text": "x", "message_thread_id": 5}, "message thread not found"),
        (
            {"text": "x", "reply_markup": inline()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"text": "x", "reply_markup": inline(callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": inline(callback_data="付" * 22)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": inline(callback_data="")}, "BUTTON_DATA_INVALID"),
        (
            {"text": "x", "reply_markup": inline(url="javascript:x")},
            "inline keyboard button URL 'javascript:x' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "x", "reply_markup": inline(callback_data="a", style="pink")},
            "can't parse inline keyboard button: invalid button style specified",
        ),
        ({"text": "x", "reply_markup": "5"}, "object expected as reply markup"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        (
            {"text": "x", "chat_id": GROUP, "reply_markup": {"keyboard": [[{"text": "n", "request_contact": True}]]}},
            "phone number can be requested in private chats only",
        ),
    ],
)
async def test_a_message_telegram_would_refuse_is_refused_in_its_words(table: Table, given: Json, reason: str) -> None:
    await table.started(ALICE)
    assert await table.refused("sendMessage", **({"chat_id": ALICE} | given)) == f"Bad Request: {reason}"
    assert all(message["from"]["id"] == ALICE for message in await table.messages(ALICE))


async def test_lengths_count_after_parsing(table: Table) -> None:
    await table.started(ALICE)
    text = "<b>" + "x" * 4096 + "</b>"
    assert len((await table.call("sendMessage", chat_id=ALICE, text=text, parse_mode="HTML"))["text"]) == 4096
    data = "x" * 64
    await table.call("sendMessage", chat_id=ALICE, text="x", reply_markup=inline(callback_data=data))


async def test_a_reply_shows_what_it_answers_one_level_deep(table: Table) -> None:
    first = (await table.act("say", as_=ALICE, chat_id=GROUP, text="one"))["message"]
    second = (await table.act("say", as_=BOB, chat_id=GROUP, text="two", reply_to=first["local"]["key"]))["message"]
    reply = {"message_id": second["message_id"]}
    third = await table.call("sendMessage", chat_id=GROUP, text="three", reply_parameters=reply)
    assert third["reply_to_message"]["text"] == "two"
    assert "reply_to_message" not in third["reply_to_message"]


async def test_a_quotation_stands_in_the_message_it_answers(table: Table) -> None:
    first = (await table.act("say", as_=ALICE, chat_id=GROUP, text="😀 20 for lunch"))["message"]
    reply = {"message_id": first["message_id"], "quote": "<b>20</b>", "quote_parse_mode": "HTML"}
    quote = (await table.call("sendMessage", chat_id=GROUP, text="yes", reply_parameters=reply))["quote"]
    assert (quote["text"], quote["position"], quote["entities"][0]["type"]) == ("20", 3, "bold")
    reply["quote"] = "21"
    refused = await table.refused("sendMessage", chat_id=GROUP, text="yes", reply_parameters=reply)
    assert refused == "Bad Request: QUOTE_TEXT_INVALID"
    await table.act("say", as_=BOB, chat_id=GROUP, text="me too", reply_to=first["local"]["key"], quote="lunch")
    assert (await table.updates())[-1]["message"]["quote"] == {"text": "lunch", "position": 10, "is_manual": True}


async def test_a_reply_keyboard_stays_until_it_is_removed_and_a_one_time_one_until_it_is_used(table: Table) -> None:
    await table.started(ALICE)
    keyboard = {"keyboard": [["Yes", {"text": "Number", "request_contact": True}]], "one_time_keyboard": True}
    await table.call("sendMessage", chat_id=ALICE, text="?", reply_markup=keyboard)
    shown = (await table.read(f"chats/{ALICE}", as_=ALICE))["local"]["keyboard"]
    assert shown["markup"]["keyboard"][0][0] == {"text": "Yes"}
    message = (await table.act("tap", as_=ALICE, text="Number"))["message"]
    assert message["contact"] == {
        "phone_number": "+447400123456",
        "first_name": "Alice",
        "last_name": "Chen",
        "user_id": ALICE,
    }
    assert (await table.read(f"chats/{ALICE}", as_=ALICE))["local"]["keyboard"] is None
    await table.call("sendMessage", chat_id=ALICE, text="?", reply_markup={"keyboard": [["a"]]})
    await table.call("sendMessage", chat_id=ALICE, text="!", reply_markup={"remove_keyboard": True})
    assert (await table.read(f"chats/{ALICE}", as_=ALICE))["local"]["keyboard"] is None


async def test_a_selective_keyboard_in_a_group_is_for_whom_it_answers(table: Table) -> None:
    said = (await table.act("say", as_=BOB, chat_id=GROUP, text="x"))["message"]
    markup = {"force_reply": True, "selective": True, "input_field_placeholder": "how much"}
    await table.call(
        "sendMessage", chat_id=GROUP, text="?", reply_parameters={"message_id": said["message_id"]}, reply_markup=markup
    )
    assert (await table.read(f"chats/{GROUP}", as_=BOB))["local"]["force_reply"][
        "input_field_placeholder"
    ] == "how much"
    assert (await table.read(f"chats/{GROUP}", as_=LIMING))["local"]["force_reply"] is None
    await table.act("say", as_=BOB, chat_id=GROUP, text="20")
    assert (await table.read(f"chats/{GROUP}", as_=BOB))["local"]["force_reply"] is None


async def test_people_who_were_asked_for_are_shared(table: Table) -> None:
    await table.started(ALICE)
    ask = {
        "text": "Who?",
        "request_users": {"request_id": 5, "max_quantity": 2, "request_name": True, "request_username": True},
    }
    await table.call("sendMessage", chat_id=ALICE, text="?", reply_markup={"keyboard": [[ask]]})
    await table.act("tap", as_=ALICE, text="Who?", user_ids=[BOB])
    shared = (await table.updates())[-1]["message"]["users_shared"]
    assert shared["request_id"] == 5
    assert shared["users"] == [{"user_id": BOB, "first_name": "Bob", "last_name": "Smith", "username": "bob"}]


# ---------------------------------------------------------------- edits and deletes


async def test_an_edit_replaces_and_an_edit_of_nothing_is_refused(table: Table) -> None:
    await table.started(ALICE)
    sent = await table.call("sendMessage", chat_id=ALICE, text="a", reply_markup=inline(callback_data="a"))
    where = {"chat_id": ALICE, "message_id": sent["message_id"]}
    same = await table.refused("editMessageText", **where, text="a", reply_markup=inline(callback_data="a"))
    assert same.startswith("Bad Request: message is not modified: specified new message content")
    edited = await table.call("editMessageText", **where, text="<b>b</b>", parse_mode="HTML")
    assert (edited["text"], edited["entities"][0]["type"], "reply_markup" in edited) == ("b", "bold", False)
    assert edited["edit_date"] == table.world.now()
    await table.call("editMessageReplyMarkup", **where, reply_markup=inline(callback_data="c"))
    assert (await table.messages(ALICE))[-1]["reply_markup"] == inline(callback_data="c")


async def test_only_ones_own_messages_are_edited(table: Table) -> None:
    said = (await table.act("say", as_=ALICE, chat_id=GROUP, text="x"))["message"]
    where = {"chat_id": GROUP, "message_id": said["message_id"]}
    assert await table.refused("editMessageText", **where, text="y") == "Bad Request: message can't be edited"
    where["message_id"] = 999
    assert await table.refused("editMessageText", **where, text="y") == "Bad Request: message to edit not found"
    assert await table.refused("editMessageText", text="y") == "Bad Request: chat_id is empty"


async def test_a_text_has_no_caption_and_a_picture_no_text_to_edit(table: Table) -> None:
    await table.started(ALICE)
    text = await table.call("sendMessage", chat_id=ALICE, text="a")
    where = {"chat_id": ALICE, "message_id": text["message_id"]}
    refused = await table.refused("editMessageCaption", **where, caption="b")
    assert refused == "Bad Request: there is no caption in the message to edit"
    photo = await send_photo(table, ALICE)
    where = {"chat_id": ALICE, "message_id": photo["message_id"]}
    refused = await table.refused("editMessageText", **where, text="b")
    assert refused == "Bad Request: there is no text in the message to edit"
    assert (await table.call("editMessageCaption", **where, caption="new"))["caption"] == "new"


async def test_old_messages_of_private_chats_stay(table: Table) -> None:
    await table.started(ALICE)
    sent = await table.call("sendMessage", chat_id=ALICE, text="a")
    where = {"chat_id": ALICE, "message_id": sent["message_id"]}
    table.clock.pass_by(48 * 3600 + 1)
    assert await table.refused("deleteMessage", **where) == "Bad Request: message can't be deleted"
    young = await table.call("sendMessage", chat_id=ALICE, text="b")
    where["message_id"] = young["message_id"]
    assert await table.call("deleteMessage", **where) is True
    assert await table.refused("deleteMessage", **where) == "Bad Request: message to delete not found"


# ---------------------------------------------------------------- presses


async def test_a_press_reaches_the_bot_and_its_answer_the_presser(table: Table) -> None:
    await table.started(ALICE)
    sent = await table.call("sendMessage", chat_id=ALICE, text="a", reply_markup=inline(callback_data="pay"))
    pressed = await table.act("press", as_=ALICE, message_id=sent["message_id"], text="x", timeout=0)
    assert pressed["answered"] is False
    query = (await table.updates())[-1]["callback_query"]
    assert (query["data"], query["from"]["id"], query["message"]["message_id"]) == ("pay", ALICE, sent["message_id"])
    await table.call("answerCallbackQuery", callback_query_id=query["id"], text="Done", show_alert=True)
    told = (await table.read("wait", as_=ALICE, since=pressed["cursor"], type="callback_answered"))["events"][0]
    assert (told["text"], told["show_alert"], told["callback_query_id"]) == ("Done", True, query["id"])


async def test_a_query_is_too_old_after_150_seconds(table: Table) -> None:
    await table.started(ALICE)
    sent = await table.call("sendMessage", chat_id=ALICE, text="a", reply_markup=inline(callback_data="a"))
    made = await table.act("press", as_=ALICE, message_id=sent["message_id"], data="a", timeout=0)
    table.clock.pass_by(149)
    assert await table.call("answerCallbackQuery", callback_query_id=made["callback_query_id"]) is True
    table.clock.pass_by(2)
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await table.refused("answerCallbackQuery", callback_query_id=made["callback_query_id"]) == too_old
    assert await table.refused("answerCallbackQuery", callback_query_id="1") == too_old


async def test_an_answer_has_200_characters_and_only_links_to_the_bot(table: Table) -> None:
    await table.started(ALICE)
    sent = await table.call("sendMessage", chat_id=ALICE, text="a", reply_markup=inline(callback_data="a"))
    made = await table.act("press", as_=ALICE, message_id=sent["message_id"], data="a", timeout=0)
    query = {"callback_query_id": made["callback_query_id"]}
    assert await table.refused("answerCallbackQuery", **query, text="x" * 201) == "Bad Request: MESSAGE_TOO_LONG"
    assert await table.refused("answerCallbackQuery", **query, url="https://example.com/") == "Bad Request: URL_INVALID"
    assert await table.call("answerCallbackQuery", **query, url="https://t.me/ikmpay_bot?start=x") is True


async def test_buttons_that_are_not_for_the_bot_are_the_clients_business(table: Table) -> None:
    await table.started(ALICE)
    rows = [
        [{"text": "U", "url": "https://t.me/ikmpay_bot?start=a"}, {"text": "C", "copy_text": {"text": "4F7"}}],
        [{"text": "D", "disabled": {}}],
    ]
    sent = await table.call("sendMessage", chat_id=ALICE, text="a", reply_markup={"inline_keyboard": rows})
    key = f"m{sent['message_id']}"
    pressed = [await table.act("press", as_=ALICE, key=key, text=label) for label in "UCD"]
    assert [made["kind"] for made in pressed] == ["url", "copy", "disabled"]
    assert (pressed[0]["url"], pressed[1]["text"]) == ("https://t.me/ikmpay_bot?start=a", "4F7")
    assert await table.updates() == []


async def test_a_press_can_be_forged_only_on_purpose(table: Table) -> None:
    await table.started(ALICE)
    await table.call("sendMessage", chat_id=ALICE, text="a", reply_markup=inline(callback_data="a"))
    key = (await table.messages(ALICE))[-1]["local"]["key"]
    status, body = await table.try_act("press", as_=ALICE, key=key, data="z")
    assert (status, body["error"]) == (404, "not_found")
    await table.act("press", as_=ALICE, key=key, data="z", forge=True, timeout=0)
    assert (await table.updates())[-1]["callback_query"]["data"] == "z"


async def test_a_button_inside_a_rich_message_is_pressed_like_any_other(table: Table) -> None:
    await table.started(ALICE)
    source = '<p>Read it.</p><tg-button-row><tg-button data="agree:1" style="success">同意</tg-button></tg-button-row>'
    sent = await table.call("sendRichMessage", chat_id=ALICE, rich_message={"html": source})
    await table.act("press", as_=ALICE, message_id=sent["message_id"], text="同意", timeout=0)
    assert (await table.updates())[-1]["callback_query"]["data"] == "agree:1"
    source = source.replace("agree:1", "x" * 65)
    refused = await table.refused("sendRichMessage", chat_id=ALICE, rich_message={"html": source})
    assert refused == "Bad Request: BUTTON_DATA_INVALID"


# ---------------------------------------------------------------- files


async def send_photo(table: Table, chat_id: int) -> Json:
    form = aiohttp.FormData({"chat_id": str(chat_id), "caption": "see"})
    form.add_field("photo", PNG, filename="code.png", content_type="image/png")
    async with table.client.post(table.url(f"/bot{TOKEN}/sendPhoto"), data=form) as answer:
        made: Json = (await answer.json())["result"]
        return made


async def test_a_photo_is_sent_once_and_used_again_by_its_id(table: Table) -> None:
    await table.started(ALICE)
    sent = await send_photo(table, ALICE)
    size = sent["photo"][-1]
    assert (size["width"], size["height"], sent["caption"]) == (320, 200, "see")
    again = await table.call("sendPhoto", chat_id=ALICE, photo=size["file_id"])
    assert again["photo"] == sent["photo"]
    where = await table.call("getFile", file_id=size["file_id"])
    async with table.client.get(table.url(f"/file/bot{TOKEN}/{where['file_path']}")) as answer:
        assert await answer.read() == PNG
    async with table.client.get(table.url(f"/local/files/{size['file_id']}")) as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", PNG)


async def test_a_text_becomes_a_picture_with_a_caption(table: Table) -> None:
    await table.started(ALICE)
    size = (await send_photo(table, ALICE))["photo"][-1]
    sent = await table.call("sendMessage", chat_id=ALICE, text="words")
    changed = await table.call("editMessageMedia", chat_id=ALICE, message_id=sent["message_id"],
                               media={"type": "photo", "media": size["file_id"], "caption": "words"})
    assert (changed["photo"][-1]["file_id"], changed["caption"]) == (size["file_id"], "words")
    assert "text" not in changed


async def test_a_document_keeps_its_name_and_a_photo_is_no_document(table: Table) -> None:
    await table.started(ALICE)
    form = aiohttp.FormData({"chat_id": str(ALICE), "document": "attach://one"}, quote_fields=False)
    form.add_field("one", b"a,b", filename="对账单.csv", content_type="text/csv")
    async with table.client.post(table.url(f"/bot{TOKEN}/sendDocument"), data=form) as answer:
        document = (await answer.json())["result"]["document"]
    assert (document["file_name"], document["file_size"]) == ("对账单.csv", 3)
    refused = await table.refused("sendPhoto", chat_id=ALICE, photo=document["file_id"])
    assert refused == "Bad Request: can't use file of type Document as Photo"
    async with table.client.get(table.url(f"/local/files/{document['file_id']}")) as answer:
        assert answer.headers["Content-Disposition"] == "attachment"


def test_the_same_bytes_under_another_name_are_another_file_with_the_same_unique_id(table: Table) -> None:
    given = [("a.svg", None), ("p.png", None), ("p.png", "text/plain"), ("p.png", None)]
    sent = [table.world.files.add("document", name, b"<svg/>", mime_type) for name, mime_type in given]
    facts = [(file.name, file.mime_type) for file in sent]
    png = ("p.png", "image/png")
    assert facts == [("a.svg", "image/svg+xml"), png, ("p.png", "text/plain"), png]
    assert (len({file.file_id for file in sent}), len({file.file_unique_id for file in sent})) == (3, 1)
    assert [table.world.files.at(file.path) for file in sent] == sent


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        ("https://example.com/a.png", "failed to get HTTP URL content"),
        ("attach://nothing", 'file "attach://nothing" was not found in the request'),
        ("nonsense", "wrong file identifier/HTTP URL specified"),
    ],
)
async def test_a_file_nobody_sent_is_refused(table: Table, photo: str, reason: str) -> None:
    await table.started(ALICE)
    assert await table.refused("sendPhoto", chat_id=ALICE, photo=photo) == f"Bad Request: {reason}"


async def test_what_a_bot_says_of_a_file_is_shown_with_it(table: Table) -> None:
    await table.started(ALICE)
    song = table.world.files.add("audio", "a.mp3", b"x").file_id
    told = {"performer": "王芳", "title": "Song", "duration": 61}
    sent = await table.call("sendAudio", chat_id=ALICE, audio=song, message_effect_id="5", **told)
    assert ({name: sent["audio"][name] for name in told}, sent["effect_id"]) == (told, "5")
    place = {"latitude": 1, "longitude": 2, "title": "Bar", "address": "1 Road", "google_place_id": "g"}
    assert (await table.call("sendVenue", chat_id=ALICE, **place))["venue"]["google_place_id"] == "g"
    live = await table.refused("sendLocation", chat_id=ALICE, latitude=1, longitude=2, live_period=60)
    assert live == "Bad Request: live locations are not supported by the local chat"


async def test_what_is_no_picture_is_no_photo(table: Table) -> None:
    await table.started(ALICE)
    form = aiohttp.FormData({"as": str(ALICE), "kind": "photo"})
    form.add_field("file", b"not a picture", filename="x.png")
    async with table.client.post(table.url("/local/upload"), data=form) as answer:
        assert (answer.status, (await answer.json())["description"]) == (400, "IMAGE_PROCESS_FAILED")


async def test_a_person_can_send_a_picture(table: Table) -> None:
    await table.started(ALICE)
    form = aiohttp.FormData({"as": str(ALICE), "kind": "photo", "caption": "look @bob"})
    form.add_field("file", PNG, filename="x.png")
    async with table.client.post(table.url("/local/upload"), data=form) as answer:
        assert answer.status == 200
    message = (await table.updates())[-1]["message"]
    assert (message["photo"][0]["width"], message["caption_entities"][0]["type"]) == (320, "mention")


# ---------------------------------------------------------------- commands


async def test_the_nearest_scope_and_the_own_language_win(table: Table) -> None:
    def one(word: str) -> list[Json]:
        return [{"command": word, "description": word}]

    await table.call("setMyCommands", commands=one("all"))
    await table.call("setMyCommands", commands=one("zh"), language_code="zh")
    await table.call("setMyCommands", commands=one("private"), scope={"type": "all_private_chats"})
    await table.call("setMyCommands", commands=one("boss"), scope={"type": "all_chat_administrators"})

    async def menu(person: int, chat_id: int) -> str:
        return str((await table.read(f"chats/{chat_id}", as_=person))["local"]["commands"][0]["command"])

    assert await menu(BOB, GROUP) == "all"
    assert await menu(LIMING, GROUP) == "zh"
    assert await menu(ALICE, GROUP) == "boss"
    assert await menu(LIMING, LIMING) == "private"
    await table.call("deleteMyCommands", scope={"type": "all_private_chats"})
    assert await menu(LIMING, LIMING) == "zh"
    assert await table.call("getMyCommands", language_code="zh") == one("zh")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ({"command": "Send", "description": "x"}, "BOT_COMMAND_INVALID"),
        ({"command": "s" * 33, "description": "x"}, "BOT_COMMAND_INVALID"),
        ({"command": "send", "description": ""}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"command": "send", "description": "x" * 257}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
async def test_commands_follow_their_rules(table: Table, command: Json, reason: str) -> None:
    assert await table.refused("setMyCommands", commands=[command]) == f"Bad Request: {reason}"
