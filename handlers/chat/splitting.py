"""`/split`: what is to be split and among whom, in one message or step by step in the private chat.

Guards: the whole wizard makes one split under one key, whichever way its last step arrives, and however often. A card
for a group stands in one that whoever collects and the bot are both in, and where getting paid is not switched off.
Nobody is named by a phone number, which the card would show to all.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, ReplyKeyboardMarkup, ReplyKeyboardRemove

from handlers import payments
from handlers import refusals as said_of
from handlers import splits as words
from handlers.asking import InDialog, answers
from handlers.chat import buttons
from handlers.chat.attending import is_in
from handlers.chat.buttons import ShareOf, SplitChoice, SplitStepButton
from handlers.chat.cards import Cards, thread_of
from handlers.chat.payees import payees_of
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, answered, change, closed, left, toast, whisper
from handlers.chat.splits import put_card, show_own
from handlers.chat.wizard import named_in
from handlers.commands import Feature, Verb, declared
from handlers.ground import Config, Dialogs, Groups, People, Phones, accepts, group_of, message_key, press_key
from handlers.keyboards import Open, pressed_message
from handlers.namesakes import Payee, labels, told_apart
from handlers.parsing import MAX_RECEIVERS, Asked, ParseProblem, SplitRequest, Unclear, amount_said, heads_said
from handlers.texts import Fact, Lines, Person, Speaker, Text, _
from wallet import refusals
from wallet.engine import Engine
from wallet.money import AmountRefused
from wallet.protocols import Reads
from wallet.splits import MOST_PAYERS, MakeSplit, SplitMade
from wallet.text import TextRefused, clean_note, presentable
from wallet.views import MemberView

DIALOG: Final = "split"
"""The kind of the dialog."""
MOST_RECENT: Final = 6
"""So many people who were paid lately are offered."""
MOST_KNOWN: Final = 100
"""Among so many of them somebody is looked for whose button was shown a while ago."""
_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    SplitChoice.EQUAL: ("people", "me", "amount", "note", "group", "word"),
    SplitChoice.OWN: ("people", "owed", "note", "group", "word"),
    SplitChoice.PLACES: ("amount", "heads", "note", "group", "word"),
}
"""What is asked of each way to split, in this order."""


@dataclass(slots=True)
class Bill:
    """What somebody wants to split so far, as the dialog keeps it."""

    key: str
    """The key of the split."""
    last: int
    """The last message that was taken; a redelivered one is not the next answer."""
    way: str = ""
    step: str = "way"
    payees: tuple[Payee, ...] = ()
    owed: tuple[int, ...] = ()
    """What each of them pays, as far as it was said."""
    amount: int = 0
    heads: int = 0
    """Among how many, whoever collects counted; 0 where people are named."""
    with_me: bool = False
    note: str = ""
    group: int = 0
    """Where the card is to stand, 0 for the private chat."""
    title: str = ""
    asked: int = 0
    """The message whose buttons answer what is asked now, or 0."""

    def dialog(self) -> dict[str, Any]:
        """As it is kept."""
        named = [[one.telegram_id, one.name.name, one.username] for one in self.payees]
        return {"kind": DIALOG, "key": self.key, "last": self.last, "way": self.way, "step": self.step,
                "payees": named, "owed": self.owed, "amount": self.amount, "heads": self.heads,
                "with_me": self.with_me, "note": self.note, "group": self.group, "title": self.title,
                "asked": self.asked}

    @classmethod
    def read(cls, dialog: Mapping[str, Any]) -> Bill:
        """As it was kept."""
        kept = {name: value for name, value in dialog.items() if name != "kind"}
        payees = tuple(Payee(number, Person(name), username) for number, name, username in kept["payees"])
        return cls(**{**kept, "payees": payees, "owed": tuple(kept["owed"])})

    def go_on(self) -> None:
        """To the next step."""
        steps = _STEPS[self.way]
        self.step = steps[steps.index(self.step) + 1]

    def command(self, member: int, chat: int) -> MakeSplit:
        """What is asked of the wallet."""
        return MakeSplit(
            key=self.key, member=member, amount=sum(self.owed) or self.amount,
            persons=tuple(payee.telegram_id for payee in self.payees), amounts=self.owed,
            heads=self.heads or len(self.payees) + self.with_me, note=self.note, chat=self.group or chat)


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="splitting")
    answers(router, Verb.SPLIT, split)
    router.message.register(go_on, InDialog(DIALOG), flags=declared(Verb.SPLIT))
    press = router.callback_query.register
    press(opened, Open.filter(F.what == "split"), flags=declared(Verb.SPLIT))
    press(picked, ShareOf.filter(), flags=accepts())
    press(word_given, SplitStepButton.filter(F.choice == SplitChoice.DONE), flags=declared(Verb.SPLIT))
    press(chosen, SplitStepButton.filter(), flags=accepts())
    return router


# ------------------------------------------------------------------------------------------------- asking for it
async def split(message: Message, asked: Asked, bot: Bot, engine: Engine, reads: Reads, people: People,
                phones: Phones, dialogs: Dialogs, cards: Cards, speaker: Speaker, group_speaker: Speaker,
                member: MemberView, config: Config) -> None:
    """`/split`, `AA`: everything in one message; for the bare command one's own, and the wizard."""
    request, key = asked.argument, message_key(bot.id, message, "split")
    if not isinstance(request, SplitRequest):
        await _begin(message, key, dialogs, reads, speaker, group_speaker, member, config)
        return
    payees = await payees_of(message, request.receivers, people, reads, phones, config)
    bill = Bill(key, message.message_id, SplitChoice.PLACES if request.heads else SplitChoice.EQUAL, "group",
                tuple(payees), request.amounts, request.minor_units, request.heads, request.with_me,
                request.note or "")
    if not group_of(message) and not payees:
        await _ask(message, bill, dialogs, reads, people, speaker, member)  # Nobody else sees a card in private.
        return
    outcome = await engine.run(bill.command(member.id, message.chat.id))
    assert isinstance(outcome, SplitMade)
    await put_card(outcome.split, cards, message.chat.id, thread=thread_of(message),
                   reply_to=message.message_id if group_of(message) else 0)


