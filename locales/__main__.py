"""Keeps the catalogues level with the code: `python -m locales`, or `make locales`.

It collects every sentence that is written as `_("…")` or `_("…", "…", n=…)`, puts new ones into both
catalogues and lists what has no Chinese yet. Translations are never lost: a sentence that left the code stays
in the catalogue as an obsolete entry, and finds its translation again when it comes back.

Guards: a sentence is a constant. A call whose sentence is computed, that lacks a fact, or that brings one nobody
reads, is an error with its place, because no catalogue could be complete with it. Babel's own collector can't do
this: it takes a named fact for the second form of a plural.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from handlers.texts import DOMAIN, LANGUAGES, LOCALES, Language, places_in

ROOT: Final = LOCALES.parent
SPOKEN_IN: Final = ("handlers", "bot")
"""The folders that speak to people. The wallet has no language and storage has no voice."""

SentenceId: TypeAlias = "str | tuple[str, str]"

HEADER: Final = """\
What ikmPay says, in {language}.

How to add a sentence: write it in English in the code, _("You have {amount}.", amount=…), run `make locales`,
fill in the new empty msgstr in zh_CN, and run `make check`, which compares places, markup and punctuation.
Don't edit the references; they are written by `make locales`."""


BEGUN: Final = datetime(2026, 11, 22, tzinfo=UTC)
"""The date in the header stays, so that two runs over the same code write the same bytes."""


@dataclass(frozen=True, slots=True)
class Call:
    """One place in the code where a sentence is spoken."""

    place: str
    forms: tuple[str, ...]
    facts: frozenset[str]
    open_ended: bool

    @property
    def id(self) -> SentenceId:
        """The key under which a catalogue keeps the sentence."""
        return self.forms[0] if len(self.forms) == 1 else (self.forms[0], self.forms[1])


class NotASentence(ValueError):
    """A call of `_` that no catalogue can serve."""


def calls_in(source: str, name: str) -> Iterator[Call]:
    """Every sentence that a file speaks."""
    for node in ast.walk(ast.parse(source, name)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            yield _call(node, name)


def _call(node: ast.Call, name: str) -> Call:
    place = f"{name}:{node.lineno}"
    forms = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if len(forms) != len(node.args) or not 1 <= len(forms) <= 2:
        raise NotASentence(f"{place}: a sentence is one or two constant texts.")
    facts = frozenset(keyword.arg for keyword in node.keywords if keyword.arg is not None)
    open_ended = any(keyword.arg is None for keyword in node.keywords)
    call = Call(place, tuple(forms), facts, open_ended)
    _check(call)
    return call


def _check(call: Call) -> None:
    """Every place in a sentence has its fact, and every fact its place."""
    needed = frozenset().union(*(places_in(form) for form in call.forms)) - {"brand"}
    counted = frozenset({"n"}) if len(call.forms) == 2 else frozenset()
    if not call.open_ended and (missing := (needed | counted) - call.facts):
        raise NotASentence(f"{call.place}: {call.forms[0]!r} lacks {', '.join(sorted(missing))}.")
    if unread := call.facts - needed - counted - {"brand"}:
        raise NotASentence(f"{call.place}: {call.forms[0]!r} never shows {', '.join(sorted(unread))}.")


def spoken(root: Path = ROOT) -> dict[SentenceId, list[str]]:
    """All sentences of the code with the files that speak them, in a stable order."""
    found: dict[SentenceId, list[str]] = {}
    for folder in SPOKEN_IN:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            for call in calls_in(path.read_text(encoding="utf-8"), name):
                files = found.setdefault(call.id, [])
                if name not in files:
                    files.append(name)
    return found


def path_of(language: Language) -> Path:
    """Where a language's catalogue lies."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: Language, path: Path | None = None) -> Catalog:
    """A language's catalogue as it lies on the disk, empty when there is none."""
    path = path or path_of(language)
    if not path.exists():
        return Catalog(locale=language, domain=DOMAIN)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def refresh(
    language: Language, sentences: Mapping[SentenceId, list[str]], path: Path | None = None
) -> list[SentenceId]:
    """Writes a language's catalogue anew; the answer is what still has no words in it."""
    path = path or path_of(language)
    old = read(language, path)
    known = {
        key_of(message.id): message.string
        for message in [*old.obsolete.values(), *old]
        if message.id and has_words(message)
    }
    new = Catalog(
        locale=language,
        domain=DOMAIN,
        project="ikmPay",
        version="1",
        charset="utf-8",
        fuzzy=False,
        header_comment="\n".join(f"# {line}".rstrip() for line in HEADER.replace("{language}", language).split("\n")),
        msgid_bugs_address="-",
        last_translator="ikmPay",
        language_team="ikmPay",
        creation_date=BEGUN,
        revision_date=BEGUN,
    )
    for sentence, files in sentences.items():
        words = known.pop(sentence, None) or (sentence if language == "en" else None)
        new.add(sentence, words, locations=[(name, 1) for name in files])
    for sentence, words in known.items():
        new.obsolete[sentence if isinstance(sentence, str) else sentence[0]] = Message(sentence, words)
    _replace(path, new)
    return [key_of(message.id) for message in new if message.id and not has_words(message)]


def has_words(message: Message) -> bool:
    """Whether every form of a message is filled in."""
    return all(message.string or ("",))


def key_of(message_id: object) -> SentenceId:
    """Babel keeps a plural's key as a list or a tuple; ours is a tuple."""
    if isinstance(message_id, str):
        return message_id
    assert isinstance(message_id, list | tuple)
    return (str(message_id[0]), str(message_id[1]))


def _replace(path: Path, catalog: Catalog) -> None:
    """The new file takes the old one's place whole, so that nobody reads half a catalogue."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".po.part")
    with part.open("wb") as file:
        write_po(file, catalog, width=0, include_lineno=False, sort_by_file=True)
    part.replace(path)


def main() -> int:
    """Refreshes both catalogues; the exit code tells whether words are missing."""
    sentences = spoken()
    missing = {language: refresh(language, sentences) for language in LANGUAGES}
    for language, lacking in missing.items():
        print(f"{language}: {len(sentences)} sentences, {len(lacking)} without words")
        for sentence in lacking:
            print(f"    {sentence if isinstance(sentence, str) else ' | '.join(sentence)}")
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
