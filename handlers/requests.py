"""The sentences about requests for money that chats, notices and cards share.

Guards: what a whole group reads names people, amount and note only, and whoever was named by nothing but a phone number
is not named by more than that.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from handlers.payments import with_note
from handlers.texts import Fact, Lines, Moment, Money, Text, _


def card(payee: Fact, name: Fact, amount: int, note: str, expires_at: int) -> Lines:
    """What a group reads while it is open."""
    line = _("📨 {payee} asks {name} for <b>{amount}</b>.", payee=payee, name=name, amount=Money(amount))
    return with_note(line, note, _("Only {name} can pay or decline it, until {until}.", name=name,
                                   until=Moment.of_microseconds(expires_at)))


def own(name: Fact, amount: int, note: str, expires_at: int) -> Lines:
    """What whoever asked reads in private while it is open."""
    line = _("📨 You asked {name} for <b>{amount}</b>.", name=name, amount=Money(amount))
    return with_note(line, note, _("It can be paid until {until}. After a day they are reminded once. If the bot can't "
                                   "reach them, send them the link.", until=Moment.of_microseconds(expires_at)))


def asked(payee: Fact, amount: int, note: str, expires_at: int) -> Lines:
    """What whoever is asked reads."""
    line = _("📨 {payee} asks you for <b>{amount}</b>.", payee=payee, amount=Money(amount))
    return with_note(line, note, _until(expires_at))


def reminder(payee: Fact, amount: int, note: str, expires_at: int) -> Lines:
    """The same a day later."""
    line = _("⏰ A reminder: {payee} asked you for <b>{amount}</b>.", payee=payee, amount=Money(amount))
    return with_note(line, note, _until(expires_at))


def _until(expires_at: int) -> Text:
    return _("You can pay or decline it until {until}. Pay only people you know.",
             until=Moment.of_microseconds(expires_at))


def question(payee: Fact, amount: int, note: str, payer: Fact | None) -> Lines:
    """What is asked before the money goes; `payer` names them where others read along."""
    line = _("Pay {payee} the <b>{amount}</b> that they ask for?", payee=payee, amount=Money(amount))
    return with_note(line, note, *([_("Only {payer} can confirm this.", payer=payer)] if payer else []))


def waiting_line(payer: Fact, payee: Fact, amount: int) -> Text:
    """That paying waits for the PIN."""
    return _("Waiting for {payer} to confirm: <b>{amount}</b> that {payee} asked for.", payer=payer, payee=payee,
             amount=Money(amount))


def not_paid(amount: int) -> Text:
    """That paying was called off."""
    return _("Cancelled: {amount} was not paid, and the request is still open. No money moved.", amount=Money(amount))


def card_ended(payee: Fact, name: Fact, amount: int, note: str, state: str) -> Lines:
    """The card after it has ended."""
    return with_note(_ENDED[state](payee, name, Money(amount)), note)


_ENDED: Final[Mapping[str, Callable[[Fact, Fact, Money], Text]]] = {
    "paid": lambda payee, name, amount: _("✅ {name} paid {payee} the {amount} that they were asked for.", name=name,
                                          payee=payee, amount=amount),
    "declined": lambda payee, name, amount: _("✖️ {name} declined: {payee} had asked for {amount}.", name=name,
                                              payee=payee, amount=amount),
    "withdrawn": lambda payee, name, amount: _("↩️ {payee} took back the request to {name} for {amount}.", name=name,
                                               payee=payee, amount=amount),
    "expired": lambda payee, name, amount: _("⌛ {payee} asked {name} for {amount}. After 7 days the request is over.",
                                             name=name, payee=payee, amount=amount),
}


def ended_for_payee(name: Fact, amount: int, state: str) -> Text:
    """What whoever asked is told when nothing comes of it."""
    if state == "declined":
        return _("✖️ {name} declined your request for {amount}.", name=name, amount=Money(amount))
    return _("⌛ {name} did not pay {amount} within 7 days, so your request is over.", name=name, amount=Money(amount))


def closed(payee: Fact, amount: int, state: str) -> Text:
    """What stands where somebody was asked in private, once it has ended."""
    return _CLOSED[state](payee, Money(amount))


_CLOSED: Final[Mapping[str, Callable[[Fact, Money], Text]]] = {
    "paid": lambda payee, amount: _("✅ You paid {payee} the {amount} that you were asked for.", payee=payee,
                                    amount=amount),
    "declined": lambda payee, amount: _("✖️ You declined: {payee} had asked you for {amount}.", payee=payee,
                                        amount=amount),
    "withdrawn": lambda payee, amount: _("↩️ {payee} took back the request for {amount}. There is nothing to pay.",
                                         payee=payee, amount=amount),
    "expired": lambda payee, amount: _("⌛ {payee} had asked you for {amount}. After 7 days the request is over.",
                                       payee=payee, amount=amount),
}
