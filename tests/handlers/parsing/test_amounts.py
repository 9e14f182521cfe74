"""What could be another amount is none, and never a guess about money."""
from __future__ import annotations

import pytest

from handlers.commands import Verb
from handlers.parsing import ParseProblem, Replied, Unclear
from tests.handlers.parsing.saying import BOB, group, private, problem_of, sent
from wallet.money import AmountReason


def test_a_number_alone_is_an_amount_and_a_mobile_number_alone_never_is() -> None:
    assert group("/send 1000000", is_reply=True) == sent(Replied(), minor_units=100000000)
    assert problem_of("/send 13800138000", is_reply=True) is ParseProblem.NO_AMOUNT
    assert problem_of("/send 13800138000 lunch", is_reply=True) is ParseProblem.AMOUNT
    assert problem_of("/send @bob 20 13800138000") is ParseProblem.AMOUNT_UNCLEAR


@pytest.mark.parametrize(
    ("amount", "reason", "currency"),
    [
        ("0", AmountReason.ZERO, None),
        ("-20", AmountReason.NEGATIVE, None),
        ("- 20", AmountReason.NEGATIVE, None),
        ("20.505", AmountReason.DECIMALS, None),
        ("1e3", AmountReason.EXPONENT, None),
        ("NaN", AmountReason.MALFORMED, None),
        ("1,00", AmountReason.GROUPING, None),
        ("9" * 16, AmountReason.DIGITS, None),
        ("20 USD", AmountReason.CURRENCY, "USD"),
        ("USD 20", AmountReason.CURRENCY, "USD"),
        ("20 dollars lunch", AmountReason.CURRENCY, "USD"),
        ("$20 lunch", AmountReason.CURRENCY, "$"),
        ("20美元", AmountReason.CURRENCY, "USD"),
        ("20万", AmountReason.MALFORMED, None),
        ("20块5", AmountReason.MALFORMED, None),
        ("20午饭", AmountReason.MALFORMED, None),
        ("lunch 20", AmountReason.MALFORMED, None),
        ("二十", AmountReason.MALFORMED, None),
        ("٢٠", AmountReason.MALFORMED, None),
        ("2\u200b0", AmountReason.MALFORMED, None),
        ("+20", AmountReason.MALFORMED, None),
    ],
)
def test_a_refused_amount_keeps_its_reason(amount: str, reason: AmountReason, currency: str | None) -> None:
    assert private(f"/send @bob {amount}") == Unclear(Verb.SEND, ParseProblem.AMOUNT, reason, currency)


@pytest.mark.parametrize(
    "text",
    [
        "转账 20 了吗",
        "转账 2 天了还没到",
        "转账 1 次试试",
        "转账 3 次都失败了",
        "转账 2 遍",
        "转账 3 个人都没收到",
        "转账 5 个小时了",
        "转账 2 笔",
        "转账 10 号到账",
        "转账 8 点到的",
        "转账 20 分钟了",
        "转账 3 小时还没到",
        "转账 2 位都成功了",
        "转账 3 週了",
        "轉帳 2 個了",
        "转账 20 多了",
        "转账 20 左右吧",
        "转账 20 吗",
        "转账 20 没有",
        "转账 20元 了吗",
        "转账 20元了吗",
        "转账 20 元了吗",
        "转账 20，了吗",
    ],
)
def test_a_number_that_counts_something_is_no_amount(text: str) -> None:
    assert group(text, is_reply=True) is None
    assert problem_of(text, is_reply=True) is ParseProblem.AMOUNT_UNCLEAR
    assert problem_of(f"/send @bob {text[2:]}") is ParseProblem.AMOUNT_UNCLEAR


@pytest.mark.parametrize(
    "note",
    ["点心", "个人所得税", "天然气", "号码费", "人情", "次卡", "月饼", "年费", "日用品", "周末聚餐", "份子钱", "多谢"],
)
def test_a_note_may_begin_like_a_word_that_counts(note: str) -> None:
    assert group(f"转账 @bob 20 {note}") == sent(BOB, minor_units=2000, note=note)


