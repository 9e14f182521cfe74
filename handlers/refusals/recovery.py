"""What is said around an e-mail address, and a PIN that was forgotten."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Moment, Text, _
from wallet import refusals

_RESTS_ON_IT: Final[Mapping[str, Text]] = {
    "documents": _(
        "Documents of theirs that show the number are open. Nothing happened and no money moved. Please decide about "
        "them with /kyc first, or let them take them back."),
    "company": _(
        "They handed in their company under this name, and nobody has decided yet. Nothing happened and no money "
        "moved. Please decide about it with /kyc first, or let them take it back."),
    "hit": _(
        "This name may stand on the screening list, and nobody has decided yet. Nothing happened and no money moved. "
        "Please clear or confirm it first: /user shows it."),
    "order": _(
        "An order of a court stands on this wallet, and nobody's name is forgotten under one. Nothing happened and no "
        "money moved. /user shows the order."),
}

SAID: Final[Sentences] = dict((
    entry(refusals.AddressInvalid, 422, lambda _r: _(
        "That is no e-mail address, so nothing was sent and no money moved. Please write it like "
        "<code>name@example.com</code>.")),
    entry(refusals.EmailMissing, 409, lambda _r: _(
        "No e-mail address is bound to your wallet, so nothing was sent and no money moved. The operators can help: "
        "/support.")),
    entry(refusals.TooManyMails, 429, lambda r: _(
        "You get {n} mail a day at most, so none was sent and no money moved. Please try again tomorrow.",
        "You get {n} mails a day at most, so none was sent and no money moved. Please try again tomorrow.", n=r.most)),
    entry(refusals.MailCodeWrong, 422, lambda r: _(
        "That is not the code; {n} try is left. Nothing changed and no money moved. Please look at the newest mail.",
        "That is not the code; {n} tries are left. Nothing changed and no money moved. Please look at the newest mail.",
        n=r.left)),
    entry(refusals.MailCodeOver, 409, lambda _r: _(
        "There is no code to be typed any more: it is too old, used, or was wrong too often. Nothing changed and no "
        "money moved. Please ask for another one.")),
    entry(refusals.TheyHaveNoPin, 409, lambda _r: _(
        "They have no payment PIN yet: it is chosen when it is needed first. Nothing happened and no money moved.")),
    entry(refusals.TheyGaveNoIdentity, 409, lambda _r: _(
        "They gave no name and ID number, or others than these by now. Nothing happened and no money moved. /user "
        "shows how they stand.")),
    entry(refusals.IdentityInUse, 409, lambda r: _RESTS_ON_IT[r.by]),
    entry(refusals.MoveUnmatched, 404, lambda _r: _(
        "I find no wallet that can be given to you by these numbers. Nothing changed and no money moved. The operators "
        "can help: /support.")),
    entry(refusals.MoveOver, 409, lambda _r: _(
        "Nobody asks for this wallet any more, or it was decided. Nothing changed and no money moved.")),
    entry(refusals.MoveTooEarly, 409, lambda r: _(
        "Until {until} the old account may say no, so nothing was signed and no money moved. Please try again then.",
        until=Moment.of_microseconds(r.until))),
    entry(refusals.WalletMoving, 403, lambda _r: _(
        "Somebody asks for this wallet from another Telegram account, so nothing goes out and no money moved. If it "
        "isn't you, say no: /recover.")),
    entry(refusals.ResetOver, 409, lambda _r: _(
        "No new PIN waits to be chosen: it was stopped, used, or is too old. No money moved. /pin begins anew.")),
    entry(refusals.ResetWaits, 409, lambda r: _(
        "The new PIN may be chosen from {until} on. No money moved. Until then you can still stop it.",
        until=Moment.of_microseconds(r.until))),
))
