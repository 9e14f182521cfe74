"""Red envelopes as people type them: how much, for how many, and with which words."""
from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.commands import Verb
from handlers.parsing import (
    Asked,
    CodeAsked,
    EnvelopeRequest,
    ParseProblem,
    Replied,
    Said,
    Unclear,
    Username,
    understand,
)
from wallet import ids
from wallet.money import CNY, AmountReason


def group(text: str) -> Asked | Unclear | None:
    return understand(Said(text, is_private=False), CNY)


@pytest.mark.parametrize("text", ["/red 100 10 恭喜发财", "红包 100 10 恭喜发财", "红包100 10 恭喜发财",
                                  "红包　１００　１０　恭喜发财",
                                  "红包 100元10个 恭喜发财", "红包 100元 10份恭喜发财", "紅包 ¥100 10 恭喜发财"])
def test_an_amount_a_number_of_shares_and_a_greeting(text: str) -> None:
    assert group(text) == Asked(Verb.RED, EnvelopeRequest(10_000, 10, False, "恭喜发财"))


@pytest.mark.parametrize("text", ["/red =5 10", "/red ＝5 10", "/red = 5 10", "普通红包 5 10", "普通红包5元10个",
                                  "普通红包 =5 10"])
def test_equal_shares_are_named_each(text: str) -> None:
    assert group(text) == Asked(Verb.RED, EnvelopeRequest(500, 10, True))


@pytest.mark.parametrize("greeting", ["年年有余", "天天开心", "2026 大吉", "@everybody!", "good luck"])
def test_a_greeting_holds_any_words(greeting: str) -> None:
    assert group(f"/red 20.50 3 {greeting}") == Asked(Verb.RED, EnvelopeRequest(2_050, 3, False, greeting))


@pytest.mark.parametrize("text", ["红包", "红包呢", "红包 100", "红包 来一个", "红包 100 个人都抢",
                                  "红包 1e3 10", "红包 10 1.5"])
def test_talk_about_envelopes_is_left_alone_in_groups(text: str) -> None:
    assert group(text) is None


def test_what_is_wrong_with_a_command_is_said() -> None:
    assert group("/red") == Asked(Verb.RED)
    for text in ("/red 100", "/red 100 ten", "/red 100 1.5"):
        assert group(text) == Unclear(Verb.RED, ParseProblem.SHARES)
    assert group("/red many 10") == Unclear(Verb.RED, ParseProblem.AMOUNT, AmountReason.MALFORMED)
    assert group("/red 0 10") == Unclear(Verb.RED, ParseProblem.AMOUNT, AmountReason.ZERO)
    for text in ("/red 20 USD 4", "/red =20 USD 4", "/red USD 20 4", "/red 20 dollars 4"):
        assert group(text) == Unclear(Verb.RED, ParseProblem.AMOUNT, AmountReason.CURRENCY, currency="USD")
    assert group("/red 5 3 " + "x" * 101) == Unclear(Verb.RED, ParseProblem.NOTE_TOO_LONG, limit=100)


CODE = ids.code(4_711)


@pytest.mark.parametrize("text", [f"/red verify {CODE}", f"/red Verify {CODE.lower()}", f"红包 验证 {CODE}",
                                  f"红包验证{CODE}", f"紅包 驗證 {CODE}"])
def test_an_envelope_is_checked_by_its_code(text: str) -> None:
    assert group(text) == Asked(Verb.RED, CodeAsked(4_711, CODE))


@pytest.mark.parametrize("text", ["/red verify", "/red verify ABC", f"/red verify {CODE}X"])
def test_what_is_no_code_is_said(text: str) -> None:
    assert group(text) == Unclear(Verb.RED, ParseProblem.CODE)


@pytest.mark.parametrize("text", ["红包 验证", "红包 验证一下", "红包验证码是多少"])
def test_talk_about_checking_is_left_alone_in_groups(text: str) -> None:
    assert group(text) is None


# --------------------------------------------------------------------------------------------- for one person
BOB = EnvelopeRequest(880, 1, True, receiver=Username("bob"))


