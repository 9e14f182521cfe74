"""Text as Telegram reads it: HTML and MarkdownV2 become plain text with entities, and plain text is searched for
more.

Guards: an entity's offset and length count UTF-16 code units of the text that is returned with it, never bytes and
never code points, and no entity reaches outside that text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from .errors import bad_request
from .nesting import nested
from .shapes import Json

# A resolver turns a person's id into the User object of a text mention, or says that nobody has this id.
Resolver = Callable[[int], Json | None]

MAX_ENTITIES = 100
MAX_MARKUP = 64 * 1024
MAX_GIVEN = 1_000

_SIMPLE_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
}
_TAGS = {*_SIMPLE_TAGS, "span", "a", "tg-emoji", "tg-time", "code", "pre", "blockquote"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
# Where two entities begin and end together, the outer one of Telegram's own order comes first.
_RANK = {"blockquote": 0, "expandable_blockquote": 0, "text_link": 1, "text_mention": 1, "pre": 9, "code": 9}
_NO_DETECTION = {"pre", "code", "text_link", "text_mention"}


def utf16(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text) if text.isascii() else len(text) + sum(1 for char in text if char > "\uffff")


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part of a text that an entity covers."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def checked_text(text: str, *, of_a_person: bool = False) -> str:
    """Refuse what no UTF-8 can carry, and drop what Telegram drops: of a bot's text also the marks that turn its
    direction, which people's clients let through."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    if text.isprintable():
        return text
    text = _BLANKED.sub(" ", text).replace("\r", "")
    return text if of_a_person else _REMOVED.sub("", text)


_BLANKED = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
_REMOVED = re.compile("[\u2028-\u202e]")


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end."""

    tag: str
    start: int
    attributes: dict[str, str] = field(default_factory=dict)


class _Output:
    """Text under construction together with the entities found so far."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.entities: list[Json] = []

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += utf16(text)

    def text_from(self, start: int) -> str:
        return utf16_slice("".join(self.parts), start, self.length - start)

    def close(self, kind: str, start: int, **facts: object) -> None:
        if self.length > start:
            self.entities.append({"type": kind, "offset": start, "length": self.length - start, **facts})

    def close_link(self, start: int, url: str, resolve: Resolver) -> None:
        person = _mentioned(url)
        if person is not None:
            user = resolve(person)
            if user is not None:
                self.close("text_mention", start, user=user)
        elif is_link(url):
            self.close("text_link", start, url=normal_link(url))


def _mentioned(url: str) -> int | None:
    """The id in tg://user?id=…, which is how HTML and Markdown mention somebody without a username."""
    parts = urlsplit(url) if url.startswith("tg://user?") else None
    if parts is None:
        return None
    found = parse_qs(parts.query).get("id", [""])[0]
    return int(found) if re.fullmatch(r"[0-9]{1,16}", found) else None


def is_link(url: str) -> bool:
    """Whether Telegram would accept this as the address of a link or of a button."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme in ("tg", "ton"):
        return bool(parts.netloc)
    if parts.scheme not in ("http", "https") or re.search(r"[\s\x00-\x20<>\"]", url):
        return False
    return "." in host.strip(".") or ":" in host


def normal_link(url: str) -> str:
    """The address as Telegram gives it back: with a scheme, and with a path."""
    if "://" not in url:
        url = f"http://{url}"
    parts = urlsplit(url)
    return url if parts.scheme not in ("http", "https") or parts.path or parts.query or parts.fragment else f"{url}/"


# ---------------------------------------------------------------- HTML


def parse_html(source: str, resolve: Resolver) -> tuple[str, list[Json]]:
    """Telegram's HTML: a fixed set of tags, strictly nested; any other tag is an error that names its byte."""
    out, opened = _Output(), list[_Open]()
    position = 0
    for match in re.finditer(r"[<&]", source):
        at = match.start()
        if at < position:
            continue
        out.add(source[position:at])
        if source[at] == "&":
            char, position = _character(source, at)
            out.add(char)
        elif source.startswith("</", at):
            position = _end_tag(source, at, out, opened, resolve)
        else:
            position = _start_tag(source, at, out, opened)
    out.add(source[position:])
    if opened:
        raise _markup(f'Can\'t find end tag corresponding to start tag "{opened[-1].tag}"')
    return "".join(out.parts), out.entities


