"""What a statement tells: a month of a member with its balances, its movements and who was on the other side of each.

Guards: opening balance, in and out always add up to the closing balance, also where it had to be cut; the picture, the
table and the document are made of this one reading, so that none tells another sum.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from handlers import payments
from handlers.chat.wallet import Look
from handlers.ground import Config, People
from handlers.texts import Person, Text, _
from wallet.movements import (
    ADJUST_IN,
    ADJUST_OUT,
    CLAIM,
    ENVELOPE,
    ENVELOPE_BACK,
    GIVEBACK,
    RETURN,
    SEND,
    SET_ASIDE,
    SHARE,
    SPLIT,
    TOP_UP,
    VOUCHER,
    VOUCHER_BACK,
    VOUCHER_USE,
)
from wallet.protocols import Reads
from wallet.rows import TO_ACCEPT, TO_ARRIVE, TO_CHECK, TO_THAW
from wallet.views import EntryLine, MemberView, Party

MOST_ROWS: Final = 5_000
"""A statement tells no more movements than this: the newest ones."""
PAGE: Final = 200
"""So many are read at once."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A month of a member, or its newest part."""

    year: int
    month: int
    opening: int
    lines: Sequence[EntryLine]
    """In their order."""
    names: Mapping[Party, Person]
    """Of the other sides."""
    left_out: int
    """How many older movements of the month are not in it."""

    @property
    def closing(self) -> int:
        """What was left in the end."""
        return self.lines[-1].balance if self.lines else self.opening

    @property
    def came(self) -> int:
        """The sum of what came."""
        return sum(line.change for line in self.lines if line.change > 0)

    @property
    def went(self) -> int:
        """The sum of what went, above 0."""
        return -sum(line.change for line in self.lines if line.change < 0)

    @property
    def count(self) -> Text:
        """How many movements it tells."""
        return _("{n} movement", "{n} movements", n=len(self.lines))

    def sums(self) -> Sequence[tuple[Text, int]]:
        """What each kind of movement came to, the largest first."""
        sums: dict[Text, int] = {}
        for line in self.lines:
            kind = kind_of(line)
            sums[kind] = sums.get(kind, 0) + line.change
        return sorted(sums.items(), key=lambda pair: -abs(pair[1]))


async def read(year: int, month: int, reads: Reads, people: People, member: MemberView, config: Config) -> Statement:
    """Page by page, so that whoever moved much keeps nobody waiting."""
    since, until = Look(month=year * 100 + month).period(config)
    first, after = await reads.numbers(member.id, since, until)
    left_out = max(0, after - first - MOST_ROWS)
    lines: list[EntryLine] = []
    names: dict[Party, Person] = {}
    for start in range(first + left_out, after, PAGE):
        page = await reads.entries(member.id, start, min(PAGE, after - start))
        names |= await payments.sides([line.party for line in page], people)
        lines += page
    if lines:
        opening = lines[0].balance - lines[0].change
    else:
        before = await reads.entries(member.id, first - 1, 1) if first > 1 else ()
        opening = before[0].balance if before else 0
    return Statement(year, month, opening, lines, names, left_out)


_KINDS: Final[Mapping[tuple[str, bool], Text]] = {
    (TOP_UP.name, True): _("Topped up"),
    (SEND.name, True): _("Received"),
    (SEND.name, False): _("Sent"),
    (SET_ASIDE.name, False): _("Sent, to be claimed"),
    (CLAIM.name, True): _("Received by claiming"),
    (RETURN.name, True): _("Came back"),
    (ENVELOPE.name, False): _("Red envelopes you sent"),
    (SHARE.name, True): _("Red envelopes you opened"),
    (ENVELOPE_BACK.name, True): _("Red envelopes that came back"),
    (VOUCHER.name, False): _("Vouchers you made"),
    (VOUCHER_USE.name, True): _("Vouchers you redeemed"),
    (VOUCHER_BACK.name, True): _("Vouchers that came back"),
    (SPLIT.name, True): _("Shares paid to you"),
    (SPLIT.name, False): _("Shares you paid"),
    (ADJUST_IN.name, True): _("Added by the operators"),
    (ADJUST_OUT.name, False): _("Taken by the operators"),
    (GIVEBACK.name, True): _("Given back to you"),
    (GIVEBACK.name, False): _("Given back by you"),
}
"""What people call a movement, by its name and whether money came by it."""
_DELAYED_KINDS: Final[Mapping[tuple[str, bool], Text]] = {
    (SET_ASIDE.name, False): _("Sent, to arrive later"),
    (CLAIM.name, True): _("Received after a delay"),
}
_ASKED_KINDS: Final[Mapping[tuple[str, bool], Text]] = {
    (SET_ASIDE.name, False): _("Sent, to be accepted"),
    (CLAIM.name, True): _("Received by accepting"),
}


def kind_of(line: EntryLine) -> Text:
    """What people call a movement."""
    came = line.change > 0
    if line.purpose in (TO_ARRIVE, TO_THAW, TO_CHECK) and (line.kind, came) in _DELAYED_KINDS:
        return _DELAYED_KINDS[line.kind, came]
    if line.purpose == TO_ACCEPT and (line.kind, came) in _ASKED_KINDS:
        return _ASKED_KINDS[line.kind, came]
    return _KINDS.get((line.kind, came)) or _KINDS[SEND.name, came]


def left_out(found: Statement) -> Text:
    """What is said of a month that a statement can't hold."""
    return _("This month had {total} movements, more than a statement can hold. It tells the newest {n} of "
             "them and begins with the balance before those; /history shows the others.",
             total=len(found.lines) + found.left_out, n=len(found.lines))
