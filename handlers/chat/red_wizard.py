"""A red envelope step by step in the private chat: its kind, amount, shares, words and cover, and for which group.

Guards: the whole wizard asks for one envelope under one key, however its last step arrives and however often. A group
is one that the maker and the bot are both in, which Telegram says, not the message that names it.
"""
from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, ReplyKeyboardMarkup, ReplyKeyboardRemove

from handlers import refusals as said_of
from handlers.asking import InDialog
from handlers.chat import buttons
from handlers.chat.attending import is_in
from handlers.chat.buttons import RedButton, RedChoice
from handlers.chat.cards import Cards
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, answered, change, closed, toast, whisper
from handlers.chat.till import Till
from handlers.chat.wizard import named_in
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, People, Phones, accepts, group_of, message_key, new_token, press_key
from handlers.keyboards import Open, pressed_message
from handlers.namesakes import Payee
from handlers.parsing import EnvelopeRequest, ParseProblem, Unclear, amount_said, shares_said, word_said
from handlers.pictures.cover import Theme
from handlers.texts import Fact, Money, Person, Speaker, Text, _
from wallet import refusals
from wallet.books import Policy
from wallet.drafts import Asked
from wallet.envelopes import AskEnvelope
from wallet.money import AmountRefused
from wallet.protocols import Reads
from wallet.rows import EQUAL, LUCKY
from wallet.text import TextRefused, clean_note, presentable
from wallet.views import MemberView

DIALOG: Final = "red"
"""The kind of the dialog."""
_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    RedChoice.LUCKY: ("amount", "shares", "greeting", "cover", "group"),
    RedChoice.EQUAL: ("amount", "shares", "greeting", "cover", "group"),
    RedChoice.ONE: ("person", "amount", "greeting", "cover", "group"),
    RedChoice.WORD: ("word", "amount", "shares", "greeting", "cover", "group"),
}
"""What is asked of each kind, in this order."""


@dataclass(slots=True)
class Wish:
    """What somebody wants so far, as the dialog keeps it."""

    key: str
    """The key of the envelope."""
    last: int
    """The last message that was taken; a redelivered one is not the next answer."""
    kind: str = ""
    step: str = "kind"
    amount: int = 0
    """All of it, or with equal shares each."""
    shares: int = 1
    greeting: str = ""
    word: str = ""
    theme: str = ""
    person: int = 0
    name: str = ""
    username: str = ""
    again: str = ""
    """The number that may be typed anew instead of picking a group: none, "amount" or "shares"."""
    asked: int = 0
    """The message whose buttons answer what is asked now, or 0."""

    def dialog(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "of": self.kind, "kind": DIALOG}

    @classmethod
    def read(cls, dialog: Mapping[str, Any]) -> Wish:
        """As it was kept."""
        return cls(**{name: value for name, value in {**dialog, "kind": dialog["of"]}.items() if name != "of"})

    @property
    def alone(self) -> tuple[Payee, ...]:
        """Whoever alone may open it."""
        return (Payee(self.person, Person(self.name), self.username),) if self.person else ()

    @property
    def equal(self) -> bool:
        """Whether the amount is that of each share."""
        return self.kind in (RedChoice.EQUAL, RedChoice.ONE)


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="red wizard")
    router.message.register(go_on, InDialog(DIALOG), flags=declared(Verb.RED))
    router.callback_query.register(opened, Open.filter(F.what == "red"), flags=accepts())
    router.callback_query.register(pressed, RedButton.filter(), flags=accepts())
    return router


# ----------------------------------------------------------------------------------------------- beginning
async def ask_kind(message: Message, key: str, dialogs: Dialogs, speaker: Speaker, group_speaker: Speaker,
                   member: MemberView, config: Config) -> None:
    """Ask which kind, in private; in a group show the way there."""
    if group_of(message):
        said = _("To fill a red envelope step by step, come to our private chat. Here you can write it in one line: "
                 "/red 100 10 good luck.")
        await whisper(message, member.telegram_id, speaker, said, group_speaker, config, payload="red_now")
        return
    await _ask(message, Wish(key, message.message_id), dialogs, speaker, member)


