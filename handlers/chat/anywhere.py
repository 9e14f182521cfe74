"""Cards in chats that we need not be in: offered to whoever types behind our name or calls it, and made real by their
word.

Guards: choosing a card moves nothing; only whoever sent it makes it real, once, since its draft is named by the card,
and with the PIN in private above the no-PIN limit. Whoever is shown a card learns nothing of anybody's wallet.
"""
from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from aiogram import Bot, Router
from aiogram.enums import ChatType, ParseMode
from aiogram.exceptions import TelegramAPIError
from aiogram.types import (
    CallbackQuery,
    ChosenInlineResult,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Message,
)

from handlers import anywhere as said_of
from handlers import envelopes as envelopes_said
from handlers import payments
from handlers import refusals as sentences
from handlers.anywhere import CardWord, Kind, Offer
from handlers.chat import buttons
from handlers.chat.buttons import DraftAct
from handlers.chat.cards import Cards
from handlers.chat.envelopes import redraw_under
from handlers.chat.saying import NO_PREVIEW, change, toast
from handlers.chat.till import Till, Words, spoken
from handlers.commands import COMMANDS, Verb
from handlers.ground import FRESH, NOBODY, Config, accepts, microseconds, press_key
from handlers.keyboards import card_of, deep_link, only_for, to_private
from handlers.parsing import CardAsked, Said, parse_card
from handlers.texts import Fact, Speaker, Text
from wallet import drafts, refusals
from wallet.appeals import Appeal, AppealIntent
from wallet.books import Policy
from wallet.commands import Outcome
from wallet.drafts import Asked, CancelDraft, Confirm
from wallet.engine import Engine
from wallet.envelopes import AskEnvelope, EnvelopeIntent, EnvelopeMade
from wallet.gifts import AskGift, GiftIntent, GiftMade
from wallet.vault import Vault
from wallet.views import GroupRulesView, MemberView

LIFE: Final = timedelta(minutes=10)
"""How long a card waits for the word of whoever sent it."""
HELP: Final = "help_now"
VERBS: Final = (Verb.SEND, Verb.RED, Verb.REQUEST)
"""What can be offered today, by the commands that do the like."""


class Offered:
    """The words on cards that were offered lately, by what the cards carry of them. Telegram brings them back when a
    card is sent, but need not; a card whose words are known to nobody any more has to be sent again."""

    MOST: Final = 20_000

    def __init__(self) -> None:
        self._words: OrderedDict[tuple[int, str], str] = OrderedDict()

    def keep(self, person: int, words: str) -> None:
        """Remember what somebody was offered."""
        if words:
            key = (person, said_of.digest_of(words))
            self._words[key] = words
            self._words.move_to_end(key)
            if len(self._words) > self.MOST:
                self._words.popitem(last=False)

    def find(self, person: int, digest: str) -> str:
        """The words behind a digest. Refuses `ButtonStale`."""
        words = self._words.get((person, digest), "")
        if digest and not words:
            raise refusals.ButtonStale
        return words


def make_router() -> Router:
    """What is typed behind our name and called out to us, and the word of whoever sent a card."""
    router = Router(name="anywhere")
    everywhere = accepts(private=False, anywhere=True, joined=False)
    router.inline_query.register(offer, flags=everywhere)
    router.guest_message.register(answer_call, flags=everywhere)
    router.chosen_inline_result.register(chosen, flags=everywhere)
    router.callback_query.register(decide, CardWord.filter(), flags=everywhere)
    return router


# ------------------------------------------------------------------------------------------------ what is offered
async def offer(inline_query: InlineQuery, cards: Cards, offered: Offered, speaker: Speaker, member: MemberView | None,
                policy: Policy, now: Callable[[], datetime]) -> None:
    """`@bot 20 lunch` in any chat: one piece for each card that it can become, or what keeps it from that."""
    at, person = now(), inline_query.from_user
    in_channel = inline_query.chat_type == ChatType.CHANNEL
    button = _hindrance(member, policy, at, speaker)
    results: list[InlineQueryResultArticle] = []
    if button is None and in_channel:
        button = _button(speaker, said_of.NOT_HERE, HELP)
    if button is None:
        assert member is not None
        alone = inline_query.chat_type in (ChatType.PRIVATE, ChatType.SENDER)
        offers, hindered = _offers(inline_query.query, cards.config, policy, member, at, alone=alone,
                                rules=GroupRulesView())  # Telegram does not say which chat it is.
        payer = cards.payer(person, member)
        for one in offers:
            offered.keep(person.id, one.words)
            results.append(said_of.article(one, payer, one.word(person.id, _seconds(at)), speaker))
        button = None if results else _button(speaker, *hindered)
    await inline_query.answer(list(results), cache_time=0, is_personal=True, button=button)


