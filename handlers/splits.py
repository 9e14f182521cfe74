"""The sentences about splits that chats, notices and cards share.

Guards: a card tells a group who was asked for how much and who has paid, and nobody's balance; what somebody wrote is
shown as plain text.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from handlers.envelopes import lasted
from handlers.payments import listed, plainly, receipt_line, with_note
from handlers.texts import Fact, Lines, Mention, Moment, Money, Person, Text, _
from wallet.splits import next_share
from wallet.views import SplitShareView, SplitView

LONGEST_LISTED: Final = 20
"""Characters of a name in the list of those who pay; so all of them fit into one message."""
MOST_MENTIONED: Final = 20
"""So many people are called by one message."""


# --------------------------------------------------------------------------------------------------- the wizard
def planned(amount: int, heads: int, names: Sequence[Fact], owed: Sequence[int], note: str, *, with_me: bool) -> Lines:
    """To whoever is about to ask: what the card will ask for."""
    if owed:
        each = [_("{name}: {amount}", name=name, amount=Money(due)) for name, due in zip(names, owed, strict=True)]
        return with_note(_("🧾 Ask for <b>{amount}</b> in all?", amount=Money(sum(owed))), note, *each)
    if not names:
        return with_note(_("🧾 Split <b>{amount}</b> among {heads} people with you? Whoever taps pays a share.",
                           amount=Money(amount), heads=heads), note)
    if with_me:
        return with_note(_("🧾 Split <b>{amount}</b> equally among you and {names}?", amount=Money(amount),
                           names=listed(names)), note)
    return with_note(_("🧾 Ask {names} for equal shares of <b>{amount}</b>?", amount=Money(amount),
                       names=listed(names)), note)


# --------------------------------------------------------------------------------------------------- the card
def card(view: SplitView, names: Mapping[int, Person]) -> Lines:
    """The card as the split is now."""
    more = [_ending(view)] if view.state != "open" else _to_pay(view)
    return with_note(_title(view, names[view.maker.telegram_id]), view.note, *_list(view, names), *more)


def _title(view: SplitView, name: Fact) -> Text:
    if view.heads > view.payers:
        return _("🧾 {name} splits <b>{amount}</b> among {heads} people.", heads=view.heads, name=name,
                 amount=Money(view.amount))
    return _("🧾 {name} collects <b>{amount}</b> from {n} person.",
             "🧾 {name} collects <b>{amount}</b> from {n} people.", n=view.heads, name=name, amount=Money(view.amount))


def _list(view: SplitView, names: Mapping[int, Person]) -> list[Fact]:
    """Everybody who has paid or is to."""
    said: list[Fact] = []
    for share in view.shares:
        name = Person(names[share.party.telegram_id].name[:LONGEST_LISTED])
        if share.transfer:
            said.append(_("✅ {name} {amount}", name=name, amount=Money(share.amount)))
        else:
            said.append(_("⬜ {name} {amount}", name=name, amount=Money(share.amount)))
    return said


def _to_pay(view: SplitView) -> list[Fact]:
    """What is still to come."""
    more: list[Fact] = []
    if view.kind != "named":
        more.append(_("⬜ {n} place is left, {amount}: whoever taps takes it.",
                      "⬜ {n} places are left, {amount} each: whoever taps takes one.",
                      n=view.payers - view.paid, amount=Money(next_share(view.amount, view.heads, view.paid))))
    return [*more, _("<b>{collected}</b> of {due} has come, from {paid} of {payers}.", paid=view.paid,
                     payers=view.payers, collected=Money(view.collected), due=Money(view.due))]


def _ending(view: SplitView) -> Text:
    """How it ended."""
    if view.state == "complete":
        return _("🎉 All have paid: {amount} in {time}.", amount=Money(view.due),
                 time=lasted(view.ended_at - view.made_at))
    if view.state == "closed":
        return _("⏹ Closed: {collected} of {due} came, from {paid} of {payers}.", paid=view.paid, payers=view.payers,
                 collected=Money(view.collected), due=Money(view.due))
    return _("⌛ Over after 7 days: {collected} of {due} came, from {paid} of {payers}.", paid=view.paid,
             payers=view.payers, collected=Money(view.collected), due=Money(view.due))


# ------------------------------------------------------------------------------------------------ those who pay
def asks(name: Fact, share: SplitShareView, note: str, expires_at: int, *, again: bool) -> Lines:
    """To somebody who is named: what they are asked for."""
    if again:
        line = _("⏰ {name} is still waiting for your share of <b>{amount}</b>.", name=name, amount=Money(share.amount))
    else:
        line = _("🧾 {name} asks you for your share of <b>{amount}</b>.", name=name, amount=Money(share.amount))
    return with_note(line, note, _("You can pay it until {until}.", until=Moment.of_microseconds(expires_at)))


def offered(name: Fact, amount: int, note: str, expires_at: int) -> Lines:
    """To somebody who may take a place: what it costs."""
    line = _("🧾 A share of what {name} splits is <b>{amount}</b>.", name=name, amount=Money(amount))
    return with_note(line, note, _("You can pay it until {until}.", until=Moment.of_microseconds(expires_at)))


def asked_no_more(name: Fact, amount: int, state: str) -> Text:
    """What stands where somebody was asked in private, once nothing is left to pay: "paid", or how the split ended."""
    if state == "closed":
        return _("⏹ {name} closed the split: you need not pay your share of {amount} any more.", name=name,
                 amount=Money(amount))
    if state == "expired":
        return _("⌛ {name} had asked you for your share of {amount}. After 7 days the split is over.", name=name,
                 amount=Money(amount))
    return paid_alert(name, amount)


def offered_no_more(name: Fact, state: str) -> Text:
    """What stands where somebody was offered a place, once the split is over without them."""
    if state == "complete":
        return _("🎉 Others took all the shares of what {name} split. You need not pay anything.", name=name)
    if state == "closed":
        return _("⏹ {name} closed the split. You need not pay anything.", name=name)
    return _("⌛ After 7 days what {name} split is over. You need not pay anything.", name=name)


def question(name: Fact, amount: int, note: str, payer: Fact | None) -> Lines:
    """What a payer is asked before money goes; `payer` names them where others read along."""
    line = _("Pay your share of <b>{amount}</b> to {name}?", amount=Money(amount), name=name)
    if payer is None:
        return with_note(line, note)
    return with_note(line, note, _("Only {payer} can confirm this.", payer=payer))


def waiting_line(payer: Fact, amount: int, note: str) -> Lines:
    """That a share waits for its payer's PIN."""
    return with_note(_("Waiting for {payer} to confirm a share of <b>{amount}</b>.", payer=payer,
                       amount=Money(amount)), note)


