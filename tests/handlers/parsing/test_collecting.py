"""What `/collect` and 收款 take: an amount and a note, and nobody's name."""

from __future__ import annotations

import pytest

from handlers.commands import Verb
from handlers.parsing import Asked, CollectAsked, ParseProblem, Said, Unclear, parse_collection, understand
from wallet.money import CNY


@pytest.mark.parametrize(("text", "asked"), [
    ("/collect", None), ("收款", None), ("收款码", None),
    ("收款 50", CollectAsked(5000)), ("收款50", CollectAsked(5000)),
    ("/collect 20.5 lunch for two", CollectAsked(2050, "lunch for two")),
    ("收款 20元 午饭", CollectAsked(2000, "午饭")), ("收款２０", CollectAsked(2000))])
def test_an_amount_and_a_note_are_understood(text: str, asked: CollectAsked | None) -> None:
    assert understand(Said(text), CNY) == Asked(Verb.COLLECT, asked)


@pytest.mark.parametrize(("text", "problem"), [
    ("/collect lunch", ParseProblem.AMOUNT), ("/collect 0", ParseProblem.AMOUNT),
    ("/collect 20 each", ParseProblem.AMOUNT_UNCLEAR), ("/collect 20 50", ParseProblem.AMOUNT_UNCLEAR),
    ("/collect 20 @bob", ParseProblem.RECEIVER_AFTER_AMOUNT)])
def test_what_is_unclear_is_said_so(text: str, problem: ParseProblem) -> None:
    found = understand(Said(text), CNY)
    assert isinstance(found, Unclear)
    assert found.problem is problem


@pytest.mark.parametrize("text", ["收款", "收款了吗", "收款人是谁", "收款 50 了没有"])
def test_in_a_group_people_also_just_talk_of_it(text: str) -> None:
    assert understand(Said(text, is_private=False), CNY) is None


def test_an_answer_is_read_like_the_command() -> None:
    assert parse_collection(Said("50 午饭"), CNY) == CollectAsked(5000, "午饭")
    assert isinstance(parse_collection(Said("lots"), CNY), Unclear)
    assert parse_collection(Said(" "), CNY) is None
