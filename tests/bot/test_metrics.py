"""What the process counts about itself."""

from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import SendMessage

from bot.metrics import CountedCalls, Metrics, status_of
from tests.fakes.telegram import RecordingSession, bot_with
from tests.wallet.bank import open_bank

METHOD = SendMessage(chat_id=1, text="x")


async def test_calls_are_counted_by_method_and_end() -> None:
    metrics = Metrics()
    session = RecordingSession()
    session.middleware(CountedCalls(metrics))
    bot = bot_with(session)
    session.refuse(SendMessage, "chat not found")
    with pytest.raises(TelegramBadRequest):
        await bot.send_message(101, "x")
    for _ in range(2):
        await bot.send_message(101, "x")
    page = metrics.page()
    assert b'ikmpay_telegram_calls_total{method="sendMessage",status="200"} 2.0' in page
    assert b'ikmpay_telegram_calls_total{method="sendMessage",status="400"} 1.0' in page


def test_every_way_to_fail_has_a_word() -> None:
    assert [status_of(error) for error in (
        TelegramRetryAfter(METHOD, "x", 1), TelegramForbiddenError(METHOD, "x"), TelegramNetworkError(METHOD, "x"),
        RuntimeError("x"))] == ["429", "403", "network", "error"]


async def test_the_engines_counts_are_shown() -> None:
    metrics = Metrics()
    async with open_bank("") as bank:
        metrics.watch_engine(bank.engine)
        await bank.join(101, 100)
        page = metrics.page().decode()
    assert "ikmpay_engine_queue 0.0" in page
    assert f"ikmpay_engine_commands_total {float(bank.engine.counts.commands)}" in page


def test_two_applications_in_one_process_count_apart() -> None:
    one, two = Metrics(), Metrics()
    one.inbox.labels("done").inc()
    assert b'state="done"' in one.page()
    assert b'state="done"' not in two.page()
