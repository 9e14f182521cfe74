"""The HTML of rich messages, from tags to blocks.

Guards: a tag that is unknown, unclosed or crossed is an error that says so, and no tag nests without a bound.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from .entities import Resolver, is_link, normal_link
from .errors import bad_request
from .rich_text import RichText, joined, plain
from .shapes import Json

MAX_DEPTH = 16

# Makes an attached or known file into the content of a message: (kind, reference) -> {"photo": […]} and so on.
MediaOf = Callable[[str, str], Json]

_INLINE = {
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
    "sub": "subscript",
    "sup": "superscript",
    "mark": "marked",
    "code": "code",
}
_HEADINGS = {f"h{size}": size for size in range(1, 7)}
_MEDIA_TAGS = {"img": "photo", "video": "video", "audio": "audio", "tg-document": "document"}
_VOID = {"br", "hr", "img", "tg-map", "input"}
_BLOCKS = {
    *_HEADINGS,
    *_MEDIA_TAGS,
    "p",
    "pre",
    "footer",
    "hr",
    "ul",
    "ol",
    "blockquote",
    "aside",
    "details",
    "table",
    "figure",
    "tg-collage",
    "tg-slideshow",
    "tg-map",
    "tg-math-block",
    "tg-button-row",
}
_PARTS = {
    "li",
    "summary",
    "tr",
    "td",
    "th",
    "thead",
    "tbody",
    "caption",
    "cite",
    "figcaption",
    "br",
    "a",
    "span",
    "input",
    "tg-emoji",
    "tg-time",
    "tg-math",
    "tg-button",
    "tg-reference",
    "div",
}
_KNOWN = {*_INLINE, *_BLOCKS, *_PARTS}


@dataclass(slots=True)
class _Node:
    tag: str
    attributes: dict[str, str]
    children: list["_Node | str"] = field(default_factory=list)


class _Tree(HTMLParser):
    """The tags of a rich message as a tree; a tag that is unknown, unclosed or crossed is an error."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("", {})
        self.stack = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _KNOWN:
            raise _markup(f'Unsupported start tag "{tag}"')
        node = _Node(tag, {name: value or "" for name, value in attrs})
        self.stack[-1].children.append(node)
        if tag not in _VOID:
            if len(self.stack) > 4 * MAX_DEPTH:
                raise bad_request("rich message is nested too deep")
            self.stack.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if len(self.stack) == 1:
            raise _markup(f'Unexpected end tag "{tag}"')
        if self.stack[-1].tag != tag:
            raise _markup(f'Unmatched end tag, expected "</{self.stack[-1].tag}>", found "</{tag}>"')
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.stack[-1].children.append(data)


