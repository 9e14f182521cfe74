"""`/kyc`: what members handed in, looked at and decided.

Guards: one operator at a time sees to an application; only they are shown the pictures, in private, where these can be
neither forwarded nor saved, and each look is written down first. The wallet decides who may, and never about oneself.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiogram import Bot, F, Router
from aiogram.enums import ButtonStyle
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, Message

from handlers import applications as said_of
from handlers import hits as said_of_hits
from handlers import payments
from handlers.asking import answers
from handlers.chat.buttons import HitAct, HitButton, ReviewAct, ReviewButton, UserButton
from handlers.chat.saying import answer, change, toast
from handlers.commands import Verb, declared
from handlers.ground import People, press_key
from handlers.keyboards import button, hangs_there, keyboard, pressed_message
from handlers.parsing import Asked, CodeAsked
from handlers.texts import Code, Fact, Lines, Moment, Person, Speaker, Text, _
from wallet import ids, refusals
from wallet.applications import (
    DOCUMENTS,
    KINDS,
    DecideApplication,
    LeaveApplication,
    LookAtPapers,
    TakeApplication,
)
from wallet.engine import Engine
from wallet.protocols import Applications, Reads
from wallet.screening import Likeness, Screening
from wallet.vault import Unreadable, Vault
from wallet.views import ApplicationView

MOST_LISTED = 10
_STATES = {"waiting": _("Waits."), "approved": _("Approved."), "rejected": _("Rejected."),
           "withdrawn": _("Taken back."), "open": _("Not handed in.")}


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="reviewing")
    answers(router, Verb.KYC, kyc)
    for acts, handler in (
            ((ReviewAct.QUEUE,), turn_back), ((ReviewAct.SHOW,), show), ((ReviewAct.NEXT,), following),
            ((ReviewAct.TAKE,), take), ((ReviewAct.LEAVE,), leave), ((ReviewAct.PAPERS,), papers),
            ((ReviewAct.APPROVE, ReviewAct.REJECT), ask), ((ReviewAct.SURE, ReviewAct.BECAUSE), decide)):
        router.callback_query.register(handler, ReviewButton.filter(F.act.in_(acts)), flags=declared(Verb.KYC))
    return router


# --------------------------------------------------------------------------------------------------- looking
async def kyc(message: Message, asked: Asked, applications: Applications, people: People, speaker: Speaker) -> None:
    """`/kyc`, `/kyc CODE`."""
    assert message.from_user is not None
    operator = message.from_user.id
    said, markup = (await _card(asked.argument.number, operator, applications, people, speaker)
                    if isinstance(asked.argument, CodeAsked) else
                    await _queue(operator, applications, people, speaker))
    await answer(message, speaker, said, markup)


async def _queue(operator: int, applications: Applications, people: People, speaker: Speaker
                 ) -> tuple[Lines, InlineKeyboardMarkup]:
    found, waiting = await applications.queue(operator, MOST_LISTED), await applications.waiting(operator)
    names = await payments.parties([one.party for one in found], people)
    listed, undecided = await applications.hits(operator, MOST_LISTED), await applications.hits_waiting(operator)
    head = _("🪪 <b>Applications</b>: {n} waits for us", "🪪 <b>Applications</b>: {n} wait for us", n=waiting)
    lines = [_("{code} · {kind} · {name} · since {time}", code=Code(ids.code(one.id)), kind=said_of.CALLED[one.kind],
               name=names[one.party.telegram_id], time=Moment.of_microseconds(one.asked_at)) for one in found]
    buttons = [button(speaker, _("{code} · {kind}", code=ids.code(one.id), kind=said_of.CALLED[one.kind]),
                      ReviewButton(act=ReviewAct.SHOW, application=one.id)) for one in found]
    rows = [buttons[start:start + 2] for start in range(0, len(buttons), 2)]
    if undecided:
        lines += [said_of_hits.waiting(undecided), *(said_of_hits.line(one) for one in listed)]
    marks = [button(speaker, _("🔎 {code}", code=ids.code(one.id)), HitButton(act=HitAct.SHOW, hit=one.id))
             for one in listed]
    return (Lines((head, *(lines or [_("Nobody waits.")]))),
            keyboard(*rows, *(marks[start:start + 3] for start in range(0, len(marks), 3))))


async def turn_back(press: CallbackQuery, applications: Applications, people: People, speaker: Speaker) -> None:
    """The queue instead of one of them."""
    _hangs(press)
    said, markup = await _queue(press.from_user.id, applications, people, speaker)
    await toast(press)
    await change(pressed_message(press), speaker, said, markup)


async def show(press: CallbackQuery, callback_data: ReviewButton, applications: Applications, people: People,
               speaker: Speaker) -> None:
    """One of them."""
    _hangs(press)
    await _show(press, callback_data.application, applications, people, speaker)


async def following(press: CallbackQuery, callback_data: ReviewButton, applications: Applications, people: People,
                    speaker: Speaker) -> None:
    """The one that waits longest and to which nobody else sees."""
    _hangs(press)
    operator = press.from_user.id
    free = [one.id for one in await applications.queue(operator, MOST_LISTED)
            if one.operator in (0, operator) and one.id != callback_data.application]
    if free:
        await _show(press, free[0], applications, people, speaker)
    else:
        await turn_back(press, applications, people, speaker)


async def _show(press: CallbackQuery, number: int, applications: Applications, people: People, speaker: Speaker
                ) -> None:
    said, markup = await _card(number, press.from_user.id, applications, people, speaker)
    await toast(press)
    await change(pressed_message(press), speaker, said, markup)


async def _card(number: int, operator: int, applications: Applications, people: People, speaker: Speaker
                ) -> tuple[Lines, InlineKeyboardMarkup]:
    """What may be known before one looks at the pictures. Refuses `ApplicationUnknown`."""
    one = await _seen(number, operator, applications)
    seen = await people.by_ids(tuple({one.party.telegram_id, one.operator} - {0}))
    facts: list[Fact] = [
        said_of.heading(one.id, one.kind),
        _("From {name}, {number}", name=payments.party_name(one.party, seen.get(one.party.telegram_id)),
          number=Code(str(one.party.telegram_id)))]
    if one.asked_at:
        facts.append(_("Handed in on {time}", time=Moment.of_microseconds(one.asked_at)))
    facts.append(_STATES[one.state])
    if one.reason:
        facts.append(said_of.WHY_NOT[one.reason])
    if one.operator:
        facts.append(_("Seen to by {name}", name=payments.person(str(one.operator), seen.get(one.operator))))
    return Lines(tuple(facts)), _acts(one, operator, speaker)


def _acts(one: ApplicationView, operator: int, speaker: Speaker) -> InlineKeyboardMarkup:
    def act(label: Text, what: ReviewAct, style: ButtonStyle | None = None) -> Any:
        return button(speaker, label, ReviewButton(act=what, application=one.id), style)

    waits, mine = one.state == "waiting", one.operator == operator
    looking = [act(_("📎 See the documents"), ReviewAct.PAPERS)] if waits and mine else []
    deciding = [act(_("✅ Approve"), ReviewAct.APPROVE, ButtonStyle.SUCCESS),
                act(_("✖️ Reject"), ReviewAct.REJECT, ButtonStyle.DANGER)] if waits and mine else []
    taking = [act(_("Leave it to others"), ReviewAct.LEAVE) if mine else act(_("🙋 Take it"), ReviewAct.TAKE)]
    return keyboard(
        looking, deciding, taking if waits else [],
        [button(speaker, _("👤 Member"), UserButton(person=one.party.telegram_id, presser=operator)),
         act(_("Next ›"), ReviewAct.NEXT)], [act(_("🪪 All applications"), ReviewAct.QUEUE)])


# ---------------------------------------------------------------------------------------------- seeing to it
async def take(press: CallbackQuery, callback_data: ReviewButton, engine: Engine, applications: Applications,
               people: People, speaker: Speaker) -> None:
    """It is theirs to decide for a while. Refuses what `TakeApplication` refuses."""
    _hangs(press)
    await engine.run(TakeApplication(key=press_key(press, "take"), operator=press.from_user.id,
                                     application=callback_data.application))
    await _show(press, callback_data.application, applications, people, speaker)


async def leave(press: CallbackQuery, callback_data: ReviewButton, engine: Engine, applications: Applications,
                people: People, speaker: Speaker) -> None:
    """It is everybody's again. Refuses what `LeaveApplication` refuses."""
    _hangs(press)
    await engine.run(LeaveApplication(key=press_key(press, "leave"), operator=press.from_user.id,
                                      application=callback_data.application))
    await _show(press, callback_data.application, applications, people, speaker)


