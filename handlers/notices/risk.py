"""What is told when a rule looked twice at a payment, to its payer and to the operators.

Guards: the payer hears what becomes of the money and what to do, and nothing by which a thief could learn the rule; the
operators hear the rule and its facts.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from handlers import interceptions as said_of
from handlers.chat import buttons
from handlers.notices.base import Context, Edit, Said, hold_card, member, somebody
from handlers.texts import Code, Fact, Lines, Money, Text, _
from wallet import events, ids
from wallet.rows import TO_CHECK

_BECAME: Final[Mapping[str, Callable[[Money], Text]]] = {
    "held": lambda amount: _(
        "🔎 <b>Our safety check held back {amount}.</b> It left your balance and waits. The operators look at it; "
        "within 3 days it goes on or comes back.\n\nWas it not you? Change your PIN with /pin at once and write to us "
        "with /support. Never pay anybody who asks you for codes.", amount=amount),
    "cools": lambda amount: _(
        "⏳ <b>{amount} arrives in 15 minutes</b>, because this payment is unlike your others. Until then you can take "
        "it back. Never pay anybody who asks you for codes or tells you to hurry.", amount=amount),
    "released": lambda amount: _("✅ The operators looked at the {amount} that was held back: it goes on.",
                                 amount=amount),
    "sent_back": lambda amount: _("↩️ The operators sent back the {amount} that was held back: it is in your wallet "
                                  "again. /support answers questions.", amount=amount),
}


async def checked(event: events.PaymentChecked, context: Context) -> Said:
    """To the payer."""
    text = _BECAME[event.became](Money(event.amount))
    hold = event.hold if event.became == "cools" else 0
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer, hold), await _card(event, context)


async def _card(event: events.PaymentChecked, context: Context) -> Edit | None:
    """Where its chat still reads that it has yet to arrive. What goes on is told there when it has arrived."""
    hold = await context.reads.hold(event.hold) if event.became == "sent_back" else None
    return await hold_card(hold, "released", TO_CHECK, context) if hold is not None else None


async def stopped(event: events.PaymentStopped, context: Context) -> Said:
    """To the operators."""
    payer = await member(context, event.payer)
    lines: list[Fact] = []
    if event.transfer:
        whom = await somebody(context, event.person)
        lines.append(_("🔎 Held back: <b>{amount}</b> from {payer} to {name}.", amount=Money(event.amount), payer=payer,
                       name=whom))
        lines.append(_("Code: {code}", code=Code(ids.code(event.transfer))))
    else:
        lines.append(_("🛑 Refused: a payment of <b>{amount}</b> by {payer}.", amount=Money(event.amount), payer=payer))
    lines += [_("Why: {rule}", rule=said_of.RULES[event.rule]()), said_of.facts(event.reasons)]
    if event.transfer:
        lines.append(said_of.how_to_decide())
    party = await context.reads.party(event.payer) if event.transfer else None
    if party is None:
        return Lines(tuple(lines)), None, None
    return Lines(tuple(lines)), lambda speaker: buttons.under_check(
        speaker, event.transfer, party.telegram_id, event.person, listed=False), None


async def wait(event: events.ChecksWait, context: Context) -> Said:
    """To the operators."""
    return _("🔎 {n} payment has been held back for a day or longer and waits for you: /intercepts. After 3 days it "
             "goes back by itself.",
             "🔎 {n} payments have been held back for a day or longer and wait for you: /intercepts. After 3 days they "
             "go back by themselves.", n=event.waiting), None, None
