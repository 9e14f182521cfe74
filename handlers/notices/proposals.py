"""What operators are told of proposals, and members of what came of them.

Guards: see the package. A proposal is told in full, because whoever reads it may have to sign it.
"""
from __future__ import annotations

from handlers import proposals
from handlers.chat import buttons
from handlers.notices.base import Context, Said, somebody
from handlers.payments import plainly
from handlers.texts import Code, Fact, Lines, _
from wallet import events, ids


async def waits(event: events.ProposalWaits, context: Context) -> Said:
    said = await proposals.what(event.deed, context.reads, context.people)
    text = proposals.card(event.proposal, said, await somebody(context, event.maker), event.expires_at)
    return text, lambda speaker: buttons.under_proposal(speaker, event.proposal), None


async def ended(event: events.ProposalEnded, context: Context) -> Said:
    code, parts = Code(ids.code(event.proposal)), list[Fact]()
    if event.state == "approved":
        parts.append(_("✅ {name} approved your proposal {code}, and it is done.", code=code,
                       name=await somebody(context, event.by)))
    elif event.state == "rejected":
        parts.append(_("✖️ {name} rejected your proposal {code}. Nothing happened and no money moved.", code=code,
                       name=await somebody(context, event.by)))
    else:
        parts.append(_("⌛ No second operator approved your proposal {code} in time. Nothing happened and no money "
                       "moved.", code=code))
    parts.append(await proposals.what(event.deed, context.reads, context.people))
    if event.why:
        parts.append(_("Why: {reason}", reason=plainly(event.why)))
    return Lines(tuple(parts)), None, None


async def adjusted(event: events.BalanceAdjusted, context: Context) -> Said:
    text = proposals.adjusted(event.amount, event.reason, event.receipt, event.transfer)
    return text, lambda speaker: buttons.after_payment(speaker, event.transfer), None
