"""The sentences about what rules hold back, for chats and notices.

Guards: every rule of the wallet is named in words, and a fact that is not known here can't be shown.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from handlers import payments
from handlers.ground import People
from handlers.texts import Code, Fact, Lines, Moment, Money, Text, _
from wallet import ids
from wallet.protocols import Reads
from wallet.risk import LISTED
from wallet.rules import NAMES
from wallet.views import InterceptedView

RULES: Final[Mapping[str, Callable[[], Text]]] = {
    "speed": lambda: _("very many payments within an hour"),
    "flood": lambda: _("more payments within an hour than a person makes"),
    "habit": lambda: _("much more than they usually pay"),
    "first_time": lambda: _("a large amount to somebody they never paid"),
    "new_account": lambda: _("a new wallet that pays many strangers"),
    "straight_out": lambda: _("what came goes straight on"),
    "wrong_pin": lambda: _("wrong PINs, and then a payment to a stranger"),
    "drain": lambda: _("a wallet is emptied to one stranger after the other"),
    "many_to_one": lambda: _("many strangers pay one new member"),
    "reported": lambda: _("the receiver was reported by several members"),
    LISTED.name: lambda: _("the payer's name may stand on the screening list; they are not told"),
}
assert set(RULES) == {*NAMES, LISTED.name}


def facts(listed: str) -> Code:
    """The facts of a decision that say anything, as they are stored."""
    return Code(" ".join(one for one in listed.split() if not one.endswith("=0")))


BECAME: Final[Mapping[str, Text]] = {
    "released": _("✅ Decided: operators let it go on."),
    "sent_back": _("↩️ Decided: an operator sent it back."),
    "expired": _("⌛ Nobody decided within 3 days: it went back by itself."),
}
"""What stands under one that is decided."""


def how_to_decide() -> Text:
    """What operators can do about those that wait."""
    return _("The buttons, /release CODE reason and /sendback CODE reason decide: it goes on, or it returns. After 3 "
             "days it goes back by itself.")


def about(one: InterceptedView, payer: Fact, receiver: Fact) -> Lines:
    """What was held back, from whom, to whom, why, and until when it may be decided."""
    return Lines((
        _("{code}: <b>{amount}</b> from {payer} to {name}", code=Code(ids.code(one.transfer)), amount=Money(one.amount),
          payer=payer, name=receiver),
        _("Why: {rule}", rule=RULES[one.rule]()), facts(one.facts),
        *([_("Goes back on {moment}", moment=Moment.of_microseconds(one.expires_at))] if one.state == "open" else [])))


async def one_of_them(one: InterceptedView, people: People, reads: Reads) -> Lines:
    """The same with the names looked up."""
    payer = (await payments.sides([one.payer], people))[one.payer]
    receiver = (await payments.names([one.person], people, reads))[one.person]
    return about(one, payer, receiver)
