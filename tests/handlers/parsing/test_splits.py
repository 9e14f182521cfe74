"""Splits as people type them: how much, among whom or how many, and for what."""
from __future__ import annotations

import pytest

from handlers.commands import Verb
from handlers.parsing import (
    Asked,
    Entity,
    Mentioned,
    ParseProblem,
    Said,
    SplitRequest,
    Unclear,
    Username,
    understand,
)
from wallet.money import CNY, AmountReason

BOB, EVE = Username("bob"), Username("eve")


def group(text: str) -> Asked | Unclear | None:
    return understand(Said(text, is_private=False), CNY)


@pytest.mark.parametrize("text", [
    "/split 120 4 火锅", "AA 120 4 火锅", "AA120 4 火锅", "aa 120 4 火锅", "ＡＡ　１２０　４　火锅",
    "AA 120元 4人 火锅", "AA ¥120 4个人火锅", "AA 120 4火锅", "AA收款 120 4 火锅", "AA 收款 120 4 火锅",
    "AA：120 4，火锅"])
def test_an_amount_among_how_many_and_a_note(text: str) -> None:
    assert group(text) == Asked(Verb.SPLIT, SplitRequest(12_000, heads=4, note="火锅"))


@pytest.mark.parametrize("text", ["/split 100 @bob @eve", "AA 100 @bob @eve", "AA 100元 ＠bob、＠eve",
                                  "AA 100 @bob和@eve", "/split 100 @bob and @eve"])
def test_equal_shares_of_people_who_are_named(text: str) -> None:
    assert group(text) == Asked(Verb.SPLIT, SplitRequest(10_000, receivers=(BOB, EVE)))


@pytest.mark.parametrize("text", ["/split 120 @bob @eve +me", "AA 120 @bob @eve +我", "AA 120 @bob @eve ＋我",
                                  "AA 120 @bob @eve 加我", "AA 120 @bob @eve 和我", "/split 120 @bob @eve and me",
                                  "/split 120 +me @bob @eve"])
def test_whoever_asks_may_be_among_them(text: str) -> None:
    assert group(text) == Asked(Verb.SPLIT, SplitRequest(12_000, receivers=(BOB, EVE), with_me=True))


def test_a_note_follows_people_too() -> None:
    assert group("/split 120 @bob +me taxi home") == Asked(
        Verb.SPLIT, SplitRequest(12_000, receivers=(BOB,), with_me=True, note="taxi home"))
    assert group("/split 120 @bob merry dinner") == Asked(
        Verb.SPLIT, SplitRequest(12_000, receivers=(BOB,), note="merry dinner"))


@pytest.mark.parametrize(("text", "amounts", "note"), [
    ("/split @bob 20 @eve 35 taxi", (2_000, 3_500), "taxi"), ("AA @bob 20，@eve 35.50 打车", (2_000, 3_550), "打车"),
    ("AA ＠bob 20元 ＠eve 35元", (2_000, 3_500), None), ("/split @bob @eve 20 each", (2_000, 2_000), None)])
def test_amounts_of_their_own(text: str, amounts: tuple[int, ...], note: str | None) -> None:
    request = SplitRequest(sum(amounts), receivers=(BOB, EVE), amounts=amounts, note=note)
    assert group(text) == Asked(Verb.SPLIT, request)


def test_people_without_a_user_name_are_mentioned() -> None:
    said = Said("/split 100 Eve dinner", (Entity("text_mention", 11, 3, 77),), is_private=False)
    assert understand(said, CNY) == Asked(Verb.SPLIT, SplitRequest(10_000, receivers=(Mentioned(77, "Eve"),),
                                                                   note="dinner"))


@pytest.mark.parametrize("text", ["AA", "AA 制吧", "AA 120", "AA 120 火锅", "AAA 120 4", "aaron 120 4", "AA 120 4.5",
                                  "AA 120 4 5", "AA 120 4 @bob", "AA 大家 120", "AA 20 @bob @eve 30"])
def test_talk_about_splitting_is_left_alone_in_groups(text: str) -> None:
    assert group(text) is None


@pytest.mark.parametrize("text", [
    "/split 120", "/split 120 dinner", "/split @bob @eve 100", "/split @bob", "/split 120 4 5", "/split 120 4 @bob",
    "/split @bob 20 +me", "/split @bob 20 taxi @eve 35", "/split 30 each 4", "/split 120 +me"])
def test_whoever_shall_pay_how_much_is_not_guessed(text: str) -> None:
    answer = group(text)
    assert isinstance(answer, Unclear)
    assert answer.verb is Verb.SPLIT


def test_what_is_wrong_with_a_command_is_said() -> None:
    assert group("/split") == Asked(Verb.SPLIT)
    assert group("/split many 4") == Unclear(Verb.SPLIT, ParseProblem.AMOUNT, AmountReason.MALFORMED)
    assert group("/split 0 4") == Unclear(Verb.SPLIT, ParseProblem.AMOUNT, AmountReason.ZERO)
    assert group("/split 100 13800138000 @bob") == Unclear(Verb.SPLIT, ParseProblem.NAMES)
    assert group("/split 100 4 " + "x" * 101) == Unclear(Verb.SPLIT, ParseProblem.NOTE_TOO_LONG, limit=100)
    many = " ".join(f"@user{n}x" for n in range(21))
    assert group(f"/split 100 {many}") == Unclear(Verb.SPLIT, ParseProblem.TOO_MANY_RECEIVERS, limit=20)
