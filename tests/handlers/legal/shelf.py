"""The agreements as tests take them off the shelf, and papers of their own."""
from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from handlers import legal
from handlers.legal import Library, Names

FOLDER = Path(__file__).parents[3] / "locales" / "legal"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMES = Names(brand="ikmPay", currency="CNY")
CLASSIC_TAGS = {"b", "i", "code", "blockquote"}
RICH_TAGS = {
    *CLASSIC_TAGS, "a", "h1", "h2", "h3", "p", "ul", "li", "details", "summary", "footer",
}  # fmt: skip
PLAIN_BODY = "## 1 One {#one}\n\nWords.\n\n### 1.1 Two {#two}\n\n- Item.\n"
FRONT = """---
document: paper
version: {version}
language: {language}
title: {title}
effective: {effective}
kind: significant
gates: join
summary: {summary}
{changes}---

"""


class Reader(HTMLParser):
    """Reads HTML as Telegram does: every tag must be known and closed in order."""

    def __init__(self, tags: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.allowed = tags
        self.open: list[str] = []
        self.text: list[str] = []
        self.names: list[str] = []
        self.links: list[str] = []
        self.blocks = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.allowed, tag
        self.open.append(tag)
        self.blocks += tag not in ("b", "i", "code", "summary") and not (tag == "a" and "href" in dict(attrs))
        for name, value in attrs:
            if (tag, name) == ("a", "name"):
                self.names.append(str(value))
            elif (tag, name) == ("a", "href"):
                self.links.append(str(value).removeprefix("#"))
            else:
                assert (tag, name) == ("blockquote", "expandable"), (tag, name)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(html: str, tags: set[str] = CLASSIC_TAGS) -> Reader:
    """A page or message as it arrives; fails for what Telegram would refuse."""
    reader = Reader(tags)
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader


def loaded(names: Names = NAMES, folder: Path = FOLDER) -> Library:
    """All agreements, under these names."""
    return legal.load(folder, names, SHANGHAI)


LIBRARY = loaded()
TEXTS = [text for document in LIBRARY.documents for text in document.texts.values()]
each_document = pytest.mark.parametrize("document", LIBRARY.documents, ids=lambda d: d.name)
each_text = pytest.mark.parametrize("text", TEXTS, ids=lambda t: f"{t.language}-{t.sha256[:6]}")


def squeezed(text: str) -> str:
    """Without the spaces, which pages set anew."""
    return re.sub(r"\s+", "", text)


def written(folder: Path, english: str, chinese: str, *, version: str = "2026-11-22", effective: str = "2026-11-22",
            title: str = "A paper of {brand}", summary: str = "It says this. And that.") -> Library:
    """A library with one paper, in this version and those that were written before."""
    (folder / "paper").mkdir(exist_ok=True)
    for language, body in (("en", english), ("zh_CN", chinese)):
        changes = "changes: All of it.\n" if version > "2026-11-22" else ""
        front = FRONT.format(version=version, effective=effective, language=language, title=title, summary=summary,
                             changes=changes)
        (folder / "paper" / f"{version}.{language}.md").write_text(front + body, encoding="utf-8")
    return loaded(folder=folder)
