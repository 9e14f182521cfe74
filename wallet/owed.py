"""Statements of what is owed: what one says, and the signature by which anybody can tell that we said it.

Guards: a statement is one canonical text, so whoever has it, the signature and the public key checks it without us;
what it says is what the ledger said at the entries that it names, and every line is the sum of its accounts. Signing
is by chance-free Ed25519: the same text has the same signature, whoever asks twice.
"""
from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wallet import ids, refusals, tallies
from wallet.books import Books
from wallet.money import Currency, plain_amount
from wallet.movements import AccountKind
from wallet.rows import Account, Envelope, Key, Member, Voucher
from wallet.views.operators import SetAside

FORMAT: Final = "ikmpay-owed-2"
FORMER: Final = "ikmpay-owed-1"
"""Said nothing of what lay in red envelopes and vouchers; those that were given out are read as ever."""
KINDS: Final[Mapping[str, AccountKind]] = {
    "available": AccountKind.AVAILABLE, "held": AccountKind.HELD, "envelopes": AccountKind.ENVELOPE,
    "vouchers": AccountKind.VOUCHER}
"""The accounts whose money is a member's, by what a statement calls them. The others are the house's."""
FORMER_KINDS: Final = ("available", "held")
"""Those of them that a former statement has."""
_MADE: Final[Mapping[str, tuple[type[Envelope] | type[Voucher], str]]] = {
    "envelopes": (Envelope, tallies.ENVELOPES), "vouchers": (Voucher, tallies.VOUCHERS)}
"""What a member made and has an account of its own: until somebody takes it, it is the maker's."""


class NotAStatement(Exception):
    """A file that is none of ours."""


def reads(member: int, aside: SetAside) -> tuple[Key, ...]:
    """What a statement stands on: the member, whose lock guards the accounts, what they made, and how much there is."""
    made = ((name, number) for name in _MADE for number in getattr(aside, name))
    return ((Member, member), *((Account, ids.account(member, KINDS[kind])) for kind in ("available", "held")),
            *(key for name, number in made for key in (
                (_MADE[name][0], number), (Account, ids.account(number, KINDS[name])))),
            *tallies.reads(member, *(what for _row, what in _MADE.values())))


def canonical(statement: Mapping[str, Any]) -> bytes:
    """The bytes that are signed: JSON without blanks, names in order, ASCII alone."""
    return json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def public_key(seed: bytes) -> str:
    """The public key of a secret one, as hex."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def make(books: Books, member: int, aside: SetAside) -> str:
    """A member's statement with its signature, as a file has it. Refuses `Busy` where something was made since it was
    looked up. Raises `Needs`."""
    books.need(*reads(member, aside))
    currency = books.policy.currency
    found = [(kind, books.find(Account, ids.account(number, KINDS[kind]))) for kind, number in (
        ("available", member), ("held", member), *((name, number) for name in _MADE
                                                   for number in _open(books, member, name, aside)))]
    entries = [(kind, account.id, account.entries, account.balance) for kind, account in found if account]
    amounts = {kind: sum(entry[3] for entry in entries if entry[0] == kind) for kind in KINDS}
    amounts["total"] = sum(amounts.values())
    statement = {
        "format": FORMAT, "member": member, "telegram_id": books.get(Member, member).telegram_id,
        "at": datetime.fromtimestamp(books.now // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "owed": {currency.code: {name: plain_amount(amount, currency) for name, amount in amounts.items()}},
        # The newest entry of each account, and the last commit before this one.
        "entries": entries,
        "ledger": {"lane": books.lane.lane, "seq": books.lane.seq - 1, "head": books.lane.head.hex()}}
    key = Ed25519PrivateKey.from_private_bytes(books.policy.statement_key)
    signed = {"statement": statement, "signature": key.sign(canonical(statement)).hex(),
              "key": public_key(books.policy.statement_key)}
    return json.dumps(signed, sort_keys=True, separators=(",", ":"))


def _open(books: Books, member: int, name: str, aside: SetAside) -> list[int]:
    """Those of what was looked up that are open still. Refuses `Busy` where there are more."""
    row, what = _MADE[name]
    found = [one for number in getattr(aside, name) if (one := books.find(row, number)) is not None]
    numbers = [one.id for one in found if one.member == member and one.state == "open"]
    if tallies.still_open(books, member, what) != len(numbers):
        raise refusals.Busy
    return numbers


def accounts_in(statement: Mapping[str, Any]) -> list[tuple[str, int, int, int]]:
    """What a statement stands on: the kind of each account, its id, its newest entry and what that left."""
    named = statement["entries"]
    return [(kind, *entry) for kind, entry in named.items()] if statement["format"] == FORMER else [
        (kind, account, number, balance) for kind, account, number, balance in named]


def amounts_in(statement: Mapping[str, Any]) -> dict[str, int]:
    """How much of each kind the accounts add up to, in minor units, and the total."""
    found = dict.fromkeys(KINDS, 0)
    for kind, _account, _number, balance in accounts_in(statement):
        found[kind] += balance
    return {**found, "total": sum(found.values())}


def miscounted(statement: Mapping[str, Any], currency: Currency) -> str:
    """The line that says something else than the accounts add up to, in words; "" where each says it to the letter.
    Letters, because 1000 and 10.00 are two amounts; and all lines, because one that is left out says nothing."""
    named = [account for _kind, account, *_rest in accounts_in(statement)]
    if twice := [account for account in named if named.count(account) > 1]:
        return f"account {twice[0]} is named twice"
    lines = [*FORMER_KINDS, "total"] if statement["format"] == FORMER else [*KINDS, "total"]
    if list(statement["owed"]) != [currency.code] or set(statement["owed"][currency.code]) != set(lines):
        return f"what is owed is not said in {currency.code}, by {', '.join(lines)}"
    found = amounts_in(statement)
    for line in lines:
        said, sum_of_it = statement["owed"][currency.code][line], plain_amount(found[line], currency)
        if said != sum_of_it:
            return f"{line} is said to be {said}, which is not the sum of its accounts: {sum_of_it}"
    return ""


def opened(text: str) -> tuple[dict[str, Any], str, bytes]:
    """The statement in a file, the key that it names and its signature. Raises `NotAStatement`."""
    try:
        signed = json.loads(text)
        statement, key, signature = signed["statement"], signed["key"], bytes.fromhex(signed["signature"])
        if statement["format"] not in (FORMAT, FORMER) or len(bytes.fromhex(key)) != 32:
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