async def _begin(message: Message, key: str, dialogs: Dialogs, reads: Reads, speaker: Speaker,
                 group_speaker: Speaker, member: MemberView, config: Config) -> None:
    """One's own, and which way to split; in a group the way to the private chat."""
    if group_of(message):
        said = _("To see what you split or to split step by step, come to our private chat. Here you can write it in "
                 "one line: /split 120 4 hot pot.")
        await whisper(message, member.telegram_id, speaker, said, group_speaker, config, payload="bill_now")
        return
    await show_own(message, reads, speaker, member)
    bill = Bill(key, message.message_id)
    await dialogs.put(member.telegram_id, bill.dialog())
    await answer(message, speaker, *_question(bill, (), speaker))


async def opened(press: CallbackQuery, dialogs: Dialogs, reads: Reads, speaker: Speaker, group_speaker: Speaker,
                 member: MemberView, config: Config) -> None:
    """The bare command by a button."""
    await toast(press)
    await _begin(pressed_message(press), press_key(press, "split"), dialogs, reads, speaker, group_speaker, member,
                 config)


@payload("bill")
async def came_to_split(message: Message, rest: str, bot: Bot, dialogs: Dialogs, reads: Reads, speaker: Speaker,
                        member: MemberView, config: Config) -> None:
    """Somebody came from a group."""
    await _begin(message, message_key(bot.id, message, "split"), dialogs, reads, speaker, speaker, member, config)


