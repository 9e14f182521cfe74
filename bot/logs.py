"""What the process says about itself, on stderr: a line each, for people or as JSON.

Guards: a token, a PIN, a phone number or a key never gets into a log, whatever was handed over and whoever logs: every
line, ours and every library's, goes through `redact` last of all, tracebacks included.
"""
from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Final, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN: Final = "[hidden]"

LONGEST: Final = 20_000
"""A longer text is cut: nobody reads more of it, and it fills the disk."""

DEEPEST: Final = 6
"""Deeper values are not shown."""

_SECRET_NAMES: Final = re.compile(
    r"(^|_)(pin|pins|phone|phones|phone_number|number_typed|token|secret|password|passwd|authorization|api_key|key|"
    r"cookie|init_data|email|code_typed)($|_)", re.IGNORECASE)
_HARMLESS_NAMES: Final = frozenset({"pin_version", "has_pin", "needs_pin"})

_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    # A bot's token, in an address as well.
    (re.compile(r"\d{3,17}:[A-Za-z0-9_-]{30,128}"), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/._~=-]{6,}"), rf"\1 {HIDDEN}"),
    # Keys that we hand out, and name=value as programs write it: a dataclass's repr, a query, JSON.
    (re.compile(r"\b(?:sk|pk|whsec|api)_[A-Za-z0-9_-]{8,}"), HIDDEN),
    (re.compile(r"""(?i)\b((?:new_|old_)?pin|password|passwd|secret|secret_token|api_?key|token)(["']?\s*[=:]\s*)"""
                r"""(?:"[^"]*"|'[^']*'|[^\s,;)}\]&]+)"""), rf"\1\2{HIDDEN}"),
    (re.compile(r"(?i)\b(pin)(\W{1,3})\d{4,8}\b"), rf"\1\2{HIDDEN}"),
    # The password of an address such as a database's.
    (re.compile(r"(?<=://)([^\s:/@]*):[^\s@/]+@"), rf"\1:{HIDDEN}@"),
    # Phone numbers: international ones by their plus, Chinese mobile ones by their shape.
    (re.compile(r"\+[ ]?\d(?:[ ()-]{0,2}\d){6,14}"), HIDDEN),
    (re.compile(r"(?<![\d.-])1[3-9]\d(?:[ -]?\d{4}){2}(?![\d.])"), HIDDEN),
)


def hide(text: str) -> str:
    """A text without the secrets that can be told by their looks."""
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def redact(logger: WrappedLogger | None, method: str, event: EventDict) -> EventDict:
    """The processor that comes last: nothing secret gets past it."""
    return {hide(str(name)): _hidden(str(name), value, 0) for name, value in event.items()}


def _hidden(name: str, value: object, depth: int) -> object:
    if _SECRET_NAMES.search(name) and name not in _HARMLESS_NAMES and value not in (None, "", False, True):
        return HIDDEN
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {hide(str(key)): _hidden(str(key), item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden("", item, depth + 1) for item in value]
    return hide(value if isinstance(value, str) else repr(value))


_SHARED: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


class _Safely(structlog.stdlib.ProcessorFormatter):
    """Formats every library's lines as ours."""


def set_up(level: str = "INFO", form: Literal["json", "console", "auto"] = "auto", stream: Any = None) -> None:
    """Send everything that is logged, by us or by a library, to stderr."""
    out = sys.stderr if stream is None else stream
    as_json = form == "json" or (form == "auto" and not out.isatty())
    ending: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, redact,
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json
        else structlog.dev.ConsoleRenderer(colors=False)]
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Safely(foreign_pre_chain=list(_SHARED), processors=ending))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    # A line for every update is too much of a good thing, and so is one for every part that a migration is made of.
    for talkative in ("aiogram.event", "aiohttp.access", "alembic"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.PositionalArgumentsFormatter(),
                    structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(), wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False)