def _hindrance(member: MemberView | None, policy: Policy, at: datetime, speaker: Speaker
               ) -> InlineQueryResultsButton | None:
    """The way to what has to be done first, in the private chat."""
    if member is None or not member.joined:
        return _button(speaker, said_of.BEGIN, "hello")
    if not _allowed(member, policy, at):
        return _button(speaker, said_of.AGREE, _agree(Verb.SEND))
    return None


def _agree(verb: Verb) -> str:
    """What starts the documents that a command asks for."""
    return f"agree_{COMMANDS[verb].gate}"


def _button(speaker: Speaker, said: Text, start: str) -> InlineQueryResultsButton:
    return InlineQueryResultsButton(text=speaker.plain(said), start_parameter=start)


def _allowed(member: MemberView, policy: Policy, at: datetime) -> frozenset[Verb]:
    """The kinds of cards behind whose gates somebody is."""
    return frozenset(verb for verb in VERBS if not policy.terms.missing(
        member.accepted, COMMANDS[verb].gate, microseconds(at)))


def _offers(typed: str, config: Config, policy: Policy, member: MemberView, at: datetime, *, alone: bool,
            rules: GroupRulesView) -> tuple[tuple[Offer, ...], tuple[Text, str]]:
    """What was typed, as cards, and where it is none what to say and what a press on that starts; `rules` bind what is
    posted in a known group."""
    asked = parse_card(Said(typed), config.currency, config.region)
    if not isinstance(asked, CardAsked):
        return (), (said_of.UNCLEAR if asked else said_of.HINT, HELP)
    allowed = _allowed(member, policy, at)
    average = min(policy.envelope_average, rules.average or policy.envelope_average)
    shares = min(policy.envelope_shares, rules.shares or policy.envelope_shares)
    offers = said_of.offers_for(asked, allowed, most=policy.max_amount, average=average, most_shares=shares,
                                alone=alone)
    if not allowed.intersection(asked.verbs):
        return offers, (said_of.AGREE, _agree(asked.verbs[0]))
    too_much = said_of.too_much(asked, most=policy.max_amount, average=average, alone=alone)
    return offers, (too_much or said_of.UNCLEAR, HELP)


def _seconds(at: datetime) -> int:
    return microseconds(at) // 1_000_000


def _switched_off(typed: str, config: Config, rules: GroupRulesView) -> str:
    """The feature that a call asks for first, where its group has switched it off, else ""."""
    asked = parse_card(Said(typed), config.currency, config.region)
    feature = COMMANDS[asked.verbs[0]].belongs_to if isinstance(asked, CardAsked) else None
    return feature.value if feature is not None and feature.value in rules.off else ""


async def answer_call(message: Message, bot: Bot, engine: Engine, cards: Cards, offered: Offered, vault: Vault,
                      speaker: Speaker, member: MemberView | None, policy: Policy, config: Config,
                      now: Callable[[], datetime]) -> None:
    """`@bot 20 lunch` said in a group that we never joined: the card itself, or how to call us. What stands in the way
    is nobody's business there, so whoever can't be offered a card reads the same as who did not ask for one."""
    person, at = message.from_user, now()
    if (message.guest_query_id is None or person is None or person.is_bot or person.id in NOBODY
            or message.sender_chat is not None or message.forward_origin is not None or at - message.date > FRESH):
        return
    typed = (message.text or "").replace(f"@{config.username}", " ")
    offers: tuple[Offer, ...] = ()
    rules = await cards.groups.rules(message.chat.id)
    off = _switched_off(typed, config, rules)
    if not off and member is not None and member.joined and message.chat.type != ChatType.CHANNEL:
        offers, _hindered = _offers(typed, config, policy, member, at, alone=False, rules=rules)
    if not offers:
        said = sentences.sentence(refusals.FeatureOff(off)) if off else said_of.how_to_call(config.username)
        await bot.answer_guest_query(message.guest_query_id, _words_alone(said, config, speaker))
        return
    assert member is not None
    one = offers[0]
    offered.keep(person.id, one.words)
    word = one.word(person.id, _seconds(at))
    sent = await bot.answer_guest_query(message.guest_query_id,
                                        said_of.article(one, cards.payer(person, member), word, speaker))
    with suppress(refusals.Refusal):  # Whoever confirms the card hears it.
        await _ask(word, one.words, sent.inline_message_id, engine, vault, member)


