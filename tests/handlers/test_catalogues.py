"""Every sentence that the code speaks has its words in both languages, whole and in good form.

How to add one: write `_("You have {amount}.", amount=…)` in the code, run `make locales`, fill in the empty msgstr
in locales/zh_CN/LC_MESSAGES/ikmpay.po, and run this file. A failure names the sentence and what is wrong with it.

Chinese words keep the places and the markup of the English ones, use full-width punctuation （，。！？：；「」） and a
space between Chinese characters and Latin letters or digits (`发送 /send`, `24 小时`).
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from handlers.texts import LANGUAGES, Language, load_catalogue, places_in, without_markup
from locales.__main__ import NotASentence, SentenceId, calls_in, has_words, key_of, read, refresh, spoken

HAN = "\u3400-\u9fff"
TAG = re.compile(r"<(/?)([a-z]+)((?:\s[^<>]*)?)>")
TELEGRAMS_TAGS = frozenset({"b", "i", "u", "s", "a", "code", "pre", "blockquote"})
# Commands, addresses and code keep their own punctuation.
LITERAL = re.compile(r"<code>.*?</code>|https?://[^\s<]+|(?<![\w<])/[a-z_]+", re.DOTALL)
HALF_WIDTH = re.compile(
    rf"[{HAN}”」』）》]\s?[,.?!:;](?![a-z])|[,;:?!]\s?[{HAN}]|[{HAN}]\(|\)[{HAN}]|\.\.\.|\}}[,.?!:;](?:\s|$)"
)
CROWDED = re.compile(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]")
DOUBLED = re.compile(r"  |[，。！？：；、] | [，。！？：；、]|[，。！？：；、]{2}")
# What stays as it is in every language.
NAMES = frozenset({"English", "Telegram", "PIN", "ID", "CSV", "PDF", "QR", "AA"})

SENTENCES = spoken()


def forms_of(sentence: SentenceId) -> tuple[str, ...]:
    return (sentence,) if isinstance(sentence, str) else sentence


def words_in(language: Language, sentence: SentenceId) -> tuple[str, ...] | None:
    return load_catalogue(language).get(forms_of(sentence)[0])


def markup_faults(form: str) -> list[str]:
    """Tags that don't match, or that Telegram doesn't know."""
    faults = []
    opened: list[str] = []
    for closing, tag, _rest in TAG.findall(form):
        if tag not in TELEGRAMS_TAGS:
            faults.append(f"Telegram knows no <{tag}>")
        if not closing:
            opened.append(tag)
        elif not opened or opened.pop() != tag:
            faults.append(f"</{tag}> closes nothing")
    if opened:
        faults.append(f"<{opened[-1]}> is never closed")
    if re.search(r"[<>]|&(?!amp;|lt;|gt;|quot;)", TAG.sub("", form)):
        faults.append("< > & stand for themselves only as &lt; &gt; &amp;")
    return faults


def faults(sentence: SentenceId, words: tuple[str, ...]) -> list[str]:
    """What is wrong with the words of a sentence, in any language."""
    english = forms_of(sentence)
    needed = frozenset().union(*(places_in(form) for form in english))
    tags = Counter(tag[:2] for tag in TAG.findall(english[-1]))
    found = []
    for number, form in enumerate(words):
        # In a language with one form for all numbers, that form needs every place; "one share" needs none.
        wanted = needed if len(words) != len(english) or len(english) == 1 else places_in(english[number])
        if places_in(form) != wanted:
            found.append(f"places {sorted(places_in(form))} instead of {sorted(wanted)}")
        if edges(form) != edges(english[0]):
            found.append("blanks or line ends at the edges differ")
        if form.count("\n") != english[0].count("\n"):
            found.append("line ends differ")
        if Counter(tag[:2] for tag in TAG.findall(form)) != tags:
            found.append("markup differs")
        found += markup_faults(form)
    return found


def edges(form: str) -> tuple[str, str]:
    return form[: len(form) - len(form.lstrip())], form[len(form.rstrip()) :]


def chinese_faults(sentence: SentenceId, words: tuple[str, ...]) -> list[str]:
    """What a Chinese reader would stumble over."""
    found = []
    for form in words:
        plain = without_markup(LITERAL.sub("", form))
        if bad := HALF_WIDTH.search(plain):
            found.append(f"half-width punctuation in {bad[0]!r}")
        if bad := re.search("[“”]", plain):
            found.append(f"other quotation marks than 「」: {bad[0]}")
        if "您" in plain:
            found.append("您 beside so many 你")
        if bad := CROWDED.search(LITERAL.sub(" ", form)):
            found.append(f"no space in {bad[0]!r}")
        if bad := DOUBLED.search(LITERAL.sub("x", form)):
            found.append(f"spaces or punctuation in {bad[0]!r}")
        if speaks_english(forms_of(sentence)[-1]) and not re.search(f"[{HAN}]", form):
            found.append("not in Chinese")
    return found


def speaks_english(form: str) -> bool:
    """Whether a form has words of its own beside places, markup, commands and names."""
    bare = re.sub(r"\{[a-z0-9_]+\}|@[a-z_]+", " ", without_markup(LITERAL.sub(" ", form)))
    return bool(set(re.findall(r"[A-Za-z]{2,}", bare)) - NAMES)


# ------------------------------------------------------------------------------------- the catalogues
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_code_has_words(language: Language) -> None:
    missing = [f"{files[0]}: {id_}" for id_, files in SENTENCES.items() if words_in(language, id_) is None]
    assert not missing, f"{len(missing)} sentences have no words in {language}:\n" + "\n".join(missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_keeps_its_places_its_markup_and_its_edges(language: Language) -> None:
    found = {
        id_: wrong
        for id_ in SENTENCES
        if (words := words_in(language, id_)) is not None and (wrong := faults(id_, words))
    }
    assert not found, "\n".join(f"{id_}: {'; '.join(wrong)}" for id_, wrong in found.items())


def test_chinese_sentences_read_as_chinese() -> None:
    found = {
        id_: wrong
        for id_ in SENTENCES
        if (words := words_in("zh_CN", id_)) is not None and (wrong := chinese_faults(id_, words))
    }
    assert not found, "\n".join(f"{id_}: {'; '.join(wrong)}" for id_, wrong in found.items())


@pytest.mark.parametrize(("language", "forms"), [("en", 2), ("zh_CN", 1)])
def test_a_catalogue_has_as_many_forms_as_its_language(language: Language, forms: int) -> None:
    catalog = read(language)
    assert catalog.num_plurals == forms
    for message in catalog:
        if message.id and not isinstance(message.id, str) and has_words(message):
            assert len(message.string or ()) == forms, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_in_a_catalogue_is_a_guess(language: Language) -> None:
    assert [message.id for message in read(language) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_that_has_left_the_code_has_left_the_catalogue(language: Language) -> None:
    spare = [message.id for message in read(language) if message.id and key_of(message.id) not in SENTENCES]
    assert spare == [], "run `make locales`"


def test_one_sentence_is_not_both_counted_and_not() -> None:
    counted = {sentence[0] for sentence in SENTENCES if isinstance(sentence, tuple)}
    assert counted & {sentence for sentence in SENTENCES if isinstance(sentence, str)} == set()


# ------------------------------------------------------------------------------------------ the checks
@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("You have {amount}.", ("你有 {amonut}。",)),
        ("You have {amount}.", ("你有。",)),
        ("Hello", (" 你好",)),
        ("Hello\n", ("你好",)),
        ("<b>Paid</b>", ("已付",)),
        ("<b>Paid</b>", ("<b>已付<b>",)),
        ("<b>Paid</b>", ("<i>已付</i>",)),
        ("Paid", ("已付 < 你",)),
        ("Paid", ("已付 & 你",)),
        (("{n} share", "{n} shares"), ("份",)),
        (("One share of {name}", "{n} shares of {name}"), ("{n} 份",)),
    ],
)
def test_broken_words_are_found(sentence: SentenceId, words: tuple[str, ...]) -> None:
    assert faults(sentence, words)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Hello.", "你好."),
        ("Hello, you.", "您好。"),
        ("Hello, you.", "你好,朋友。"),
        ("Really?", "真的?"),
        ("You have {amount}.", "你有 {amount}."),
        ("Note: {note}", "备注:{note}"),
        ("Bob (you)", "Bob (你)的"),
        ("Wait...", "请稍候..."),
        ("In 24 hours", "24小时内"),
        ("Use Telegram", "使用Telegram"),
        ("Hello.", "你好 。"),
        ("Hello.", "你好。。"),
        ("Not translated.", "Not translated."),
    ],
)
def test_words_that_are_not_good_chinese_are_found(sentence: str, words: str) -> None:
    assert chinese_faults(sentence, (words,))


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("You have {amount}.", ("你有 {amount}。",)),
        ("Send <code>/send @bob 20.5</code> or /help.", ("发送 <code>/send @bob 20.5</code> 或 /help。",)),
        ("🎉 <b>Done!</b> See {link}", ("🎉 <b>完成！</b>见 {link}",)),
        (("{n} share", "{n} shares"), ("{n} 份",)),
        (("One share", "{n} shares"), ("{n} 份",)),
        ("/send @bob 20", ("/send @bob 20",)),
        ("{amount} · {at}", ("{amount} · {at}",)),
        ("Time: 10:30", ("时间：10:30",)),
        ("Write 1,000.50 or 20.5", ("请写 1,000.50 或 20.5",)),
    ],
)
def test_good_words_pass(sentence: SentenceId, words: tuple[str, ...]) -> None:
    assert faults(sentence, words) == []
    assert chinese_faults(sentence, words) == []


@pytest.mark.parametrize(
    "source",
    [
        '_("You have {amount}.")',
        '_("Hello", name="Bob")',
        '_("{n} share", "{n} shares")',
        "_(sentence)",
        '_("Hello " + name)',
        '_(f"Hello {name}")',
        '_("a", "b", "c", n=1)',
        "_()",
    ],
)
def test_a_call_that_no_catalogue_can_serve_is_named_with_its_place(source: str) -> None:
    with pytest.raises(NotASentence, match=r"^x\.py:2: "):
        list(calls_in(f"\n{source}\n", "x.py"))


def test_sentences_are_found_wherever_they_stand() -> None:
    source = """
