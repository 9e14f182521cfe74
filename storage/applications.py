"""Applications for their members and for operators: looked up, sealed and opened.

Guards: a query takes its viewer first and answers the same nothing for what is not theirs and for what there is not; no
operator finds what is about themselves. In the database a picture is unreadable without the deployment's secret and the
key that sealed it; what can't be opened any more, because that key was destroyed, is empty and stands in nobody's way.
"""
from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select

from storage.database import Database
from storage.operators import is_operator, may_do
from storage.reads.base import Reading
from storage.tables import applications, enterprises, hits, identities, members, name_lists, pairs, papers, profiles
from wallet.hits import WAITS
from wallet.identity import REVIEWED
from wallet.operators import Act
from wallet.plain import compact
from wallet.protocols import Sealed
from wallet.vault import Unreadable, Vault
from wallet.views import ApplicationView, Party, SealedPerson
from wallet.views.operators import HitView, NameListView

MOST: Final = 50
"""No list is longer."""

_COLUMNS: Final = [column for column in applications.c if column.name not in ("sealed", "wrapped_key", "digest")]
_APPLICATION = select(*_COLUMNS, members.c.telegram_id, func.coalesce(profiles.c.nickname, "").label("nickname")
                      ).select_from(applications.join(members, members.c.id == applications.c.member)
                                    .outerjoin(profiles, profiles.c.member == applications.c.member))
_HIT = select(hits, members.c.telegram_id, profiles.c.nickname).select_from(
    hits.join(members, members.c.id == hits.c.member).outerjoin(profiles, profiles.c.member == hits.c.member))
_SEALED = select(applications.c.sealed, applications.c.wrapped_key.label("own"),
                 profiles.c.wrapped_key.label("members")).select_from(
    applications.outerjoin(profiles, profiles.c.member == applications.c.member))
_PERSON = select(
    members.c.id, members.c.telegram_id, members.c.joined_at, profiles.c.wrapped_key,
    enterprises.c.sealed.label("enterprise"),
    case((members.c.level >= REVIEWED, identities.c.sealed)).label("identity")).select_from(
    members.join(profiles, profiles.c.member == members.c.id)
    .outerjoin(identities, identities.c.member == members.c.id)
    .outerjoin(enterprises, enterprises.c.member == members.c.id))