def _words_alone(said: Fact, config: Config, speaker: Speaker) -> InlineQueryResultArticle:
    """What is no card, and the way to the private chat."""
    return InlineQueryResultArticle(
        id="help", title=config.brand, input_message_content=InputTextMessageContent(
            message_text=speaker.say(said), parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW),
        reply_markup=to_private(speaker, config))


async def chosen(chosen_inline_result: ChosenInlineResult, engine: Engine, vault: Vault, cards: Cards,
                 speaker: Speaker, member: MemberView | None, config: Config) -> None:
    """A card was sent: from now on it is its sender's, with the words that were typed. Nothing depends on hearing of
    it, so whatever is wrong with it is said when the card is confirmed."""
    card, word = chosen_inline_result.inline_message_id, _word_in(chosen_inline_result.result_id)
    asked = parse_card(Said(chosen_inline_result.query), config.currency, config.region)
    if not card or word is None or word.payer != chosen_inline_result.from_user.id or member is None:
        return
    if isinstance(asked, CardAsked) and said_of.digest_of(asked.note) == word.words:
        with suppress(refusals.Refusal):
            await _ask(word, asked.note, card, engine, vault, member)
            if word.kind is Kind.REQUEST:  # Nothing of theirs goes by it, so it needs no further word.
                await show_appeal(token_of(card, vault), cards, speaker, member)


def _word_in(result: str) -> CardWord | None:
    """What a piece was called; None for what we never called one."""
    with suppress(TypeError, ValueError):
        return CardWord.unpack(result)
    return None


# -------------------------------------------------------------------------------------------- the sender's word
def token_of(card: str, vault: Vault) -> str:
    """The name of a card's one draft. Nobody can tell it by the card."""
    return vault.digest("card", card)[:32]


async def _ask(word: CardWord, words: str, card: str, engine: Engine, vault: Vault, member: MemberView, *, key: str = ""
               ) -> Asked:
    """What a card wants, as its draft. Under one card there is one, whoever asks how often; whoever is refused may
    press once more when nothing is in the way any longer, under another key."""
    token = token_of(card, vault)
    key = key or f"card:{token}:{member.id}"
    if word.kind is Kind.GIFT:
        outcome = await engine.run(AskGift(key=key, payer=member.id, amount=word.amount, note=words, card=card,
                                           token=token))
    elif word.kind is Kind.REQUEST:
        outcome = await engine.run(Appeal(key=key, asker=member.id, amount=word.amount, note=words, card=card,
                                          token=token))
    else:
        one = Offer(word.kind, word.amount, word.shares, words)
        if not 0 < one.shares <= one.amount or (one.kind is Kind.EQUAL and one.amount % one.shares):
            raise refusals.ButtonStale  # Forged: none of ours carries it.
        outcome = await engine.run(AskEnvelope(
            key=key, payer=member.id, kind=one.envelope, amount=one.amount, shares=one.shares, greeting=words,
            seed=secrets.token_hex(32), token=token, chat=0, card=card))
    assert isinstance(outcome, Asked)
    return outcome


async def decide(press: CallbackQuery, callback_data: CardWord, engine: Engine, cards: Cards, offered: Offered,
                 vault: Vault, speaker: Speaker, member: MemberView | None, now: Callable[[], datetime]) -> None:
    """Confirm or Cancel under a card: for whoever sent it, and nobody else."""
    only_for(press, callback_data.payer)
    if member is None or not member.joined:
        raise refusals.NotAMember
    card = card_of(press)
    token = token_of(card, vault)
    try:
        draft = await cards.reads.draft(member.id, token)
        needs = draft.needs if draft else await _begin(callback_data, press, engine, cards, offered, vault, speaker,
                                                       member, now())
        if callback_data.act is DraftAct.CANCEL:
            await engine.run(CancelDraft(key=press_key(press, "cancel"), member=member.id, token=token))
            await toast(press)
            await cards.rewrite(card, speaker, payments.cancelled_line(callback_data.amount, 1))
        elif callback_data.kind is Kind.REQUEST:
            await show_appeal(token, cards, speaker, member)
        elif needs == "pin":
            await _to_keypad(press, card, token, cards, speaker, member)
        else:
            outcome = await engine.run(Confirm(key=press_key(press, "confirm"), member=member.id, token=token))
            await _confirmed(outcome, press, card, token, cards, speaker, member)
    except refusals.DraftOver as over:
        if over.state != "used":
            await cards.rewrite(card, speaker, sentences.sentence(over))
        raise


