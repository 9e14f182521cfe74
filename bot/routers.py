"""Every chapter of the bot, in the order in which their handlers are asked.

Guards: a chapter that is not named here answers nobody.
"""
from __future__ import annotations

from aiogram import Router

from handlers.chat import (
    agreements,
    anywhere,
    blocking,
    codes,
    collecting,
    companies,
    envelopes,
    family,
    givebacks,
    group,
    joining,
    moving,
    my_envelopes,
    nickname,
    owed,
    own_qq,
    papers,
    paying,
    pin,
    reading,
    receipts,
    recovering,
    red_wizard,
    reporting,
    requesting,
    safeguards,
    scanning,
    scheduling,
    sending,
    splits,
    splitting,
    support,
    till,
    topping_up,
    under_cards,
    verifying,
    voucher_wizard,
    vouchers,
    waiting,
    waking,
    wizard,
)
from handlers.chat import help as helping
from handlers.chat import settings as own_settings
from handlers.chat import statement as statements
from handlers.chat import wallet as own_wallet
from handlers.chat.operators import (
    adjusting,
    announcements,
    announcing,
    auditing,
    exporting,
    interceptions,
    legal_holds,
    maintaining,
    members,
    moves,
    penalties,
    publishing,
    removing,
    resetting,
    reviewing,
    roles,
    screening,
    signing,
    stats,
    winding_down,
)
from handlers.chat.operators import tickets as desk


def routers() -> list[Router]:
    """Every chapter; what people do most comes first, since handlers that want the same are asked in turn."""
    return [
        support.make_listening_router(), desk.make_listening_router(), announcements.make_listening_router(),
        interceptions.make_listening_router(), papers.make_listening_router(),
        under_cards.make_router(), sending.make_router(), paying.make_router(), till.make_router(),
        envelopes.make_router(), own_wallet.make_router(), receipts.make_router(), givebacks.make_router(),
        vouchers.make_router(), voucher_wizard.make_router(), collecting.make_router(), requesting.make_router(),
        scheduling.make_router(), splits.make_router(), splitting.make_router(), scanning.make_router(),
        waiting.make_router(), my_envelopes.make_router(), red_wizard.make_router(), topping_up.make_router(),
        wizard.make_router(), pin.make_router(), recovering.make_router(), own_qq.make_router(), moving.make_router(),
        joining.make_router(), waking.make_router(),
        own_settings.make_router(), codes.make_router(), safeguards.make_router(), verifying.make_router(),
        papers.make_router(), companies.make_router(), family.make_router(), nickname.make_router(),
        agreements.make_router(), reading.make_router(), statements.make_router(), anywhere.make_router(),
        group.make_router(), roles.make_router(), members.make_router(),
        interceptions.make_router(), penalties.make_router(), announcing.make_router(), support.make_router(),
        reporting.make_router(), blocking.make_router(), removing.make_router(), desk.make_router(),
        stats.make_router(), signing.make_router(), adjusting.make_router(), publishing.make_router(),
        resetting.make_router(), moves.make_router(), announcements.make_router(), auditing.make_router(),
        legal_holds.make_router(), exporting.make_router(), maintaining.make_router(), reviewing.make_router(),
        screening.make_router(), winding_down.make_router(), owed.make_router(), helping.make_router(),
        envelopes.make_listening_router(), helping.make_last_router(),
    ]
