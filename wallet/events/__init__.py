"""What people must be told, as facts. The words are chosen when a notice is delivered.

Guards: an event is committed with what happened and says everything its sentence needs, so that delivering it
later, twice or in another language tells the same story.
"""
from __future__ import annotations

import json
from dataclasses import fields
from functools import lru_cache
from typing import Any, ClassVar

from wallet.events.applications import ApplicationCame as ApplicationCame
from wallet.events.applications import ApplicationDecided as ApplicationDecided
from wallet.events.applications import NameListed as NameListed
from wallet.events.base import Event as Event
from wallet.events.dormancy import DormancyNear as DormancyNear
from wallet.events.dormancy import FellAsleep as FellAsleep
from wallet.events.envelopes import EnvelopeEmptied as EnvelopeEmptied
from wallet.events.envelopes import EnvelopeReturned as EnvelopeReturned
from wallet.events.envelopes import EnvelopeWent as EnvelopeWent
from wallet.events.envelopes import ShareCame as ShareCame
from wallet.events.family import AgeShown as AgeShown
from wallet.events.family import CameOfAge as CameOfAge
from wallet.events.family import FoundUnderAge as FoundUnderAge
from wallet.events.family import GuardianAnswered as GuardianAnswered
from wallet.events.family import GuardianLeft as GuardianLeft
from wallet.events.family import GuardianStands as GuardianStands
from wallet.events.family import MinorFound as MinorFound
from wallet.events.family import WardRulesChanged as WardRulesChanged
from wallet.events.legal_holds import LegalHoldEnded as LegalHoldEnded
from wallet.events.legal_holds import LegalHoldPlaced as LegalHoldPlaced
from wallet.events.legal_holds import LegalHoldRanOut as LegalHoldRanOut
from wallet.events.operators import AnchorPosted as AnchorPosted
from wallet.events.operators import AnnouncementCame as AnnouncementCame
from wallet.events.operators import AttackStopped as AttackStopped
from wallet.events.operators import BalanceAdjusted as BalanceAdjusted
from wallet.events.operators import ChecksWait as ChecksWait
from wallet.events.operators import IncidentCame as IncidentCame
from wallet.events.operators import InvariantBroke as InvariantBroke
from wallet.events.operators import MaintenanceSoon as MaintenanceSoon
from wallet.events.operators import PaymentChecked as PaymentChecked
from wallet.events.operators import PaymentStopped as PaymentStopped
from wallet.events.operators import ProposalEnded as ProposalEnded
from wallet.events.operators import ProposalWaits as ProposalWaits
from wallet.events.operators import RoleChanged as RoleChanged
from wallet.events.operators import TicketAnswered as TicketAnswered
from wallet.events.operators import TicketWaits as TicketWaits
from wallet.events.penalties import EndedByBan as EndedByBan
from wallet.events.penalties import PenaltyEnded as PenaltyEnded
from wallet.events.penalties import PenaltyGiven as PenaltyGiven
from wallet.events.recovery import EmailBound as EmailBound
from wallet.events.recovery import IdentityReset as IdentityReset
from wallet.events.recovery import MoveAsked as MoveAsked
from wallet.events.recovery import MoveEnded as MoveEnded
from wallet.events.recovery import MoveWaits as MoveWaits
from wallet.events.recovery import PinResetAsked as PinResetAsked
from wallet.events.requests import RequestCame as RequestCame
from wallet.events.requests import RequestClosed as RequestClosed
from wallet.events.requests import RequestEnded as RequestEnded
from wallet.events.requests import RequestPaid as RequestPaid
from wallet.events.requests import RequestReminder as RequestReminder
from wallet.events.schedules import ScheduleEnded as ScheduleEnded
from wallet.events.schedules import ScheduleFailed as ScheduleFailed
from wallet.events.schedules import ScheduleRan as ScheduleRan
from wallet.events.schedules import ScheduleSoon as ScheduleSoon
from wallet.events.splits import OfferClosed as OfferClosed
from wallet.events.splits import ShareAsked as ShareAsked
from wallet.events.splits import ShareClosed as ShareClosed
from wallet.events.splits import SharePaidIn as SharePaidIn
from wallet.events.splits import ShareWent as ShareWent
from wallet.events.splits import SplitEnded as SplitEnded
from wallet.events.splits import SplitLags as SplitLags
from wallet.events.vouchers import VoucherCame as VoucherCame
from wallet.events.vouchers import VoucherGuessed as VoucherGuessed
from wallet.events.vouchers import VoucherRedeemed as VoucherRedeemed
from wallet.events.vouchers import VoucherReturned as VoucherReturned
from wallet.events.vouchers import VoucherWent as VoucherWent
from wallet.events.winding_down import WindDownCalledOff as WindDownCalledOff
from wallet.events.winding_down import WindDownCame as WindDownCame
from wallet.plain import frozen


@frozen()
class MoneyCame(Event):
    """To the receiver: somebody paid you. `chat` is where it was asked, 0 for in private."""

    URGENT: ClassVar[bool] = True
    transfer: int
    payer: int
    amount: int
    note: str
    chat: int


@frozen()
class MoneyWent(Event):
    """To the payer: the receipt of a payment that was asked for in a group."""

    URGENT: ClassVar[bool] = True
    transfer: int
    receiver: int
    """A member's number, or 0 when it waits for somebody who has not joined."""
    receiver_telegram_id: int
    amount: int
    note: str
    hold: int
    by_number: bool = False
    """Whether the payer knows no more of the receiver than a phone number."""
    purpose: str = "claim"
    """What the hold is for, if there is one."""
    arrives_at: int = 0
    """When it arrives, for money that is on its way."""


