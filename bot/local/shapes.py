"""JSON objects as the Bot API has them, and the one thing that is done with them everywhere.

Guards: nothing here knows what the fields mean.
"""

import json
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]


def parsed(raw: str | bytes) -> Any:
    """JSON that can be written as UTF-8 again; a lone surrogate, which only an escape can bring in, can't."""
    value = json.loads(raw)
    escaped = b"\\ud" in raw.lower() if isinstance(raw, bytes) else "\\ud" in raw.lower()
    if escaped:
        json.dumps(value, ensure_ascii=False).encode()
    return value


def picked(source: Json, names: Iterable[str]) -> Json:
    """Those of the named fields that are there."""
    return {name: source[name] for name in names if name in source}
