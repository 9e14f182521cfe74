"""What is said of limits, and of the lock."""
from __future__ import annotations

from datetime import date
from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Day, Money, Text, _
from wallet import refusals


def _level(refusal: refusals.LevelLimitReached) -> Text:
    limit, left = Money(refusal.limit), Money(refusal.left)
    if not refusal.level:
        return _("Until you verify who you are, you can pay {limit} in all, and {left} of that is left. No money "
                 "moved. /verify raises it at once; what comes back to you counts no more.", limit=limit, left=left)
    anew = Day(date(refusal.year + 1, 1, 1))
    return _("You can pay {limit} in {year}, and {left} of that is left. No money moved. It begins anew on {anew}; "
             "/limits shows what counts.", limit=limit, left=left, year=str(refusal.year), anew=anew)


def _own(refusal: refusals.OwnLimitReached) -> Text:
    if refusal.what == "payment":
        return _("You set yourself a limit of {limit} for one payment. No money moved. Send less, or change the limit "
                 "in /limits; a higher one holds from tomorrow.", limit=Money(refusal.limit))
    return _("You set yourself a limit of {limit} a day, and {left} of that is left today. No money moved. It begins "
             "anew at midnight; you change it in /limits, and a higher one holds from tomorrow.",
             limit=Money(refusal.limit), left=Money(refusal.left))


SAID: Final[Sentences] = dict((
    entry(refusals.LevelLimitReached, 403, _level),
    entry(refusals.OwnLimitReached, 403, _own),
    entry(refusals.WalletLocked, 403, lambda _r: _(
        "You locked your wallet, so nothing can go out. No money moved. /unlock opens it again with your PIN.")),
    entry(refusals.NotLocked, 409, lambda _r: _(
        "Your wallet is not locked, so nothing had to be done. No money moved. /lock locks it at once.")),
))
