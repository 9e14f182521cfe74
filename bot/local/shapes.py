"""JSON objects as the Bot API has them, and the one thing that is done with them everywhere.

The invariant: nothing here knows what the fields mean.
"""

from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]


def picked(source: Json, names: Iterable[str]) -> Json:
    """Those of the named fields that are there."""
    return {name: source[name] for name in names if name in source}
