"""What people type becomes one request, one problem or nothing, and never a guess about money."""

from __future__ import annotations

from datetime import date
from time import thread_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.commands import ASKS_BACK, COMMANDS, SILENT_IN_GROUPS, Verb
from handlers.parsing import (
    MAX_RECEIVERS,
    AmountAsked,
    Argument,
    Asked,
    CodeAsked,
    Entity,
    Mentioned,
    MonthAsked,
    ParseProblem,
    PhoneNumber,
    Receiver,
    Replied,
    Said,
    SendRequest,
    Unclear,
    Username,
    WordsAsked,
    parse_receivers,
    parse_send,
    understand,
)
from wallet import ids
from wallet.money import CNY, AmountReason

BOT = "ikmpay_bot"
BOB, EVE = Username("bob"), Username("eve")
CODE = ids.code(4711)


def private(text: str, *entities: Entity, is_reply: bool = False) -> Asked | Unclear | None:
    return understand(Said(text, entities, True, BOT, is_reply), CNY)


def group(text: str, *entities: Entity, is_reply: bool = False) -> Asked | Unclear | None:
    return understand(Said(text, entities, False, BOT, is_reply), CNY)


def sent(*receivers: Receiver, minor_units: int, each: bool = False, note: str | None = None) -> Asked:
    return Asked(Verb.SEND, SendRequest(receivers, minor_units, each, note))


def problem_of(text: str, *entities: Entity, is_reply: bool = False) -> ParseProblem:
    answer = private(text, *entities, is_reply=is_reply)
    assert isinstance(answer, Unclear)
    return answer.problem


# ---------------------------------------------------------------------------------------------- verbs
@pytest.mark.parametrize("verb", Verb)
def test_every_bare_command_and_its_plain_words_ask_for_the_same(verb: Verb) -> None:
    spellings = [f"/{verb}", f"／{verb}", f"/{verb.upper()}", f"/{verb}@{BOT}", f"/{verb}@IKMPAY_BOT", f" /{verb} "]
    for spelling in [*spellings, *COMMANDS[verb].words, *(f" {word}： " for word in COMMANDS[verb].words)]:
        assert private(spelling) == Asked(verb)


@pytest.mark.parametrize("verb", Verb)
def test_in_a_group_every_bare_command_is_answered_and_words_that_are_not_talk(verb: Verb) -> None:
    assert group(f"/{verb}") == Asked(verb)
    silent = verb in SILENT_IN_GROUPS or verb in ASKS_BACK
    for word in COMMANDS[verb].words:
        assert group(word) == (None if silent else Asked(verb))


@pytest.mark.parametrize("verb", Verb)
def test_a_command_for_another_bot_is_not_ours(verb: Verb) -> None:
    assert private(f"/{verb}@otherbot") is None
    assert group(f"/{verb}@otherbot @bob 20") is None


@pytest.mark.parametrize(
    "text", ["", " ", "hello", "/unknown", "/sendmoney 20", "20", "我要转账", "/", "／", "@bob 20"]
)
def test_what_is_not_ours_is_left_alone(text: str) -> None:
    assert private(text) is None
    assert group(text) is None


# ---------------------------------------------------------------------------------------------- plain words
@pytest.mark.parametrize(
    "text",
    [
        "转账",
        "转账好慢啊",
        "转账20",
        "转账 @bob",
        "转账 @bob 很多",
        "转账@bob 20万",
        "转账 @bob @eve 20",
        "余额不足怎么办",
        "账单在哪里看",
        "帮助我",
        "开始",
        "开始吧",
        "取消",
        "开始 pay_1",
        "取消吧",
        "凭证",
        "凭证 abc",
        "退还给我",
        "充值 100",
        "充值",
        "设置",
        "昵称太长了",
        "支付密码",
        "协议",
    ],
)
def test_in_a_group_a_plain_word_that_does_not_parse_to_its_end_is_ignored(text: str) -> None:
    assert group(text) is None


@pytest.mark.parametrize("text", ["余额", "餘額", "账单", "账单11月", "帮助", "语言", "群设置", f"凭证{CODE}"])
def test_in_a_group_a_complete_plain_word_is_answered(text: str) -> None:
    assert isinstance(group(text), Asked)


def test_what_is_asked_for_knows_whether_it_was_said_in_plain_words() -> None:
    asked = [private(text) for text in ("转账 @bob 20", "余额", "/send @bob 20", "／balance")]
    assert [one.in_plain_words for one in asked if isinstance(one, Asked)] == [True, True, False, False]


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


