"""Who and which groups were seen lately: a bot can't look user names up, so it remembers what it was shown.

Guards: a user name leads to whoever was last seen with it, lately, and to nobody else; what is remembered is storable
text of a bounded length, whatever was sent. It is written in the commit that stores the update, and only when it
changed or once a day; memory holds a bounded part of it.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.among import among
from storage.database import Database
from storage.tables import group_rules, groups, people
from wallet.commands import Command
from wallet.groups import MoveGroup, SetGroupRule
from wallet.text import on_one_line
from wallet.views import GroupRulesView

S = TypeVar("S")

DAY: Final = 24 * 60 * 60 * 1_000_000
MOST: Final = 20_000
"""How many people, and how many groups, are kept in memory."""
LATELY: Final = 90 * DAY
"""For how long a user name leads to whoever was seen with it: names change hands without anybody telling us."""
FRESH: Final = 60 * 1_000_000
"""How long memory is believed when another process may have seen something newer."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A person as an update shows them."""

    telegram_id: int
    username: str
    name: str
    language_code: str
    is_bot: bool

    @property
    def username_key(self) -> str:
        """User names differ by their letters, not by their case."""
        return self.username.lower()


@dataclass(frozen=True, slots=True)
class GroupSighting:
    """A group as an update shows it, with the language of whoever speaks there."""

    chat: int
    title: str
    language: str
    before: int = 0
    """The chat that became this one, or 0."""


def storable(text: object, most: int) -> str:
    """What was sent as a text, as every database can keep it."""
    return on_one_line(text[:most]).strip() if isinstance(text, str) else ""


def _upsert(database: Database, table: Any) -> Any:
    return (sqlite if database.url.get_backend_name() == "sqlite" else postgresql).insert(table)