def f() -> object:
    return [_("One"), _("Two {a}", a=_("Three")), _("four "
        "five"), _("{n} x", "{n} xs", n=2), _("{brand}"), _("{b}", **facts)]
"""
    assert {call.id for call in calls_in(source, "x.py")} == {
        "One", "Two {a}", "Three", "four five", ("{n} x", "{n} xs"), "{brand}", "{b}",
    }  # fmt: skip


def test_refreshing_loses_no_translation(tmp_path: Path) -> None:
    path = tmp_path / "ikmpay.po"
    counted = ("{n} share", "{n} shares")
    assert refresh("zh_CN", {"Hello": ["a.py"], counted: ["a.py"]}, path) == ["Hello", counted]
    written = path.read_text(encoding="utf-8")
    written = written.replace('"Hello"\nmsgstr ""', '"Hello"\nmsgstr "你好"').replace(
        'msgstr[0] ""', 'msgstr[0] "{n} 份"'
    )
    path.write_text(written, encoding="utf-8")
    assert refresh("zh_CN", {"New": ["a.py"]}, path) == ["New"]
    assert refresh("zh_CN", {"Hello": ["b.py"], counted: ["b.py"]}, path) == []
    first = path.read_bytes()
    assert refresh("zh_CN", {"Hello": ["b.py"], counted: ["b.py"]}, path) == []
    assert path.read_bytes() == first
    assert "你好" in first.decode()


def test_english_words_are_the_sentences_themselves(tmp_path: Path) -> None:
    assert refresh("en", {"Hello": ["a.py"], ("{n} share", "{n} shares"): ["a.py"]}, tmp_path / "ikmpay.po") == []
