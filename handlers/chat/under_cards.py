"""The buttons under cards that were sent through us: money is claimed or taken back there, envelopes are opened, and
requests are paid.

Guards: what hangs on one card is taken under that card and no other, whoever forges a button; whoever takes something
hears it alone, and the card follows. Nobody takes anything by following a link: it leads to what they need first, and
back to the card.
"""
from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from aiogram import F, Router
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import CallbackQuery, Message

from handlers import anywhere as said_of
from handlers import payments
from handlers import requests as requests_said
from handlers.anywhere import AppealAct, AppealButton
from handlers.chat import buttons
from handlers.chat.agreements import show_needed
from handlers.chat.anywhere import token_of
from handlers.chat.buttons import EnvelopeButton, HoldAct, HoldButton
from handlers.chat.cards import Cards
from handlers.chat.envelopes import own_share, redraw_under
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, change, toast, write
from handlers.chat.strangers import with_warning
from handlers.chat.till import Till, Words, spoken
from handlers.commands import COMMANDS, GATES, Verb
from handlers.ground import Config, Dialogs, accepts, microseconds, new_token, press_key
from handlers.keyboards import card_of, deep_link
from handlers.legal import Library
from handlers.namesakes import Payee
from handlers.texts import Fact, Money, Person, Speaker, _
from wallet import refusals
from wallet.appeals import AppealPaid, PayAppeal, PayAppealIntent
from wallet.books import Policy
from wallet.drafts import Asked, CancelDraft
from wallet.engine import Engine
from wallet.envelopes import Opened, OpenEnvelope
from wallet.holds import CancelHold, Claimed, ClaimHold
from wallet.keeping import KeepShare
from wallet.vault import Vault
from wallet.views import HoldView, MemberView


def make_router() -> Router:
    """It comes before the chapters whose buttons also stand in chats of ours."""
    router = Router(name="under_cards")
    everybody = accepts(private=False, anywhere=True, joined=False)
    press = router.callback_query.register
    press(claim, F.inline_message_id, HoldButton.filter(F.act == HoldAct.CLAIM), flags=everybody)
    press(take_back, F.inline_message_id, HoldButton.filter(F.act == HoldAct.TAKE_BACK), flags=everybody)
    press(pay, AppealButton.filter(F.act == AppealAct.PAY), flags=everybody)
    press(no_longer_ask, AppealButton.filter(F.act == AppealAct.TAKE_BACK), flags=everybody)
    press(open_share, F.inline_message_id, EnvelopeButton.filter(), flags=everybody)
    return router


# -------------------------------------------------------------------------------- money for whoever takes it first
async def claim(press: CallbackQuery, callback_data: HoldButton, engine: Engine, cards: Cards, speaker: Speaker,
                member: MemberView | None, now: Callable[[], datetime]) -> None:
    """Claim was pressed: the money is theirs if they were first."""
    card, hold = card_of(press), callback_data.hold
    if member is None or not member.joined:
        await _lead(press, _still_there(await cards.reads.hold(hold), card, now()), cards.config)
        return
    try:
        outcome = await engine.run(ClaimHold(key=press_key(press, "claim"), member=member.id, hold=hold, card=card))
    except refusals.AgreementsNeeded:
        await _lead(press, _still_there(await cards.reads.hold(hold), card, now()), cards.config)
        return
    except refusals.HoldOver as over:
        await _redraw_gift(hold, over.state, cards)
        raise
    assert isinstance(outcome, Claimed)
    names = await cards.names((outcome.payer, member.telegram_id))
    said = _("✅ You received <b>{amount}</b> from {payer}. Balance: {balance}", amount=Money(outcome.amount),
             payer=names[outcome.payer], balance=Money(outcome.balance))
    await toast(press, speaker.plain(said), alert=True)
    voice = await cards.speaker_of(0, outcome.payer)
    await cards.rewrite(card, voice, payments.card_claimed(names[outcome.payer], names[member.telegram_id],
                                                           outcome.amount, outcome.purpose))
    with suppress(TelegramForbiddenError, TelegramBadRequest):  # Whoever can't be written to has it in their history.
        await write(cards.bot, member.telegram_id, speaker.say(said), buttons.after_payment(speaker, outcome.transfer))


