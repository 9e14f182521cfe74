"""What people read: lazy sentences, the facts in them, and the speaker that says them in a reader's language.

A handler never builds a sentence. It names an English one and hands over facts:
`_("You sent {amount} to {name}.", amount=Money(2000), name=Person("Bob"))` is a value that can be kept,
compared and nested, and becomes words only when a `Speaker` knows who reads it. `make locales` collects the
sentences into the catalogues.

Guards: what people typed stays a fact. It is escaped, freed of control characters, isolated against right-to-left
tricks, cut to a length, and never read as a template or as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_currency, get_currency_precision, get_currency_symbol

from wallet.money import Currency, plain_amount
from wallet.plain import frozen
from wallet.text import can_be_seen, on_one_line, without_blanks, without_towers

Language: TypeAlias = Literal["en", "zh_CN"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh_CN")

DOMAIN: Final = "ikmpay"
LOCALES: Final = Path(__file__).resolve().parent.parent / "locales"

MAX_FACT: Final = 1000
"""A typed text is cut here, so that no fact alone can push a sentence over Telegram's 4,096 characters."""

MAX_NAME: Final = 64
"""Telegram allows 64 characters for a first name; longer shown names only push the amount out of sight."""


# ---------------------------------------------------------------------------------------------- facts
@frozen()
class Html:
    """Markup of our own that goes through as it is. Never built from what people typed."""

    markup: str


@frozen()
class Money:
    """An amount of the deployment's currency; `signed` shows a plus before what came in."""

    minor_units: int
    signed: bool = False


@frozen()
class Moment:
    """A point in time, shown in the deployment's time zone."""

    at: datetime

    def __post_init__(self) -> None:
        """A time without a zone would be shown hours off."""
        if self.at.tzinfo is None:
            raise ValueError("A moment needs a time zone.")

    @classmethod
    def of_microseconds(cls, since_1970: int) -> Moment:
        """The moment of a database time, which is kept in microseconds."""
        return cls(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=since_1970))


@frozen()
class Day:
    """A day of the calendar."""

    day: date


@frozen()
class Month:
    """A month of the calendar."""

    year: int
    month: int


@frozen()
class Code:
    """A code that people quote, such as a receipt's; Telegram copies it at a tap."""

    code: str


@frozen()
class Person:
    """A name that a person chose. It may be anything, so it is cleaned, isolated and cut when shown."""

    name: str


@frozen()
class Mention:
    """Somebody by name whom Telegram shall tell that they are spoken to. In plain text it is the name."""

    telegram_id: int
    name: str


@frozen()
class Text:
    """A sentence that is not yet in any language, with its facts. Equal sentences are equal values."""

    msgid: str
    plural: str | None
    facts: tuple[tuple[str, Fact], ...]


@frozen()
class Listed:
    """Several facts as a list in a sentence: `Bob, Eve, and Ann`, `Bob、Eve 和 Ann`."""

    items: tuple[Fact, ...]


@frozen()
class Lines:
    """Several sentences below one another; `gap` is what stands between them."""

    parts: tuple[Fact, ...]
    gap: Literal["\n", "\n\n"] = "\n"


Fact: TypeAlias = "str | int | Html | Money | Moment | Day | Month | Code | Person | Mention | Text | Listed | Lines"


def _(msgid: str, plural: str | None = None, /, **facts: Fact) -> Text:
    """A lazy sentence. With a second form the fact `n` decides between the two."""
    if plural is not None and not isinstance(facts.get("n"), int):
        raise TypeError(f"A sentence with two forms needs a number n: {msgid!r}")
    return Text(msgid, plural, tuple(facts.items()))


SOMEONE: Final = _("someone")
"""Stands for a name of which nothing visible is left."""


# ------------------------------------------------------------------------------------------- languages
def language_of(code: str | None) -> Language:
    """Our language for the code that Telegram gives (`zh-hans`, `zh-CN`, `zh_TW` … or none)."""
    primary = (code or "").strip().lower().replace("_", "-").partition("-")[0]
    return "zh_CN" if primary == "zh" else "en"


# ------------------------------------------------------------------------------------------ typed text
# Blocks whose characters run from right to left, unassigned ones included.
_RIGHT_TO_LEFT: Final = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)

_FSI, _PDI = "\u2068", "\u2069"
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_SPECIAL: Final = re.compile('[&<>"]')


def shown(text: str, limit: int = MAX_FACT) -> str:
    """A typed text as it may stand inside a sentence, not yet escaped.

    Text that runs from right to left is isolated, so that it cannot reorder the amount beside it. Text that
    runs from left to right needs no isolation in a sentence that does, and stays free of invisible signs.
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    text = on_one_line(text)
    if not text.isascii() and _RIGHT_TO_LEFT.search(text):
        return f"{_FSI}{text}{_PDI}"
    return text


@lru_cache(maxsize=16_384)
def shown_name(name: str) -> str:
    """A name as it may stand inside a sentence, not yet escaped; empty when nothing visible is left."""
    seen = without_towers(without_blanks(on_one_line(name[: 4 * MAX_NAME]))).strip(" ")
    return shown(seen, MAX_NAME) if can_be_seen(seen) else ""


# ------------------------------------------------------------------------------------------- templates
_FIELD: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_TAG: Final = re.compile(r"</?[a-z][^<>]*>")


@frozen()
class Template:
    """A sentence cut at its `{names}`: what comes first, then each name with what follows it."""

    head: str
    rest: tuple[tuple[str, str], ...]


def template_of(sentence: str) -> Template:
    """A sentence's template. Only `{name}` is a place; every other brace is a brace."""
    pieces = _FIELD.split(sentence)
    return Template(pieces[0], tuple(zip(pieces[1::2], pieces[2::2], strict=True)))


