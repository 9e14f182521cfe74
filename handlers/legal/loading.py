"""Loading the agreements: once, at the start, and checked before anybody reads them.

Guards: what a person accepted can be shown again, byte for byte. So a text is loaded only if it is complete (both
languages, the same clauses, every reference right), its fingerprint is taken over the very characters that a person
reads, placeholders filled in, and no layout leaves out, cuts or adds a word of a clause.

A file is `<folder>/<document>/<version>.<language>.md`: front matter, then a small dialect of Markdown, namely numbered
headings with anchors (`## 6 Conduct {#conduct}`, `### 6.1 Fraud {#reason-fraud}`), paragraphs, flat lists, bold,
commands as code, and references (`[clause 6.1](#reason-fraud)`, `[clause 3](other-document#anchor)`). Anything else
is refused, so that a slip of the pen is found when the process starts and not by the person who reads it.
"""
from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from html import escape
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from markdown_it import MarkdownIt
from markdown_it.token import Token

from handlers.legal.documents import (
    GATES,
    LANGUAGES,
    NAME_MOST,
    WORDS,
    Block,
    Document,
    LegalError,
    LegalText,
    Library,
    Names,
    Section,
    Wording,
    label,
    order,
    units,
)

_FILES_MOST, _FILE_BYTES, _SECTIONS_MOST = 400, 200_000, 200
_TITLE_UNITS, _HEADING_UNITS, _SUMMARY_UNITS, _BLOCK_UNITS = 400, 300, 1500, 2000

