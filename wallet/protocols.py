"""What the wallet needs from the ground it stands on, as protocols. `storage/` implements them.

Guards: the business imports no database. The store promises that everything a batch writes is committed together
or not at all, and says honestly when it cannot know.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from wallet.books import Lane
from wallet.rows import Journal, Key, Row, Switch
from wallet.views import (
    AcceptanceView,
    AllowanceView,
    AnnouncementView,
    ApplicationView,
    AuditLine,
    AuditVerdict,
    BalanceView,
    CodesView,
    Dossier,
    DraftView,
    Ends,
    EntryLine,
    EnvelopePage,
    EnvelopeView,
    HistoryLine,
    HistoryPage,
    HoldView,
    InterceptedView,
    MattersView,
    MemberCard,
    MemberView,
    MoveView,
    OperatorView,
    Party,
    PenaltyView,
    PinView,
    ProposalView,
    ReceiptView,
    RemovableView,
    RequestView,
    ScheduleView,
    SealedPerson,
    SplitView,
    StatsView,
    SwitchView,
    TicketView,
    VoucherView,
    WardView,
    WindDownView,
    WordedView,
    WordsView,
)
from wallet.views.operators import HitView, LegalHoldView, NameListView, SetAside


class Retry(Exception):
    """The commit failed in a way that may not happen again: a deadlock, a time-out, a lost connection."""


class InDoubt(Exception):
    """The connection was lost while committing: only the lane's row can tell whether it was committed."""


class LaneLost(Exception):
    """Another engine owns the lane now. This one must stop."""


@dataclass(frozen=True, slots=True)
class Writes:
    """What one batch wants written: new and changed rows per table, the journal row and where the lane is now."""

    changes: Mapping[type[Row], tuple[Sequence[Row], Sequence[Row]]]
    journal: Journal
    lane: Lane


class Work(Protocol):
    """One batch, as the store sees it."""

    writes: Writes | None
    """What came of deciding; None: nothing to write."""
    @property
    def others_wait(self) -> bool:
        """Whether nothing else can be decided meanwhile: the database may as well begin before all is decided."""

    def settled(self, place: int) -> Sequence[Row]:
        """New rows that are certain to be written, of what was decided so far, from a place on. They come first, in
        this order, among the new rows of their tables in `writes`."""

    def keys(self, lane: Lane) -> Mapping[type[Row], Sequence[object]]:
        """The primary keys to read, per table. Roots are locked in order; the rest is read after the locks."""

    def steps(self, lane: Lane, now: int, switch: Switch, base: dict[Key, Row | None]) -> Iterator[None]:
        """Decide everything over the rows read, in steps between which a loop may turn. `lane` is where the lane
        stands. When the last step is done `writes` says what is to be written."""

    def decide(self, lane: Lane, now: int, switch: Switch, base: dict[Key, Row | None]) -> Writes | None:
        """The same at once, for a store that has a thread of its own."""


class Store(Protocol):
    """Books in, books out."""

    WRITERS: ClassVar[int]
    """How many writers it keeps busy at best."""
    AHEAD: ClassVar[int]
    """How many batches of one lane may be on their way: more than one where it takes them in turn, each as the one
    before has left the lane."""

    async def open_lane(self) -> Lane:
        """Take a lane that nobody owns and make it ours until `close` or the end of the process."""

    async def commit(self, lane: Lane, work: Work) -> None:
        """One transaction: lock, read, decide, write, commit. Raises `Retry`, `InDoubt`, `LaneLost`, or whatever
        the database objects to. After any of them nothing of the work is committed, except that `InDoubt` may be."""

    async def was_committed(self, lane: Lane, seq: int, head: bytes) -> bool:
        """Whether the lane's chain has got to this seq with this head, seen under the lane's lock."""

    async def close_lane(self, lane: Lane) -> None:
        """Give the lane back."""


class AuditReads(Protocol):
    """The audit, for operators."""

    async def lines(self, viewer: int, *, member: int = 0, operator: int = 0, skip: int = 0, limit: int = 10
                    ) -> Sequence[AuditLine]:
        """Its lines, the newest first: all of them, or those about a member, what an operator did of late, and which
        roles they were ever given."""

    async def verify(self, fingerprint: str = "") -> AuditVerdict:
        """Compute it again, with all of the ledger, and look for the anchor with this fingerprint (as hex)."""


