"""Where the scripts register: each brings one class of refusal about."""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from tests.faults.town import Kind, Town

ANOTHER_PIN: Final = "482916"
WRONG_PIN: Final = "160382"

Script = Callable[[Town], Awaitable[None]]
SCRIPTS: Final[dict[Kind, Script]] = {}
"""Each brings its refusal about at least once, however often it is run."""


def meets(kind: Kind) -> Callable[[Script], Script]:
    """Registers the script for a class."""

    def register(script: Script) -> Script:
        assert kind not in SCRIPTS, f"two scripts for {kind.__name__}"
        SCRIPTS[kind] = script
        return script

    return register