_FRONT = ("document", "version", "language", "title", "effective", "kind", "gates", "summary")
_CHANGES = "changes"
"""What a later version says beside it: what is different from the one before."""
_FILE_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})\.([A-Za-z_]+)\.md")
_HEADING = re.compile(r"([1-9]\d?)(?:\.([1-9]\d?))? (\S.*\S) \{#([a-z]+(?:-[a-z]+)*)\}")
_REFERENCE = re.compile(r"([a-z]+(?:-[a-z]+)*)?#([a-z]+(?:-[a-z]+)*)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_COMMAND = re.compile(r"/[a-z_]+|@username", re.ASCII)
_PLACEHOLDER = re.compile(r"\{([a-z]+|[0-9]{1,3}(?:,[0-9]{3})*)\}")
"""The name of something that is set, or an amount in whole units of the currency."""
_LEFTOVER_MARKUP = re.compile(r"[*_`<>\[\]|~\\&#{}]")
_HAN = r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_GAP_IN_HAN = re.compile(f"(?<={_HAN}) +(?={_HAN})")


def load(folder: Path, names: Names, zone: ZoneInfo) -> Library:
    """Reads every document under `folder`, or raises LegalError with the file and the fault."""
    return _load(folder, Wording(1, date.min, names), zone)


def load_all(folder: Path, wordings: Sequence[Wording], zone: ZoneInfo, shared: Shared | None = None) -> Library:
    """The same in every wording that there was: a later one makes a version of each text that it changes and that was
    in force or to come, and what was to come gives way to it. Without `shared` all that is in the files is published.
    """
    assert 0 < len(wordings) <= Wording.MOST
    before: Library | None = None
    documents: list[Document] = []
    for wording in wordings:
        library = _load(folder, wording, zone)
        if shared is not None:
            _keep_back(library, shared)
        if before is None:
            documents += library.documents
        else:
            reworded = tuple(_reworded(before, library, wording, wordings))
            documents = [*_left(documents, reworded, wording), *reworded]
        before = library
    return Library(tuple(sorted(documents, key=order)), zone, library.waiting)


@dataclass(frozen=True, slots=True)
class Shared:
    """What of the files was published already."""

    days: Mapping[str, Collection[str]]
    """The days of its published versions, by document. One that is in none of them is new as a whole: what is in force
    of it, and its first version, needs nobody to publish it."""
    today: date


def _keep_back(library: Library, shared: Shared) -> None:
    """Set aside what no operator published yet."""
    first: dict[str, Document] = {}
    for document in library.documents:
        first.setdefault(document.name, document)

    def is_published(document: Document) -> bool:
        if document.name in shared.days:
            return document.written in shared.days[document.name]
        return document.effective <= shared.today or document is first[document.name]

    library.waiting = tuple(one for one in library.documents if not is_published(one))
    library.documents = tuple(one for one in library.documents if is_published(one))


def _reworded(before: Library, library: Library, wording: Wording, wordings: Sequence[Wording]) -> Iterator[Document]:
    """What a wording makes of the texts that it changes. One that is to come stays what it is beside the one that
    holds, which is in the same wording."""
    earlier = wordings[wordings.index(wording) - 1]
    kind: Literal["minor", "significant"] = "significant" if wording.is_significant_after(earlier) else "minor"
    newest = {document.name: document for document in library.documents if document.effective <= wording.since}
    for old, new in zip(before.documents, library.documents, strict=True):
        is_over = new.effective <= wording.since and newest[new.name] is not new
        if is_over or all(_body(old.texts[one]) == _body(new.texts[one]) for one in LANGUAGES):
            continue
        yield new if new.effective > wording.since else replace(new, kind=kind, texts=MappingProxyType({
            language: replace(text, changes=wording.names.difference(earlier.names, text.language))
            for language, text in new.texts.items()}))


def _left(documents: Sequence[Document], reworded: Sequence[Document], wording: Wording) -> Iterator[Document]:
    """What earlier wordings leave behind. A first version that gave way before its day was accepted by nobody."""
    files = {(document.name, document.written) for document in reworded}
    for document in documents:
        if document.counts_as or document.effective <= wording.since or (document.name, document.written) not in files:
            yield document
            continue
        held = [one for one in documents
                if one.name == document.name and one.effective <= wording.since and not one.counts_as]
        if held:
            yield document.giving_way(max(held, key=order).version)


def _body(text: LegalText) -> str:
    """What a text says, without the line that tells its version."""
    return text.plain.replace(text.dates, "", 1)


def _load(folder: Path, wording: Wording, zone: ZoneInfo) -> Library:
    paths = sorted(folder.glob("*/*.md"))
    if not paths:
        raise LegalError(f"no documents in {folder}")
    if len(paths) > _FILES_MOST:
        raise LegalError(f"more than {_FILES_MOST} files in {folder}")
    drafts: dict[tuple[str, str], dict[str, _Draft]] = {}
    for path in paths:
        try:
            draft = _read(path, wording)
        except (LegalError, UnicodeDecodeError) as fault:
            raise LegalError(f"{path.parent.name}/{path.name}: {fault}") from fault
        drafts.setdefault((draft.document, draft.version), {})[draft.language] = draft
    documents = tuple(sorted((_pair(versions) for versions in drafts.values()), key=order))
    for older, newer in pairwise(documents):
        if older.name == newer.name and older.version > newer.version:
            raise LegalError(f"{older.name}: {newer.version} takes effect after {older.version}, which is newer")
    _check_announcements(documents)
    library = Library(documents, zone)
    if wording.number > 1:
        return library  # References are the same in every wording.
    for (name, version), versions in drafts.items():
        for draft in versions.values():
            try:
                _check_references(draft, documents)
            except LegalError as fault:
                raise LegalError(f"{name}/{version}.{draft.language}.md: {fault}") from fault
    return library


def _check_announcements(documents: Sequence[Document]) -> None:
    """Every version but the first must say what it changes, and a significant one must come as late as was promised."""
    known: set[str] = set()
    for document in documents:
        is_first = document.name not in known
        known.add(document.name)
        name = f"{document.name}/{document.version}"
        if any(bool(text.changes) == is_first for text in document.texts.values()):
            raise LegalError(f"{name}: " + ("a first version changes nothing" if is_first else "says not what changed"))
        days = document.notice_days
        written = date.fromisoformat(document.written)
        if not is_first and (document.effective - written).days < days:
            raise LegalError(f"{name}: a significant version takes effect {days} days after its date at the earliest")


@dataclass(frozen=True, slots=True)
class _Reference:
    document: str
    anchor: str
    number: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """One file, read and checked by itself but not yet against the others."""

    document: str
    version: str
    language: str
    effective: date
    kind: Literal["minor", "significant"]
    gates: frozenset[str]
    text: LegalText
    references: tuple[_Reference, ...]


def _read(path: Path, wording: Wording) -> _Draft:
    raw = path.read_bytes()
    if len(raw) > _FILE_BYTES:
        raise LegalError(f"longer than {_FILE_BYTES} bytes")
    front, body = _split(raw.decode("utf-8"))
    named = _FILE_NAME.fullmatch(path.name)
    stated = (front["document"], front["version"], front["language"])
    if named is None or stated != (path.parent.name, *named.groups()):
        raise LegalError("the name of the file and its front matter disagree")
    if len(front["document"]) > NAME_MOST:
        raise LegalError(f"a document's name has at most {NAME_MOST} letters")
    effective = _day(front["effective"])
    if effective < _day(front["version"]):
        raise LegalError("effective before it was written")
    version, effective = wording.version(front["version"]), wording.effective(effective)
    language = front["language"]
    if language not in LANGUAGES:
        raise LegalError(f"unknown language {language!r}")
    kind: Literal["minor", "significant"]
    if front["kind"] == "minor":
        kind = "minor"
    elif front["kind"] == "significant":
        kind = "significant"
    else:
        raise LegalError(f"unknown kind {front['kind']!r}")
    gates = frozenset(gate.strip() for gate in front["gates"].split(","))
    if not gates <= GATES:
        raise LegalError(f"unknown gates {sorted(gates - GATES)}")
    filler = _Filler(language, wording.names)
    parser = _Parser(front["document"], filler)
    sections = parser.parse(body)
    title = filler.fill(front["title"])
    summary, changes = filler.fill(front["summary"]), filler.fill(front.get(_CHANGES, ""))
    if _escaped_units(title) > _TITLE_UNITS or max(map(_escaped_units, (summary, changes))) > _SUMMARY_UNITS:
        raise LegalError("title, summary or changes too long")
    dates = WORDS[language].dates.format(version, effective.isoformat())
    plain = _plain(language, title, dates, summary, sections)
    digest = hashlib.sha256(plain.encode("utf-8")).hexdigest()
    text = LegalText(language, title, summary, dates, sections, plain, digest, changes)
    return _Draft(front["document"], version, language, effective, kind, gates, text, tuple(parser.references))


def _split(source: str) -> tuple[dict[str, str], str]:
    """Takes the front matter off: `key: value` lines between two lines of three dashes, in a fixed order."""
    opening, _, rest = source.partition("---\n")
    front, found, body = rest.partition("\n---\n")
    if opening or not found:
        raise LegalError("no front matter")
    pairs = [tuple(line.split(": ", 1)) for line in front.split("\n")]
    names = tuple(pair[0] for pair in pairs)
    if any(len(pair) != 2 or not pair[1].strip() for pair in pairs) or names not in (_FRONT, (*_FRONT, _CHANGES)):
        raise LegalError(f"the front matter must be, in this order: {', '.join(_FRONT)}; in later versions {_CHANGES}")
    return {pair[0]: pair[1].strip() for pair in pairs}, body


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as fault:
        raise LegalError(f"{value!r} is no date") from fault


def _pair(versions: Mapping[str, _Draft]) -> Document:
    """Makes one document of its languages, which must be the same document clause by clause."""
    first = next(iter(versions.values()))
    name = f"{first.document}/{first.version}"
    if set(versions) != set(LANGUAGES):
        raise LegalError(f"{name}: needs {', '.join(LANGUAGES)} and has {', '.join(sorted(versions))}")
    for other in versions.values():
        if (other.effective, other.kind, other.gates) != (first.effective, first.kind, first.gates):
            raise LegalError(f"{name}: effective date, kind or gates differ between languages")
        if len(other.text.sections) != len(first.text.sections):
            raise LegalError(f"{name}: the languages have different numbers of clauses")
        for ours, theirs in zip(first.text.sections, other.text.sections, strict=True):
            if _shape(ours) != _shape(theirs):
                raise LegalError(f"{name}: clause {ours.number} differs between languages")
    texts = {language: versions[language].text for language in LANGUAGES}
    return Document(first.document, first.version, first.effective, first.kind, first.gates, MappingProxyType(texts))


def _shape(section: Section) -> tuple[str, str, tuple[str, ...]]:
    return section.number, section.anchor, tuple(block.kind for block in section.blocks)


def _check_references(draft: _Draft, documents: Sequence[Document]) -> None:
    """A reference must name the number that its clause has in the version in force beside this one."""
    for reference in draft.references:
        beside = [d for d in documents if d.name == reference.document and d.effective <= draft.effective]
        target = draft.text if reference.document == draft.document else None
        if target is None and beside:
            target = beside[-1].texts[draft.language]
        numbers = {} if target is None else {section.anchor: section.number for section in target.sections}
        if numbers.get(reference.anchor) != reference.number:
            raise LegalError(f"clause {reference.number} is not {reference.document}#{reference.anchor}")


def _plain(language: str, title: str, dates: str, summary: str, sections: Sequence[Section]) -> str:
    lines = [title, dates, summary]
    for section in sections:
        lines.append(label(language, section.number, section.heading))
        lines.extend(f"• {block.text}" if block.kind == "li" else block.text for block in section.blocks)
    return "\n\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Filler:
    """Fills placeholders, once: a brand that looks like a placeholder or like markup stays a brand."""

    language: str
    names: Names

    def fill(self, source: str) -> str:
        skeleton = _PLACEHOLDER.sub("", source)
        if found := _LEFTOVER_MARKUP.search(skeleton):
            raise LegalError(f"{found.group()!r} left over in {source[:60]!r}")
        filled = _PLACEHOLDER.sub(self._value, source)
        # The spaces around a Latin name go when a Chinese name takes its place.
        return _GAP_IN_HAN.sub("", filled) if self.language == "zh_CN" else filled

    def _value(self, match: re.Match[str]) -> str:
        if match[1][0].isdigit():
            return self.names.amount(match[1])
        values = self.names.in_language(self.language)
        if match[1] not in values:
            raise LegalError(f"unknown placeholder {match[0]}")
        return values[match[1]]


# The dialect


class _Parser:
    """Turns a body into sections and collects its references; refuses what is not in the dialect."""

    def __init__(self, document: str, filler: _Filler) -> None:
        self.references: list[_Reference] = []
        self._document = document
        self._filler = filler

    def parse(self, body: str) -> tuple[Section, ...]:
        sections: list[Section] = []
        heading: re.Match[str] | None = None
        blocks: list[Block] = []
        for kind, token in self._blocks(_tokens(body)):
            if kind != "heading":
                if heading is None:
                    raise LegalError("text before the first heading")
                blocks.append(self._block(kind, token))
                continue
            if heading is not None:
                sections.append(self._section(heading, blocks))
            heading, blocks = _HEADING.fullmatch(token.content), []
            if heading is None:
                raise LegalError(f"{token.content!r} is not a heading with number and anchor")
        if heading is None:
            raise LegalError("no clauses")
        sections.append(self._section(heading, blocks))
        _check_numbers(sections)
        return tuple(sections)

    def _blocks(self, tokens: Sequence[Token]) -> Iterator[tuple[Literal["heading", "p", "li"], Token]]:
        """Yields the inline contents of headings, paragraphs and items, in order."""
        inside: list[str] = []
        for token in tokens:
            if token.type == "inline":
                yield _kind(inside), token
            elif token.type.endswith("_close"):
                inside.pop()
            elif token.type == "heading_open" and token.markup in ("##", "###"):
                inside.append(token.markup)
            elif token.type in ("paragraph_open", "bullet_list_open", "list_item_open"):
                inside.append(token.type)
            else:
                raise LegalError(f"{token.type} {token.markup} is not in the dialect, line {_line(token)}")

    def _section(self, heading: re.Match[str], blocks: Sequence[Block]) -> Section:
        chapter, clause, words, anchor = heading.groups()
        number = f"{chapter}.{clause}" if clause else chapter
        title = self._filler.fill(words)
        if _escaped_units(title) > _HEADING_UNITS:
            raise LegalError(f"the heading of clause {number} is too long")
        return Section(anchor, number, title, joined(blocks), tuple(blocks))

    def _block(self, kind: Literal["p", "li"], token: Token) -> Block:
        html: list[str] = []
        text: list[str] = []
        links: list[tuple[_Reference, int]] = []
        for child in token.children or ():
            if child.type in ("text", "code_inline", "softbreak"):
                piece = self._words(child)
                text.append(piece)
                html.append(f"<code>{escape(piece)}</code>" if child.type == "code_inline" else escape(piece))
            elif child.type in ("strong_open", "strong_close"):
                html.append("<b>" if child.nesting == 1 else "</b>")
            elif child.type == "link_open":
                reference = self._reference(child)
                links.append((reference, len(text)))
                html.append(f'<a href="#{reference.anchor}">' if reference.document == self._document else "")
            elif child.type == "link_close":
                reference, start = links.pop()
                self._note(reference, "".join(text[start:]))
                html.append("</a>" if reference.document == self._document else "")
            else:
                raise LegalError(f"{child.type} is not in the dialect, line {_line(token)}")
        block = Block(kind, "".join(html), "".join(text))
        if units(block.html) > _BLOCK_UNITS:
            raise LegalError(f"the paragraph in line {_line(token)} is longer than a page can hold")
        return block

    def _words(self, token: Token) -> str:
        if token.type == "softbreak":
            if self._filler.language == "zh_CN":
                # Chinese has no space to put there, so a paragraph stands on one line.
                raise LegalError("a line break inside a Chinese paragraph")
            return " "
        if token.type == "text":
            return self._filler.fill(token.content)
        if not _COMMAND.fullmatch(token.content):
            raise LegalError(f"{token.content!r} is no command")
        return token.content

    def _reference(self, token: Token) -> _Reference:
        match = _REFERENCE.fullmatch(str(token.attrGet("href")))
        if match is None or token.attrGet("title") is not None or token.markup:
            raise LegalError(f"{token.attrGet('href')!r} is no reference to a clause")
        return _Reference(match[1] or self._document, match[2], "")

    def _note(self, reference: _Reference, words: str) -> None:
        numbers = _NUMBER.findall(words)
        if len(numbers) != 1:
            raise LegalError(f"{words!r} must name one clause")
        self.references.append(_Reference(reference.document, reference.anchor, numbers[0]))


@lru_cache(_FILES_MOST)
def _tokens(body: str) -> tuple[Token, ...]:
    """What is read only: taken apart once, however many wordings fill it in."""
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable(["entity", "escape"])
    return tuple(markdown.parse(body))


def _kind(inside: Sequence[str]) -> Literal["heading", "p", "li"]:
    match tuple(inside):
        case ("##",) | ("###",):
            return "heading"
        case ("paragraph_open",):
            return "p"
        case ("bullet_list_open", "list_item_open", "paragraph_open"):
            return "li"
    raise LegalError("a list inside a list is not in the dialect")


def _line(token: Token) -> str:
    return str(token.map[0] + 1) if token.map else "?"


def _check_numbers(sections: Sequence[Section]) -> None:
    """Numbers must run without a gap, anchors must be unique, and every chapter must say something."""
    if len(sections) > _SECTIONS_MOST or len({section.anchor for section in sections}) != len(sections):
        raise LegalError("too many clauses, or two with the same anchor")
    chapter = clause = 0
    for index, section in enumerate(sections):
        if section.is_chapter:
            chapter, clause, expected = chapter + 1, 0, str(chapter + 1)
        else:
            clause, expected = clause + 1, f"{chapter}.{clause + 1}"
        if section.number != expected:
            raise LegalError(f"clause {section.number} stands where {expected} should")
        followed = index + 1 < len(sections) and not sections[index + 1].is_chapter
        if not section.blocks and not (section.is_chapter and followed):
            raise LegalError(f"clause {section.number} is empty")


def joined(blocks: Sequence[Block]) -> str:
    html: list[str] = []
    in_list = False
    for block in blocks:
        if (block.kind == "li") != in_list:
            html.append("</ul>" if in_list else "<ul>")
            in_list = not in_list
        html.append(f"<{block.kind}>{block.html}</{block.kind}>")
    return "".join(html) + ("</ul>" if in_list else "")


def _escaped_units(text: str) -> int:
    return units(escape(text))
