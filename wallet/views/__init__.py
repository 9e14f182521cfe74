"""What people may look at, as the reads return it.

Guards: a view holds only what its viewer may see; who may see it is decided by the query that fills it, which takes
the viewer first. Looked-at values are not locked: a command that follows checks them again.
"""
from __future__ import annotations

from wallet.plain import frozen
from wallet.views.moves import MoveView as MoveView
from wallet.views.operators import AnnouncementView as AnnouncementView
from wallet.views.operators import AuditLine as AuditLine
from wallet.views.operators import AuditVerdict as AuditVerdict
from wallet.views.operators import DaySum as DaySum
from wallet.views.operators import Dossier as Dossier
from wallet.views.operators import MattersView as MattersView
from wallet.views.operators import MemberCard as MemberCard
from wallet.views.operators import OpenOnes as OpenOnes
from wallet.views.operators import OperatorView as OperatorView
from wallet.views.operators import PenaltyView as PenaltyView
from wallet.views.operators import PostedAnchor as PostedAnchor
from wallet.views.operators import ProposalView as ProposalView
from wallet.views.operators import RemovableView as RemovableView
from wallet.views.operators import StatsView as StatsView
from wallet.views.operators import SwitchView as SwitchView
from wallet.views.operators import WindDownView as WindDownView


@frozen()
class MemberView:
    """Somebody who has begun to join or has joined."""

    id: int
    telegram_id: int
    state: str
    step: str
    """"" when joining is done."""
    language: str
    level: int
    accepted: str
    no_pin_limit: int
    payload: str
    nickname: str
    has_pin: bool
    nickname_changes: int = 0
    """How often they changed it."""
    joined_at: int = 0
    """When their wallet was opened, in microseconds."""
    confirm_incoming: bool = False
    """Whether what others send them waits for their word."""
    delay: int = 0
    """After how many hours what they send arrives where they say nothing of it, 0 for at once."""
    minor: bool = False
    """Whether they are under 18, so that a guardian has to answer for them."""

    @property
    def joined(self) -> bool:
        """Whether the wallet is open (it may still be frozen or banned)."""
        return self.state != "joining"


@frozen()
class Party:
    """The other side of something: a member, or somebody known by Telegram id only. Names are people's own words."""

    member: int
    telegram_id: int
    nickname: str
    """"" for somebody who has not joined."""
    by_number: bool = False
    """Whether the viewer paid them by their phone number only, which does not tell the name of whoever has it."""


@frozen()
class ApplicationView:
    """What a member asks operators to look at; see `wallet.rows.Application`."""

    id: int
    party: Party
    """Who asks."""
    kind: str
    subject: int
    state: str
    papers: tuple[str, ...]
    """Which pictures there are."""
    began_at: int
    asked_at: int
    operator: int
    """The Telegram id of whoever sees to it or has decided, or 0."""
    taken_at: int
    ended_at: int
    reason: str


@frozen()
class SealedPerson:
    """Who a member was found to be, as it is sealed."""

    wrapped_key: bytes
    identity: bytes
    """Name and ID number; empty where no operator has seen the documents."""
    enterprise: bytes
    """The company for which they act; empty for none."""
    joined_at: int = 0


@frozen()
class TicketView:
    """A conversation with the operators, for its member and for them."""

    id: int
    party: Party
    """Whoever asks."""
    category: str
    subject: int
    state: str
    """"open" or "closed"."""
    opened_at: int
    waits_since: int
    """Since when it waits for the operators, or 0."""
    operator: int
    """The Telegram id of whoever took it, or 0."""
    words: int
    ended_at: int
    about: Party | None = None
    """Whom a report is about."""


@frozen()
class WordsView:
    """One message of a ticket."""

    number: int
    operator: int
    """The Telegram id of the operator who wrote it, 0 for the member."""
    text: str
    """People's own words; "" where there are only pictures, and for what can't be read any more."""
    pictures: tuple[tuple[str, str], ...]
    """Each as its kind ("photo" or "document") and what Telegram calls the file."""
    at: int


@frozen()
class GroupRulesView:
    """What a group's administrators chose; see `rows.GroupRules`."""

    off: frozenset[str] = frozenset()
    average: int = 0
    shares: int = 0
    question: int = 0
    delay: int = 0
    tidy: int = 0


@frozen()
class BalanceView:
    """What a member has; minor units."""

    available: int
    held: int
    pinless_left: int
    """What may still be paid today without the PIN."""


@frozen()
class WardView:
    """A minor, for whoever answers for them and for themselves."""

    party: Party
    guardian: Party | None
    guardian_able: bool
    """Whether the guardian's own wallet is in order, without which nothing of the minor's goes out."""
    payment: int
    day: int
    month: int
    """What the guardian allows; minor units, 0 for no cap of theirs."""
    today: int
    this_month: int
    """What counts of all that they paid today and in this month."""
    stopped: bool
    joined: bool
    """Whether their wallet is open."""
    free_on: int
    """The number of the day from which nobody has to answer for them; 0 where it is not known."""
    since: int
    """When a guardian came or went last, in microseconds; 0 for never."""


