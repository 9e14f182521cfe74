"""What voucher is wanted: in one message, or step by step in the private chat: how much, for how many, with which
password, for whom.

Guards: the whole wizard asks for one voucher under one key, however its last step arrives and however often. A password
is kept only as the wallet keeps it, and is asked for in private.
"""
from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message, ReplyKeyboardRemove

from handlers import refusals as sentences
from handlers.asking import InDialog, answers, said_in
from handlers.chat import buttons
from handlers.chat.buttons import VoucherChoice, VoucherStepButton
from handlers.chat.cards import Cards
from handlers.chat.payees import payee_of
from handlers.chat.payloads import payload
from handlers.chat.saying import answer, answered, closed, left, toast, whisper
from handlers.chat.till import Till
from handlers.chat.vouchers import show_list
from handlers.chat.wizard import named_in
from handlers.commands import Verb, declared
from handlers.ground import Config, Dialogs, People, Phones, accepts, group_of, message_key, new_token, press_key
from handlers.keyboards import Open, pressed_message
from handlers.parsing import Asked, Unclear, VoucherRequest, parse_voucher, shares_said
from handlers.texts import Speaker, Text, _
from wallet import drafts, refusals
from wallet.books import Policy
from wallet.protocols import Reads
from wallet.views import MemberView
from wallet.vouchers import LONGEST_PASSWORD, MOST_USES, AskVoucher, password_of

DIALOG: Final = "voucher"
"""The kind of the dialog."""


@dataclass(slots=True)
class Wish:
    """What somebody wants so far, as the dialog keeps it."""

    key: str
    """The key of the voucher."""
    last: int
    """The last message that was taken; a redelivered one is not the next answer."""
    nonce: str
    """The voucher's, since its password is kept with it."""
    step: str = "amount"
    """"amount", "uses", "password", "only", or "word" where nothing is left to be asked but whether it is meant."""
    amount: int = 0
    uses: int = 1
    password: str = ""
    only: int = 0
    asked: int = 0
    """The message whose buttons answer what is asked now."""

    def dialog(self) -> dict[str, Any]:
        """As it is kept."""
        return {"kind": DIALOG, **asdict(self)}

    @classmethod
    def read(cls, dialog: Mapping[str, Any]) -> Wish:
        """As it was kept."""
        return cls(**{name: value for name, value in dialog.items() if name != "kind"})

    def go_on(self) -> None:
        """To the next step. What several people may redeem is for nobody in particular."""
        after = {"amount": "uses", "uses": "password", "password": "only" if self.uses == 1 else "word"}
        self.step = after.get(self.step, "word")


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="voucher wizard")
    answers(router, Verb.VOUCHER, voucher)
    router.message.register(go_on, InDialog(DIALOG), flags=declared(Verb.VOUCHER))
    router.callback_query.register(opened, Open.filter(F.what == "voucher"), flags=declared(Verb.VOUCHER))
    router.callback_query.register(pressed, VoucherStepButton.filter(), flags=accepts())
    return router


# ----------------------------------------------------------------------------------------------- beginning
async def voucher(message: Message, asked: Asked, bot: Bot, reads: Reads, people: People, phones: Phones,
                  dialogs: Dialogs, cards: Cards, policy: Policy, speaker: Speaker, group_speaker: Speaker,
                  member: MemberView, config: Config, now: Callable[[], datetime]) -> None:
    """`/voucher`, `兑换券`: everything in one message; for the bare word one's own vouchers, and the wizard."""
    assert message.from_user is not None
    key = message_key(bot.id, message, "voucher")
    if isinstance(asked.argument, VoucherRequest):
        wish = Wish(key, message.message_id, secrets.token_hex(16))
        await _take_all(message, asked.argument, wish, reads, people, phones, policy, config)
        till = Till(cards, dialogs, speaker, member, cards.payer(message.from_user, member), now)
        await _make(message, wish, till)
        return
    if group_of(message):
        said = _("To see your vouchers or to make one step by step, come to our private chat. Here you can write it in "
                 "one line: /voucher 50 3.")
        await whisper(message, member.telegram_id, speaker, said, group_speaker, config, payload="voucher_now")
        return
    await show_list(message, reads, speaker, member)
    await _begin(message, key, dialogs, speaker, member)


async def _begin(message: Message, key: str, dialogs: Dialogs, speaker: Speaker, member: MemberView) -> None:
    await _ask(message, Wish(key, message.message_id, secrets.token_hex(16)), dialogs, speaker, member)


