"""The command line: what can't be done is said in a sentence, and whoever changes their mind just goes."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def said(*arguments: str, **settings: str) -> tuple[int, str]:
    """The exit code and everything that was written."""
    ended = subprocess.run([sys.executable, "-m", "bot", *arguments], cwd=ROOT, env=os.environ | settings, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=60)
    return ended.returncode, ended.stdout


@pytest.mark.parametrize(("settings", "reason"), [
    ({"BOT_TOKEN": "abc"}, "BOT_TOKEN: a token looks like"),
    ({"PORT": "web"}, "PORT: "),
    ({"DATA_DIR": "/dev/null/data"}, "DATA_DIR: nothing can be kept in /dev/null/data"),
], ids=["token", "port", "folder"])
def test_what_is_wrong_with_the_settings_is_said_in_a_sentence(settings: dict[str, str], reason: str) -> None:
    code, words = said("local", **settings)
    assert code == 78
    assert reason in words
    assert "Traceback" not in words


def test_ctrl_c_while_it_is_still_loading_is_no_error(tmp_path: Path) -> None:
    starting = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "bot", "local"], cwd=ROOT, text=True, stderr=subprocess.PIPE,
        env=os.environ | {"DATA_DIR": str(tmp_path), "PORT": "0"})
    assert starting.stderr is not None
    with starting:
        for line in starting.stderr:  # As soon as the first of what it loads is there.
            if "bot.settings" in line:
                starting.send_signal(signal.SIGINT)
                break
        left = starting.stderr.read()
    assert starting.returncode == 0
    assert "KeyboardInterrupt" not in left
