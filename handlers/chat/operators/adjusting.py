"""`/adjust`: operators correct what a member has.

Guards: whom it is about is shown before it is signed, and again to whoever approves it; a reason has to be given, which
the member reads.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.types import Message

from handlers import refusals as said_of
from handlers.asking import answers
from handlers.chat.cards import Cards
from handlers.chat.operators.signing import propose
from handlers.chat.operators.whom import member_known, person_meant
from handlers.chat.saying import answer
from handlers.commands import Verb
from handlers.ground import Config, Dialogs, People, Phones
from handlers.parsing import Asked, CodeAsked, PersonAsked
from handlers.parsing.amounts import amount_said
from handlers.texts import Speaker, _
from wallet import ids
from wallet.adjustments import AdjustDeed
from wallet.money import AmountRefused, fold_width
from wallet.protocols import Reads
from wallet.text import TextRefused, clean_note
from wallet.views import MemberView

_WANTED: Final = re.compile(r"(?P<sign>[+\-−]) *(?P<amount>[^ ]+)(?: +(?P<rest>.+))?")


def make_router() -> Router:
    """The handlers of this chapter."""
    router = Router(name="adjusting")
    answers(router, Verb.ADJUST, adjust)
    return router


async def adjust(message: Message, asked: Asked, people: People, reads: Reads, phones: Phones, cards: Cards,
                 dialogs: Dialogs, speaker: Speaker, config: Config, member: MemberView | None,
                 now: Callable[[], datetime]) -> None:
    """`/adjust @bob -20 reason`, `/adjust @bob +20 CODE reason`, or as a reply."""
    named = asked.argument if isinstance(asked.argument, PersonAsked) else None
    wanted = _WANTED.fullmatch(fold_width(named.words)) if named else None
    code, _space, rest = ((wanted["rest"] if wanted else "") or "").partition(" ")
    receipt = ids.from_code(code)
    reason = rest if receipt is not None else f"{code} {rest}".strip()
    if named is None or isinstance(named.who, CodeAsked) or wanted is None or not reason:
        await answer(message, speaker, _(
            "Nothing happened and no money moved. Write whom it is about, how much with its sign, and why: /adjust "
            "@bob -20 counted twice. A receipt's code before the reason says which payment it corrects."))
        return
    payee = await person_meant(message, named, people, reads, phones, config)
    known = await member_known(payee.telegram_id, reads)
    try:
        amount, why = amount_said(wanted["amount"], config.currency), clean_note(reason)
    except AmountRefused as refused:
        await answer(message, speaker, said_of.about_amount(refused))
        return
    except TextRefused as refused:
        await answer(message, speaker, said_of.about_note(refused))
        return
    deed = AdjustDeed(known.id, -amount if wanted["sign"] != "+" else amount, why or "", receipt or 0)
    await propose(message, deed, cards, dialogs, speaker, member, now)
