"""What is forgotten in time: raw updates, old operations, dead drafts, dialogs, notices that nobody can be told, people
and groups that were merely seen, pictures of documents, the words of conversations that were closed long ago, which
numbers were asked for, wrong answers to what is over, and leases that ended.

Guards: one run is bounded whatever has piled up, so nobody waits for it. The large tables have no index by time, which
every payment would pay for; they are walked through by their keys instead, a slice at a time, round and round.
Ledger, journal, audit, acceptances and claims are never touched. What a member wrote and showed stays as long as an
order of a court holds money of theirs.
"""
from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.people import LATELY
from storage.tables import (
    applications,
    asked_numbers,
    dialogs,
    drafts,
    envelopes,
    groups,
    holds,
    leases,
    legal_holds,
    members,
    notices,
    operations,
    papers,
    people,
    tallies,
    ticket_words,
    tickets,
    updates,
    vouchers,
)
from wallet import tickets as conversations
from wallet.applications import FORGOTTEN, KEPT
from wallet.barriers import WRONG_ANSWERS
from wallet.tallies import GUESSES

DAY: Final = 24 * 3600 * 1_000_000
SLICE: Final = 500
"""How many rows one step looks at."""
STEPS: Final = 20
"""How many steps one run takes at most for each kind."""

BODIES: Final = 7 * DAY
"""How long an update's content is kept after it was done; what could not be handled waits for somebody to look."""
DEAD_BODIES: Final = 30 * DAY
UPDATES: Final = 90 * DAY
"""How long an update is recognised: Telegram repeats one for a day at most."""
OPERATIONS: Final = 90 * DAY
"""How long a key is known. The outcome beside it may quote a note, which is then found in its own table only."""
DRAFTS: Final = 7 * DAY
"""How long a draft that is over still says so to whoever presses its button."""
NOTICES: Final = 30 * DAY
PEOPLE: Final = LATELY
"""How long somebody is remembered who was seen in a group and never joined: no name leads to them after that."""
GROUPS: Final = 365 * DAY
"""How long the language of a group is remembered in which nobody speaks any more."""
WRONG: Final = DAY
"""How long wrong answers and passwords are counted for what is over, where nobody is asked any more."""

_EPOCH: Final = date(1970, 1, 1).toordinal()
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Walk:
    """How to go through a table: which rows are looked at, in which order, and what becomes of those that are due."""

    name: str
    table: Table
    due: Callable[[int], ColumnElement[bool]]
    erase: Mapping[str, object] = field(default_factory=dict)
    """What columns become; without any the row goes."""
    needed: Callable[[AsyncConnection, Select[Any]], Awaitable[list[str]]] | None = None
    """Which of the due rows stay nevertheless, by their key."""


async def _needed_operations(connection: AsyncConnection, due: Select[Any]) -> list[str]:
    """Keys of what was decided for a hold or a draft that is still open: as long as it is, they stay."""
    own = due.with_only_columns(operations.c.key).where(or_(
        operations.c.key.startswith("hold:"), operations.c.key.startswith("draft:")))
    keys = [str(key) for key in await connection.scalars(own)]
    names = {key: key.split(":")[1] for key in keys}
    numbers = [int(name) for key, name in names.items() if key.startswith("hold:") and _NUMBER.fullmatch(name)]
    tokens = [name for key, name in names.items() if key.startswith("draft:")]
    is_open = {str(number) for number in await connection.scalars(
        select(holds.c.id).where(holds.c.state == "open", holds.c.id.in_(numbers)))}
    is_open |= set(await connection.scalars(
        select(drafts.c.token).where(drafts.c.state == "open", drafts.c.token.in_(tokens))))
    return [key for key, name in names.items() if name in is_open]


def _counted_wrong(now: int) -> ColumnElement[bool]:
    """Wrong passwords for vouchers and wrong answers before envelopes that were over yesterday already."""
    return or_(*(
        select(of.c.id).where(of.c.id == _numbered(name), of.c.state != "open", of.c.ended_at < now - WRONG).exists()
        for name, of in ((GUESSES, vouchers), (WRONG_ANSWERS, envelopes))))