async def papers(press: CallbackQuery, callback_data: ReviewButton, bot: Bot, engine: Engine,
                 applications: Applications, reads: Reads, vault: Vault, screening: Screening, speaker: Speaker
                 ) -> None:
    """The pictures, and what was stated, to the operator alone. Refuses what `LookAtPapers` refuses."""
    _hangs(press)
    operator = press.from_user.id
    one = await _seen(callback_data.application, operator, applications)
    await engine.run(LookAtPapers(key=press_key(press, "papers"), operator=operator, application=one.id))
    heading = said_of.heading(one.id, one.kind)
    facts = await _facts(one, applications, reads, vault)
    stated = Lines((heading, *_stated(one, facts), *_listed(one, facts, screening)))
    try:
        await bot.send_message(operator, speaker.say(stated), parse_mode="HTML", protect_content=True)
        for name, picture in await applications.papers(one):
            caption = speaker.say(Lines((heading, said_of.PAPERS[name])))
            await bot.send_photo(operator, BufferedInputFile(picture, f"{name}.jpg"), caption=caption,
                                 parse_mode="HTML", protect_content=True)
    except TelegramAPIError:
        await toast(press, speaker.plain(_("I could not write to you in private. Please open our chat, press Start, "
                                           "and try again.")), alert=True)
        return
    await toast(press, speaker.plain(_("The documents are in our private chat.")))


