"""The agreements as people read them: complete, alike in both languages, within Telegram's limits, never altered.

Guards: a text that somebody accepted keeps its fingerprint, and the reader shows all of it and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from handlers import legal
from handlers.commands import Verb
from handlers.keyboards import Compare
from handlers.legal import Document, LegalError, LegalText, Library, Names, Section

FOLDER = Path(__file__).parents[2] / "locales" / "legal"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMES = Names(brand="ikmPay", currency="CNY")
HOSTILE = (
    "<b>&",
    "**x** [y](#z)",
    "{operator}",
    "{0.__class__}",
    "小付",
    "</b><a href='x'>",
    "\U0001f9e7" * 20,
    "<" * 40,
)
PUBLISHED = {
    ("user-agreement", "en"): "ceb617cd4c20e008617d40d2db7ef5b74dc7a525099ef9082dfeb3524054dc47",
    ("user-agreement", "zh_CN"): "66c24dec0af5e1409003a0feabfa855c70ee190cb045e79d4cb77c2decab7b7b",
    ("payment-service-agreement", "en"): "b2adc642507508bab98b8b4f7ed5e9793f26e5e12bc89971a24f86809c94a530",
    ("payment-service-agreement", "zh_CN"): "006500e7a744774ef1c9cd7da870962c038f083d65e1865a6529fd8b28716379",
    ("privacy-policy", "en"): "db38c392f268998a5f428f2a7f58f536e8f35cf904d31c72d4cd65a4ec081092",
    ("privacy-policy", "zh_CN"): "a587fb9e135692d27efa3f18b7edd9026bfb0c401e5f0aa65ef69e735f92dfbd",
    ("account-rules", "en"): "0c89ec20ef5f6eb5cdc6320e2bfdb9da8191df3914e7e9adb25bef6c3804877f",
    ("account-rules", "zh_CN"): "42a5b24c45dc5f9d820e116919d31e5793b4ef7c33bf99048723f93737ecf092",
    ("red-envelope-rules", "en"): "2e3a9c62a8c46f3140c05ed00d71bb2d3cb774ec5fcbea8700a40f77e406c585",
    ("red-envelope-rules", "zh_CN"): "929e8dcf2b55bc1d796aab10cf86f1c35670b194c4c5fe0d1f77d01f3b7937e6",
    ("merchant-agreement", "en"): "661c700bf827930bc0ec2578c7928190ae2f2c0bd927d64320d31a058adb6c95",
    ("merchant-agreement", "zh_CN"): "4748aebd3b566b333fb2e7fcbda2bf121644ecde603279486e026e2e4fcdeb72",
}
"""Fingerprints of the texts of 2026-11-22, with the names above filled in."""
CLASSIC_TAGS = {"b", "i", "code", "blockquote"}
RICH_TAGS = {
    *CLASSIC_TAGS, "a", "h1", "h2", "h3", "p", "ul", "li", "details", "summary", "footer",
}  # fmt: skip
LATIN_IN_CHINESE = {"ikmPay", "Telegram", "SHA", "Argon2id", "CNY", "Asia", "Shanghai", "QQ", "Cookie"}
COMMANDS = frozenset({
    "start", "help", "language", "cancel", "agreement", "balance", "history", "statement", "receipt", "send",
    "giveback", "topup", "nickname", "pin", "settings", "red", "envelopes", "collect", "request", "split",
    "schedules", "voucher", "group", "verify", "limits", "lock", "unlock", "block", "report", "family",
    "recover", "support", "merchant", "link", "pay", "orders", "refund", "shop", "invoice", "apps", "dispute",
    "bills", "mobile", "parking", "cards", "withdraw", "mydata", "delete_account", "find", "nearby",
})  # fmt: skip
"""What members can ask for, once the whole product is built."""
NOT_OPENED_YET = ("red-envelope-rules", "merchant-agreement")
"""Documents that are reserved as a whole, and say so in a clause of their own."""


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
    reader = Reader(tags)
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader


def loaded(names: Names = NAMES, folder: Path = FOLDER) -> Library:
    return legal.load(folder, names, SHANGHAI)


LIBRARY = loaded()
TEXTS = [text for document in LIBRARY.documents for text in document.texts.values()]
each_document = pytest.mark.parametrize("document", LIBRARY.documents, ids=lambda d: d.name)
each_text = pytest.mark.parametrize("text", TEXTS, ids=lambda t: f"{t.language}-{t.sha256[:6]}")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


# What the texts say


def test_the_six_documents_are_there_in_their_order_and_gate_their_features() -> None:
    now = datetime(2026, 11, 22, tzinfo=SHANGHAI)
    everything = {"join", "payment", "envelopes", "merchant"}
    found = LIBRARY.in_force(now)
    assert tuple(found) == legal.ORDER
    assert {d.name: set(d.gates) for d in found.values()} == {
        "user-agreement": everything,
        "payment-service-agreement": everything - {"join"},
        "privacy-policy": everything,
        "account-rules": everything,
        "red-envelope-rules": {"envelopes"},
        "merchant-agreement": {"merchant"},
    }


def test_a_gate_asks_for_everything_that_a_feature_stands_on() -> None:
    now = datetime(2026, 11, 22, tzinfo=SHANGHAI)
    asked = {gate: [d.name for d in LIBRARY.in_force(now).values() if gate in d.gates] for gate in sorted(legal.GATES)}
    joining = ["user-agreement", "privacy-policy", "account-rules"]
    paying = ["user-agreement", "payment-service-agreement", "privacy-policy", "account-rules"]
    assert asked == {
        "envelopes": [*paying, "red-envelope-rules"],
        "join": joining,
        "merchant": [*paying, "merchant-agreement"],
        "payment": paying,
    }


@each_document
def test_each_document_is_there_in_both_languages_with_the_same_clauses(document: Document) -> None:
    assert tuple(document.texts) == legal.LANGUAGES
    english, chinese = document.texts["en"], document.texts["zh_CN"]
    assert [(s.number, s.anchor) for s in english.sections] == [(s.number, s.anchor) for s in chinese.sections]
    for ours, theirs in zip(english.sections, chinese.sections, strict=True):
        assert ours.heading != theirs.heading


@each_text
def test_each_command_that_is_named_belongs_to_the_product(text: LegalText) -> None:
    named = set(re.findall(r"(?<![\w/])/([a-z_]+)", text.plain))
    assert named
    assert named <= COMMANDS


@pytest.mark.parametrize("name", [d.name for d in LIBRARY.documents if d.name not in NOT_OPENED_YET])
def test_a_command_that_does_not_work_yet_is_marked_as_reserved(name: str) -> None:
    document = LIBRARY.find(name, "2026-11-22")
    assert document is not None
    works = set(Verb)
    for text in document.texts.values():
        for section in text.sections:
            if is_reserved(section.heading) or is_reserved(chapter_of(text, section).heading):
                continue
            for block in section.blocks:
                named = set(re.findall(r"(?<![\w/])/([a-z_]+)", block.text))
                assert named <= works or is_reserved(block.text), (section.number, named - works)


def is_reserved(words: str) -> bool:
    return re.search(r"\(reserved\)|（预留）", words) is not None


def chapter_of(text: LegalText, section: Section) -> Section:
    return next(s for s in text.sections if s.number == section.number.split(".")[0])


@pytest.mark.parametrize("name", NOT_OPENED_YET)
def test_a_document_about_what_is_not_opened_yet_says_so_in_its_first_chapter(name: str) -> None:
    document = LIBRARY.find(name, "2026-11-22")
    assert document is not None
    for text in document.texts.values():
        clause = next(s for s in text.sections if s.anchor == "scope-reserved")
        assert clause.number == "1.2"
        assert any(is_reserved(block.text) for block in clause.blocks)


@each_text
def test_each_text_names_the_operator_and_a_way_to_reach_it(text: LegalText) -> None:
    named = loaded(Names(brand="ikmPay", currency="CNY", operator="Operatrix", contact="Contactus"))
    filled = next(t for d in named.documents for t in d.texts.values()
                  if (t.language, t.title) == (text.language, text.title))
    assert "Operatrix" in filled.plain
    assert "Contactus" in filled.plain


@each_text
def test_a_text_that_somebody_else_deploys_names_no_currency_but_theirs(text: LegalText) -> None:
    named = loaded(Names(brand="ikmPay", currency="EUR"))
    filled = next(t for d in named.documents for t in d.texts.values()
                  if (t.language, t.title) == (text.language, text.title))
    assert re.findall(r"CNY|RMB|[¥￥]|人民币|[0-9] 元", filled.plain) == []


@pytest.mark.parametrize(("names", "limit"), [
    (NAMES, "¥200.00"), (Names(brand="ikmPay", currency="CNY", limit="0.50"), "¥0.50"),
    (Names(brand="ikmPay", currency="EUR"), "200 EUR")])
def test_the_limit_reads_as_money_does_in_the_chat(names: Names, limit: str) -> None:
    document = loaded(names).find("payment-service-agreement", "2026-11-22")
    assert document is not None
    for text in document.texts.values():
        assert limit in text.summary
        assert text.plain.count(limit) > 1


@pytest.mark.parametrize("code", legal.REASONS)
def test_every_reason_for_a_penalty_is_a_clause_in_both_languages(code: str) -> None:
    document = LIBRARY.find("user-agreement", "2026-11-22")
    assert document is not None
    clauses = [next(s for s in text.sections if s.anchor == f"reason-{code}") for text in document.texts.values()]
    assert len(clauses) == 2
    assert len({clause.number for clause in clauses}) == 1
    assert all(clause.blocks for clause in clauses)


def test_there_is_no_clause_for_a_reason_that_cannot_be_chosen() -> None:
    anchors = {s.anchor for text in TEXTS for s in text.sections if s.anchor.startswith("reason-")}
    assert anchors == {f"reason-{code}" for code in legal.REASONS}


@each_document
def test_both_languages_name_the_same_numbers_commands_and_reservations(document: Document) -> None:
    english, chinese = document.texts["en"], document.texts["zh_CN"]
    for ours, theirs in zip(english.sections, chinese.sections, strict=True):
        assert facts(ours.heading) == facts(theirs.heading), ours.number
        for left, right in zip(ours.blocks, theirs.blocks, strict=True):
            assert facts(left.text) == facts(right.text), (ours.number, left.text, right.text)


def facts(text: str) -> tuple[list[str], list[str], int]:
    """Numbers, commands and marks of reservation: what a translation must not change."""
    numbers = re.findall(r"\d+(?:[.:]\d+)*", text)
    return (
        sorted(numbers),
        sorted(re.findall(r"(?<!\w)[/@][a-z_]+", text)),
        len(re.findall(r"\(reserved\)|（预留）", text)),
    )


@each_document
def test_each_text_says_that_the_english_one_prevails(document: Document) -> None:
    assert "the English text prevails" in document.texts["en"].plain
    assert "以英文文本为准" in document.texts["zh_CN"].plain


@each_text
def test_a_summary_fits_the_joining_screen(text: LegalText) -> None:
    sentences = re.findall(r"[.。](?!\d)(?:\s|$|(?=\w))", text.summary)
    assert 2 <= len(sentences) <= 4
    assert legal.units(text.summary) <= 500


CHINESE = [text for text in TEXTS if text.language == "zh_CN"]


@pytest.mark.parametrize(
    "wrong",
    [
        r"[一-鿿][,.:;!?()\"']",
        r"[,:;!?()\"'][一-鿿]",
        r"[一-鿿][A-Za-z0-9]",
        r"[A-Za-z0-9][一-鿿]",
        r"[、，。：；！？（）“”《》] ",
        r" [、，。：；！？（）“”《》]",
        r"[一-鿿] +[一-鿿]",
        r"  ",
    ],
)
def test_chinese_is_set_with_full_width_punctuation_and_one_space_before_latin(wrong: str) -> None:
    for text in CHINESE:
        lines = [line for line in text.plain.split("\n") if not re.match(r"[\d.]+ |第 \d+ 条 |• ", line)]
        lines += [s.heading for s in text.sections] + [b.text for s in text.sections for b in s.blocks]
        assert [m.group() for line in lines for m in re.finditer(f".?{wrong}.?", line)] == []


def test_chinese_texts_have_no_line_left_in_english() -> None:
    for text in CHINESE:
        for line in filter(None, text.plain.split("\n")):
            words = re.findall(r"[A-Za-z][A-Za-z0-9]*", re.sub(r"[/@][a-z_]+", "", line))
            assert set(words) <= LATIN_IN_CHINESE, line
            assert re.search("[一-鿿]", line), line


def test_english_texts_have_no_chinese_sign() -> None:
    for text in TEXTS:
        if text.language == "en":
            assert re.findall(r"[\u2e80-\u9fff\uff00-\uffef]", text.plain) == []


@each_text
def test_no_placeholder_and_no_markup_is_left(text: LegalText) -> None:
    assert re.findall(r"[{}*`\[\]#<>|\\]", text.plain) == []


# Fingerprints


@each_document
def test_a_published_text_never_changes(document: Document) -> None:
    for language, text in document.texts.items():
        assert document.version == "2026-11-22"
        assert text.sha256 == PUBLISHED[document.name, language]


@each_text
def test_the_fingerprint_is_of_the_very_characters_that_are_read(text: LegalText) -> None:
    assert hashlib.sha256(text.plain.encode()).hexdigest() == text.sha256


def test_loading_again_gives_the_same_and_another_brand_another_fingerprint() -> None:
    again, other = loaded(), loaded(Names(brand="Otherpay", currency="CNY"))
    assert again == LIBRARY
    for ours, theirs in zip(LIBRARY.documents, other.documents, strict=True):
        for language in legal.LANGUAGES:
            assert ours.texts[language].sha256 != theirs.texts[language].sha256


# Reading in the chat


@each_text
@pytest.mark.parametrize("limit", [3000, 3800, 4096])
def test_pages_keep_the_limit_and_say_every_word(text: LegalText, limit: int) -> None:
    check_pages(text, limit)


def check_pages(text: LegalText, limit: int) -> None:
    pages = legal.pages(text, limit)
    said = ""
    for page in pages:
        reader = read(page)
        assert legal.units(page) <= limit
        assert legal.units("".join(reader.text)) <= 4096
        said += squeezed("".join(reader.text))
    position = 0
    for section in text.sections:
        for words in (text.label(section), *(block.text for block in section.blocks)):
            position = said.index(squeezed(words), position)


@each_text
def test_contents_lead_to_the_page_on_which_a_clause_begins(text: LegalText) -> None:
    pages, entries = legal.pages(text), legal.contents(text)
    assert [entry.anchor for entry in entries] == [section.anchor for section in text.sections]
    for entry, section in zip(entries, text.sections, strict=True):
        assert text.label(section) in unescape(pages[entry.page - 1])


@each_text
def test_long_clauses_with_a_lead_are_folded(text: LegalText) -> None:
    folded = "".join(legal.pages(text)).count("<blockquote expandable>")
    assert folded <= len(text.sections) // 4, "most clauses are read without unfolding"


def test_a_clause_longer_than_a_page_goes_on_on_the_next(tmp_path: Path) -> None:
    paragraphs = "\n\n".join(f"Paragraph {n}, {'which goes on ' * 90}" for n in range(12))
    body = f"## 1 Long {{#long}}\n\n{paragraphs}\n"
    text = written(tmp_path, body, body.replace("Paragraph", "段落")).documents[0].texts["en"]
    check_pages(text, 3000)
    pages = legal.pages(text, 3000)
    assert len(pages) > 4
    assert all("1. Long</b> (continued)" in page for page in pages[1:])


def test_a_chapter_heading_never_stands_alone_at_the_foot_of_a_page() -> None:
    for text in TEXTS:
        for page in legal.pages(text, 3000):
            assert not page.endswith("</b>")


@each_text
def test_the_rich_message_keeps_telegrams_rules(text: LegalText) -> None:
    messages = legal.rich(text)
    assert len(messages) == 1
    check_rich(text, messages)


def check_rich(text: LegalText, messages: tuple[str, ...]) -> None:
    said = ""
    for message in messages:
        reader = read(message, RICH_TAGS)
        assert len(message) <= 32_768
        assert reader.blocks <= 500
        assert len(set(reader.names)) == len(reader.names)
        assert set(reader.links) <= set(reader.names)
        assert text.sha256 in message
        said += squeezed("".join(reader.text))
    for section in text.sections:
        for words in (text.label(section), *(block.text for block in section.blocks)):
            assert squeezed(words) in said


def test_a_text_too_long_for_one_rich_message_continues_in_another(tmp_path: Path) -> None:
    body = "".join(
        f"## {n} Clause {{#clause-{letters(n)}}}\n\n{'Words and words. ' * 40}See [clause 1](#clause-a).\n\n"
        for n in range(1, 91)
    )
    text = written(tmp_path, body, body).documents[0].texts["en"]
    messages = legal.rich(text)
    assert len(messages) > 1
    check_rich(text, messages)


def letters(number: int) -> str:
    return "abcdefghij"[number % 10 - 1] * (number // 10 + 1)


@pytest.mark.parametrize("brand", HOSTILE)
def test_a_hostile_brand_is_escaped_and_stays_what_it_is(brand: str) -> None:
    library = loaded(Names(brand=brand, currency="EUR", operator=brand, court=brand, contact=brand))
    for document in library.documents:
        for text in document.texts.values():
            assert brand in text.title
            check_pages(text, 3800)
            check_rich(text, legal.rich(text))
            assert text.title in "".join(read(legal.pages(text)[0]).text)


def test_a_chinese_brand_stands_without_spaces_in_chinese() -> None:
    chinese = loaded(Names(brand="小付", currency="CNY")).documents[0].texts["zh_CN"]
    assert chinese.title == "小付用户协议"
    assert "我们运营小付（以下简称" in chinese.plain


@pytest.mark.parametrize(
    "names",
    [
        lambda: Names(brand="", currency="CNY"),
        lambda: Names(brand=" ", currency="CNY"),
        lambda: Names(brand="a\nb", currency="CNY"),
        lambda: Names(brand="a\u202eb", currency="CNY"),
        lambda: Names(brand="a\u200bb", currency="CNY"),
        lambda: Names(brand="a\u2028b", currency="CNY"),
        lambda: Names(brand="a" * 41, currency="CNY"),
        lambda: Names(brand="a", currency="cny"),
        lambda: Names(brand="a", currency="CNY", limit="２００"),
        lambda: Names(brand="a", currency="CNY", court="x" * 121),
    ],
)
def test_a_name_that_could_make_a_text_read_differently_is_refused(names: Callable[[], Names]) -> None:
    with pytest.raises(LegalError):
        names()


# Versions


def test_a_version_is_in_force_from_midnight_of_the_services_zone(tmp_path: Path) -> None:
    written(tmp_path, PLAIN_BODY, PLAIN_BODY)
    library = written(tmp_path, PLAIN_BODY, PLAIN_BODY, version="2027-01-10", effective="2027-02-01")
    midnight = datetime(2027, 2, 1, tzinfo=SHANGHAI)
    before, after = midnight - timedelta(microseconds=1), midnight.astimezone(UTC)
    assert library.in_force(before)["paper"].version == "2026-11-22"
    assert library.in_force(after)["paper"].version == "2027-01-10"
    assert library.in_force(after)["paper"].effective == date(2027, 2, 1)
    assert not library.in_force(datetime(2026, 11, 21, tzinfo=SHANGHAI))


def test_the_wallet_sees_the_same_documents_in_force(tmp_path: Path) -> None:
    written(tmp_path, PLAIN_BODY, PLAIN_BODY)
    library = written(tmp_path, PLAIN_BODY, PLAIN_BODY, version="2027-01-10", effective="2027-02-01")
    for moment in (datetime(2027, 1, 31, 23, 59, tzinfo=SHANGHAI), datetime(2027, 2, 1, tzinfo=SHANGHAI)):
        seen = library.terms().in_force("join", int(moment.timestamp()) * 1_000_000)
        ours = library.in_force(moment)["paper"]
        assert [(d.name, d.version, d.significant) for d in seen] == [("paper", ours.version, True)]
        assert dict(seen[0].hashes) == {language: text.sha256 for language, text in ours.texts.items()}


# What is refused at load

PLAIN_BODY = "## 1 One {#one}\n\nWords.\n\n### 1.1 Two {#two}\n\n- Item.\n"
FRONT = """---
document: paper
version: {version}
language: {language}
title: A paper of {{brand}}
effective: {effective}
kind: significant
gates: join
summary: It says this. And that.
{changes}---

