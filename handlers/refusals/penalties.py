"""What is said when operators may not decide what they wanted to decide against a member."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Moment, Text, _
from wallet import refusals


def _in_force(refusal: refusals.PenaltyInForce) -> Text:
    if refusal.until:
        return _("This stands already, until {until}, and lasts no longer now. Nothing changed and no money moved. To "
                 "make it longer, name more time than it had; to make it shorter, lift it first.",
                 until=Moment.of_microseconds(refusal.until))
    return _("This stands already, for ever. Nothing changed and no money moved. Lift it first to decide anew.")


SAID: Final[Sentences] = dict((
    entry(refusals.OperatorPenalised, 409, lambda _r: _(
        "They are an operator. Nothing changed and no money moved. An owner has to relieve them with /role first.")),
    entry(refusals.PenaltyInForce, 409, _in_force),
    entry(refusals.NoPenaltyInForce, 404, lambda _r: _(
        "Nothing of the kind is in force, so there is nothing to lift. No money moved. /user shows what is.")),
    entry(refusals.TwoOperatorsNeeded, 409, lambda _r: _(
        "A ban for ever takes a second operator, and so does lifting one. Nothing changed and no money moved. Ask for "
        "it anew, and it is proposed.")),
    entry(refusals.PenaltyOver, 409, lambda _r: _(
        "This penalty has ended. Nothing changed and no money moved. /user shows what is in force.")),
    entry(refusals.PenaltyNotDue, 409, lambda _r: _(
        "This penalty has not run out yet. Nothing changed and no money moved. It ends by itself.")),
))