async def _facts(one: ApplicationView, applications: Applications, reads: Reads, vault: Vault) -> tuple[str, ...]:
    """What a member stated, whole: it is compared with what stands on the pictures. () where it is erased."""
    if one.kind != DOCUMENTS:
        return tuple(await applications.facts(one))
    sealed = await reads.sealed_identity(one.party.member)
    try:
        return tuple(vault.open_for(sealed[1], sealed[0]).split("\n")) if sealed is not None else ()
    except Unreadable:
        return ()


def _stated(one: ApplicationView, facts: tuple[str, ...]) -> list[Fact]:
    if one.kind == DOCUMENTS and facts:
        name, number = facts
        return [_("Name: {name}", name=Person(name)), _("ID number: {number}", number=Code(number))]
    return [Code(fact) for fact in facts] or [_("(erased)")]


def _hits(one: ApplicationView, facts: tuple[str, ...], screening: Screening) -> Sequence[Likeness]:
    """Whom on the screening list the names may mean that were stated: a person's, or a company's and its contact's."""
    names = (0,) if one.kind == DOCUMENTS else (0, 2)
    return screening.likenesses([facts[place] for place in names if place < len(facts)])


def _listed(one: ApplicationView, facts: tuple[str, ...], screening: Screening) -> list[Fact]:
    """Those entries, for the operator who sees to it."""
    found = _hits(one, facts, screening)
    if not found:
        return []
    return [_("⚠️ <b>This may be somebody on the screening list. They are not told.</b>"),
            *(said_of_hits.entry(screening.entry(like.entry), like) for like in found)]


# ------------------------------------------------------------------------------------------------- deciding
async def ask(press: CallbackQuery, callback_data: ReviewButton, applications: Applications, reads: Reads, vault: Vault,
              screening: Screening, speaker: Speaker) -> None:
    """Whether they are sure, or why not."""
    _hangs(press)
    one = await _seen(callback_data.application, press.from_user.id, applications)
    heading = said_of.heading(one.id, one.kind)
    back = [button(speaker, _("Back"), ReviewButton(act=ReviewAct.SHOW, application=one.id))]
    if callback_data.act is ReviewAct.APPROVE:
        found = _hits(one, await _facts(one, applications, reads, vault), screening)
        sure = [_("⚠️ The name may be on the screening list: {references}. By approving you say that this is somebody "
                  "else, which is written down.", references=said_of_hits.references(found))]
        said: Fact = Lines((heading, *(sure if found else []),
                            _("Do the pictures show what was stated, and is it genuine?")))
        rows = [[button(speaker, _("Yes, approve"), ReviewButton(act=ReviewAct.SURE, application=one.id),
                        ButtonStyle.SUCCESS)]]
    else:
        said = Lines((heading, _("Why is it rejected? They are told the reason and may try again.")))
        rows = [[button(speaker, said_of.REASON_LABELS[reason],
                        ReviewButton(act=ReviewAct.BECAUSE, application=one.id, reason=reason))]
                for reason in KINDS[one.kind].reasons]
    await toast(press)
    await change(pressed_message(press), speaker, said, keyboard(*rows, back))


async def decide(press: CallbackQuery, callback_data: ReviewButton, engine: Engine, applications: Applications,
                 reads: Reads, vault: Vault, screening: Screening, people: People, speaker: Speaker) -> None:
    """Yes, or no with a reason, once. Refuses what `DecideApplication` refuses."""
    _hangs(press)
    one = await _seen(callback_data.application, press.from_user.id, applications)
    rejects = callback_data.act is ReviewAct.BECAUSE
    if rejects and callback_data.reason not in KINDS[one.kind].reasons:
        raise refusals.ButtonStale
    found = () if rejects else _hits(one, await _facts(one, applications, reads, vault), screening)
    await engine.run(DecideApplication(key=press_key(press, "decide"), operator=press.from_user.id, application=one.id,
                                       reason=callback_data.reason if rejects else "",
                                       cleared=tuple(found), version=screening.version))
    await _show(press, one.id, applications, people, speaker)


async def _seen(number: int, operator: int, applications: Applications) -> ApplicationView:
    """Refuses `ApplicationUnknown`, for what is about themselves as for what there is not."""
    one = await applications.seen(operator, number)
    if one is None:
        raise refusals.ApplicationUnknown
    return one


def _hangs(press: CallbackQuery) -> None:
    """In a group nobody changes a message of others by a forged button."""
    if not hangs_there(press):
        raise refusals.ButtonStale