def _markup(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")


def _byte(source: str, position: int) -> int:
    return len(source[:position].encode())


def _character(source: str, at: int) -> tuple[str, int]:
    match = re.compile(r"&(?:#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))|([a-zA-Z]{1,8}));?").match(source, at)
    if match is None:
        return "&", at + 1
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        return (_NAMED[name], match.end()) if name in _NAMED else ("&", at + 1)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return "&", at + 1
    return chr(code), match.end()


def _start_tag(source: str, at: int, out: _Output, opened: list[_Open]) -> int:
    match = re.compile(r"<([^\s>/]*)([^>]*)>").match(source, at)
    if match is None:
        raise _markup(f"Unclosed start tag at byte offset {_byte(source, at)}")
    tag = match[1].lower()
    if tag not in _TAGS:
        raise _markup(f'Unsupported start tag "{tag}" at byte offset {_byte(source, at)}')
    attributes = _attributes(match[2])
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _markup(f'Tag "span" must have class "tg-spoiler" at byte offset {_byte(source, at)}')
    if len(opened) >= MAX_ENTITIES:
        raise _markup("too many nested tags")
    opened.append(_Open(tag, out.length, attributes))
    return match.end()


_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")


def _attributes(source: str) -> dict[str, str]:
    found = {}
    for match in _ATTRIBUTE.finditer(source):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        found[match[1].lower()] = re.sub(
            r"&[^&]{1,9}", lambda m: _character(m[0], 0)[0] + m[0][_character(m[0], 0)[1] :], value
        )
    return found


def _end_tag(source: str, at: int, out: _Output, opened: list[_Open], resolve: Resolver) -> int:
    end = source.find(">", at)
    if end < 0:
        raise _markup(f"Unclosed end tag at byte offset {_byte(source, at)}")
    if not opened:
        raise _markup(f"Unexpected end tag at byte offset {_byte(source, at)}")
    tag, top = source[at + 2 : end].strip().lower(), opened.pop()
    if tag and tag != top.tag:
        raise _markup(
            f'Unmatched end tag at byte offset {_byte(source, at)}, expected "</{top.tag}>", found "</{tag}>"'
        )
    _close_tag(top, out, opened, resolve)
    return end + 1


def _close_tag(top: _Open, out: _Output, opened: list[_Open], resolve: Resolver) -> None:
    tag, start, attributes = top.tag, top.start, top.attributes
    if tag in _SIMPLE_TAGS:
        out.close(_SIMPLE_TAGS[tag], start)
    elif tag == "span":
        out.close("spoiler", start)
    elif tag == "a":
        out.close_link(start, attributes.get("href") or out.text_from(start), resolve)
    elif tag == "tg-emoji":
        out.close("custom_emoji", start, custom_emoji_id=attributes.get("emoji-id", ""))
    elif tag == "tg-time":
        _close_time(start, attributes, out)
    elif tag == "blockquote":
        out.close("expandable_blockquote" if "expandable" in attributes else "blockquote", start)
    elif tag == "code":
        _close_code(start, attributes, out, opened)
    else:
        _close_pre(start, attributes, out)


def _close_time(start: int, attributes: dict[str, str], out: _Output) -> None:
    unix = attributes.get("unix", "")
    if not re.fullmatch(r"[0-9]{1,11}", unix):
        raise _markup("Invalid Unix time specified in the tag tg-time")
    out.close("date_time", start, unix_time=int(unix), date_time_format=attributes.get("format", ""))


def _close_code(start: int, attributes: dict[str, str], out: _Output, opened: list[_Open]) -> None:
    language = attributes.get("class", "")
    if opened and opened[-1].tag == "pre" and opened[-1].start == start and language.startswith("language-"):
        opened[-1].attributes["language"] = language.removeprefix("language-")
        opened[-1].attributes["until"] = str(out.length)
        return
    out.close("code", start)


def _close_pre(start: int, attributes: dict[str, str], out: _Output) -> None:
    if attributes.get("until") == str(out.length) and attributes.get("language"):
        out.close("pre", start, language=attributes["language"])
    else:
        out.close("pre", start)


# ---------------------------------------------------------------- Markdown

_RESERVED = set("_*[]()~`>#+-=|{}.!")
_STOPS = _RESERVED | {"\\", "\n"}
_V2_MARKS = (("__", "underline"), ("||", "spoiler"), ("*", "bold"), ("_", "italic"), ("~", "strikethrough"))


class _Markdown:
    """One pass over MarkdownV2. Marks nest strictly; a reserved character that is not escaped is an error."""

    def __init__(self, source: str, resolve: Resolver) -> None:
        self.source, self.resolve = source, resolve
        self.out, self.opened = _Output(), list[_Open]()
        self.position = 0
        self.quote: int | None = None
        self.expandable = False

    def run(self) -> tuple[str, list[Json]]:
        while self.position < len(self.source):  # Every step moves the position forward.
            self._line_start()
            self._step()
        self._end_quote()
        if self.opened:
            raise _markup(f"Can't find end of the entity starting at byte offset {self.opened[-1].attributes['at']}")
        return "".join(self.out.parts), self.out.entities

    def _line_start(self) -> None:
        first = self.position == 0 or self.source[self.position - 1] == "\n"
        if not first:
            return
        if self.source.startswith(("**>", ">"), self.position):
            if self.quote is None or self.source.startswith("**>", self.position):
                self._end_quote()
                self.quote = self.out.length
            self.position += 3 if self.source.startswith("**>", self.position) else 1
        else:
            self._end_quote()

    def _end_quote(self) -> None:
        if self.quote is not None:
            self.out.close("expandable_blockquote" if self.expandable else "blockquote", self.quote)
        self.quote, self.expandable = None, False

    def _step(self) -> None:
        source, at = self.source, self.position
        if at >= len(source):
            return
        char = source[at]
        if char == "\\" and at + 1 < len(source) and ord(source[at + 1]) < 128:
            self.out.add(source[at + 1])
            self.position += 2
        elif char == "`":
            self._code()
        elif char == "[" or source.startswith("![", at):
            self._open("[" if char == "[" else "![")
        elif char == "]" and self.opened and self.opened[-1].tag in ("[", "!["):
            self._link_end()
        else:
            self._mark_or_text(char)

    def _mark_or_text(self, char: str) -> None:
        if (
            self.quote is not None
            and re.compile(r"\|\|(?=\n|$)").match(self.source, self.position)
            and not self._spoils()
        ):
            self.expandable, self.position = True, self.position + 2
            return
        for mark, kind in _V2_MARKS:
            if self.source.startswith(mark, self.position):
                if self.opened and self.opened[-1].tag == mark:
                    self.out.close(kind, self.opened.pop().start)
                    self.position += len(mark)
                else:
                    self._open(mark)
                return
        if char in _RESERVED:
            raise _markup(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
        end = self.position + 1
        while char != "\n" and end < len(self.source) and self.source[end] not in _STOPS:
            end += 1
        self.out.add(self.source[self.position : end])
        self.position = end

    def _spoils(self) -> bool:
        """Whether || would end a spoiler here; otherwise it ends an expandable quotation."""
        return bool(self.opened) and self.opened[-1].tag == "||"

    def _open(self, mark: str) -> None:
        if len(self.opened) >= MAX_ENTITIES:
            raise _markup("too many nested entities")
        self.opened.append(_Open(mark, self.out.length, {"at": str(_byte(self.source, self.position))}))
        self.position += len(mark)

    def _code(self) -> None:
        fence = "```" if self.source.startswith("```", self.position) else "`"
        begin = self.position + len(fence)
        end = begin
        while end < len(self.source) and not self.source.startswith(fence, end):
            end += 2 if self.source[end] == "\\" else 1
        if end >= len(self.source):
            raise _markup(f"Can't find end of the entity starting at byte offset {_byte(self.source, self.position)}")
        body, start, language = re.sub(r"\\([\x01-\x7e])", r"\1", self.source[begin:end]), self.out.length, ""
        if fence == "```":
            match = re.match(r"([^\s`]*)\n", body)
            if match:
                language, body = match[1], body[match.end() :]
        self.out.add(body)
        if fence == "`":
            self.out.close("code", start)
        elif language:
            self.out.close("pre", start, language=language)
        else:
            self.out.close("pre", start)
        self.position = end + len(fence)

    def _link_end(self) -> None:
        top = self.opened.pop()
        match = re.compile(r"\]\(((?:\\.|[^)\\])*)\)", re.S).match(self.source, self.position)
        if match is None:
            url, self.position = self.out.text_from(top.start), self.position + 1
        else:
            url, self.position = re.sub(r"\\(.)", r"\1", match[1]), match.end()
        emoji = re.fullmatch(r"tg://emoji\?id=([0-9]+)", url)
        if top.tag == "![" and emoji:
            self.out.close("custom_emoji", top.start, custom_emoji_id=emoji[1])
        else:
            self.out.close_link(top.start, url, self.resolve)


def parse_markdown_v2(source: str, resolve: Resolver) -> tuple[str, list[Json]]:
    return _Markdown(source, resolve).run()


_LEGACY = re.compile(
    r"\\([_*`\[])|```(?:(\w+)\n)?(.*?)```|`([^`]*)`|\*([^*]*)\*|_([^_]*)_|\[([^\]]*)\]\(([^)]*)\)", re.S
)


def parse_markdown(source: str, resolve: Resolver) -> tuple[str, list[Json]]:
    """The legacy Markdown: no nesting, and a mark that is not closed is an error."""
    out, position = _Output(), 0
    for match in _LEGACY.finditer(source):
        _no_open_mark(source, position, match.start())
        out.add(source[position : match.start()])
        escaped, language, pre, code, bold, italic, label, url = match.groups()
        start = out.length
        out.add(next((part for part in (escaped, pre, code, bold, italic, label) if part is not None), ""))
        if pre is not None:
            out.close("pre", start, **({"language": language} if language else {}))
        elif label is not None:
            out.close_link(start, url, resolve)
        elif escaped is None:
            out.close("code" if code is not None else "bold" if bold is not None else "italic", start)
        position = match.end()
    _no_open_mark(source, position, len(source))
    out.add(source[position:])
    return "".join(out.parts), out.entities


def _no_open_mark(source: str, start: int, end: int) -> None:
    match = re.compile(r"[*_`]").search(source, start, end)
    if match:
        raise _markup(f"Can't find end of the entity starting at byte offset {_byte(source, match.start())}")


# ---------------------------------------------------------------- what a plain text contains

_HOST = r"(?:[a-zA-Z0-9\u00a1-\uffff](?:[a-zA-Z0-9\u00a1-\uffff-]{0,62})\.)+"
_FOUND = re.compile(
    rf"(?P<email>(?<![\w.+-])[a-zA-Z0-9._%+-]{{1,64}}@(?:[a-zA-Z0-9-]{{1,63}}\.)+[a-zA-Z]{{2,24}})"
    rf"|(?P<url>(?<![\w@/.-])(?:(?:https?|tg|ton)://[^\s<>\"'，。！？；）」]+"
    rf"|{_HOST}(?:com|org|net|io|me|cn|dev|app|gov|edu|info|co|uk|de|ru)\b(?::[0-9]{{1,5}})?(?:/[^\s<>\"'，。！？；）」]*)?))"
    r"|(?P<mention>(?<![\w@/])@[a-zA-Z][a-zA-Z0-9_]{2,31}(?![\w@]))"
    r"|(?P<bot_command>(?<![\w/<>])/[a-zA-Z0-9_]{1,64}+(?:@[a-zA-Z0-9_]{3,32}+|(?!@))(?![\w/<>]))"
    r"|(?P<hashtag>(?<![\w#@&])#(?=\w*[^\W\d_])\w{1,256})"
    r"|(?P<cashtag>(?<![\w$])\$[A-Z]{1,8}(?![\w$]))"
    r"|(?P<phone_number>(?<![\w+])\+[1-9](?:[ -]?[0-9]){6,14}(?![\w]))"
)
_TRIGGER = re.compile(r"[@/#$+]|\w\.\w")


def detect(text: str, known: list[Json]) -> list[Json]:
    """Entities that nobody marked: commands, mentions, links, addresses, tags and phone numbers."""
    if not _TRIGGER.search(text):
        return []
    found = list[Json]()
    plain = text.isascii() or max(text) <= "\uffff"
    taken = [
        (entity["offset"], entity["offset"] + entity["length"]) for entity in known if entity["type"] in _NO_DETECTION
    ]
    for match in _FOUND.finditer(text):
        kind, value = str(match.lastgroup), match[0]
        if kind == "url":
            value = value.rstrip(".,;:!?)]")
        start = match.start() if plain else utf16(text[: match.start()])
        end = start + utf16(value)
        if any(start < last and first < end for first, last in taken):
            continue
        found.append({"type": kind, "offset": start, "length": end - start})
        if len(found) >= MAX_ENTITIES:
            break
    return found


# ---------------------------------------------------------------- the whole way


def formatted(
    text: str, parse_mode: str | None, entities: list[Json] | None, resolve: Resolver, *, of_a_person: bool = False
) -> tuple[str, list[Json]]:
    """A text as it was sent, made into the text and the entities of a message."""
    if len(text) > MAX_MARKUP:
        raise bad_request("message is too long")
    text = checked_text(text, of_a_person=of_a_person)
    if parse_mode and (parsers := _PARSERS.get(parse_mode.lower())) is None:
        raise bad_request("unsupported parse_mode")
    if parse_mode:
        assert parsers is not None
        text, found = parsers(text, resolve)
    else:
        found = _given(text, entities or [], resolve)
    text, found = _trimmed(text, found)
    if found:
        found = nested(found[:MAX_GIVEN], text.encode("utf-16-le", "surrogatepass"))
    found += detect(text, found)
    found.sort(key=lambda entity: (entity["offset"], -entity["length"], _RANK.get(entity["type"], 5)))
    return text, found[:MAX_ENTITIES]


_PARSERS: dict[str, Callable[[str, Resolver], tuple[str, list[Json]]]] = {
    "html": parse_html,
    "markdownv2": parse_markdown_v2,
    "markdown": parse_markdown,
}
_GIVEN_FACTS = {
    "text_link": ("url",),
    "text_mention": ("user",),
    "pre": ("language",),
    "custom_emoji": ("custom_emoji_id",),
    "date_time": ("unix_time", "date_time_format"),
}
_GIVEN = {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    *_GIVEN_FACTS,
}


def _given(text: str, entities: list[Json], resolve: Resolver) -> list[Json]:
    """Entities that the sender listed: what a text is detected for is dropped, what reaches outside is refused."""
    length, kept = utf16(text), list[Json]()
    for entity in entities[:MAX_ENTITIES]:
        kind, offset, size = entity["type"], entity["offset"], entity["length"]
        if kind not in _GIVEN:
            continue
        if offset < 0 or size <= 0 or offset + size > length:
            raise bad_request("entity beyond text end" if offset >= 0 and size > 0 else "wrong entity specified")
        facts = {name: entity[name] for name in _GIVEN_FACTS.get(kind, ()) if name in entity}
        if kind == "text_mention":
            user = resolve(int(facts["user"]["id"])) if "user" in facts else None
            if user is None:
                continue
            facts["user"] = user
        kept.append({"type": kind, "offset": offset, "length": size, **facts})
    return kept


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Leading and trailing white space is not sent; entities move and shrink with it."""
    stripped = text.strip()
    if stripped == text:
        return text, entities
    lead, length = utf16(text[: len(text) - len(text.lstrip())]), utf16(stripped)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] + entity["length"] - lead, length)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return stripped, kept
