"""What people type behind our name in any chat."""
from __future__ import annotations

import pytest

from handlers.commands import Verb
from handlers.parsing import CardAsked, ParseProblem, Said, Unclear, parse_card
from wallet.money import CNY

ALL = (Verb.SEND, Verb.RED, Verb.REQUEST)


def card(text: str) -> CardAsked | Unclear | None:
    return parse_card(Said(text), CNY)


@pytest.mark.parametrize(("text", "asked"), [
    ("20", CardAsked(ALL, 2000)),
    ("20 lunch", CardAsked(ALL, 2000, note="lunch")),
    (" ２０．５元午饭", CardAsked(ALL, 2050, note="午饭")),
    ("send 20 lunch", CardAsked((Verb.SEND,), 2000, note="lunch")),
    ("转账 20 午饭", CardAsked((Verb.SEND,), 2000, note="午饭")),
    ("红包 50 5 恭喜", CardAsked((Verb.RED,), 5000, 5, note="恭喜")),
    ("红包50 5", CardAsked((Verb.RED,), 5000, 5)),
    ("red 50 5", CardAsked((Verb.RED,), 5000, 5)),
    ("/red =5 10 good luck", CardAsked((Verb.RED,), 500, 10, equal=True, note="good luck")),
    ("普通红包 5 10", CardAsked((Verb.RED,), 500, 10, equal=True)),
    ("收款 20", CardAsked((Verb.REQUEST,), 2000)),
    ("收款：20 晚饭", CardAsked((Verb.REQUEST,), 2000, note="晚饭")),
    ("Request 20 dinner", CardAsked((Verb.REQUEST,), 2000, note="dinner")),
    ("collect 20", CardAsked((Verb.REQUEST,), 2000)),
    ("请求 20", CardAsked((Verb.REQUEST,), 2000))])
def test_an_amount_offers_all_cards_and_a_word_before_it_one(text: str, asked: CardAsked) -> None:
    assert card(text) == asked


@pytest.mark.parametrize("text", ["", "   ", "red", "红包", "收款 ", "request"])
def test_nothing_yet_is_no_mistake(text: str) -> None:
    assert card(text) is None


@pytest.mark.parametrize("text", [
    "lunch", "-20", "0", "1e3", "@bob 20", "20 @bob", "20 或 30", "balance", "余额", "提现 100", "red 50",
    "充值 100", "red @bob 50", "专属红包 @bob 50", "red 50 5 !open",
    "口令红包 50 5 芝麻", "red verify 234567892", "reds 50 5", "20 USD", "{0.__class__}",
    "20 " + "x" * 200, "\u202e20\u202c1"])
def test_what_no_card_can_do_is_unclear(text: str) -> None:
    assert isinstance(card(text), Unclear)


def test_an_amount_that_is_none_says_why() -> None:
    found = card("1.005")
    assert isinstance(found, Unclear)
    assert found.problem is ParseProblem.AMOUNT
