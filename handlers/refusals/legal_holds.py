"""What is said when an order of a court holds money, and when operators can't write one down or lift it."""
from __future__ import annotations

from typing import Final

from handlers import payments
from handlers.refusals.table import Sentences, entry
from handlers.texts import Code, Money, Text, _
from wallet import ids, refusals


def _held(refusal: refusals.HeldByOrder) -> Text:
    authority, reference = payments.plainly(refusal.authority), payments.plainly(refusal.reference)
    if refusal.free:
        return _("Nothing moved: only {amount} is free, the rest is held by order of {authority}, {reference}. "
                 "/balance says more.", amount=Money(refusal.free), authority=authority, reference=reference)
    return _("Nothing moved: this wallet's money is held by order of {authority}, {reference}. /balance says more.",
             authority=authority, reference=reference)


SAID: Final[Sentences] = dict((
    entry(refusals.HeldByOrder, 403, _held),
    entry(refusals.LegalHoldStands, 409, lambda r: _(
        "This order stands already, as {code}, with the same amount and end. Nothing changed and no money moved. /user "
        "shows it.", code=Code(ids.code(r.hold)))),
    entry(refusals.LegalHoldsTooMany, 409, lambda r: _(
        "{n} order stands against them already, which is the most. Nothing changed and no money moved. Lift one "
        "with /lifthold first.",
        "{n} orders stand against them already, which is the most. Nothing changed and no money moved. Lift one "
        "with /lifthold first.", n=r.most)),
    entry(refusals.LegalHoldOver, 409, lambda _r: _(
        "There is no such order, or it stands no more. Nothing changed and no money moved. /user shows those that "
        "stand, with their codes.")),
    entry(refusals.LegalHoldDatesWrong, 409, lambda _r: _(
        "An order can't be of a day to come, nor end on a day that is over. Nothing changed and no money moved. Look "
        "at its dates, and write it anew.")),
    entry(refusals.LegalHoldNotDue, 409, lambda _r: _(
        "The time of this order is not over. Nothing changed and no money moved. It ends by itself.")),
))
