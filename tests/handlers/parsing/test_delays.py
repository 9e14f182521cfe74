"""When a payment shall arrive, at the very end of what is typed; any other time is a part of the note."""
from __future__ import annotations

import pytest

from handlers.parsing import Asked, Said, SendRequest, understand
from wallet.money import CNY


def sent(text: str) -> tuple[int, str | None, int]:
    found = understand(Said(text), CNY)
    assert isinstance(found, Asked), found
    assert isinstance(found.argument, SendRequest)
    return found.argument.minor_units, found.argument.note, found.argument.delay


@pytest.mark.parametrize(("text", "note", "hours"), [
    ("/send @bob 20 lunch in 2h", "lunch", 2),
    ("/send @bob 20 in 2h", None, 2),
    ("/send @bob 20 lunch in 24 hours.", "lunch", 24),
    ("/send @bob 20 IN 24H", None, 24),
    ("/send @bob 20 dinner, see you, in 2h", "dinner, see you", 2),
    ("/send @bob 20 menu in 2h", "menu", 2),
    ("转账 @bob 20 午饭 2小时后到账", "午饭", 2),
    ("转账 @bob 20 2小时后到账", None, 2),
    ("转账 @bob 20 24小时后到账", None, 24),
    ("转账 @bob 20 午饭，两个小时之后到账。", "午饭", 2),
    ("转账 @bob 20 午饭 2 小时后到账", "午饭", 2),
    ("轉賬 @bob 20 午飯 二十四小時後到帳", "午飯", 24),
    ("转账 @bob 20 午饭 ２４小时后到账", "午饭", 24),
])
def test_a_delay_is_none_of_the_note(text: str, note: str | None, hours: int) -> None:
    assert sent(text) == (2_000, note, hours)


@pytest.mark.parametrize(("text", "note"), [
    ("/send @bob 20 lunch in 3h", "lunch in 3h"),
    ("/send @bob 20 in 2h we meet", "in 2h we meet"),
    ("/send @bob 20 within 2h", "within 2h"),
    ("/send @bob 20 in 12h", "in 12h"),
    ("/send @bob 20 dinner, see you in 2h", "dinner, see you in 2h"),
    ("/send @bob 20 Back in 24 hours.", "Back in 24 hours."),
    ("/send @bob 20 the film starts in 2h", "the film starts in 2h"),
    ("转账 @bob 20 午饭 2小时后见", "午饭 2小时后见"),
    ("转账 @bob 20 午饭 12小时后到账", "午饭 12小时后到账"),
])
def test_any_other_time_stays_in_the_note(text: str, note: str) -> None:
    assert sent(text) == (2_000, note, 0)


def test_several_people_are_paid_later_too() -> None:
    assert sent("/send @bob @eve 20 each in 2h") == (2_000, None, 2)