class Dossiers(Protocol):
    """What is known of members, to be handed on."""

    async def dossier(self, viewer: int, member: int, since: int) -> Dossier | None:
        """All about a member since a moment, for an operator; None for everybody else."""


class OperatorReads(Protocol):
    """What operators look at."""

    async def roles(self) -> Mapping[int, str]:
        """Everybody who has a role, by Telegram id: for whoever has to tell operators from others."""

    async def ever_operators(self) -> Mapping[int, str]:
        """The same, with "" for those who are none any more."""

    async def operators(self, viewer: int) -> Sequence[OperatorView]:
        """The same for an operator to look at, in the order of their appointment; nothing for anybody else."""

    async def switch(self) -> SwitchView:
        """How the money switch stands."""

    async def active_groups(self, since: int, after: int, limit: int) -> tuple[int, ...]:
        """Groups in which something was said since, rising, behind one of them."""

    async def proposals(self, viewer: int, limit: int) -> Sequence[ProposalView]:
        """What waits for a second operator, oldest first."""

    async def proposal(self, viewer: int, proposal: int) -> ProposalView | None:
        """One of them, or one that has ended."""

    async def card(self, viewer: int, telegram_id: int) -> MemberCard | None:
        """What an operator may know of a member; nothing for anybody else."""

    async def matters(self, viewer: int, member: int) -> MattersView:
        """What is open about a member: what the viewer's role may see, and nothing about themselves that they are
        not to know."""

    async def stats(self, viewer: int, today: int) -> StatsView | None:
        """What the last days came to and what is open, for an operator; nothing for anybody else. `today` is the
        number of the day."""

    async def intercepted(self, viewer: int, limit: int) -> Sequence[InterceptedView]:
        """What rules held back and nobody has decided, what waits longest first, for an operator; nothing for anybody
        else."""

    async def interception(self, viewer: int, transfer: int) -> InterceptedView | None:
        """What a rule held back, by its transfer, decided or not, for an operator; nothing for anybody else."""

    async def decided(self, transfer: int) -> InterceptedView | None:
        """What became of one that operators decided or that ran out, for the cards that they were shown."""

    async def answered(self, proposal: int) -> ProposalView | None:
        """The same of a proposal."""

    async def removable(self, viewer: int, transfer: int) -> RemovableView | None:
        """Which note is shown with a movement, for an operator; nothing for anybody else."""

    async def penalties(self, viewer: int, member: int) -> tuple[Sequence[PenaltyView], int]:
        """What is in force against a member, the newest first, and how many there were before, warnings among them, for
        an operator; nothing for anybody else."""

    async def legal_holds(self, viewer: int, member: int) -> Sequence[LegalHoldView]:
        """The orders that hold money of a member's, the oldest first, for an operator; nothing for anybody else."""

    async def standing_orders(self, viewer: int, limit: int) -> Sequence[LegalHoldView]:
        """The orders that hold anybody's money, the oldest first, for an operator; nothing for anybody else."""

    async def legal_hold(self, viewer: int, hold: int) -> LegalHoldView | None:
        """An order by its number, standing or not, for an operator; nothing for anybody else."""

    async def penalised(self, viewer: int, penalty: int) -> int:
        """Whom a penalty is about, by Telegram id, for an operator; 0 for anybody else."""

    async def announced_in(self, viewer: int, penalty: int) -> Sequence[int]:
        """The groups in which a penalty was announced, for an operator; nothing for anybody else."""

    async def sides(self, viewer: int, transfer: int) -> Sequence[Party]:
        """The members between whom money moved, the payer first, for an operator; nothing for anybody else."""


