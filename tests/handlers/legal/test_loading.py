"""A paper that is not written as agreements are is refused before anybody reads it."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from handlers.legal import LegalError, Names
from tests.handlers.legal.shelf import PLAIN_BODY, loaded, written


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


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LegalError, match="no documents"):
        loaded(folder=tmp_path)
