"""Everybody may top up with play money wherever the bot runs, unless whoever runs it says no."""
from __future__ import annotations

import pytest

from bot.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAY_MONEY", raising=False)


def test_play_money_is_on_without_a_word() -> None:
    assert read_settings().play_money


@pytest.mark.parametrize("said", ["false", "0", "no", "off"])
def test_whoever_runs_it_switches_play_money_off(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("PLAY_MONEY", said)
    assert not Settings().play_money
