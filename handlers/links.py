"""The links by which people are paid: whose code it is, how much and for what, in what stands behind `/start`.

Guards: a link is ours and says what it was made for, or it is none: a keyed digest covers all of it, so nobody makes
one up, changes an amount, or learns who has a wallet by trying numbers.
"""
from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

from wallet import ids
from wallet.vault import Vault

WORD: Final = "to"
"""How such a payload begins."""
LONGEST: Final = 64
"""What Telegram allows behind /start."""
_SEAL: Final = 8
_ENCODING: Final = "gb18030"
"""Two bytes for a Chinese character where UTF-8 takes three: a link is short."""
_PAYLOAD: Final = re.compile(
    rf"(?P<code>[{ids.ALPHABET}]{{{ids.CODE_LENGTH}}})(?P<seal>[0-9a-f]{{{_SEAL}}})"
    r"(?:_(?P<amount>[1-9a-z][0-9a-z]{0,10})(?:_(?P<note>[A-Za-z0-9_-]+))?)?")
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


class NoRoom(Exception):
    """The note is longer than a link can hold."""


@dataclass(frozen=True, slots=True)
class Collecting:
    """What a link asks for: a member, an amount in minor units or 0 for any, and a note."""

    member: int
    amount: int = 0
    note: str = ""


def payload_for(asked: Collecting, vault: Vault) -> str:
    """What stands behind /start. Raises `NoRoom`."""
    said = ids.code(asked.member) + _seal(asked, vault)
    if asked.amount:
        said += f"_{_written(asked.amount)}"
    if asked.note:
        assert asked.amount, "a note is for an amount"
        said += "_" + urlsafe_b64encode(asked.note.encode(_ENCODING)).decode().rstrip("=")
    payload = f"{WORD}_{said}"
    if len(payload) > LONGEST:
        raise NoRoom
    return payload


def read(rest: str, vault: Vault) -> Collecting | None:
    """What a link asks for, from what stands behind its word; None for one that we did not make."""
    found = _PAYLOAD.fullmatch(rest)
    member = ids.from_code(found["code"]) if found else None
    if found is None or member is None:
        return None
    try:
        coded = found["note"] or ""
        note = urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode(_ENCODING)
    except ValueError:
        return None
    asked = Collecting(member, int(found["amount"] or "0", 36), note)
    return asked if hmac.compare_digest(_seal(asked, vault), found["seal"]) else None


def _seal(asked: Collecting, vault: Vault) -> str:
    return vault.digest("collecting", f"{asked.member} {asked.amount} {asked.note}")[:_SEAL]


def _written(number: int) -> str:
    signs = ""
    while number:
        number, digit = divmod(number, 36)
        signs = _DIGITS[digit] + signs
    return signs
