"""The sentences about vouchers that chats, notices and lists share, and the links by which one is redeemed.

Guards: a card names nobody but its maker and the one person that it is for, says exactly how often it may be redeemed
and for how much each time, and holds neither the link nor the password.
"""
from __future__ import annotations

import re
from typing import Final, NamedTuple

from handlers.payments import receipt_line
from handlers.texts import Fact, Lines, Moment, Money, Text, _
from wallet import ids
from wallet.views import VoucherView

WORD: Final = "v"
"""How such a payload begins."""
_PAYLOAD: Final = re.compile(rf"(?P<code>[{ids.ALPHABET}]{{{ids.CODE_LENGTH}}})(?P<secret>[A-Za-z0-9_-]{{22}})")


class Link(NamedTuple):
    """What a link to a voucher says."""

    voucher: int
    secret: str
    """Without which nobody redeems it."""

    @property
    def payload(self) -> str:
        """What stands behind /start."""
        return f"{WORD}_{ids.code(self.voucher)}{self.secret}"


def read(rest: str) -> Link | None:
    """The link behind what stands after its word; None for what can't be one."""
    found = _PAYLOAD.fullmatch(rest)
    number = ids.from_code(found["code"]) if found else None
    return Link(number, found["secret"]) if found is not None and number is not None else None


# -------------------------------------------------------------------------------------------------- sentences
def size(amount: int, uses: int) -> Text:
    """What it is worth, and how often."""
    if uses == 1:
        return _("<b>{amount}</b>, for one person", amount=Money(amount))
    return _("<b>{amount}</b> each for {n} person, {total} in all",
             "<b>{amount}</b> each for {n} people, {total} in all", n=uses, amount=Money(amount),
             total=Money(amount * uses))


def conditions(*, locked: bool, only: Fact | None) -> list[Fact]:
    """Who may redeem it."""
    said: list[Fact] = [_("🔑 With a password.")] if locked else []
    return [*said, _("👤 For {name} only.", name=only)] if only is not None else said


def question(amount: int, uses: int, asked: list[Fact], payer: Fact | None) -> Lines:
    """What a maker is asked before money goes; `payer` names them where others read along."""
    lines: list[Fact] = [_("🎟 Make a voucher: {size}?", size=size(amount, uses)), *asked,
                         _("The money is set aside at once; what nobody redeems comes back.")]
    if payer is not None:
        lines.append(_("Only {payer} can confirm this.", payer=payer))
    return Lines(tuple(lines))


def waiting_line(amount: int, uses: int, payer: Fact) -> Text:
    """That a voucher waits for its maker's PIN."""
    return _("Waiting for {payer} to confirm a voucher: {size}.", payer=payer, size=size(amount, uses))


def cancelled_line(total: int) -> Text:
    """That a voucher was called off."""
    return _("Cancelled: the voucher of {amount} was not made. No money moved.", amount=Money(total))


def card(view: VoucherView, maker: Fact, only: Fact | None, *more: Fact) -> Lines:
    """The card, as the voucher is now."""
    line = _("🎟 {name}'s voucher: {size}.", name=maker, size=size(view.amount, view.uses))
    return Lines((line, *conditions(locked=view.locked, only=only), state(view), *(more if view.left else ())))


def state(view: VoucherView) -> Text:
    """What became of it so far."""
    until = Moment.of_microseconds(view.expires_at)
    if view.state == "open" and view.uses == 1:
        return _("It can be redeemed until {until}.", until=until)
    if view.state == "open":
        return _("{used} of {n} redeemed; it ends on {until}.", used=view.used, n=view.uses, until=until)
    if view.state == "used":
        return _("✅ Redeemed.") if view.uses == 1 else _("✅ Redeemed to the last.")
    back = Money(view.amount * (view.uses - view.used))
    if view.state == "withdrawn":
        return _("↩️ Taken back: {used} of {n} redeemed, {amount} went back.", used=view.used, n=view.uses,
                 amount=back)
    return _("⌛ Its time is over: {used} of {n} redeemed, {amount} went back.", used=view.used, n=view.uses,
             amount=back)


def made(amount: int, uses: int, transfer: int, balance: int) -> Lines:
    """To the maker in private, once the money is set aside."""
    return Lines((_("✅ Your voucher is made: {size}.", size=size(amount, uses)), receipt_line(transfer),
                  _("Balance: {balance}", balance=Money(balance))))


def keep_it_safe(view: VoucherView) -> Text:
    """To the maker, under their own card."""
    if view.only:
        return _("Send them this picture or its link.")
    if view.locked:
        return _("Whoever has this picture or its link, and the password, can redeem it: send the two apart.")
    return _("Whoever has this picture or its link can redeem it: send it only to whom it is meant for.")


def how_to_redeem() -> Text:
    """In a group, under the card."""
    return _("Press the button, scan the picture, or send it to me in private.")