def test_in_a_group_a_command_is_answered_even_when_it_is_unclear() -> None:
    assert group("/send @bob many") == Unclear(Verb.SEND, ParseProblem.AMOUNT, AmountReason.MALFORMED)
    assert group("/nickname 小明") == Asked(Verb.NICKNAME, WordsAsked("小明"))


def test_in_private_a_plain_word_that_is_unclear_is_answered() -> None:
    assert problem_of("余额不足怎么办") is ParseProblem.SURPLUS
    assert problem_of("转账 20") is ParseProblem.NO_RECEIVER
    assert private("/balance please") == Asked(Verb.BALANCE)


# ---------------------------------------------------------------------------------------------- transfers
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/send @bob 20", sent(BOB, minor_units=2000)),
        ("/send @bob 20 lunch", sent(BOB, minor_units=2000, note="lunch")),
        ("/send@ikmpay_bot @bob 20", sent(BOB, minor_units=2000)),
        ("/send@ikmpay_bot@bob 20", sent(BOB, minor_units=2000)),
        ("转账 @bob 20 午饭", sent(BOB, minor_units=2000, note="午饭")),
        ("转账@bob 20 午饭", sent(BOB, minor_units=2000, note="午饭")),
        ("转账 ＠bob ２０", sent(BOB, minor_units=2000)),
        ("转账　＠ｂｏｂ　￥２０．５０　午饭！", sent(BOB, minor_units=2050, note="午饭！")),
        ("轉賬：@bob 20元，午飯", sent(BOB, minor_units=2000, note="午飯")),
        ("/send\n@bob\t1,000.50\n\nrent  for\nMay", sent(BOB, minor_units=100050, note="rent for May")),
        ("/send @bob CNY 20 tea", sent(BOB, minor_units=2000, note="tea")),
        ("/send @bob ¥ 20", sent(BOB, minor_units=2000)),
        ("/send @bob 20 元 午饭", sent(BOB, minor_units=2000, note="午饭")),
        ("/send @bob 20 RMB", sent(BOB, minor_units=2000)),
        ("/send @bob, 20, lunch", sent(BOB, minor_units=2000, note="lunch")),
        ("/send @bob 20 try this", sent(BOB, minor_units=2000, note="try this")),
        ("/send @bob 20 元宵节快乐", sent(BOB, minor_units=2000, note="元宵节快乐")),
        ("/send @bob 20 {0.__class__} <b>", sent(BOB, minor_units=2000, note="{0.__class__} <b>")),
        ("/send @bob 20 \u202eabc\u0000", sent(BOB, minor_units=2000, note="abc")),
        ("/send @bob @eve 20 each", sent(BOB, EVE, minor_units=2000, each=True)),
        ("/send @bob @eve 20 Each lunch", sent(BOB, EVE, minor_units=2000, each=True, note="lunch")),
        ("/send @bob, @eve and @ann each 20", sent(BOB, EVE, Username("ann"), minor_units=2000, each=True)),
        ("转账@bob@eve 每人20 午饭", sent(BOB, EVE, minor_units=2000, each=True, note="午饭")),
        ("转账 @bob、@eve 20每人", sent(BOB, EVE, minor_units=2000, each=True)),
        ("转账 @bob和@eve 各20元", sent(BOB, EVE, minor_units=2000, each=True)),
        ("转账 @bob @eve 20元/人 聚餐", sent(BOB, EVE, minor_units=2000, each=True, note="聚餐")),
        ("/send @bob @BOB 20", sent(BOB, minor_units=2000)),
        ("/send @bob 20 each", sent(BOB, minor_units=2000, each=True)),
    ],
)
def test_a_transfer_is_read_however_it_is_spelt(text: str, expected: Asked) -> None:
    assert private(text) == expected
    assert group(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/send 20", sent(Replied(), minor_units=2000)),
        ("转账20", sent(Replied(), minor_units=2000)),
        ("转账20块", sent(Replied(), minor_units=2000)),
        ("转账 20 谢谢", sent(Replied(), minor_units=2000, note="谢谢")),
        ("转账20，谢谢", sent(Replied(), minor_units=2000, note="谢谢")),
        ("/send20", sent(Replied(), minor_units=2000)),
        ("/send @bob 20", sent(BOB, minor_units=2000)),
    ],
)
def test_a_reply_names_its_receiver_unless_another_is_named(text: str, expected: Asked) -> None:
    assert group(text, is_reply=True) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("转账 13800138000 20", "+8613800138000"),
        ("转账13800138000 20", "+8613800138000"),
        ("/send 138 0013 8000 20", "+8613800138000"),
        ("/send 138-0013-8000 20", "+8613800138000"),
        ("/send +8613800138000 20", "+8613800138000"),
        ("/send +86 138 0013 8000 20", "+8613800138000"),
        ("/send １３８００１３８０００ ２０", "+8613800138000"),
        ("/send +442079460018 20", "+442079460018"),
        ("/send 010-62345678 20", "+861062345678"),
    ],
)
def test_a_phone_number_before_an_amount_is_a_receiver(text: str, number: str) -> None:
    assert private(text) == sent(PhoneNumber(number), minor_units=2000)


