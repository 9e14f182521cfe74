"""What a Bot API request must look like before anything is done: names, types, lengths, keyboards.

Guards: a handler gets only parameters that the published method has, of the published types; everything else was
refused before, in Telegram's words where they are known. aiogram's generated models carry names and types.
"""

import re
import types
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Union, get_args, get_origin
from urllib.parse import urlsplit

import aiogram.methods
from aiogram.client.default import Default
from aiogram.methods import TelegramMethod
from aiogram.types import ForceReply, InlineKeyboardMarkup, InputFile, ReplyKeyboardMarkup, ReplyKeyboardRemove
from pydantic import BaseModel, TypeAdapter, ValidationError

from .entities import is_link, utf16
from .errors import ApiError, bad_request
from .shapes import Json, parsed, picked

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_CALLBACK_DATA = 64
MAX_INLINE_BUTTONS = 100
MAX_REPLY_BUTTONS = 300
MAX_ROW = 8
LOOPBACK = {"localhost", "127.0.0.1", "::1"}

# ---------------------------------------------------------------- the registry of methods


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter: `kind` is str, int, float, bool, chat (id or @name), file or object."""

    name: str
    kind: str
    required: bool
    annotation: Any


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    fields: tuple[Field, ...]


def _flat(annotation: Any) -> list[Any]:
    if get_origin(annotation) in (Union, types.UnionType):
        return [part for inner in get_args(annotation) for part in _flat(inner)]
    return [annotation]


def _kind(annotation: Any) -> str:
    parts = [part for part in _flat(annotation) if part not in (type(None), Default)]
    if any(isinstance(part, type) and issubclass(part, InputFile) for part in parts):
        return "file"
    names = {part.__name__ if isinstance(part, type) and get_origin(part) is None else "object" for part in parts}
    if names == {"int", "str"}:
        return "chat"
    scalars = {"str": "str", "int": "int", "float": "float", "bool": "bool", "datetime": "int", "timedelta": "int"}
    if names <= {"datetime", "timedelta", "int"}:
        return "int"
    return scalars.get(names.pop(), "object") if len(names) == 1 else "object"


def _registry() -> dict[str, Method]:
    found = {}
    for name in aiogram.methods.__all__:
        model = getattr(aiogram.methods, name)
        if isinstance(model, type) and issubclass(model, TelegramMethod) and model is not TelegramMethod:
            fields = tuple(
                Field(field_name, _kind(info.annotation), info.is_required(), info.annotation)
                for field_name, info in model.model_fields.items()
            )
            method = Method(model.__api_method__, fields)
            found[method.name.lower()] = method
    return found


METHODS = _registry()

# ---------------------------------------------------------------- reading parameters

_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "user_id": "invalid user_id specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "message_id": "message identifier is not specified",
    "file_id": "file_id not specified",
    "rich_message": "rich message must be non-empty",
}
_UNREADABLE = {
    "reply_markup": "can't parse reply keyboard markup JSON object",
    "entities": "can't parse message entities JSON object",
    "caption_entities": "can't parse message entities JSON object",
    "reply_parameters": "can't parse reply parameters JSON object",
    "commands": "can't parse commands JSON object",
    "allowed_updates": "can't parse allowed updates JSON object",
    "scope": "can't parse BotCommandScope JSON object",
    "media": "can't parse media JSON object",
    "rich_message": "can't parse rich message JSON object",
}
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


@lru_cache(maxsize=512)
def _adapter(method: str, name: str) -> TypeAdapter[Any]:
    annotation = next(field.annotation for field in METHODS[method].fields if field.name == name)
    parts = [part for part in _flat(annotation) if part not in (type(None), Default)]
    return TypeAdapter(Union[tuple(parts)])  # noqa: UP007  # The parts are only known at run time.


def read(method: Method, given: Json, attached: set[str]) -> Json:
    """The known parameters of a request, each of its type; a missing or wrong one is refused."""
    values: Json = {}
    for field in method.fields:
        value = given.get(field.name)
        if field.kind == "file" and field.name in attached:
            value = f"attach://{field.name}"
        if (value == "" and field.kind not in ("str", "file")) or (value == "null" and field.kind == "object"):
            value = None
        if value is not None:
            values[field.name] = _value(method, field, value)
        elif field.required:
            raise bad_request(_MISSING.get(field.name, f'parameter "{field.name}" is required'))
    return values


def _value(method: Method, field: Field, value: Any) -> Any:
    if field.kind == "object":
        return _object(method, field, value)
    if field.kind in ("str", "file"):
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    elif field.kind == "chat":
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str):
            return int(value) if _INTEGER.fullmatch(value) else value
    else:
        scalar = _SCALARS[field.kind](value)
        if scalar is not None:
            return scalar
    raise bad_request(f'parameter "{field.name}" must be of type {_TYPE_NAMES[field.kind]}')


_TYPE_NAMES = {
    "str": "String",
    "file": "String",
    "chat": "Integer or String",
    "int": "Integer",
    "float": "Float",
    "bool": "Boolean",
}


def _int(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return value if isinstance(value, int) else int(value) if _INTEGER.fullmatch(value) else None


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(str(value).lower())


_SCALARS: dict[str, Callable[[Any], Any]] = {"int": _int, "float": _float, "bool": _bool}


def _object(method: Method, field: Field, value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = parsed(value)
        except (ValueError, RecursionError):
            raise bad_request(_UNREADABLE.get(field.name, f"can't parse {field.name} JSON object")) from None
    if field.name == "reply_markup":
        return _reply_markup(value)
    try:
        made = _adapter(method.name.lower(), field.name).validate_python(value)
    except (ValidationError, RecursionError) as error:
        raise bad_request(
            f"{_UNREADABLE.get(field.name, f'can{chr(39)}t parse {field.name}')}: {_reason(error)}"
        ) from None
    return dumped(made)


def dumped(made: Any) -> Any:
    """A validated object as JSON again, with the names Telegram uses and without what nobody gave."""
    if isinstance(made, list):
        return [dumped(part) for part in made]
    if isinstance(made, BaseModel):
        return made.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
    return made


def _reason(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "it is nested too deep"
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"] if not isinstance(part, str) or part.islower())
    return f'field "{where}": {first["msg"]}' if where else str(first["msg"])


# ---------------------------------------------------------------- keyboards

_MARKUPS: tuple[tuple[str, type[BaseModel], str], ...] = (
    ("inline_keyboard", InlineKeyboardMarkup, "inline keyboard button"),
    ("keyboard", ReplyKeyboardMarkup, "keyboard button"),
    ("remove_keyboard", ReplyKeyboardRemove, "reply markup"),
    ("force_reply", ForceReply, "reply markup"),
)


def _reply_markup(value: Any) -> Json:
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    for name, model, label in _MARKUPS:
        if name in value:
            try:
                markup: Json = dumped(model.model_validate(_with_text_buttons(value) if name == "keyboard" else value))
            except ValidationError as error:
                raise bad_request(f"can't parse {label}: {_reason(error)}") from None
            return markup
    return {}


def _with_text_buttons(value: Json) -> Json:
    """A plain string stands for a button with that text."""
    rows = value["keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return value
    return {**value, "keyboard": [[{"text": b} if isinstance(b, str) else b for b in row] for row in rows]}


_INLINE_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
_REPLY_ACTIONS = (
    "request_users",
    "request_chat",
    "request_managed_bot",
    "request_contact",
    "request_location",
    "request_poll",
    "web_app",
    "request_user",
)
_STYLES = {"danger", "success", "primary"}


def checked_markup(markup: Json | None, *, private: bool, inline_only: bool = False) -> Json | None:
    """A keyboard by Telegram's own rules; an empty one is none."""
    if not markup:
        return None
    if "inline_keyboard" in markup:
        rows = [row for row in markup["inline_keyboard"] if row]
        if sum(map(len, rows)) > MAX_INLINE_BUTTONS:
            raise bad_request("reply markup is too long")
        for button in (button for row in rows for button in row):
            _check_inline(button, private)
        if any(len(row) > MAX_ROW for row in rows):
            raise bad_request("reply markup row is too long")
        return {"inline_keyboard": rows} if rows else None
    if inline_only:
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        return _checked_reply_keyboard(markup, private)
    return markup


