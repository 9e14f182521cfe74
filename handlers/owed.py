"""What is owed to a member, in words: from the signed statement itself.

Guards: the words say what the signed text says, and nothing that is not in it.
"""
from __future__ import annotations

from handlers.texts import Code, Fact, Lines, Moment, Money, Text, _
from wallet.owed import amounts_in, opened


def in_words(signed: str) -> Lines:
    """What a statement says."""
    statement, key, _signature = opened(signed)
    amounts = amounts_in(statement)
    lines: list[Fact] = [
        _("Owed to you: <b>{amount}</b>", amount=Money(amounts["total"])),
        _("Available: {amount}", amount=Money(amounts["available"])),
        _("On hold: {amount}", amount=Money(amounts["held"]))]
    if amounts["envelopes"]:
        lines.append(_("In red envelopes that are open: {amount}", amount=Money(amounts["envelopes"])))
    if amounts["vouchers"]:
        lines.append(_("In vouchers that are open: {amount}", amount=Money(amounts["vouchers"])))
    lines += [
        _("Member {member}, {time} (UTC)", member=Code(str(statement["member"])), time=statement["at"]),
        _("Public key: {key}", key=Code(key))]
    return Lines(tuple(lines))


def closing(closes_at: int) -> Text:
    """What it means."""
    return _("🏁 <b>{brand} closes on {time}.</b> From now on nobody joins, and nothing is topped up or set aside: no "
             "new red envelopes, vouchers or payments that wait. What you have stays yours: payments that arrive at "
             "once still work, and so do all ways to get your money out. What is set aside runs out or comes back to "
             "you.", time=Moment.of_microseconds(closes_at))


def off() -> Text:
    """It goes on after all."""
    return _("🌱 <b>{brand} does not close after all.</b> Two operators called it off: everything works as it did.")