def test_a_foreign_number_with_spaces_ends_where_telegram_says() -> None:
    text = "/send +44 20 7946 0018 20 tea"
    entity = Entity("phone_number", 6, len("+44 20 7946 0018"))
    assert private(text, entity) == sent(PhoneNumber("+442079460018"), minor_units=2000, note="tea")


def test_an_entity_that_took_in_the_amount_does_not_hide_the_number() -> None:
    text = "/send +8613800138000 20"
    assert private(text, Entity("phone_number", 6, len("+8613800138000 20"))) == sent(
        PhoneNumber("+8613800138000"), minor_units=2000)


def test_a_number_alone_is_an_amount_and_a_mobile_number_alone_never_is() -> None:
    assert group("/send 1000000", is_reply=True) == sent(Replied(), minor_units=100000000)
    assert problem_of("/send 13800138000", is_reply=True) is ParseProblem.NO_AMOUNT
    assert problem_of("/send 13800138000 lunch", is_reply=True) is ParseProblem.AMOUNT
    assert problem_of("/send @bob 20 13800138000") is ParseProblem.AMOUNT_UNCLEAR


def test_phone_numbers_of_the_region_of_the_deployment_need_no_prefix() -> None:
    answer = understand(Said("/send 2025550123 20"), CNY, "US")
    assert answer == sent(PhoneNumber("+12025550123"), minor_units=2000)
    assert understand(Said("/send 13800138000 20", is_reply=True), CNY, "US") != answer


def test_a_text_mention_carries_its_numeric_id() -> None:
    text = "转账 小明 20 午饭"
    assert private(text, Entity("text_mention", 3, 2, 77)) == sent(Mentioned(77, "小明"), minor_units=2000, note="午饭")
    # Telegram counts in UTF-16: the emoji takes two units.
    text = "/send 😀小明 @bob 20 each 😀"
    expected = sent(Mentioned(77, "😀小明"), BOB, minor_units=2000, each=True, note="😀")
    assert private(text, Entity("text_mention", 6, 4, 77)) == expected


