"""What operators may look at."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wallet.plain import frozen


@frozen()
class DaySum:
    """What one kind of thing came to on a day: a way in which money moved, or "joined"."""

    day: int
    what: str
    number: int
    amount: int


@frozen()
class OperatorView:
    """Somebody who has a role."""

    telegram_id: int
    role: str
    at: int
    """When it was given to them, in microseconds."""
    by: int
    """The Telegram id of the owner who did, 0 where a setting names them."""
    nickname: str
    """"" for somebody who has not joined."""


@frozen()
class ProposalView:
    """What one operator signed and a second one has to."""

    id: int
    deed: str
    maker: int
    """Telegram id."""
    state: str
    expires_at: int


@frozen()
class MemberCard:
    """What operators see of a member besides what everything is told by."""

    available: int
    held: int
    sent_sum: int
    """What they ever paid, and how often."""
    sent_count: int
    waiting: int
    """How many payments of theirs wait for somebody."""
    wrong_pins: int
    """How many wrong PINs were typed since the last right one."""
    locked_until: int
    """Until when no PIN is taken, 0 for not at all."""
    role: str
    locked: bool
    """Whether they locked their wallet themselves."""
    used_on: int
    """The number of the day on which they used their wallet last, 0 where nobody knows."""


@frozen()
class OpenOnes:
    """What is open of a kind: how many, and the numbers of those that have waited longest."""

    count: int = 0
    numbers: tuple[int, ...] = ()


@frozen()
class MattersView:
    """What is open about a member, as far as its viewer may see it."""

    tickets: OpenOnes = OpenOnes()
    reports: OpenOnes = OpenOnes()
    """Tickets of others who reported them."""
    paying: OpenOnes = OpenOnes()
    """Payments from them that a rule holds back, by their transfers, and those to them."""
    receiving: OpenOnes = OpenOnes()
    proposals: OpenOnes = OpenOnes()
    hits: OpenOnes = OpenOnes()
    """Likenesses of their name with the screening list that nobody has decided."""
    listed: str = ""
    """References of the entries that are meant by these."""
    confirmed: str = ""
    """Of those that two operators found to be them."""


@frozen()
class NameListView:
    """How far names are compared with a screening list; see `wallet.rows.NameList`."""

    version: str
    since: int
    after: int
    compared: int
    found: int
    ended_at: int


@frozen()
class HitView:
    """That a member's name is like an entry of the screening list; see `wallet.rows.Hit`."""

    id: int
    member: int
    person: int
    """Telegram id."""
    nickname: str
    entry: str
    likeness: int
    version: str
    state: str
    found_at: int
    operator: int
    second: int
    reason: str
    decided_at: int
    proposal: int


@frozen()
class PenaltyView:
    """A penalty, as operators see it."""

    penalty: int
    kind: str
    direction: str
    reason: str
    note: str
    at: int
    by: int
    """The operator's Telegram id."""
    until: int
    """0 for never."""


@frozen()
class LegalHoldView:
    """An order of a court, as operators see it, and whoever's money it holds."""

    hold: int
    member: int
    person: int
    """Whose money it is, by Telegram id."""
    authority: str
    reference: str
    dated: int
    """The number of the day that stands on it."""
    amount: int
    """0 for everything."""
    until: int
    """0 for until it is lifted."""
    note: str
    """For operators alone; "" where it is shown to whom it is about."""
    at: int
    proposal: int
    ended_at: int
    """0 while it stands."""


@frozen()
class StatsView:
    """What the last days came to, and what is open now."""

    today: int
    """The number of the day."""
    days: int
    """How many there are, with today."""
    sums: tuple[DaySum, ...]
    active_today: int
    active: int
    """How many members did something in all of the days."""
    members: int
    """How many have ever joined."""
    owed: int
    """What all members have together."""
    holds: int
    """Payments that wait for somebody."""
    envelopes: int
    """Red envelopes that are open."""
    tickets: int
    waiting: int
    """Tickets that are open, and those of them that wait for an answer."""
    penalties: int
    """Penalties that have not ended."""

    def number(self, *what: str, since: int = 0) -> int:
        """How many of these there were from a day on."""
        return sum(one.number for one in self.sums if one.what in what and one.day >= since)

    def amount(self, *what: str, since: int = 0, until: int = 2**62) -> int:
        """What these came to from one day to another."""
        return sum(one.amount for one in self.sums if one.what in what and since <= one.day <= until)


@frozen()
class RemovableView:
    """A payment's note as operators may take it away: where it is kept, and where it is shown."""

    transfer: int
    """The one that has it."""
    hold: int
    """The hold that the payment began, or 0."""
    envelope: int
    """The envelope that it filled, or 0."""
    source: str
    """From what it has its note: "request", "split", "schedule" or ""."""
    number: int
    part: int
    """Which part of that was paid, as `wallet.removals.RemoveNote` says."""


@frozen()
class AnnouncementView:
    """What operators tell many people; see `wallet.rows.Announcement`."""

    id: int
    kind: str
    audience: str
    named: tuple[int, ...]
    english: tuple[str, ...]
    chinese: tuple[str, ...]
    """Part by part, empty where it is said in the other language only."""
    state: str
    operator: int
    after: int
    told: int
    at: int
    ended_at: int


@frozen()
class AuditLine:
    """One line of the audit."""

    at: int
    member: int
    """Whom it is about, 0 for nobody in particular."""
    act: str
    facts: str


@frozen()
class Dossier:
    """What is known of a member within a time, for an operator to hand on."""

    member: int
    telegram_id: int
    nickname: str
    state: str
    level: int
    joined_at: int
    penalties: str
    phone: bytes
    """Sealed with the member's key, as is the identity; empty for none."""
    wrapped_key: bytes
    identity: bytes
    qq: bytes
    """Sealed likewise; what they stated, which nobody checked."""
    lists: Mapping[str, Sequence[Mapping[str, Any]]]
    """By what it lists, its rows, the newest first."""
    left_out: tuple[str, ...]
    """The lists that are longer than this."""
    people: Mapping[int, int]
    """Telegram numbers of those with whom money was moved, by member."""


@frozen()
class PostedAnchor:
    """The anchor that was posted to the channel last."""

    number: int
    at: int
    hash: str


@frozen()
class AuditVerdict:
    """What verifying the audit and the ledger came to."""

    rows: int
    commits: int
    anchors: int
    milliseconds: int
    broken: tuple[str, ...]
    """What is not what was written, by name."""
    named: int = 0
    """The number of the anchor with the fingerprint that was asked for, 0 for none."""
    posted: PostedAnchor | None = None


@frozen()
class SetAside:
    """What a member has open, by its numbers, as it was looked up before a statement is made."""

    envelopes: tuple[int, ...] = ()
    vouchers: tuple[int, ...] = ()


@frozen()
class WindDownView:
    """That the service closes, or was called off; see `wallet.rows.WindDown`."""

    id: int
    kind: str
    closes_at: int
    state: str
    after: int
    told: int
    at: int
    ended_at: int


@frozen()
class SwitchView:
    """The money switch; see `wallet.rows.Switch`."""

    state: str
    until: int
    reason: str
    winds_down: int = 0
