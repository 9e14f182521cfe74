"""What is said when operators are refused something."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import _
from wallet import refusals

SAID: Final[Sentences] = dict((
    entry(refusals.NotAllowed, 403, lambda _r: _(
        "Only an operator with the right role may do this. Nothing happened and no money moved. For what members can "
        "do, see /help.")),
    entry(refusals.OperatorsElsewhere, 403, lambda _r: _(
        "This belongs into a private chat with me or into the operators' group. Nothing happened and no money moved.")),
    entry(refusals.OnOneself, 403, lambda _r: _(
        "Nobody decides about themselves. Nothing happened and no money moved. Please ask another operator.")),
    entry(refusals.OperatorIsNoMember, 409, lambda _r: _(
        "They have no wallet in order, and operators sign with its PIN. Nothing changed and no money moved. Ask them "
        "to send /start to me first.")),
    entry(refusals.NothingToRemove, 404, lambda _r: _(
        "There is nothing there to take away: no note, no greeting, or it is gone already. Nothing happened and no "
        "money moved. Please check the code.")),
))
