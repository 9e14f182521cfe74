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


SAID: Final[Sentences] = dict((
    entry(refusals.NameWrong, 422, lambda _r: _(
        "That does not look like the name on an identity card. Nothing was changed and no money moved. Please send it "
        "as it is printed there, or /cancel.")),
    entry(refusals.IdNumberWrong, 422, lambda r: _WRONG[r.problem]()),
    entry(refusals.UnderAge, 403, lambda _r: _(
        "By that number you are under 18, and we can't verify you yet. Nothing was changed and no money moved. "
        "/support reaches the operators if that is wrong.")),
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
))
