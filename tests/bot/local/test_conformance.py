"""The local chat against aiogram's generated models: every played method, every kind of update, every parameter.

Guards: what the stand-in answers and tells has the published shape and not one field more, and no parameter of a
published type makes it fail. A method that is newly played is missing here until it has a sample.
"""

import ast
import datetime
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import aiogram.methods
import pytest
from aiogram import Bot
from aiogram.client.default import Default
from aiogram.methods import TelegramMethod
from aiogram.types import InputFile, Message, Update
from pydantic import BaseModel, TypeAdapter

from bot.local import acts, rules
from bot.local.api import PLAYED
from bot.local.errors import ApiError
from bot.local.members import ALL_RIGHTS
from bot.local.shapes import Json
from tests.bot.local.conftest import ALICE, BOB, BOT, GROUP, Table

ROOT = Path(__file__).parents[3]
MODELS = {
    model.__api_method__.lower(): model
    for name in aiogram.methods.__all__
    if isinstance(model := getattr(aiogram.methods, name), type)
    and issubclass(model, TelegramMethod)
    and model is not TelegramMethod
}
BUTTON: Json = {"inline_keyboard": [[{"text": "x", "callback_data": "a"}]]}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x02\x00\x00\x00rest"
INVOICE: Json = {"title": "x", "description": "x", "payload": "x", "currency": "CNY", "provider_token": "1:TEST:x"}
INVOICE |= {"prices": [{"label": "x", "amount": 100}]}
ARTICLE: Json = {"type": "article", "id": "a", "title": "x", "input_message_content": {"message_text": "x"}}


class Scene:
    """A world in which there is something to do for every method."""

    def __init__(self, table: Table) -> None:
        self.table, self.world = table, table.world
        self.file = {kind: self.world.files.add(kind, "a.bin", b"x").file_id for kind in ("document", "video", "audio")}
        self.file |= {kind: self.world.files.add(kind, "a.bin", b"y").file_id for kind in ("animation", "voice")}
        self.file["photo"] = self.world.files.add("photo", "a.png", PNG).file_id

    async def prepare(self) -> None:
        table = self.table
        await table.started(ALICE, BOB)
        await table.act("bot", inline=True)
        self.forum = (await table.act("chats", title="Forum", members=[ALICE, BOB], is_forum=True))["chat"]["id"]
        topic = await table.call("createForumTopic", chat_id=self.forum, name="x")
        self.topic = {"chat_id": self.forum, "message_thread_id": topic["message_thread_id"]}
        await table.act(f"chats/{GROUP}/members", person_id=BOB, status="administrator")
        sent = await table.call("sendMessage", chat_id=ALICE, text="old", reply_markup=BUTTON)
        self.text = {"chat_id": ALICE, "message_id": sent["message_id"]}
        sent = await table.call("sendDocument", chat_id=ALICE, document=self.file["document"])
        self.media = {"chat_id": ALICE, "message_id": sent["message_id"]}
        to_bob = {"receiver_user_id": BOB}
        sent = await table.call("sendMessage", chat_id=GROUP, text="old", ephemeral_message_parameters=to_bob)
        self.ephemeral = {"chat_id": GROUP, "receiver_user_id": BOB}
        self.ephemeral["ephemeral_message_id"] = sent["ephemeral_message_id"]
        sent = await table.call(
            "sendDocument", chat_id=GROUP, document=self.file["document"], ephemeral_message_parameters=to_bob
        )
        self.ephemeral_media = {**self.ephemeral, "ephemeral_message_id": sent["ephemeral_message_id"]}
        said = await table.act("say", as_=BOB, chat_id=GROUP, text="hello")
        self.said = {"chat_id": GROUP, "message_id": said["message"]["message_id"]}
        await table.call("pinChatMessage", **self.said)
        press = await table.act("press", as_=ALICE, key=f"m{self.text['message_id']}", data="a", timeout=0)
        self.press = press["callback_query_id"]
        asked = await table.act("inline", as_=ALICE, chat_id=GROUP, query="x", timeout=0)
        self.inline = asked["query_id"]
        self.guest = self.world.ask("guest", ALICE, self.forum, {"key": "m2"}, 60).id
        self.web_app = self.world.ask("web_app", ALICE, ALICE, {}, 60).id
        self.shipping = self.world.ask("shipping", ALICE, ALICE, {}, 60).id
        paying = {"currency": "CNY", "total_amount": 100, "invoice_payload": "x"}
        self.checkout = self.world.ask("pre_checkout", ALICE, ALICE, {"payment": paying, "key": None}, 60).id