async def _begin(word: CardWord, press: CallbackQuery, engine: Engine, cards: Cards, offered: Offered, vault: Vault,
                 speaker: Speaker, member: MemberView, at: datetime) -> str:
    """The first word about a card of whose sending Telegram did not tell us; answers what its draft needs."""
    card = card_of(press)
    if abs(_seconds(at) - word.at) > LIFE.total_seconds():  # A forged moment may lie beyond every calendar.
        await cards.rewrite(card, speaker, payments.ran_out_line(word.amount))
        raise refusals.ButtonStale
    words = offered.find(member.telegram_id, word.words)
    try:
        return (await _ask(word, words, card, engine, vault, member, key=press_key(press, "ask"))).needs
    except refusals.DraftOver as over:
        draft = await cards.reads.draft(member.id, token_of(card, vault))
        if over.state != "open" or draft is None:
            raise
        return draft.needs  # Telegram told meanwhile that the card was sent.


async def _confirmed(outcome: Outcome, press: CallbackQuery, card: str, token: str, cards: Cards, speaker: Speaker,
                     member: MemberView) -> None:
    """What came of a Confirm: the PIN is needed by now, or it is done."""
    if isinstance(outcome, Asked):
        await _to_keypad(press, card, token, cards, speaker, member)
        return
    await toast(press)
    if isinstance(outcome, GiftMade):
        await show_gift(outcome, cards, speaker, member)
    else:
        assert isinstance(outcome, EnvelopeMade)
        await redraw_under(outcome.envelope, cards)


async def show_appeal(token: str, cards: Cards, speaker: Speaker, member: MemberView) -> None:
    """Put what is asked for on its card, to be paid. Refuses `ButtonStale` and `DraftOver`."""
    draft = await cards.reads.draft(member.id, token)
    intent = drafts.read(draft.intent) if draft else None
    if draft is None or not isinstance(intent, AppealIntent):
        raise refusals.ButtonStale  # Forged: the card is of another kind.
    if draft.state != "open":
        raise refusals.DraftOver(draft.state)
    payee = (await cards.names((member.telegram_id,)))[member.telegram_id]
    await cards.rewrite(intent.card, speaker, said_of.appeal_card(payee, intent.amount, intent.note),
                        said_of.answering(speaker, intent.amount))


async def _to_keypad(press: CallbackQuery, card: str, token: str, cards: Cards, speaker: Speaker, member: MemberView
                     ) -> None:
    """The PIN is asked in private: the press leads there, and so does the card."""
    draft = await cards.reads.draft(member.id, token)
    assert draft is not None
    intent, way = drafts.read(draft.intent), f"pin_{token}"
    payer = cards.payer(press.from_user, member)
    with suppress(TelegramAPIError):  # An old press; the card leads there, too.
        await press.answer(url=deep_link(cards.config, way))
    if isinstance(intent, GiftIntent):
        said = said_of.gift_waiting(intent.amount, intent.note, payer)
    else:
        assert isinstance(intent, EnvelopeIntent)
        said = envelopes_said.waiting_line(intent, None, payer)
    await cards.rewrite(card, speaker, said, to_private(speaker, cards.config, way))


@spoken(GiftIntent)
class Gifts(Words[GiftIntent]):
    """Money for whoever takes it first, in the private chat where the PIN is asked."""

    async def question(self, intent: GiftIntent, till: Till, payer: Fact | None) -> Fact:
        return said_of.gift_question(intent.amount, intent.note)

    async def waiting_line(self, intent: GiftIntent, till: Till) -> Fact:
        return said_of.gift_waiting(intent.amount, intent.note, till.payer)

    def cancelled_line(self, intent: GiftIntent) -> Fact:
        return payments.cancelled_line(intent.amount, 1)

    async def done(self, intent: GiftIntent, outcome: GiftMade, keypad: Message | None, cards: Cards, speaker: Speaker,
                   member: MemberView) -> None:
        """The card, and "confirmed" in the keypad's place."""
        if keypad is not None:
            said = said_of.gift_made(intent.amount, intent.note, outcome.transfer, outcome.balance)
            await change(keypad, speaker, said, buttons.to_balance(speaker))
        await show_gift(outcome, cards, speaker, member)


async def show_gift(made: GiftMade, cards: Cards, speaker: Speaker, member: MemberView) -> None:
    """Put the money on the card, to be taken."""
    payer = (await cards.names((member.telegram_id,)))[member.telegram_id]
    await cards.rewrite(made.card, speaker, said_of.gift_card(payer, made.amount, made.note),
                        said_of.taking(speaker, made.hold))