async def opened(press: CallbackQuery, dialogs: Dialogs, speaker: Speaker, member: MemberView) -> None:
    """*New voucher* under one's own."""
    await toast(press)
    await _begin(pressed_message(press), press_key(press, "voucher"), dialogs, speaker, member)


@payload("voucher")
async def came_to_make(message: Message, rest: str, bot: Bot, dialogs: Dialogs, reads: Reads, speaker: Speaker,
                       member: MemberView) -> None:
    """Somebody came from a group."""
    await show_list(message, reads, speaker, member)
    await _begin(message, message_key(bot.id, message, "voucher"), dialogs, speaker, member)


# ------------------------------------------------------------------------------------------------ answers
async def go_on(message: Message, dialog: Mapping[str, Any], reads: Reads, people: People, phones: Phones,
                dialogs: Dialogs, cards: Cards, policy: Policy, speaker: Speaker, member: MemberView, config: Config,
                now: Callable[[], datetime]) -> None:
    """The answer to the question that was asked last."""
    wish = Wish.read(dialog)
    before = wish.step
    if message.message_id > wish.last and (message.text is not None or wish.step == "only"):
        wish.last = message.message_id
        wrong = (await _take_amount(message, wish, reads, people, phones, policy, config) if wish.step == "amount" else
                 await _take_person(message, wish, reads, people, phones, member, config) if wish.step == "only" else
                 _take(message.text or "", wish, policy))
        if wrong is not None:
            await answer(message, speaker, wrong)
            return
    assert message.from_user is not None
    till = Till(cards, dialogs, speaker, member, cards.payer(message.from_user, member), now)
    await _go_on(message, wish, till, before)
    if wish.step == "word":
        await closed(message, wish.asked)


