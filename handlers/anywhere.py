"""The sentences of cards that are sent through us into any chat, and the pieces they are offered as.

Guards: a card carries all that it takes to become real, within Telegram's 64 bytes, but for the words on it, of which
it carries a digest; it says nothing of anybody but whoever sends it, and of them nothing but their name.
"""
from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from aiogram.enums import ButtonStyle, ParseMode
from aiogram.filters.callback_data import CallbackData
from aiogram.types import (
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from pydantic import Field

from handlers import envelopes, payments
from handlers.chat.buttons import DraftAct, HoldAct, HoldButton, Number
from handlers.commands import Verb
from handlers.keyboards import button, keyboard
from handlers.parsing import CardAsked
from handlers.texts import Fact, Lines, Money, Speaker, Text, _
from wallet.envelopes import EnvelopeIntent
from wallet.rows import EQUAL, LUCKY

SHARES: Final = 5
"""In so many shares an envelope is offered when nothing was said of it."""
TITLE_MOST: Final = 64
_DIGEST: Final = 8
"""Signs of a digest: enough to tell one person's words of ten minutes apart."""


class Kind(StrEnum):
    """What a card is to become."""

    GIFT = "g"
    REQUEST = "r"
    LUCKY = "l"
    EQUAL = "e"


class AppealAct(StrEnum):
    """What one does with a request on a card."""

    PAY = "p"
    TAKE_BACK = "t"


class AppealButton(CallbackData, prefix="ap"):
    """Pays what a card asks for, or takes the request back. The card itself says which."""

    act: AppealAct


class CardWord(CallbackData, prefix="aw"):
    """Says yes or no to a card that one has sent, and at the same time names the card where it is offered. It proves
    nothing: whoever presses asks for a debit of their own."""

    act: DraftAct
    payer: Number
    """The Telegram id of whoever sends it."""
    kind: Kind
    amount: Number
    """All of it, in minor units."""
    shares: Annotated[int, Field(ge=0, le=9_999)]
    at: Number
    """When it was offered, in seconds since 1970."""
    words: Annotated[str, Field(pattern=f"^([0-9a-f]{{{_DIGEST}}})?$")]
    """The digest of what is written on it, "" for nothing."""


def digest_of(words: str) -> str:
    """What a card carries of its words."""
    return hashlib.sha256(words.encode()).hexdigest()[:_DIGEST] if words else ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One card as it is offered."""

    kind: Kind
    amount: int
    shares: int
    words: str

    def word(self, payer: int, at: int) -> CardWord:
        """What its Confirm button carries."""
        return CardWord(act=DraftAct.CONFIRM, payer=payer, kind=self.kind, amount=self.amount, shares=self.shares,
                        at=at, words=digest_of(self.words))

    @property
    def envelope(self) -> str:
        """How an envelope of this kind is divided."""
        return EQUAL if self.kind is Kind.EQUAL else LUCKY


def offers_for(asked: CardAsked, verbs: frozenset[Verb], *, most: int, average: int, most_shares: int, alone: bool
               ) -> tuple[Offer, ...]:
    """The cards that were asked for, of those that may be offered: within the bounds of a payment and of an envelope.
    `alone` where only one other person is in the chat."""
    offers: list[Offer] = []
    if Verb.SEND in asked.verbs and Verb.SEND in verbs and asked.minor_units <= most:
        offers.append(Offer(Kind.GIFT, asked.minor_units, 1, asked.note))
    if Verb.RED in asked.verbs and Verb.RED in verbs:
        shares = asked.shares or (1 if alone else SHARES)
        amount = asked.minor_units * shares if asked.equal else asked.minor_units
        if 0 < shares <= most_shares and shares <= amount <= min(most, shares * average):
            offers.append(Offer(Kind.EQUAL if asked.equal else Kind.LUCKY, amount, shares, asked.note))
    if Verb.REQUEST in asked.verbs and Verb.REQUEST in verbs and asked.minor_units <= most:
        offers.append(Offer(Kind.REQUEST, asked.minor_units, 1, asked.note))
    return tuple(offers)


def too_much(asked: CardAsked, *, most: int, average: int, alone: bool) -> Text | None:
    """What to say of an amount that no card of its kind may be about; None where that is not what is wrong."""
    if asked.verbs == (Verb.RED,):
        shares = asked.shares or (1 if alone else SHARES)
        most = min(most, shares * average) // (shares if asked.equal else 1)
    if asked.minor_units <= most:
        return None
    return _("Too much: {most} at most", most=Money(most))


# ----------------------------------------------------------------------------------------------- how it is offered
def article(offer: Offer, payer: Fact, data: CardWord, voice: Speaker) -> InlineQueryResultArticle:
    """A card among those that somebody may choose from. What it is called is what its button carries, so that nothing
    has to be remembered of it."""
    description = voice.plain(_summary(offer)) + (f" · {offer.words}" if offer.words else "")
    return InlineQueryResultArticle(
        id=data.pack(), title=voice.plain(_title(offer))[:TITLE_MOST], description=description,
        input_message_content=InputTextMessageContent(
            message_text=voice.say(waiting(offer, payer)), parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True)),
        reply_markup=ask(voice, data))


def ask(voice: Speaker, data: CardWord) -> InlineKeyboardMarkup:
    """Confirm and Cancel, for whoever sent the card."""
    no = data.model_copy(update={"act": DraftAct.CANCEL})
    return keyboard([button(voice, _("Confirm"), data, ButtonStyle.SUCCESS),
                     button(voice, _("Cancel"), no, ButtonStyle.DANGER)])


def _title(offer: Offer) -> Text:
    if offer.kind is Kind.GIFT:
        return _("💸 Send {amount}", amount=Money(offer.amount))
    if offer.kind is Kind.REQUEST:
        return _("📨 Ask for {amount}", amount=Money(offer.amount))
    return _("🧧 Red envelope of {amount}", amount=Money(offer.amount))


def _summary(offer: Offer) -> Text:
    if offer.kind is Kind.GIFT:
        return _("To whoever claims it first")
    if offer.kind is Kind.REQUEST:
        return _("Whoever pays first pays you")
    if offer.shares == 1:
        return _("For whoever comes first")
    if offer.kind is Kind.EQUAL:
        return _("{n} share", "{n} shares of {each}", n=offer.shares, each=Money(offer.amount // offer.shares))
    return _("{n} share by chance", "{n} shares by chance", n=offer.shares)


def waiting(offer: Offer, payer: Fact) -> Lines:
    """What stands on a card until whoever sent it has said yes."""
    if offer.kind is Kind.GIFT:
        return gift_waiting(offer.amount, offer.words, payer)
    if offer.kind is Kind.REQUEST:
        return payments.with_note(_("Waiting for {payer} to confirm: they ask for <b>{amount}</b>.", payer=payer,
                                    amount=Money(offer.amount)), offer.words)
    intent = EnvelopeIntent(0, 0, offer.envelope, offer.amount, offer.shares, offer.words, seed="")
    return envelopes.waiting_line(intent, None, payer)


# ------------------------------------------------------------------------------- money for whoever takes it first
def gift_waiting(amount: int, note: str, payer: Fact) -> Lines:
    """That money for anybody waits for its payer's word."""
    line = _("Waiting for {payer} to confirm: <b>{amount}</b> for whoever claims it first.", payer=payer,
             amount=Money(amount))
    return payments.with_note(line, note)


def gift_question(amount: int, note: str) -> Lines:
    """What its payer is asked in private, before the PIN."""
    return payments.with_note(_("Send <b>{amount}</b> to whoever claims it first?",
                                amount=Money(amount)), note)


def gift_card(payer: Fact, amount: int, note: str) -> Lines:
    """The card once it is real."""
    line = _("💸 <b>{amount}</b> from {payer} for whoever claims it first.", amount=Money(amount), payer=payer)
    return payments.with_note(line, note, _("What nobody claims within 24 hours goes back."))


def gift_back(payer: Fact, amount: int, state: str) -> Text:
    """The card after the money went back."""
    if state == "released":
        return _("↩️ {payer} took back {amount} that nobody had claimed.", payer=payer, amount=Money(amount))
    return _("⌛ Nobody claimed {amount} within 24 hours, so it went back to {payer}.", amount=Money(amount),
             payer=payer)


def gift_made(amount: int, note: str, transfer: int, balance: int) -> Lines:
    """To its payer in private, after the PIN."""
    return payments.with_note(
        _("✅ Confirmed: {amount} for whoever claims it first.", amount=Money(amount)), note,
        payments.receipt_line(transfer), _("Balance: {balance}", balance=Money(balance)))


def gift_went(amount: int) -> Text:
    """To its payer, once it is real."""
    return _("💸 You sent <b>{amount}</b> to whoever claims it first. What nobody claims within 24 hours comes back.",
             amount=Money(amount))


def gift_came_back(amount: int) -> Text:
    """To its payer, when nobody took it."""
    return _("⌛ Nobody claimed your {amount} within 24 hours, so it is back in your wallet.", amount=Money(amount))


def taking(voice: Speaker, hold: int) -> InlineKeyboardMarkup:
    """Claim for everybody, and take back for whoever sent it."""
    return keyboard([button(voice, _("Claim"), HoldButton(act=HoldAct.CLAIM, hold=hold), ButtonStyle.SUCCESS),
                     button(voice, _("Take back"), HoldButton(act=HoldAct.TAKE_BACK, hold=hold))])


# ---------------------------------------------------------------------------------------------- requests on cards
def appeal_card(payee: Fact, amount: int, note: str) -> Lines:
    """The card once it may be paid."""
    line = _("📨 {payee} asks for <b>{amount}</b>.", payee=payee, amount=Money(amount))
    return payments.with_note(line, note, _("Whoever pays first settles it. Pay only people you know."))


def appeal_paid(payer: Fact, payee: Fact, amount: int, note: str) -> Lines:
    """The card once it was paid."""
    line = _("✅ {payer} paid {payee} {amount}.", payer=payer, payee=payee, amount=Money(amount))
    return payments.with_note(line, note)


def appeal_own() -> Text:
    """To whoever presses Pay under what they ask for themselves."""
    return _("You ask for this yourself, so there is nothing for you to pay. No money moved.")


def appeal_taken_back(payee: Fact, amount: int) -> Text:
    """The card once whoever sent it does not ask any more."""
    return _("↩️ {payee} no longer asks for {amount}.", payee=payee, amount=Money(amount))


def appeal_over(amount: int) -> Text:
    """The card once nobody may pay any more."""
    return _("⌛ Nobody paid the {amount} that was asked for here within 7 days. No money moved.",
             amount=Money(amount))


def answering(voice: Speaker, amount: int) -> InlineKeyboardMarkup:
    """Pay for everybody, and take back for whoever sent it."""
    return keyboard([button(voice, _("Pay {amount}", amount=Money(amount)), AppealButton(act=AppealAct.PAY),
                            ButtonStyle.SUCCESS),
                     button(voice, _("Take back"), AppealButton(act=AppealAct.TAKE_BACK))])


# --------------------------------------------------------------------------------------------- where nothing is offered
HINT: Final = _("💡 20 lunch · red 50 5 · request 20")
UNCLEAR: Final = _("💡 Not clear. Try: 20 lunch · red 50 5")
BEGIN: Final = _("Open your wallet in the private chat first")
AGREE: Final = _("Read and accept the agreements first")
NOT_HERE: Final = _("Not in channels; here is the private chat")


def how_to_call(username: str) -> Text:
    """What a call says whose words ask for nothing that a card can do, or not yet; the same for everybody."""
    return _("Call me with an amount and I make a card of it: <code>@{username} 20 lunch</code>, or <code>@{username} "
             "red 50 5</code>. Whoever has no wallet yet opens one in the private chat.", username=username)