@frozen()
class AllowanceView:
    """What a member has paid of what they may, and the limits of their own; minor units, 0 for no limit."""

    ever: int
    year: int
    today: int
    """What counts of all that they ever paid, of this year and of today."""
    payment: int
    day: int
    next_payment: int
    next_day: int
    """The same from tomorrow."""
    locked: bool


@frozen()
class HistoryLine:
    """One movement as its viewer sees it."""

    transfer: int
    kind: str
    """The movement's name, as in `wallet.movements`."""
    incoming: bool
    amount: int
    at: int
    party: Party | None
    """The other side; None for a top-up."""
    note: str
    hold_state: str
    """For money that waited: "open", "settled", "released", "declined" or "expired"; else ""."""
    purpose: str
    """For money that waited what its hold is for; else ""."""


@frozen()
class HistoryPage:
    """Some lines, newest first, and how to turn the page."""

    lines: tuple[HistoryLine, ...]
    older: int
    """What is older is numbered below this; 0 when there is nothing."""
    newer: int
    """What is newer is numbered above this; 0 when there is nothing."""
    summed: bool
    """Whether there is little enough in the whole period to be added up."""
    came: int
    went: int


@frozen()
class EntryLine:
    """One movement in a statement, with what was left after it."""

    transfer: int
    kind: str
    """The movement's name, as in `wallet.movements`."""
    change: int
    """Above 0 for what came, below 0 for what went."""
    balance: int
    at: int
    party: Party | None
    """The other side; None for a top-up."""
    note: str
    purpose: str
    """For money that waited what its hold is for; else ""."""


@frozen()
class ReceiptView:
    """A movement with everything that its viewer may see of it."""

    transfer: int
    kind: str
    incoming: bool
    amount: int
    at: int
    payer: Party | None
    """None: it came from outside."""
    receiver: Party | None
    note: str
    hold: HoldView | None
    reverses: int
    """The transfer that it takes back, or 0."""
    given_back: int
    """The transfer by which it was given back, or 0."""
    corrects: int = 0
    """The transfer that operators corrected by it, or 0."""


@frozen()
class HoldView:
    """Money that waits, or waited, for somebody."""

    id: int
    payer: Party
    beneficiary: int
    """Telegram id, 0 when it is for whoever takes it first."""
    amount: int
    note: str
    transfer: int
    state: str
    expires_at: int
    chat: int
    message: int
    purpose: str
    """"claim": for somebody to join; "accept": for a member's word."""
    by_number: bool
    """Whether the payer named them by nothing but a phone number, which tells no name."""
    ended_by: int
    """The transfer by which it ended, 0 while it waits."""
    offer: int = 0
    """The message that offers it in the private chat of the person it waits for, or 0."""
    card: str = ""
    """What Telegram calls a card that was sent through us; then it is for whoever takes it first there."""


@frozen()
class ShareView:
    """A share that somebody opened."""

    party: Party
    amount: int
    at: int


@frozen()
class EnvelopeView:
    """A red envelope, as its whole group may see it."""

    id: int
    maker: Party
    kind: str
    """"lucky" or "equal"."""
    amount: int
    shares: int
    state: str
    """"open", "emptied" or "expired"."""
    greeting: str
    fingerprint: str
    """Over the seed and all shares."""
    seed: str
    """"" until it has ended."""
    transfer: int
    made_at: int
    expires_at: int
    chat: int
    message: int
    taken: tuple[ShareView, ...]
    """What was opened, in that order."""
    beneficiary: Party | None = None
    """Who alone may open it, None for everybody."""
    word: str = ""
    """What one has to say to open it, "" for nothing."""
    card: str = ""
    """What Telegram calls a card that was sent through us, "" for one in a group."""
    theme: str = ""
    """What its cover is for, "" for what fits the day."""

    @property
    def people(self) -> tuple[Party | None, ...]:
        """Everybody whom its card may name."""
        return (self.maker, self.beneficiary, *(share.party for share in self.taken))


@frozen()
class WordedView:
    """An open envelope that opens by a word."""

    id: int
    word: str
    message: int
    """Its card, or 0."""


@frozen()
class EnvelopeLine:
    """An envelope that the viewer sent, or has a share of."""

    envelope: int
    transfer: int
    """The one that filled it, or the viewer's share."""
    amount: int
    """What went in, or the viewer's share."""
    at: int
    maker: Party
    greeting: str
    shares: int
    opened: int
    state: str
    """"open", "emptied" or "expired"."""


