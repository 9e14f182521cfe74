"""The table of commands is whole, and whatever is made of it says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handlers.commands import ABOUT_MONEY, COMMANDS, NAMES, PLAIN_WORDS, Command, Feature, Section, Verb, menu, works
from handlers.ground import Who
from handlers.texts import LANGUAGES, Language
from tests.handlers.chat.world import SPEAKERS

PRODUCT = {
    "start": "开始", "help": "帮助", "language": "语言", "cancel": "取消", "agreement": "协议", "balance": "余额",
    "history": "账单", "statement": "月账单", "receipt": "凭证", "send": "转账", "giveback": "退还", "topup": "充值",
    "nickname": "昵称", "pin": "支付密码", "settings": "设置", "group": "群设置",
    "collect": "收款", "red": "红包", "envelopes": "我的红包", "request": "请求",
    "schedules": "定时", "voucher": "兑换券",
    "split": "AA", "support": "客服", "report": "举报", "block": "拉黑", "limits": "限额", "lock": "锁定",
    "unlock": "解锁", "verify": "实名", "family": "亲属", "recover": "找回",
}
"""People know these words; they may get company but never change."""

each_command = pytest.mark.parametrize("row", COMMANDS.values(), ids=lambda row: row.verb)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def test_every_command_keeps_its_word() -> None:
    assert {row.verb.value: row.words[0] for row in COMMANDS.values() if row.words} == PRODUCT


def test_what_operators_ask_for_has_no_plain_word_and_is_in_nobodys_menu() -> None:
    theirs = [row for row in COMMANDS.values() if row.section is Section.OPERATORS]
    assert {row.verb for row in theirs} == {row.verb for row in COMMANDS.values() if not row.words}
    for row in theirs:
        assert row.accepts.private is Who.OPERATORS
        assert row.accepts.group is (None if row.verb is Verb.EXPORT else Who.OPERATORS), "a dossier is for one alone"
        assert row.verb not in {*listed(private=True), *listed(private=False, administrator=True)}


def test_traditional_characters_are_understood_wherever_they_differ() -> None:
    differing = str.maketrans("转账协议凭证余额语开单设群请兑换时举报", "轉賬協議憑證餘額語開單設群請兌換時舉報")
    for word in PRODUCT.values():
        assert PLAIN_WORDS.get(word.translate(differing)) is PLAIN_WORDS[word], word


@each_language
@each_command
def test_every_line_of_the_help_begins_with_what_is_typed_and_says_more(row: Command, language: Language) -> None:
    assert row.help
    for line in row.help:
        said = SPEAKERS[language].plain(line)
        assert said.partition(" ")[0] == row.typed
        assert said.partition(" – ")[2].strip()


@each_language
@pytest.mark.parametrize("private", [True, False])
def test_menus_are_short_and_in_the_readers_language(language: Language, private: bool) -> None:
    for verb, text in menu(private=private, administrator=not private, play_money=True):
        said = SPEAKERS[language].plain(text)
        assert 1 <= len(said) <= 256
        assert "<" not in said
        assert said.isascii() is (language == "en"), verb


def everybodys() -> list[Command]:
    return [row for row in COMMANDS.values() if row.accepts.act is None]


def listed(*, private: bool, administrator: bool = False, play_money: bool = True) -> list[Verb]:
    return [verb for verb, _ in menu(private=private, administrator=administrator, play_money=play_money)]


def test_a_menu_names_what_works_there_for_whoever_reads_it() -> None:
    for row in everybodys():
        assert (row.verb in listed(private=True)) is (row.accepts.private is not None and row.menu is not None)
        in_groups = row.accepts.group is not None and not row.is_talk
        for_all = in_groups and row.accepts.group is not Who.ADMINISTRATORS
        assert (row.verb in listed(private=False)) is for_all
        assert (row.verb in listed(private=False, administrator=True)) is in_groups


def test_only_start_has_no_line_in_any_menu() -> None:
    """Telegram has a button of its own for it."""
    anywhere = {*listed(private=True), *listed(private=False, administrator=True)}
    assert {row.verb for row in everybodys()} - anywhere == {Verb.START}


def test_where_money_is_worth_something_nobody_tops_up_with_play_money() -> None:
    assert Verb.TOPUP in listed(private=True)
    assert Verb.TOPUP not in listed(private=True, play_money=False)
    assert [row.verb for row in COMMANDS.values() if not works(row, play_money=False)] == [Verb.TOPUP]


def test_no_section_of_the_help_is_empty() -> None:
    assert {row.section for row in COMMANDS.values()} == set(Section)


def test_what_moves_money_stands_behind_an_agreement() -> None:
    for row in COMMANDS.values():
        assert bool(row.gate) is row.accepts.money, row.verb


# ------------------------------------------------------------------------------------------------ on paper
ROOT = Path(__file__).parents[2]
WHO: dict[Language, dict[Who | None, str]] = {
    "en": {Who.ANYBODY: "anybody", Who.MEMBERS: "members", Who.ADMINISTRATORS: "administrators",
           Who.OPERATORS: "operators", None: "–"},
    "zh_CN": {Who.ANYBODY: "所有人", Who.MEMBERS: "用户", Who.ADMINISTRATORS: "管理员", Who.OPERATORS: "运营",
              None: "–"},
}
AGREEMENTS: dict[Language, dict[str, str]] = {
    "en": {"payment": "payment service agreement", "envelopes": "red envelope rules", "": "–"},
    "zh_CN": {"payment": "支付服务协议", "envelopes": "红包规则", "": "–"},
}


def row_on_paper(row: Command, language: Language) -> str:
    """A command's line in the page about all of them."""
    voice, who = SPEAKERS[language], WHO[language]
    what = voice.plain(row.menu) if row.menu else voice.plain(row.help[0]).partition(" – ")[2]
    return " | ".join((f"| `{row.typed}`", " ".join(row.words), what, who[row.accepts.private], who[row.accepts.group],
                       f"{AGREEMENTS[language][row.gate]} |"))


def test_the_page_about_the_commands_is_the_table() -> None:
    paper = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    written = [line for line in paper.splitlines() if line.startswith("| `/")]
    assert written == [row_on_paper(row, language) for language in LANGUAGES for row in COMMANDS.values()]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_what_the_readme_invites_to_try_is_a_command(name: str) -> None:
    trying = (ROOT / name).read_text(encoding="utf-8").split("\n## ")[1]
    rows = [line for line in trying.splitlines() if line.startswith("| ")]
    tried = [span.split()[0] for row in rows for span in re.findall(r"`([^`]+)`", row)
             if not span.startswith("@")]  # What begins so is typed anywhere, and inline mode's.
    assert len(tried) > 8
    assert [word for word in tried if word not in PLAIN_WORDS and word.removeprefix("/") not in NAMES] == []


def test_a_group_may_switch_off_whatever_is_about_money_and_nothing_else() -> None:
    switched = {row.verb for row in COMMANDS.values() if row.belongs_to is not None}
    assert switched == set(ABOUT_MONEY)
    assert {row.belongs_to for row in COMMANDS.values()} - {None} == set(Feature)
    assert COMMANDS[Verb.RED].belongs_to is Feature.ENVELOPES
    assert COMMANDS[Verb.GIVEBACK].belongs_to is Feature.TRANSFERS