Sample = Callable[[Scene], Json]


def _bot() -> dict[str, Sample]:
    """About the bot itself, and its files."""
    return {
        **{name: lambda s: {} for name in ("getMe", "logOut", "close", "getUpdates", "deleteWebhook")},
        **{name: lambda s: {} for name in ("getWebhookInfo", "getMyCommands", "deleteMyCommands", "getMyName")},
        **{name: lambda s: {} for name in ("getMyDescription", "getMyShortDescription", "getChatMenuButton")},
        **{name: lambda s: {} for name in ("getMyDefaultAdministratorRights", "getForumTopicIconStickers")},
        **{name: lambda s: {} for name in ("setMyName", "setMyDescription", "setMyShortDescription")},
        **{name: lambda s: {} for name in ("setChatMenuButton", "setMyDefaultAdministratorRights")},
        "setWebhook": lambda s: {"url": "https://example.com/"},
        "getFile": lambda s: {"file_id": s.file["document"]},
        "setMyCommands": lambda s: {"commands": [{"command": "x", "description": "x"}]},
    }


def _sending() -> dict[str, Sample]:
    """Sending, copying and forwarding."""
    private = {"chat_id": ALICE}
    return {
        **{
            f"send{kind}": _media(kind.lower())
            for kind in ("Photo", "Document", "Animation", "Audio", "Video", "Voice")
        },
        "sendMessage": lambda s: private | {"text": "x", "reply_markup": BUTTON},
        "sendRichMessage": lambda s: private | {"rich_message": {"html": "<h1>x</h1><p>y</p>"}},
        "sendContact": lambda s: private | {"phone_number": "+1", "first_name": "x"},
        "sendLocation": lambda s: private | {"latitude": 1.0, "longitude": 2.0},
        "sendVenue": lambda s: private | {"latitude": 1.0, "longitude": 2.0, "title": "x", "address": "y"},
        "sendDice": lambda s: private,
        "sendMediaGroup": lambda s: private | {"media": [_part(s), _part(s)]},
        "sendInvoice": lambda s: private | INVOICE,
        "createInvoiceLink": lambda s: INVOICE,
        "copyMessage": lambda s: {**private, "from_chat_id": GROUP, "message_id": s.said["message_id"]},
        "forwardMessage": lambda s: {**private, "from_chat_id": GROUP, "message_id": s.said["message_id"]},
        "copyMessages": lambda s: {**private, "from_chat_id": GROUP, "message_ids": [s.said["message_id"]]},
        "forwardMessages": lambda s: {**private, "from_chat_id": GROUP, "message_ids": [s.said["message_id"]]},
        "sendChatAction": lambda s: private | {"action": "typing"},
    }


def _changing() -> dict[str, Sample]:
    """Changing and deleting what was sent."""
    private = {"chat_id": ALICE}
    return {
        "editMessageText": lambda s: s.text | {"text": "new"},
        "editMessageCaption": lambda s: s.media | {"caption": "new"},
        "editMessageReplyMarkup": lambda s: s.text,
        "editMessageMedia": lambda s: s.media | {"media": {"type": "photo", "media": s.file["photo"]}},
        "deleteMessage": lambda s: s.text,
        "deleteMessages": lambda s: private | {"message_ids": [s.text["message_id"]]},
        "editEphemeralMessageText": lambda s: s.ephemeral | {"text": "new"},
        "editEphemeralMessageCaption": lambda s: s.ephemeral_media | {"caption": "new"},
        "editEphemeralMessageReplyMarkup": lambda s: s.ephemeral | {"reply_markup": BUTTON},
        "editEphemeralMessageMedia": lambda s: (
            s.ephemeral_media | {"media": {"type": "photo", "media": s.file["photo"]}}
        ),
        "deleteEphemeralMessage": lambda s: s.ephemeral,
    }


