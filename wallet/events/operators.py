"""What operators are told, and what people hear from them."""
from __future__ import annotations

from typing import ClassVar

from wallet.events.base import Event
from wallet.plain import frozen


@frozen()
class InvariantBroke(Event):
    """To the operators: the ledger does not hold what it must, and money is read-only. `checks` names what found it."""

    URGENT: ClassVar[bool] = True
    checks: str


@frozen()
class AttackStopped(Event):
    """To the operators: somebody forged buttons, or tried out codes or PINs, and was frozen for it."""

    URGENT: ClassVar[bool] = True
    payer: int
    """The member who did it."""
    person: int
    """Their Telegram id."""
    kind: str
    count: int
    penalty: int
    """0 where they are an operator, whom nothing freezes by itself."""


@frozen()
class AnchorPosted(Event):
    """To the channel that is set for it: the fingerprint of all that was written until a moment."""

    anchor: int
    at: int
    hash: str


@frozen()
class RoleChanged(Event):
    """To somebody whom an owner made an operator, or who is none any more: `role` is "" then."""

    URGENT: ClassVar[bool] = True
    role: str
    by: int
    """The owner's Telegram id."""


@frozen()
class TicketWaits(Event):
    """To the operators: somebody wrote to them, and none of them has looked since."""

    ticket: int
    category: str
    payer: int
    """The member who wrote."""


@frozen()
class TicketAnswered(Event):
    """To whoever asked the operators: there is an answer, or the end of it."""

    ticket: int
    category: str
    number: int
    """Which message of the ticket it is; 0 where it has no words of its own."""
    closed: bool
    closing: str
    """With which of our own words it was closed (`wallet.tickets.CLOSINGS`), or ""."""


@frozen()
class ProposalWaits(Event):
    """To the operators: one of them proposed something, and a second one has to approve it."""

    URGENT: ClassVar[bool] = True
    proposal: int
    deed: str
    """As `wallet.proposals.Deed.text` writes it."""
    maker: int
    """The Telegram id of whoever proposed it."""
    expires_at: int


@frozen()
class ProposalEnded(Event):
    """To the operator who proposed something: what became of it ("approved", "rejected" or "expired")."""

    proposal: int
    deed: str
    state: str
    by: int
    """The Telegram id of whoever answered, 0 for nobody."""
    why: str


@frozen()
class BalanceAdjusted(Event):
    """To a member: two operators corrected their balance."""

    URGENT: ClassVar[bool] = True
    transfer: int
    amount: int
    """Above zero for what was given."""
    reason: str
    receipt: int
    """The transfer that it corrects, or 0."""


@frozen()
class AnnouncementCame(Event):
    """To everybody, or to a group: what an operator announced."""

    announcement: int


@frozen()
class IncidentCame(Event):
    """To whoever it concerns: what happened in a security incident. Nobody can refuse to hear it."""

    URGENT: ClassVar[bool] = True
    announcement: int


@frozen()
class MaintenanceSoon(Event):
    """To an active group: money will rest from one moment to another."""

    begins: int
    until: int


@frozen()
class PaymentStopped(Event):
    """To the operators: a rule held back a payment, or refused one, whose `transfer` is 0."""

    URGENT: ClassVar[bool] = True
    transfer: int
    payer: int
    person: int
    """Who was to be paid, by Telegram id, or 0."""
    amount: int
    rule: str
    reasons: str
    """The facts that led to it."""


@frozen()
class ChecksWait(Event):
    """To the operators: so many payments that a rule held back have waited for a day."""

    waiting: int


@frozen()
class PaymentChecked(Event):
    """To the payer: a rule looked twice at a payment of theirs. `became` is "held", "cools", "released" or
    "sent_back"."""

    URGENT: ClassVar[bool] = True
    hold: int
    transfer: int
    amount: int
    became: str