class Tickets(Protocol):
    """Conversations with the operators, which only their member and operators may read. What was written is sealed
    in the database and open here."""

    async def of_member(self, viewer: int, limit: int) -> Sequence[TicketView]:
        """A member's own, those that are open first, the newest before the others."""

    async def own(self, viewer: int, ticket: int) -> TicketView | None:
        """One of a member's own."""

    async def queue(self, viewer: int, limit: int) -> Sequence[TicketView]:
        """What is open, for an operator by their Telegram id: what waits for them first, the oldest before the others;
        nothing for anybody else."""

    async def waiting(self, viewer: int) -> int:
        """How many wait for the operators, for one of them; 0 for anybody else."""

    async def seen(self, viewer: int, ticket: int) -> TicketView | None:
        """One of them, for an operator by their Telegram id; nothing for anybody else."""

    async def words(self, ticket: TicketView, limit: int) -> Sequence[WordsView]:
        """Its last messages, oldest first, for whoever was given the ticket."""

    async def answer(self, ticket: int, number: int) -> WordsView | None:
        """One message, for whoever it is told to."""

    async def sealed_for(self, member: int, ticket: int, text: str, pictures: Sequence[tuple[str, str]]) -> Sealed:
        """A message to be kept, of a member's ticket or, for 0, of one that is to be opened."""


class Applications(Protocol):
    """What members hand in for operators to look at, which only they and operators may see. Pictures and statements
    are sealed in the database and open here."""

    async def own(self, viewer: int, kind: str) -> ApplicationView | None:
        """A member's newest of a kind."""

    async def own_one(self, viewer: int, application: int) -> ApplicationView | None:
        """One of a member's own."""

    async def queue(self, viewer: int, limit: int) -> Sequence[ApplicationView]:
        """What waits, for an operator by their Telegram id, the oldest first; nothing for anybody else, and nothing
        that is about themselves."""

    async def waiting(self, viewer: int) -> int:
        """How many wait, for an operator; 0 for anybody else."""

    async def seen(self, viewer: int, application: int) -> ApplicationView | None:
        """One of them, for an operator; nothing for anybody else."""

    async def facts(self, application: ApplicationView) -> tuple[str, ...]:
        """What was stated in one, for whoever was given it; empty where its key was destroyed."""

    async def papers(self, application: ApplicationView) -> Sequence[tuple[str, bytes]]:
        """Its pictures by their names, for an operator who was given it and whose look was written down."""

    async def sealed_facts(self, member: int, facts: Sequence[str]) -> Sealed:
        """What is stated in an application that a member is about to begin."""

    async def sealed_paper(self, application: ApplicationView, picture: bytes) -> Sealed:
        """A picture to be kept with one."""

    async def abandoned(self, before: int, limit: int) -> Sequence[int]:
        """Those that were begun before a moment and never handed in, for the clock."""

    async def hits(self, viewer: int, limit: int) -> Sequence[HitView]:
        """Names that may stand on the screening list and that nobody has decided, for an operator who may review, the
        oldest first; nothing about themselves."""

    async def hit(self, viewer: int, hit: int) -> HitView | None:
        """One of them, decided or not."""

    async def hits_waiting(self, viewer: int) -> int:
        """How many are not decided."""

    async def name_list(self) -> NameListView | None:
        """How far the clock has come with the screening list in force."""

    async def not_compared(self, version: str, after: int, limit: int) -> Sequence[tuple[int, str]]:
        """The next members by their numbers who gave a name that was not compared with this list, and the name, for the
        clock alone; "" where its key was destroyed."""

    async def persons(self, members: Sequence[int]) -> Mapping[int, SealedPerson]:
        """Who several members were found to be: for masked names and for companies, and for nothing else."""

    async def persons_unpaid(self, viewer: int, telegram_ids: Sequence[int]) -> Mapping[int, SealedPerson]:
        """Those of several members whom the viewer has never paid, by their Telegram ids."""


class Announcements(Protocol):
    """What operators tell many people at once."""

    async def said(self, announcement: int) -> AnnouncementView | None:
        """What one says, for whoever it is told to; how far it has come may be long past."""

    async def running(self, limit: int) -> Sequence[AnnouncementView]:
        """Those that are on their way, for the clock, oldest first."""

    async def next(self, announcement: AnnouncementView, limit: int) -> tuple[int, ...]:
        """Whom the clock tells next: members or groups, by their numbers."""

    async def latest(self, viewer: int, limit: int) -> Sequence[AnnouncementView]:
        """The newest, for an operator by their Telegram id; nothing for anybody else."""

    async def one(self, viewer: int, announcement: int) -> AnnouncementView | None:
        """How one stands now, for an operator; nothing for anybody else."""

    async def reach(self, viewer: int, audience: str) -> int:
        """How many members or groups there are to be told, for an operator; 0 for anybody else."""