@pytest.mark.parametrize("note", ["个苹果", "位老师", "点", "天的饭", "笔"])
def test_behind_a_currency_nothing_is_counted(note: str) -> None:
    assert group(f"转账 @bob 20元 {note}") == sent(BOB, minor_units=2000, note=note)
    assert group(f"转账 @bob 20 元 {note}") == sent(BOB, minor_units=2000, note=note)


@pytest.mark.parametrize(
    "note",
    ["2杯咖啡", "3个苹果", "8月房租", "2026年会费", "5分钟路程", "2千克米", "12:30 lunch", "5/1", "3rd week"],
)
def test_a_number_that_says_what_it_counts_is_a_note(note: str) -> None:
    assert private(f"/send @bob 20 {note}") == sent(BOB, minor_units=2000, note=note)


@pytest.mark.parametrize(
    "behind",
    [
        "50",
        "5",
        "50.5",
        "50,",
        "50。",
        "1,50 lunch",
        "2 coffees",
        "50 午饭",
        "５０",
        "，50",
        ", 50 lunch",
        "¥50",
        "50元",
        "50元午饭",
        "5毛",
        "5分",
        "2万",
        "2k",
        "50 RMB",
        "50rmb",
        "13800138000",
        *("٠٠٠", "٥٠٠ lunch", "②", "½", "² lunch", "千五", "万5", "百五午饭", "五百", "两千 房租", "几块", "k."),
        *("x 10", "x10", "*10", "×10", "+5", "+ 5", "-5", "/2", "~30", "^2", "e3"),
        *("’000", "'000", "·5", "。5", ". 5", "٫5"),
        *("- 5", "–5", "— 50", "or 30", "to 50", "或 50", "或者50", "到 50", "至50", "and 50 cents", "和 50"),
        *("1/2", "3/4", "1/2 pizza"),
    ],
)
def test_a_second_number_could_be_more_of_the_amount(behind: str) -> None:
    """`1 50` is one fifty as well as a hundred and fifty; whoever means a note begins it with a word."""
    assert problem_of(f"/send @bob 1 {behind}") is ParseProblem.AMOUNT_UNCLEAR
    assert problem_of(f"/send @bob 20元 {behind}") is ParseProblem.AMOUNT_UNCLEAR
    assert group(f"转账 @bob 1 {behind}") is None


@pytest.mark.parametrize("note", [
    "万一下雨", "万事如意", "百年好合", "百日宴", "千里之外", "- 5月房租", "-5楼快递", "x光片", "*谢谢", "+me", "~谢谢",
    "三明治", "八宝粥", "E3展会", "'90 party", "k歌", "多谢", "两杯咖啡",
    "to 2nd floor", "order 66", "到3楼", "至尊披萨", "或许吧", "and thanks", "和5楼一起买的", "— 午饭", "5/1", "12/24",
])  # fmt: skip
def test_a_note_that_only_begins_like_more_of_the_amount_is_a_note(note: str) -> None:
    assert private(f"/send @bob 20 {note}") == sent(BOB, minor_units=2000, note=note)


@pytest.mark.parametrize(
    "amount",
    [
        "20块5",
        "20块五",
        "20块五毛",
        "20块两毛钱",
        "20块半",
        "20块半午饭",
        "20块几",
        "20块多",
        "20块左右",
        "20元5角",
        "20 块5",
        "20 块五",
        "20块 五毛",
        "20块钱了吗",
        "20 元了吗",
        "20元没到",
        "20万元",
        "20万元房租",
        "20万块钱",
        "20多块",
        "20来块钱",
        "20几块午饭",
        "二十元午饭",
        "20。5",
        "20！5",
        "20. 5",
        "20。 5",
        "20..",
        "20块美金",
        "20块美金午饭",
        "20 美金午饭",
        "20美元午饭",
        "20元港币",
        "¥20元午饭",
        "20日元午饭",
    ],
)
def test_no_forgiven_space_makes_an_amount_of_what_could_be_another(amount: str) -> None:
    assert problem_of(f"/send @bob {amount}") in (ParseProblem.AMOUNT, ParseProblem.AMOUNT_UNCLEAR)
    assert group(f"转账 @bob {amount}") is None