# ------------------------------------------------------------------------------------------------------- answers
async def go_on(message: Message, dialog: Mapping[str, Any], reads: Reads, people: People, phones: Phones,
                dialogs: Dialogs, cards: Cards, speaker: Speaker, member: MemberView, config: Config,
                groups: Groups) -> None:
    """The answer to the question that was asked last."""
    bill = Bill.read(dialog)
    if message.message_id > bill.last:
        bill.last = message.message_id
        if bill.step == "people":
            wrong = await _name(message, bill, reads, people, phones, member, config)
        elif bill.step == "group":
            await _take_group(message, bill, cards.bot, groups, member, config)
            wrong = None
        else:
            wrong = _take(message.text or "", bill, config)
        if wrong is not None:
            await answer(message, speaker, wrong)
            return
    await _ask(message, bill, dialogs, reads, people, speaker, member)


def _take(typed: str, bill: Bill, config: Config) -> Text | None:
    """Take a typed answer to what is asked; returns what is wrong with it. What can't be typed is asked again."""
    if bill.step in ("amount", "owed"):
        try:
            amount = amount_said(typed, config.currency)
        except AmountRefused as refused:
            return said_of.about_amount(refused)
        if bill.step == "amount":
            bill.amount = amount
        else:
            bill.owed = (*bill.owed, amount)
        if len(bill.owed) == len(bill.payees) or bill.step == "amount":
            bill.go_on()
    elif bill.step == "heads":
        bill.heads = heads_said(typed)
        if not 1 < bill.heads <= MOST_PAYERS + 1:
            return said_of.sentence(refusals.SplitOutOfRange(MOST_PAYERS))
        bill.go_on()
    elif bill.step == "note":
        try:
            bill.note = clean_note(typed) or ""
        except TextRefused as refused:
            return said_of.about_note(refused)
        bill.go_on()
    return None


async def _name(message: Message, bill: Bill, reads: Reads, people: People, phones: Phones, member: MemberView,
                config: Config) -> Text | None:
    """Take whoever was named or picked; returns what is wrong with it."""
    found = await named_in(message, people, reads, phones, config)
    if isinstance(found, Unclear) and found.problem is ParseProblem.NO_RECEIVER:
        return _("I can't tell whom you mean. Pick people with the button below, or send me their @usernames.")
    if isinstance(found, Unclear):
        return said_of.about_unclear(replace(found, verb=Verb.SPLIT), config.currency)
    if any(payee.by_number for payee in found):
        return said_of.about_unclear(Unclear(Verb.SPLIT, ParseProblem.NAMES), config.currency)
    return _add(bill, found, member, config)


def _add(bill: Bill, found: Sequence[Payee], member: MemberView, config: Config) -> Text | None:
    """Each once, and nobody who asks."""
    if any(payee.telegram_id == member.telegram_id for payee in found):
        raise refusals.SplitWithYourself
    named = {payee.telegram_id: payee for payee in (*bill.payees, *found)}
    if len(named) > MAX_RECEIVERS:
        too_many = Unclear(Verb.SPLIT, ParseProblem.TOO_MANY_RECEIVERS, limit=MAX_RECEIVERS)
        return said_of.about_unclear(too_many, config.currency)
    bill.payees = tuple(named.values())
    return None


async def _take_group(message: Message, bill: Bill, bot: Bot, groups: Groups, member: MemberView, config: Config
                      ) -> None:
    """Take the group that was picked. Refuses `NotInGroup` and `FeatureOff`."""
    picked_one = message.chat_shared
    if picked_one is None:
        return
    if not await is_in(bot, picked_one.chat_id, member.telegram_id):
        raise refusals.NotInGroup
    if Feature.COLLECTING.value in (await groups.rules(picked_one.chat_id)).off:
        raise refusals.FeatureOff(Feature.COLLECTING.value)
    bill.group, bill.title = picked_one.chat_id, presentable(picked_one.title or "", config.brand)
    bill.go_on()


async def picked(press: CallbackQuery, callback_data: ShareOf, dialogs: Dialogs, reads: Reads, people: People,
                 speaker: Speaker, member: MemberView, config: Config) -> None:
    """Somebody who was paid before."""
    message, bill = pressed_message(press), await _bill_of(press, dialogs)
    lately = await reads.recent_receivers(member.id, MOST_KNOWN)
    found = next((party for party in lately if party.member == callback_data.member), None)
    if bill.step != "people" or found is None:
        raise refusals.ButtonStale
    await toast(press)
    await answered(press)
    bill.asked = 0  # It keeps the answer.
    seen = (await people.by_ids((found.telegram_id,))).get(found.telegram_id)
    payee = Payee(found.telegram_id, payments.party_name(found, seen), seen.username if seen else "")
    wrong = _add(bill, (payee,), member, config)
    if wrong is not None:
        await answer(message, speaker, wrong)
        return
    await _ask(message, bill, dialogs, reads, people, speaker, member)