def _groups() -> dict[str, Sample]:
    """In a group: its members, its name, what is pinned."""
    chat = {"chat_id": GROUP}
    return {
        **{name: lambda s: chat for name in ("getChat", "getChatMemberCount", "getChatAdministrators", "leaveChat")},
        **{name: lambda s: chat for name in ("unpinChatMessage", "unpinAllChatMessages")},
        "getChatMember": lambda s: chat | {"user_id": BOB},
        "setChatTitle": lambda s: chat | {"title": "new"},
        "setChatDescription": lambda s: chat | {"description": "new"},
        "pinChatMessage": lambda s: s.text,
        "banChatMember": lambda s: {"chat_id": s.forum, "user_id": BOB},
        "unbanChatMember": lambda s: chat | {"user_id": BOB},
        "restrictChatMember": lambda s: {"chat_id": s.forum, "user_id": BOB, "permissions": {}},
        "promoteChatMember": lambda s: chat | {"user_id": BOB, "can_pin_messages": True},
        "setChatAdministratorCustomTitle": lambda s: chat | {"user_id": BOB, "custom_title": "x"},
    }


def _topics() -> dict[str, Sample]:
    """Topics of a forum."""
    return {
        **{name: lambda s: s.topic for name in ("closeForumTopic", "deleteForumTopic", "unpinAllForumTopicMessages")},
        "createForumTopic": lambda s: {"chat_id": s.forum, "name": "new"},
        "editForumTopic": lambda s: s.topic | {"name": "new"},
        "reopenForumTopic": lambda s: s.topic,
        "editGeneralForumTopic": lambda s: {"chat_id": s.forum, "name": "new"},
        "closeGeneralForumTopic": lambda s: {"chat_id": s.forum},
        "reopenGeneralForumTopic": lambda s: {"chat_id": s.forum},
        "hideGeneralForumTopic": lambda s: {"chat_id": s.forum},
        "unhideGeneralForumTopic": lambda s: {"chat_id": s.forum},
        "unpinAllGeneralForumTopicMessages": lambda s: {"chat_id": s.forum},
    }


def _answering() -> dict[str, Sample]:
    """Answering what people pressed or asked for."""
    return {
        "answerCallbackQuery": lambda s: {"callback_query_id": s.press, "text": "x"},
        "answerInlineQuery": lambda s: {"inline_query_id": s.inline, "results": [ARTICLE]},
        "savePreparedInlineMessage": lambda s: {"user_id": ALICE, "result": ARTICLE},
        "answerWebAppQuery": lambda s: {"web_app_query_id": s.web_app, "result": ARTICLE | {"reply_markup": BUTTON}},
        "answerGuestQuery": lambda s: {"guest_query_id": s.guest, "result": ARTICLE},
        "answerShippingQuery": lambda s: {"shipping_query_id": s.shipping, "ok": False, "error_message": "x"},
        "answerPreCheckoutQuery": lambda s: {"pre_checkout_query_id": s.checkout, "ok": True},
    }


def _media(kind: str) -> Sample:
    return lambda scene: {"chat_id": ALICE, kind: scene.file[kind], "caption": "x"}


def _part(scene: Scene) -> Json:
    return {"type": "document", "media": scene.file["document"]}


SAMPLES = {
    name.lower(): sample
    for samples in (_bot, _sending, _changing, _groups, _topics, _answering)
    for name, sample in samples().items()
}
"""For every played method something that it does."""
# Some things can only be undone after they were done.
BEFORE = {
    "reopenforumtopic": "closeforumtopic",
    "reopengeneralforumtopic": "closegeneralforumtopic",
    "unhidegeneralforumtopic": "hidegeneralforumtopic",
}


