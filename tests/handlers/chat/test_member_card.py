"""What stands on a member's card of what is open about them, and what the buttons under it lead to."""
from __future__ import annotations

import pytest

from handlers.chat.buttons import to_matters
from handlers.chat.operators.members import to_look_at
from handlers.texts import Language
from tests.handlers.test_acts import SPEAKERS
from wallet import ids
from wallet.views import MattersView, OpenOnes

ALL = MattersView(tickets=OpenOnes(4, (64, 128, 192)), reports=OpenOnes(1, (256,)), paying=OpenOnes(1, (320,)),
                  receiving=OpenOnes(2, (384, 448)), proposals=OpenOnes(1, (512,)), hits=OpenOnes(1, (576,)),
                  listed="UN-1 UN-2", confirmed="UN-3")


def codes(*numbers: int) -> str:
    return " ".join(map(ids.code, numbers))


@pytest.mark.parametrize(("language", "lines"), [
    ("en", ["4 open tickets of theirs: <code>{} …</code>", "1 open report about them: <code>{}</code>",
            "1 payment from them is held back: <code>{}</code>", "2 payments to them are held back: <code>{}</code>",
            "1 proposal about them waits: <code>{}</code>",
            "Their name may stand on the screening list: <code>UN-1 UN-2</code>. They were not told.",
            "They are on the screening list, as two operators found: <code>UN-3</code>"]),
    ("zh_CN", ["对方有 4 个未关闭的工单：<code>{} …</code>", "针对对方的举报有 1 个未关闭：<code>{}</code>",
               "对方付出的 1 笔付款被拦下：<code>{}</code>", "付给对方的 2 笔付款被拦下：<code>{}</code>",
               "有关对方的 1 张复核单等待复核：<code>{}</code>",
               "姓名可能在筛查名单上：<code>UN-1 UN-2</code>。对方并不知情。",
               "经两名运营人员认定，对方就是筛查名单上的人：<code>UN-3</code>"])])
def test_each_kind_is_a_line_with_its_number_and_codes(language: Language, lines: list[str]) -> None:
    named = [codes(64, 128, 192), codes(256), codes(320), codes(384, 448), codes(512), "", ""]
    assert [SPEAKERS[language].say(line) for line in to_look_at(ALL)] == [
        line.format(code) for line, code in zip(lines, named, strict=True)]


def test_what_is_named_has_a_button_and_payments_held_back_have_one_for_all() -> None:
    rows = [[one.text for one in row] for row in to_matters(SPEAKERS["en"], ALL)]
    assert rows == [[f"🗂 {ids.code(number)}" for number in (64, 128, 192)], [f"🗂 {ids.code(256)}"], ["🔎 Held back"],
                    [f"🔏 {ids.code(512)}"], [f"🔎 {ids.code(576)}"]]


def test_where_nothing_is_open_there_is_neither_line_nor_button() -> None:
    assert to_look_at(MattersView()) == []
    assert not any(to_matters(SPEAKERS["en"], MattersView()))
