"""What the agreements say: alike in both languages, and true of the product."""
from __future__ import annotations

import re
from datetime import datetime

import pytest

from handlers import legal
from handlers.commands import Verb
from handlers.keyboards import Compare
from handlers.legal import Document, LegalText, Names, Section
from tests.handlers.legal.shelf import FOLDER, LIBRARY, NAMES, SHANGHAI, TEXTS, each_document, each_text, loaded

COMMANDS = frozenset({
    "start", "help", "language", "cancel", "agreement", "balance", "history", "statement", "receipt", "send",
    "giveback", "topup", "nickname", "pin", "settings", "red", "envelopes", "collect", "request", "split",
    "schedules", "voucher", "group", "verify", "limits", "lock", "unlock", "block", "report", "family",
    "recover", "support", "merchant", "link", "pay", "orders", "refund", "shop", "invoice", "apps", "dispute",
    "bills", "mobile", "parking", "cards", "withdraw", "mydata", "delete_account", "find", "nearby",
})  # fmt: skip
"""What members can ask for, once the whole product is built."""
NOT_OPENED_YET = ("merchant-agreement",)
"""Documents that are reserved as a whole, and say so in a clause of their own."""


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


@pytest.mark.parametrize("name", [d.name for d in LIBRARY.documents if d.name != "user-agreement"])
def test_a_document_that_marks_something_as_reserved_leads_to_what_that_means_before_it_does(name: str) -> None:
    document = LIBRARY.find(name, "2026-11-22")
    assert document is not None
    for text in document.texts.values():
        blocks = [block.text for section in text.sections for block in section.blocks]
        first = next(block for block in blocks if is_reserved(block))
        assert re.search(r"“\(reserved\)”|“（预留）”", first)
        source = (FOLDER / name / f"2026-11-22.{text.language}.md").read_text(encoding="utf-8")
        assert "](user-agreement#reserved)" in source


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


@pytest.mark.parametrize(("currency", "amounts"), [
    ("CNY", ("¥200.00", "¥1,000.00", "¥100,000.00", "¥200,000.00")),
    ("EUR", ("200 EUR", "1,000 EUR", "100,000 EUR", "200,000 EUR"))])
def test_every_amount_reads_as_money_does_in_the_chat(currency: str, amounts: tuple[str, ...]) -> None:
    library = loaded(Names(brand="ikmPay", currency=currency))
    envelopes, rules = (library.find(name, "2026-11-22") for name in ("red-envelope-rules", "account-rules"))
    assert envelopes is not None
    assert rules is not None
    for language in ("en", "zh_CN"):
        assert amounts[0] in envelopes.texts[language].plain
        assert [amount for amount in amounts[1:] if amount in rules.texts[language].plain] == list(amounts[1:])


@each_text
def test_no_amount_is_written_in_another_way(text: LegalText) -> None:
    assert re.findall(r"[0-9] ?(?:CNY|RMB|元)|(?:CNY|RMB) ?[0-9]|[¥￥](?![0-9,]+\.[0-9]{2})", text.plain) == []


@each_text
def test_a_summary_speaks_as_the_bot_does_and_the_clauses_as_a_contract(text: LegalText) -> None:
    assert "您" not in text.summary
    assert "你" not in text.plain.replace(text.summary, "")


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
def test_each_text_says_that_the_english_one_prevails(document: Document) -> None:
    assert "the English text prevails" in document.texts["en"].plain
    assert "以英文文本为准" in document.texts["zh_CN"].plain


@each_text
def test_a_summary_fits_the_joining_screen(text: LegalText) -> None:
    sentences = re.findall(r"[.。](?!\d)(?:\s|$|(?=\w))", text.summary)
    assert 2 <= len(sentences) <= 4
    assert legal.units(text.summary) <= 500


def test_every_document_fits_into_a_button_with_two_versions() -> None:
    for document in LIBRARY.documents:
        version = "2026-11-22.99"
        assert Compare(document=document.name, since=version, version=version, language="zh_CN", page=99).pack()
