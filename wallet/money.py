"""Money as people write it, and money as the ledger keeps it: integers of minor units.

Guards: a text becomes an amount exactly or not at all. Every character is checked before any number is made of it,
because `int()` reads every script's digits and `1_000`, and `Decimal()` reads `1e5`. No float and no rounding exist
on this way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NoReturn

MAX_DIGITS: Final = 15
"""More digits than any honest amount has; fifteen of them in minor units still fit a 64-bit integer."""

MAX_CURRENCY_DIGITS: Final = 3
"""A currency with four decimals could push a fifteen-digit amount past 64 bits, so none is accepted."""

MAX_LENGTH: Final = 200
"""Longer texts are not amounts, whatever they hold."""


class AmountReason(StrEnum):
    """Why a text is not an amount. Each one has its own sentence for the person who typed it."""

    EMPTY = "empty"
    ZERO = "zero"
    NEGATIVE = "negative"
    DECIMALS = "decimals"
    DIGITS = "digits"
    EXPONENT = "exponent"
    CURRENCY = "currency"
    GROUPING = "grouping"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Currency:
    """The one currency of a deployment: its ISO 4217 code, its decimals and how people write it.

    Symbols stand before the number (`¥20`), words after it (`20元`); words in Latin letters and the code
    itself may stand on either side (`CNY 20`, `20 RMB`).
    """

    code: str
    digits: int
    symbols: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """A wrong setting must stop the process at start, not a payment later."""
        if not (len(self.code) == 3 and self.code.isascii() and self.code.isalpha() and self.code.isupper()):
            raise ValueError(f"{self.code!r} is not an ISO 4217 code.")
        if not 0 <= self.digits <= MAX_CURRENCY_DIGITS:
            raise ValueError(f"{self.code} has {self.digits} decimals, not 0 to {MAX_CURRENCY_DIGITS}.")

    def writes_before(self, marker: str) -> bool:
        """Whether people write this marker before a number."""
        return marker in self.symbols or (marker.isascii() and self._is_latin_name(marker))

    def writes_after(self, marker: str) -> bool:
        """Whether people write this marker after a number."""
        return marker in self.words or (marker.isascii() and self._is_latin_name(marker))

    def _is_latin_name(self, marker: str) -> bool:
        upper = marker.upper()
        return upper == self.code or any(word.isascii() and word.upper() == upper for word in self.words)


CNY: Final = Currency("CNY", 2, symbols=("¥", "￥"), words=(
    "元", "块", "塊", "圆", "圓", "元钱", "元錢", "块钱", "塊錢", "人民币", "人民幣", "RMB",
))


class AmountRefused(ValueError):
    """A text that is not an amount of our currency, with the facts that its sentence needs."""

    def __init__(self, reason: AmountReason, currency: Currency, named: str | None = None) -> None:
        """`named` is the other currency that was asked for, taken from our own table, never from the text."""
        super().__init__(reason, currency, named)
        self.reason = reason
        self.currency = currency
        self.named = named

    def __str__(self) -> str:
        """For logs only: people read the sentence that handlers make of the reason."""
        return f"{self.reason} ({self.named or self.currency.code})"


def parse_amount(text: str, currency: Currency) -> int:
    """The minor units that a text names, or `AmountRefused` with the reason. Linear in the text's length."""
    if len(text) > MAX_LENGTH:
        _refuse(AmountReason.DIGITS if _ONLY_DIGITS.fullmatch(text) else AmountReason.MALFORMED, currency)
    folded = fold_width(text).strip(" ")
    if not folded:
        _refuse(AmountReason.EMPTY, currency)
    found = _SHAPE.fullmatch(folded)
    if found is None:
        _refuse(AmountReason.MALFORMED, currency)
    _check_markers(found["before"], found["after"], currency)
    sign = found["sign1"] or found["sign2"]
    if sign:
        _refuse(AmountReason.NEGATIVE if sign in "-−" else AmountReason.MALFORMED, currency)
    return _minor_units(found["number"], currency)


def plain_amount(minor_units: int, currency: Currency) -> str:
    """The shortest text that every machine reads alike: `2050` is `20.50` in a currency of two decimals."""
    sign, units = ("-", -minor_units) if minor_units < 0 else ("", minor_units)
    if currency.digits == 0:
        return f"{sign}{units}"
    whole, fraction = divmod(units, 10**currency.digits)
    return f"{sign}{whole}.{fraction:0{currency.digits}d}"


def fold_width(text: str) -> str:
    """Full-width forms as their ASCII twins, character for character, so that positions stay the same."""
    return text if text.isascii() else text.translate(_FOLD)


def other_currency(marker: str, currency: Currency) -> str | None:
    """The name of another currency that a folded word stands for, or nothing when it is none that we know."""
    if currency.writes_before(marker) or currency.writes_after(marker):
        return None
    named = _NAMES.get(marker.lower()) or (marker if marker in _SIGNS else None)
    if named is None and marker.isascii() and marker.upper() in _CODES:
        named = marker.upper()
    return None if named == currency.code else named


