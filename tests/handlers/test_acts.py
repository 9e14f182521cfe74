"""Whatever the wallet writes down in the audit, operators read in words, in both languages."""
from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

import wallet
from handlers.acts import ACTS, act_called
from handlers.chat.operators.auditing import _line
from handlers.happened import Names
from handlers.texts import LANGUAGES, Code, Language, Speaker, load_catalogue
from wallet.anchoring import POSTED
from wallet.money import CNY
from wallet.operators import STATES
from wallet.views import AuditLine

SPEAKERS: Final[dict[Language, Speaker]] = {
    language: Speaker(language, CNY, ZoneInfo("Asia/Shanghai"), "ikmPay", load_catalogue(language))
    for language in LANGUAGES}
NAMED: Final = {"POSTED": POSTED}
GROWN: Final = {
    "application_": {"approved", "rejected"}, "interception_": {"released", "sent_back", "expired"},
    "move_": {"objected", "rejected", "expired", "done"}, "own_limit_": {"payment", "day"},
    "money_": set(STATES)}
"""What may stand behind a beginning."""


def acts_written() -> Iterator[str]:
    """Every act in the code of the wallet."""
    for path in sorted(Path(wallet.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "audit"):
                continue
            act = node.args[1]
            if isinstance(act, ast.Constant):
                yield str(act.value)
            elif isinstance(act, ast.Name):
                yield NAMED[act.id]
            else:
                assert isinstance(act, ast.JoinedStr), f"{path}: an act that can't be read here"
                beginning = act.values[0]
                assert isinstance(beginning, ast.Constant)
                start = str(beginning.value)
                yield from (f"{start}{end}" for end in GROWN[start])


def test_every_act_has_its_words_and_there_are_no_words_without_one() -> None:
    written = set(acts_written())
    assert len(written) > 80
    assert written == set(ACTS)


@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_act_reads_differently_in_each_language(name: str) -> None:
    english, chinese = SPEAKERS["en"].say(ACTS[name]), SPEAKERS["zh_CN"].say(ACTS[name])
    assert english
    assert chinese != english
    assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)


def test_no_two_acts_read_alike() -> None:
    for speaker in SPEAKERS.values():
        assert len({speaker.say(text) for text in ACTS.values()}) == len(ACTS)


def test_an_act_of_another_version_is_shown_by_its_name() -> None:
    assert act_called("danced") == Code("danced")
    line = AuditLine(1_770_000_000_000_000, 9, "danced", "by 7")
    assert "danced" in SPEAKERS["zh_CN"].say(_line(line, 0, Names({}, {})))
