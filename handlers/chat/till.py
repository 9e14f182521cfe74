"""The payer's word: asked for where a debit needs it, taken, and told where it was asked what came of it.

Guards: one rule confirms every debit, whatever it is for. A draft is confirmed or cancelled by its owner only; what
stands in a group names no balance; the PIN is asked in private; and a draft that can't be asked about any more is
cancelled instead of being left open.

A chapter whose debits need a word says how they are spoken of, and keeps the rest to itself:

    @spoken(EnvelopeIntent)
    class Envelopes(Words[EnvelopeIntent]):
        async def question(self, intent, till, payer): …
        async def waiting_line(self, intent, till): …
        def cancelled_line(self, intent): …
        async def done(self, intent, outcome, place, thread, keypad, …): …

and asks by `Till.ask(message, asked)` when the wallet answered with `Asked`.
"""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, TypeVar

from aiogram import Router
from aiogram.dispatcher.event.handler import CallableObject
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from handlers import refusals as said_of
from handlers.chat import buttons
from handlers.chat.buttons import DraftAct, DraftButton
from handlers.chat.cards import Cards, Place, thread_of
from handlers.chat.keypad import Purpose
from handlers.chat.payloads import payload
from handlers.chat.pin import act, ask_pin
from handlers.chat.saying import passing, toast
from handlers.ground import Dialogs, accepts, group_of, microseconds, press_key
from handlers.keyboards import hangs_there, pressed_message, to_private
from handlers.namesakes import Payee
from handlers.texts import Fact, Person, Speaker
from wallet import drafts, refusals
from wallet.drafts import Asked, CancelDraft, Confirm, Intent
from wallet.engine import Engine
from wallet.plain import frozen
from wallet.protocols import Reads
from wallet.views import MemberView

ACT: Final = "confirm_draft"
"""What a proven PIN is for."""

I = TypeVar("I", bound=Intent)  # noqa: E741 - an intent, which nobody takes for a number here


def make_router() -> Router:
    """The buttons under a question."""
    router = Router(name="till")
    router.callback_query.register(decide, DraftButton.filter(), flags=accepts(group=True, joined=False))
    return router


# ------------------------------------------------------------------------------------ how a debit is spoken of
class Words(ABC, Generic[I]):
    """How debits of one kind are spoken of, and what is shown when one was carried out."""

    command: ClassVar[type[Confirm]] = Confirm
    """What a proven PIN asks the wallet for."""

    @abstractmethod
    async def question(self, intent: I, till: Till, payer: Fact | None) -> Fact:
        """What its payer is asked; `payer` names them where others read along."""

    @abstractmethod
    async def waiting_line(self, intent: I, till: Till) -> Fact:
        """What a group reads while it waits for the payer's PIN."""

    @abstractmethod
    def cancelled_line(self, intent: I) -> Fact:
        """What stands in the question's place when its payer said no."""

    def choices(self, intent: I, voice: Speaker, token: str) -> Sequence[Sequence[InlineKeyboardButton]]:
        """Rows of buttons for what its payer may choose before they say yes."""
        return ()

    done: Callable[..., Awaitable[None]]
    """Shows what came of it. Gets `intent`, `outcome`, `place` (the question or line that it takes the place of, its
    message 0 where there is none), `thread`, `press`, `keypad` (the keypad's message where the PIN was asked, to be
    changed too, else None), and anything else by name as a handler does."""


WORDS: Final[dict[type[Intent], Words[Any]]] = {}
"""By the kind of intent."""

W = TypeVar("W", bound=type[Words[Any]])


def spoken(kind: type[Intent]) -> Callable[[W], W]:
    """Registers how a kind of debit is spoken of."""

    def register(words: W) -> W:
        assert kind not in WORDS, f"two ways to speak of {kind.__name__}"
        WORDS[kind] = words()
        return words

    return register


def _words(intent: Intent) -> Words[Any]:
    return WORDS[type(intent)]


