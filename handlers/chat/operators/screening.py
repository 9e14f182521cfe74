"""Names that may stand on the screening list, as `/kyc` shows them: looked at, cleared and confirmed.

Guards: the name that somebody gave is shown in private alone, where it can be neither forwarded nor saved, once it is
written down who looks. Clearing and confirming ask why; the wallet decides who may, and never about oneself.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiogram import Bot, F, Router
from aiogram.enums import ButtonStyle
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup

from handlers import hits as said_of
from handlers import payments
from handlers.chat.buttons import HitAct, HitButton, ProposalAct, ProposalButton, ReviewAct, ReviewButton, UserButton
from handlers.chat.cards import Cards
from handlers.chat.operators.signing import propose_as
from handlers.chat.saying import change, toast
from handlers.commands import Verb, declared
from handlers.ground import Dialogs, People, press_key
from handlers.keyboards import button, hangs_there, keyboard, pressed_message
from handlers.texts import Code, Fact, Lines, Moment, Person, Speaker, Text, _
from wallet import hits, refusals
from wallet.clearing import ClearHit, ListedDeed, LookAtHit
from wallet.engine import Engine
from wallet.protocols import Applications, Reads
from wallet.screening import Likeness, Screening
from wallet.vault import Unreadable, Vault
from wallet.views import MemberView
from wallet.views.operators import HitView


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="screening")
    for acts, handler in (
            ((HitAct.SHOW,), show), ((HitAct.NAMES,), names), ((HitAct.CLEAR, HitAct.CONFIRM), ask),
            ((HitAct.CLEARED,), clear), ((HitAct.CONFIRMED,), confirm)):
        router.callback_query.register(handler, HitButton.filter(F.act.in_(acts)), flags=declared(Verb.KYC))
    return router


# --------------------------------------------------------------------------------------------------- looking
async def show(press: CallbackQuery, callback_data: HitButton, applications: Applications, people: People,
               speaker: Speaker) -> None:
    """One of them."""
    await _show(press, await _seen(press, callback_data.hit, applications), people, speaker)
    await toast(press)


async def names(press: CallbackQuery, callback_data: HitButton, bot: Bot, engine: Engine, applications: Applications,
                reads: Reads, vault: Vault, screening: Screening, speaker: Speaker) -> None:
    """The name that was given beside the entry, to the operator alone. Refuses what `LookAtHit` refuses."""
    one, operator = await _seen(press, callback_data.hit, applications), press.from_user.id
    await engine.run(LookAtHit(key=press_key(press, "names"), operator=operator, member=one.member, entry=one.entry))
    sealed = await reads.sealed_identity(one.member)
    try:
        given = vault.open_for(sealed[1], sealed[0]).split("\n") if sealed is not None else []
    except Unreadable:
        given = []
    told = ([_("Name: {name}", name=Person(given[0])), _("ID number: {number}", number=Code(given[1]))] if given else
            [_("(erased)")])
    known = said_of.entry(screening.entry(one.entry), Likeness(one.entry, one.likeness))
    try:
        await bot.send_message(operator, speaker.say(Lines((said_of.heading(one.id), *told, known))),
                               parse_mode="HTML", protect_content=True)
    except TelegramAPIError:
        await toast(press, speaker.plain(_("I could not write to you in private. Please open our chat, press Start, "
                                           "and try again.")), alert=True)
        return
    await toast(press, speaker.plain(_("Both names are in our private chat.")))


# ------------------------------------------------------------------------------------------------- deciding
async def ask(press: CallbackQuery, callback_data: HitButton, applications: Applications, speaker: Speaker) -> None:
    """Why it is somebody else, or why it is them. Refuses `HitDecided`."""
    one = await _seen(press, callback_data.hit, applications)
    if one.state != "open":
        raise refusals.HitDecided(one.state)
    clears = callback_data.act is HitAct.CLEAR
    said = (_("Why is it somebody else? What was held back can be let go on then, and this entry does not ring for "
              "them again.") if clears else
            _("Why is it them? Your PIN freezes the wallet at once, and they are told that it is frozen, under the "
              "clause on forbidden payments. A second operator has to sign within 24 hours; else the freeze ends and "
              "this is open again."))
    act, reasons = (HitAct.CLEARED, said_of.CLEARED) if clears else (HitAct.CONFIRMED, said_of.CONFIRMED)
    rows = [[button(speaker, label, HitButton(act=act, hit=one.id, reason=reason))]
            for reason, label in reasons.items()]
    await toast(press)
    await change(pressed_message(press), speaker, Lines((said_of.heading(one.id), said)),
                 keyboard(*rows, [button(speaker, _("Back"), HitButton(act=HitAct.SHOW, hit=one.id))]))


async def clear(press: CallbackQuery, callback_data: HitButton, engine: Engine, applications: Applications,
                people: People, speaker: Speaker) -> None:
    """It is somebody else. Refuses what `ClearHit` refuses."""
    one = await _seen(press, callback_data.hit, applications)
    if callback_data.reason not in hits.CLEARED:
        raise refusals.ButtonStale
    await engine.run(ClearHit(key=press_key(press, "clear"), operator=press.from_user.id, member=one.member,
                              entry=one.entry, reason=callback_data.reason))
    await _show(press, await _seen(press, one.id, applications), people, speaker)
    await toast(press)


async def confirm(press: CallbackQuery, callback_data: HitButton, applications: Applications, cards: Cards,
                  dialogs: Dialogs, speaker: Speaker, member: MemberView | None, now: Callable[[], datetime]) -> None:
    """It is them, which two sign. Refuses what `ListedDeed` refuses."""
    one = await _seen(press, callback_data.hit, applications)
    if callback_data.reason not in hits.CONFIRMED:
        raise refusals.ButtonStale
    if one.state != "open":
        raise refusals.HitDecided(one.state)
    deed = ListedDeed(one.member, one.person, one.entry, callback_data.reason)
    await propose_as(pressed_message(press), press.from_user, press_key(press, "propose"), deed, cards, dialogs,
                     speaker, member, now)
    await toast(press)


# --------------------------------------------------------------------------------------------------- the pieces
async def _seen(press: CallbackQuery, hit: int, applications: Applications) -> HitView:
    """Refuses `ButtonStale`, and `HitUnknown` for what is about themselves as for what is not there."""
    if not hangs_there(press):
        raise refusals.ButtonStale
    one = await applications.hit(press.from_user.id, hit)
    if one is None:
        raise refusals.HitUnknown
    return one


async def _show(press: CallbackQuery, one: HitView, people: People, speaker: Speaker) -> None:
    seen = await people.by_ids(tuple({one.person, one.operator, one.second} - {0}))
    facts: list[Fact] = [
        said_of.heading(one.id),
        _("{name}, {number}", name=payments.person(one.nickname, seen.get(one.person)), number=Code(str(one.person))),
        _("Found on {time}", time=Moment.of_microseconds(one.found_at)), said_of.about(one)]
    facts += [_("By {name}", name=payments.person(str(who), seen.get(who)))
              for who in (one.operator, one.second) if who]
    if one.decided_at:
        facts.append(_("On {time}", time=Moment.of_microseconds(one.decided_at)))
    await change(pressed_message(press), speaker, Lines(tuple(facts)), _acts(one, press.from_user.id, speaker))


def _acts(one: HitView, operator: int, speaker: Speaker) -> InlineKeyboardMarkup:
    def act(label: Text, what: HitAct, style: ButtonStyle | None = None) -> InlineKeyboardButton:
        return button(speaker, label, HitButton(act=what, hit=one.id), style)

    deciding = ([act(_("✅ Somebody else"), HitAct.CLEAR, ButtonStyle.SUCCESS),
                 act(_("⛔ It is them"), HitAct.CONFIRM, ButtonStyle.DANGER)] if one.state == "open" else [])
    signing = ([button(speaker, _("🔏 The proposal"), ProposalButton(act=ProposalAct.SHOW, proposal=one.proposal))]
               if one.state == "pending" else [])
    return keyboard(
        [act(_("📎 Compare the names"), HitAct.NAMES)], deciding, signing,
        [button(speaker, _("👤 Member"), UserButton(person=one.person, presser=operator)),
         button(speaker, _("🪪 All applications"), ReviewButton(act=ReviewAct.QUEUE))])
