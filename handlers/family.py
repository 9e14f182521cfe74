"""The sentences about minors and guardians that chats and notices share, and the links by which a minor asks.

Guards: a link names a minor and a time and is sealed; what is said of a minor is said to them and to whoever answers
for them alone.
"""
from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final, NamedTuple

from handlers.ground import Config, microseconds
from handlers.keyboards import deep_link
from handlers.texts import Day, Fact, Lines, Money, Text, _
from wallet import ids
from wallet.books import Policy
from wallet.family import LINK_LIFE, SEAL, is_sealed, seal_of
from wallet.views import WardView

WORD: Final = "ward"
"""How such a payload begins."""
_PAYLOAD: Final = re.compile(rf"(?P<code>[{ids.ALPHABET}]{{{ids.CODE_LENGTH}}})(?P<seal>[0-9a-f]{{{SEAL}}})"
                             r"(?P<until>[1-9][0-9]{9,10})")


class Link(NamedTuple):
    """What a minor gives to whoever is to answer for them."""

    ward: int
    until: int
    """When it is over, in seconds."""
    seal: str


def url_for(config: Config, policy: Policy, ward: int, now: datetime) -> str:
    """The address by which a minor asks from now on."""
    until = microseconds(now) // 1_000_000 + LINK_LIFE
    return deep_link(config, f"{WORD}_{ids.code(ward)}{seal_of(policy, ward, until)}{until}")


def read(rest: str, policy: Policy) -> Link | None:
    """The link behind what stands after its word; None for one that we did not make."""
    found = _PAYLOAD.fullmatch(rest)
    ward = ids.from_code(found["code"]) if found else None
    if found is None or ward is None:
        return None
    until, seal = int(found["until"]), found["seal"]
    return Link(ward, until, seal) if is_sealed(policy, ward, until, seal) else None


# -------------------------------------------------------------------------------------------------- sentences
ASK_SOMEBODY: Final = _(
    "Under 18 you can have a wallet when an adult answers for you: your guardian, such as your mother or father. "
    "Please send them the link below. It works for 7 days, for one of them. They need a verified wallet here "
    "themselves; they see what you have and what you pay, and can limit it.")
"""To a minor for whom nobody answers."""
SHARED: Final = _("Please be my guardian here, so that I can have a wallet.")
"""Beside the link, where it is passed on."""


def rules(view: WardView) -> list[Fact]:
    """What the guardian allows, one a line, and what is left of it."""
    lines: list[Fact] = []
    if view.payment:
        lines.append(_("One payment: up to {limit}", limit=Money(view.payment)))
    if view.day:
        lines.append(_("A day: up to {limit}, {left} left today", limit=Money(view.day),
                       left=Money(max(0, view.day - view.today))))
    if view.month:
        lines.append(_("A month: up to {limit}, {left} left this month", limit=Money(view.month),
                       left=Money(max(0, view.month - view.this_month))))
    return lines or [_("No limits besides those that everybody has.")]


def paid(view: WardView) -> Text:
    """What a minor paid today and in this month."""
    return _("Paid today: {today} · this month: {month}", today=Money(view.today), month=Money(view.this_month))


def free_on(day: int) -> Day:
    """The day from which nobody has to answer for somebody."""
    return Day(date.fromordinal(day))


def changed(what: str, value: int) -> Text:
    """To the minor: what was decided."""
    limit = Money(value)
    if what == "stopped":
        return (_("🛑 Your guardian has stopped your payments. What you have stays yours, and you can still receive.")
                if value else _("✅ Your guardian allows your payments again."))
    if not value:
        return {"payment": _("👪 Your guardian no longer limits your single payments."),
                "day": _("👪 Your guardian no longer limits what you pay in a day."),
                "month": _("👪 Your guardian no longer limits what you pay in a month.")}[what]
    return {"payment": _("👪 Your guardian allows up to {limit} for one payment now.", limit=limit),
            "day": _("👪 Your guardian allows up to {limit} a day now.", limit=limit),
            "month": _("👪 Your guardian allows up to {limit} a month now.", limit=limit)}[what]


def decided(what: str, value: int, name: Fact) -> Text:
    """To the guardian: the same."""
    limit = Money(value)
    if what == "stopped":
        return (_("🛑 Nothing goes out of {name}'s wallet now, until you allow it again.", name=name) if value else
                _("✅ {name} can pay again.", name=name))
    if not value:
        return {"payment": _("✅ You no longer limit {name}'s single payments.", name=name),
                "day": _("✅ You no longer limit what {name} pays in a day.", name=name),
                "month": _("✅ You no longer limit what {name} pays in a month.", name=name)}[what]
    return {"payment": _("✅ One payment of {name} may be {limit} at most.", name=name, limit=limit),
            "day": _("✅ {name} may pay {limit} a day at most.", name=name, limit=limit),
            "month": _("✅ {name} may pay {limit} a month at most.", name=name, limit=limit)}[what]


def to_be_decided(what: str, value: int, name: Fact) -> Text:
    """What the PIN is asked for: only allowing more takes it."""
    if what == "stopped":
        return _("{name} can pay again.", name=name)
    if not value:
        return {"payment": _("{name}'s single payments are limited no longer.", name=name),
                "day": _("What {name} pays in a day is limited no longer.", name=name),
                "month": _("What {name} pays in a month is limited no longer.", name=name)}[what]
    limit = Money(value)
    return {"payment": _("One payment of {name} may be up to {limit}.", name=name, limit=limit),
            "day": _("{name} may pay up to {limit} a day.", name=name, limit=limit),
            "month": _("{name} may pay up to {limit} a month.", name=name, limit=limit)}[what]


def own(view: WardView, guardian: Fact | None) -> Lines:
    """To a minor: who answers for them, and what that person allows."""
    if guardian is None:
        without = _("Nobody answers for you now, so nothing goes out of your wallet. What you have stays yours, and "
                    "you can still receive.")
        return Lines((_("👪 <b>Your guardian</b>"), without, ASK_SOMEBODY, *_age(view)), gap="\n\n")
    lines: list[Fact] = [*rules(view), paid(view)]
    if view.stopped:
        lines.append(_("🛑 They have stopped your payments."))
    elif not view.guardian_able:
        lines.append(_("🛑 Their own wallet is stopped or asleep, so nothing goes out of yours until it is in order."))
    return Lines((_("👪 <b>Your guardian: {name}</b>", name=guardian), Lines(tuple(lines)), _(
        "They see what you have and what you pay, and only they can raise a limit."), *_age(view)), gap="\n\n")


def _age(view: WardView) -> tuple[Text, ...]:
    if view.free_on:
        return (_("From {day} on nobody has to answer for you.", day=free_on(view.free_on)),)
    return (_("/verify tells me when you are 18: from then on nobody has to answer for you."),)


def card(view: WardView, name: Fact, balance: int, lately: list[Text]) -> Lines:
    """To the guardian: how their ward stands."""
    lines: list[Fact] = [_("Balance: {amount}", amount=Money(balance)), paid(view), *rules(view)]
    if not view.joined:
        lines.append(_("Their wallet is not open yet: they still have to finish joining."))
    if view.stopped:
        lines.append(_("🛑 You have stopped their payments."))
    if view.free_on:
        lines.append(_("From {day} on nobody has to answer for them.", day=free_on(view.free_on)))
    return Lines((_("👪 <b>{name}</b>", name=name), Lines(tuple(lines)),
                  Lines((_("<b>Lately</b>"), *lately)) if lately else _("No payment yet.")), gap="\n\n")
