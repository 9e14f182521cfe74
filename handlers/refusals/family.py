"""What is said to minors, and about guardians."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Money, Text, _
from wallet import refusals


def _beyond(refusal: refusals.GuardianLimitReached) -> Text:
    if refusal.what == "payment":
        return _("Your guardian allows up to {limit} a payment. No money moved. Please pay less, or ask them: they "
                 "change it with /family.", limit=Money(refusal.limit))
    if refusal.what == "day":
        return _("Your guardian allows {limit} a day, and {left} of it is left today. No money moved. Please pay less, "
                 "try again tomorrow, or ask them.", limit=Money(refusal.limit), left=Money(refusal.left))
    return _("Your guardian allows {limit} a month, and {left} of it is left. No money moved. Please pay less, wait "
             "for the next month, or ask them.", limit=Money(refusal.limit), left=Money(refusal.left))


SAID: Final[Sentences] = dict((
    entry(refusals.GuardianUnknown, 404, lambda _r: _(
        "I know of nobody under 18 for whom you answer here, or whose link that is. Nothing changed and no money "
        "moved. Please ask them for their link again.")),
    entry(refusals.GuardianLinkOver, 410, lambda _r: _(
        "That link is over: it works for 7 days and for one guardian. Nothing changed and no money moved. Please ask "
        "them for a new one.")),
    entry(refusals.OwnGuardian, 409, lambda _r: _(
        "Nobody can be their own guardian. Nothing changed and no money moved. Please send the link to the person who "
        "answers for you.")),
    entry(refusals.GuardianNotAllowed, 403, lambda _r: _(
        "With your wallet as it is you can't be a guardian. Nothing changed and no money moved. A guardian is an adult "
        "whose wallet is in order.")),
    entry(refusals.GuardedAlready, 409, lambda _r: _(
        "Nobody is needed here: somebody else answers for them already, or they joined as an adult. Nothing changed "
        "and no money moved.")),
    entry(refusals.TooManyWards, 409, lambda r: _(
        "You can be the guardian of {n} person at most. Nothing changed and no money moved. Somebody else has to "
        "answer for this one.", "You can be the guardian of {n} people at most. Nothing changed and no money moved. "
        "Somebody else has to answer for this one.", n=r.most)),
    entry(refusals.NoGuardian, 403, lambda _r: _(
        "Nobody answers for you at the moment, so nothing goes out. No money moved. You can still receive. Please ask "
        "an adult to become your guardian: /family gives you a link for them.")),
    entry(refusals.GuardianAway, 403, lambda _r: _(
        "Your guardian's own wallet is stopped or asleep, so nothing goes out of yours. No money moved. You can still "
        "receive. Please wait until theirs is in order, or ask somebody else with /family.")),
    entry(refusals.MinorNoEnterprise, 403, lambda _r: _(
        "Whoever is under 18 can't act for a company here. Nothing changed and no money moved. An adult who is "
        "entitled to can name it with their own wallet.")),
    entry(refusals.MinorNoOperator, 403, lambda _r: _(
        "They are under 18, and no operator is. Nothing changed and no money moved. Please choose an adult.")),
    entry(refusals.GuardianStopped, 403, lambda _r: _(
        "Your guardian has stopped your payments. No money moved. You can still receive. Please ask them: they allow "
        "it again with /family.")),
    entry(refusals.GuardianLimitReached, 403, _beyond),
))
