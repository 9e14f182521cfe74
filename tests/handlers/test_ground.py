"""What handlers stand on: keys come from what happened, and two things that happened never share one."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiogram.types import Chat, Message, User

from handlers.ground import keys_of, message_key

BOT = 42
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def ephemeral(number: int, at: datetime = NOON) -> Message:
    """A command that only the bot sees; Telegram numbers all of these 0."""
    return Message(message_id=0, ephemeral_message_id=number, date=at, chat=Chat(id=-100, type="supergroup"),
                   from_user=User(id=1, is_bot=False, first_name="Alice"), text="/send @bob 20")


def test_ephemeral_messages_do_not_share_keys() -> None:
    assert message_key(BOT, ephemeral(5), "send") != message_key(BOT, ephemeral(6), "send")


def test_an_ephemeral_number_that_is_used_again_is_another_message() -> None:
    later = NOON + timedelta(hours=1)
    assert message_key(BOT, ephemeral(5), "send") != message_key(BOT, ephemeral(5, later), "send")


def test_a_redelivered_ephemeral_message_has_the_same_key() -> None:
    assert message_key(BOT, ephemeral(5), "send") == message_key(BOT, ephemeral(5), "send")


def test_keys_of_one_message_begin_alike_and_those_of_another_do_not() -> None:
    assert message_key(BOT, ephemeral(5), "send").startswith(keys_of(BOT, ephemeral(5)))
    assert not message_key(BOT, ephemeral(55), "send").startswith(keys_of(BOT, ephemeral(5)))
