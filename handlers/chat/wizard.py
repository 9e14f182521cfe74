"""`/send` step by step in the private chat: whom, how much, with which note.

Guards: the whole wizard asks for one payment under one key, so whichever way its last step arrives, and however often,
money moves once. A message that was taken already is never taken for the next answer.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message, ReplyKeyboardRemove, User

from handlers import payments
from handlers import refusals as said_of
from handlers.asking import InDialog, said_in
from handlers.chat import buttons
from handlers.chat.buttons import PickButton, WizardAct, WizardButton
from handlers.chat.cards import Cards
from handlers.chat.keypad import DIALOG as KEYPAD
from handlers.chat.payees import numbers_of, payee_in, payees_of, payees_shared
from handlers.chat.paying import tell
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, answered, change, closed, toast, whisper
from handlers.chat.till import Till
from handlers.commands import Verb, declared
from handlers.ground import (
    Config,
    Dialogs,
    People,
    Phones,
    accepts,
    group_of,
    message_key,
    new_token,
    press_key,
)
from handlers.keyboards import Open, pressed_message
from handlers.namesakes import Payee, labels, told_apart
from handlers.parsing import ParseProblem, Unclear, amount_said, parse_receivers
from handlers.texts import Fact, Lines, Person, Speaker, _
from wallet import refusals
from wallet.money import AmountRefused
from wallet.protocols import Reads
from wallet.text import TextRefused, clean_note
from wallet.transfers import Send
from wallet.views import MemberView

DIALOG: Final = "send"
"""The kind of the dialog."""
MOST_RECENT: Final = 6
"""So many people who were paid lately are offered."""
MOST_KNOWN: Final = 100
"""Among so many of them somebody is looked for whose button was shown a while ago."""


@dataclass(slots=True)
class Wizard:
    """Where somebody is, as the dialog keeps it."""

    key: str
    """The key of the payment."""
    last: int
    """The last message that was taken; a redelivered one is not the next answer."""
    step: str = "person"
    """"person", "amount" or "note"."""
    payees: tuple[Payee, ...] = ()
    amount: int = 0
    asked: int = 0
    """The message whose buttons answer what is asked now, or 0."""

    def dialog(self) -> dict[str, Any]:
        """As it is kept."""
        payees = [[one.telegram_id, one.name.name, one.username, one.pointed_at, one.by_number, one.digits]
                  for one in self.payees]
        return {"kind": DIALOG, "key": self.key, "last": self.last, "step": self.step, "payees": payees,
                "amount": self.amount, "asked": self.asked}

    @classmethod
    def read(cls, dialog: Mapping[str, Any]) -> Wizard:
        """As it was kept."""
        payees = tuple(Payee(number, Person(name), *how) for number, name, *how in dialog["payees"])
        return cls(dialog["key"], dialog["last"], dialog["step"], payees, dialog["amount"], dialog.get("asked", 0))


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="wizard")
    router.message.register(go_on, InDialog(DIALOG), flags=declared(Verb.SEND))
    router.message.register(begin_with, F.users_shared, F.chat.type == "private", no_keypad, flags=declared(Verb.SEND))
    router.callback_query.register(opened, Open.filter(F.what == "send"), flags=declared(Verb.SEND))
    router.callback_query.register(picked, PickButton.filter(), flags=accepts())
    router.callback_query.register(pressed, WizardButton.filter(), flags=accepts())
    return router


# ----------------------------------------------------------------------------------------------- beginning
async def begin(message: Message, person: User, key: str, dialogs: Dialogs, reads: Reads, people: People,
                speaker: Speaker, group_speaker: Speaker, member: MemberView, config: Config) -> None:
    """Ask whom, in private; in a group show the way there."""
    if group_of(message):
        said = _("To send money step by step, come to our private chat. Here you can write it in one line: "
                 "/send @bob 20 lunch.")
        await whisper(message, person.id, speaker, said, group_speaker, config, payload="send_now")
        return
    await _ask(message, Wizard(key, message.message_id), dialogs, reads, people, speaker, member)


async def opened(press: CallbackQuery, dialogs: Dialogs, reads: Reads, people: People, speaker: Speaker,
                 group_speaker: Speaker, member: MemberView, config: Config) -> None:
    """The button that sends money."""
    message = pressed_message(press)
    await toast(press)
    await begin(message, press.from_user, press_key(press, "send"), dialogs, reads, people, speaker, group_speaker,
                member, config)


@payload("send")
async def came_to_send(message: Message, rest: str, bot: Bot, dialogs: Dialogs, reads: Reads, people: People,
                       speaker: Speaker, member: MemberView, config: Config) -> None:
    """Somebody came from a group."""
    person = message.from_user
    assert person is not None
    await begin(message, person, message_key(bot.id, message, "send"), dialogs, reads, people, speaker, speaker, member,
                config)


async def no_keypad(message: Message, dialogs: Dialogs) -> bool:
    """Whether nobody is in the middle of their PIN: a keypad stands for a payment, and only leaving it ends that. A
    message from nobody is refused behind this."""
    dialog = await dialogs.get(message.from_user.id) if message.from_user else None
    return dialog is None or dialog.get("kind") != KEYPAD


async def begin_with(message: Message, bot: Bot, dialogs: Dialogs, reads: Reads, people: People, speaker: Speaker,
                     member: MemberView, config: Config) -> None:
    """People picked although nobody was asked for: the picker stays below the chat when its wizard is left for another
    command, and whoever uses it then wants to pay."""
    assert message.users_shared is not None
    wizard = Wizard(message_key(bot.id, message, "send"), message.message_id)
    payees = await payees_shared(message.users_shared, people, reads, config)
    await _take_people(message, wizard, payees, dialogs, reads, people, speaker, member)


async def begin_for(message: Message, key: str, payee: Payee, dialogs: Dialogs, reads: Reads, people: People,
                    speaker: Speaker, member: MemberView) -> None:
    """Somebody is known already, by their code: ask how much."""
    await _take_people(message, Wizard(key, message.message_id), (payee,), dialogs, reads, people, speaker, member)


# ------------------------------------------------------------------------------------------------ answers
async def go_on(message: Message, dialog: Mapping[str, Any], reads: Reads, people: People, phones: Phones,
                dialogs: Dialogs, cards: Cards, speaker: Speaker, member: MemberView, config: Config,
                now: Callable[[], datetime]) -> None:
    """The answer to the question that was asked last."""
    wizard = Wizard.read(dialog)
    if message.message_id <= wizard.last:
        await _ask(message, wizard, dialogs, reads, people, speaker, member)
        return
    wizard.last = message.message_id
    if message.text is None and wizard.step != "person":
        # A place or a picture is no amount and no note.
        await _ask(message, wizard, dialogs, reads, people, speaker, member)
    elif wizard.step == "person":
        said = await named_in(message, people, reads, phones, config)
        if isinstance(said, Unclear):
            await answer(message, speaker, said_of.about_unclear(said, config.currency))
            return
        await _take_people(message, wizard, said, dialogs, reads, people, speaker, member)
    elif wizard.step == "amount":
        try:
            wizard.amount = amount_said(message.text or "", config.currency)
        except AmountRefused as refused:
            await answer(message, speaker, said_of.about_amount(refused))
            return
        wizard.step = "note"
        await _ask(message, wizard, dialogs, reads, people, speaker, member)
    else:
        try:
            note = clean_note(message.text or "")
        except TextRefused as refused:
            await answer(message, speaker, said_of.about_note(refused))
            return
        assert message.from_user is not None
        till = Till(cards, dialogs, speaker, member, cards.payer(message.from_user, member), now)
        # Somebody may have typed "no, wait": it is a note only if they say so.
        await _pay(message, wizard, note or "", till, ask=True)
        await closed(message, wizard.asked)


async def picked(press: CallbackQuery, callback_data: PickButton, dialogs: Dialogs, reads: Reads, people: People,
                 speaker: Speaker, member: MemberView) -> None:
    """Somebody who was paid before."""
    message = pressed_message(press)
    wizard = await _wizard_of(press, dialogs)
    if wizard.step != "person":
        await toast(press)
        await _ask(message, wizard, dialogs, reads, people, speaker, member)
        return
    lately = await reads.recent_receivers(member.id, MOST_KNOWN)
    found = next((party for party in lately if party.member == callback_data.member), None)
    if found is None:
        raise refusals.ButtonStale
    await toast(press)
    await answered(press)
    wizard.asked = 0  # It keeps the answer.
    seen = (await people.by_ids((found.telegram_id,))).get(found.telegram_id)
    payee = Payee(found.telegram_id, payments.party_name(found, seen), seen.username if seen else "")
    await _take_people(message, wizard, (payee,), dialogs, reads, people, speaker, member)


async def pressed(press: CallbackQuery, callback_data: WizardButton, dialogs: Dialogs, cards: Cards,
                  speaker: Speaker, member: MemberView, now: Callable[[], datetime]) -> None:
    """No note, or no payment."""
    message = pressed_message(press)
    wizard = await _wizard_of(press, dialogs)
    if callback_data.act is WizardAct.CANCEL:
        await dialogs.drop(press.from_user.id)
        await toast(press)
        await change(message, speaker, _("Cancelled. No money moved."))
        return
    if wizard.step != "note":
        raise refusals.ButtonStale
    await toast(press)
    till = Till(cards, dialogs, speaker, member, cards.payer(press.from_user, member), now)
    await _pay(message, wizard, "", till)
    await answered(press)  # What was not decided can be pressed again.


async def _wizard_of(press: CallbackQuery, dialogs: Dialogs) -> Wizard:
    dialog = await dialogs.get(press.from_user.id)
    if dialog is None or dialog.get("kind") != DIALOG:
        raise refusals.ButtonStale
    return Wizard.read(dialog)


async def named_in(message: Message, people: People, reads: Reads, phones: Phones,
                   config: Config) -> Sequence[Payee] | Unclear:
    """Whom a message names, in whichever way."""
    if message.users_shared is not None:
        return await payees_shared(message.users_shared, people, reads, config)
    if message.contact is not None:
        return (await payee_in(message.contact, message, people, reads, phones, config),)
    said = said_in(message, config)
    if said is None:
        return Unclear(Verb.SEND, ParseProblem.NO_RECEIVER)
    found = parse_receivers(said, config.currency, config.region)
    if isinstance(found, Unclear):
        return found
    return await payees_of(message, found, people, reads, phones, config)


async def _take_people(message: Message, wizard: Wizard, payees: Sequence[Payee], dialogs: Dialogs, reads: Reads,
                       people: People, speaker: Speaker, member: MemberView) -> None:
    if any(payee.telegram_id == member.telegram_id for payee in payees):
        raise refusals.PayToYourself
    wizard.payees, wizard.step = tuple(payees), "amount"
    await _ask(message, wizard, dialogs, reads, people, speaker, member)


async def _pay(message: Message, wizard: Wizard, note: str, till: Till, *, ask: bool = False) -> None:
    """The one payment of the wizard. It is left when that is decided; what is not decided can be tried again."""
    member = till.member
    command = Send(
        key=wizard.key,
        payer=member.id,
        receivers=tuple(payee.telegram_id for payee in wizard.payees),
        amount=wizard.amount,
        note=note,
        members=await numbers_of(wizard.payees, till.cards.reads),
        sure=all(payee.pointed_at for payee in wizard.payees),
        ask=ask,
        usual_delay=member.delay,
        by_number=tuple(payee.telegram_id for payee in wizard.payees if payee.by_number),
        token=new_token(),
    )
    try:
        outcome = await till.cards.engine.run(command)
    except refusals.Refusal as refusal:
        if refusal.stored:
            await till.dialogs.drop(member.telegram_id)
        raise
    await tell(till, message, outcome, wizard.payees)
    # Left only now, so that a step which comes again after a crash is answered; a keypad's dialog has to stay.
    dialog = await till.dialogs.get(member.telegram_id)
    if dialog is not None and dialog.get("kind") == DIALOG:
        await till.dialogs.drop(member.telegram_id)


# ----------------------------------------------------------------------------------------------- questions
async def _ask(message: Message, wizard: Wizard, dialogs: Dialogs, reads: Reads, people: People, speaker: Speaker,
               member: MemberView) -> None:
    """Keep where somebody is, and ask what is asked there in the place of what was asked before."""
    before, wizard.asked = wizard.asked, 0
    await dialogs.put(member.telegram_id, wizard.dialog())
    await closed(message, before)
    if wizard.step == "person":
        wizard.asked = await _ask_person(message, reads, people, speaker, member)
    else:
        names = await told_apart(wizard.payees, member.id, people, reads)
        if wizard.step == "amount":
            await _ask_amount(message, names, speaker)
        else:
            wizard.asked = await _ask_note(message, names, wizard.amount, speaker)
    if wizard.asked:
        await dialogs.put(member.telegram_id, wizard.dialog())


async def _ask_person(message: Message, reads: Reads, people: People, speaker: Speaker, member: MemberView) -> int:
    """Ask whom; returns the message with those who were paid lately, or 0."""
    said = _("Whom do you want to pay? Pick somebody with the button below, or send me a @username or a phone number. "
             "/cancel leaves.")
    await answer(message, speaker, said, buttons.pick_person(speaker))
    found = await reads.recent_receivers(member.id, MOST_RECENT)
    if not found:
        return 0
    names = await labels(found, people, reads)
    lately = [(party.member, names[party.telegram_id]) for party in found]
    shown = await answer(message, speaker, _("Or somebody you paid lately:"), buttons.recent(speaker, lately))
    return shown.message_id


async def _ask_amount(message: Message, names: Sequence[Fact], speaker: Speaker) -> None:
    if len(names) == 1:
        said = _("How much do you want to send to {name}? Just type it, like 20 or 20.50.", name=names[0])
    else:
        said = _("How much shall each of them get: {names}? Just type it, like 20 or 20.50.",
                 names=payments.listed(names))
    await answer(message, speaker, said, ReplyKeyboardRemove())


async def _ask_note(message: Message, names: Sequence[Fact], amount: int, speaker: Speaker) -> int:
    """Ask for a note; returns the message with the button that goes on without one."""
    asked = payments.question(names, amount, "", None)
    said = Lines((asked, _("Type a note of up to 100 characters to send it along, or go on without one.")))
    return (await answer(message, speaker, said, buttons.skip_note(speaker))).message_id