"""


def written(
    folder: Path, english: str, chinese: str, *, version: str = "2026-11-22", effective: str = "2026-11-22"
) -> Library:
    (folder / "paper").mkdir(exist_ok=True)
    for language, body in (("en", english), ("zh_CN", chinese)):
        changes = "changes: All of it.\n" if version > "2026-11-22" else ""
        front = FRONT.format(version=version, effective=effective, language=language, changes=changes)
        (folder / "paper" / f"{version}.{language}.md").write_text(front + body, encoding="utf-8")
    return loaded(folder=folder)


def test_a_plain_paper_loads(tmp_path: Path) -> None:
    text = written(tmp_path, PLAIN_BODY, PLAIN_BODY).documents[0].texts["en"]
    assert [(s.number, s.anchor, s.html) for s in text.sections] == [
        ("1", "one", "<p>Words.</p>"),
        ("1.1", "two", "<ul><li>Item.</li></ul>"),
    ]


@pytest.mark.parametrize(
    ("fault", "body"),
    [
        ("raw HTML", "## 1 One {#one}\n\nA <b>word</b>.\n"),
        ("HTML block", "## 1 One {#one}\n\n<div>\nx\n</div>\n"),
        ("picture", "## 1 One {#one}\n\n![x](y.png)\n"),
        ("outside link", "## 1 One {#one}\n\n[clause 1](https://example.org)\n"),
        ("autolink", "## 1 One {#one}\n\n<https://example.org>\n"),
        ("numbered list", "## 1 One {#one}\n\n1. x\n"),
        ("list in a list", "## 1 One {#one}\n\n- x\n  - y\n"),
        ("quote", "## 1 One {#one}\n\n> x\n"),
        ("code block", "## 1 One {#one}\n\n    x\n"),
        ("fence", "## 1 One {#one}\n\n```\nx\n```\n"),
        ("rule", "## 1 One {#one}\n\nx\n\n***\n"),
        ("table", "## 1 One {#one}\n\n| a | b |\n|---|---|\n| c | d |\n"),
        ("italics", "## 1 One {#one}\n\nA *word*.\n"),
        ("stars that did not become bold", "## 1 One {#one}\n\n**词。**字\n"),
        ("code that is no command", "## 1 One {#one}\n\n`x = 1`\n"),
        ("hard break", "## 1 One {#one}\n\nx  \ny\n"),
        ("entity", "## 1 One {#one}\n\n&lt;\n"),
        ("unknown placeholder", "## 1 One {#one}\n\n{brandy}\n"),
        ("stray brace", "## 1 One {#one}\n\nx { y\n"),
        ("top heading", "# 1 One {#one}\n\nx\n"),
        ("heading without anchor", "## 1 One\n\nx\n"),
        ("heading without number", "## One {#one}\n\nx\n"),
        ("text before the first heading", "x\n\n## 1 One {#one}\n\ny\n"),
        ("no clauses", "\n"),
        ("gap in the numbers", "## 1 One {#one}\n\nx\n\n## 3 Three {#three}\n\ny\n"),
        ("same anchor twice", "## 1 One {#one}\n\nx\n\n## 2 Two {#one}\n\ny\n"),
        ("empty clause", "## 1 One {#one}\n\n## 2 Two {#two}\n\ny\n"),
        ("reference to nothing", "## 1 One {#one}\n\n[clause 2](#two)\n"),
        ("reference with a wrong number", "## 1 One {#one}\n\n[clause 2](#one)\n"),
        ("reference to no document", "## 1 One {#one}\n\n[clause 1](nowhere#one)\n"),
        ("reference without number", "## 1 One {#one}\n\n[above](#one)\n"),
        ("paragraph longer than a page", "## 1 One {#one}\n\n" + "word " * 500 + "\n"),
    ],
)
def test_what_is_not_in_the_dialect_is_refused(tmp_path: Path, fault: str, body: str) -> None:
    with pytest.raises(LegalError, match=r"paper/2026-11-22\.en"):
        written(tmp_path, body, body)


def test_a_line_break_in_a_chinese_paragraph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LegalError, match="line break"):
        written(tmp_path, PLAIN_BODY, PLAIN_BODY.replace("Words.", "前\n后"))


@pytest.mark.parametrize(
    "other",
    [
        PLAIN_BODY.replace("{#two}", "{#zwei}"),
        PLAIN_BODY.replace("- Item.", "Item."),
        PLAIN_BODY + "\nMore.\n",
        PLAIN_BODY + "\n## 2 More {#more}\n\nx\n",
    ],
)
def test_languages_that_differ_in_their_clauses_are_refused(tmp_path: Path, other: str) -> None:
    with pytest.raises(LegalError, match="paper/2026-11-22"):
        written(tmp_path, PLAIN_BODY, other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: significant", "kind: minor"),
        ("kind: significant", "kind: big"),
        ("effective: 2026-11-22", "effective: 2026-11-23"),
        ("effective: 2026-11-22", "effective: 2026-11-21"),
        ("effective: 2026-11-22", "effective: soon"),
        ("gates: join", "gates: payment"),
        ("gates: join", "gates: joining"),
        ("gates: join", "gates: "),
        ("language: en", "language: zh_CN"),
        ("language: en", "language: de"),
        ("version: 2026-11-22", "version: 2026-11-20"),
        ("document: paper", "document: other"),
        ("title: A paper of {brand}", "name: A paper"),
        ("---\n", ""),
    ],
)
def test_front_matter_that_is_wrong_or_differs_is_refused(tmp_path: Path, old: str, new: str) -> None:
    written(tmp_path, PLAIN_BODY, PLAIN_BODY)
    path = tmp_path / "paper" / "2026-11-22.en.md"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(LegalError):
        loaded(folder=tmp_path)


def test_a_missing_language_is_refused(tmp_path: Path) -> None:
    written(tmp_path, PLAIN_BODY, PLAIN_BODY)
    (tmp_path / "paper" / "2026-11-22.zh_CN.md").unlink()
    with pytest.raises(LegalError, match="needs en, zh_CN"):
        loaded(folder=tmp_path)


def test_an_older_version_that_takes_effect_later_is_refused(tmp_path: Path) -> None:
    written(tmp_path, PLAIN_BODY, PLAIN_BODY, effective="2027-03-01")
    with pytest.raises(LegalError, match="takes effect after"):
        written(tmp_path, PLAIN_BODY, PLAIN_BODY, version="2026-12-01", effective="2027-01-01")


@pytest.mark.parametrize(("version", "old", "new", "fault"), [
    ("2027-01-10", "changes: All of it.\n", "", "says not what changed"),
    ("2026-11-22", "summary: It says this. And that.\n", "summary: It.\nchanges: All of it.\n", "changes nothing"),
    ("2027-01-10", "effective: 2027-02-01", "effective: 2027-01-16", "7 days after"),
])
def test_a_version_that_is_not_announced_as_promised_is_refused(tmp_path: Path, version: str, old: str, new: str,
                                                                fault: str) -> None:
    written(tmp_path, PLAIN_BODY, PLAIN_BODY)
    written(tmp_path, PLAIN_BODY, PLAIN_BODY, version="2027-01-10", effective="2027-02-01")
    for path in (tmp_path / "paper").glob(f"{version}.*.md"):
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(LegalError, match=fault):
        loaded(folder=tmp_path)


def test_every_document_fits_into_a_button_with_two_versions() -> None:
    for document in LIBRARY.documents:
        version = "2026-11-22.99"
        assert Compare(document=document.name, since=version, version=version, language="zh_CN", page=99).pack()


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LegalError, match="no documents"):
        loaded(folder=tmp_path)