def test_a_name_that_is_only_typed_names_nobody() -> None:
    assert problem_of("转账 小明 20") is ParseProblem.NO_RECEIVER
    assert group("转账 小明 20", is_reply=True) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("/send 20", ParseProblem.NO_RECEIVER),
        ("/send 20 @bob", ParseProblem.NO_RECEIVER),
        ("/send @bob", ParseProblem.NO_AMOUNT),
        ("/send @bob each", ParseProblem.NO_AMOUNT),
        ("/send @bob20", ParseProblem.SPACE_MISSING),
        ("/send @bob @eve 20", ParseProblem.EACH_MISSING),
        ("/send @bob 20 @eve", ParseProblem.RECEIVER_AFTER_AMOUNT),
        ("/send @bob 20，@eve 30", ParseProblem.RECEIVER_AFTER_AMOUNT),
        ("/send @bob 1 000", ParseProblem.AMOUNT_UNCLEAR),
        ("/send @bob 1 000.50", ParseProblem.AMOUNT_UNCLEAR),
        ("/send @bob 1, 000", ParseProblem.AMOUNT_UNCLEAR),
        ("/send @bob 20 .50", ParseProblem.AMOUNT_UNCLEAR),
        ("/send @bob 20 万", ParseProblem.AMOUNT_UNCLEAR),
        ("/send @bob 20 万元 房租", ParseProblem.AMOUNT_UNCLEAR),
        ("/send @bob 20 K", ParseProblem.AMOUNT_UNCLEAR),
        ("/send @bob 5 毛", ParseProblem.AMOUNT_UNCLEAR),
        ("/send +861380013 20", ParseProblem.PHONE),
        ("/send @bob 20 " + "x" * 101, ParseProblem.NOTE_TOO_LONG),
        ("/send " + " ".join(f"@user{n}" for n in range(30)) + " 20 each", ParseProblem.TOO_MANY_RECEIVERS),
        ("/receipt", None),
        ("/receipt ABC", ParseProblem.CODE),
        ("/giveback {}", ParseProblem.CODE),
        ("/history soon", ParseProblem.MONTH),
        ("/history 13", ParseProblem.MONTH),
        ("/history 2026-00", ParseProblem.MONTH),
        ("/topup many", ParseProblem.AMOUNT),
    ],
)
def test_what_is_unclear_is_named(text: str, problem: ParseProblem | None) -> None:
    answer = private(text)
    assert (answer.problem if isinstance(answer, Unclear) else None) is problem


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
    ],
)
def test_a_second_number_could_be_more_of_the_amount(behind: str) -> None:
    """`1 50` is one fifty as well as a hundred and fifty; whoever means a note begins it with a word."""
    assert problem_of(f"/send @bob 1 {behind}") is ParseProblem.AMOUNT_UNCLEAR
    assert problem_of(f"/send @bob 20元 {behind}") is ParseProblem.AMOUNT_UNCLEAR
    assert group(f"转账 @bob 1 {behind}") is None


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("转账 @bob 20元午饭", "午饭"),
        ("转账@bob 20块午饭", "午饭"),
        ("转账 @bob 20块钱", None),
        ("转账 @bob 20块钱午饭", "午饭"),
        ("转账 @bob 20 块钱午饭", "午饭"),
        ("转账 @bob 20元钱", None),
        ("转账 @bob 20圆", None),
        ("转账 @bob 20圓午飯", "午飯"),
        ("转账 @bob 20人民币", None),
        ("转账 @bob 20人民币午饭", "午饭"),
        ("转账 @bob 20 人民币 午饭", "午饭"),
        ("转账 @bob 20塊錢午飯！", "午飯！"),
        ("转账 @bob 20.00元月饼", "月饼"),
        ("转账 @bob 20。", None),
        ("转账 @bob 20．", None),
        ("转账 @bob 20！", None),
        ("转账 @bob 20!!!", None),
        ("转账 @bob 20元。", None),
        ("转账 @bob 20块钱！", None),
        ("转账 @bob 20。午饭", "午饭"),
        ("转账 @bob 20！ 午饭", "午饭"),
        ("转账 @bob 20块 两杯咖啡", "两杯咖啡"),
        ("转账给 @bob 20", None),
        ("转账给@bob 20元", None),
        ("轉賬給＠bob ２０", None),
        ("转账 给 @bob 20 午饭", "午饭"),
        ("/send to @bob 20 lunch", "lunch"),
    ],
)
def test_chinese_is_written_without_spaces_and_ends_with_a_full_stop(text: str, note: str | None) -> None:
    assert private(text) == sent(BOB, minor_units=2000, note=note)
    assert group(text) == sent(BOB, minor_units=2000, note=note)


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


def test_a_word_towards_nobody_is_passed_over_by_nobody() -> None:
    for text in ("转账给", "转账给我20", "转账给20"):
        assert group(text, is_reply=True) is None
    for text in ("/send 20 给 @bob", "/send 20 给@bob", "/send 20 to @bob", "/send 20元给@bob"):
        assert problem_of(text, is_reply=True) is ParseProblem.RECEIVER_AFTER_AMOUNT
    assert private("/send @bob 20 给你") == sent(BOB, minor_units=2000, note="给你")


@pytest.mark.parametrize(
    "note",
    ["2杯咖啡", "3个苹果", "8月房租", "2026年会费", "5分钟路程", "2千克米", "12:30 lunch", "5/1", "3rd week"],
)
def test_a_number_that_says_what_it_counts_is_a_note(note: str) -> None:
    assert private(f"/send @bob 20 {note}") == sent(BOB, minor_units=2000, note=note)


@pytest.mark.parametrize(
    "text",
    [
        "/send @bob20",
        "/send @bob20.",
        "/send @bob20 lunch",
        "/send @eve @bob20 each",
        "转账@bob20",
        "转账＠ｂｏｂ２０",
        "转账@bob20元",
        "转账给@bob20块午饭",
    ],
)
def test_an_amount_right_behind_a_user_name_lacks_its_space(text: str) -> None:
    assert problem_of(text) is ParseProblem.SPACE_MISSING
    assert problem_of(text, is_reply=True) is ParseProblem.SPACE_MISSING


