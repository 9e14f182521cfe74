"""A text becomes an amount exactly or not at all, and the reason for "not" is named."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wallet.money import (
    CNY,
    MAX_DIGITS,
    AmountReason,
    AmountRefused,
    Currency,
    currency_opening,
    parse_amount,
    plain_amount,
)

JPY = Currency("JPY", 0, symbols=("¥",), words=("円",))
USD = Currency("USD", 2, symbols=("$",))
KWD = Currency("KWD", 3)

HARMLESS = frozenset(
    "0123456789０１２３４５６７８９.,．，¥￥元块塊圆圓钱錢人民币幣 \u3000cnyrmbCNYRMBｃｎｙｒｍｂＣＮＹＲＭＢ"
)


def reason_of(text: str, currency: Currency = CNY) -> AmountReason:
    with pytest.raises(AmountRefused) as caught:
        parse_amount(text, currency)
    return caught.value.reason


@pytest.mark.parametrize(
    ("text", "minor_units"),
    [
        ("20", 2000),
        ("20.5", 2050),
        ("20.50", 2050),
        ("0.01", 1),
        ("¥20", 2000),
        ("￥20", 2000),
        ("¥ 20", 2000),
        ("20元", 2000),
        ("20块", 2000),
        ("20 块", 2000),
        ("20块钱", 2000),
        ("20元钱", 2000),
        ("20圆", 2000),
        ("20人民币", 2000),
        ("20 人民幣", 2000),
        ("CNY 20", 2000),
        ("cny20", 2000),
        ("20 CNY", 2000),
        ("RMB 20", 2000),
        ("1,000.50", 100050),
        ("1,234,567", 123456700),
        ("２０．５", 2050),
        ("￥１，０００．５０", 100050),
        ("ＣＮＹ　２０", 2000),
        ("  20 ", 2000),
        ("999999999999999", 99999999999999900),
        ("9999999999999.99", 999999999999999),
    ],
)
def test_every_spelling_of_an_amount_is_read_exactly(text: str, minor_units: int) -> None:
    assert parse_amount(text, CNY) == minor_units


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", AmountReason.EMPTY),
        ("  \u3000", AmountReason.EMPTY),
        ("0", AmountReason.ZERO),
        ("0.00", AmountReason.ZERO),
        ("¥0", AmountReason.ZERO),
        ("００", AmountReason.ZERO),
        ("-20", AmountReason.NEGATIVE),
        ("−20", AmountReason.NEGATIVE),
        ("－２０", AmountReason.NEGATIVE),
        ("¥-20", AmountReason.NEGATIVE),
        ("-¥20", AmountReason.NEGATIVE),
        ("20.505", AmountReason.DECIMALS),
        ("20.500", AmountReason.DECIMALS),
        ("1000000000000000", AmountReason.DIGITS),
        ("99999999999999.99", AmountReason.DIGITS),
        ("9" * 5000, AmountReason.DIGITS),
        ("1e3", AmountReason.EXPONENT),
        ("1E+3", AmountReason.EXPONENT),
        ("2.5e-1", AmountReason.EXPONENT),
        ("１ｅ３", AmountReason.EXPONENT),
        ("1,00", AmountReason.GROUPING),
        ("20,5", AmountReason.GROUPING),
        ("1,0000", AmountReason.GROUPING),
        ("1000,000", AmountReason.GROUPING),
        ("1.000,50", AmountReason.GROUPING),
        ("1,,000", AmountReason.GROUPING),
        ("20 USD", AmountReason.CURRENCY),
        ("usd20", AmountReason.CURRENCY),
        ("$20", AmountReason.CURRENCY),
        ("€20", AmountReason.CURRENCY),
        ("20美元", AmountReason.CURRENCY),
        ("20円", AmountReason.CURRENCY),
        ("BTC 20", AmountReason.CURRENCY),
        ("NaN", AmountReason.MALFORMED),
        ("inf", AmountReason.MALFORMED),
        ("+20", AmountReason.MALFORMED),
        ("1_000", AmountReason.MALFORMED),
        ("1 000", AmountReason.MALFORMED),
        ("20.", AmountReason.MALFORMED),
        (".5", AmountReason.MALFORMED),
        ("1.2.3", AmountReason.MALFORMED),
        ("0x14", AmountReason.MALFORMED),
        ("20万", AmountReason.MALFORMED),
        ("20k", AmountReason.MALFORMED),
        ("二十", AmountReason.MALFORMED),
        ("٢٠", AmountReason.MALFORMED),
        ("२०", AmountReason.MALFORMED),
        ("2²", AmountReason.MALFORMED),
        ("𝟐𝟎", AmountReason.MALFORMED),
        ("¥20元", AmountReason.MALFORMED),
        ("元20", AmountReason.MALFORMED),
        ("20¥", AmountReason.MALFORMED),
        ("013800138000", AmountReason.MALFORMED),
        ("20\u202e", AmountReason.MALFORMED),
        ("2\u200b0", AmountReason.MALFORMED),
        ("20\x00", AmountReason.MALFORMED),
        ("20\n", AmountReason.MALFORMED),
        ("\ud800", AmountReason.MALFORMED),
        ("{0.__class__}", AmountReason.MALFORMED),
        ("x" * 5000, AmountReason.MALFORMED),
    ],
)
def test_everything_else_is_refused_with_its_reason(text: str, reason: AmountReason) -> None:
    assert reason_of(text) is reason


@pytest.mark.parametrize(
    ("text", "currency", "named"),
    [
        ("20 USD", CNY, "USD"),
        ("20美金", CNY, "USD"),
        ("$20", CNY, "$"),
        ("20元", USD, "CNY"),
        ("¥20", USD, "¥"),
        ("RMB 20", JPY, "CNY"),
        ("20 usdt", CNY, "USDT"),
        ("20 kwd", CNY, "KWD"),
        ("20块钱", USD, "CNY"),
        ("20圆", JPY, "CNY"),
    ],
)
def test_another_currency_is_refused_by_its_name(text: str, currency: Currency, named: str) -> None:
    with pytest.raises(AmountRefused) as caught:
        parse_amount(text, currency)
    assert caught.value.reason is AmountReason.CURRENCY
    assert caught.value.named == named
    assert caught.value.currency is currency


def test_decimals_follow_the_currency() -> None:
    assert parse_amount("¥20", JPY) == 20
    assert parse_amount("20円", JPY) == 20
    assert reason_of("20.0", JPY) is AmountReason.DECIMALS
    assert parse_amount("1.005", KWD) == 1005
    assert parse_amount("$1,000.5", USD) == 100050


def test_the_largest_amount_fits_a_64_bit_integer() -> None:
    for currency in (CNY, JPY, KWD):
        assert parse_amount("9" * MAX_DIGITS, currency) < 2**63


@pytest.mark.parametrize(("code", "digits"), [("cny", 2), ("CN", 2), ("C2Y", 2), ("CNY", -1), ("CLF", 4)])
def test_a_currency_that_cannot_be_kept_is_refused_at_start(code: str, digits: int) -> None:
    with pytest.raises(ValueError, match=code):
        Currency(code, digits)


def test_a_word_that_is_also_a_code_is_a_currency_only_in_capitals() -> None:
    for word in ("USD", "usd", "元", "BOB", "块钱", "美金"):
        assert currency_opening(word, CNY) == word
    for word in ("bob", "try", "lunch", ""):
        assert currency_opening(word, CNY) == ""


def test_a_chinese_currency_is_seen_without_a_space_behind_it_unless_it_is_a_single_sign() -> None:
    assert currency_opening("美金午饭", CNY) == "美金"
    assert currency_opening("块钱午饭", CNY) == "块钱"
    assert currency_opening("元宵节快乐", CNY) == ""
    assert currency_opening("刀削面", CNY) == ""


@given(st.integers(min_value=1, max_value=10**MAX_DIGITS - 1), st.sampled_from([CNY, JPY, KWD]))
def test_what_is_written_plainly_is_read_back(minor_units: int, currency: Currency) -> None:
    assert parse_amount(plain_amount(minor_units, currency), currency) == minor_units


@given(st.integers(min_value=1, max_value=10**13 - 1), st.integers(min_value=0, max_value=99))
def test_grouped_and_full_width_spellings_agree_with_the_plain_one(whole: int, cents: int) -> None:
    spelt = f"{whole:,}.{cents:02d}"
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in spelt)
    assert parse_amount(spelt, CNY) == parse_amount(wide, CNY) == whole * 100 + cents


@given(st.one_of(st.text(), st.text(alphabet="0123456789０９٢²,.，．-−+eE¥￥$元块CNY \u200b\u202e\x00\n_万")))
@example("\ud83d")
@example("1" * 250)
def test_an_accepted_text_holds_only_characters_that_spell_amounts(text: str) -> None:
    try:
        minor_units = parse_amount(text, CNY)
    except AmountRefused:
        return
    assert set(text) <= HARMLESS
    assert minor_units > 0


def test_no_script_but_ours_has_digits() -> None:
    for code in range(sys.maxunicode + 1):
        digit = chr(code)
        if unicodedata.digit(digit, None) is None or digit in "0123456789０１２３４５６７８９":
            continue
        assert reason_of(f"2{digit}") is AmountReason.MALFORMED


def test_plain_amounts_keep_their_sign_and_their_zeros() -> None:
    assert plain_amount(5, CNY) == "0.05"
    assert plain_amount(-2050, CNY) == "-20.50"
    assert plain_amount(20, JPY) == "20"
