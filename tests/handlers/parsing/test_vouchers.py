"""`/voucher` and its words: an amount for each use, how many, a password, one person."""
from __future__ import annotations

import pytest

from handlers.commands import Verb
from handlers.parsing import (
    Asked,
    Entity,
    Mentioned,
    ParseProblem,
    Said,
    Unclear,
    Username,
    VoucherRequest,
    parse_voucher,
    understand,
)
from wallet.money import CNY


def private(text: str) -> Asked | Unclear | None:
    return understand(Said(text), CNY)


@pytest.mark.parametrize(("text", "request_"), [
    ("/voucher 50", VoucherRequest(5_000)),
    ("/voucher 50 3", VoucherRequest(5_000, 3)),
    ("兑换券 50 3", VoucherRequest(5_000, 3)),
    ("兑换券50元3张", VoucherRequest(5_000, 3)),
    ("兌換券 ５０．５ ３次", VoucherRequest(5_050, 3)),
    ("/voucher 50 3 !sesame", VoucherRequest(5_000, 3, "sesame")),
    ("兑换券 50 3 ！密码", VoucherRequest(5_000, 3, "密码")),
    ("兑换券 50 3！密码", VoucherRequest(5_000, 3, "密码")),
    ("兑换券 50！密码", VoucherRequest(5_000, 1, "密码")),
    ("/voucher 50 @bob", VoucherRequest(5_000, 1, None, Username("bob"))),
    ("/voucher 50 1 @bob !sesame", VoucherRequest(5_000, 1, "sesame", Username("bob"))),
    ("/voucher 50 !sesame @bob", VoucherRequest(5_000, 1, "sesame", Username("bob"))),
    ("兑换券 50 ＠bob", VoucherRequest(5_000, 1, None, Username("bob"))),
])
def test_a_voucher_as_people_write_it(text: str, request_: VoucherRequest) -> None:
    assert private(text) == Asked(Verb.VOUCHER, request_)


def test_the_bare_word_lists_ones_own() -> None:
    assert private("/voucher") == private("兑换券") == Asked(Verb.VOUCHER, None)


@pytest.mark.parametrize(("text", "problem"), [
    ("/voucher 0", ParseProblem.AMOUNT),
    ("/voucher 1e3", ParseProblem.AMOUNT),
    ("/voucher @bob 50", ParseProblem.AMOUNT),
    ("/voucher 50 USD", ParseProblem.AMOUNT),
    ("/voucher 50 3 5", ParseProblem.USES),
    ("/voucher 50 3.5", ParseProblem.USES),
    ("/voucher 50 1,000", ParseProblem.USES),
    ("/voucher 50 lunch", ParseProblem.USES),
    ("/voucher 50 3 !one two", ParseProblem.USES),
    ("/voucher 50 !one !two", ParseProblem.USES),
    ("/voucher 50 !", ParseProblem.PASSWORD),
    ("/voucher 50 !" + "x" * 65, ParseProblem.PASSWORD),
    ("/voucher 50 @bob @eve", ParseProblem.ONE_PERSON),
    ("/voucher 50 2 @bob", ParseProblem.ONE_PERSON),
    ("/voucher 50 13800138000", ParseProblem.USES),
    ("/voucher 50 +8613800138000", ParseProblem.USES),
    ("兑换券 50 1 13800138000", ParseProblem.USES),
])
def test_what_could_be_meant_otherwise_is_unclear(text: str, problem: ParseProblem) -> None:
    found = private(text)
    assert isinstance(found, Unclear)
    assert found.problem is problem


def test_nobody_shows_a_password_to_a_whole_group() -> None:
    found = understand(Said("/voucher 50 !sesame", is_private=False), CNY)
    assert isinstance(found, Unclear)
    assert found.problem is ParseProblem.PASSWORD_SHOWN
    assert understand(Said("兑换券 50 3", is_private=False), CNY) == Asked(Verb.VOUCHER, VoucherRequest(5_000, 3))
    assert understand(Said("兑换券", is_private=False), CNY) is None
    assert understand(Said("兑换券 50 怎么用", is_private=False), CNY) is None


def test_somebody_without_a_user_name_is_pointed_at() -> None:
    said = Said("/voucher 50 Bob", (Entity("text_mention", 12, 3, 77),))
    assert understand(said, CNY) == Asked(Verb.VOUCHER, VoucherRequest(5_000, 1, None, Mentioned(77, "Bob")))


def test_the_wizards_answer_needs_no_command() -> None:
    assert parse_voucher(Said("50 3 !sesame"), CNY) == VoucherRequest(5_000, 3, "sesame")
    assert parse_voucher(Said(" "), CNY) == Unclear(Verb.VOUCHER, ParseProblem.USES)


def test_a_password_is_in_no_log() -> None:
    assert "sesame" not in repr(private("/voucher 50 !sesame"))
