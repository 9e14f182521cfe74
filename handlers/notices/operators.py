"""What operators are told, and what people hear from them.

Guards: see the package. What people wrote stands in no notice: it is looked up, and opened, when it is told.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from aiogram.types import InlineKeyboardMarkup

from handlers import penalties, tickets
from handlers.chat import buttons
from handlers.keyboards import button, keyboard
from handlers.notices.base import Context, Said, member
from handlers.operators import called
from handlers.texts import Code, Fact, Lines, Moment, Speaker, Text, _
from wallet import events, ids
from wallet.intrusions import BUTTONS, CODES, KINDS, PINS
from wallet.removals import WHAT
from wallet.tickets import APPEAL, REPORT


async def broke(event: events.InvariantBroke, context: Context) -> Said:
    text = _("🛑 Money is read-only: a check of the ledger failed, and nobody can pay until this is cleared up. Run "
             "<code>ikmpay reconcile</code> for the details.\n\nWhat no longer holds: <code>{checks}</code>",
             checks=event.checks)
    return text, None, None


_TRIED: Final[Mapping[str, Callable[[int], Text]]] = {
    BUTTONS: lambda n: _("{n} forged button within ten minutes", "{n} forged buttons within ten minutes", n=n),
    CODES: lambda n: _("{n} code tried out within ten minutes", "{n} codes tried out within ten minutes", n=n),
    PINS: lambda n: _("wrong PINs until it was locked {n} time in a row",
                      "wrong PINs until it was locked {n} times in a row", n=n),
}
assert set(_TRIED) == set(KINDS)


async def attack_stopped(event: events.AttackStopped, context: Context) -> Said:
    who = _("🚨 {name} ({number}): {what}.", name=await member(context, event.payer), number=Code(str(event.person)),
            what=_TRIED[event.kind](event.count))
    done = (_("The wallet is frozen until one of you has looked. The button shows the card, on which you can lift it.")
            if event.penalty else
            _("This is an operator's account, so nothing was frozen. Find out at once who uses it: /role takes their "
              "role away."))
    return Lines((who, done)), lambda speaker: buttons.to_member(speaker, event.person), None


async def anchor_posted(event: events.AnchorPosted, context: Context) -> Said:
    head = _("⚓ <b>Anchor {number}</b>, {time}", number=event.anchor, time=Moment.of_microseconds(event.at))
    what = _("This is the fingerprint of all that was written until then. Whoever keeps it can tell later whether any "
             "of it was changed: operators send /audit verify with it.")
    return Lines((head, Code(event.hash), what)), None, None


async def role_changed(event: events.RoleChanged, context: Context) -> Said:
    if not event.role:
        return _("👥 You are no operator here any more."), None, None
    text = _("👥 You are an operator here now: {role}. /help shows what you can do.", role=called(event.role))
    return text, None, None


async def ticket_waits(event: events.TicketWaits, context: Context) -> Said:
    wrote = (_("Somebody is reported to us.") if event.category == REPORT else  # Perhaps one of those who read this.
             _("{name} wrote to us.", name=await member(context, event.payer)))
    text = Lines((tickets.desk_heading(event.ticket, event.category), wrote))
    return text, lambda speaker: buttons.to_desk(speaker, event.ticket), None


async def ticket_answered(event: events.TicketAnswered, context: Context) -> Said:
    words = await context.tickets.answer(event.ticket, event.number) if event.number else None
    parts: list[Fact] = [tickets.heading(event.ticket, event.category)]
    if words is not None:
        parts += [_("The operators answered:"), tickets.body(words)]
    if event.closing:
        parts.append(tickets.CLOSED_WITH[event.closing])
    elif event.closed:
        parts.append(_("With this the ticket is closed."))
    pictures = words is not None and bool(words.pictures)
    return Lines(tuple(parts)), lambda speaker: buttons.answered(
        speaker, event.ticket, event.number, pictures=pictures, closed=event.closed), None


_REMOVED: Final[Mapping[str, Callable[[Code], Text]]] = {
    "note": lambda code: _("🧹 An operator took the note of {code} away. Its amount and everything else stays as "
                           "it was.", code=code),
    "greeting": lambda code: _("🧹 An operator took the greeting of your red envelope {code} away. Its amount and "
                               "everything else stays as it was.", code=code),
    "nickname": lambda code: _("🧹 An operator took your nickname away and put a plain one in its place. "
                               "/nickname shows it."),
}
assert set(_REMOVED) == set(WHAT)


async def words_removed(event: events.WordsRemoved, context: Context) -> Said:
    document = penalties.agreement_at(context.library, event.at)
    agreement = document.texts[context.speaker.language].title
    again = (_("You can choose another one, once: /nickname."),) if event.again else ()
    text = Lines((_REMOVED[event.what](Code(ids.code(event.transfer))), *again, _(
        "Reason: clause {clause} of the {agreement}.", agreement=agreement,
        clause=penalties.clause_called(document, event.reason, context.speaker)),
        _("If you think this is wrong, appeal: people look at it again.")), gap="\n\n")

    def markup(speaker: Speaker) -> InlineKeyboardMarkup:
        return keyboard([penalties.clause_button(document, event.reason, speaker)],
                        [button(speaker, _("✋ Appeal"), buttons.AskButton(category=APPEAL))])

    return text, markup, None


async def maintenance_soon(event: events.MaintenanceSoon, context: Context) -> Said:
    text = _("🛠 Maintenance begins at {begins}: until {until} nobody can pay. What is under way goes on, and "
             "/balance and /history work.", begins=Moment.of_microseconds(event.begins),
             until=Moment.of_microseconds(event.until))
    return text, None, None