async def _take_amount(message: Message, wish: Wish, reads: Reads, people: People, phones: Phones, policy: Policy,
                       config: Config) -> Text | None:
    """Take the amount, or with it all the rest: whoever knows how to write it in one line may."""
    said = said_in(message, config)
    assert said is not None
    found = parse_voucher(said, config.currency, config.region)
    if isinstance(found, Unclear):
        return sentences.about_unclear(found, config.currency)
    if found.minor_units * found.uses > policy.max_amount:
        return sentences.sentence(refusals.AmountOutOfRange(1, policy.max_amount // found.uses))
    await _take_all(message, found, wish, reads, people, phones, policy, config)
    if found == VoucherRequest(found.minor_units):
        wish.step = "uses"
    return None


async def _take_all(message: Message, request: VoucherRequest, wish: Wish, reads: Reads, people: People,
                    phones: Phones, policy: Policy, config: Config) -> None:
    wish.amount, wish.uses, wish.step = request.minor_units, request.uses, "word"
    if request.password:
        wish.password = password_of(policy.voucher_key, wish.nonce, request.password)
    if request.only:
        wish.only = (await payee_of(message, request.only, people, reads, phones, config)).telegram_id


def _take(typed: str, wish: Wish, policy: Policy) -> Text | None:
    """Take how many may redeem it, or its password; returns what is wrong with that."""
    if wish.step == "uses":
        most = min(MOST_USES, policy.max_amount // wish.amount)
        uses = shares_said(typed)
        if not 0 < uses <= most:
            return _("That can be 1 to {most} people. Just type the number, like 3. No money moved.", most=most)
        wish.uses = uses
    elif wish.step == "password":
        word = typed.strip().removeprefix("!").removeprefix("！").strip()
        if not 0 < len(word) <= LONGEST_PASSWORD:
            return _("A password has 1 to {most} characters. No money moved. Please send me another one.",
                     most=LONGEST_PASSWORD)
        wish.password = password_of(policy.voucher_key, wish.nonce, word)
    wish.go_on()
    return None


async def _take_person(message: Message, wish: Wish, reads: Reads, people: People, phones: Phones, member: MemberView,
                       config: Config) -> Text | None:
    """Take whoever was named or picked as the one who alone may redeem it."""
    found = await named_in(message, people, reads, phones, config)
    if isinstance(found, Unclear) or len(found) > 1 or found[0].by_number:
        return _("I can't tell which one person you mean. No money moved. Pick somebody with the button below, or send "
                 "me a @username.")
    if found[0].telegram_id == member.telegram_id:
        raise refusals.PayToYourself
    wish.only = found[0].telegram_id
    wish.go_on()
    return None


async def pressed(press: CallbackQuery, callback_data: VoucherStepButton, dialogs: Dialogs, cards: Cards,
                  speaker: Speaker, member: MemberView, now: Callable[[], datetime]) -> None:
    """One person, no password, anybody, or no voucher at all."""
    message, dialog = pressed_message(press), await dialogs.get(press.from_user.id)
    if dialog is None or dialog.get("kind") != DIALOG:
        raise refusals.ButtonStale
    if callback_data.choice is VoucherChoice.CANCEL:
        await dialogs.drop(press.from_user.id)
        await toast(press)
        await left(message, speaker, _("Cancelled. No money moved."), picker=Wish.read(dialog).step == "only")
        return
    wish = Wish.read(dialog)
    before = wish.step
    again = wish.step == "word" and wish.asked == message.message_id
    if (callback_data.step != wish.step and not again) or wish.step == "amount":
        raise refusals.ButtonStale
    await toast(press)
    if again and callback_data.step == "password":
        wish.password = ""  # One was typed, and nothing came of it.
    elif again:
        wish.only = 0
    wish.go_on()
    if wish.step != "word":
        wish.asked = 0  # It keeps the answer.
    till = Till(cards, dialogs, speaker, member, cards.payer(press.from_user, member), now)
    await _go_on(message, wish, till, before)
    await answered(press)  # What was not decided can be pressed again.


async def _go_on(message: Message, wish: Wish, till: Till, before: str) -> None:
    """Keep where somebody is, and ask what comes next: at last for their word, which ends the wizard. `before` is the
    step that was just answered: the picker of people goes with it."""
    if wish.step != "word":
        await _ask(message, wish, till.dialogs, till.speaker, till.member)
        return
    await till.dialogs.put(till.member.telegram_id, wish.dialog())
    if before == "only":
        said = (_("Nobody but them can redeem it.") if wish.only else
                _("Whoever has the link can redeem it."))
        await answer(message, till.speaker, said, ReplyKeyboardRemove())
    try:
        await _make(message, wish, till)
    except refusals.Refusal as refusal:
        if refusal.stored:
            await till.dialogs.drop(till.member.telegram_id)
        raise
    dialog = await till.dialogs.get(till.member.telegram_id)
    if dialog is not None and dialog.get("kind") == DIALOG:  # The keypad may stand there by now.
        await till.dialogs.drop(till.member.telegram_id)


async def _make(message: Message, wish: Wish, till: Till) -> None:
    """Ask for its maker's word: all is known."""
    outcome = await till.cards.engine.run(AskVoucher(
        key=wish.key, payer=till.member.id, amount=wish.amount, uses=wish.uses, only=wish.only, nonce=wish.nonce,
        password=wish.password, token=new_token(), chat=group_of(message)))
    assert isinstance(outcome, drafts.Asked)
    await till.ask(message, outcome)


# ----------------------------------------------------------------------------------------------- questions
async def _ask(message: Message, wish: Wish, dialogs: Dialogs, speaker: Speaker, member: MemberView) -> None:
    """Keep where somebody is, and ask what comes next in the place of what was asked before."""
    before, wish.asked = wish.asked, 0
    await dialogs.put(member.telegram_id, wish.dialog())
    await closed(message, before)
    wish.asked = (await _question(message, wish, speaker)).message_id
    await dialogs.put(member.telegram_id, wish.dialog())


async def _question(message: Message, wish: Wish, speaker: Speaker) -> Message:
    """Ask what comes next; returns the message with the buttons."""
    if wish.step == "amount":
        said = _("🎟 How much is one voucher worth? Type the amount, like 50, or all of it in one line: 50 3 for three "
                 "people, 50 !word with a password, 50 @bob for one person. /cancel leaves.")
        return await answer(message, speaker, said, buttons.voucher_step(speaker, "amount"))
    if wish.step == "uses":
        said = _("How many people may redeem it, each for the same amount? Just type the number.")
        return await answer(message, speaker, said, buttons.voucher_step(speaker, "uses", _("One person")))
    if wish.step == "password":
        said = _("Shall it have a password? Type one, and whoever redeems it has to know it; or go on without.")
        return await answer(message, speaker, said, buttons.voucher_step(speaker, "password", _("No password")))
    said = _("Who may redeem it? Pick somebody with the button below, or send me a @username.")
    await answer(message, speaker, said, buttons.pick_person(speaker))
    said = _("Or leave it to whoever has the link:")
    return await answer(message, speaker, said, buttons.voucher_step(speaker, "only", _("Anybody")))
