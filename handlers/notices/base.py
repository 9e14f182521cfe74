"""What notices are told with, and what telling one gives.

Guards: names are looked up when a notice is told, in the way in which its reader knows them.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from aiogram.types import InlineKeyboardMarkup

from handlers import anywhere, payments
from handlers.ground import People
from handlers.legal import Library
from handlers.pictures.covers import Finished
from handlers.texts import Fact, Person, Speaker
from wallet.plain import frozen
from wallet.protocols import Announcements, Tickets
from wallet.views import EnvelopeView, HoldView, MemberView, Party, RequestView, SplitView, VoucherView

Markup = Callable[[Speaker], InlineKeyboardMarkup]
@frozen()
class Edit:
    """A card in a chat that is no longer true, and what it says from now on. It loses its buttons."""

    chat: int
    message: int
    text: Fact
    passing: bool = False
    """Whether nobody needs it later."""
    card: str = ""
    """What Telegram calls it instead where it was sent through us; then the chat is that of whoever sent it."""
    pictured: Callable[[Speaker], Finished | None] | None = None
    """What its picture shows from now on, to those who read this speaker's language; None where that stays."""


@frozen()
class Told:
    """A notice with its names looked up, not yet in any language."""

    text: Fact | None
    """None for what only changes a card."""
    urgent: bool
    markup: Markup | None = None
    edit: Edit | None = None
    """To be made in the chat's own language, once the reader was told or could not be."""


Said: TypeAlias = "tuple[Fact | None, Markup | None, Edit | None]"
"""What a notice says, what stands under it, and the card that it changes."""


@frozen()
class Rendered:
    """What is sent to the reader, as Telegram's HTML."""

    text: str
    """Empty when there is nothing to say to them."""
    markup: InlineKeyboardMarkup | None
    urgent: bool
    edits: tuple[Edit, ...]


class Known(Protocol):
    """The little that sentences look up; `Reads` knows it, and so does whoever looked it up for many at once."""

    async def party(self, member: int) -> Party | None:
        """How a member is named to others."""

    async def hold(self, hold: int) -> HoldView | None:
        """Money that waits, or waited."""

    async def envelope(self, envelope: int) -> EnvelopeView | None:
        """A red envelope."""

    async def request(self, request: int) -> RequestView | None:
        """A request for money."""

    async def voucher(self, voucher: int) -> VoucherView | None:
        """A voucher."""

    async def split(self, split: int) -> SplitView | None:
        """A split."""

    async def member(self, telegram_id: int) -> MemberView | None:
        """Somebody who has begun to join or has joined."""


@frozen()
class Context:
    """What notices are told with."""

    reads: Known
    people: People
    speaker: Speaker
    """The reader's."""
    library: Library
    tickets: Tickets
    announcements: Announcements


async def member(context: Context, number: int, *, by_number: bool = False) -> Person:
    """A member, as the reader knows them."""
    party = await context.reads.party(number)
    if party is None:
        return Person("")
    seen = (await context.people.by_ids((party.telegram_id,))).get(party.telegram_id)
    return payments.as_known(payments.person(party.nickname, seen), by_number=by_number)


async def somebody(context: Context, telegram_id: int) -> Person:
    """Somebody by their Telegram id, who may not have joined."""
    seen = (await context.people.by_ids((telegram_id,))).get(telegram_id)
    known = None if seen and seen.name else await context.reads.member(telegram_id)
    return payments.person(known.nickname if known else "", seen)


async def hold_card(hold: HoldView, state: str, purpose: str, context: Context) -> Edit | None:
    """The card of money that went back, wherever it stands."""
    payer = await member(context, hold.payer.member)
    if hold.card:
        return Edit(hold.payer.telegram_id, 0, anywhere.gift_back(payer, hold.amount, state), card=hold.card)
    if not hold.message:
        return None
    name = payments.as_known(await somebody(context, hold.beneficiary), by_number=hold.by_number)
    return Edit(hold.chat, hold.message, payments.card_returned(payer, name, hold.amount, state, purpose))
