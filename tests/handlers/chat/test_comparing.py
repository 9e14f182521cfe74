"""What changed, as pages: whole, well-formed and never longer than a message, however much is different."""

from __future__ import annotations

from itertools import permutations

import pytest

from handlers import legal
from handlers.chat.comparing import told
from handlers.legal import Names
from handlers.texts import LOCALES, Language
from tests.handlers.chat.world import LIBRARY, SPEAKERS, START, ZONE
from tests.handlers.legal.shelf import CLASSIC_TAGS, read, squeezed

BOTH = CLASSIC_TAGS | {"s", "u"}
HOSTILE = legal.load(LOCALES / "legal", Names("<b>&{title}", "EUR", "5", "</i>" * 20, "<" * 40, "\U0001f9e7"), ZONE)
LANGUAGES: tuple[Language, ...] = ("en", "zh_CN")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("one", "other"), list(permutations(LIBRARY.in_force(START), 2))[::4])
def test_two_texts_that_share_nothing_are_told_whole(language: Language, one: str, other: str) -> None:
    old, new = LIBRARY.in_force(START)[one].texts[language], HOSTILE.in_force(START)[other].texts[language]
    pages = told(old, new, SPEAKERS[language])
    said = ""
    for page in pages:
        assert legal.units(page) <= 4096
        said += squeezed("".join(read(page, BOTH).text))
    for text in (old, new):
        for section in text.sections:
            assert section.anchor in {other.anchor for other in (old if text is new else new).sections} or all(
                squeezed(block.text) in said for block in section.blocks), section.number


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_brand_is_told_where_it_stands(language: Language) -> None:
    for document in LIBRARY.in_force(START).values():
        new = HOSTILE.in_force(START)[document.name].texts[language]
        pages = told(document.texts[language], new, SPEAKERS[language])
        assert all(legal.units(page) <= 4096 for page in pages)
        assert sum("ikmPay</s>" in page for page in pages)
        assert [read(page, BOTH).open for page in pages] == [[]] * len(pages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_version_in_which_this_language_says_the_same_says_so(language: Language) -> None:
    text = LIBRARY.in_force(START)["user-agreement"].texts[language]
    pages = told(text, text, SPEAKERS[language])
    assert len(pages) == 1
    assert ("The words are the same" in pages[0]) == (language == "en")
