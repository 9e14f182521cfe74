"""What is said when something around a proposal or a correction is refused."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Money, Text, _
from wallet import refusals

_OVER: Final[Mapping[str, Text]] = {
    "approved": _("This proposal was approved already and is done once: nothing more moved. /approve lists what still "
                  "waits."),
    "rejected": _("This proposal was rejected, so nothing happened and no money moved. Propose it anew if it has to "
                  "be."),
    "expired": _("Nobody approved this proposal in time, so nothing happened and no money moved. Propose it anew if it "
                 "has to be."),
}

SAID: Final[Sentences] = dict((
    entry(refusals.ProposalUnknown, 404, lambda _r: _(
        "There is no such proposal. Nothing happened and no money moved. /approve lists what waits.")),
    entry(refusals.ProposalOver, 409, lambda r: _OVER.get(r.state, _OVER["expired"])),
    entry(refusals.ProposalNotDue, 409, lambda _r: _(
        "This proposal still waits for a second operator. Nothing happened and no money moved. See /approve.")),
    entry(refusals.OwnProposal, 403, lambda _r: _(
        "You proposed this yourself, and it takes two people. Nothing happened and no money moved. Ask another "
        "operator to approve it.")),
    entry(refusals.MakerRelieved, 403, lambda _r: _(
        "Whoever proposed this may no longer do so. Nothing happened and no money moved. Propose it yourself if it "
        "has to be.")),
    entry(refusals.NotAdjustable, 409, lambda _r: _(
        "This wallet is still being opened, banned or closed, so its balance stays as it is. No money moved. See "
        "/user.")),
    entry(refusals.TheyHaveLess, 409, lambda r: _(
        "They have {available} only, so no money moved. Take less, or wait until there is more.",
        available=Money(r.available))),
    entry(refusals.AdjustedBefore, 409, lambda _r: _(
        "This receipt was corrected for them before, so no money moved. See it by /user.")),
))
