"""The agreements as they stand in memory: documents, their texts, clauses, and which of them are in force.

Guards: a text knows exactly the characters that a person reads and their fingerprint, so what was accepted can be shown
again, byte for byte.
"""
from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time
from typing import ClassVar, Final, Literal
from zoneinfo import ZoneInfo

from wallet.agreements import Published, Terms

LANGUAGES = ("en", "zh_CN")
GATES = frozenset({"join", "payment", "envelopes", "merchant"})
"""The features that a document can stand in front of."""
ORDER = (
    "user-agreement",
    "payment-service-agreement",
    "privacy-policy",
    "account-rules",
    "red-envelope-rules",
    "merchant-agreement",
)
"""How the documents are listed: what everybody agrees to comes first. A document of another name comes after them."""
LEAST_NOTICE_DAYS: Final = 7
NOTICE_DAYS: Final[Mapping[str, int]] = {"merchant-agreement": 30}
"""So many days before it takes effect a significant version has to be announced, as the agreements promise."""
_DAY: Final = 24 * 60 * 60 * 1_000_000
NAME_MOST: Final = 25
"""A longer name of a document does not fit into a button beside two versions."""
REASONS = (
    "scraping",
    "intrusion",
    "bruteforce",
    "privacy",
    "theft",
    "tampering",
    "exploit",
    "laundering",
    "fraud",
    "content",
    "impersonation",
    "defamation",
    "other",
)
"""The reasons for a penalty; the clause of each is `reason-<code>` in the user agreement."""


class LegalError(ValueError):
    """A document that cannot be trusted to be what people agree to; the process must not start with it."""


@dataclass(frozen=True, slots=True)
class Words:
    """The few words around a text. They belong to its language, whatever the reader's language is."""

    chapter: str
    contents: str
    continued: str
    dates: str
    operator: str
    court: str
    contact: str
    reworded: str
    """What a version says of itself that only fills in other names."""
    renamed: Mapping[str, str]
    """The same for each name."""
    comma: str
    fold: int
    """A clause with more units than this shows its first paragraph and folds the rest; Chinese says more in fewer."""


WORDS: Mapping[str, Words] = {
    "en": Words(
        chapter="{}. {}",
        contents="Contents",
        continued="continued",
        dates="Version {} · in force from {}",
        operator="the operator of {}",
        court="the court that has jurisdiction at the place where the operator is established",
        contact="at the address given in the profile of the bot",
        reworded="This is different from the version before: {}.",
        renamed={"brand": "the name of the service (now “{}”)", "currency": "the currency (now {})",
                 "limit": "the no-PIN limit of new members (now {})", "operator": "who runs the service (now {})",
                 "court": "the court (now {})", "contact": "how to reach us (now {})"},
        comma=", ",
        fold=800,
    ),
    "zh_CN": Words(
        chapter="第 {} 条 {}",
        contents="目录",
        continued="续",
        dates="版本 {} · 自 {} 起生效",
        operator="{} 的运营方",
        court="运营方住所地有管辖权的法院",
        contact="机器人资料页中公布的联系方式",
        reworded="与上一版本相比，变更如下：{}。",
        renamed={"brand": "服务名称（现为“{}”）", "currency": "币种（现为 {}）", "limit": "新用户的免密额度（现为 {}）",
                 "operator": "运营方（现为：{}）", "court": "管辖法院（现为：{}）", "contact": "联系方式（现为：{}）"},
        comma="，",
        fold=350,
    ),
}