def _before_a_court(member: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether an order keeps a member's money: as long as one stands, what they wrote and showed may be asked for."""
    return select(legal_holds.c.id).where(legal_holds.c.member == member, legal_holds.c.ended_at == 0).exists()


def _reviewed_long_ago(now: int) -> ColumnElement[bool]:
    """What was decided a month ago, or taken back a day ago; not of whoever may be needed before a court."""
    return and_(~_before_a_court(applications.c.member), or_(
        and_(applications.c.state.in_(("approved", "rejected")), applications.c.ended_at < now - KEPT),
        and_(applications.c.state == "withdrawn", applications.c.ended_at < now - FORGOTTEN)))


def _closed_long_ago(now: int) -> ColumnElement[bool]:
    """Of which conversations the words go. Who may be needed before a court is left out here, in this one place."""
    return and_(tickets.c.state == "closed", tickets.c.ended_at < now - conversations.KEPT,
                ~_before_a_court(tickets.c.member), ~_before_a_court(tickets.c.subject))


def _numbered(name: str) -> ColumnElement[int | None]:
    """The number behind a name of what is tallied, which other names don't have."""
    return case((tallies.c.what.startswith(name), cast(func.substr(tallies.c.what, len(name) + 1), BigInteger)))


WALKS: Final = (
    Walk("update_bodies", updates, lambda now: and_(updates.c.body.is_not(None), or_(
        and_(updates.c.state.in_(("done", "refused")), updates.c.done_at < now - BODIES),
        and_(updates.c.state == "dead", updates.c.done_at < now - DEAD_BODIES))), erase={"body": None}),
    Walk("updates", updates, lambda now: and_(
        updates.c.state != "pending", updates.c.done_at < now - UPDATES)),
    Walk("operations", operations, lambda now: operations.c.at < now - OPERATIONS, needed=_needed_operations),
    # What still waits under a card is counted until the clock ends it.
    Walk("drafts", drafts, lambda now: and_(drafts.c.expires_at < now - DRAFTS, or_(
        drafts.c.card == "", drafts.c.state != "open"))),
    Walk("dialogs", dialogs, lambda now: dialogs.c.expires_at <= now),
    Walk("notices", notices, lambda now: and_(notices.c.state == "undeliverable", notices.c.at < now - NOTICES)),
    Walk("people", people, lambda now: and_(
        people.c.seen_at < now - PEOPLE,
        ~select(members.c.id).where(members.c.telegram_id == people.c.telegram_id).exists())),
    Walk("groups", groups, lambda now: groups.c.seen_at < now - GROUPS),
    Walk("asked_numbers", asked_numbers, lambda now: asked_numbers.c.day < _EPOCH + now // DAY - 1),
    Walk("tallies", tallies, _counted_wrong),
    Walk("papers", papers, lambda now: select(applications.c.id).where(
        applications.c.id == papers.c.application, _reviewed_long_ago(now)).exists()),
    Walk("applications", applications, lambda now: and_(
        _reviewed_long_ago(now), or_(applications.c.sealed != b"", applications.c.wrapped_key != b"")),
        erase={"sealed": b"", "wrapped_key": b""}),
    # That a conversation took place, when and with how many messages stays; what was said in it doesn't.
    Walk("ticket_words", ticket_words, lambda now: and_(ticket_words.c.sealed != b"", select(tickets.c.id).where(
        tickets.c.id == ticket_words.c.ticket, _closed_long_ago(now)).exists()), erase={"sealed": b""}),
    Walk("tickets", tickets, lambda now: and_(tickets.c.wrapped_key != b"", _closed_long_ago(now)),
         erase={"wrapped_key": b""}),
    Walk("leases", leases, lambda now: leases.c.until < now - DAY),
)


class Purge:
    """Remembers how far it has got; a process that starts begins anew."""

    def __init__(self, database: Database, *, slice_size: int = SLICE, steps: int = STEPS) -> None:
        self._database = database
        self._slice = slice_size
        self._steps = steps
        self._at: dict[str, tuple[Any, ...]] = {}

    async def run(self, now: int) -> dict[str, int]:
        """One bounded round; how many rows of each kind were forgotten."""
        forgotten: dict[str, int] = {}
        for walk in WALKS:
            for _ in range(self._steps):
                count, is_over = await self._step(walk, now)
                forgotten[walk.name] = forgotten.get(walk.name, 0) + count
                if is_over:
                    break
        return forgotten

    async def _step(self, walk: Walk, now: int) -> tuple[int, bool]:
        """Look at one slice. A slice in which nothing is due costs a read and no write."""
        keys = tuple(walk.table.primary_key.columns)
        after = self._at.get(walk.name)
        slice_of = select(*keys).order_by(*keys).limit(self._slice)
        if after is not None:
            slice_of = slice_of.where(tuple_(*keys) > tuple_(*(literal(value) for value in after)))
        async with self._database.reading.connect() as connection:
            looked_at = (await connection.execute(slice_of)).all()
            if not looked_at:
                self._at.pop(walk.name, None)
                return 0, True
            last = tuple(looked_at[-1])
            due = _due(walk, keys, after, last, now)
            if walk.needed is not None:
                due = due.where(keys[0].not_in(await walk.needed(connection, due)))
            found = await connection.scalar(due.with_only_columns(func.count()))
        count = await self._forget(walk, due) if found else 0
        self._at[walk.name] = last
        if len(looked_at) < self._slice:
            self._at.pop(walk.name)
            return count, True
        return count, False

    async def _forget(self, walk: Walk, due: Select[Any]) -> int:
        where = due.whereclause
        assert where is not None
        change = (update(walk.table).where(where).values(dict(walk.erase)) if walk.erase
                  else delete(walk.table).where(where))
        return await self._database.write(lambda connection: connection.execute(change).rowcount)


def _due(walk: Walk, keys: tuple[Any, ...], after: tuple[Any, ...] | None, last: tuple[Any, ...], now: int
         ) -> Select[Any]:
    """The due rows of a slice."""
    query = select(*keys).where(walk.due(now), tuple_(*keys) <= tuple_(*map(literal, last)))
    return query if after is None else query.where(tuple_(*keys) > tuple_(*map(literal, after)))
