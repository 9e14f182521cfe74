"""What members and operators are told about orders of courts.

Guards: see the package. A member reads who ordered it and under which reference, and whom to ask: we can't lift it.
"""
from __future__ import annotations

from handlers import legal_holds, payments
from handlers.chat import buttons
from handlers.notices.base import Context, Said, member
from handlers.texts import Code, Lines, _
from wallet import events, ids


async def placed(event: events.LegalHoldPlaced, context: Context) -> Said:
    """An order holds the reader's money."""
    said = (_("⚖️ <b>An order of a court or another authority holds money in your wallet.</b>"),
            Lines(legal_holds.facts(event.authority, event.reference, event.dated, event.amount, event.until)),
            _("The money stays yours, and what comes in is kept. Only {authority} can say that it is to be released: "
              "ask there, and name the reference. If you think it is about somebody else, write to us: /support.",
              authority=payments.plainly(event.authority)))
    return Lines(said, gap="\n\n"), buttons.to_balance, None


async def ended(event: events.LegalHoldEnded, context: Context) -> Said:
    """It holds nothing any more."""
    authority, reference = payments.plainly(event.authority), payments.plainly(event.reference)
    said = _("✅ The order of {authority}, {reference}, holds none of your money any more.", authority=authority,
             reference=reference)
    why = _("Two operators lifted it.") if event.lifted else _("Its time is over.")
    return Lines((said, why)), buttons.to_balance, None


async def ran_out(event: events.LegalHoldRanOut, context: Context) -> Said:
    """To the operators."""
    return _("⚖️ The time of order {code} of {authority}, {reference}, is over: it holds no money of {name} any more. "
             "If it was prolonged, write it down anew with /legalhold.", code=Code(ids.code(event.hold)),
             authority=payments.plainly(event.authority), reference=payments.plainly(event.reference),
             name=await member(context, event.payer)), None, None