class SqlApplications(Reading):
    """`wallet.protocols.Applications` over a database."""

    def __init__(self, database: Database, vault: Vault) -> None:
        super().__init__(database)
        self._vault = vault

    # ------------------------------------------------------------------------------------------ looking up
    async def own(self, viewer: int, kind: str) -> ApplicationView | None:
        found = await self._found(_APPLICATION.where(applications.c.member == viewer, applications.c.kind == kind)
                                  .order_by(applications.c.began_at.desc(), applications.c.id.desc()), 1)
        return found[0] if found else None

    async def own_one(self, viewer: int, application: int) -> ApplicationView | None:
        found = await self._found(_APPLICATION.where(applications.c.id == application,
                                                     applications.c.member == viewer), 1)
        return found[0] if found else None

    async def queue(self, viewer: int, limit: int) -> Sequence[ApplicationView]:
        return await self._found(_APPLICATION.where(applications.c.state == "waiting", _may_see(viewer)).order_by(
            applications.c.asked_at, applications.c.id), limit)

    async def waiting(self, viewer: int) -> int:
        found = await self._all(select(func.count().label("n")).select_from(applications).where(
            applications.c.state == "waiting", _may_see(viewer)))
        return int(found[0].n)

    async def seen(self, viewer: int, application: int) -> ApplicationView | None:
        found = await self._found(_APPLICATION.where(applications.c.id == application, _may_see(viewer)), 1)
        return found[0] if found else None

    async def abandoned(self, before: int, limit: int) -> Sequence[int]:
        found = await self._all(select(applications.c.id).where(
            applications.c.state == "open", applications.c.began_at <= before).order_by(applications.c.began_at)
            .limit(limit))
        return tuple(row.id for row in found)

    # ---------------------------------------------------------------------- names that may stand on the screening list
    async def hits(self, viewer: int, limit: int) -> Sequence[HitView]:
        return await self._hits(viewer, hits.c.state.in_(WAITS), limit)

    async def hit(self, viewer: int, hit: int) -> HitView | None:
        found = await self._hits(viewer, hits.c.id == hit, 1)
        return found[0] if found else None

    async def hits_waiting(self, viewer: int) -> int:
        found = await self._all(select(func.count().label("n")).select_from(
            hits.join(members, members.c.id == hits.c.member)).where(hits.c.state.in_(WAITS), _may_see_hit(viewer)))
        return int(found[0].n)

    async def name_list(self) -> NameListView | None:
        found = await self._all(select(name_lists))
        return next((NameListView(row.version, row.since, row.after, row.compared, row.found, row.ended_at)
                     for row in found), None)

    async def not_compared(self, version: str, after: int, limit: int) -> Sequence[tuple[int, str]]:
        found = await self._all(
            select(identities.c.member, identities.c.sealed, profiles.c.wrapped_key)
            .select_from(identities.join(profiles, profiles.c.member == identities.c.member))
            .where(identities.c.member > after, identities.c.screened != version,
                   identities.c.given_at != 0)
            .order_by(identities.c.member).limit(min(limit, MOST)))
        return [(row.member, self._name(bytes(row.wrapped_key), bytes(row.sealed))) for row in found]

    def _name(self, key: bytes, sealed: bytes) -> str:
        try:
            return self._vault.open_for(key, sealed).split("\n")[0] if key and sealed else ""
        except Unreadable:
            return ""

    async def _hits(self, viewer: int, which: ColumnElement[bool], limit: int) -> Sequence[HitView]:
        found = await self._all(_HIT.where(which, _may_see_hit(viewer)).order_by(hits.c.found_at, hits.c.id)
                                .limit(min(limit, MOST)))
        return [HitView(row.id, row.member, row.telegram_id, row.nickname or "", row.entry, row.likeness, row.version,
                        row.state, row.found_at, row.operator, row.second, row.reason, row.decided_at, row.proposal)
                for row in found]

    async def _found(self, query: Select[Any], limit: int) -> Sequence[ApplicationView]:
        return [ApplicationView(row.id, Party(row.member, row.telegram_id, row.nickname), row.kind, row.subject,
                                row.state, tuple(row.papers.split()), row.began_at, row.asked_at, row.operator,
                                row.taken_at, row.ended_at, row.reason)
                for row in await self._all(query.limit(min(limit, MOST)))]

    # ---------------------------------------------------------------------------------- opening and sealing
    async def facts(self, application: ApplicationView) -> tuple[str, ...]:
        (row,) = await self._all(_SEALED.where(applications.c.id == application.id))
        return opened(self._vault, bytes(row.own or row.members or b""), bytes(row.sealed))

    async def papers(self, application: ApplicationView) -> Sequence[tuple[str, bytes]]:
        key = await self._key(application.id)
        found = await self._all(select(papers).where(papers.c.application == application.id).limit(MOST))
        there = {row.name: bytes(row.sealed) for row in found}
        shown = []
        for name in application.papers:
            try:
                shown.append((name, self._vault.open_data_for(key, there[name])))
            except (Unreadable, KeyError, ValueError):
                continue
        return shown

    async def sealed_facts(self, member: int, facts: Sequence[str]) -> Sealed:
        found = await self._all(select(profiles.c.wrapped_key).where(profiles.c.member == member))
        key = bytes(found[0].wrapped_key) if found else b""
        made = b"" if key else self._vault.new_member_key()
        written = compact(list(facts))
        return Sealed(self._vault.digest("applications", written), self._vault.seal_for(key or made, written), made)

    async def sealed_paper(self, application: ApplicationView, picture: bytes) -> Sealed:
        digest = self._vault.digest("papers", hashlib.sha256(picture).hexdigest())
        return Sealed(digest, self._vault.seal_data_for(await self._key(application.id), picture), b"")

    async def _key(self, application: int) -> bytes:
        """The key that seals one; empty where it was destroyed."""
        found = await self._all(_SEALED.where(applications.c.id == application))
        return bytes(found[0].own or found[0].members or b"") if found else b""

    # ------------------------------------------------------------------------------------- who somebody is
    async def persons(self, members_: Sequence[int]) -> Mapping[int, SealedPerson]:
        found = await self._all(_PERSON.where(members.c.id.in_(sorted(set(members_))[:MOST])))
        return {row.id: _person(row) for row in found if row.identity or row.enterprise}

    async def persons_unpaid(self, viewer: int, telegram_ids: Sequence[int]) -> Mapping[int, SealedPerson]:
        paid = select(pairs.c.receiver).where(pairs.c.sender == viewer, pairs.c.receiver == members.c.id)
        found = await self._all(_PERSON.where(members.c.telegram_id.in_(sorted(set(telegram_ids))[:MOST]),
                                              members.c.joined_at > 0, ~paid.exists()))
        return {row.telegram_id: _person(row) for row in found}


def _person(row: Row[Any]) -> SealedPerson:
    return SealedPerson(bytes(row.wrapped_key), bytes(row.identity or b""), bytes(row.enterprise or b""), row.joined_at)


def opened(vault: Vault, key: bytes, sealed: bytes) -> tuple[str, ...]:
    """What was stated; empty for nothing, and where the key was destroyed."""
    if not key or not sealed:
        return ()
    try:
        return tuple(str(one) for one in json.loads(vault.open_for(key, sealed)))
    except Unreadable:
        return ()


def _may_see(viewer: int) -> ColumnElement[bool]:
    """Whether one is for this operator to see: what is about themselves is not."""
    themselves = select(members.c.id).where(members.c.telegram_id == viewer).scalar_subquery()
    return and_(is_operator(viewer), applications.c.member.is_distinct_from(themselves),
                applications.c.subject.is_distinct_from(themselves))


def _may_see_hit(viewer: int) -> ColumnElement[bool]:
    """Whether a hit is for this operator to see: nobody is shown their own."""
    return and_(may_do(viewer, Act.REVIEW), members.c.telegram_id != viewer)
