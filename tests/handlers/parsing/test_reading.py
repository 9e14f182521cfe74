"""A payment is read however it is spelt, with its note, or is unclear."""
from __future__ import annotations

import pytest

from handlers.commands import Verb
from handlers.parsing import MAX_RECEIVERS, Asked, ParseProblem, Said, SendRequest, Unclear, Username, parse_send
from tests.handlers.parsing.saying import BOB, EVE, group, private, sent
from wallet.money import CNY


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