def currency_opening(word: str, currency: Currency) -> str:
    """The currency that a word beside a number can only mean, or begins with in Chinese, which writes no spaces; ""
    when there is none.

    Many codes are also words or names (`try`, `all`, `bob`), so a code counts only in capitals, and a single sign,
    which other words begin with (`元宵`, `刀削面`), only where it stands alone.
    """
    if not word:
        return ""
    folded = fold_width(word)
    if currency.writes_before(folded) or currency.writes_after(folded):
        return word
    if folded.lower() in _NAMES or folded in _SIGNS or folded in _CODES:
        return word
    return next((name for name in _LONG_NAMES if folded.startswith(name)), "")


def _check_markers(before: str | None, after: str | None, currency: Currency) -> None:
    """At most one marker, on a side where it is written, and ours."""
    markers = [marker for marker in (before, after) if marker]
    for marker in markers:
        named = other_currency(marker, currency)
        if named is not None:
            _refuse(AmountReason.CURRENCY, currency, named)
    if after and _EXPONENT.fullmatch(after):
        _refuse(AmountReason.EXPONENT, currency)
    if len(markers) > 1:
        _refuse(AmountReason.MALFORMED, currency)
    if (before and not currency.writes_before(before)) or (after and not currency.writes_after(after)):
        _refuse(AmountReason.MALFORMED, currency)


def _minor_units(number: str, currency: Currency) -> int:
    """What a run of ASCII digits, commas and points is worth."""
    whole, point, fraction = number.partition(".")
    if "," in number and not _GROUPED.fullmatch(number):
        _refuse(AmountReason.GROUPING, currency)
    whole = whole.replace(",", "")
    if not _ONLY_DIGITS.fullmatch(whole) or (point and not _ONLY_DIGITS.fullmatch(fraction)):
        _refuse(AmountReason.MALFORMED, currency)
    if len(fraction) > currency.digits:
        _refuse(AmountReason.DECIMALS, currency)
    if len(whole) + len(fraction) > MAX_DIGITS:
        _refuse(AmountReason.DIGITS, currency)
    minor_units = int(whole + fraction.ljust(currency.digits, "0"))
    if minor_units == 0:
        _refuse(AmountReason.ZERO, currency)
    if whole != "0" and whole.startswith("0"):
        # Nobody writes money like this, but telephone numbers look so.
        _refuse(AmountReason.MALFORMED, currency)
    return minor_units


def _refuse(reason: AmountReason, currency: Currency, named: str | None = None) -> NoReturn:
    raise AmountRefused(reason, currency, named)


_FOLD: Final[dict[int, str]] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}

_ONLY_DIGITS: Final = re.compile(r"[0-9]+")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_EXPONENT: Final = re.compile(r"[eE][+-]?[0-9]+")
# A marker is a run of letters and signs; the number is whatever starts with a digit and could still be one.
_SHAPE: Final = re.compile(
    r"(?P<sign1>[-−+])? ?(?P<before>[^0-9.,+\-− ]{1,8})? ?(?P<sign2>[-−+])?(?P<number>[0-9][0-9.,]*)"
    r" ?(?P<after>[eE][+-]?[0-9]+|[^0-9.,+\-− ]{1,8})?"
)

# Signs that belong to no single currency, or to one that a person would not recognise by its code.
_SIGNS: Final = frozenset("$€£¥￥₩₽₹₫฿₺₴₦₱₪₸₮₿")

_NAMES: Final[dict[str, str]] = {
    "美元": "USD", "美金": "USD", "刀": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD",
    "欧元": "EUR", "歐元": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "英镑": "GBP", "英鎊": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP",
    "日元": "JPY", "日圆": "JPY", "日圓": "JPY", "円": "JPY", "jpy": "JPY", "yen": "JPY", "jp¥": "JPY",
    "港币": "HKD", "港幣": "HKD", "港元": "HKD", "hkd": "HKD", "hk$": "HKD",
    "台币": "TWD", "台幣": "TWD", "新台币": "TWD", "新台幣": "TWD", "twd": "TWD", "ntd": "TWD", "nt$": "TWD",
    "澳门元": "MOP", "澳門元": "MOP", "澳元": "AUD", "aud": "AUD", "加元": "CAD",
    "新加坡元": "SGD", "sgd": "SGD",
    "韩元": "KRW", "韓元": "KRW", "韩币": "KRW", "krw": "KRW", "卢布": "RUB", "盧布": "RUB", "rub": "RUB",
    "泰铢": "THB", "泰銖": "THB", "thb": "THB", "法郎": "CHF", "瑞士法郎": "CHF", "chf": "CHF",
    "元": "CNY", "块": "CNY", "塊": "CNY", "圆": "CNY", "圓": "CNY", "元钱": "CNY", "元錢": "CNY",
    "块钱": "CNY", "塊錢": "CNY", "人民币": "CNY", "人民幣": "CNY", "rmb": "CNY", "cny": "CNY",
    "yuan": "CNY", "cn¥": "CNY", "usdt": "USDT", "usdc": "USDC", "btc": "BTC", "eth": "ETH", "ton": "TON",
    "比特币": "BTC", "比特幣": "BTC", "泰达币": "USDT",
}  # fmt: skip

_LONG_NAMES: Final = tuple(name for name in _NAMES if len(name) > 1 and not name.isascii())

# ISO 4217, the codes in circulation.
_CODE_LIST: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP "
    "GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD "
    "KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN "
    "NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND "
    "VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
)
_CODES: Final = frozenset(_CODE_LIST.split())