@pytest.fixture
async def scene(table: Table) -> Scene:
    made = Scene(table)
    await made.prepare()
    return made


# ---------------------------------------------------------------- what a model doesn't know


def strangers(value: Any, path: str = "") -> Iterator[str]:
    """Fields that are in an answer though the published type has none of that name."""
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from strangers(getattr(value, name, None), f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strangers(part, path)


def checked(kind: Any, value: Any) -> None:
    assert list(strangers(TypeAdapter(kind).validate_python(value))) == []


def test_every_played_method_has_a_sample() -> None:
    assert set(SAMPLES) == set(PLAYED)


@pytest.mark.parametrize("name", sorted(PLAYED))
async def test_a_played_method_answers_with_its_published_type(scene: Scene, name: str) -> None:
    if name in BEFORE:
        await scene.table.call(BEFORE[name], **SAMPLES[BEFORE[name]](scene))
    checked(MODELS[name].__returning__, await scene.table.call(name, **SAMPLES[name](scene)))


# ---------------------------------------------------------------- what the bot is told


async def test_everything_the_bot_is_told_is_a_published_update(scene: Scene) -> None:
    table, world = scene.table, scene.world
    await table.updates()
    await table.call("getUpdates", allowed_updates=sorted(set(Update.model_fields) - {"update_id"}))
    channel = (await table.act("chats", title="News", members=[ALICE], type="channel", signed=True))["chat"]["id"]
    await table.act(f"chats/{channel}", linked_chat_id=GROUP)
    posted = await table.act("say", as_=ALICE, chat_id=channel, text="x")
    await table.act("edit", as_=ALICE, chat_id=channel, key=posted["message"]["local"]["key"], text="y")
    said = await table.act("say", as_=BOB, chat_id=GROUP, text="/help @alice", as_chat=None)
    key = said["message"]["local"]["key"]
    await table.act("edit", as_=BOB, chat_id=GROUP, key=key, text="edited")
    await table.act("forward", as_=ALICE, from_chat_id=GROUP, key=key, chat_id=GROUP)
    await table.act("topic", as_=ALICE, chat_id=scene.forum, name="y")
    await table.act("topic", as_=ALICE, chat_id=scene.forum, is_closed=True, **_thread(scene))
    await table.act("contact", as_=ALICE)
    await table.act("location", as_=ALICE, latitude=1, longitude=2)
    for kind in acts.UPLOADED:
        acts.upload(world, ALICE, None, kind, "a.bin", PNG, "caption @bob")
    await table.act("press", as_=ALICE, message_id=scene.text["message_id"], data="a", timeout=0)
    await table.act(f"chats/{GROUP}/members", person_id=BOB, status="restricted", permissions={})
    await table.act(f"chats/{GROUP}/members", person_id=BOB, status="kicked")
    await table.act(f"chats/{GROUP}/members", person_id=BOT, status="administrator", rights={"can_pin_messages": True})
    await table.act("block", as_=BOB, blocked=True)
    await table.act("inline", as_=ALICE, chat_id=GROUP, query="20", timeout=0, latitude=1, longitude=2)
    await _answered_inline(table)
    await _paid(table)
    await table.act("web_app_data", as_=ALICE, data="x", button_text="y")
    group = (await table.act("chats", title="Old", members=[ALICE], type="group"))["chat"]["id"]
    await table.act(f"chats/{group}/migrate")
    alone = (await table.act("chats", title="Alone", members=[ALICE], bot=None))["chat"]["id"]
    await table.act("bot", guest=True)
    await table.act("say", as_=ALICE, chat_id=alone, text="@ikmpay_bot hello")
    told = await table.call("getUpdates")
    for update in told:
        checked(Update, update)
    kinds = {name for update in told for name in update if name != "update_id"}
    assert kinds == {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "callback_query",
        "my_chat_member",
        "chat_member",
        "inline_query",
        "chosen_inline_result",
        "shipping_query",
        "pre_checkout_query",
        "guest_message",
    }


def _thread(scene: Scene) -> Json:
    return {"message_thread_id": scene.topic["message_thread_id"]}


async def _answered_inline(table: Table) -> None:
    question = list(table.world.questions)[-1]
    result = ARTICLE | {"reply_markup": BUTTON}
    await table.call("answerInlineQuery", inline_query_id=question, results=[result])
    await table.act("choose", as_=ALICE, query_id=question, result_id="a")


async def _paid(table: Table) -> None:
    more: Json = {"is_flexible": True, "need_name": True, "chat_id": ALICE}
    sent = await table.call("sendInvoice", **INVOICE, **more)
    order = {"name": "Alice", "shipping_address": {"country_code": "CN"}}
    where: Json = {"as_": ALICE, "message_id": sent["message_id"], "order_info": order, "timeout": 0}
    asked = (await table.act("shipping", **where))["shipping_query_id"]
    options = [{"id": "x", "title": "x", "prices": [{"label": "x", "amount": 1}]}]
    await table.call("answerShippingQuery", shipping_query_id=asked, ok=True, shipping_options=options)
    paying = await table.act("pay", **where, shipping_query_id=asked, shipping_option_id="x")
    number = paying["pre_checkout_query_id"]
    await table.call("answerPreCheckoutQuery", pre_checkout_query_id=number, ok=True)


async def test_what_people_are_shown_is_a_published_message_with_one_local_field(scene: Scene) -> None:
    for chat in (ALICE, GROUP, scene.forum):
        for message in await scene.table.messages(ALICE, chat):
            assert {"key", "n"} <= set(message.pop("local")) <= {"key", "n", "replaces", "mine"}
            checked(Message, message)


# ---------------------------------------------------------------- every parameter of every played method


def instance(annotation: Any, depth: int = 0) -> Any:
    """Something of a published type as JSON: with everything it may have, as deep as makes sense."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if origin in (Union, types.UnionType):
        parts = [part for part in inner if part not in (type(None), Default)]
        return instance(parts[0], depth)
    if origin is Literal:
        return inner[0]
    if origin is list:
        return [instance(inner[0], depth + 1)]
    if origin is typing.Annotated:
        return instance(inner[0], depth)
    if isinstance(annotation, type) and issubclass(annotation, InputFile):
        return "attach://file"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {
            info.alias or name: _default(info, depth)
            for name, info in annotation.model_fields.items()
            if info.is_required() or depth < 2
        }
    return str(getattr(annotation, "value", "x"))


# Values that mean something, where anything of the type would only be refused.
TAMED: Json = {"parse_mode": "HTML", "language_code": "en", "reply_markup": BUTTON, "until_date": 2_000_000_000}
# What leads into chats that don't exist here.
ELSEWHERE = {"business_connection_id", "message_thread_id", "reply_parameters", "reply_to_message_id"}
ELSEWHERE |= {"receiver_user_id", "ephemeral_message_parameters", "callback_query_id", "inline_message_id"}


def _default(info: Any, depth: int) -> Any:
    """A field that says what kind of object this is keeps saying so."""
    if isinstance(info.default, str):
        return str(getattr(info.default, "value", info.default))
    return instance(info.annotation, depth + 1)


_SCALARS: dict[Any, Any] = {str: "x", int: 1, float: 1.0, bool: True, Any: "x"}
_SCALARS |= {datetime.datetime: 1, datetime.timedelta: 1, datetime.date: 1}


@pytest.mark.parametrize("name", sorted(PLAYED))
async def test_no_parameter_of_a_published_type_makes_a_method_fail(scene: Scene, name: str) -> None:
    fields, needed = rules.METHODS[name].fields, SAMPLES[name](scene)
    every = {field.name: TAMED.get(field.name) or instance(field.annotation) for field in fields} | needed
    for given in ({field.name: every[field.name]} | needed for field in fields):
        await _answered(scene, name, given)
    await _answered(scene, name, {field: value for field, value in every.items() if field not in ELSEWHERE})


HOSTILE: tuple[Any, ...] = (-1, 0, 2**63, -(2**70), 1e30, True, "", "x" * 5000, "\x00", "{", "[]", [], {}, [{}], [[]])


@pytest.mark.parametrize("name", sorted(PLAYED))
async def test_no_wrong_value_makes_a_method_fail(scene: Scene, name: str) -> None:
    needed = SAMPLES[name](scene)
    for field in rules.METHODS[name].fields:
        for value in HOSTILE:
            if field.name != "timeout":
                await _answered(scene, name, needed | {field.name: value})


async def _answered(scene: Scene, name: str, given: Json) -> None:
    """A result or a refusal in Telegram's words; never a mistake of ours."""
    words = ""
    try:
        await scene.table.call(name, **given)
    except ApiError as refused:
        words = refused.description
    assert words.startswith(("Bad Request: ", "Forbidden: ", "Conflict: ")) or not words


def test_a_parameter_that_nothing_looks_at_is_listed_as_one_without_effect() -> None:
    source = "".join(path.read_text() for path in (ROOT / "bot" / "local").glob("*.py"))
    text = (ROOT / "docs" / "local-chat.md").read_text()
    start = text.index("**Read, but without effect here**")
    listed = set(text[text.index("`", start) + 1 : text.index("`. Every other", start)].split())
    # Rights are taken from the models, all of them in one go.
    asked = {field.name for name in PLAYED for field in rules.METHODS[name].fields if field.name not in ALL_RIGHTS}
    assert {name for name in asked if f'"{name}"' not in source} == listed


# ---------------------------------------------------------------- what our own bot uses


def _used() -> set[str]:
    """The Bot API methods that our bot calls, by the names of the calls in its source."""
    by_call = {name: name.replace("_", "") for name in vars(Bot) if name.replace("_", "") in MODELS}
    by_call |= {f"answer_{name.removeprefix('send_')}": called for name, called in by_call.items() if "send_" in name}
    by_class = {model.__name__: name for name, model in MODELS.items()}
    found = set()
    sources = [*(ROOT / "handlers").rglob("*.py"), *(path for path in (ROOT / "bot").glob("*.py"))]
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                found.add(by_call.get(node.func.attr, ""))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found.add(by_class.get(node.func.id, ""))
    return found - {""}


def test_every_method_that_our_bot_uses_is_played() -> None:
    used = _used()
    assert {"sendmessage", "editmessagetext", "setmycommands"} <= used
    assert used <= set(PLAYED)


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"chat_id": 999}, 400, "Bad Request: chat not found"),
        ({"chat_id": 1000002}, 403, "Forbidden: bot can't initiate conversation with a user"),
        ({"chat_id": BOB}, 403, "Forbidden: bot was blocked by the user"),
        ({"chat_id": GROUP}, 403, "Forbidden: bot was kicked from the supergroup chat"),
        ({"chat_id": ALICE, "message_thread_id": 77}, 400, "Bad Request: message thread not found"),
        ({"chat_id": ALICE, "text": " "}, 400, "Bad Request: message text is empty"),
        (
            {"chat_id": ALICE, "reply_parameters": {"message_id": 999}},
            400,
            "Bad Request: message to be replied not found",
        ),
    ],
)
async def test_the_errors_that_bots_meet_have_telegrams_form(scene: Scene, given: Json, code: int, words: str) -> None:
    await scene.table.act("block", as_=BOB, blocked=True)
    await scene.table.act(f"chats/{GROUP}/members", person_id=BOT, status="kicked")
    status, body = await scene.table.http("sendMessage", **({"text": "x"} | given))
    assert (status, body) == (code, {"ok": False, "error_code": code, "description": words})