async def ask_group(message: Message, key: str, request: EnvelopeRequest, alone: Payee | None, dialogs: Dialogs,
                    speaker: Speaker, member: MemberView) -> None:
    """Everything was typed in private but the group."""
    kind = RedChoice.ONE if alone else RedChoice.EQUAL if request.equal else RedChoice.LUCKY
    wish = Wish(key, message.message_id, kind, "group", request.minor_units, request.shares, request.greeting or "",
                request.word or "")
    if alone is not None:
        wish.person, wish.name, wish.username = alone.telegram_id, alone.name.name, alone.username
    await _ask(message, wish, dialogs, speaker, member)


async def opened(press: CallbackQuery, dialogs: Dialogs, speaker: Speaker, group_speaker: Speaker, member: MemberView,
                 config: Config) -> None:
    """The button that fills one."""
    message = pressed_message(press)
    await toast(press)
    await ask_kind(message, press_key(press, "red"), dialogs, speaker, group_speaker, member, config)


@payload("red")
async def came_to_fill(message: Message, rest: str, bot: Bot, dialogs: Dialogs, speaker: Speaker, member: MemberView,
                       config: Config) -> None:
    """Somebody came from a group."""
    await ask_kind(message, message_key(bot.id, message, "red"), dialogs, speaker, speaker, member, config)


# ------------------------------------------------------------------------------------------------ answers
async def go_on(message: Message, dialog: Mapping[str, Any], reads: Reads, people: People, phones: Phones,
                dialogs: Dialogs, cards: Cards, speaker: Speaker, member: MemberView, config: Config,
                policy: Policy, now: Callable[[], datetime]) -> None:
    """The answer to the question that was asked last."""
    wish = Wish.read(dialog)
    if message.message_id > wish.last:
        wish.last = message.message_id
        if wish.step == "group" and message.chat_shared is not None:
            assert message.from_user is not None
            till = Till(cards, dialogs, speaker, member, cards.payer(message.from_user, member), now, wish.alone)
            await _fill(message, wish, message.chat_shared.chat_id, message.chat_shared.title or "", till)
            return
        wrong = (await _take_person(message, wish, reads, people, phones, member, config) if wish.step == "person"
                 else _take(message.text or "", wish, config, policy))
        if wrong is not None:
            await answer(message, speaker, wrong)
            return
    await _ask(message, wish, dialogs, speaker, member)


def _take(typed: str, wish: Wish, config: Config, policy: Policy) -> Text | None:
    """Take a typed answer to what is asked; returns what is wrong with it. What can't be typed is asked again."""
    if "amount" in (wish.step, wish.again):
        try:
            wish.amount = amount_said(typed, config.currency)
        except AmountRefused as refused:
            return said_of.about_amount(refused)
        least, most = wish.shares if wish.again and not wish.equal else 1, _most(wish, policy)
        if not least <= wish.amount <= most:
            return (_("One share holds {most} at most. No money moved. Please type another amount.", most=Money(most))
                    if wish.kind == RedChoice.EQUAL else
                    _("This red envelope holds {least} to {most}. No money moved. Please type another amount.",
                      least=Money(least), most=Money(most)))
    elif "shares" in (wish.step, wish.again):
        count = shares_said(typed)
        if not count:
            return _("That isn't a number of shares. Just type it, like 10. No money moved.")
        wish.shares = count
        fewest, most = _shares(wish, policy)
        if not fewest <= count <= most:
            return _("With {amount} the number of shares can be from {fewest} to {most}. No money moved. Please type "
                     "another one.", amount=Money(wish.amount), fewest=fewest, most=most)
    elif wish.step == "word":
        word = word_said(typed, config.currency, config.region)
        if word is None:
            return said_of.about_unclear(Unclear(Verb.RED, ParseProblem.WORD), config.currency)
        wish.word = word
    elif wish.step == "greeting":
        try:
            wish.greeting = clean_note(typed) or ""
        except TextRefused as refused:
            return said_of.about_note(refused)
    else:
        return None
    _go_on(wish)
    return None


