"""The text inside rich messages: its shapes, its plain characters, and what readers find in it by themselves.

Guards: splitting a text where something can be tapped changes none of its characters.
"""

from .entities import detect, normal_link, utf16_slice
from .shapes import Json

RichText = str | list["RichText"] | Json

_DETECTED = {
    "url": ("url", "url"),
    "email": ("email_address", "email_address"),
    "mention": ("mention", "username"),
    "hashtag": ("hashtag", "hashtag"),
    "cashtag": ("cashtag", "cashtag"),
    "bot_command": ("bot_command", "bot_command"),
    "phone_number": ("phone_number", "phone_number"),
}
_OPAQUE = {"code", "url", "text_mention", "button", "anchor_link", "reference_link", "mathematical_expression"}


def joined(parts: list[RichText]) -> RichText:
    """Several parts as one text."""
    return "" if not parts else parts[0] if len(parts) == 1 else parts


def plain(text: RichText | None) -> str:
    """The characters of a rich text without its shapes."""
    if text is None:
        return ""
    if isinstance(text, str):
        return text
    if isinstance(text, list):
        return "".join(plain(part) for part in text)
    if text.get("type") == "button":
        return plain(text["button"].get("text"))
    return plain(text.get("text") or text.get("alternative_text") or text.get("expression") or "")


def detected(text: RichText) -> RichText:
    """Plain strings of a rich text, split where a command, a mention, a link … stands in them."""
    if isinstance(text, list):
        flat = list[RichText]()
        for part in map(detected, text):
            flat += part if isinstance(part, list) else [part]
        return flat
    if isinstance(text, dict):
        if text.get("type") in _OPAQUE or "text" not in text:
            return text
        return {**text, "text": detected(text["text"])}
    parts, done = list[RichText](), 0
    for entity in detect(text, []):
        value = utf16_slice(text, entity["offset"], entity["length"])
        at = text.index(value, done)
        kind, fact = _DETECTED[entity["type"]]
        named = normal_link(value) if kind == "url" else value[1:] if kind in ("mention", "bot_command") else value
        parts += [text[done:at], {"type": kind, "text": value, fact: named}]
        done = at + len(value)
    parts.append(text[done:])
    return joined([part for part in parts if part != ""])
