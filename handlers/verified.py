"""Who operators found somebody to be, as far as others may know it: a masked name, a company, or nothing.

Guards: of a person's name no more than its mask ever leaves this module, and nothing of somebody whose documents no
operator has seen; whose key was destroyed is nobody any more.
"""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers import payments
from handlers.texts import Fact, Person, Text, _
from wallet.protocols import Applications
from wallet.vault import Unreadable, Vault
from wallet.views import Party, SealedPerson


@dataclass(frozen=True, slots=True)
class Marks:
    """What may be shown of somebody."""

    name: Person | None
    """Masked."""
    company: str
    """"" for none."""

    def line(self) -> Text:
        """On a line of its own."""
        if self.company:
            return _("🏢 Reviewed company: {company}", company=Person(self.company))
        assert self.name is not None
        return _("🪪 Verified name: {name}", name=self.name)

    def beside(self, name: Person) -> Fact:
        """Beside the name by which they are known."""
        if self.company:
            return _("{name}, 🏢 {company}", name=name, company=Person(self.company))
        return _("{name} (verified)", name=name)


@dataclass(frozen=True, slots=True)
class Stranger:
    """A member whom somebody has never paid."""

    joined_at: int
    marks: Marks | None


@dataclass(frozen=True, slots=True)
class Verified:
    """Looks it up."""

    applications: Applications
    vault: Vault

    async def marks(self, members: Sequence[int]) -> Mapping[int, Marks]:
        """Of several members, by their numbers; whoever has none is left out."""
        found = await self.applications.persons(members)
        return {number: marks for number, sealed in found.items() if (marks := self._opened(sealed)) is not None}

    async def of_first(self, viewer: int, persons: Sequence[int]) -> Mapping[int, Stranger]:
        """Of those members whom a member has never paid, by their Telegram ids."""
        found = await self.applications.persons_unpaid(viewer, persons)
        return {person: Stranger(one.joined_at, self._opened(one)) for person, one in found.items()}

    async def sides(self, parties: Sequence[Party | None], names: Mapping[int, Person]) -> dict[int, Fact]:
        """Names of the sides of a payment with what was found of them; who is known by a number only stays so."""
        known = [party for party in parties if party is not None]
        marks = await self.marks([party.member for party in known if not party.by_number])
        return {party.telegram_id: marks[party.member].beside(names[party.telegram_id])
                if party.member in marks and not party.by_number else names[party.telegram_id] for party in known}

    def _opened(self, sealed: SealedPerson) -> Marks | None:
        name, company = "", ""
        try:
            if sealed.identity:
                name = self.vault.open_for(sealed.wrapped_key, sealed.identity).split("\n")[0]
            if sealed.enterprise:
                company = str(json.loads(self.vault.open_for(sealed.wrapped_key, sealed.enterprise))[0])
        except Unreadable:
            return None
        return Marks(payments.masked(Person(name)) if name else None, company) if name or company else None
