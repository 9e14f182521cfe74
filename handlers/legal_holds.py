"""How orders of courts are spoken of, to operators and to whom they are about.

Guards: whoever reads of one reads the same facts: who ordered it, under which reference and of which day, what it holds
and until when. What operators noted for themselves is never among them.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers import payments
from handlers.texts import Code, Day, Fact, Lines, Moment, Money, Text, _
from wallet import ids
from wallet.views.operators import LegalHoldView


def facts(authority: str, reference: str, dated: int, amount: int, until: int) -> tuple[Fact, ...]:
    """An order, a line for each thing."""
    return (_("Ordered by: {authority}", authority=payments.plainly(authority)),
            _("Reference: {reference}, of {day}", reference=payments.plainly(reference),
              day=Day(date.fromordinal(dated))),
            held(amount), lasts(until))


def held(amount: int) -> Text:
    """How much it holds."""
    if amount:
        return _("It holds <b>{amount}</b> of the balance; what is above that is free.", amount=Money(amount))
    return _("It holds everything: nothing goes out, and what comes in stays.")


def lasts(until: int) -> Text:
    """How long it stands."""
    if until:
        return _("Until {moment}, unless it is lifted before.", moment=Moment.of_microseconds(until))
    return _("Until it is lifted.")


def on_a_card(orders: Sequence[LegalHoldView]) -> tuple[Fact, ...]:
    """Those that stand against somebody, for operators, who lift them by their codes."""
    lines: list[Fact] = []
    for one in orders:
        lines += [_("<b>Order {code}</b>", code=Code(ids.code(one.hold))),
                  *facts(one.authority, one.reference, one.dated, one.amount, one.until)]
        if one.note:
            lines.append(_("Note, for operators alone: {note}", note=payments.plainly(one.note)))
    return (_("⚖️ <b>Held by orders of courts</b>"), *lines) if lines else ()


def listed(orders: Sequence[tuple[LegalHoldView, Fact]], *, more: bool) -> Lines:
    """Those that stand against anybody, each with its member's name, for operators."""
    lines: list[Fact] = []
    for one, name in orders:
        code = Code(ids.code(one.hold))
        by, reference = payments.plainly(one.authority), payments.plainly(one.reference)
        lines += [_("{code} {name}: <b>{amount}</b>", code=code, name=name, amount=Money(one.amount)) if one.amount
                  else _("{code} {name}: <b>everything</b>", code=code, name=name),
                  _("{authority}, {reference}, until {moment}", authority=by, reference=reference,
                    moment=Moment.of_microseconds(one.until)) if one.until
                  else _("{authority}, {reference}", authority=by, reference=reference)]
    if more:
        lines.append(_("There are more; the oldest are shown. /user shows all that stand against a member."))
    return Lines((_("⚖️ <b>Orders of courts that stand</b>"), *(lines or [_("None.")])))


def in_the_balance(one: LegalHoldView) -> Text:
    """One that stands, for whom it is about, beside what they have."""
    authority, reference = payments.plainly(one.authority), payments.plainly(one.reference)
    if one.amount:
        return _("⚖️ Held by order of {authority}, {reference}: {amount}", authority=authority, reference=reference,
                 amount=Money(one.amount))
    return _("⚖️ Held by order of {authority}, {reference}: everything", authority=authority, reference=reference)
