"""What operators are told of applications, and what becomes of them for their members.

Guards: what was stated and shown stands in no notice.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers import applications
from handlers.chat import buttons
from handlers.notices.base import Context, Said, member
from handlers.texts import Code, Lines, Text, _
from wallet import events
from wallet.applications import DOCUMENTS, ENTERPRISE, KINDS


async def came(event: events.ApplicationCame, context: Context) -> Said:
    """To operators: somebody waits for them."""
    text = Lines((applications.heading(event.application, event.kind),
                  _("{name} handed it in.", name=await member(context, event.payer))))
    return text, lambda speaker: buttons.to_review(speaker, event.application), None


_APPROVED: Final[Mapping[str, Text]] = {
    DOCUMENTS: _("✅ Your documents are reviewed: your identity level is 2 now. /limits shows what you can pay."),
    ENTERPRISE: _("✅ Your company is reviewed: its name stands on what you are paid and pay from now on.")}
_REJECTED: Final[Mapping[str, Text]] = {
    DOCUMENTS: _("✖️ Your documents could not be accepted."), ENTERPRISE: _("✖️ Your company could not be accepted.")}
assert set(_APPROVED) == set(_REJECTED) == set(KINDS)


async def decided(event: events.ApplicationDecided, context: Context) -> Said:
    """To whoever handed it in."""
    text: Text | Lines = _APPROVED[event.kind]
    if event.reason:
        text = Lines((_REJECTED[event.kind], applications.WHY_NOT[event.reason], _(
            "Nothing else has changed, and no money moved. You may try again, and /support reaches the operators.")))
    return text, buttons.after_review, None


async def name_listed(event: events.NameListed, context: Context) -> Said:
    """To operators: a name may stand on the screening list."""
    text = Lines((
        _("🔎 The name that {name} gave may stand on the screening list: {references}.",
          name=await member(context, event.payer), references=Code(event.references)),
        _("They were not told. What they pay is held back until somebody decides, and they hear what everybody hears "
          "whose payment is looked at. /kyc shows it.")))
    return text, lambda speaker: buttons.to_hit(speaker, event.hit, event.person), None
