"""Mini Apps: their addresses with signed launch data, and what they send back.

Guards: launch data is signed exactly as Telegram documents it, so that an app that checks it against the bot's token
believes it here as there.
"""

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .acts import PLAIN, own_chat, start, write, writing_chat
from .calls import Call, Handler, Result, inline_id
from .entities import utf16
from .errors import bad_act, no_such
from .inline import offered, through_bot
from .shapes import Json, picked
from .state import Chat, Post, World

QUERY_LIFE = 3600
MAX_DATA = 4096
VERSION = "9.6"
_USER = ("id", "first_name", "last_name", "username", "language_code")
_THEME = {"bg_color": "#ffffff", "text_color": "#000000", "hint_color": "#707579", "link_color": "#00488f"}
_THEME |= {"button_color": "#3390ec", "button_text_color": "#ffffff", "secondary_bg_color": "#f4f4f5"}


# ---------------------------------------------------------------- launch data


def _third_party_key(world: World) -> Ed25519PrivateKey:
    """The key in the place of Telegram's own, by which others than the bot check launch data."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"local chat " + world.token.encode()).digest())


def public_key(world: World) -> str:
    return _third_party_key(world).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _lines(fields: dict[str, str]) -> str:
    return "\n".join(f"{name}={fields[name]}" for name in sorted(fields))


def signed(world: World, fields: dict[str, str]) -> str:
    """Launch data as a query string, with `signature` for others and `hash` for the bot."""
    checked = f"{world.bot_id}:WebAppData\n{_lines(fields)}".encode()
    signature = base64.urlsafe_b64encode(_third_party_key(world).sign(checked)).decode().rstrip("=")
    fields = {**fields, "signature": signature}
    secret = hmac.new(b"WebAppData", world.token.encode(), hashlib.sha256).digest()
    digest = hmac.new(secret, _lines(fields).encode(), hashlib.sha256).hexdigest()
    return urlencode({**fields, "hash": digest}, quote_via=quote)


def _fields(world: World, person: int, *, query_id: str = "", start_param: str = "", chat: Chat | None = None) -> str:
    user = picked(world.person(person).user, _USER)
    if world.people[person].started and not world.people[person].blocked:
        user["allows_write_to_pm"] = True
    fields = {"user": json.dumps(user, ensure_ascii=False, separators=(",", ":"))}
    fields |= {"query_id": query_id} if query_id else {}
    if chat is not None:
        fields |= {"chat_type": "sender" if chat.private else chat.type, "chat_instance": str(-chat.id)}
    fields |= {"start_param": start_param} if start_param else {}
    return signed(world, fields | {"auth_date": str(world.now())})


def _opened(url: str, init_data: str, **facts: object) -> Json:
    """The address to open, with everything the app is told in its fragment."""
    told = {"tgWebAppData": init_data, "tgWebAppVersion": VERSION, "tgWebAppPlatform": "web"}
    told["tgWebAppThemeParams"] = json.dumps(_THEME, separators=(",", ":"))
    mark = "&" if "#" in url else "#"
    launch = f"{url}{mark}{urlencode(told, quote_via=quote)}"
    return {"kind": "web_app", "url": url, "launch_url": launch, "init_data": init_data, **facts}


def from_button(world: World, person: int, chat: Chat, url: str) -> Json:
    """Opened by a button under a message, or by the menu button: the app may answer into the chat."""
    question = world.ask("web_app", person, chat.id, {}, QUERY_LIFE)
    return _opened(url, _fields(world, person, query_id=question.id), query_id=question.id)


def from_keyboard(button: Json) -> Json:
    """Opened by a key of the reply keyboard: without launch data, but the app may send data to the bot."""
    return _opened(button["web_app"]["url"], "", button_text=button["text"])


def from_link(world: World, person: int, chat_id: int | None, link: str) -> Json:
    """Opened by a direct link (`https://t.me/bot?startapp=x`): the main app of the bot."""
    url = world.settings.get("botfather", {}).get("main_web_app")
    try:
        parts = urlsplit(link)
    except ValueError:
        raise bad_act("This is no link.") from None
    query = parse_qs(parts.query, keep_blank_values=True)
    name = parts.path.strip("/").partition("/")[0].lower()
    if not url or "startapp" not in query or parts.hostname != "t.me" or name != world.bot["username"]:
        raise no_such("Mini App")
    chat, parameter = own_chat(world, person, chat_id), query["startapp"][0][:512]
    return _opened(url, _fields(world, person, start_param=parameter, chat=chat), start_param=parameter)


def from_results(world: World, person: int, query_id: str) -> Json:
    """Opened by the button above the results of an inline query, on the way to them."""
    question = world.questions.get(query_id)
    button = (question.answer or {}).get("button", {}) if question and question.person == person else {}
    if "web_app" not in button:
        raise no_such("Mini App")
    return _opened(button["web_app"]["url"], _fields(world, person))


def from_menu(world: World, person: int, button: Json) -> Json:
    if button["type"] != "web_app":
        raise no_such("Mini App")
    return from_button(world, person, own_chat(world, person, None), button["web_app"]["url"])


# ---------------------------------------------------------------- what comes back


def send_data(world: World, person: int, data: str, button_text: str) -> Post:
    """What an app that a key of the keyboard opened sends to the bot."""
    if not data or utf16(data) > MAX_DATA:
        raise bad_act(f"data has 1 to {MAX_DATA} characters.")
    chat = writing_chat(world, person, None)
    return write(world, chat, person, {"web_app_data": {"data": data, "button_text": button_text}})


def allow_writing(world: World, person: int) -> Post:
    """What requestWriteAccess asks for: from now on the bot may write."""
    start(world, person)
    return write(world, writing_chat(world, person, None), person, {"write_access_allowed": {"from_request": True}})


def answer_web_app_query(call: Call) -> Result:
    """Say something in the name of the person, into the chat where the app was opened."""
    world, kept = call.world, offered(call.world, call.values["result"])
    question = world.answered("web_app", call.values["web_app_query_id"], {"result": kept["id"]})
    post = through_bot(world, question.person, question.chat_id, kept, PLAIN)
    return {"inline_message_id": inline_id(post)} if "reply_markup" in post.message else {}


PLAYED: dict[str, Handler] = {"answerWebAppQuery": answer_web_app_query}
