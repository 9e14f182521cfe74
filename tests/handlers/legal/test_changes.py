"""What changed between two versions is told whole: new, gone, changed, moved, and merely pushed to another number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handlers import legal
from handlers.legal import Changes, LegalText
from tests.handlers.legal.shelf import LIBRARY, written

OLD = """## 1 Fees {#fees}

Sending costs nothing. Asking for a picture costs nothing either.

### 1.1 Cards {#cards}

A card costs 2. See [clause 2](#court) for disputes.

## 2 Court {#court}

- First item.
- Second item.
- Third item.
"""


def text(folder: Path, body: str, *, title: str = "Paper", summary: str = "It says this. And that.") -> LegalText:
    return written(folder, body, body, title=title, summary=summary).documents[0].texts["en"]


@pytest.fixture
def old(tmp_path: Path) -> LegalText:
    return text(tmp_path, OLD)


def told(changes: Changes) -> list[str]:
    """As short lines: kind, numbers, and each paragraph with [what went] and {what came}."""
    lines = []
    for clause in changes.clauses:
        moved = " moved" if clause.moved else ""
        lines.append(f"{clause.kind}{moved} {clause.was_number}>{clause.number} {clause.heading}")
        for paragraph in clause.paragraphs:
            marks = {"kept": "%s", "gone": "[%s]", "new": "{%s}"}
            words = "".join(marks[piece.kind] % piece.text for piece in paragraph.pieces)
            lines.append(f"  {paragraph.kind}{' item' if paragraph.is_item else ''}: {words}")
    return lines


def test_the_same_text_has_no_changes(old: LegalText, tmp_path: Path) -> None:
    same = legal.changes(old, text(tmp_path, OLD))
    assert not same
    assert told(same) == []


def test_a_changed_paragraph_is_told_word_by_word(old: LegalText, tmp_path: Path) -> None:
    new = text(tmp_path, OLD.replace("Sending costs nothing.", "Sending costs 1 for each payment."))
    assert told(legal.changes(old, new)) == [
        "changed 1>1 Fees",
        "  changed: Sending costs [nothing]{1 for each payment}. Asking for a picture costs nothing either."]


def test_a_paragraph_that_says_something_else_is_told_as_gone_and_new(old: LegalText, tmp_path: Path) -> None:
    new = text(tmp_path, OLD.replace("Sending costs nothing. Asking for a picture costs nothing either.",
                                     "Whoever sends money on a Sunday gives one half of it to us."))
    assert told(legal.changes(old, new)) == [
        "changed 1>1 Fees", "  added: {Whoever sends money on a Sunday gives one half of it to us.}",
        "  removed: [Sending costs nothing. Asking for a picture costs nothing either.]"]


def test_items_that_came_and_went_are_told_alone(old: LegalText, tmp_path: Path) -> None:
    new = text(tmp_path, OLD.replace("- Second item.\n", "").replace("- Third item.", "- Third item.\n- The moon."))
    assert told(legal.changes(old, new)) == [
        "changed 2>2 Court", "  removed item: [Second item.]", "  added item: {The moon.}"]


def test_a_clause_put_in_between_only_renumbers_those_after_it(old: LegalText, tmp_path: Path) -> None:
    body = OLD.replace("## 2 Court", "## 2 New {#new}\n\nNew words.\n\n## 3 Court").replace("[clause 2]", "[clause 3]")
    changed = legal.changes(old, text(tmp_path, body))
    assert told(changed) == ["added 2>2 New", "  added: {New words.}"]
    assert changed.renumbered == (("2", "3"),)


def test_a_reference_that_leads_elsewhere_under_another_number_is_a_change(old: LegalText, tmp_path: Path) -> None:
    new = text(tmp_path, OLD.replace("[clause 2](#court)", "[clause 1](#fees)"))
    assert told(legal.changes(old, new)) == [
        "changed 1.1>1.1 Cards", "  changed: A card costs 2. See clause [2]{1} for disputes."]


def test_a_removed_clause_stands_where_it_stood(old: LegalText, tmp_path: Path) -> None:
    body = OLD.replace("### 1.1 Cards {#cards}\n\nA card costs 2. See [clause 2](#court) for disputes.\n\n", "")
    assert told(legal.changes(old, text(tmp_path, body + "- Fourth.\n"))) == [
        "removed 1.1>1.1 Cards", "  removed: [A card costs 2. See clause 2 for disputes.]",
        "changed 2>2 Court", "  added item: {Fourth.}"]


def test_a_moved_clause_is_told_once_with_what_else_changed_in_it(tmp_path: Path) -> None:
    first = "## 1 One {#one}\n\nWords of one.\n\n## 2 Two {#two}\n\nWords of two.\n\n## 3 Three {#three}\n\nLast.\n"
    then = "## 1 Two {#two}\n\nWords of two.\n\n## 2 Three {#three}\n\nLast.\n\n## 3 Won {#one}\n\nWords of won.\n"
    before = text(tmp_path, first)
    changed = legal.changes(before, text(tmp_path, then))
    assert told(changed) == ["changed moved 1>3 Won", "  changed: Words of [one]{won}."]
    assert changed.clauses[0].was_heading == "One"
    assert changed.renumbered == (("2", "1"), ("3", "2"))


def test_title_and_summary_are_compared_too(old: LegalText, tmp_path: Path) -> None:
    changed = legal.changes(old, text(tmp_path, OLD, title="New paper", summary="It says this. And more."))
    assert [piece.text for piece in changed.title if piece.kind == "new"] == ["New paper"]
    assert [piece.text for piece in changed.summary if piece.kind != "kept"] == ["that", "more"]
    assert changed
    assert not changed.clauses


def test_bold_alone_is_no_change(old: LegalText, tmp_path: Path) -> None:
    assert not legal.changes(old, text(tmp_path, OLD.replace("nothing", "**nothing**", 1)))


def test_pieces_make_up_both_texts(tmp_path: Path) -> None:
    for document in LIBRARY.documents:
        for words in document.texts.values():
            for section in words.sections:
                for block in section.blocks:
                    rewritten = re.sub("[的e]", "啊x", block.text, count=4)
                    pieces = legal.changes(_only(words, block.text), _only(words, rewritten)).summary
                    if pieces:
                        assert "".join(p.text for p in pieces if p.kind != "new") == block.text
                        assert "".join(p.text for p in pieces if p.kind != "gone") == rewritten


def _only(words: LegalText, summary: str) -> LegalText:
    return LegalText(words.language, "", summary, "", (), "", "")
