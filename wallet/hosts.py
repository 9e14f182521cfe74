"""Links in what people write: whether one leads to a host of which people have to be kept away.

Guards: a host that is listed is found with all that is below it, with or without its scheme, in wide letters, with
invisible signs in it, with the dots of Chinese, in brackets, or with the letters of another script spelled out.
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

MOST: Final = 500_000
"""So many hosts a list may have."""
LONGEST: Final = 253
"""Characters of a host."""

_DOTS: Final = re.compile(r"\s*[\[({（【]\s*(?:[.。．｡]|dot|点)\s*[\])}）】]\s*|[。．｡]", re.IGNORECASE)
_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_HOSTS: Final = (
    re.compile(r"(?:[a-z0-9-]{1,63}\.){1,20}[a-z0-9-]{2,63}"), re.compile(r"(?:[\w-]{1,63}\.){1,20}[\w-]{2,63}"))
"""Among Chinese words a host of Latin letters has no space around it."""


class Hosts:
    """A list of hosts."""

    def __init__(self, lines: Iterable[str]) -> None:
        """One a line; what begins with # says something about them. Raises `ValueError` for what can be none."""
        found = set()
        for line in lines:
            host = line.partition("#")[0].strip().strip(".")
            if not host:
                continue
            if len(host) > LONGEST or "." not in host or re.search(r"[\s/:@]", host):
                raise ValueError(f"{host[:60]!r} is no host")
            found.add(_plain(host))
            if len(found) > MOST:
                raise ValueError(f"more than {MOST:,} hosts")
        self._listed = frozenset(found)

    def named_in(self, text: str) -> bool:
        """Whether a text names one of them, or something below it."""
        seen = _UNSEEN.sub("", text)
        dotted = _DOTS.sub(".", seen)  # A sentence may end behind a host, too, so both are looked at.
        return any(host in self._listed for form in {seen, dotted} if "." in (
            plain := unicodedata.normalize("NFKC", form).casefold()) for host in _named(plain))


def _named(text: str) -> Iterator[str]:
    for pattern in _HOSTS:
        for found in pattern.findall(text):
            labels = _plain(found).split(".")
            yield from (".".join(labels[start:]) for start in range(len(labels) - 1))


def _plain(host: str) -> str:
    """A host as it is compared: its letters as they are read, not as they travel."""
    return ".".join(_label(label) for label in unicodedata.normalize("NFKC", host).casefold().split("."))


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return unicodedata.normalize("NFKC", label[4:].encode("ascii").decode("punycode")).casefold()
    except UnicodeError:
        return label


@lru_cache(maxsize=1)
def _ours() -> Hosts:
    return Hosts(Path(__file__).with_name("hosts.txt").read_text(encoding="utf-8").splitlines())


_further: list[Hosts] = []
"""The deployment's own list, if it has one."""


def watch_for(hosts: Hosts | None) -> None:
    """Take a deployment's own list besides ours, in the place of one that was taken before."""
    _further[:] = [hosts] if hosts is not None else []


def is_bad(text: str) -> bool:
    """Whether a text has a link to a listed host in it."""
    return any(hosts.named_in(text) for hosts in (_ours(), *_further))
