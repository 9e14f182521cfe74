"""What is said where a rule looked twice at a payment."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Text, _
from wallet import refusals

_OVER: Final[Mapping[str, Text]] = {
    "released": _("Operators let this payment go on already. Nothing was decided now and no money moved. /intercepts "
                  "lists what waits."),
    "sent_back": _("An operator sent this payment back already, and its payer has the money. Nothing was decided now "
                   "and no money moved. /intercepts lists what waits."),
    "expired": _("Nobody decided about this payment within 3 days, so it goes back to its payer by itself. Nothing was "
                 "decided now and no money moved. /intercepts lists what waits."),
    "": _("No such payment is held back. Nothing was decided and no money moved. /intercepts lists what waits."),
}

SAID: Final[Sentences] = dict((
    entry(refusals.StoppedForSafety, 403, lambda _r: _(
        "Our safety check stopped this payment. No money moved, and the operators were told. If it was you and all is "
        "well, try later, or write to us with /support.")),
    entry(refusals.HoldChecked, 409, lambda _r: _(
        "The operators are looking at this payment. No money moved: it stays set aside. It goes on or comes back once "
        "they have decided, within 3 days; /support reaches them.")),
    entry(refusals.CheckOver, 409, lambda r: _OVER.get(r.became, _OVER[""])),
    entry(refusals.PayerStopped, 409, lambda _r: _(
        "Nothing may leave its payer's wallet now. No money moved, and the payment stays held back. Send it back, or "
        "let them send again first; /user shows what stops them.")),
    entry(refusals.PayeeStopped, 409, lambda _r: _(
        "Whoever this payment is for can't be paid by its payer now. No money moved, and the payment stays held back. "
        "Send it back, or wait; /user shows what stops them.")),
))