# ------------------------------------------------------------------------------------------- asking for the word
@frozen()
class Till:
    """Speaks with one payer."""

    cards: Cards
    dialogs: Dialogs
    speaker: Speaker
    """The payer's own."""
    member: MemberView
    payer: Person
    now: Callable[[], datetime]
    payees: Sequence[Payee] = ()
    """Who is to be paid, as long as it is known how they were named."""

    async def ask(self, message: Message, asked: Asked) -> None:
        """Ask for the payer's word under the message that wants something."""
        intent, group = asked.what, group_of(message)
        if asked.needs == "pin" and not group:
            await self._open_keypad(asked)
            return
        voice = await self._voice(group)
        reply_to = message.message_id if group else 0
        if asked.needs == "pin":
            line = await _words(intent).waiting_line(intent, self)
            shown = await self.cards.put(group, voice, line, self._way_to_keypad(voice, asked), reply_to=reply_to,
                                         thread=thread_of(message))
            await self._keypad_for(shown, asked)
        else:
            await self._ask(voice, asked, message.chat.id, reply_to=reply_to, thread=thread_of(message))

    async def ask_anew(self, message: Message, number: int, asked: Asked) -> None:
        """Something was chosen under the message that asks, `number`, or 0 when there is none to be changed."""
        await self._ask(await self._voice(group_of(message)), asked, message.chat.id, thread=thread_of(message),
                        instead=number)

    async def _ask(self, voice: Speaker, asked: Asked, chat: int, *, thread: int | None, reply_to: int = 0,
                   instead: int = 0) -> None:
        intent = asked.what
        question = await _words(intent).question(intent, self, self.payer if chat < 0 else None)
        choices = _words(intent).choices(intent, voice, asked.token)
        shown = await self.cards.put(chat, voice, question, buttons.ask_confirm(voice, asked.token, *choices),
                                     reply_to=reply_to, thread=thread, instead=instead)
        with suppress(refusals.Refusal):  # Without it the question merely stays as it is when it runs out.
            await self.cards.place_draft(self.member.id, asked.token, shown)

    async def go_on_with_pin(self, message: Message, number: int, asked: Asked) -> None:
        """A Confirm was not enough, because the day's PIN-less sum was used up in the meantime. `number` is the
        message that asked, or 0 when there is none to be changed."""
        intent, group = asked.what, group_of(message)
        if group:
            voice = await self._voice(group)
            line = await _words(intent).waiting_line(intent, self)
            shown = await self.cards.put(group, voice, line, self._way_to_keypad(voice, asked),
                                         thread=thread_of(message), instead=number)
            await self._keypad_for(shown, asked)
        else:
            question = await _words(intent).question(intent, self, None)
            await self.cards.put(message.chat.id, self.speaker, question, instead=number)
            await self._open_keypad(asked)

    async def _voice(self, group: int) -> Speaker:
        return await self.cards.speaker_of(group, self.member.telegram_id) if group else self.speaker

    def _way_to_keypad(self, voice: Speaker, asked: Asked) -> InlineKeyboardMarkup:
        """Under the line of a group that waits: whoever looks there has not seen yet that the keypad is elsewhere."""
        return to_private(voice, self.cards.config, f"pin_{asked.token}")

    async def _keypad_for(self, shown: Place, asked: Asked) -> None:
        """The group waits in the message `shown`, and the PIN is asked in private; where we may not write first, the
        button under that message leads to it."""
        await self.cards.place_draft(self.member.id, asked.token, shown)
        try:
            await self._open_keypad(asked)
        except (TelegramForbiddenError, TelegramBadRequest):
            return
        except refusals.Refusal:
            await cancel(self.cards, self.member, asked.token)
            raise

    async def _open_keypad(self, asked: Asked) -> None:
        await self.ask_pin(asked.token, asked.what)

    async def ask_pin(self, token: str, intent: Intent) -> None:
        """Open the keypad for a draft in the private chat."""
        await ask_pin({"act": ACT, "token": token}, await _words(intent).question(intent, self, None),
                      {"cards": self.cards}, member=self.member, bot=self.cards.bot, dialogs=self.dialogs,
                      speaker=self.speaker, reads=self.cards.reads, now=self.now,
                      choices=_words(intent).choices(intent, self.speaker, token), codes=intent.SIGNED)


@payload("pin")
async def came_to_confirm(message: Message, rest: str, reads: Reads, cards: Cards, dialogs: Dialogs, speaker: Speaker,
                          member: MemberView, now: Callable[[], datetime]) -> None:
    """`/start pin_<token>`: the keypad for a draft that waits in a group. Refuses `DraftUnknown` and `DraftOver`."""
    draft = await reads.draft(member.id, rest)
    if draft is None:
        raise refusals.DraftUnknown
    if draft.state != "open":
        raise refusals.DraftOver(draft.state)
    if draft.expires_at <= microseconds(now()):
        raise refusals.DraftOver("expired")
    till = Till(cards, dialogs, speaker, member, cards.payer(message.chat, member), now)
    await till.ask_pin(rest, drafts.read(draft.intent))


