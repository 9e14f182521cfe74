"""Statements of what is owed: what one says, and the signature by which anybody can tell that we said it.

Guards: a statement is one canonical text, so whoever has it, the signature and the public key checks it without us;
what it says is what the ledger said at the entries that it names. Signing is by chance-free Ed25519: the same text has
the same signature, whoever asks twice.
"""
from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wallet import ids
from wallet.books import Books
from wallet.money import plain_amount
from wallet.movements import AccountKind
from wallet.rows import Account, Key, Member

FORMAT: Final = "ikmpay-owed-1"
KINDS: Final[Mapping[str, AccountKind]] = {"available": AccountKind.AVAILABLE, "held": AccountKind.HELD}
"""The accounts whose money is a member's, by what a statement calls them."""


class NotAStatement(Exception):
    """A file that is none of ours."""


def reads(member: int) -> tuple[Key, ...]:
    """What a statement stands on: the member, whose lock guards the accounts, and these."""
    return ((Member, member), *((Account, ids.account(member, kind)) for kind in KINDS.values()))


def canonical(statement: Mapping[str, Any]) -> bytes:
    """The bytes that are signed: JSON without blanks, names in order, ASCII alone."""
    return json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def public_key(seed: bytes) -> str:
    """The public key of a secret one, as hex."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def make(books: Books, member: int) -> str:
    """A member's statement with its signature, as a file has it. Raises `Needs`."""
    books.need(*reads(member))
    currency = books.policy.currency
    found = {name: books.find(Account, ids.account(member, kind)) for name, kind in KINDS.items()}
    amounts = {name: account.balance if account else 0 for name, account in found.items()}
    amounts["total"] = sum(amounts.values())
    statement = {
        "format": FORMAT, "member": member, "telegram_id": books.get(Member, member).telegram_id,
        "at": datetime.fromtimestamp(books.now // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "owed": {currency.code: {name: plain_amount(amount, currency) for name, amount in amounts.items()}},
        # The newest entry of each account, and the last commit before this one.
        "entries": {name: [account.id, account.entries, account.balance] for name, account in found.items() if account},
        "ledger": {"lane": books.lane.lane, "seq": books.lane.seq - 1, "head": books.lane.head.hex()}}
    key = Ed25519PrivateKey.from_private_bytes(books.policy.statement_key)
    signed = {"statement": statement, "signature": key.sign(canonical(statement)).hex(),
              "key": public_key(books.policy.statement_key)}
    return json.dumps(signed, sort_keys=True, separators=(",", ":"))


def opened(text: str) -> tuple[dict[str, Any], str, bytes]:
    """The statement in a file, the key that it names and its signature. Raises `NotAStatement`."""
    try:
        signed = json.loads(text)
        statement, key, signature = signed["statement"], signed["key"], bytes.fromhex(signed["signature"])
        if statement["format"] != FORMAT or len(bytes.fromhex(key)) != 32:
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotAStatement from None
    return statement, key, signature


def is_signed(statement: Mapping[str, Any], signature: bytes, key: str) -> bool:
    """Whether this key signed it, as it stands."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, canonical(statement))
    except (InvalidSignature, ValueError):
        return False
    return True
