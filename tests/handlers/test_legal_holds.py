"""How the orders that stand are listed for operators."""
from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from handlers.legal_holds import listed
from handlers.texts import Language, Person, speakers
from wallet import ids
from wallet.money import CNY
from wallet.views.operators import LegalHoldView

SPEAKERS = speakers(CNY, ZoneInfo("Asia/Shanghai"), "ikmPay")
UNTIL = 1_796_000_000_000_000


def order(hold: int, *, amount: int = 0, until: int = 0) -> LegalHoldView:
    return LegalHoldView(hold, 64, 7, "The <court>", "No. 1", 740_000, amount, until, "by mail", 1, 1, 0)


@pytest.mark.parametrize(("language", "everything", "more"), [
    ("en", "everything", "There are more"), ("zh_CN", "全部余额", "还有更多")])
def test_each_says_what_it_holds_for_whom_and_until_when(language: Language, everything: str, more: str) -> None:
    said = SPEAKERS[language].say(listed(
        [(order(64), Person("Bob")), (order(128, amount=5_000, until=UNTIL), Person("李明"))], more=True)).splitlines()
    assert everything in said[1]
    assert (ids.code(64) in said[1], "Bob" in said[1]) == (True, True)
    assert "The &lt;court&gt;" in said[2]
    assert "2026" not in said[2]
    assert (ids.code(128) in said[3], "¥50.00" in said[3], "李明" in said[3]) == (True, True, True)
    assert "2026" in said[4]
    assert more in said[5]
    assert "by mail" not in "".join(said)


def test_none_is_said_as_that() -> None:
    assert SPEAKERS["en"].plain(listed((), more=False)) == "⚖️ Orders of courts that stand\nNone."
