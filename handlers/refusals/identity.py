"""What is said of proving who one is."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Text, _
from wallet import refusals

_WRONG: Final[Mapping[str, Callable[[], Text]]] = {
    "form": lambda: _("That is no ID number: it has 18 digits, and the last may be an X. Nothing was changed and no "
                      "money moved. Please send it again, or /cancel."),
    "date": lambda: _("There is no such birthday as in that number. Nothing was changed and no money moved. Please "
                      "look at digits 7 to 14 and send it again, or /cancel."),
    "checksum": lambda: _("The last digit does not fit the others, so one of them is mistyped. Nothing was changed and "
                          "no money moved. Please send the number again, or /cancel."),
}


_CODES: Final[Mapping[str, Callable[[], Text]]] = {
    "form": lambda: _("That is no unified social credit code: it has 18 digits and letters, without I, O, S, V and Z. "
                      "Nothing was changed and no money moved. Please send it again, or /cancel."),
    "checksum": lambda: _("The last sign of the code does not fit the others, so one of them is mistyped. Nothing was "
                          "changed and no money moved. Please send it again, or /cancel."),
}

_HITS: Final[Mapping[str, Callable[[], Text]]] = {
    "pending": lambda: _("One operator has confirmed that screening hit, and a second one is asked. Nothing was "
                         "changed and no money moved. /approve signs it, /reject opens it again."),
    "cleared": lambda: _("That screening hit is cleared already: it is somebody else. Nothing was changed and no "
                         "money moved. /user shows how they stand."),
    "confirmed": lambda: _("That screening hit is confirmed already, by two operators. Nothing was changed and no "
                           "money moved. /user shows how they stand."),
}

SAID: Final[Sentences] = dict((
    entry(refusals.NameWrong, 422, lambda _r: _(
        "That does not look like the name on an identity card. Nothing was changed and no money moved. Please send it "
        "as it is printed there, or /cancel.")),
    entry(refusals.IdNumberWrong, 422, lambda r: _WRONG[r.problem]()),
    entry(refusals.IdentityTaken, 409, lambda _r: _(
        "That ID number belongs to another wallet, and one number belongs to one wallet. Nothing was changed and no "
        "money moved. If it is yours, write to the operators with /support.")),
    entry(refusals.IdentityKnown, 409, lambda _r: _(
        "You have given your name and ID number before, and they stay. Nothing was changed and no money moved. If they "
        "are wrong, write to the operators with /support.")),
    entry(refusals.IdentityOther, 403, lambda r: _(
        "That is not the ID number that you gave; {n} try is left today. Nothing changed and no money moved. Please "
        "send it again, or /cancel.",
        "That is not the ID number that you gave; {n} tries are left today. Nothing changed and no money moved. Please "
        "send it again, or /cancel.", n=r.left)),
    entry(refusals.IdentityTooOften, 429, lambda r: _(
        "{most} numbers a day are the most that you can try. Nothing was changed and no money moved. Please try again "
        "tomorrow.", most=r.most)),
    entry(refusals.IdentityMissing, 409, lambda _r: _(
        "Your name and ID number come first. Nothing was changed and no money moved. /verify asks for them.")),
    entry(refusals.ApplicationDone, 409, lambda _r: _(
        "Operators have reviewed that before, so there is nothing to hand in. Nothing was changed and no money moved. "
        "/verify shows how it stands.")),
    entry(refusals.ApplicationWaits, 409, lambda _r: _(
        "You have begun that already. Nothing was changed and no money moved. /verify shows it and goes on with it.")),
    entry(refusals.ApplicationTooOften, 429, lambda r: _(
        "You have handed it in {most} times in about a month, which is the most. Nothing was changed and no money "
        "moved. Please try again later, or write to the operators with /support.", most=r.most)),
    entry(refusals.ApplicationUnknown, 404, lambda _r: _(
        "There is no such application that you may see. Nothing was changed and no money moved. /verify shows your "
        "own.")),
    entry(refusals.ApplicationOver, 409, lambda _r: _(
        "That application was handed in, decided or taken back meanwhile. Nothing was changed now and no money moved. "
        "Please open it again to see how it stands.")),
    entry(refusals.ApplicationLacks, 409, lambda _r: _(
        "Pictures are missing, so it was not handed in. No money moved. /verify shows which.")),
    entry(refusals.PapersTooMany, 429, lambda r: _(
        "{most} pictures a day are the most that you can send for this. The last one was not kept and no money moved. "
        "Please go on tomorrow with /verify.", most=r.most)),
    entry(refusals.PaperUnreadable, 422, lambda _r: _(
        "I can't use that file: please send a JPEG, PNG or WebP picture of at most 10 MB, with at least 300 pixels on "
        "each side. It was not kept and no money moved.")),
    entry(refusals.ApplicationTaken, 409, lambda _r: _(
        "Another operator sees to that application now. Nothing was changed and no money moved. /kyc shows what else "
        "waits; after half an hour it is free again.")),
    entry(refusals.ApplicationNotTaken, 409, lambda _r: _(
        "Please take the application upon yourself first. Nothing was changed and no money moved. The button is on its "
        "card in /kyc.")),
    entry(refusals.HitUnknown, 404, lambda _r: _(
        "There is no such screening hit that you may decide. Nothing was changed and no money moved. /kyc lists those "
        "that wait.")),
    entry(refusals.HitDecided, 409, lambda r: _HITS.get(r.state, _HITS["cleared"])()),
    entry(refusals.PapersUnseen, 409, lambda _r: _(
        "Please look at the documents first: you have not seen them. Nothing was changed and no money moved. The "
        "button is on the card, which /kyc shows.")),
    entry(refusals.EnterpriseTaken, 409, lambda _r: _(
        "That company belongs to another wallet, and one company belongs to one wallet. Nothing was changed and no "
        "money moved. Reject the application, or ask both members with /tickets.")),
    entry(refusals.CompanyWrong, 422, lambda r: _(
        "Please send 2 to {most} characters on one line, as they stand on the documents, or /cancel. Nothing was "
        "changed and no money moved.", most=r.most)),
    entry(refusals.CreditCodeWrong, 422, lambda r: _CODES[r.problem]()),
))
