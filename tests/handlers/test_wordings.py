"""Settings that fill the agreements may change: what was accepted can still be read, and the change is a version."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from handlers import legal
from handlers.legal import Document, Library, Names, Wording
from handlers.texts import LOCALES

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = Wording(1, date(2026, 11, 22), Names("ikmPay", "CNY", contact="a@pay.example"))
NOW = datetime(2026, 12, 24, tzinfo=UTC)
USER = "user-agreement"


def worded(*wordings: Wording, folder: Path = LOCALES / "legal") -> Library:
    return legal.load_all(folder, wordings, SHANGHAI)


def later(number: int, month: int, **names: str) -> Wording:
    return Wording(number, date(2026, month, 24), replace(FIRST.names, **names))


def test_the_first_wording_is_what_the_files_say() -> None:
    assert worded(FIRST) == legal.load(LOCALES / "legal", FIRST.names, SHANGHAI)


def test_a_changed_setting_makes_a_version_of_every_text_that_says_it_and_of_no_other() -> None:
    library = worded(FIRST, later(2, 12, limit="50"))
    for name, document in library.in_force(NOW).items():
        old = library.find(name, "2026-11-22")
        assert old == worded(FIRST).find(name, "2026-11-22")
        assert old is not None
        bodies = [[text.plain.replace(text.dates, "") for text in one.texts.values()] for one in (old, document)]
        assert (bodies[0] != bodies[1]) == (document.version == "2026-11-22.02")
        assert (document.version == "2026-11-22.02") == (document.effective == date(2026, 12, 24))
    assert {document.version for document in library.in_force(NOW).values()} == {"2026-11-22", "2026-11-22.02"}


def test_a_version_says_its_own_number_and_day() -> None:
    text = worded(FIRST, later(2, 12, operator="Pay Ltd")).in_force(NOW)[USER].texts["en"]
    assert text.dates == "Version 2026-11-22.02 · in force from 2026-12-24"
    assert text.dates in text.plain


@pytest.mark.parametrize(("name", "value", "significant"), [
    ("contact", "b@pay.example", False), ("brand", "Pay", False), ("limit", "50", True), ("operator", "Pay Ltd", True),
    ("court", "Moon", True), ("currency", "EUR", True)])
def test_how_somebody_is_called_or_reached_is_minor_and_all_else_has_to_be_accepted_again(
        name: str, value: str, significant: bool) -> None:
    terms = worded(FIRST, later(2, 12, **{name: value})).terms()
    accepted = " ".join(f"{document}@2026-11-22" for document in legal.ORDER)
    assert bool(terms.missing(accepted, "merchant", int(NOW.timestamp()) * 1_000_000)) == significant


def test_a_version_that_a_setting_made_says_what_is_different() -> None:
    texts = worded(FIRST, later(2, 12, court="Moon", contact="b@pay.example")).in_force(NOW)[USER].texts
    assert texts["en"].changes == (
        "This is different from the version before: the court (now Moon), how to reach us (now b@pay.example).")
    assert texts["zh_CN"].changes == (
        "与上一版本相比，变更如下：管辖法院（现为：Moon），联系方式（现为：b@pay.example）。")


def test_going_back_to_an_earlier_wording_is_a_version_again() -> None:
    library = worded(FIRST, later(2, 11, court="Moon"), later(3, 12))
    assert library.in_force(NOW)[USER].version == "2026-11-22.03"


def wrote(folder: Path, version: str, effective: str, *, kind: str = "significant") -> None:
    """A paper in both languages, as a file of that version."""
    for language, words in (("en", "You reach us here: {contact}. We are {operator}."),
                            ("zh_CN", "联系方式：{contact}。我们是{operator}。")):
        news = f"changes: What {version} changes.\n" if version > "2026-11-22" else ""
        paper = folder / "paper"
        paper.mkdir(exist_ok=True)
        (paper / f"{version}.{language}.md").write_text(
            f"---\ndocument: paper\nversion: {version}\nlanguage: {language}\ntitle: Paper\n"
            f"effective: {effective}\nkind: {kind}\ngates: payment\nsummary: Paper\n"
            f"{news}---\n\n"
            f"## 1 Paper {{#paper}}\n\n{words}\n", "utf-8")


def paper(library: Library, version: str) -> Document:
    found = library.find("paper", version)
    assert found is not None
    return found


def at(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def test_what_was_over_before_a_wording_began_has_no_version_in_it(tmp_path: Path) -> None:
    wrote(tmp_path, "2026-11-22", "2026-11-22")
    wrote(tmp_path, "2026-12-01", "2026-12-10")
    wrote(tmp_path, "2027-01-01", "2027-02-01")

    def found(*wordings: Wording) -> list[tuple[str, str]]:
        return [(document.version, str(document.effective))
                for document in worded(*wordings, folder=tmp_path).documents]

    assert found(FIRST, later(2, 12, contact="b")) == [
        ("2026-11-22", "2026-11-22"), ("2026-12-01", "2026-12-10"), ("2026-12-01.02", "2026-12-24"),
        ("2027-01-01", "2027-02-01"), ("2027-01-01.02", "2027-02-01")]
    assert found(FIRST, later(2, 11, contact="b"))[:4] == [
        ("2026-11-22", "2026-11-22"), ("2026-11-22.02", "2026-11-24"), ("2026-12-01", "2026-12-10"),
        ("2026-12-01.02", "2026-12-10")]


def test_what_is_to_come_gives_way_to_itself_in_the_new_wording_and_stays_what_it_is(tmp_path: Path) -> None:
    wrote(tmp_path, "2026-11-22", "2026-11-22")
    wrote(tmp_path, "2026-12-01", "2027-02-01", kind="minor")
    library = worded(FIRST, later(2, 12, operator="Pay Ltd"), folder=tmp_path)
    coming = library.coming(NOW)
    assert [(one.version, one.kind, one.texts["en"].changes) for one in coming] == [
        ("2026-12-01.02", "minor", "What 2026-12-01 changes.")]
    assert library.before(coming[0]) == library.in_force(NOW)["paper"] == paper(library, "2026-11-22.02")
    told = [one.version for one in library.terms().news("paper@2026-11-22", at(NOW))]
    assert told == ["2026-11-22.02", "2026-12-01.02"]


def test_what_gave_way_can_still_be_read_by_whoever_accepted_it_beforehand(tmp_path: Path) -> None:
    wrote(tmp_path, "2026-11-22", "2026-11-22")
    wrote(tmp_path, "2026-12-01", "2027-02-01")
    library = worded(FIRST, later(2, 12, operator="Pay Ltd"), folder=tmp_path)
    gone = paper(library, "2026-12-01")
    assert gone == paper(worded(FIRST, folder=tmp_path), "2026-12-01").giving_way("2026-11-22")
    assert library.before(gone) == paper(library, "2026-11-22")


def test_whoever_accepted_what_gave_way_has_accepted_no_other_operator_by_it(tmp_path: Path) -> None:
    wrote(tmp_path, "2026-11-22", "2026-11-22")
    wrote(tmp_path, "2026-12-01", "2027-02-01", kind="minor")
    terms = worded(FIRST, later(2, 12, operator="Pay Ltd"), folder=tmp_path).terms()
    before = worded(FIRST, folder=tmp_path).terms()
    for moment in (at(NOW), at(datetime(2027, 2, 2, tzinfo=UTC))):
        assert not before.missing("paper@2026-12-01", "payment", moment)
        assert terms.missing("paper@2026-12-01", "payment", moment) == ("paper",)
    assert not terms.missing("paper@2026-11-22.02", "payment", at(datetime(2027, 2, 2, tzinfo=UTC)))


def test_what_gave_way_twice_is_to_come_once(tmp_path: Path) -> None:
    wrote(tmp_path, "2026-11-22", "2026-11-22")
    wrote(tmp_path, "2026-12-01", "2027-02-01")
    wordings = (FIRST, later(2, 11, operator="Pay Ltd"), later(3, 12, operator="Pay Inc"))
    library = worded(*wordings, folder=tmp_path)
    assert [one.version for one in library.coming(NOW)] == ["2026-12-01.03"]
    assert [one.counts_as for one in library.documents if one.counts_as] == ["2026-11-22", "2026-11-22.02"]
    later_on = datetime(2027, 2, 2, tzinfo=UTC)
    assert library.in_force(later_on)["paper"].version == "2026-12-01.03"


def test_a_first_version_that_gave_way_before_its_day_is_gone(tmp_path: Path) -> None:
    wrote(tmp_path, "2026-11-22", "2027-02-01")
    library = worded(FIRST, later(2, 12, operator="Pay Ltd"), folder=tmp_path)
    assert [(one.version, one.texts["en"].changes) for one in library.documents] == [("2026-11-22.02", "")]