def _still_there(view: HoldView | None, card: str, now: datetime) -> str:
    """The way to what is needed for money that nobody has taken yet: nobody is asked to do something first for money
    that is gone. Refuses `HoldUnknown` and `HoldOver`."""
    if view is None or view.card != card:
        raise refusals.HoldUnknown
    if view.state != "open":
        raise refusals.HoldOver(view.state)
    if view.expires_at <= microseconds(now):
        raise refusals.HoldOver("expired")
    return _back_here(COMMANDS[Verb.SEND].gate)


async def take_back(press: CallbackQuery, callback_data: HoldButton, engine: Engine, cards: Cards, speaker: Speaker,
                    member: MemberView | None) -> None:
    """Take back was pressed: by whoever sent it, or by somebody whose business it isn't."""
    card, hold = card_of(press), callback_data.hold
    view = await cards.reads.hold(hold)
    if view is None or view.card != card:
        raise refusals.HoldUnknown
    if member is None or view.payer.member != member.id:
        raise refusals.NotYours
    try:
        await engine.run(CancelHold(key=press_key(press, "take_back"), member=member.id, hold=hold))
    except refusals.HoldOver as over:
        await _redraw_gift(hold, over.state, cards)
        raise
    said = _("↩️ {amount} is back in your wallet.", amount=Money(view.amount))
    await toast(press, speaker.plain(said), alert=True)
    await _redraw_gift(hold, "released", cards)


async def _redraw_gift(hold: int, state: str, cards: Cards) -> None:
    """The card of money that was taken or went back, as it must look now."""
    view = await cards.reads.hold(hold)
    if view is not None and view.card and state != "settled":  # Whoever took it stands there already.
        voice = await cards.speaker_of(0, view.payer.telegram_id)
        names = await cards.names((view.payer.telegram_id,))
        await cards.rewrite(view.card, voice, said_of.gift_back(names[view.payer.telegram_id], view.amount, state))


# ---------------------------------------------------------------------------------------------------- envelopes
async def open_share(press: CallbackQuery, callback_data: EnvelopeButton, engine: Engine, cards: Cards,
                     speaker: Speaker, member: MemberView | None) -> None:
    """*Open* was pressed: whoever pressed is told their share, or why there is none."""
    card, envelope = card_of(press), callback_data.envelope
    if member is None or not member.joined:
        await _keep(press, envelope, card, engine, cards.config)
        return
    outcome = await engine.run(OpenEnvelope(key=press_key(press, "open"), member=member.id, envelope=envelope, chat=0,
                                            card=card))
    assert isinstance(outcome, Opened)
    await toast(press, speaker.plain(await own_share(outcome, cards)), alert=True)
    await cards.redraws.soon(envelope, partial(redraw_under, envelope, cards))


async def _keep(press: CallbackQuery, envelope: int, card: str, engine: Engine, config: Config) -> None:
    """Keep a share for somebody without a wallet, if one may be kept, and lead them to one."""
    way = buttons.share_payload(envelope)
    try:
        await engine.run(KeepShare(key=press_key(press, "keep"), person=press.from_user.id, envelope=envelope, chat=0,
                                   card=card))
    except refusals.NotAMember:
        way = _back_here("join")
    await _lead(press, way, config)


# --------------------------------------------------------------------------------------------------- requests
async def pay(press: CallbackQuery, engine: Engine, cards: Cards, vault: Vault, speaker: Speaker,
              member: MemberView | None) -> None:
    """Pay was pressed under a card that asks for money: at once within the no-PIN limit, else by the PIN in private."""
    card = card_of(press)
    if member is None or not member.joined:
        await _lead(press, _back_here(COMMANDS[Verb.REQUEST].gate), cards.config)
        return
    try:
        outcome = await engine.run(PayAppeal(key=press_key(press, "pay"), member=member.id, card=card,
                                             appeal=token_of(card, vault), token=new_token()))
    except refusals.AgreementsNeeded:
        await _lead(press, _back_here(COMMANDS[Verb.REQUEST].gate), cards.config)
        return
    except refusals.PayToYourself:
        await toast(press, speaker.plain(said_of.appeal_own()), alert=True)
        return
    if isinstance(outcome, Asked):
        await _lead(press, f"pin_{outcome.token}", cards.config)
        return
    assert isinstance(outcome, AppealPaid)
    names = await cards.names((outcome.payee,))
    said = _("✅ You sent <b>{amount}</b> to {name}.", amount=Money(outcome.amount), name=names[outcome.payee])
    await toast(press, speaker.plain(said), alert=True)
    await _show_paid(outcome, cards, member)