async def chosen(press: CallbackQuery, callback_data: SplitStepButton, dialogs: Dialogs, reads: Reads, people: People,
                 speaker: Speaker, member: MemberView) -> None:
    """A way to split, enough people, no note, no group, or nothing at all."""
    message, choice, bill = pressed_message(press), callback_data.choice, await _bill_of(press, dialogs)
    if choice is SplitChoice.CANCEL:
        await dialogs.drop(press.from_user.id)
        await toast(press)
        await left(message, speaker, _("Cancelled. No money moved."), picker=bill.step in ("people", "group"))
        return
    if callback_data.step != bill.step or not _fits(choice, bill):
        raise refusals.ButtonStale
    await toast(press)
    await answered(press)
    bill.asked = 0  # It keeps the answer.
    if bill.step == "group":
        await answer(message, speaker, _("The card stays here with you."), ReplyKeyboardRemove())
    if bill.step == "way":
        bill.way, bill.step = choice, _STEPS[choice][0]
    else:
        bill.with_me = bill.with_me or choice is SplitChoice.WITH_ME
        bill.go_on()
    await _ask(message, bill, dialogs, reads, people, speaker, member)


def _fits(choice: SplitChoice, bill: Bill) -> bool:
    """Whether this is an answer to what is asked now. Anybody can forge a button."""
    match bill.step:
        case "way":
            return choice in _STEPS
        case "people":
            return choice is SplitChoice.ENOUGH and bool(bill.payees)
        case "me":
            return choice in (SplitChoice.WITH_ME, SplitChoice.THEY_ALONE)
        case "note":
            return choice is SplitChoice.SKIP
        case _:
            return bill.step == "group" and choice is SplitChoice.HERE and bool(bill.payees)


async def word_given(press: CallbackQuery, callback_data: SplitStepButton, engine: Engine, dialogs: Dialogs,
                     cards: Cards, speaker: Speaker, member: MemberView) -> None:
    """All is known, and it is what was meant. The wizard is left when that is decided."""
    message, bill = pressed_message(press), await _bill_of(press, dialogs)
    if not callback_data.step == bill.step == "word":
        raise refusals.ButtonStale
    try:
        outcome = await engine.run(bill.command(member.id, message.chat.id))
    except refusals.Refusal as refusal:
        if refusal.stored:
            await dialogs.drop(member.telegram_id)
        raise
    assert isinstance(outcome, SplitMade)
    await toast(press)
    if bill.group:
        await put_card(outcome.split, cards, bill.group)
        await change(message, speaker, _("✅ The card stands in {group}.", group=Person(bill.title)))
    else:
        await put_card(outcome.split, cards, message.chat.id, instead=message.message_id)
    await dialogs.drop(member.telegram_id)


async def _bill_of(press: CallbackQuery, dialogs: Dialogs) -> Bill:
    dialog = await dialogs.get(press.from_user.id)
    if dialog is None or dialog.get("kind") != DIALOG:
        raise refusals.ButtonStale
    return Bill.read(dialog)


# ----------------------------------------------------------------------------------------------------- questions
async def _ask(message: Message, bill: Bill, dialogs: Dialogs, reads: Reads, people: People, speaker: Speaker,
               member: MemberView) -> None:
    """Keep where somebody is, and ask what comes next in the place of what was asked before."""
    before, bill.asked = bill.asked, 0
    await dialogs.put(member.telegram_id, bill.dialog())
    await closed(message, before)
    names = await told_apart(bill.payees, member.id, people, reads) if bill.payees else []
    bill.asked = await (_ask_people(message, bill, names, reads, people, speaker, member) if bill.step == "people" else
                        _ask_else(message, bill, names, speaker))
    if bill.asked:
        await dialogs.put(member.telegram_id, bill.dialog())


