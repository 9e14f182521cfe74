"""Who is paid: by a user name, a mention, a number or a reply, and by nothing else."""
from __future__ import annotations

import pytest

from handlers.commands import Verb
from handlers.parsing import (
    Asked,
    Entity,
    Mentioned,
    ParseProblem,
    PhoneNumber,
    Replied,
    Said,
    Unclear,
    Username,
    parse_receivers,
    understand,
)
from tests.handlers.parsing.saying import BOB, group, private, problem_of, sent
from wallet.money import CNY


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


def test_a_person_after_the_amount_of_a_reply_is_unclear() -> None:
    assert problem_of("/send 20 @bob", is_reply=True) is ParseProblem.RECEIVER_AFTER_AMOUNT
    mention = Entity("text_mention", 9, 2, 77)
    assert problem_of("/send 20 小明", mention, is_reply=True) is ParseProblem.RECEIVER_AFTER_AMOUNT


def test_a_word_towards_nobody_is_passed_over_by_nobody() -> None:
    for text in ("转账给", "转账给我20", "转账给20"):
        assert group(text, is_reply=True) is None
    for text in ("/send 20 给 @bob", "/send 20 给@bob", "/send 20 to @bob", "/send 20元给@bob"):
        assert problem_of(text, is_reply=True) is ParseProblem.RECEIVER_AFTER_AMOUNT
    assert private("/send @bob 20 给你") == sent(BOB, minor_units=2000, note="给你")


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


def test_phone_numbers_of_the_region_of_the_deployment_need_no_prefix() -> None:
    answer = understand(Said("/send 2025550123 20"), CNY, "US")
    assert answer == sent(PhoneNumber("+12025550123"), minor_units=2000)
    assert understand(Said("/send 13800138000 20", is_reply=True), CNY, "US") != answer


def test_people_alone_answer_a_wizard() -> None:
    assert parse_receivers(Said("@bob"), CNY) == (BOB,)
    assert parse_receivers(Said("13800138000"), CNY) == (PhoneNumber("+8613800138000"),)
    assert parse_receivers(Said("010-62345678"), CNY) == (PhoneNumber("+861062345678"),)
    assert parse_receivers(Said("小明", (Entity("text_mention", 0, 2, 7),)), CNY) == (Mentioned(7, "小明"),)
    for text in ("", "bob", "@bob 20"):
        assert parse_receivers(Said(text), CNY) == Unclear(Verb.SEND, ParseProblem.NO_RECEIVER)