_SIGNS: Mapping[str, str] = {"CNY": "¥"}
"""How people write a currency; each has two decimals."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the placeholders stand for. Whatever is not set gets a sensible wording in each language."""

    brand: str
    currency: str
    limit: str = "200"
    """A new member's no-PIN limit, in whole units of the currency."""
    operator: str = ""
    court: str = ""
    contact: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z]{3}", self.currency, re.ASCII):
            raise LegalError(f"the currency {self.currency!r} is no ISO 4217 code")
        if not re.fullmatch(r"\d{1,9}(?:\.\d{1,3})?", self.limit, re.ASCII):
            raise LegalError(f"the no-PIN limit {self.limit!r} is no amount")
        if not self.brand.strip():
            raise LegalError("the brand is empty")
        for name, value, most in (
            ("brand", self.brand, 40),
            ("operator", self.operator, 80),
            ("court", self.court, 120),
            ("contact", self.contact, 120),
        ):
            # Invisible and direction-turning characters could make an agreement read differently from what it says.
            if len(value) > most or any(unicodedata.category(c)[0] == "C" or c in "\u2028\u2029" for c in value):
                raise LegalError(f"the {name} must be one visible line of at most {most} characters")

    def difference(self, before: Names, language: str) -> str:
        """In a sentence, which of them are others than before."""
        words, now, then = WORDS[language], self.in_language(language), before.in_language(language)
        return words.reworded.format(words.comma.join(
            said.format(now[name]) for name, said in words.renamed.items() if now[name] != then[name]))

    def words(self) -> str:
        """All of them in one text, by which two deployments can be compared."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    def amount(self, units: str) -> str:
        """As the chat writes money where its currency has a sign. Not by Babel: a newer one could change what was
        accepted."""
        sign = _SIGNS.get(self.currency)
        if sign is None:
            return f"{units} {self.currency}"
        return f"{sign}{units}" if "." in units else f"{sign}{units}.00"

    def in_language(self, language: str) -> Mapping[str, str]:
        words = WORDS[language]
        return {
            "brand": self.brand,
            "currency": self.currency,
            "limit": self.amount(self.limit),
            "operator": self.operator or words.operator.format(self.brand),
            "court": self.court or words.court,
            "contact": self.contact or words.contact,
        }


@dataclass(frozen=True, slots=True)
class Wording:
    """What the placeholders stood for from a day on. Whoever runs the service may move or change a limit, and what was
    accepted before still has to be readable: so every wording is kept, and a text that it changes is a new version."""

    number: int
    """From 1; others than the first stand behind the version's date, as in 2026-11-22.02."""
    since: date
    names: Names

    MOST: ClassVar[int] = 99

    def version(self, written: str) -> str:
        return written if self.number == 1 else f"{written}.{self.number:02}"

    def effective(self, stated: date) -> date:
        return stated if self.number == 1 else max(stated, self.since)

    def is_significant_after(self, before: Wording) -> bool:
        """Whether it changes what was agreed, and not merely how somebody is called or reached."""
        return replace(self.names, brand="-", contact="") != replace(before.names, brand="-", contact="")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or an item of a list: HTML with references as links, and the same as plain text."""

    kind: Literal["p", "li"]
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered clause. `html` is what stands under its heading, for rich messages and for web pages."""

    anchor: str
    number: str
    heading: str
    html: str
    blocks: tuple[Block, ...]

    @property
    def is_chapter(self) -> bool:
        return "." not in self.number


@dataclass(frozen=True, slots=True)
class LegalText:
    """One document in one language. `plain` is what a person reads, and `sha256` is taken over its UTF-8 bytes.

    `plain` is the title, the dates, the summary, the headings with their numbers, the paragraphs and the items, with
    all placeholders filled in; no markup and no anchors. Whoever has it can check the fingerprint with `sha256sum`.
    """

    language: str
    title: str
    summary: str
    dates: str
    sections: tuple[Section, ...]
    plain: str = field(repr=False)
    sha256: str

    changes: str = ""
    """What is different from the version before, in a few sentences; a first version has none. It is about the text
    and no part of it, so it is not in `plain`."""

    def label(self, section: Section) -> str:
        return label(self.language, section.number, section.heading)


