"""Who there is: members by whatever names them, how they are named to others, and what they accepted."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, func, select

from storage.among import among
from storage.database import Database
from storage.reads.base import MOST, PARTY, Reading, party
from storage.tables import (
    acceptances,
    blocks,
    claims,
    contacts,
    emails,
    identities,
    members,
    moves,
    one_time_codes,
    pairs,
    pin_resets,
    pins,
    profiles,
)
from storage.together import Together
from wallet.gate import Safeguard
from wallet.rows import BY_NUMBER
from wallet.standing import DORMANT
from wallet.views import AcceptanceView, CodesView, MemberView, MoveView, Party, PinView

_MEMBER = select(members, profiles.c.nickname, profiles.c.nickname_changes, profiles.c.delay,
                 pins.c.version.label("pin")).select_from(
    members.outerjoin(profiles, profiles.c.member == members.c.id).outerjoin(pins, pins.c.member == members.c.id))
_MEMBERS = _MEMBER.where(among(members.c.telegram_id, "persons"))
_PARTIES = PARTY.where(among(members.c.id, "members"))


class People(Reading):
    """How members are found, and named to others."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._parties = Together(self.parties, MOST)

    async def member(self, telegram_id: int) -> MemberView | None:
        return (await self.members([telegram_id])).get(telegram_id)

    async def members(self, telegram_ids: Sequence[int]) -> Mapping[int, MemberView]:
        found = await self._all(_MEMBERS, {"persons": telegram_ids[:MOST]})
        return {row.telegram_id: _member(row) for row in found}

    async def member_by_phone(self, digest: str) -> MemberView | None:
        found = await self._all(_MEMBER.join(claims, claims.c.owner == members.c.id)
                                .where(claims.c.text == f"phone:{digest}"))
        return _member(found[0]) if found else None

    async def party(self, member: int) -> Party | None:
        return await self._parties.get(member)

    async def parties(self, numbers: Iterable[int]) -> dict[int, Party]:
        """How several members are named to others."""
        wanted = {number for number in numbers if number}
        if not wanted:
            return {}
        found = await self._all(_PARTIES, {"members": sorted(wanted)[:MOST]})
        return {row.id: party(row) for row in found}

    async def sealed_phone(self, member: int) -> tuple[bytes, bytes] | None:
        found = await self._all(select(profiles.c.phone, profiles.c.wrapped_key).where(profiles.c.member == member))
        return (found[0].phone, found[0].wrapped_key) if found else None

    async def sealed_identity(self, member: int) -> tuple[bytes, bytes] | None:
        found = await self._all(select(identities.c.sealed, profiles.c.wrapped_key).select_from(
            identities.join(profiles, profiles.c.member == identities.c.member)).where(
                identities.c.member == member, identities.c.given_at != 0))
        return (found[0].sealed, found[0].wrapped_key) if found else None

    async def sealed_email(self, member: int) -> tuple[bytes, bytes] | None:
        found = await self._all(select(emails.c.address, profiles.c.wrapped_key)
                                .join(profiles, profiles.c.member == emails.c.member)
                                .where(emails.c.member == member, emails.c.address != b""))
        return (bytes(found[0].address), bytes(found[0].wrapped_key)) if found else None

    async def sealed_qq(self, member: int) -> tuple[bytes, bytes] | None:
        found = await self._all(select(contacts.c.qq, profiles.c.wrapped_key)
                                .join(profiles, profiles.c.member == contacts.c.member)
                                .where(contacts.c.member == member, contacts.c.qq != b""))
        return (bytes(found[0].qq), bytes(found[0].wrapped_key)) if found else None

    async def one_time_codes(self, member: int) -> CodesView | None:
        found = await self._all(select(one_time_codes.c.sealed, profiles.c.wrapped_key, one_time_codes.c.since)
                                .join(profiles, profiles.c.member == one_time_codes.c.member)
                                .where(one_time_codes.c.member == member, one_time_codes.c.sealed != b""))
        return CodesView(bytes(found[0].sealed), bytes(found[0].wrapped_key), found[0].since) if found else None

    async def moves_due(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        found = await self._all(select(moves.c.member, moves.c.due_at).where(moves.c.due_at != 0, moves.c.due_at <= now)
                                .order_by(moves.c.due_at, moves.c.member).limit(limit))
        return tuple((row.member, row.due_at) for row in found)

    async def move(self, member: int) -> MoveView | None:
        found = await self._all(select(moves).where(moves.c.member == member))
        return MoveView(member, found[0].person, found[0].asker, found[0].state,
                        found[0].ready_at) if found else None

    async def resets_to_tell(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        found = await self._all(select(pin_resets.c.member, pin_resets.c.tell_at).where(
            pin_resets.c.tell_at != 0, pin_resets.c.tell_at <= now).order_by(pin_resets.c.tell_at).limit(limit))
        return tuple((row.member, row.tell_at) for row in found)

    async def pin(self, member: int) -> PinView | None:
        found = await self._all(
            select(pins, func.coalesce(pin_resets.c.ready_at, 0).label("anew_from"),
                   func.coalesce(pin_resets.c.ends_at, 0).label("anew_until"))
            .outerjoin(pin_resets, and_(pin_resets.c.member == pins.c.member, pin_resets.c.version == pins.c.version,
                                        pin_resets.c.state == "waits"))
            .where(pins.c.member == member))
        return PinView(found[0].hash, found[0].version, found[0].locked_until, found[0].anew_from,
                       found[0].anew_until) if found else None

    async def recent_receivers(self, viewer: int, limit: int) -> tuple[Party, ...]:
        found = await self._all(PARTY.join(pairs, pairs.c.receiver == members.c.id)
                                .where(pairs.c.sender == viewer, pairs.c.by_number != BY_NUMBER,
                                       members.c.state != DORMANT)
                                .order_by(pairs.c.last_at.desc(), members.c.id).limit(min(limit, MOST)))
        return tuple(party(row) for row in found)

    async def blocked(self, viewer: int) -> Sequence[Party]:
        found = await self._all(PARTY.join(blocks, blocks.c.blocked == members.c.id)
                                .where(blocks.c.owner == viewer, blocks.c.active == 1)
                                .order_by(blocks.c.at.desc(), members.c.id).limit(MOST))
        return [party(row) for row in found]

    async def agreed(self, after: int, limit: int) -> tuple[tuple[int, str], ...]:
        found = await self._all(select(members.c.id, members.c.accepted)
                                .where(members.c.id > after, members.c.state.not_in(("joining", "closed")))
                                .order_by(members.c.id).limit(limit))
        return tuple((row.id, row.accepted) for row in found)

    async def claimed(self, texts: Sequence[str]) -> frozenset[str]:
        found = await self._all(select(claims.c.text).where(claims.c.text.in_(texts)))
        return frozenset(row.text for row in found)

    async def acceptances(self, viewer: int) -> tuple[AcceptanceView, ...]:
        found = await self._all(select(acceptances).where(acceptances.c.member == viewer)
                                .order_by(acceptances.c.at.desc(), acceptances.c.id.desc()).limit(MOST))
        return tuple(AcceptanceView(row.document, row.version, row.language, row.sha256, row.at) for row in found)


def _member(row: Row[Any]) -> MemberView:
    return MemberView(row.id, row.telegram_id, row.state, row.step, row.language, row.level, row.accepted,
                      row.no_pin_limit, row.payload, row.nickname or "", row.pin is not None, row.nickname_changes or 0,
                      row.joined_at, bool(row.confirm_incoming), row.delay or 0,
                      bool(row.safeguards & Safeguard.WARD))
