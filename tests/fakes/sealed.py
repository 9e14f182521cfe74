"""What is kept sealed of members, over the rows of a `FakeStore`."""
from __future__ import annotations

from tests.fakes.store import FakeStore
from wallet.rows import Contact, Email, Identity, OneTimeCodes, Profile
from wallet.views import CodesView


class FakeSealed:
    """The part of `wallet.protocols.Reads` that gives what only a member's key opens, with that key."""

    _store: FakeStore

    async def sealed_phone(self, member: int) -> tuple[bytes, bytes] | None:
        row = self._store.rows.get((Profile, member))
        return (row.phone, row.wrapped_key) if isinstance(row, Profile) else None

    async def sealed_identity(self, member: int) -> tuple[bytes, bytes] | None:
        row, profile = self._store.rows.get((Identity, member)), self._store.rows.get((Profile, member))
        if not isinstance(row, Identity) or not row.given_at or not isinstance(profile, Profile):
            return None
        return row.sealed, profile.wrapped_key

    async def sealed_email(self, member: int) -> tuple[bytes, bytes] | None:
        row = self._store.rows.get((Email, member))
        return self._with_key(member, row.address if isinstance(row, Email) else b"")

    async def sealed_qq(self, member: int) -> tuple[bytes, bytes] | None:
        row = self._store.rows.get((Contact, member))
        return self._with_key(member, row.qq if isinstance(row, Contact) else b"")

    async def one_time_codes(self, member: int) -> CodesView | None:
        row, profile = self._store.rows.get((OneTimeCodes, member)), self._store.rows.get((Profile, member))
        if isinstance(row, OneTimeCodes) and isinstance(profile, Profile) and row.sealed:
            return CodesView(row.sealed, profile.wrapped_key, row.since)
        return None

    def _with_key(self, member: int, sealed: bytes) -> tuple[bytes, bytes] | None:
        profile = self._store.rows.get((Profile, member))
        return (sealed, profile.wrapped_key) if sealed and isinstance(profile, Profile) else None
