"""What an update says before anybody handles it."""
from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arrivals import NotAnUpdate, arrived, found, is_possible

ALICE = {"id": 101, "is_bot": False, "first_name": "Alice", "username": "alice"}
GROUP = {"id": -100, "type": "supergroup", "title": "Friday"}
PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
    st.text(max_size=12), inner, max_size=4), max_leaves=20)
KINDS = st.sampled_from(["message", "callback_query", "edited_message", "my_chat_member"])
PARTS = st.sampled_from(["from", "chat", "user", "message", "entities", "reply_to_message"])


def press(data: str) -> dict[str, Any]:
    keyboard = {"inline_keyboard": [[{"text": "7", "callback_data": data}]]}
    message = {"message_id": 5, "chat": {"id": 101, "type": "private"}, "date": 0, "reply_markup": keyboard}
    return {"update_id": 1, "callback_query": {"id": "9", "from": ALICE, "data": data, "message": message}}


def test_a_stored_press_does_not_tell_which_digit_its_token_stands_for() -> None:
    arrival = arrived(press("k:token"), 1)
    stored = json.loads(arrival.stored.body)
    assert stored["callback_query"]["data"] == "k:token"
    assert "reply_markup" not in stored["callback_query"]["message"]
    assert found(arrival.stored).update == stored


def test_a_stored_answer_to_a_keypad_does_not_tell_it_either() -> None:
    keypad = press("k:token")["callback_query"]["message"]
    arrival = arrived({"update_id": 1, "message": {"from": ALICE, "text": "hi", "reply_to_message": keypad}}, 1)
    assert b"k:token" not in arrival.stored.body


def test_a_stored_press_tells_whether_its_button_hangs_where_it_was_pressed() -> None:
    stored = found(arrived(press("md:y:token"), 1).stored).update
    assert stored["callback_query"]["message"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "md:y:token"


@pytest.mark.parametrize(("number", "possible"), [(2**52, True), (-100, True), (2**62, False), (-(2**70), False)])
def test_a_number_that_nothing_has_is_seen_wherever_it_stands(number: int, possible: bool) -> None:
    body = {"from": ALICE, "text": "9" * 40, "users_shared": {"users": [{"user_id": number}]}}
    assert is_possible(arrived({"update_id": 1, "message": body}, 1)) is possible


def test_the_same_update_is_recognised_and_another_one_is_not() -> None:
    assert arrived(press("a"), 1).id == arrived(press("a"), 2).id
    assert arrived(press("a"), 1).id != arrived(press("b"), 1).id


def test_who_wrote_and_where_are_seen() -> None:
    arrival = arrived({"update_id": 1, "message": {"from": ALICE, "chat": GROUP, "text": "hi"}}, 1)
    assert arrival.person == 101
    assert {(seen.telegram_id, seen.username, seen.name) for seen in arrival.people} == {(101, "alice", "Alice")}
    assert [group.chat for group in arrival.groups] == [-100]


@pytest.mark.parametrize(("chat", "said"), [
    (GROUP, {"migrate_to_chat_id": -1007}), ({**GROUP, "id": -1007, "type": "supergroup"},
                                             {"migrate_from_chat_id": -100})])
def test_a_group_that_becomes_another_chat_is_seen_from_either(chat: dict[str, Any], said: dict[str, Any]) -> None:
    arrival = arrived({"update_id": 1, "message": {"from": ALICE, "chat": chat, **said}}, 1)
    assert (-1007, -100) in [(group.chat, group.before) for group in arrival.groups]


@pytest.mark.parametrize("number", [None, "x", 2**70, True, []])
def test_a_move_to_nowhere_is_none(number: object) -> None:
    arrival = arrived({"update_id": 1, "message": {"from": ALICE, "chat": GROUP, "migrate_to_chat_id": number}}, 1)
    assert [(group.chat, group.before) for group in arrival.groups] == [(-100, 0)]


@pytest.mark.parametrize("update", [None, [], {}, {"update_id": "1"}, {"update_id": True}, {"update_id": 2**70}])
def test_what_is_no_update_is_refused(update: object) -> None:
    with pytest.raises(NotAnUpdate):
        arrived(update, 1)


@given(st.dictionaries(KINDS, JSON, max_size=2), st.dictionaries(PARTS, JSON, max_size=6))
def test_nothing_that_may_be_sent_fails_before_it_is_stored(update: dict[str, Any], event: dict[str, Any]) -> None:
    arrival = arrived({**update, "message": event, "update_id": 1}, 1)
    found(arrival.stored)
