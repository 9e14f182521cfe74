"""Who there is and what is theirs alone: members, PINs, consents, operators, and texts that only one may have."""
from __future__ import annotations

from typing import ClassVar

from wallet.rows.base import Row


class Member(Row):
    """Somebody who has begun to join, or has joined. The root of all that is theirs."""

    ROOT: ClassVar[bool] = True

    id: int
    telegram_id: int
    state: str
    """"joining", "active", "frozen", "banned", "dormant" or "closed"."""
    step: str
    """Where joining stands: "language", "agree", "contact", "minor" and "barred" for somebody under 18 who needs a
    guardian first, and who may take that back and who may not any more, or "" when it is done."""
    language: str
    """"en" or "zh_CN"."""
    level: int
    """Identity level 0 to 2."""
    accepted: str
    """Documents accepted last, as " name@version name@version " (see `wallet.agreements`)."""
    no_pin_limit: int
    """Up to this sum of PIN-less debits a day no PIN is asked; minor units."""
    restrictions: int
    """Bits of `wallet.standing.Restriction`."""
    restricted_until: int
    """When they end; 0 for not by themselves."""
    payload: str
    """What the person came for with /start, to go on with after joining."""
    waiting: int
    """How many payments of theirs wait for somebody to join, or to say yes."""
    joined_at: int
    """When joining was done; 0 before."""
    created_at: int
    confirm_incoming: int
    """1 when what others send waits until they accept it, else 0."""
    penalties: str
    """Those in force, as `wallet.standing` writes them. `state`, `restrictions` and `restricted_until` say what they
    come to, for queries; whether something may be done now is looked up here."""
    blocks: int
    """How many others they block: only then is it looked up whom."""
    safeguards: int
    """Bits of `wallet.gate.Safeguard`: what is there for the member's own safety."""
    used_on: int
    """The number of the day on which they did something last, or a standing payment of theirs went."""
    legal_holds: str = ""
    """The orders that keep money of theirs where it is, as `wallet.withheld` writes them."""


class Profile(Row):
    """What is known about a person; erasable, no amount or hash depends on it."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    nickname: str
    nickname_changes: int
    phone: bytes
    """Sealed with the member's key."""
    wrapped_key: bytes
    """The member's key, sealed with the deployment's; destroying it makes sealed fields unreadable."""
    delay: int
    """After how many hours what they send arrives where they say nothing of it, 0 for at once."""


class Pin(Row):
    """A member's payment PIN and how often it was tried."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    hash: str
    """argon2id, with its parameters."""
    version: int
    attempts: int
    """Reserved since the last right one."""
    locks: int
    """How often it was locked since the last right one; each lock is longer."""
    locked_until: int


class Dormancy(Row):
    """How far a wallet that nobody uses has come on its way to sleep. Written for those alone."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    used_on: int
    """The day of last use that it was counted from; once that has changed, the rest means nothing any more."""
    told: int
    """How many days before they were told of it last: 30, 7 or 1; 0 once the wallet is asleep."""
    sleeps_on: int
    """The day on which it goes to sleep, never sooner than they were told."""


class Contact(Row):
    """Where else a member can be reached, as they state it. Erasable."""

    KEY: ClassVar[tuple[str, ...]] = ("member",)

    member: int
    qq: bytes
    """Their QQ number, sealed with the member's key; empty for none any more."""
    at: int
    """When they stated it or took it away."""


class Acceptance(Row):
    """That somebody accepted a document: which version, in which language, which text exactly, when, where."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    FINAL: ClassVar[bool] = True
    ONCE: ClassVar[bool] = True

    id: int
    member: int
    document: str
    version: str
    language: str
    sha256: str
    chat: int
    at: int
    lane: int
    seq: int


class Claim(Row):
    """A text that only one may have, such as a phone number's digest. Locked by its text, in order, after roots."""

    KEY: ClassVar[tuple[str, ...]] = ("text",)

    text: str
    owner: int
    at: int


class Block(Row):
    """That a member wants nothing to do with another one, or wanted it once. A child of the member who blocks."""

    KEY: ClassVar[tuple[str, ...]] = ("owner", "blocked")

    owner: int
    blocked: int
    active: int
    """1 while it stands, else 0."""
    at: int
    """Since when, or until when."""


class Role(Row):
    """That somebody is an operator, or was one. The deployment's first owners are named by a setting."""

    ROOT: ClassVar[bool] = True
    KEY: ClassVar[tuple[str, ...]] = ("telegram_id",)

    telegram_id: int
    role: str
    """"owner", "admin", "risk", "support" or "auditor"; "" for whoever is none any more."""
    at: int
    by: int
