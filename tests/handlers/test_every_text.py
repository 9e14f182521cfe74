"""Every text of the product, said in both languages with names that mean harm: it stays whole and stays one language.

Guards: whatever people call themselves, a sentence is well-formed for Telegram, fits into a message, says every name as
a name, and has no word of the other language; and the same holds for the agreements under any brand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

import pytest

from bot.local import rich as their_rich
from bot.local.entities import parse_html, utf16
from bot.local.shapes import Json
from handlers import legal
from handlers.texts import (
    LANGUAGES,
    LOCALES,
    Fact,
    Language,
    Person,
    Speaker,
    Text,
    load_catalogue,
    places_in,
    speakers,
    without_markup,
)
from locales.__main__ import SentenceId
from tests.handlers.chat.world import BRAND, SPEAKERS, ZONE
from tests.handlers.test_catalogues import HAN, NAMES, SENTENCES, forms_of
from wallet.money import CNY

MESSAGE_MOST = 4096
HOSTILE = {
    "markup": "</b><a href=\"tg://user?id=1\">&lt;Bob",
    "overrides": "\u202e\u2066Bob\u2069\u200f‮ 00.001¥",
    "long": "W" * 128,
    "long and escaped": "<&>\"" * 32,
    "emoji": "👨‍👩‍👧‍👦🏴‍☠️🇨🇳" * 8,
    "braces": "{0.__class__} {amount} {brand} %s ${x}",
    "Chinese": "小明：转账，余额！",
    "nothing to see": "\u200b\u3164\u00ad",
    "lines": "Bob\n\n<b>Paid</b>\r\u2028💰",
    "right to left": "بوب السريع",
    "towers": "B" + "\u0301" * 100 + "ob",
    "lone": "Bob\ud83d",
}
LITERAL = re.compile(r"<code>.*?</code>|https?://[^\s<]+|(?<![\w<])/[a-z_]+|@[a-z_]+|\{[a-z0-9_]+\}", re.DOTALL)
KEPT_WORDS = NAMES | {"SHA", "Python", "on", "off", "status", "verify", "JPEG", "PNG", "WebP", "MB", "UTC", "QQ"}
"""Latin words that Chinese readers know as they are, and what operators type behind a command."""
CJK = "\u2e80-\u303f\u3400-\u9fff\uff00-\uffef"
BRANDS = ("<b>&", "{operator}", "\U0001f9e7" * 20, "小付", "W" * 40)


def nobody(person: int) -> Json | None:
    """Nobody has any id."""
    return None


def no_media(kind: str, name: str) -> Json:
    raise AssertionError("no text has a picture")


def said_with(name: str, sentence: SentenceId, kind: type[Person] | type[str]) -> Text:
    """A sentence with the same name in each of its places."""
    forms = forms_of(sentence)
    facts: dict[str, Fact] = {place: kind(name) for place in places_in(" ".join(forms)) if place != "brand"}
    if len(forms) == 1:
        return Text(forms[0], None, tuple(facts.items()))
    return Text(forms[0], forms[1], tuple({**facts, "n": 7}.items()))


def hostile_texts() -> Iterator[tuple[SentenceId, Text]]:
    for sentence in SENTENCES:
        for kind in (Person, str):
            for name in HOSTILE.values():
                yield sentence, said_with(name, sentence, kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_stays_whole_with_hostile_names(language: Language) -> None:
    speaker = SPEAKERS[language]
    for sentence, text in hostile_texts():
        html = speaker.say(text)
        plain, entities = parse_html(html, nobody)
        assert utf16(plain) <= MESSAGE_MOST, sentence
        # Only what the sentence itself marks is marked, whatever the names look like.
        marked = len(re.findall(r"<[a-z]", "".join(spoken_forms(language, sentence))))
        assert len(entities) <= marked, (sentence, entities)
        assert not re.search("[\u202a-\u202e\u2066\u2067]", plain), sentence
        assert speaker.plain(text).encode("utf-8", "strict")


def spoken_forms(language: Language, sentence: SentenceId) -> tuple[str, ...]:
    return load_catalogue(language)[forms_of(sentence)[0]]


@pytest.mark.parametrize("brand", BRANDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_stays_whole_under_any_brand(language: Language, brand: str) -> None:
    speaker: Speaker = speakers(CNY, ZONE, brand)[language]
    for sentence in SENTENCES:
        plain, _ = parse_html(speaker.say(said_with("Bob", sentence, Person)), nobody)
        assert utf16(plain) <= MESSAGE_MOST
        if "{brand}" in forms_of(sentence)[0]:
            assert brand in plain, sentence


# -------------------------------------------------------------------------------------------- one language
def test_chinese_sentences_have_no_latin_word_but_names() -> None:
    found = {form: words for form in all_forms("zh_CN") if (words := latin_words(form) - KEPT_WORDS)}
    assert found == {}


def test_english_sentences_have_no_chinese_but_plain_words_to_type() -> None:
    # What can be typed stands as code; the catalogue of a language names itself in its own script.
    found = [form for form in all_forms("en") if re.search(f"[{CJK}]", re.sub(r"<code>.*?</code>", "", form))]
    assert found == []


def all_forms(language: Language) -> list[str]:
    return list(chain.from_iterable(spoken_forms(language, sentence) for sentence in SENTENCES))


def latin_words(form: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]{2,}", without_markup(LITERAL.sub(" ", form))))


def test_names_stand_apart_from_the_chinese_around_them() -> None:
    # A name or an amount may be Latin, so a blank stands beside its place, as beside Latin words.
    crowded = re.compile(rf"[{HAN}]\{{[a-z0-9_]+\}}|\{{[a-z0-9_]+\}}[{HAN}]")
    assert [form for form in all_forms("zh_CN") if crowded.search(re.sub(r"</?[a-z]+>", "", form))] == []


def test_no_sentence_of_one_language_stands_in_the_other() -> None:
    same = [form for sentence in SENTENCES for form in spoken_forms("zh_CN", sentence)
            if form in spoken_forms("en", sentence) and latin_words(form) - KEPT_WORDS]
    assert same == []


# ---------------------------------------------------------------------------------------------- agreements
@pytest.mark.parametrize("brand", [BRAND, *BRANDS])
def test_every_agreement_is_taken_by_telegram_whole(brand: str) -> None:
    library = legal.load(LOCALES / "legal", legal.Names(brand, "CNY", operator=brand, court=brand, contact=brand), ZONE)
    for document in library.documents:
        for text in document.texts.values():
            for page in legal.pages(text):
                plain, entities = parse_html(page, nobody)
                assert utf16(plain) <= MESSAGE_MOST
                assert len(entities) <= 100
                assert brand in plain
            for message in legal.rich(text):
                shown = their_rich.rich_message({"html": message, "skip_entity_detection": True}, nobody, no_media)
                assert shown["blocks"]