def cancelled_line(amount: int) -> Text:
    """That somebody did not pay after all."""
    return _("Cancelled: the share of {amount} was not paid. No money moved.", amount=Money(amount))


def paid_line(payer: Fact, amount: int) -> Text:
    """What a group reads in the place of the line that waited."""
    return _("{payer} paid a share of <b>{amount}</b>.", payer=payer, amount=Money(amount))


def paid_alert(name: Fact, amount: int) -> Text:
    """What whoever pressed the button sees at once."""
    return _("✅ You paid your share of {amount} to {name}.", amount=Money(amount), name=name)


def receipt(name: Fact, transfer: int, amount: int, note: str, balance: int) -> Lines:
    """A payer's own words about it."""
    return with_note(_("✅ You paid your share of <b>{amount}</b> to {name}.", amount=Money(amount), name=name), note,
                     receipt_line(transfer), _("Balance: {balance}", balance=Money(balance)))


# ------------------------------------------------------------------------------------------------- whoever asked
def came(payer: Fact, transfer: int, amount: int, note: str, paid: int, payers: int) -> Lines:
    """To whoever collects: a share has come."""
    line = _("💰 {payer} paid a share of <b>{amount}</b>.", payer=payer, amount=Money(amount))
    if paid == payers:
        far = _("🎉 That was the last one: all have paid.")
    else:
        far = _("So far {paid} of {payers} paid.", payers=payers, paid=paid)
    return with_note(line, note, far, receipt_line(transfer))


def lags(note: str, paid: int, payers: int, collected: int) -> Lines:
    """To whoever collects, after a day."""
    line = _("⏰ A day has gone by: {paid} of {payers} paid you, {collected} in all. I reminded the others whom I can "
             "write to.", payers=payers, paid=paid, collected=Money(collected))
    return with_note(line, note, _("You can remind them yourself, or close it: /split shows it."))


def ended(note: str, paid: int, payers: int, collected: int) -> Lines:
    """To whoever collects, when the time is over."""
    line = _("⌛ Your split is over after 7 days: {paid} of {payers} paid, {collected} in all.", payers=payers,
             paid=paid, collected=Money(collected))
    return with_note(line, note, _("What was paid is yours. If you still need the rest, /split it again."))


def called(maker: Fact, people: Sequence[tuple[int, Person]], note: str) -> Lines:
    """In a group: those are called to whom nobody can write in private."""
    names = tuple(Mention(number, name.name) for number, name in people[:MOST_MENTIONED])
    return with_note(_("⏰ {names}: {maker} is waiting for your share. The button takes you to it.",
                       names=listed(names), maker=maker), note)


def places_left(maker: Fact, left: int, note: str) -> Lines:
    """In a group: whoever has not paid may still."""
    return with_note(_("⏰ {maker} is waiting for {n} more share: tap the card above.",
                       "⏰ {maker} is waiting for {n} more shares: tap the card above.", n=left, maker=maker), note)


def reminded(count: int) -> Text:
    """To whoever reminded."""
    return _("{n} person was reminded.", "{n} people were reminded.", n=count)


def line_of(view: SplitView) -> Fact:
    """One of one's own in a list."""
    what = plainly(view.note) if view.note else _("without a note")
    return _("{amount}, {what}: {paid} of {payers} paid", paid=view.paid, payers=view.payers,
             amount=Money(view.amount), what=what)