def _checked_reply_keyboard(markup: Json, private: bool) -> Json:
    rows = [row for row in markup["keyboard"] if row]
    if not rows:
        raise bad_request("reply keyboard must be non-empty")
    if sum(map(len, rows)) > MAX_REPLY_BUTTONS:
        raise bad_request("reply markup is too long")
    if len(markup.get("input_field_placeholder", "")) > 64:
        raise bad_request("input field placeholder is too long")
    for button in (button for row in rows for button in row):
        _check_text_and_style(button, "keyboard button")
        check_button_action(picked(button, ("web_app",)))
        actions = [name for name in _REPLY_ACTIONS if button.get(name)]
        if len(actions) > 1:
            raise bad_request("can't parse keyboard button: only one of the optional fields can be used")
        if actions and not private:
            what = {"request_contact": "phone number", "request_location": "location", "request_poll": "polls"}
            raise bad_request(f"{what.get(actions[0], 'users and chats')} can be requested in private chats only")
        if "request_users" in actions and not 1 <= button["request_users"].get("max_quantity", 1) <= 10:
            raise bad_request("can't parse keyboard button: invalid max_quantity specified")
    return {**markup, "keyboard": rows}


def _check_text_and_style(button: Json, label: str) -> None:
    if not button.get("text", "").strip():
        raise bad_request(f"{label} text must be non-empty")
    if "style" in button and button["style"] not in _STYLES:
        raise bad_request(f"can't parse {label}: invalid button style specified")


