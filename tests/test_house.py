"""House rules that a reader can't be relied on to see, kept cheap: they read files and start nothing.

Guards what no linter knows about us: which folders there are, what money code may not contain, where people's
words may not go, and that the papers name what exists.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ("bot", "handlers", "wallet", "storage", "locales")
FOLDERS = {*CODE, "tests", "docs", "deploy"}
# What tools make; none of it is in git.
MADE = {".git", ".venv", "build", "data", "__pycache__", ".hypothesis"}
# Published as they are and kept that way.
ANCHORS = ROOT / "tests" / "benchmarks" / "anchors"
TEXT = {"", ".py", ".md", ".toml", ".yaml", ".po", ".html", ".js", ".css", ".svg", ".service", ".txt", ".mako"}

# Written in parts, so that this file keeps its own rule.
REGISTRIES = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "jsdelivr" + ".net", "unpkg" + ".com")
# Between two looks at something that is waited for; anything longer is a guess.
LONGEST_PAUSE = 0.05
LONGEST_FILE = 600
"""Lines. Whoever needs more has a second chapter, and somewhere to put it."""
HOMES = re.compile(r"(?<![\w.])/(?:home|Users|root|work|private|mnt)/[\w.]")


def files() -> Iterator[Path]:
    """Everything of ours, without what tools made."""
    waiting = [ROOT]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            if path.name in MADE or path.name.endswith((".egg-info", "_cache")) or path == ANCHORS:
                continue
            if path.is_dir():
                waiting.append(path)
            else:
                yield path


def modules(*folders: str) -> list[Path]:
    """The Python files in these folders."""
    wanted = {ROOT / folder for folder in folders}
    return [path for path in files() if path.suffix == ".py" and wanted & set(path.parents)]


@cache
def tree(path: Path) -> ast.Module:
    """A module, parsed once."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def places(paths: list[Path], is_wrong: Callable[[ast.AST], bool]) -> list[str]:
    """Where something stands that must not, as file:line."""
    return [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
        for path in paths
        for node in ast.walk(tree(path))
        if is_wrong(node)
    ]


def calls(*names: str) -> Callable[[ast.AST], bool]:
    """Whether a node calls one of these, by its plain name or, with a dot, by its last two."""

    def is_call(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        said = ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""
        return any(said == name or ("." in name and said.endswith(name)) for name in names)

    return is_call


def test_every_module_opens_with_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules(*CODE, "tests")
        if not ast.get_docstring(tree(path)) and path.read_text(encoding="utf-8").strip()
    ]
    assert silent == []


def test_every_file_fits_on_a_few_screens() -> None:
    written = [path for path in files() if path.suffix in {".py", ".js", ".css", ".html"}]
    lengths = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in written}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_there_are_no_other_rooms() -> None:
    there = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert {name for name in there - FOLDERS - MADE if not name.endswith(".egg-info")} == set()


def test_no_file_tells_where_it_was_written() -> None:
    told = []
    for path in files():
        if path.suffix not in TEXT:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if HOMES.search(line) or any(host in line for host in REGISTRIES):
                told.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert told == []


def test_no_float_comes_near_money() -> None:
    def is_float(node: ast.AST) -> bool:
        return (
            calls("float", "round")(node)
            or (isinstance(node, ast.Constant) and isinstance(node.value, float))
            or (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div))
        )

    # The engine measures waits in seconds, the vault joins paths with /; neither computes an amount.
    paths = [path for path in modules("wallet") if path.name not in {"engine.py", "vault.py"}]
    assert places(paths, is_float) == []


def test_one_parser_reads_numbers_that_people_typed() -> None:
    # int(), float() and Decimal() read other scripts' digits, 1_000, +5 and 1e5; `²` is a digit to isdigit().
    # Amounts are read by wallet.money; buttons carry typed callback data.
    wrong = calls("int", "float", "Decimal", "decimal.Decimal", ".isdigit", ".isnumeric")
    assert places(modules("handlers/chat", "handlers/web"), wrong) == []


def test_decisions_take_no_time_and_no_chance_from_elsewhere() -> None:
    wrong = calls("datetime.now", "datetime.utcnow", "date.today", "time.time", "time_ns", "random.random")
    assert places(modules("wallet"), wrong) == []


def test_nothing_but_telegram_is_called() -> None:
    def is_client(node: ast.AST) -> bool:
        if isinstance(node, ast.ImportFrom):
            return any(name.name == "ClientSession" for name in node.names)
        return isinstance(node, ast.Attribute) and node.attr == "ClientSession"

    # The local chat delivers webhooks as Telegram does: it is the other side, and never runs beside real people.
    allowed = {ROOT / "bot" / "local" / "webhook.py"}
    assert places([path for path in modules(*CODE) if path not in allowed], is_client) == []


def test_only_the_database_module_begins_and_commits() -> None:
    # The local chat is Telegram's stand-in and keeps a journal of its own, which holds no money.
    paths = [path for path in modules("handlers", "bot") if ROOT / "bot" / "local" not in path.parents]
    assert places(paths, calls(".begin", ".commit", ".rollback")) == []


def test_fakes_are_written_by_hand() -> None:
    def is_mock(node: ast.AST) -> bool:
        if isinstance(node, ast.Import):
            return any(name.name.startswith(("unittest.mock", "mock")) for name in node.names)
        return isinstance(node, ast.ImportFrom) and node.module in {"unittest", "unittest.mock", "mock"}

    assert places(modules("tests"), is_mock) == []


def test_nobody_sleeps_to_be_on_the_safe_side() -> None:
    def is_long_sleep(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call) or not calls("sleep", "time.sleep", "asyncio.sleep")(node):
            return False
        seconds = [value.value for value in node.args if isinstance(value, ast.Constant)]
        return any(isinstance(value, int | float) and value > LONGEST_PAUSE for value in seconds)

    assert places(modules("tests"), is_long_sleep) == []


def settings_told_in(name: str) -> list[str]:
    """The settings that a README's table names, in order."""
    rows = re.findall(r"^\| ((?:`[A-Z_]+` )+)\|", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    return [setting.strip("`") for row in rows for setting in row.split()]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "deploy/README.md"])
def test_the_papers_point_at_what_exists(name: str) -> None:
    paper = ROOT / name
    links = re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)[^)]*\)", paper.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (paper.parent / link).exists()] == []


def test_both_readmes_tell_the_same_settings() -> None:
    assert settings_told_in("README.md") == settings_told_in("README.zh-CN.md")


def test_the_readme_tells_every_setting() -> None:
    from bot.settings import Settings

    assert set(settings_told_in("README.md")) == {name.upper() for name in Settings.model_fields}
