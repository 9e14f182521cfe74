"""Red envelopes: one with its shares, somebody's, a group's, and those whose time has come."""
from __future__ import annotations

from typing import Final

from sqlalchemy import and_, func, select

from storage.reads.base import MOST, Reading, owner
from storage.tables import draws, envelopes, kept_shares, members, notes, profiles, shares
from storage.tables import transfers as moved
from wallet import ids, movements
from wallet import shares as dividing
from wallet.views import EnvelopeLine, EnvelopePage, EnvelopeView, Party, ShareView, WordedView

MOST_SKIPPED: Final = 2_000
"""So far somebody's envelopes of a year are turned."""

_ALONE, _ALONES = members.alias("alone"), profiles.alias("alones")
_ENVELOPE = select(
    envelopes, _ALONE.c.id.label("alone"), _ALONES.c.nickname.label("alone_nickname"), draws.c.seed,
    draws.c.shares.label("drawn"), moved.c.at.label("made_at"), notes.c.text.label("note"),
    members.c.telegram_id, profiles.c.nickname).select_from(
    envelopes.join(draws, draws.c.envelope == envelopes.c.id).join(moved, moved.c.id == envelopes.c.transfer)
    .outerjoin(notes, notes.c.transfer == envelopes.c.transfer).join(members, members.c.id == envelopes.c.member)
    .outerjoin(profiles, profiles.c.member == envelopes.c.member)
    .outerjoin(_ALONE, and_(envelopes.c.beneficiary != 0, _ALONE.c.telegram_id == envelopes.c.beneficiary))
    .outerjoin(_ALONES, _ALONES.c.member == _ALONE.c.id))

_SHARE = select(members.c.id, members.c.telegram_id, profiles.c.nickname, shares.c.amount, moved.c.at).select_from(
    shares.join(moved, moved.c.id == shares.c.transfer).join(members, members.c.id == shares.c.member)
    .outerjoin(profiles, profiles.c.member == shares.c.member))
# The two sides of a member's envelopes, sent or not: where they are, whose, how much one is, and what counts of it.
_SIDES = {
    True: (envelopes.join(moved, moved.c.id == envelopes.c.transfer), envelopes.c.member, envelopes.c.amount,
           envelopes.c.amount - envelopes.c.returned),
    False: (shares.join(moved, moved.c.id == shares.c.transfer).join(envelopes, envelopes.c.id == shares.c.envelope),
            shares.c.member, shares.c.amount, shares.c.amount)}


class Envelopes(Reading):
    """Red envelopes, as far as one had a part in them."""

    async def envelope(self, envelope: int) -> EnvelopeView | None:
        async with self._reading.connect() as connection:
            found = (await connection.execute(_ENVELOPE.where(envelopes.c.id == envelope))).first()
            if found is None:
                return None
            # A commit between the two queries may have opened more: no more is shown than was opened then.
            taken = (await connection.execute(_SHARE.where(
                shares.c.envelope == envelope, shares.c.number <= found.opened).order_by(shares.c.number))).all()
        return EnvelopeView(
            found.id, owner(found), found.kind, found.amount,
            found.shares, found.state, found.note or "", dividing.fingerprint(found.seed, dividing.read(found.drawn)),
            "" if found.state == "open" else found.seed, found.transfer, found.made_at, found.expires_at, found.chat,
            found.message, tuple(ShareView(Party(row.id, row.telegram_id, row.nickname or ""), row.amount, row.at)
                                 for row in taken),
            Party(found.alone or 0, found.beneficiary, found.alone_nickname or "") if found.beneficiary else None,
            found.word, found.card, found.theme)

    async def envelopes_in(self, chat: int, limit: int) -> tuple[int, ...]:
        found = await self._all(select(envelopes.c.id).where(envelopes.c.chat == chat, envelopes.c.state == "open")
                                .order_by(envelopes.c.expires_at.desc(), envelopes.c.id.desc()).limit(limit))
        return tuple(row.id for row in found)

    async def worded(self, chat: int, limit: int) -> tuple[WordedView, ...]:
        found = await self._all(select(envelopes.c.id, envelopes.c.word, envelopes.c.message).where(
            envelopes.c.chat == chat, envelopes.c.state == "open", envelopes.c.word != "")
            .order_by(envelopes.c.expires_at.desc(), envelopes.c.id.desc()).limit(limit))
        return tuple(WordedView(row.id, row.word, row.message) for row in found)

    async def envelope_of(self, viewer: int, transfer: int, chat: int) -> EnvelopeView | None:
        found = await self._all(select(moved.c.kind, moved.c.debit, moved.c.credit).where(
            moved.c.id == transfer, moved.c.kind.in_((movements.ENVELOPE.name, movements.SHARE.name))))
        if not found:
            return None
        account = found[0].credit if found[0].kind == movements.ENVELOPE.name else found[0].debit
        view = await self.envelope(ids.owner_of(account))
        assert view is not None
        parts = {view.maker.member, *(share.party.member for share in view.taken)}
        return view if viewer in parts or (chat and view.chat == chat) else None

    async def envelopes(self, viewer: int, *, sent: bool, since: int, until: int, skip: int, limit: int
                        ) -> EnvelopePage:
        within, limit = moved.c.at.between(since, until - 1), min(limit, MOST)
        where, whose, amount, _counts = _SIDES[sent]
        async with self._reading.connect() as connection:
            sums = [(await connection.execute(select(func.count(), func.coalesce(func.sum(counts), 0)).select_from(side)
                                              .where(whose == viewer, within))).one()
                    for side, whose, _amount, counts in (_SIDES[True], _SIDES[False])]
            found = (await connection.execute(
                select(envelopes, moved.c.id.label("moved"), moved.c.at, amount.label("own"),
                       notes.c.text.label("note"), members.c.telegram_id, profiles.c.nickname)
                .select_from(where.join(members, members.c.id == envelopes.c.member)
                             .outerjoin(profiles, profiles.c.member == envelopes.c.member)
                             .outerjoin(notes, notes.c.transfer == envelopes.c.transfer))
                .where(whose == viewer, within).order_by(moved.c.at.desc(), moved.c.id.desc())
                .offset(min(skip, MOST_SKIPPED)).limit(limit + 1))).all()
        lines = tuple(EnvelopeLine(
            row.id, row.moved, row.own, row.at, owner(row), row.note or "",
            row.shares, row.opened, row.state) for row in found[:limit])
        (sent_count, sent_sum), (got_count, got_sum) = sums
        return EnvelopePage(lines, len(found) > limit and skip < MOST_SKIPPED, sent_count, int(sent_sum), got_count,
                            int(got_sum))

    async def due_envelopes(self, now: int, limit: int) -> tuple[int, ...]:
        found = await self._all(select(envelopes.c.id).where(envelopes.c.state == "open", envelopes.c.expires_at <= now)
                                .order_by(envelopes.c.expires_at, envelopes.c.id).limit(limit))
        return tuple(row.id for row in found)

    async def due_kept(self, now: int, limit: int) -> tuple[tuple[int, int], ...]:
        found = await self._all(select(kept_shares.c.envelope, kept_shares.c.person)
                                .where(kept_shares.c.state == "kept", kept_shares.c.until <= now)
                                .order_by(kept_shares.c.until).limit(limit))
        return tuple((row.envelope, row.person) for row in found)

    async def kept_until(self, envelope: int, person: int) -> int:
        found = await self._all(select(kept_shares.c.until).where(
            kept_shares.c.envelope == envelope, kept_shares.c.person == person, kept_shares.c.state == "kept"))
        return found[0].until if found else 0