def _check_inline(button: Json, private: bool) -> None:
    _check_text_and_style(button, "inline keyboard button")
    actions = [name for name in _INLINE_ACTIONS if name in button and button[name] is not False]
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one of the optional fields must be used")
    check_button_action(button)
    if actions[0] == "web_app" and not private:
        raise bad_request("BUTTON_TYPE_INVALID")


def check_button_action(button: Json) -> None:
    """What holds for buttons under a message and inside rich ones."""
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= MAX_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not is_link(button["url"]):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if "copy_text" in button and not 1 <= len(button["copy_text"].get("text", "")) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if "web_app" in button and not is_app_address(button["web_app"]["url"]):
        raise bad_request(
            f"inline keyboard button Web App URL '{button['web_app']['url']}' is invalid: Only HTTPS links are allowed"
        )


def is_app_address(url: str) -> bool:
    """HTTPS, as on Telegram, or a Mini App that is served by this very machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


def check_pay_buttons(markup: Json | None, *, is_invoice: bool) -> None:
    """A pay button is the first one of an invoice, and nowhere else."""
    if markup and "inline_keyboard" in markup:
        first, *others = (button for row in markup["inline_keyboard"] for button in row)
        if any(button.get("pay") for button in others) or (first.get("pay") and not is_invoice):
            raise bad_request("BUTTON_TYPE_INVALID")


_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_start_parameter(parameter: str) -> None:
    if not _START_PARAMETER.fullmatch(parameter):
        raise bad_request("START_PARAM_INVALID")


def check_rich_button(button: Json) -> None:
    actions = [name for name in _INLINE_ACTIONS if name in button]
    if len(actions) != 1:
        raise bad_request("can't parse rich message button: exactly one of the optional fields must be used")
    if button.get("style", "primary") not in {*_STYLES, "link"}:
        raise bad_request("can't parse rich message button: invalid button style specified")
    check_button_action(button)


# ---------------------------------------------------------------- lengths


def check_text(text: str) -> None:
    if not text.strip():
        raise bad_request("message text is empty")
    if utf16(text) > MAX_TEXT:
        raise bad_request("message is too long")


def check_caption(caption: str) -> None:
    if utf16(caption) > MAX_CAPTION:
        raise bad_request("message caption is too long")


_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def check_commands(commands: list[Json]) -> None:
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        command["command"] = command["command"].removeprefix("/")
        if not _COMMAND.fullmatch(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"].strip()) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def check_language(code: str) -> None:
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")


def unsupported() -> ApiError:
    return bad_request("method is not supported by the local chat")
