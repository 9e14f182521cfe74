"""Notes and nicknames can be stored, fit on a line, and deceive nobody."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wallet.text import (
    MAX_NICKNAME,
    MAX_NOTE,
    MIN_NICKNAME,
    TextReason,
    TextRefused,
    _skeleton,
    as_said,
    clean_nickname,
    clean_note,
    clean_word,
    is_offensive,
    presentable,
    propose_nickname,
)

HOSTILE = st.text(alphabet="ab小* @\u202e\u2066\u2069\u200b\u200d\u3164\u0000\ud800\n\t\u2028\u0301אﷺ😀\ufe0f")


def reason_of(name: str, brand: str = "ikmPay") -> TextReason:
    with pytest.raises(TextRefused) as caught:
        clean_nickname(name, brand)
    return caught.value.reason


# ---------------------------------------------------------------------------------------------- words
@pytest.mark.parametrize(("typed", "kept"), [("恭喜", "恭喜"), (" Cheers ", "Cheers"), ("字" * 20, "字" * 20),
                                             ("", None), ("\u200b\u3164", None), ("\ufe0f", None)])
def test_a_word_is_kept_as_people_can_say_it(typed: str, kept: str | None) -> None:
    assert clean_word(typed) == kept


@pytest.mark.parametrize("typed", ["字" * 21, "x" * 5_000])
def test_a_word_is_short(typed: str) -> None:
    with pytest.raises(TextRefused) as caught:
        clean_word(typed)
    assert caught.value.reason is TextReason.TOO_LONG


@given(HOSTILE)
def test_the_same_word_is_the_same_however_often_it_is_folded(typed: str) -> None:
    assert as_said(as_said(typed)) == as_said(typed)


# ---------------------------------------------------------------------------------------------- notes
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("lunch", "lunch"),
        ("  午饭  ", "午饭"),
        ("a\n b\t\tc\u2028d", "a b c d"),
        ("a  b", "a b"),
        ("\u202eabc\u2069\u0000", "abc"),
        ("x\ud83dy", "x\ufffdy"),
        ("👨‍👩‍👧 dinner ❤️", "👨‍👩‍👧 dinner ❤️"),
        ("<b>{0.__class__}</b>", "<b>{0.__class__}</b>"),
        ("Z" + "\u0351" * 50, "Z" + "\u0351" * 3),
        ("字" * 100, "字" * 100),
        ("", None),
        (" \u3000\u200b\u202e ", None),
        ("\u3164\u2800", None),
    ],
)
def test_a_note_is_kept_as_one_clean_line(typed: str, kept: str | None) -> None:
    assert clean_note(typed) == kept


@pytest.mark.parametrize("typed", ["x" * 101, "字" * 5000])
def test_a_note_of_more_than_a_hundred_characters_is_refused(typed: str) -> None:
    with pytest.raises(TextRefused) as caught:
        clean_note(typed)
    assert caught.value.reason is TextReason.TOO_LONG
    assert caught.value.most == MAX_NOTE


@given(st.one_of(st.text(), HOSTILE))
def test_every_note_that_is_kept_can_be_stored_and_shown_on_one_line(typed: str) -> None:
    try:
        note = clean_note(typed)
    except TextRefused:
        return
    if note is not None:
        assert 1 <= len(note) <= MAX_NOTE
        assert not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs") for letter in note)
        assert clean_note(note) == note


# ------------------------------------------------------------------------------------------ nicknames
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("小明", "小明"),
        ("  Alice   Smith ", "Alice Smith"),
        ("Ａｌｉｃｅ", "Alice"),
        ("José", "José"),
        ("Jose\u0301", "José"),
        ("אבגד", "אבגד"),
        ("Алексей", "Алексей"),
        ("Bob ❤️", "Bob ❤"),
        ("badminton fan", "badminton fan"),
        ("Arsenal supporter", "Arsenal supporter"),
        ("羽毛球 2026", "羽毛球 2026"),
        ("x" * 20, "x" * 20),
    ],
)
def test_an_honest_nickname_is_kept(typed: str, kept: str) -> None:
    assert clean_nickname(typed) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", TextReason.TOO_SHORT),
        ("明", TextReason.TOO_SHORT),
        (" a ", TextReason.TOO_SHORT),
        ("x" * 21, TextReason.TOO_LONG),
        ("ﷺﷺ", TextReason.TOO_LONG),
        ("x" * 5000, TextReason.TOO_LONG),
        ("Bob\u202e", TextReason.DIRECTION),
        ("\u2067Bob", TextReason.DIRECTION),
        ("Bo\u200bb", TextReason.INVISIBLE),
        ("Bo\u200db", TextReason.INVISIBLE),
        ("Bob\u0000", TextReason.INVISIBLE),
        ("Bob\ud800", TextReason.INVISIBLE),
        ("\u3164\u3164", TextReason.INVISIBLE),
        ("\u2800\u2800", TextReason.INVISIBLE),
        ("Bob\U000e0041", TextReason.INVISIBLE),
        ("Bob\ue000", TextReason.INVISIBLE),
        ("*小明", TextReason.SIGNS),
        ("@bob", TextReason.SIGNS),
        ("小明✅", TextReason.SIGNS),
        ("<b>Bob", TextReason.SIGNS),
        ("!!!", TextReason.SIGNS),
        ("Z\u0351\u0351\u0351\u0351\u0351", TextReason.SIGNS),
    ],
)
def test_a_nickname_that_cannot_be_read_plainly_is_refused(typed: str, reason: TextReason) -> None:
    assert reason_of(typed) is reason


@pytest.mark.parametrize(
    "typed",
    [
        "admin", "Admin", "ADMIN 01", "a.d.m.i.n", "adm1n", "аdmin", "Αdmin", "ᴀᴅᴍɪɴ", "ⓐⓓⓜⓘⓝ", "ád́min", "adrnin",
        "xX_Admin_Xx",
        "ikmPay", "ikm pay", "lkmPay", "1kmpay", "IKMРAY", "ikmpау", "iｋｍpay", "Support team",
        "5upport", "0fficial",
        "Offlcial Bob", "moderator", "Operator 7", "Customer Service", "官方", "官 方", "官·方客",
        "客服小美", "運營", "运营小王", "管理員", "管理员", "平臺", "宫方",
        "Telegram",
    ],
)  # fmt: skip
def test_a_nickname_that_looks_like_an_operators_is_refused(typed: str) -> None:
    assert reason_of(typed) is TextReason.LOOKALIKE


def test_the_brand_of_the_deployment_is_protected_too() -> None:
    assert reason_of("Blue Pay help", "BluePay") is TextReason.LOOKALIKE
    assert clean_nickname("Blue Pay help", "") == "Blue Pay help"


@given(st.one_of(st.text(), HOSTILE))
@example("ﷺ")
def test_every_nickname_that_is_kept_is_clean_and_stays_the_same(typed: str) -> None:
    try:
        name = clean_nickname(typed)
    except TextRefused:
        return
    assert MIN_NICKNAME <= len(name) <= MAX_NICKNAME
    assert not any(unicodedata.category(letter)[0] == "C" for letter in name)
    assert clean_nickname(name) == name


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("Alice", "Alice"),
        ("Alice \u202eSmith", "Alice Smith"),
        ("*小明*", "小明"),
        ("👨‍👩‍👧 Family", "👨👩👧 Family"),
        ("A very long name indeed, much too long", "A very long name ind"),
        ("明", "Member 7K2M"),
        ("Admin", "Member 7K2M"),
        ("\ud800\u0000", "Member 7K2M"),
        ("", "Member 7K2M"),
    ],
)
def test_a_nickname_is_proposed_from_the_name_elsewhere(name: str, proposed: str) -> None:
    assert propose_nickname(name, "Member 7K2M") == proposed


@given(st.one_of(st.text(), HOSTILE))
def test_a_proposed_nickname_is_always_acceptable(name: str) -> None:
    assert clean_nickname(propose_nickname(name, "Member 7K2M"))


# ------------------------------------------------------------------------------------- words that insult
@pytest.mark.parametrize("typed", [
    "fuck", "F U C K you", "f.u.c.k", "fu-ck", "ｆｕｃｋ", "fuuuuck", "f\u200bu\u200bck", "fųck", "sh1t", "sh!t",
    "oh shit!", "BITCH", "傻逼", "傻 逼", "傻-逼", "ＸＸ他妈的", "操。你。妈", "幹你娘",
])  # fmt: skip
def test_a_word_of_the_list_is_found_however_it_is_written(typed: str) -> None:
    assert is_offensive(typed)
    with pytest.raises(TextRefused) as caught:
        clean_note(typed)
    assert caught.value.reason is TextReason.OFFENSIVE


@pytest.mark.parametrize("typed", [
    "lunch", "午饭 🍜", "Scunthorpe", "Matsushita", "Yamashita", "class assignment", "bass guitar", "shiitake",
    "Hello!", "a b c d", "I a m", "妈妈的生日", "广播体操你会吗", "这笔开支那么大", "去死海旅游", "尼玛县", "", "!!!",
])  # fmt: skip
def test_harmless_words_that_hold_one_are_left_alone(typed: str) -> None:
    assert not is_offensive(typed)


@pytest.mark.parametrize("typed", ["B1tch", "Mr Shit", "王 八 蛋"])
def test_a_nickname_that_insults_is_refused_and_never_proposed(typed: str) -> None:
    assert reason_of(typed) is TextReason.OFFENSIVE
    assert propose_nickname(typed, "Member 7K2M") == "Member 7K2M"


# ------------------------------------------------------------------------------ names that imitate our lines
AMOUNTS = [
    "You sent ¥100", "¥ 100", "￥１００", "100元", "１００ 元", "100块钱", "已收到一百元", "五块", "CNY 20", "20 rmb",
    "$5 Bob", "¥lOO", "٥٠٠ ₪", "20.00", "1,000", "¥\u200d100", "5⃣0⃣0⃣ yuan", "Bob 5 € ", "人民币100", "¥.100", "1OO元",
    "5百块", "5k yuan", "Bob -100", "+100", "5万", "1OO yuan",
]  # fmt: skip


@pytest.mark.parametrize("typed", AMOUNTS)
def test_a_nickname_that_holds_an_amount_is_refused(typed: str) -> None:
    plain = typed.replace("\u200d", "").replace("⃣", "")
    assert reason_of(plain) is TextReason.AMOUNT
    assert presentable(typed) == ""
    assert propose_nickname(typed, "Member 7K2M") == "Member 7K2M"


NEWS = [
    "转账成功", "轉帳 成功", "付款已完成", "支付失败", "已到账", "款项已到賬", "已收款", "红包已领取", "余额不足",
    "收到一笔转账", "给你转账了",
    "Payment received", "PAYMENT-SENT", "Transfer complete", "Transaction failed", "You received money", "Eve sent you",
    "Pаyment rece1ved", "money arrived", "Refund successful", "You paid Bob",
]  # fmt: skip


@pytest.mark.parametrize("typed", NEWS)
def test_a_name_that_reads_like_news_of_money_is_none(typed: str) -> None:
    assert reason_of(typed[:20]) is TextReason.LOOKALIKE
    assert presentable(typed) == ""
    assert propose_nickname(typed, "Member 7K2M") == "Member 7K2M"


@pytest.mark.parametrize("typed", [
    "成功", "马到成功", "Success", "账房先生", "转转", "Paymon", "Sentinel", "Money Ann", "红包小王子", "Youssef",
    "收藏家", "到处玩", "Young Sent",
])  # fmt: skip
def test_a_name_that_only_holds_such_a_word_is_a_name(typed: str) -> None:
    assert clean_nickname(typed) == typed
    assert presentable(typed) == typed


@pytest.mark.parametrize("typed", [
    "Ca$h", "小明88", "Bob 1990", "张三元", "状元", "三元里", "Yuan Longping", "Euro Ann",
])  # fmt: skip
def test_a_name_with_figures_or_a_coins_name_is_no_amount(typed: str) -> None:
    assert clean_nickname(typed) == typed
    assert presentable(typed) == typed


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Bob", "Bob"),
        ("明", "明"),
        ("🌸🌸", "🌸🌸"),
        ("Christopher Alexander Montgomery-Smythe", "Christopher Alexander Montgomery-Smythe"),
        ("Bob ✅", "Bob"),
        ("✔️ Bobby", "Bobby"),
        ("✔️ You sent money to Bob", ""),
        ("💰 Eve", "Eve"),
        ("*小明 (@bob)", "小明 (bob)"),
        ("Bob\n\nEve", "Bob Eve"),
        ("Bob\u202e Eve", "Bob Eve"),
        ("1✅00元", ""),
        ("ikmPay", ""),
        ("官方客服", ""),
        ("Mr Shit", ""),
        ("✅", ""),
        ("\u3164", ""),
        ("＊＠", ""),
    ],
)
def test_a_name_from_elsewhere_is_shown_without_what_is_ours(name: str, shown: str) -> None:
    assert presentable(name) == shown


@given(st.one_of(st.text(), HOSTILE))
def test_a_name_that_is_shown_may_be_shown_again(name: str) -> None:
    assert presentable(presentable(name)) == presentable(name)


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_plain_letters_keep_the_same_of_themselves_beside_others(text: str) -> None:
    assert _skeleton(f"{text}é") == _skeleton(text) + "e"
