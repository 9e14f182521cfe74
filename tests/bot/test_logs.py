"""Canaries: secrets that are logged in every way that somebody might, and must not be seen again."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import structlog

from bot.logs import HIDDEN, hide, set_up

TOKEN = "7123456789:AAF-canary_canary_canary_canary_can"
PIN = "482915"
PHONE = "+86 138 0013 8000"
LOCAL_PHONE = "13800138000"
KEY = "Bearer sk_live_canary0123456789"
CANARIES = (TOKEN, TOKEN.split(":")[1], PIN, PHONE, LOCAL_PHONE, "0013 8000", "sk_live_canary0123456789")


@dataclass(frozen=True)
class Typed:
    """Something whose repr shows a secret."""

    pin: str
    phone: str


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What reaches stderr."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    out = io.StringIO()
    set_up("DEBUG", "json", out)
    yield out
    root.handlers, root.level = handlers, level


def assert_no_canary(text: str) -> None:
    assert text
    assert [canary for canary in CANARIES if canary in text] == []


def test_canaries_never_reach_a_log(written: io.StringIO) -> None:
    log = structlog.get_logger("canary")
    log.info(f"calling https://api.telegram.org/bot{TOKEN}/sendMessage")
    log.info("joined", phone=PHONE, note=f"call me: {PHONE} or {LOCAL_PHONE}")
    log.info("typed", pin=PIN, typed=Typed(PIN, PHONE), values={"pin": PIN, "deep": [{"token": TOKEN}]})
    log.warning("refused", authorization=KEY, header=f"Authorization: {KEY}")
    log.info("the PIN %s was wrong", PIN)
    log.info(f"PIN: {PIN}")
    log.info("database", url="postgresql+asyncpg://user:canary-password@host/db")
    assert_no_canary(written.getvalue())
    assert "canary-password" not in written.getvalue()


def test_tracebacks_are_redacted_too(written: io.StringIO) -> None:
    log = structlog.get_logger("canary")
    try:
        raise ValueError(f"cannot send to https://api.telegram.org/bot{TOKEN}/getMe with {Typed(PIN, PHONE)!r}")
    except ValueError:
        log.exception("failed")
    assert_no_canary(written.getvalue())
    assert "ValueError" in written.getvalue()


def test_libraries_are_redacted_too(written: io.StringIO) -> None:
    logging.getLogger("aiohttp.client").warning("GET https://api.telegram.org/bot%s/getUpdates", TOKEN)
    logging.getLogger("some.library").error("wrong pin=%s", PIN, extra={"phone_number": PHONE})
    assert_no_canary(written.getvalue())


def test_a_name_that_is_a_secret_hides_whatever_it_holds(written: io.StringIO) -> None:
    structlog.get_logger("canary").info("odd", pin=482915, secret=b"482915", webhook_secret="482915")
    assert_no_canary(written.getvalue())


def test_what_is_not_secret_is_still_readable(written: io.StringIO) -> None:
    structlog.get_logger("plain").info("sent", chat=-1001000000001, member=448, at=1_770_000_000_000_000, amount=2000,
                                       code="89WT6XZ2A", name="小明", has_pin=True)
    line = json.loads(written.getvalue())
    assert (line["chat"], line["member"], line["at"], line["amount"]) == (-1001000000001, 448, 1770000000000000, 2000)
    assert (line["code"], line["name"], line["has_pin"]) == ("89WT6XZ2A", "小明", True)
    assert (line["event"], line["level"], line["logger"]) == ("sent", "info", "plain")


def test_a_line_is_bounded(written: io.StringIO) -> None:
    structlog.get_logger("long").info("x" * 1_000_000)
    assert len(written.getvalue()) < 30_000


@pytest.mark.parametrize("text", ["2026-11-22 06:18:24", "ids 1770000000000000 and -1001000000001", "¥1,000.50",
                                  "took 0.138001380 s", "pinned the message", "update 123456789"])
def test_numbers_that_are_no_secrets_stay(text: str) -> None:
    assert hide(text) == text


def test_several_secrets_in_one_text_are_all_hidden() -> None:
    assert hide(f"{TOKEN} {PHONE}, {LOCAL_PHONE}") == f"{HIDDEN} {HIDDEN}, {HIDDEN}"
