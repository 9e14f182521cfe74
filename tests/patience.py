"""How long a test waits for what must come: a bound that ends a hang, and measures nothing.

Guards: a machine ten times slower than ours, with others at work on it, fails no test. What a test is *about* being
short, like a silence that has to end, has a number of its own.
"""
from __future__ import annotations

from typing import Final

PATIENCE: Final = 120.0
"""Seconds. The limit of a whole test, in pyproject.toml, is longer, so that a wait says what did not come."""
