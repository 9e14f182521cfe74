"""How long something is to last, as operators type it."""
from __future__ import annotations

import re
from typing import Final

from wallet.money import fold_width

_ON: Final = re.compile(r"(?:on|开|开启)(?: *(?P<minutes>[0-9]{1,4}))?")


def minutes_said(typed: str, default: int, most: int) -> int | None:
    """The minutes behind `on`, `default` where it stands alone; nothing where it is something else."""
    found = _ON.fullmatch(fold_width(typed).strip().lower())
    return None if found is None else min(most, max(1, int(found["minutes"] or default)))
