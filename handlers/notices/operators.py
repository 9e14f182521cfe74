"""What operators are told, and what people hear from them.

Guards: see the package. What people wrote stands in no notice: it is looked up, and opened, when it is told.
"""
from __future__ import annotations

from handlers import tickets
from handlers.chat import buttons
from handlers.notices.base import Context, Said, member
from handlers.operators import called
from handlers.texts import Fact, Lines, _
from wallet import events
from wallet.tickets import REPORT


async def broke(event: events.InvariantBroke, context: Context) -> Said:
    text = _("🛑 Money is read-only: a check of the ledger failed, and nobody can pay until this is cleared up. Run "
             "<code>ikmpay reconcile</code> for the details.\n\nWhat no longer holds: <code>{checks}</code>",
             checks=event.checks)
    return text, None, None


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
