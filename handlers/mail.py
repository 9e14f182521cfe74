"""Mail: what the process can send, how an address is written, and the codes that are sent.

Guards: an address is ASCII on one line, so nothing can be slipped into a mail's head; a code follows from what asked
for it, so whoever is handled twice after a crash is sent the same one.
"""
from __future__ import annotations

import re
from typing import Final, Protocol

from wallet.money import fold_width
from wallet.vault import Vault

LONGEST: Final = 254
CODE: Final = 6
"""Digits of one."""
_ADDRESS: Final = re.compile(
    r"(?P<name>[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@"
    r"(?P<host>(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63})", re.ASCII)
_CODE: Final = re.compile(r"[0-9]{6}", re.ASCII)


class NotMailed(Exception):
    """The mail could not be handed over; it may go later."""


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, address: str, subject: str, text: str) -> None:
        """Hand one over. Raises `NotMailed`."""


def address_in(typed: str) -> str | None:
    """The address that somebody typed, its host in small letters; None where it is none."""
    found = _ADDRESS.fullmatch(fold_width(typed).strip()) if len(typed) <= 2 * LONGEST else None
    if found is None or len(found[0]) > LONGEST or len(found["name"]) > 64:
        return None
    return f"{found['name']}@{found['host'].lower()}"


def masked(address: str) -> str:
    """Enough of it to be recognised by whoever has it."""
    name, _, host = address.partition("@")
    return f"{name[0]}***@{host}"


def code_for(vault: Vault, key: str) -> str:
    """The code that an operation sends."""
    return f"{int(vault.digest('mail codes', key), 16) % 10**CODE:0{CODE}}"


def code_in(typed: str) -> str | None:
    """The code that somebody typed."""
    bare = "".join(fold_width(typed).replace("-", "").split())
    return bare if _CODE.fullmatch(bare) else None


def digest_of(vault: Vault, member: int, purpose: str, code: str) -> str:
    """As what a code is kept: worth nothing to anybody else, and for nothing else."""
    return vault.digest("mail code", f"{member} {purpose} {code}")
