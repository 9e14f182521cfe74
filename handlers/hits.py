"""How names that may stand on the screening list are spoken of among operators; their members hear nothing of it.

Guards: every state and every reason of the wallet has its words here. A member's own name stands in none of them.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from handlers.texts import Code, Lines, Person, Text, _
from wallet import hits, ids
from wallet.screening import Entry, Likeness
from wallet.views.operators import HitView

STATES: Final[Mapping[str, Text]] = {
    "open": _("Waits for an operator. Whatever they pay is held back until then, and they are not told why."),
    "pending": _("Confirmed by one operator: a second one has to sign, and the wallet is frozen until then."),
    "cleared": _("Somebody else than whom the list names."),
    "confirmed": _("Whom the list names, as two operators found. The wallet was frozen.")}
CLEARED: Final[Mapping[str, Text]] = {
    "born": _("Another date of birth"), "place": _("Another place or nationality"),
    "documents": _("Another person by their documents"), "common": _("A common name, and nothing else agrees")}
"""Why it is somebody else."""
CONFIRMED: Final[Mapping[str, Text]] = {
    "born": _("The date of birth agrees"), "place": _("Place or nationality agrees"),
    "documents": _("The same person by their documents"), "told": _("An authority told us")}
"""Why it is them."""
assert set(CLEARED) == set(hits.CLEARED)
assert set(CONFIRMED) == set(hits.CONFIRMED)


def heading(hit: int) -> Text:
    """The first line of one."""
    return _("🔎 Screening hit {code}", code=Code(ids.code(hit)))


def waiting(n: int) -> Text:
    """How many are not decided, above them."""
    return _("🔎 <b>{n} name may stand on the screening list</b>",
             "🔎 <b>{n} names may stand on the screening list</b>", n=n)


def line(one: HitView) -> Text:
    """One of these."""
    return _("{code} · {reference} · {percent} % alike", code=Code(ids.code(one.id)),
             reference=Code(one.entry.split(" ")[0]), percent=one.likeness)


def about(one: HitView) -> Lines:
    """What was found, and what was decided for which reason."""
    reference, source = one.entry.split(" ", 1)
    reasons = CLEARED if one.state == "cleared" else CONFIRMED
    why = [_("Why: {reason}", reason=reasons[one.reason])] if one.reason else []
    return Lines((
        _("Entry {reference} of {source}, {percent} % alike", reference=Code(reference), source=Code(source),
          percent=one.likeness),
        _("List: {version}", version=Code(one.version[:12] or "–")), STATES[one.state], *why))


def entry(known: Entry | None, like: Likeness) -> Text:
    """An entry as the list has it now, beside what a member stated."""
    reference, source = like.entry.split(" ", 1)
    if known is None:
        return _("{reference} of {source}, which is on the list no more", reference=Code(reference),
                 source=Code(source))
    return _("{name} · {source} · {reference}", name=Person(" / ".join((known.name, *known.aliases))),
             source=Code(source), reference=Code(reference))


def references(found: Sequence[Likeness]) -> Code:
    """By which the entries are known to whoever put them on the list."""
    return Code(" ".join(like.entry.split(" ")[0] for like in found))