async def _show_paid(paid: AppealPaid, cards: Cards, payer: MemberView) -> None:
    names = await cards.names((paid.payee, payer.telegram_id))
    voice = await cards.speaker_of(0, paid.payee)
    await cards.rewrite(paid.card, voice, said_of.appeal_paid(names[payer.telegram_id], names[paid.payee], paid.amount,
                                                              paid.note))


async def no_longer_ask(press: CallbackQuery, engine: Engine, cards: Cards, vault: Vault, speaker: Speaker,
                        member: MemberView | None) -> None:
    """Take back was pressed under a card that asks for money: by whoever sent it, and nobody else."""
    card = card_of(press)
    if member is None or not member.joined:
        raise refusals.NotYours
    outcome = await engine.run(CancelDraft(key=press_key(press, "take_back"), member=member.id,
                                           token=token_of(card, vault)))
    assert isinstance(outcome, Asked)
    await toast(press)
    names = await cards.names((member.telegram_id,))
    await cards.rewrite(card, speaker, said_of.appeal_taken_back(names[member.telegram_id], outcome.what.total))


@spoken(PayAppealIntent)
class PaidAppeals(Words[PayAppealIntent]):
    """Paying what a card asks for, in the private chat where the PIN is asked."""

    async def question(self, intent: PayAppealIntent, till: Till, payer: Fact | None) -> Fact:
        payee = await _party(intent, till.cards)
        said = requests_said.question(payee.name, intent.amount, intent.note, payer)
        return await with_warning(said, (payee,), payer, till.cards, till.member, till.now())

    async def waiting_line(self, intent: PayAppealIntent, till: Till) -> Fact:
        return requests_said.waiting_line(till.payer, await _payee(intent, till.cards), intent.amount)

    def cancelled_line(self, intent: PayAppealIntent) -> Fact:
        return requests_said.not_paid(intent.amount)

    async def done(self, intent: PayAppealIntent, outcome: AppealPaid, keypad: Message | None, cards: Cards,
                   speaker: Speaker, member: MemberView) -> None:
        """The card, and the receipt in the keypad's place."""
        if keypad is not None:
            said = payments.receipt((await _payee(intent, cards),), (outcome.transfer,), outcome.amount, outcome.note,
                                    outcome.balance, purposes=("",))
            await change(keypad, speaker, said, buttons.to_balance(speaker))
        await _show_paid(outcome, cards, member)


async def _party(intent: PayAppealIntent, cards: Cards) -> Payee:
    party = await cards.reads.party(intent.payee)
    assert party is not None
    return Payee(party.telegram_id, (await cards.names((party.telegram_id,)))[party.telegram_id])


async def _payee(intent: PayAppealIntent, cards: Cards) -> Person:
    return (await _party(intent, cards)).name


# ---------------------------------------------------------------------------------------- what is needed first
def _back_here(gate: str) -> str:
    """What stands behind /start in a link to what a gate asks for, and from there back to the card."""
    return f"card_{gate}"


async def _lead(press: CallbackQuery, way: str, config: Config) -> None:
    """The way to what has to be done before, in the private chat."""
    try:
        await press.answer(url=deep_link(config, way))
    except TelegramAPIError:
        raise refusals.NotAMember from None  # The words tell the same.


@payload("card")
async def came_from_card(message: Message, rest: str, policy: Policy, library: Library, dialogs: Dialogs,
                         speaker: Speaker, group_speaker: Speaker, member: MemberView, config: Config,
                         now: Callable[[], datetime]) -> None:
    """`/start card_<gate>`: somebody wanted to take something under a card, and has a wallet by now."""
    missing = policy.terms.missing(member.accepted, rest, microseconds(now()), spends=False) if rest in GATES else ()
    if missing:
        await show_needed(missing, message, person=member.telegram_id, dialogs=dialogs, library=library,
                          speaker=speaker, group_speaker=group_speaker, config=config, now=now,
                          payload=_back_here(rest))
        return
    await answer(message, speaker, _("You are all set. Please go back to the chat with the card and tap its button "
                                     "once more: who taps first gets it."), buttons.to_balance(speaker))
