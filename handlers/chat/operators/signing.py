"""Signing: `/approve`, `/reject`, and the PIN under whatever an operator proposes.

Guards: a signature is an operator's own PIN, asked in private; what is signed stands in full above the keys. Who may
sign what the wallet says when it is proposed, and again at every signature. A button only names a proposal.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, User

from handlers import payments, proposals
from handlers.asking import answers
from handlers.chat.buttons import ProposalAct, ProposalButton, under_proposal
from handlers.chat.cards import Cards, Place
from handlers.chat.operators.saying_so import ways_to_say
from handlers.chat.saying import answer, change, toast
from handlers.chat.till import Till, Words, spoken
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, People, group_of, message_key, new_token, press_key
from handlers.keyboards import button, hangs_there, keyboard, pressed_message
from handlers.parsing import Asked, CodeAsked, WordsAsked
from handlers.texts import Code, Fact, Lines, Moment, Person, Speaker, Text, _
from wallet import drafts, ids, refusals
from wallet.commands import Outcome
from wallet.drafts import Confirm
from wallet.engine import Engine
from wallet.proposals import LONGEST_WHY, Approve, Deed, Propose, Proposed, Reject, Sign, SignIntent
from wallet.protocols import OperatorReads, Reads
from wallet.views import MemberView, ProposalView

MOST_LISTED: Final = 10


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="signing")
    answers(router, Verb.APPROVE, approve)
    answers(router, Verb.REJECT, reject)
    press = router.callback_query.register
    press(show, ProposalButton.filter(F.act == ProposalAct.SHOW), flags=declared(Verb.APPROVE))
    press(press_approve, ProposalButton.filter(F.act == ProposalAct.APPROVE), flags=declared(Verb.APPROVE))
    press(press_reject, ProposalButton.filter(F.act == ProposalAct.REJECT), flags=declared(Verb.REJECT))
    return router


# ------------------------------------------------------------------------------------------------ proposing
async def propose(message: Message, deed: Deed, cards: Cards, dialogs: Dialogs, speaker: Speaker,
                  member: MemberView | None, now: Callable[[], datetime]) -> None:
    """Ask whoever wrote a message to sign what they want to be done. Refuses what `Propose` refuses."""
    assert message.from_user is not None
    await propose_as(message, message.from_user, message_key(cards.bot.id, message, "propose"), deed, cards, dialogs,
                     speaker, member, now)


async def propose_as(message: Message, person: User, key: str, deed: Deed, cards: Cards, dialogs: Dialogs,
                     speaker: Speaker, member: MemberView | None, now: Callable[[], datetime]) -> None:
    """The same of whoever pressed a button under a message of ours."""
    signer = _signer(member)
    asked = await cards.engine.run(Propose(key=key, member=signer.id, deed=deed.text(), chat=group_of(message),
                                           token=new_token()))
    await _ask(message, person, asked, cards, dialogs, speaker, signer, now)


async def _ask(message: Message, person: User | None, asked: Outcome, cards: Cards, dialogs: Dialogs,
               speaker: Speaker, signer: MemberView, now: Callable[[], datetime]) -> None:
    assert isinstance(asked, drafts.Asked)
    assert person is not None
    await Till(cards, dialogs, speaker, signer, cards.payer(person, signer), now).ask(message, asked)


def _signer(member: MemberView | None) -> MemberView:
    """Whoever operates has a wallet, whose PIN signs. Refuses `NotAMember`."""
    if member is None or not member.joined:
        raise refusals.NotAMember
    return member


# ------------------------------------------------------------------------------------------------- answering
async def approve(message: Message, asked: Asked, operator_reads: OperatorReads, reads: Reads, people: People,
                  cards: Cards, dialogs: Dialogs, speaker: Speaker, member: MemberView | None,
                  now: Callable[[], datetime]) -> None:
    """`/approve` lists what waits, `/approve CODE` signs it."""
    assert message.from_user is not None
    if not isinstance(asked.argument, CodeAsked):
        found = await operator_reads.proposals(message.from_user.id, MOST_LISTED)
        said, markup = await _queue(found, reads, people, speaker)
        await answer(message, speaker, said, markup)
        return
    await _approve(message, message.from_user, message_key(cards.bot.id, message, "approve"), asked.argument.number,
                   cards, dialogs, speaker, member, now)


async def press_approve(press: CallbackQuery, callback_data: ProposalButton, cards: Cards, dialogs: Dialogs,
                        speaker: Speaker, member: MemberView | None, now: Callable[[], datetime]) -> None:
    """The same by its button."""
    _hangs(press)
    await _approve(pressed_message(press), press.from_user, press_key(press, "approve"), callback_data.proposal, cards,
                   dialogs, speaker, member, now)
    await toast(press)


async def _approve(message: Message, person: User, key: str, proposal: int, cards: Cards, dialogs: Dialogs,
                   speaker: Speaker, member: MemberView | None, now: Callable[[], datetime]) -> None:
    signer = _signer(member)
    asked = await cards.engine.run(Approve(key=key, member=signer.id, proposal=proposal, chat=group_of(message),
                                           token=new_token()))
    await _ask(message, person, asked, cards, dialogs, speaker, signer, now)


async def reject(message: Message, asked: Asked, bot: Bot, engine: Engine, speaker: Speaker) -> None:
    """`/reject CODE reason`."""
    assert message.from_user is not None
    code, _space, why = (asked.argument.words if isinstance(asked.argument, WordsAsked) else "").partition(" ")
    number = ids.from_code(code)
    if number is None:
        await answer(message, speaker, _("Which one? Write /reject, its code, and why. /approve lists what waits."))
        return
    await engine.run(Reject(key=message_key(bot.id, message, "reject"), operator=message.from_user.id, proposal=number,
                            why=why.strip()[:LONGEST_WHY]))
    await answer(message, speaker, _rejected(number))


async def press_reject(press: CallbackQuery, callback_data: ProposalButton, engine: Engine, speaker: Speaker) -> None:
    """The same by its button, without words."""
    _hangs(press)
    await engine.run(Reject(key=press_key(press, "reject"), operator=press.from_user.id,
                            proposal=callback_data.proposal))
    await toast(press)
    await change(pressed_message(press), speaker, _rejected(callback_data.proposal))


def _rejected(proposal: int) -> Text:
    return _("✖️ Proposal {code} is rejected. Nothing happened and no money moved.", code=Code(ids.code(proposal)))


# --------------------------------------------------------------------------------------------------- looking
async def show(press: CallbackQuery, callback_data: ProposalButton, operator_reads: OperatorReads, reads: Reads,
               people: People, speaker: Speaker) -> None:
    """One of those that wait."""
    _hangs(press)
    found = await operator_reads.proposal(press.from_user.id, callback_data.proposal)
    if found is None:
        raise refusals.ProposalUnknown
    if found.state != "open":
        raise refusals.ProposalOver(found.state)
    said = proposals.card(found.id, await proposals.what(found.deed, reads, people),
                          await _maker(found, people), found.expires_at)
    await toast(press)
    await change(pressed_message(press), speaker, said, under_proposal(speaker, found.id))


async def _queue(found: Sequence[ProposalView], reads: Reads, people: People, speaker: Speaker
                 ) -> tuple[Fact, InlineKeyboardMarkup | None]:
    if not found:
        return _("🔏 No proposal waits for a second operator."), None
    lines = [Lines((
        _("{code} by {name}, until {time}", code=Code(ids.code(one.id)), name=await _maker(one, people),
          time=Moment.of_microseconds(one.expires_at)), await proposals.what(one.deed, reads, people)))
        for one in found]
    buttons = [button(speaker, ids.code(one.id), ProposalButton(act=ProposalAct.SHOW, proposal=one.id))
               for one in found]
    head = _("🔏 <b>{n} proposal waits for a second operator</b>", "🔏 <b>{n} proposals wait for a second operator</b>",
             n=len(found))
    rows = [buttons[start:start + 3] for start in range(0, len(buttons), 3)]
    return Lines((head, *lines), gap="\n\n"), keyboard(*rows)


async def _maker(proposal: ProposalView, people: People) -> Person:
    seen = (await people.by_ids((proposal.maker,))).get(proposal.maker)
    return payments.person(str(proposal.maker), seen)


def _hangs(press: CallbackQuery) -> None:
    """In a group nobody changes a message of others by a forged button."""
    if not hangs_there(press):
        raise refusals.ButtonStale


# --------------------------------------------------------------------------------------- how it is asked about
@spoken(SignIntent)
class Signatures(Words[SignIntent]):
    """Signatures under what operators want, or approve."""

    command: ClassVar[type[Confirm]] = Sign

    async def question(self, intent: SignIntent, till: Till, payer: Fact | None) -> Fact:
        said = await proposals.what(intent.deed, till.cards.reads, till.cards.people)
        if intent.proposal:
            return Lines((proposals.heading(intent.proposal), said, _("Your PIN approves it, and it is done.")))
        return Lines((_("🔏 <b>You propose</b>"), said, _("Your PIN signs it.")))

    async def waiting_line(self, intent: SignIntent, till: Till) -> Fact:
        said = await proposals.what(intent.deed, till.cards.reads, till.cards.people)
        return Lines((_("🔏 Waiting for {payer} to sign in private:", payer=till.payer), said))

    def cancelled_line(self, intent: SignIntent) -> Fact:
        return _("Not signed. Nothing happened and no money moved.")

    async def done(self, intent: SignIntent, outcome: Outcome, place: Place, thread: int | None,
                   keypad: Message | None, cards: Cards, speaker: Speaker, member: MemberView) -> None:
        """What came of it, in the keypad's place and in that of the line that waits in a group."""
        said = Lines((await self._came(intent, outcome), await proposals.what(intent.deed, cards.reads, cards.people),
                      *([more] if (more := self._more(intent, outcome)) else [])))
        if keypad is not None:
            await change(keypad, speaker, said, ways_to_say(outcome, member.telegram_id, speaker))
        if place.message and place.chat < 0:
            voice = await cards.speaker_of(place.chat, member.telegram_id)
            await cards.put(place.chat, voice, said, thread=thread, instead=place.message)

    async def _came(self, intent: SignIntent, outcome: Outcome) -> Fact:
        if isinstance(outcome, Proposed):
            return _("🔏 Signed. Proposal {code} waits for a second operator until {time}; the others are told.",
                     code=Code(ids.code(outcome.proposal)), time=Moment.of_microseconds(outcome.expires_at))
        if intent.proposal:
            return _("✅ Proposal {code} is approved and done.", code=Code(ids.code(intent.proposal)))
        return _("✅ Signed and done.")

    def _more(self, intent: SignIntent, outcome: Outcome) -> Fact | None:
        return None if isinstance(outcome, Proposed) else proposals.came(intent.deed, outcome)