@dataclass(frozen=True, slots=True)
class Document:
    """One version of an agreement, in all languages."""

    name: str
    version: str
    effective: date
    kind: Literal["minor", "significant"]
    gates: frozenset[str]
    texts: Mapping[str, LegalText]
    counts_as: str = ""
    """The version that held when this one, not in force yet, gave way to the same in another wording. It is kept for
    whoever accepted it beforehand, who accepted no more by it than by that one."""

    @property
    def written(self) -> str:
        """The day in its version, which the file has: the same in every wording."""
        return self.version[:10]

    @property
    def notice_days(self) -> int:
        """So many days before it is in force it has to be published. A minor one must only not be in force before."""
        return NOTICE_DAYS.get(self.name, LEAST_NOTICE_DAYS) if self.kind == "significant" else 0

    def giving_way(self, holds: str) -> Document:
        return replace(self, counts_as=holds)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents; pages count from 1."""

    anchor: str
    number: str
    heading: str
    page: int


@dataclass(slots=True)
class Library:
    """All versions of all documents. A version is in force from midnight of its date in the zone of the service."""

    documents: tuple[Document, ...]
    zone: ZoneInfo
    waiting: tuple[Document, ...] = ()
    """What the files have beside them and no operator published yet: nobody else is shown it."""

    def publish(self, name: str, version: str) -> None:
        """From now on everybody is shown a version that waited."""
        published = next(one for one in self.waiting if (one.name, one.version) == (name, version))
        self.waiting = tuple(one for one in self.waiting if one is not published)
        self.documents = tuple(sorted((*self.documents, published), key=order))

    def in_force(self, now: datetime) -> Mapping[str, Document]:
        """The newest version of each document that is effective at `now`, by name."""
        assert now.tzinfo is not None, "a moment without a zone is no moment"
        today = now.astimezone(self.zone).date()
        # The versions of a name stand from old to new, so the last one stays.
        return {d.name: d for d in self.documents if d.effective <= today and not d.counts_as}

    def terms(self) -> Terms:
        """What the wallet has to know of all this to hold the gate."""
        return Terms(tuple(self._published(d) for d in self.documents), tuple(self._published(d) for d in self.waiting))

    def _published(self, document: Document) -> Published:
        start = datetime.combine(document.effective, time(), self.zone)
        return Published(
            name=document.name,
            version=document.version,
            effective=int(start.timestamp()) * 1_000_000,
            significant=document.kind == "significant",
            gates=tuple(sorted(document.gates)),
            hashes=tuple((language, text.sha256) for language, text in document.texts.items()),
            counts_as=document.counts_as,
            notice=document.notice_days * _DAY,
        )

    def find(self, name: str, version: str, *, waiting: bool = False) -> Document | None:
        """A version by its name; with `waiting` also one that nobody published yet."""
        among = (*self.documents, *self.waiting) if waiting else self.documents
        return next((d for d in among if (d.name, d.version) == (name, version)), None)

    def before(self, document: Document) -> Document | None:
        """The version that a version follows."""
        if document.counts_as:
            return self.find(document.name, document.counts_as)
        return max((d for d in self.documents
                    if d.name == document.name and d.version < document.version and not d.counts_as),
                   key=lambda d: d.version, default=None)

    def coming(self, now: datetime) -> tuple[Document, ...]:
        """The versions that were announced and are not in force yet, each document's from old to new."""
        today = now.astimezone(self.zone).date()
        return tuple(d for d in self.documents if d.effective > today and not d.counts_as)


# Helpers


def place(name: str) -> tuple[int, str]:
    """Where a document stands in the list."""
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def order(document: Document) -> tuple[tuple[int, str], date, str]:
    """How versions are listed: by document, from old to new."""
    return (place(document.name), document.effective, document.version)


def label(language: str, number: str, heading: str) -> str:
    """A clause's number and heading as its language puts them."""
    return f"{number} {heading}" if "." in number else WORDS[language].chapter.format(number, heading)


def units(text: str) -> int:
    """The length as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