@frozen()
class MoneyWaits(Event):
    """To somebody who has not joined, or who confirms what comes in: money waits for you."""

    URGENT: ClassVar[bool] = True
    hold: int
    transfer: int
    payer: int
    amount: int
    note: str
    expires_at: int
    purpose: str = "claim"


@frozen()
class HoldSettled(Event):
    """To the payer: what waited was claimed or accepted."""

    URGENT: ClassVar[bool] = True
    hold: int
    transfer: int
    receiver: int
    amount: int
    purpose: str = "claim"
    by_number: bool = False
    """Whether the payer knows no more of the receiver than a phone number."""


@frozen()
class MoneyArrived(Event):
    """To the receiver: what was on its way is there, or, where they confirm what comes in, waits for their word."""

    URGENT: ClassVar[bool] = True
    hold: int
    transfer: int
    """The one by which it arrived, or set it aside as long as it waits."""
    payer: int
    amount: int
    expires_at: int
    """Until when it waits for their word; 0 when it is there."""


@frozen()
class HoldLasts(Event):
    """To the payer: what was on its way can't arrive yet, for whoever it is for may take nothing, and waits."""

    URGENT: ClassVar[bool] = True
    hold: int
    transfer: int
    amount: int
    expires_at: int
    """Until when it waits."""


@frozen()
class HoldReturned(Event):
    """To the payer: what waited came back. `state` is "released" (cancelled), "declined" or "expired"."""

    URGENT: ClassVar[bool] = True
    hold: int
    transfer: int
    amount: int
    state: str
    purpose: str = "claim"


@frozen()
class HoldWithdrawn(Event):
    """To the one it waited for: it is no longer there. `state` is "released" or "expired"."""

    hold: int
    payer: int
    amount: int
    state: str


@frozen()
class MoneyGivenBack(Event):
    """To whoever paid: the receiver gave it back."""

    URGENT: ClassVar[bool] = True
    transfer: int
    reverses: int
    """The transfer by whose code the payment was named."""
    giver: int
    amount: int
    by_number: bool = False
    """Whether the payer knows no more of the giver than a phone number."""


@frozen()
class PinWasLocked(Event):
    """To the member: somebody typed wrong PINs."""

    URGENT: ClassVar[bool] = True
    until: int


@frozen()
class PinWasSet(Event):
    """To the member: the PIN was set or changed; if it was not you, act."""

    URGENT: ClassVar[bool] = True
    first: bool


@frozen()
class WordsRemoved(Event):
    """To the author: an operator took away what they wrote. `what` is "note", "greeting" or "nickname"."""

    what: str
    transfer: int
    """Whose note or greeting it was, or 0."""
    reason: str
    """The clause of the user agreement, by its anchor there."""
    at: int
    again: bool = False
    """Of a nickname: whether its owner may choose another one."""


@frozen()
class DraftRanOut(Event):
    """For the card of a payment that its payer did not confirm in time, which is all that changes.

    `amount` is what the payment came to."""

    chat: int
    """The chat; of a card that was sent through us, its sender's."""
    message: int
    amount: int
    card: str = ""
    """What Telegram calls such a card."""
    asked: bool = False
    """Whether it asked others for money, which nobody paid."""


@frozen()
class NewVersions(Event):
    """To somebody who accepted older versions: there are new ones, as "name@version name@version"."""

    significant: str
    """Those that have to be accepted before money goes out again."""
    minor: str
    """Those that going on accepts."""


ALL: dict[str, type[Event]] = {cls.__name__: cls for cls in (
    PaymentStopped, PaymentChecked, ChecksWait,
    MoneyCame, MoneyWent, MoneyWaits, MoneyArrived, HoldLasts, HoldSettled, HoldReturned, HoldWithdrawn, PinWasLocked,
    PinWasSet, InvariantBroke, RoleChanged, PenaltyGiven, PenaltyEnded, EndedByBan, DraftRanOut, MoneyGivenBack,
    NewVersions, EnvelopeWent, ShareCame, EnvelopeEmptied, EnvelopeReturned, RequestCame, RequestReminder, RequestPaid,
    RequestEnded, RequestClosed, VoucherWent, VoucherCame, VoucherRedeemed, VoucherReturned, VoucherGuessed, ShareAsked,
    ShareClosed, OfferClosed, ShareWent, SharePaidIn, SplitLags, SplitEnded, ScheduleSoon, ScheduleRan, ScheduleFailed,
    ScheduleEnded, EmailBound, PinResetAsked, IdentityReset, WordsRemoved, TicketWaits, TicketAnswered, ProposalWaits,
    ProposalEnded,
    BalanceAdjusted, ApplicationCame, ApplicationDecided, MaintenanceSoon, AnnouncementCame, IncidentCame,
    AnchorPosted, AttackStopped, DormancyNear, FellAsleep, GuardianAnswered, WardRulesChanged, GuardianLeft,
    GuardianStands, NameListed, FoundUnderAge, MinorFound, AgeShown, CameOfAge, MoveAsked, MoveWaits, MoveEnded,
    WindDownCame, WindDownCalledOff, LegalHoldPlaced, LegalHoldEnded, LegalHoldRanOut)}
"""All events by the name under which a notice stores them."""


_FACTS: dict[str, int] = {name: len(fields(cls)) for name, cls in ALL.items()}


@lru_cache(maxsize=256)
def read(name: str, facts: str) -> Event:
    """The event that a notice stores. Facts that a newer release added keep their place at the end, and have a value
    for what was stored before.

    Whoever tells a wave of notices reads each twice, for the names in it and for its words."""
    values: list[Any] = json.loads(facts)
    return ALL[name](*values[:_FACTS[name]])
