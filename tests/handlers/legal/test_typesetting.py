"""Each language is set as it is written, with nothing of the other and no markup left."""
from __future__ import annotations

import re

import pytest

from handlers.legal import LegalText, Names
from tests.handlers.legal.shelf import TEXTS, each_text, loaded

LATIN_IN_CHINESE = {"ikmPay", "Telegram", "SHA", "Argon2id", "CNY", "Asia", "Shanghai", "QQ", "AA", "Cookie"}
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


def test_a_chinese_brand_stands_without_spaces_in_chinese() -> None:
    chinese = loaded(Names(brand="小付", currency="CNY")).documents[0].texts["zh_CN"]
    assert chinese.title == "小付用户协议"
    assert "我们运营小付（以下简称" in chinese.plain