def test_a_user_name_may_end_in_digits() -> None:
    assert private("/send @bob20 5") == sent(Username("bob20"), minor_units=500)
    assert private("/send @bob20 each ¥ 5") == sent(Username("bob20"), minor_units=500, each=True)
    assert problem_of("/send @bob20 5x") is ParseProblem.AMOUNT
    assert problem_of("/send @bob20 @eve") is ParseProblem.NO_AMOUNT
    assert group("转账@bob20") is None


def test_a_person_after_the_amount_of_a_reply_is_unclear() -> None:
    assert problem_of("/send 20 @bob", is_reply=True) is ParseProblem.RECEIVER_AFTER_AMOUNT
    mention = Entity("text_mention", 9, 2, 77)
    assert problem_of("/send 20 小明", mention, is_reply=True) is ParseProblem.RECEIVER_AFTER_AMOUNT


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


def test_a_limit_is_told_with_its_number() -> None:
    answer = private("/send " + " ".join(f"@user{n}" for n in range(30)) + " 20 each")
    assert answer == Unclear(Verb.SEND, ParseProblem.TOO_MANY_RECEIVERS, limit=MAX_RECEIVERS)
    assert private("/send @bob 20 " + "x" * 101) == Unclear(Verb.SEND, ParseProblem.NOTE_TOO_LONG, limit=100)


@pytest.mark.parametrize("note", ["傻 逼", "B1tch"])
def test_a_note_that_insults_is_told_in_private_and_nobodys_business_in_a_group(note: str) -> None:
    assert private(f"/send @bob 20 {note}") == Unclear(Verb.SEND, ParseProblem.NOTE_OFFENSIVE)
    assert group(f"/send @bob 20 {note}") == Unclear(Verb.SEND, ParseProblem.NOTE_OFFENSIVE)
    assert group(f"转账 @bob 20 {note}") is None


def test_a_transfer_is_read_without_its_command_too() -> None:
    assert parse_send(Said("@bob 20 lunch"), CNY) == SendRequest((BOB,), 2000, note="lunch")
    assert parse_send(Said(""), CNY) == Unclear(Verb.SEND, ParseProblem.NO_RECEIVER)


def test_people_alone_answer_a_wizard() -> None:
    assert parse_receivers(Said("@bob"), CNY) == (BOB,)
    assert parse_receivers(Said("13800138000"), CNY) == (PhoneNumber("+8613800138000"),)
    assert parse_receivers(Said("010-62345678"), CNY) == (PhoneNumber("+861062345678"),)
    assert parse_receivers(Said("小明", (Entity("text_mention", 0, 2, 7),)), CNY) == (Mentioned(7, "小明"),)
    for text in ("", "bob", "@bob 20"):
        assert parse_receivers(Said(text), CNY) == Unclear(Verb.SEND, ParseProblem.NO_RECEIVER)


# ---------------------------------------------------------------------------------------------- others
@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("/start pay_7K2M", WordsAsked("pay_7K2M")),
        ("/start join us", None),
        ("/start " + "x" * 65, None),
        ("/agreement privacy policy", WordsAsked("privacy policy")),
        ("协议 隐私政策", WordsAsked("隐私政策")),
        (f"/receipt {CODE}", CodeAsked(4711, CODE)),
        (f"凭证{CODE.lower()}", CodeAsked(4711, CODE)),
        (f"退还 {CODE[:3]}-{CODE[3:]}", CodeAsked(4711, CODE)),
        ("/topup 100", AmountAsked(10000)),
        ("充值100元", AmountAsked(10000)),
        ("充值　１００", AmountAsked(10000)),
        ("/topup CNY   100", AmountAsked(10000)),
        ("/nickname Alice Smith", WordsAsked("Alice Smith")),
        ("昵称：小明", WordsAsked("小明")),
        ("/nickname " + "x" * 300, WordsAsked("x" * 200)),
    ],
)
def test_other_arguments_are_read(text: str, argument: Argument) -> None:
    answer = private(text)
    assert isinstance(answer, Asked)
    assert answer.argument == argument