def reply(text: str) -> Asked | Unclear | None:
    return understand(Said(text, is_private=False, is_reply=True), CNY)


@pytest.mark.parametrize("text", ["/red @bob 8.8", "专属红包 @bob 8.8", "专属红包＠bob　８．８元", "红包 给@bob 8.8",
                                  "專屬紅包@bob 8.8"])
def test_somebody_who_is_named_has_it_alone(text: str) -> None:
    assert group(text) == Asked(Verb.RED, BOB)


def test_it_may_have_a_greeting() -> None:
    assert group("/red @bob 8.8 happy birthday") == Asked(Verb.RED, replace(BOB, greeting="happy birthday"))


@pytest.mark.parametrize("text", ["/red 8.8", "专属红包 8.8", "专属红包8.8元"])
def test_whoever_is_answered_has_it_alone(text: str) -> None:
    assert reply(text) == Asked(Verb.RED, replace(BOB, receiver=Replied()))


def test_an_answer_may_be_for_all() -> None:
    assert reply("/red 100 10 cheers") == Asked(Verb.RED, EnvelopeRequest(10_000, 10, False, "cheers"))


@pytest.mark.parametrize("text", ["红包 8.8", "红包 100 个人都抢", "红包 @bob 20 块没收到", "专属红包",
                                  "红包 @bob 呢", "红包 给@bob 3 次了"])
def test_talk_about_people_and_envelopes_is_left_alone(text: str) -> None:
    assert reply(text) is None


@pytest.mark.parametrize(("text", "problem"), [
    ("/red @bob @eve 8", ParseProblem.FOR_ONE), ("/red @bob", ParseProblem.NO_AMOUNT),
    ("/red @bob 8 each", ParseProblem.AMOUNT_UNCLEAR), ("/red @bob 1 000", ParseProblem.AMOUNT_UNCLEAR),
    ("/red =5", ParseProblem.SHARES)])
def test_what_is_wrong_with_one_for_somebody_is_said(text: str, problem: ParseProblem) -> None:
    found = reply(text)
    assert isinstance(found, Unclear)
    assert found.problem is problem


def test_nobody_is_meant_where_nobody_is_answered() -> None:
    assert understand(Said("专属红包 8.8"), CNY) == Unclear(Verb.RED, ParseProblem.FOR_ONE)


# ------------------------------------------------------------------------------------------------- by a word
@pytest.mark.parametrize("text", ["/red 100 10 !恭喜", "红包 100 10 ！恭喜", "口令红包 100 10 !恭喜",
                                  "口令红包 100 10 恭喜",
                                  "口令红包100元10个恭喜", "/red 100 10 !! 恭喜", "/red 100 10！恭喜"])
def test_a_word_stands_behind_its_sign(text: str) -> None:
    assert group(text) == Asked(Verb.RED, EnvelopeRequest(10_000, 10, False, None, word="恭喜"))


def test_a_word_and_a_greeting_and_equal_shares() -> None:
    assert group("/red =5 10 !Cheers good luck") == Asked(
        Verb.RED, EnvelopeRequest(500, 10, True, "good luck", word="Cheers"))


@pytest.mark.parametrize("word", ["余额", "/send", "开始吧" * 7, "帮助", "\u3164"])
def test_what_is_too_long_or_asks_for_something_is_no_word(word: str) -> None:
    assert group(f"/red 100 10 !{word}") == Unclear(Verb.RED, ParseProblem.WORD)


def test_an_envelope_that_is_called_so_needs_its_word() -> None:
    assert understand(Said("口令红包 100 10"), CNY) == Unclear(Verb.RED, ParseProblem.WORD)


@pytest.mark.parametrize("text", ["/red 100 10 !", "/red 100 10 ！", "/red =5 10 !!"])
def test_a_sign_without_a_word_behind_it_is_unclear(text: str) -> None:
    assert group(text) == Unclear(Verb.RED, ParseProblem.WORD)


def test_a_sign_right_behind_the_number_is_a_greeting() -> None:
    assert group("红包 100 10！") == Asked(Verb.RED, EnvelopeRequest(10_000, 10, False, "！"))