class WindDowns(Protocol):
    """That the service closes, and whom the clock tells of it."""

    async def running(self) -> Sequence[WindDownView]:
        """What is being told, for the clock, oldest first."""

    async def next(self, wind_down: WindDownView, limit: int) -> tuple[int, ...]:
        """Which members the clock tells next, by their numbers."""

    async def set_aside(self, members: Sequence[int]) -> Sequence[SetAside]:
        """What each of these members has in open red envelopes and vouchers, in their order."""

    async def latest(self, viewer: int) -> WindDownView | None:
        """How far telling of the last decision has come, for an operator; nothing for anybody else."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message, a statement or a picture as it is kept."""

    digest: str
    """Keyed: equal ones have equal digests, and nothing else can be told from it."""
    sealed: bytes
    wrapped_key: bytes
    """The key made for it where its member has none yet, else empty."""


class Reads(Protocol):
    """What people look at. Whoever looks comes first; nothing is locked, nothing is changed."""

    async def member(self, telegram_id: int) -> MemberView | None:
        """The member behind a Telegram account."""

    async def members(self, telegram_ids: Sequence[int]) -> Mapping[int, MemberView]:
        """The same for several; those who are not known are left out."""

    async def member_by_phone(self, digest: str) -> MemberView | None:
        """The member who joined with a phone number, by its keyed digest: somebody who knows the number may pay it."""

    async def party(self, member: int) -> Party | None:
        """How a member is named to others."""

    async def blocked(self, viewer: int) -> Sequence[Party]:
        """Whom a member blocks, who came last first."""

    async def sealed_phone(self, member: int) -> tuple[bytes, bytes] | None:
        """A member's own phone number as it is sealed, and the key it is sealed with, itself sealed."""

    async def sealed_identity(self, member: int) -> tuple[bytes, bytes] | None:
        """A member's own name and ID number as they are sealed, and the key they are sealed with, itself sealed."""

    async def sealed_email(self, member: int) -> tuple[bytes, bytes] | None:
        """A member's own e-mail address as it is sealed, and the key it is sealed with, itself sealed."""

    async def sealed_qq(self, member: int) -> tuple[bytes, bytes] | None:
        """A member's QQ number, as they stated it, and the wrapped key that opens it; None for none."""

    async def one_time_codes(self, member: int) -> CodesView | None:
        """The secret of a member's own one-time codes, if there are any."""

    async def moves_due(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        """Wallets whose move the clock has to do with: number and since when."""

    async def move(self, member: int) -> MoveView | None:
        """What became of somebody's asking for a wallet from another account; None where nobody ever did."""

    async def resets_to_tell(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        """Members whose forgotten PIN they are to be told of, each with the moment since when."""

    async def pin(self, member: int) -> PinView | None:
        """What is needed to check a member's PIN."""

    async def balance(self, member: int) -> BalanceView:
        """What a member has."""

    async def allowance(self, member: int) -> AllowanceView:
        """What a member has paid of what they may."""

    async def history(self, viewer: int, *, since: int = 0, until: int = 2**62, direction: str = "", before: int = 0,
                      after: int = 0, limit: int = 10) -> HistoryPage:
        """A member's movements in a period: the newest, or those next to an entry's number, `before` or `after` it.
        `direction` is "in", "out" or "" for both."""

    async def numbers(self, viewer: int, since: int, until: int) -> tuple[int, int]:
        """The number of a member's first entry in a period, and of the first one after it. Periods that meet share no
        entry and leave none out, so what their statements tell adds up."""

    async def entries(self, viewer: int, first: int, limit: int) -> tuple[EntryLine, ...]:
        """A member's entries from a number on, in their order; a page of them at most."""

    async def receipt(self, viewer: int, transfer: int) -> ReceiptView | None:
        """A movement in which the viewer had a side, or money set aside for them, else None; no difference between
        unknown and not theirs."""

    async def received(self, viewer: int, limit: int) -> tuple[HistoryLine, ...]:
        """What others paid the viewer lately and the viewer has not given back, newest first."""

    async def hold(self, hold: int) -> HoldView | None:
        """A hold, for whoever may press its buttons (the command checks who that is)."""

    async def waiting_for(self, telegram_id: int) -> tuple[HoldView, ...]:
        """Open holds that wait for somebody."""

    async def waiting_of(self, viewer: int) -> tuple[HoldView, ...]:
        """The viewer's own open holds."""

    async def waiting_in(self, chat: int, limit: int) -> tuple[HoldView, ...]:
        """Open holds whose card stands in a chat, newest first."""

    async def due_holds(self, now: int, limit: int) -> tuple[int, ...]:
        """Open holds whose time is over and that go back then, oldest first."""

    async def due_arrivals(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        """Open holds whose time to arrive has come, each with the member it is meant for, oldest first."""

    async def envelope(self, envelope: int) -> EnvelopeView | None:
        """A red envelope, for everybody in its group. What is still in it nobody is told, nor how it was drawn."""

    async def envelopes_in(self, chat: int, limit: int) -> tuple[int, ...]:
        """Open envelopes of a group, newest first."""

    async def worded(self, chat: int, limit: int) -> tuple[WordedView, ...]:
        """Open envelopes in a group that open by a word, newest first."""

    async def envelope_of(self, viewer: int, transfer: int, chat: int) -> EnvelopeView | None:
        """The envelope that a transfer filled or was a share of: for everybody in its group, where it is asked for
        there, and anywhere for whoever made it or has a share of it."""

    async def envelopes(self, viewer: int, *, sent: bool, since: int, until: int, skip: int, limit: int
                        ) -> EnvelopePage:
        """What the viewer sent in a period, or received, newest first; `skip` is how many of these come before."""

    async def due_envelopes(self, now: int, limit: int) -> tuple[int, ...]:
        """Open envelopes whose time is over, oldest first."""

    async def request(self, request: int) -> RequestView | None:
        """A request for money, for whoever may press its buttons (the command checks who that is)."""

    async def requests_to(self, telegram_id: int) -> tuple[RequestView, ...]:
        """Open requests that somebody is asked to pay, those that end first before the others."""

    async def requests_of(self, viewer: int) -> tuple[RequestView, ...]:
        """The viewer's own open requests."""

    async def requests_in(self, chat: int, limit: int) -> tuple[RequestView, ...]:
        """Open requests whose card stands in a chat, newest first."""

    async def checks_since(self, before: int) -> int:
        """How many payments that a rule held back before that moment nobody has decided about."""

    async def requests_to_remind_of(self, now: int, limit: int) -> tuple[int, ...]:
        """Open requests of which whoever is asked has to be reminded, oldest first."""

    async def due_requests(self, now: int, limit: int) -> tuple[int, ...]:
        """Open requests whose time is over, oldest first."""

    async def voucher(self, voucher: int) -> VoucherView | None:
        """A voucher, for whoever has its link or made it (the command checks who that is)."""

    async def vouchers_of(self, viewer: int, limit: int) -> tuple[VoucherView, ...]:
        """The viewer's own vouchers, open ones first, each kind newest first."""

    async def vouchers_in(self, chat: int, limit: int) -> tuple[VoucherView, ...]:
        """Open vouchers whose card stands in a chat, newest first."""

    async def due_vouchers(self, now: int, limit: int) -> tuple[int, ...]:
        """Open vouchers whose time is over, oldest first."""

    async def due_kept(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        """Kept shares whose time is over, oldest first: each as its envelope and the person it was kept for."""

    async def kept_until(self, envelope: int, person: int) -> int:
        """Until when a share is kept for somebody; 0 where none is."""

    async def split(self, split: int) -> SplitView | None:
        """A split, for whoever is shown its card or has a part in it (the caller checks who that is)."""

    async def splits_of(self, viewer: int, limit: int) -> tuple[SplitView, ...]:
        """The viewer's own open splits, newest first."""

    async def splits_in(self, chat: int, limit: int) -> tuple[SplitView, ...]:
        """Open splits whose card stands in a chat, newest first."""

    async def due_splits(self, now: int, limit: int) -> tuple[int, ...]:
        """Open splits whose time is over, oldest first."""

    async def standing_offers(self, limit: int) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
        """Splits that are over and of which private messages still offer a place, oldest end first: each one's number,
        how many such messages there are, and to whom, of which there are `limit` in all."""

    async def splits_to_remind(self, now: int, limit: int) -> tuple[int, ...]:
        """Open splits of which the clock has yet to remind, oldest first."""

    async def schedules(self, viewer: int) -> tuple[ScheduleView, ...]:
        """The viewer's payments that come again, those that are due first before the others."""

    async def schedule(self, viewer: int, schedule: int) -> ScheduleView | None:
        """One of the viewer's payments that come again, also when it has ended."""

    async def due_schedules(self, today: int, limit: int) -> tuple[tuple[int, int, int], ...]:
        """What is to be paid or tried on a day of the calendar: each one's number, the day that is due, and how often
        that was tried."""

    async def schedules_to_tell(self, today: int, limit: int) -> tuple[tuple[int, int], ...]:
        """Those that are due tomorrow and whose payers were not told: number and day."""

    async def due_penalties(self, now: int, limit: int) -> tuple[int, ...]:
        """Penalties in force whose time is over, oldest first."""

    async def due_legal_holds(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        """Orders that stand whose time is over, oldest first, each with its member."""

    async def legal_holds(self, viewer: int) -> Sequence[LegalHoldView]:
        """The orders that hold money of the viewer's, the oldest first."""

    async def thawed(self, limit: int) -> tuple[tuple[int, int], ...]:
        """Open holds that wait for somebody to be free who is frozen no more, each with that member."""

    async def bans_to_sweep(self, limit: int) -> tuple[tuple[int, int], ...]:
        """Bans that may have something left to end, oldest first, each with its member."""

    async def ends_with_ban(self, member: int, limit: int) -> tuple[Ends, ...]:
        """What a member began that a ban ends."""

    async def due_proposals(self, now: int, limit: int) -> tuple[int, ...]:
        """Open proposals whose time is over, oldest first."""

    async def drowsy(self, today: int, after: int, limit: int) -> tuple[int, ...]:
        """Members for whom a step towards sleep is due, where wallets sleep after so many days without use; those
        first who have not used theirs for longest."""

    async def ward(self, member: int) -> WardView | None:
        """What is known of somebody as a minor, for themselves; None for whoever is none here."""

    async def wards(self, viewer: int) -> tuple[WardView, ...]:
        """For whom somebody answers."""

    async def wards_to_tell(self, limit: int) -> tuple[int, ...]:
        """Minors who have not heard yet that their guardian's own wallet is stopped or asleep, or is no more."""

    async def of_age(self, today: int, limit: int) -> tuple[int, ...]:
        """Minors for whom nobody has to answer any more."""

    async def due_drafts(self, now: int, limit: int) -> tuple[str, ...]:
        """Open drafts whose time is over and that wait in a message or under a card, oldest first."""

    async def draft(self, viewer: int, token: str) -> DraftView | None:
        """The viewer's own draft."""

    async def recent_receivers(self, viewer: int, limit: int) -> tuple[Party, ...]:
        """Whom the viewer paid by name lately, last first; not those whose wallet sleeps. Whoever was paid by nothing
        but their number is none of them: they would leave the list, or rise in it, when paid by name, which tells whose
        number it was."""

    async def agreed(self, after: int, limit: int) -> tuple[tuple[int, str], ...]:
        """Members who have joined, by their number from the one after `after` on, each with what they accepted last."""

    async def claimed(self, texts: Sequence[str]) -> frozenset[str]:
        """Which of these claims there are."""

    async def acceptances(self, viewer: int) -> tuple[AcceptanceView, ...]:
        """What the viewer accepted, newest first."""
