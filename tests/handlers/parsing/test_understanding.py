"""Whether a message is ours, what it asks for, and what is unclear about it."""
from __future__ import annotations

import pytest

from handlers.commands import ASKS_BACK, COMMANDS, SILENT_IN_GROUPS, Verb
from handlers.parsing import AmountAsked, Argument, Asked, CodeAsked, ParseProblem, Unclear, WordsAsked
from tests.handlers.parsing.saying import BOT, group, private, problem_of
from wallet import ids
from wallet.money import AmountReason

CODE = ids.code(4711)


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


def test_in_a_group_a_command_is_answered_even_when_it_is_unclear() -> None:
    assert group("/send @bob many") == Unclear(Verb.SEND, ParseProblem.AMOUNT, AmountReason.MALFORMED)
    assert group("/nickname 小明") == Asked(Verb.NICKNAME, WordsAsked("小明"))


def test_in_private_a_plain_word_that_is_unclear_is_answered() -> None:
    assert problem_of("余额不足怎么办") is ParseProblem.SURPLUS
    assert problem_of("转账 20") is ParseProblem.NO_RECEIVER
    assert private("/balance please") == Asked(Verb.BALANCE)


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
        *((f"/topup {text}", ParseProblem.AMOUNT) for text in (
            "100,", "100，", "100、", "100..", "100...", "100?", "100？", "100-", "100 。5", "100。5", "1.000.",
            "1,00.", "100.!", ".", "。", "!100", "100;", "1e3.", "-5.", "0.")),
    ],
)
def test_what_is_unclear_is_named(text: str, problem: ParseProblem | None) -> None:
    answer = private(text)
    assert (answer.problem if isinstance(answer, Unclear) else None) is problem


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
        ("充值 100。", AmountAsked(10000)),
        ("充值１００元！", AmountAsked(10000)),
        ("充值 1,000。", AmountAsked(100000)),
        ("/topup 100.", AmountAsked(10000)),
        ("/topup 100 CNY!", AmountAsked(10000)),
        ("/topup 1,000.", AmountAsked(100000)),
        ("/topup 20.5.", AmountAsked(2050)),
        ("/nickname Alice Smith", WordsAsked("Alice Smith")),
        ("昵称：小明", WordsAsked("小明")),
        ("/nickname " + "x" * 300, WordsAsked("x" * 200)),
    ],
)
def test_other_arguments_are_read(text: str, argument: Argument) -> None:
    answer = private(text)
    assert isinstance(answer, Asked)
    assert answer.argument == argument