def _trim(kept: dict[Any, Any]) -> None:
    """Forget the older half when there is too much: rarer and cheaper than forgetting one at every step."""
    if len(kept) > MOST:
        for key in list(kept)[:MOST // 2]:
            del kept[key]


class SeenPeople(Generic[S]):
    """People seen lately. `make` builds what handlers are given, since that type is theirs."""

    def __init__(self, database: Database, make: Callable[[int, str, str, str, bool], S],
                 clock: Callable[[], int]) -> None:
        self._database = database
        self._make = make
        self._clock = clock
        self._alone = database.url.get_backend_name() == "sqlite"
        self._known: dict[int, tuple[Sighting, int, S]] = {}
        """Each with the day on which they were written down, and as handlers are given them."""
        self._names: dict[str, tuple[int, int]] = {}
        row = _upsert(database, people)
        names = ("username_key", "username", "name", "language_code", "is_bot", "seen_at")
        self._write = row.on_conflict_do_update(index_elements=["telegram_id"],
                                                set_={name: row.excluded[name] for name in names})

    # ------------------------------------------------------------------------------------- on the way in
    def news(self, seen: Iterable[Sighting]) -> list[Sighting]:
        """Those of whom something is new, or who were not written down today."""
        now = self._clock()
        found: dict[int, Sighting] = {}
        for sighting in seen:
            key, known = sighting.username_key, self._known.get(sighting.telegram_id)
            if (known is None or known[0] != sighting or known[1] != now // DAY
                    or (key and self._names.get(key, (0, 0))[0] != sighting.telegram_id)):
                found[sighting.telegram_id] = sighting
            elif key:
                self._names[key] = (sighting.telegram_id, now)
        return [found[telegram_id] for telegram_id in sorted(found)]

    def write(self, connection: Connection, seen: Sequence[Sighting]) -> None:
        """Write what is new. Whoever had the user name before has it no more."""
        if not seen:
            return
        now = self._clock()
        connection.execute(self._write, [
            {"telegram_id": s.telegram_id, "username_key": s.username_key, "username": s.username, "name": s.name,
             "language_code": s.language_code, "is_bot": s.is_bot, "seen_at": now} for s in seen])
        named = [{"b_key": s.username_key, "b_id": s.telegram_id} for s in seen if s.username_key]
        if named:
            connection.execute(_TAKEN, named)

    def remember(self, seen: Sequence[Sighting]) -> None:
        """Keep in memory what was committed."""
        now = self._clock()
        for sighting in seen:
            self._forget_name(sighting.telegram_id)
            self._known.pop(sighting.telegram_id, None)
            self._keep(sighting, now)
            if sighting.username_key:
                self._names[sighting.username_key] = (sighting.telegram_id, now)
        _trim(self._known)
        _trim(self._names)

    def _keep(self, sighting: Sighting, seen_at: int) -> S:
        made = self._make(sighting.telegram_id, sighting.username, sighting.name, sighting.language_code,
                          sighting.is_bot)
        self._known[sighting.telegram_id] = (sighting, seen_at // DAY, made)
        return made

    def _forget_name(self, telegram_id: int) -> None:
        known = self._known.get(telegram_id)
        if known is not None and self._names.get(known[0].username_key, (0, 0))[0] == telegram_id:
            del self._names[known[0].username_key]

    # ------------------------------------------------------------------------------------------ for handlers
    async def by_username(self, username: str) -> S | None:
        """Whoever was last seen with the name, unless that is long ago."""
        key, now = username.lower(), self._clock()
        telegram_id, at = self._names.get(key, (0, 0))
        known = self._known.get(telegram_id)
        if (known is not None and known[0].username_key == key and known[1] > (now - LATELY) // DAY
                and (self._alone or now - at < FRESH)):
            return known[2]
        query = (select(people).where(people.c.username_key == key, people.c.seen_at > now - LATELY)
                 .order_by(people.c.seen_at.desc()).limit(1))
        found = await self._read(query) if key else []
        return found[0] if found else None

    async def by_ids(self, telegram_ids: Sequence[int]) -> Mapping[int, S]:
        """Those of them who were seen."""
        missing = [telegram_id for telegram_id in telegram_ids if telegram_id not in self._known]
        if missing:
            await self._read(_BY_IDS, {"persons": missing[:MOST]})
        return {telegram_id: self._known[telegram_id][2] for telegram_id in telegram_ids if telegram_id in self._known}

    async def _read(self, query: Any, values: Mapping[str, Any] | None = None) -> list[S]:
        async with self._database.reading.connect() as connection:
            rows = (await connection.execute(query, values)).all()
        now = self._clock()
        found = []
        for row in rows:
            sighting = Sighting(row.telegram_id, row.username, row.name, row.language_code, bool(row.is_bot))
            found.append(self._keep(sighting, row.seen_at))
            if row.username_key:
                self._names[row.username_key] = (row.telegram_id, now)
        return found


_BY_IDS: Final = select(people).where(among(people.c.telegram_id, "persons"))
_TAKEN: Final = (update(people).where(people.c.username_key == bindparam("b_key"),
                                      people.c.telegram_id != bindparam("b_id"))
                 .values(username_key="", username=""))


class SeenGroups:
    """Groups seen lately, and the language in which each is spoken to."""

    def __init__(self, database: Database, clock: Callable[[], int], default: str = "en") -> None:
        self._database = database
        self._clock = clock
        self._default = default
        self._alone = database.url.get_backend_name() == "sqlite"
        self._known: dict[int, tuple[str, int]] = {}
        self._languages: dict[int, tuple[str, int]] = {}
        self._rules: dict[int, tuple[GroupRulesView, int]] = {}
        self._changes = 0
        row = _upsert(database, groups)
        self._write = row.on_conflict_do_update(index_elements=["chat"], set_={
            "title": row.excluded.title, "seen_at": row.excluded.seen_at})
        self._choose = row.on_conflict_do_update(index_elements=["chat"], set_={
            "language": row.excluded.language, "chosen": row.excluded.chosen, "seen_at": row.excluded.seen_at})

    # ------------------------------------------------------------------------------------- on the way in
    def news(self, seen: Iterable[GroupSighting]) -> list[GroupSighting]:
        """Groups that are new, renamed, or were not written down today. The first to speak sets the language."""
        today = self._clock() // DAY
        found: dict[int, GroupSighting] = {}
        for sighting in seen:
            is_new = sighting.chat not in found and self._known.get(sighting.chat) != (sighting.title, today)
            if is_new or sighting.before:
                found[sighting.chat] = sighting
        return [found[chat] for chat in sorted(found)]

    def write(self, connection: Connection, seen: Sequence[GroupSighting]) -> None:
        """Write what is new. A known group keeps its language, and takes it along when it becomes another chat."""
        if not seen:
            return
        now = self._clock()
        connection.execute(self._write, [{"chat": s.chat, "title": s.title, "language": s.language, "chosen": False,
                                          "seen_at": now} for s in seen])
        for sighting in seen:
            if sighting.before:
                before = select(groups.c.language, groups.c.chosen).where(groups.c.chat == sighting.before)
                row = connection.execute(before).first()
                if row is not None:
                    # What was chosen there since stays, however often the same is said.
                    connection.execute(update(groups).where(groups.c.chat == sighting.chat, ~groups.c.chosen)
                                       .values(language=row.language, chosen=row.chosen))

    def remember(self, seen: Sequence[GroupSighting]) -> None:
        """Keep in memory what was committed."""
        today = self._clock() // DAY
        for sighting in seen:
            self._known[sighting.chat] = (sighting.title, today)
            if sighting.before:
                self._languages.pop(sighting.chat, None)
        _trim(self._known)

    # ------------------------------------------------------------------------------------------ for handlers
    async def language(self, chat: int) -> str:
        """The language in which a group is spoken to."""
        now = self._clock()
        language, at = self._languages.get(chat, ("", 0))
        if language and (self._alone or now - at < FRESH):
            return language
        async with self._database.reading.connect() as connection:
            row = (await connection.execute(select(groups.c.language).where(groups.c.chat == chat))).first()
        language = row.language if row is not None else self._default
        self._languages[chat] = (language, now)
        _trim(self._languages)
        return language

    async def rules(self, chat: int) -> GroupRulesView:
        """What its administrators chose."""
        now = self._clock()
        found, at = self._rules.get(chat, (None, 0))
        if found is not None and (self._alone or now - at < FRESH):
            return found
        before = self._changes
        async with self._database.reading.connect() as connection:
            row = (await connection.execute(select(group_rules).where(group_rules.c.chat == chat))).first()
        found = GroupRulesView() if row is None else GroupRulesView(
            frozenset(filter(None, row.off.split(","))), row.average, row.shares, row.question, row.delay,
            row.tidy)
        if self._changes == before:  # Else it may be older than what was forgotten meanwhile.
            self._rules[chat] = (found, now)
            _trim(self._rules)
        return found

    def forget(self, command: Command) -> None:
        """A command may have changed a group's rules."""
        if isinstance(command, SetGroupRule | MoveGroup):
            self._changes += 1
            self._rules.pop(command.chat, None)

    async def set_language(self, chat: int, language: str) -> None:
        """Choose it for a group."""
        now = self._clock()
        row = {"chat": chat, "title": "", "language": language, "chosen": True, "seen_at": now}

        def job(connection: Connection) -> None:
            connection.execute(self._choose, [row])

        await self._database.write(job)
        self._languages[chat] = (language, now)