async def _ask_people(message: Message, bill: Bill, names: Sequence[Fact], reads: Reads, people: People,
                      speaker: Speaker, member: MemberView) -> int:
    """Ask whom, or whom else; returns the message with the buttons, or 0."""
    found = [party for party in await reads.recent_receivers(member.id, MOST_RECENT + MAX_RECEIVERS)
             if party.telegram_id not in {payee.telegram_id for payee in bill.payees}][:MOST_RECENT]
    known = await labels(found, people, reads)
    lately = [(party.member, known[party.telegram_id]) for party in found]
    if names:
        said = _("So far: {names}. Pick or name somebody else, or go on.", names=payments.listed(names))
        markup = buttons.split_step(speaker, "people", ((SplitChoice.ENOUGH, _("Go on ›")),), lately)
    else:
        said = _("Who shall pay? Pick people with the button below, or send me their @usernames.")
        await answer(message, speaker, said, buttons.pick_person(speaker))
        if not lately:
            return 0
        said, markup = _("Or somebody you paid lately:"), buttons.split_step(speaker, "people", (), lately)
    return (await answer(message, speaker, said, markup)).message_id


async def _ask_else(message: Message, bill: Bill, names: Sequence[Fact], speaker: Speaker) -> int:
    """Ask all else; returns the message with the buttons, or 0."""
    said, markup = _question(bill, names, speaker)
    shown = await answer(message, speaker, said, markup)
    if bill.step == "group" and bill.payees:
        said = _("Or without a group: I write to each of them.")
        markup = buttons.split_step(speaker, "group", ((SplitChoice.HERE, _("Keep the card here")),))
        shown = await answer(message, speaker, said, markup)
    return shown.message_id if isinstance(markup, InlineKeyboardMarkup) else 0


def _question(bill: Bill, names: Sequence[Fact], speaker: Speaker
              ) -> tuple[Fact, InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove]:
    """What is asked now, and what it can be answered with besides typing."""
    match bill.step:
        case "way":
            return _("🧾 Who pays how much? /cancel leaves."), buttons.split_step(speaker, "way", (
                (SplitChoice.EQUAL, _("⚖️ Equal shares, from people I name")),
                (SplitChoice.OWN, _("👥 To each an amount of their own")),
                (SplitChoice.PLACES, _("👋 Whoever taps, up to a number"))))
        case "me":
            said = _("Do you bear a share too? You have paid it already.")
            return said, buttons.split_step(speaker, "me", (
                (SplitChoice.WITH_ME, _("Yes, I count too")), (SplitChoice.THEY_ALONE, _("No, they alone"))))
        case "owed":
            said = _("How much does {name} pay? Just type it, like 20 or 20.50.", name=names[len(bill.owed)])
            return said, ReplyKeyboardRemove()
        case "amount":
            return _("How much in all? Just type it, like 120 or 88.88."), ReplyKeyboardRemove()
        case "heads":
            return _("Among how many people, with you? Just type the number, like 4."), ReplyKeyboardRemove()
        case "note":
            said = _("What was it for? Type a note of up to 100 characters, or go on without one.")
            return said, buttons.split_step(speaker, "note", ((SplitChoice.SKIP, _("No note")),))
        case "group":
            said = _("For which group is the card? Pick one that we are both in with the button below.")
            return said, buttons.pick_group(speaker)
        case _:
            return _summary(bill, names), buttons.split_step(speaker, "word", (
                (SplitChoice.DONE, _("Send the card")),))


def _summary(bill: Bill, names: Sequence[Fact]) -> Fact:
    """All of it, as the card will say it."""
    lines = words.planned(bill.amount, bill.heads, names, bill.owed, bill.note, with_me=bill.with_me)
    if bill.group:
        return Lines((lines, _("The card goes to {group}.", group=Person(bill.title))))
    return lines