def _markup(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")


def _tree(source: str) -> _Node:
    parser = _Tree()
    parser.feed(source)
    parser.close()
    if len(parser.stack) > 1:
        raise _markup(f'Can\'t find end tag corresponding to start tag "{parser.stack[-1].tag}"')
    return parser.root


# ---------------------------------------------------------------- text


class _Builder:
    """Turns a tree into blocks; the media and the people it names are looked up outside."""

    def __init__(self, resolve: Resolver, media: MediaOf) -> None:
        self.resolve, self.media = resolve, media

    def text(self, children: list[_Node | str]) -> RichText:
        parts = list[RichText]()
        for child in children:
            part: RichText = re.sub(r"\s+", " ", child) if isinstance(child, str) else self._inline(child)
            if part == "":
                continue
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            else:
                parts.append(part)
        return joined(_edges_trimmed(parts))

    def _inline(self, node: _Node) -> RichText:
        tag, attributes = node.tag, node.attributes
        if tag == "br":
            return "\n"
        if tag in _BLOCKS and tag not in _MEDIA_TAGS:
            raise _markup(f'Tag "{tag}" isn\'t allowed inside a text')
        inner = self.text_untrimmed(node.children)
        if tag in _INLINE:
            return {"type": _INLINE[tag], "text": inner}
        special: dict[str, Callable[[_Node, RichText], RichText]] = {
            "a": self._link,
            "tg-emoji": lambda n, t: {
                "type": "custom_emoji",
                "custom_emoji_id": n.attributes.get("emoji-id", ""),
                "alternative_text": plain(t),
            },
            "tg-math": lambda n, t: {"type": "mathematical_expression", "expression": plain(t)},
            "tg-time": self._time,
            "tg-button": lambda n, t: {"type": "button", "button": _button(n, t)},
            "tg-reference": lambda n, t: {"type": "reference", "text": t, "name": n.attributes.get("name", "")},
        }
        if tag in special:
            return special[tag](node, inner)
        if tag == "span" and attributes.get("class") == "tg-spoiler":
            return {"type": "spoiler", "text": inner}
        return inner

    def text_untrimmed(self, children: list[_Node | str]) -> RichText:
        parts = [re.sub(r"\s+", " ", child) if isinstance(child, str) else self._inline(child) for child in children]
        return joined([part for part in parts if part != ""])

    def _link(self, node: _Node, inner: RichText) -> RichText:
        name, href = node.attributes.get("name"), node.attributes.get("href", "")
        if name is not None and not href:
            return {"type": "anchor", "name": name}
        if href.startswith("#"):
            return {"type": "anchor_link", "text": inner, "anchor_name": href[1:]}
        person = re.fullmatch(r"tg://user\?id=([0-9]{1,16})", href)
        if person:
            user = self.resolve(int(person[1]))
            return {"type": "text_mention", "text": inner, "user": user} if user else inner
        for scheme, kind, fact in (
            ("mailto:", "email_address", "email_address"),
            ("tel:", "phone_number", "phone_number"),
        ):
            if href.startswith(scheme):
                return {"type": kind, "text": inner, fact: href.removeprefix(scheme)}
        url = href or plain(inner)
        return {"type": "url", "text": inner, "url": normal_link(url)} if is_link(url) else inner

    def _time(self, node: _Node, inner: RichText) -> RichText:
        unix = node.attributes.get("unix", "")
        if not re.fullmatch(r"[0-9]{1,11}", unix):
            raise _markup("Invalid Unix time specified in the tag tg-time")
        return {
            "type": "date_time",
            "text": inner,
            "unix_time": int(unix),
            "date_time_format": node.attributes.get("format", ""),
        }

    # ------------------------------------------------------------ blocks

    def blocks(self, children: list[_Node | str], depth: int = 0) -> list[Json]:
        """Blocks in order; text between them is a paragraph of its own."""
        if depth > MAX_DEPTH:
            raise bad_request("rich message is nested too deep")
        found, loose = list[Json](), list[_Node | str]()
        for child in children:
            if isinstance(child, _Node) and child.tag == "div":
                self._flush(loose, found)
                found.extend(self.blocks(child.children, depth + 1))
            elif isinstance(child, _Node) and child.tag in _BLOCKS:
                self._flush(loose, found)
                found.append(self._block(child, depth))
            else:
                loose.append(child)
        self._flush(loose, found)
        return found

    def _flush(self, loose: list[_Node | str], found: list[Json]) -> None:
        text = self.text(loose)
        if isinstance(text, dict) and text["type"] == "anchor":
            found.append(text)
        elif plain(text).strip() or (isinstance(text, dict) and text["type"] == "button"):
            found.append({"type": "paragraph", "text": text})
        loose.clear()

    def _block(self, node: _Node, depth: int) -> Json:
        tag = node.tag
        if tag in _HEADINGS:
            return {"type": "heading", "text": self.text(node.children), "size": _HEADINGS[tag]}
        if tag in _MEDIA_TAGS:
            return self._media(node, None)
        makers: dict[str, Callable[[_Node, int], Json]] = {
            "p": lambda n, d: {"type": "paragraph", "text": self.text(n.children)},
            "footer": lambda n, d: {"type": "footer", "text": self.text(n.children)},
            "hr": lambda n, d: {"type": "divider"},
            "pre": lambda n, d: _preformatted(n),
            "ul": self._list,
            "ol": self._list,
            "blockquote": self._quotation,
            "aside": self._pull_quotation,
            "details": self._details,
            "table": self._table,
            "figure": self._figure,
            "tg-collage": self._group,
            "tg-slideshow": self._group,
            "tg-map": lambda n, d: _map(n),
            "tg-math-block": lambda n, d: {"type": "mathematical_expression", "expression": _raw(n)},
            "tg-button-row": self._buttons,
        }
        return makers[tag](node, depth)

    def _list(self, node: _Node, depth: int) -> Json:
        items, number = list[Json](), int(node.attributes.get("start") or 1) if node.tag == "ol" else 0
        for child in node.children:
            if isinstance(child, str):
                continue
            if child.tag != "li":
                raise _markup(f'Tag "{child.tag}" isn\'t allowed inside a list')
            item: Json = {"label": f"{number}." if node.tag == "ol" else "•"}
            boxes = [c for c in child.children if isinstance(c, _Node) and c.tag == "input"]
            item["blocks"] = self.blocks([c for c in child.children if c not in boxes], depth + 1)
            if boxes:
                item["has_checkbox"] = True
                if "checked" in boxes[0].attributes:
                    item["is_checked"] = True
            if node.tag == "ol":
                item |= {"value": number, "type": node.attributes.get("type") or "1"}
                number += 1
            items.append(item)
        return {"type": "list", "items": items}

    def _credit(self, node: _Node) -> tuple[list[_Node | str], Json]:
        cites = [child for child in node.children if isinstance(child, _Node) and child.tag == "cite"]
        rest = [child for child in node.children if child not in cites]
        return rest, ({"credit": self.text(cites[0].children)} if cites else {})

    def _quotation(self, node: _Node, depth: int) -> Json:
        rest, credit = self._credit(node)
        if "collapsed" in node.attributes or "expandable" in node.attributes:
            return {"type": "expandable_blockquote", "text": self.text(rest), **credit}
        return {"type": "blockquote", "blocks": self.blocks(rest, depth + 1), **credit}

    def _pull_quotation(self, node: _Node, depth: int) -> Json:
        rest, credit = self._credit(node)
        return {"type": "pullquote", "text": self.text(rest), **credit}

    def _details(self, node: _Node, depth: int) -> Json:
        summaries = [child for child in node.children if isinstance(child, _Node) and child.tag == "summary"]
        if len(summaries) != 1:
            raise _markup('Tag "details" must have one tag "summary"')
        rest = [child for child in node.children if child is not summaries[0]]
        opened = {"is_open": True} if "open" in node.attributes else {}
        summary = self.text(summaries[0].children)
        return {"type": "details", "summary": summary, "blocks": self.blocks(rest, depth + 1), **opened}

    def _table(self, node: _Node, depth: int) -> Json:
        block: Json = {"type": "table", "cells": []}
        for child in _flat_rows(node):
            if child.tag == "caption":
                block["caption"] = self.text(child.children)
            else:
                block["cells"].append([self._cell(cell) for cell in child.children if isinstance(cell, _Node)])
        for attribute in ("bordered", "striped", "compact"):
            if attribute in node.attributes:
                block[f"is_{attribute}"] = True
        return block

    def _cell(self, node: _Node) -> Json:
        if node.tag not in ("td", "th"):
            raise _markup(f'Tag "{node.tag}" isn\'t allowed inside a table row')
        cell: Json = {"align": node.attributes.get("align") or "left", "valign": node.attributes.get("valign") or "top"}
        text = self.text(node.children)
        if text != "":
            cell["text"] = text
        if node.tag == "th":
            cell["is_header"] = True
        for span in ("colspan", "rowspan"):
            if re.fullmatch(r"[1-9][0-9]?", node.attributes.get(span, "")):
                cell[span] = int(node.attributes[span])
        return cell

    def _figure(self, node: _Node, depth: int) -> Json:
        parts = [child for child in node.children if isinstance(child, _Node)]
        captions = [part for part in parts if part.tag == "figcaption"]
        bodies = [part for part in parts if part.tag != "figcaption"]
        if len(bodies) != 1 or bodies[0].tag not in {*_MEDIA_TAGS, "tg-collage", "tg-slideshow", "tg-map"}:
            raise _markup('Tag "figure" must contain one media')
        block = self._media(bodies[0], None) if bodies[0].tag in _MEDIA_TAGS else self._block(bodies[0], depth + 1)
        if captions:
            rest, credit = self._credit(captions[0])
            block["caption"] = {"text": self.text(rest), **credit}
        return block

    def _group(self, node: _Node, depth: int) -> Json:
        inner = self.blocks([child for child in node.children if isinstance(child, _Node)], depth + 1)
        return {"type": node.tag.removeprefix("tg-"), "blocks": inner}

    def _media(self, node: _Node, kind: str | None) -> Json:
        kind = kind or _MEDIA_TAGS[node.tag]
        block: Json = {"type": kind, **self.media(kind, node.attributes.get("src", ""))}
        if "tg-spoiler" in node.attributes:
            block["has_spoiler"] = True
        return block

    def _buttons(self, node: _Node, depth: int) -> Json:
        buttons = [
            _button(child, self.text(child.children))
            for child in node.children
            if isinstance(child, _Node) and child.tag == "tg-button"
        ]
        align = node.attributes.get("align")
        return {"type": "buttons", "buttons": buttons, **({"align": align} if align else {})}


def _flat_rows(node: _Node) -> list[_Node]:
    rows = list[_Node]()
    for child in node.children:
        if isinstance(child, str):
            continue
        if child.tag in ("thead", "tbody"):
            rows.extend(row for row in child.children if isinstance(row, _Node))
        elif child.tag in ("tr", "caption"):
            rows.append(child)
        else:
            raise _markup(f'Tag "{child.tag}" isn\'t allowed inside a table')
    return rows


def _button(node: _Node, text: RichText) -> Json:
    button: Json = {"text": text}
    kind, data = node.attributes.get("type", "callback_data"), node.attributes.get("data", "")
    if kind in ("callback", "callback_data"):
        button["callback_data"] = data
    elif kind == "url":
        button["url"] = node.attributes.get("url", data)
    elif kind == "copy_text":
        button["copy_text"] = {"text": node.attributes.get("text", data)}
    else:
        raise _markup(f'Unsupported type "{kind}" of the tag "tg-button"')
    if node.attributes.get("style"):
        button["style"] = node.attributes["style"]
    if "disabled" in node.attributes:
        button = {"text": text, "disabled": {}}
    return button


def _raw(node: _Node) -> str:
    return "".join(
        child if isinstance(child, str) else "\n" if child.tag == "br" else _raw(child) for child in node.children
    )


def _preformatted(node: _Node) -> Json:
    codes = [child for child in node.children if isinstance(child, _Node) and child.tag == "code"]
    language = codes[0].attributes.get("class", "").removeprefix("language-") if codes else ""
    return {"type": "pre", "text": _raw(node).strip("\n"), **({"language": language} if language else {})}


def _map(node: _Node) -> Json:
    try:
        latitude, longitude = float(node.attributes["lat"]), float(node.attributes["long"])
        zoom = int(node.attributes.get("zoom") or 15)
    except (KeyError, ValueError):
        raise _markup('Tag "tg-map" must have a latitude and a longitude') from None
    location = {"latitude": latitude, "longitude": longitude}
    return {"type": "map", "location": location, "zoom": zoom, "width": 600, "height": 300}


def _edges_trimmed(parts: list[RichText]) -> list[RichText]:
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return [part for part in parts if part != ""]


def blocks_of(source: str, resolve: Resolver, media: MediaOf) -> list[Json]:
    """The blocks that a page of HTML describes."""
    return _Builder(resolve, media).blocks(_tree(source).children)