def without_markup(markup: str) -> str:
    """Our own markup as plain text, for buttons and alerts, which Telegram shows as they are."""
    return unescape(_TAG.sub("", markup))


def places_in(sentence: str) -> frozenset[str]:
    """The names of the facts that a sentence needs."""
    return frozenset(_FIELD.findall(sentence))


# ------------------------------------------------------------------------------------------ catalogues
Catalogue: TypeAlias = Mapping[str, tuple[str, ...]]
"""Sentences by their English ones: one form, or as many as the language has for numbers."""


@lru_cache(maxsize=len(LANGUAGES))
def load_catalogue(language: Language) -> Catalogue:
    """The translations of one language, read from its .po file once."""
    with (LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        catalog = read_po(file, locale=language, domain=DOMAIN)
    found: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        if not message.id or message.fuzzy:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if forms and all(forms):
            found[key] = forms
    return found


_FORM_FOR: Final[Mapping[Language, Callable[[int], int]]] = {
    "en": lambda n: 0 if n == 1 else 1,
    "zh_CN": lambda n: 0,
}


# --------------------------------------------------------------------------------------------- numbers
class _MoneyFormat:
    """Babel's way to write one currency in one locale, learnt from samples once.

    Babel's own call takes some 60 µs and a message may show ten amounts. Tests compare the two.
    """

    def __init__(self, locale: Locale, currency: Currency) -> None:
        if get_currency_precision(currency.code) != currency.digits:
            raise ValueError(f"{currency.code} has {get_currency_precision(currency.code)} decimals.")
        self._digits = currency.digits
        # There is one currency, so its short symbol can't be mistaken: ¥ for yuan in English too.
        self._babels = get_currency_symbol(currency.code, locale=locale)
        self._symbol = currency.symbols[0] if currency.symbols else self._babels
        plain = plain_amount(10**currency.digits, currency)
        self._before, self._after = self._sample(1, currency, locale).split(plain)
        self._minus, self._after_minus = self._sample(-1, currency, locale).split(plain)
        large = f"{self._before}{1234567:,}{plain[1:]}{self._after}"
        assert self._sample(1234567, currency, locale) == large, "This locale groups digits in another way."

    def _sample(self, whole: int, currency: Currency, locale: Locale) -> str:
        written = format_currency(Decimal(whole), currency.code, locale=locale)
        return written.replace(self._babels, self._symbol, 1)

    def write(self, money: Money) -> str:
        """The amount as people of this locale write it."""
        units = money.minor_units
        if units < 0:
            return f"{self._minus}{self._number(-units)}{self._after_minus}"
        plus = "+" if money.signed and units else ""
        return f"{plus}{self._before}{self._number(units)}{self._after}"

    def _number(self, units: int) -> str:
        if not self._digits:
            return f"{units:,}"
        whole, fraction = divmod(units, 10**self._digits)
        return f"{whole:,}.{fraction:0{self._digits}d}"


class _Calendar:
    """Babel's way to write days and times in one locale and zone; what was written once is remembered."""

    def __init__(self, locale: Locale, timezone: tzinfo) -> None:
        self._timezone = timezone
        both = str(get_datetime_format("medium", locale=locale))
        self._between = template_of(both.replace("'", "").replace("{1}", "{day}").replace("{0}", "{time}"))
        self.day = lru_cache(maxsize=1024)(lambda day: format_date(day, "medium", locale=locale))
        self.month = lru_cache(maxsize=256)(
            lambda year, month: format_skeleton("yMMMM", date(year, month, 1), locale=locale)
        )
        self._time = lru_cache(maxsize=1440)(
            lambda hour, minute: format_time(time(hour, minute), "short", locale=locale)
        )

    def date_of(self, at: datetime) -> date:
        """The day that it was on the deployment's clocks."""
        return at.astimezone(self._timezone).date()

    def moment(self, at: datetime) -> str:
        """Day and time to the minute on the deployment's clocks."""
        local = at.astimezone(self._timezone)
        written = {"day": self.day(local.date()), "time": self._time(local.hour, local.minute)}
        return self._between.head + "".join(written[name] + after for name, after in self._between.rest)


# --------------------------------------------------------------------------------------------- speaker
_WIDE: Final = "）"
"""What stands before no blank."""


class _Voice:
    """One way to write facts: as Telegram's HTML, or as plain text. A speaker has both."""

    def __init__(self, speaker: Speaker, markup: bool) -> None:
        self._speaker = speaker
        self._markup = markup
        self._compiled: dict[str, tuple[Template, ...]] = {
            msgid: tuple(self._template(form) for form in forms) for msgid, forms in speaker.catalogue.items()
        }
        self._english = lru_cache(maxsize=2048)(self._template)
        money, calendar = speaker.money, speaker.calendar
        # Each writer takes the type it stands under, which a table of functions can't express.
        self._writers: dict[type, Callable[[Any], str]] = {
            str: lambda fact: self._escaped(shown(fact)),
            int: lambda fact: f"{fact:,}",
            Html: lambda fact: fact.markup if markup else without_markup(fact.markup),
            Money: lambda fact: self._escaped(money.write(fact)),
            Moment: lambda fact: calendar.moment(fact.at),
            Day: lambda fact: calendar.day(fact.day),
            Month: lambda fact: calendar.month(fact.year, fact.month),
            Code: lambda fact: f"<code>{self._escaped(shown(fact.code))}</code>" if markup else shown(fact.code),
            Person: self._person,
            Mention: self._mention,
            Text: self.text,
            Listed: self._listed,
            Lines: lambda fact: fact.gap.join(self.fact(part) for part in fact.parts),
        }

    def fact(self, fact: Fact) -> str:
        """One fact in the reader's language."""
        writer = self._writers.get(type(fact))
        if writer is None:
            raise TypeError(f"{type(fact).__name__} is not a fact that can be said.")
        return writer(fact)

    def text(self, text: Text) -> str:
        """A sentence in the reader's language, its facts filled in."""
        facts = dict(text.facts)
        template = self._chosen(text, facts)
        if not template.rest:
            return template.head
        said = [template.head]
        writers = self._writers
        for name, after in template.rest:
            if name in facts:
                fact = facts[name]
                writer = writers.get(type(fact))
                written = writer(fact) if writer is not None else self.fact(fact)
                said.append(written)
                if written.endswith(_WIDE) and after.startswith(" "):
                    after = after[1:]  # A full-width sign brings its own blank.
            elif name == "brand":
                said.append(self._escaped(self._speaker.brand))
            else:
                raise KeyError(f"The sentence {text.msgid!r} lacks its fact {name!r}.")
            said.append(after)
        return "".join(said)

    def _chosen(self, text: Text, facts: Mapping[str, Fact]) -> Template:
        """The template of a sentence in this language, or the English one where there is none yet."""
        forms = self._compiled.get(text.msgid)
        if text.plural is None:
            return forms[0] if forms else self._english(text.msgid)
        n = facts["n"]
        assert isinstance(n, int)
        if forms:
            return forms[min(_FORM_FOR[self._speaker.language](n), len(forms) - 1)]
        return self._english(text.msgid if n == 1 else text.plural)

    def _template(self, sentence: str) -> Template:
        return template_of(sentence if self._markup else without_markup(sentence))

    def _listed(self, listed: Listed) -> str:
        items = [self.fact(item) for item in listed.items]
        if self._speaker.language != "zh_CN" or len(items) < 2:
            return format_list(items, locale=self._speaker.locale)
        before = "、".join(items[:-1])
        # Babel's list has no blanks, but names stand between them.
        return f"{before}{'' if before.endswith(_WIDE) else ' '}和 {items[-1]}"

    def _person(self, person: Person) -> str:
        name = shown_name(person.name)
        return self._escaped(name) if name else self.text(SOMEONE)

    def _mention(self, mention: Mention) -> str:
        name = self._person(Person(mention.name))
        return f'<a href="tg://user?id={mention.telegram_id}">{name}</a>' if self._markup else name

    def _escaped(self, text: str) -> str:
        return text.translate(_ESCAPES) if self._markup and _SPECIAL.search(text) else text


class Speaker:
    """Says texts in one language, for one deployment: its currency, time zone and brand."""

    def __init__(
        self,
        language: Language,
        currency: Currency,
        timezone: tzinfo,
        brand: str,
        catalogue: Catalogue | None = None,
    ) -> None:
        """The language's own catalogue is read unless another is given."""
        self.language: Final = language
        self.brand: Final = brand
        self.locale: Final = Locale.parse(language)
        self.catalogue: Final = load_catalogue(language) if catalogue is None else catalogue
        self.money: Final = _MoneyFormat(self.locale, currency)
        self.calendar: Final = _Calendar(self.locale, timezone)
        self._html: Final = _Voice(self, markup=True)
        self._plain: Final = _Voice(self, markup=False)

    def say(self, said: Fact) -> str:
        """A text as Telegram's HTML: for messages and captions sent with parse mode HTML, and for pages."""
        return self._html.fact(said)

    def plain(self, said: Fact) -> str:
        """A text without markup or escapes: for buttons, alerts, commands' descriptions and pictures."""
        return self._plain.fact(said)


def speakers(currency: Currency, timezone: tzinfo, brand: str) -> Mapping[Language, Speaker]:
    """A speaker for every language that we speak."""
    return {language: Speaker(language, currency, timezone, brand) for language in LANGUAGES}