@pytest.mark.parametrize(
    ("typed", "year", "month"),
    [
        ("2026-11", 2026, 11),
        ("2026/1", 2026, 1),
        ("2026年11月", 2026, 11),
        ("2026年 1月份", 2026, 1),
        ("２０２６年１１月", 2026, 11),
        ("11", None, 11),
        ("03", None, 3),
        ("11月", None, 11),
        ("十一月", None, 11),
        ("一月", None, 1),
        ("nov", None, 11),
        ("Nov.", None, 11),
        ("NOVEMBER", None, 11),
        ("november 2025", 2025, 11),
        ("sept", None, 9),
        ("may", None, 5),
        ("this month", None, 0),
        ("本月", None, 0),
        ("Last  month", None, -1),
        ("上个月", None, -1),
        ("上月", None, -1),
    ],
)
def test_months_are_read_as_people_write_them(typed: str, year: int | None, month: int) -> None:
    for text in (f"/history {typed}", f"账单 {typed}", f"/statement {typed}", f"月账单{typed}"):
        answer = private(text)
        assert isinstance(answer, Asked)
        assert answer.argument == MonthAsked(month, year)


def test_this_month_and_the_last_one_know_where_a_year_begins() -> None:
    assert MonthAsked(0).resolve(date(2026, 11, 22)) == (2026, 11)
    assert MonthAsked(-1).resolve(date(2026, 12, 31)) == (2026, 11)
    assert MonthAsked(0).resolve(date(2026, 12, 1)) == (2026, 12)
    assert MonthAsked(-1).resolve(date(2027, 1, 1)) == (2026, 12)


def test_a_month_without_its_year_is_the_latest_that_has_begun() -> None:
    today = date(2026, 11, 22)
    assert MonthAsked(11).resolve(today) == (2026, 11)
    assert MonthAsked(12).resolve(today) == (2025, 12)
    assert MonthAsked(1).resolve(today) == (2026, 1)
    assert MonthAsked(12, 2026).resolve(today) == (2026, 12)


# ---------------------------------------------------------------------------------------------- hostile
OPENINGS = [
    "", "/send ", "转账", "/history ", "账单", "/receipt ", "/topup ", "/start ", "/nickname ", "/send @bob 20 ", "/",
]  # fmt: skip
PIECES = st.text(
    alphabet="/@+bobEACHeach 0123456789０１２.,，、:。！¥￥元块钱万五每人各和给了次月年-"
    "\n\u3000\u202e\u200b\u0000\ud800א😀"
)
ENTITIES = st.lists(
    st.builds(
        Entity,
        st.sampled_from(["text_mention", "phone_number", "mention", "bold"]),
        st.integers(-5, 40),
        st.integers(-5, 40),
        st.sampled_from([None, 7, 8]),
    ),
    max_size=4,
).map(tuple)


@given(st.sampled_from(OPENINGS), st.one_of(st.text(), PIECES), ENTITIES, st.booleans(), st.booleans())
@example("/send ", "@bob 20\ud83d", (Entity("text_mention", 6, 4, 7),), True, True)
def test_every_text_is_answered(
    opening: str, text: str, entities: tuple[Entity, ...], is_private: bool, is_reply: bool
) -> None:
    said = Said(opening + text, entities, is_private, BOT, is_reply)
    answer = understand(said, CNY)
    assert answer is None or isinstance(answer, Asked | Unclear)
    if isinstance(answer, Asked) and isinstance(answer.argument, SendRequest):
        request = answer.argument
        assert request.minor_units > 0
        assert 1 <= len(request.receivers) <= MAX_RECEIVERS
        assert request.each or len(request.receivers) == 1
        assert is_reply or Replied() not in request.receivers
        assert request.note is None or 1 <= len(request.note) <= 100
    parse_send(said, CNY)
    parse_receivers(said, CNY)


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        " ",
        "@a ",
        "@bob",
        "1,",
        "a1",
        "和",
        "each ",
        "+1",
        "1 ",
        "¥ ",
        "/人",
        "每人",
        "-",
        "\u3000",
        "😀",
        "138 0013 8000 ",
        "!",
        "1。",
        "1元午",
        "元",
        "给",
    ],
)
def test_the_longest_message_takes_no_longer_than_its_length(piece: str) -> None:
    """A pattern that tries every way to split would take seconds here; 4,096 characters take a few milliseconds."""
    for opening in ("/send ", "/send @bob ", "/send @bob 20 ", "转账", "/history ", "/topup ", "/receipt "):
        text = (opening + piece * 4096)[:4096]
        start = thread_time()  # Others at work on this machine do not count.
        understand(Said(text, is_reply=True), CNY)
        assert thread_time() - start < 1.0


def test_what_is_longer_than_a_message_is_not_read() -> None:
    assert private("/send @bob 20 " + "x" * 4096) is None