@frozen()
class EnvelopePage:
    """Some of a viewer's envelopes, newest first, and what all of the period come to."""

    lines: tuple[EnvelopeLine, ...]
    more: bool
    """Whether there is another page."""
    sent: int
    """How many they sent."""
    sent_sum: int
    """What these came to, without what came back."""
    received: int
    received_sum: int


@frozen()
class RequestView:
    """Somebody asks somebody for money, or did."""

    id: int
    payee: Party
    """Who asks."""
    person: int
    """The Telegram id of whoever is asked."""
    by_number: bool
    """Whether the asker named them by nothing but a phone number, which tells no name."""
    amount: int
    note: str
    state: str
    """"open", "paid", "declined", "withdrawn" or "expired"."""
    expires_at: int
    transfer: int
    """The transfer that paid it, or 0."""
    chat: int
    message: int
    """Where its card stands, or 0."""
    offer: int
    """The newest message that asks in private, or 0."""


@frozen()
class VoucherView:
    """A voucher, as its maker may see it. Others come by its link, and the command checks that."""

    id: int
    maker: Party
    amount: int
    """Of each use."""
    uses: int
    used: int
    state: str
    """"open", "used", "withdrawn" or "expired"."""
    only: int
    """The Telegram id of the one person who may redeem it, or 0."""
    nonce: str
    """From it and from the deployment's key its link follows."""
    locked: bool
    """Whether it has a password."""
    transfer: int
    expires_at: int
    chat: int
    message: int
    """Where its card stands, or 0."""

    @property
    def left(self) -> int:
        """What may still be redeemed."""
        return self.amount * (self.uses - self.used) if self.state == "open" else 0


@frozen()
class SplitShareView:
    """What somebody pays of a split."""

    party: Party
    amount: int
    transfer: int
    """0 until they have paid."""
    at: int
    """When they did, or 0."""
    offer: int
    """The newest message that asks them, in their private chat, or 0."""


@frozen()
class SplitView:
    """A split, as everybody may see it to whom it is shown."""

    id: int
    maker: Party
    kind: str
    """"named" or "open"."""
    amount: int
    heads: int
    payers: int
    due: int
    paid: int
    collected: int
    state: str
    """"open", "complete", "closed" or "expired"."""
    made_at: int
    expires_at: int
    ended_at: int
    chat: int
    message: int
    note: str
    shares: tuple[SplitShareView, ...]
    """In the order of their places: of everybody who is named, else of those who have paid."""

    def share_of(self, telegram_id: int) -> SplitShareView | None:
        """Somebody's share, if they are named or have paid one."""
        return next((share for share in self.shares if share.party.telegram_id == telegram_id), None)

    @property
    def waits_for(self) -> tuple[SplitShareView, ...]:
        """Those who are named and have yet to pay."""
        return tuple(share for share in self.shares if not share.transfer)


@frozen()
class ScheduleView:
    """A payment that comes again, as its payer sees it."""

    id: int
    person: int
    """The receiver's Telegram id."""
    by_number: bool
    amount: int
    note: str
    unit: str
    on: int
    last_day: int
    """None is later; 0 for no end."""
    next_day: int
    """The day that is due next, as a number of the calendar."""
    try_day: int
    """When that is paid or tried again."""


@frozen()
class Ends:
    """Something that ends with a ban."""

    what: str
    """As in `wallet.bans.EndForBan`."""
    number: int
    token: str
    """Of a card that asks."""


@frozen()
class DraftView:
    """A debit that waits for its owner's word."""

    token: str
    needs: str
    state: str
    expires_at: int
    intent: str
    """What for, as it is stored (see `wallet.drafts.read`)."""
    chat: int
    message: int
    """Where it waits; message 0 for nowhere."""


@frozen()
class CodesView:
    """What is needed to look at a one-time code."""

    sealed: bytes
    """The secret, sealed with the member's key."""
    wrapped_key: bytes
    """That key, sealed itself."""
    since: int
    """When the first code was typed, 0 before."""


@frozen()
class PinView:
    """What is needed to check a PIN."""

    hash: str
    version: int
    locked_until: int
    anew_from: int = 0
    """It was forgotten, and from then on another one may be chosen without it; 0 where it was not."""
    anew_until: int = 0

    def may_be_replaced(self, now: int) -> bool:
        """Whether another one may be chosen without it."""
        return self.anew_from != 0 and self.anew_from <= now < self.anew_until


@frozen()
class AcceptanceView:
    """A document that a member accepted."""

    document: str
    version: str
    language: str
    sha256: str
    at: int


@frozen()
class InterceptedView:
    """A payment that a rule held back, as operators see it."""

    hold: int
    transfer: int
    payer: Party
    person: int
    """Who is paid, by Telegram id."""
    amount: int
    rule: str
    facts: str
    expires_at: int
    """When it goes back by itself."""
    state: str
    """"open", "released", "sent_back" or "expired"."""