def _most(wish: Wish, policy: Policy) -> int:
    """The highest amount that can be typed; as many shares as there may be are assumed until their number is known."""
    if wish.equal:
        return min(policy.envelope_average, policy.max_amount // wish.shares)
    shares = wish.shares if wish.again else policy.envelope_shares
    return min(policy.max_amount, shares * policy.envelope_average)


def _shares(wish: Wish, policy: Policy) -> tuple[int, int]:
    """Into how few and how many shares the amount can go."""
    if wish.equal:
        return 1, min(policy.envelope_shares, policy.max_amount // wish.amount)
    return -(-wish.amount // policy.envelope_average), min(policy.envelope_shares, wish.amount)


async def _take_person(message: Message, wish: Wish, reads: Reads, people: People, phones: Phones, member: MemberView,
                       config: Config) -> Text | None:
    """Take whoever was named or picked as the one who alone may open it."""
    found = await named_in(message, people, reads, phones, config)
    if isinstance(found, Unclear) or len(found) > 1 or found[0].by_number:
        return said_of.about_unclear(Unclear(Verb.RED, ParseProblem.FOR_ONE), config.currency)
    if found[0].telegram_id == member.telegram_id:
        raise refusals.PayToYourself
    wish.person, wish.name, wish.username = found[0].telegram_id, found[0].name.name, found[0].username
    _go_on(wish)
    return None


async def pressed(press: CallbackQuery, callback_data: RedButton, dialogs: Dialogs, speaker: Speaker,
                  member: MemberView) -> None:
    """A kind, a cover, no greeting, or no envelope at all."""
    message, choice = pressed_message(press), callback_data.choice
    dialog = await dialogs.get(press.from_user.id)
    if dialog is None or dialog.get("kind") != DIALOG:
        raise refusals.ButtonStale
    wish = Wish.read(dialog)
    if choice is RedChoice.CANCEL:
        await dialogs.drop(press.from_user.id)
        await toast(press)
        await change(message, speaker, _("Cancelled. No money moved."))
        return
    if callback_data.step != wish.step or not _fits(choice, wish.step):
        raise refusals.ButtonStale
    if wish.step == "kind":
        wish.kind, wish.step = choice, _STEPS[choice][0]
    else:
        wish.theme = choice if wish.step == "cover" else ""
        _go_on(wish)
    await toast(press)
    await answered(press)
    wish.asked = 0  # It keeps the answer.
    await _ask(message, wish, dialogs, speaker, member)


def _fits(choice: RedChoice, step: str) -> bool:
    """Whether this is an answer to what is asked now. Anybody can forge a button."""
    return choice in {"kind": _STEPS, "greeting": (RedChoice.SKIP,), "cover": tuple(Theme)}.get(step, ())


def _go_on(wish: Wish) -> None:
    if wish.again:
        wish.again = ""  # The group is what is asked, as before.
        return
    steps = _STEPS[wish.kind]
    wish.step = steps[steps.index(wish.step) + 1]


async def _fill(message: Message, wish: Wish, group: int, title: str, till: Till) -> None:
    """Ask for the maker's word: all is known. The wizard is left when that is decided, but not for the rules of one
    group: another one can be picked, or another number typed, which is another wish."""
    if not await is_in(till.cards.bot, group, till.member.telegram_id):
        raise refusals.NotInGroup
    try:
        outcome = await till.cards.engine.run(AskEnvelope(
            key=wish.key, payer=till.member.id, kind=EQUAL if wish.equal else LUCKY,
            amount=wish.amount * wish.shares if wish.equal else wish.amount, shares=wish.shares, greeting=wish.greeting,
            seed=secrets.token_hex(32), token=new_token(), chat=group, beneficiary=wish.person, word=wish.word,
            theme=wish.theme, title=presentable(title, till.cards.config.brand)))
    except (refusals.SharesOutOfRange, refusals.EnvelopeOutOfRange, refusals.FeatureOff) as refusal:
        wish.key = message_key(till.cards.bot.id, message, "red")
        wish.again, said = _not_there(refusal, wish)
        await till.dialogs.put(till.member.telegram_id, wish.dialog())
        await answer(message, till.speaker, said, buttons.pick_group(till.speaker))
        return
    except refusals.Refusal as refusal:
        if refusal.stored:
            await till.dialogs.drop(till.member.telegram_id)
        raise
    assert isinstance(outcome, Asked)
    await till.ask(message, outcome)
    dialog = await till.dialogs.get(till.member.telegram_id)
    if dialog is not None and dialog.get("kind") == DIALOG:
        await till.dialogs.drop(till.member.telegram_id)


def _not_there(refusal: refusals.Refusal, wish: Wish) -> tuple[str, Text]:
    """Which number can be typed anew when a group does not take the envelope, and why it does not."""
    if isinstance(refusal, refusals.SharesOutOfRange):
        return "shares", _(
            "In this group a red envelope has {n} share at most. No money moved. Please pick another group, or type "
            "another number of shares.",
            "In this group a red envelope has {n} shares at most. No money moved. Please pick another group, or type "
            "another number of shares.", n=refusal.most)
    if isinstance(refusal, refusals.EnvelopeOutOfRange):
        most = refusal.highest // refusal.shares if wish.equal else refusal.highest
        return "amount", (_(
            "In this group one share holds {most} at most. No money moved. Please pick another group, or type another "
            "amount for each.", most=Money(most)) if wish.kind == RedChoice.EQUAL else _(
            "In this group this red envelope holds {least} to {most}. No money moved. Please pick another group, or "
            "type another amount.", least=Money(refusal.lowest), most=Money(most)))
    return "", _("The administrators of this group have switched red envelopes off. No money moved. Please pick "
                 "another group.")


# ----------------------------------------------------------------------------------------------- questions
async def _ask(message: Message, wish: Wish, dialogs: Dialogs, speaker: Speaker, member: MemberView) -> None:
    """Keep where somebody is, and ask what comes next in the place of what was asked before."""
    before, wish.asked = wish.asked, 0
    await dialogs.put(member.telegram_id, wish.dialog())
    await closed(message, before)
    said, markup = _question(wish, speaker)
    shown = await answer(message, speaker, said, markup)
    if isinstance(markup, InlineKeyboardMarkup):
        wish.asked = shown.message_id
        await dialogs.put(member.telegram_id, wish.dialog())


def _question(wish: Wish, speaker: Speaker
              ) -> tuple[Fact, InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove]:
    """What is asked now, and what it can be answered with besides typing."""
    match wish.step:
        case "kind":
            return _("🧧 Which kind of red envelope? /cancel leaves."), buttons.red_kinds(speaker)
        case "person":
            said = _("Who alone may open it? Pick somebody with the button below, or send me a @username.")
            return said, buttons.pick_person(speaker)
        case "word":
            said = _("Which word opens it? Up to 20 characters; whoever says it has a share.")
            return said, ReplyKeyboardRemove()
        case "amount":
            said = (_("How much in each share? Just type it, like 5 or 5.50.") if wish.kind == RedChoice.EQUAL else
                    _("How much? Just type it, like 8.88.") if wish.kind == RedChoice.ONE else
                    _("How much in all? Just type it, like 100 or 88.88."))
            return said, ReplyKeyboardRemove()
        case "shares":
            return _("For how many people? Just type the number."), ReplyKeyboardRemove()
        case "greeting":
            said = _("Type a greeting of up to 100 characters, or go on without one.")
            return said, buttons.red_greeting(speaker)
        case "cover":
            return _("Which cover?"), buttons.red_covers(speaker)
        case _:
            said = _("For which group? Pick one that we are both in with the button below.")
            return said, buttons.pick_group(speaker)
