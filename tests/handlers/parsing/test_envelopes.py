"""Red envelopes as people type them: how much, for how many, and with which words."""
from __future__ import annotations

import pytest

from handlers.commands import Verb
from handlers.parsing import Asked, CodeAsked, EnvelopeRequest, ParseProblem, Said, Unclear, understand
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