# ------------------------------------------------------------------------------------------------- taking it
async def decide(press: CallbackQuery, callback_data: DraftButton, engine: Engine, dialogs: Dialogs, cards: Cards,
                 speaker: Speaker, member: MemberView | None, now: Callable[[], datetime], **others: Any) -> None:
    """The owner of a draft says yes or no; everybody else is told that the button is not theirs."""
    message = pressed_message(press)
    if member is None or not member.joined:
        raise refusals.NotYours
    token, number = callback_data.token, message.message_id if hangs_there(press) else 0
    place = Place(message.chat.id, number)
    try:
        if callback_data.act is DraftAct.CANCEL:
            outcome = await engine.run(CancelDraft(key=press_key(press, "cancel"), member=member.id, token=token))
        else:
            outcome = await engine.run(Confirm(key=press_key(press, "confirm"), member=member.id, token=token))
    except refusals.AgreementsNeeded:
        if await cards.reads.draft(member.id, token) is None:
            raise refusals.NotYours from None  # Whose agreements would be missing is not the point.
        raise
    except refusals.DraftOver as over:
        draft = await cards.reads.draft(member.id, token)
        if number and draft is not None and draft.message:  # Another stands there where something was chosen meanwhile.
            await say_over(cards, member, over, place)
        raise
    await toast(press)
    if not isinstance(outcome, Asked):
        await _show(member, token, {
            **others, "press": press, "engine": engine, "dialogs": dialogs, "cards": cards, "speaker": speaker,
            "member": member, "now": now, "outcome": outcome, "place": place, "thread": thread_of(message),
            "keypad": None})
    elif callback_data.act is DraftAct.CANCEL:
        await say_cancelled(cards, member, outcome, place)
    else:
        till = Till(cards, dialogs, speaker, member, cards.payer(press.from_user, member), now)
        await till.go_on_with_pin(message, number, outcome)


async def _show(member: MemberView, token: str, data: dict[str, Any]) -> None:
    """What came of a draft, in the words of its kind."""
    draft = await data["cards"].reads.draft(member.id, token)
    assert draft is not None
    intent = drafts.read(draft.intent)
    await CallableObject(_words(intent).done).call(**{**data, "intent": intent})


async def _keypad_left(purpose: Purpose, cards: Cards, member: MemberView) -> None:
    """Cancel on the keypad cancels the debit."""
    await cancel(cards, member, str(purpose["token"]))


@act(ACT, cancelled=_keypad_left)
async def confirm_with_pin(press: CallbackQuery, message: Message, purpose: Purpose, pin_version: int, engine: Engine,
                           reads: Reads, cards: Cards, member: MemberView, **others: Any) -> None:
    """The PIN was right: carry it out, and say so here and in the group that waits."""
    token = str(purpose["token"])
    draft = await reads.draft(member.id, token)
    place = Place(draft.chat, draft.message) if draft else Place(0, 0)
    command = _words(drafts.read(draft.intent)).command if draft else Confirm
    try:
        outcome = await engine.run(command(key=press_key(press, "confirm"), member=member.id, token=token,
                                           pin_version=pin_version))
    except refusals.DraftOver as over:
        if place.message:
            await say_over(cards, member, over, place)
        raise
    await _show(member, token, {
        **others, "press": press, "engine": engine, "reads": reads, "cards": cards, "member": member,
        "outcome": outcome, "place": place, "thread": None, "keypad": message})


async def cancel(cards: Cards, member: MemberView, token: str) -> None:
    """Cancel a draft, and say so in the message where it waits."""
    outcome = await cards.engine.run(CancelDraft(key=f"draft:{token}:cancel", member=member.id, token=token))
    assert isinstance(outcome, Asked)
    intent = outcome.what
    if intent.asked_under:
        voice = await cards.speaker_of(0, member.telegram_id)
        await cards.rewrite(intent.asked_under, voice, _words(intent).cancelled_line(intent))
    elif outcome.message:
        await say_cancelled(cards, member, outcome, Place(outcome.chat, outcome.message))


async def say_cancelled(cards: Cards, member: MemberView, asked: Asked, place: Place) -> None:
    """Put it in the place of the question."""
    intent = asked.what
    voice = await cards.speaker_of(place.chat, member.telegram_id)
    with passing():
        await cards.put(place.chat, voice, _words(intent).cancelled_line(intent), instead=place.message)


async def say_over(cards: Cards, member: MemberView, over: refusals.DraftOver, place: Place) -> None:
    """Take the buttons from a question that nobody can answer any more. One that was answered says so itself."""
    if over.state != "used":
        voice = await cards.speaker_of(place.chat, member.telegram_id)
        with passing():
            await cards.put(place.chat, voice, said_of.sentence(over), instead=place.message)
