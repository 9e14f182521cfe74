"""What a card says once nothing is left to decide on it.

Guards: it is told as fully as before, with what became of it, to those who were shown it; nothing is said of what is
still open.
"""
from __future__ import annotations

from handlers import interceptions, proposals
from handlers.ground import People
from handlers.texts import Fact, Lines
from wallet.protocols import OperatorReads, Reads


class Verdicts:
    """Knows what became of proposals and of payments that were held back."""

    def __init__(self, operator_reads: OperatorReads, reads: Reads, people: People) -> None:
        self._operator_reads = operator_reads
        self._reads = reads
        self._people = people

    async def on(self, kind: str, number: int) -> Fact | None:
        """How a card of either kind ends; nothing where it is open, or gone."""
        if kind == "proposal":
            signed = await self._operator_reads.answered(number)
            return None if signed is None else Lines((
                proposals.heading(signed.id), await proposals.what(signed.deed, self._reads, self._people),
                proposals.BECAME[signed.state]))
        held = await self._operator_reads.decided(number)
        return None if held is None else Lines((
            await interceptions.one_of_them(held, self._people, self._reads), interceptions.BECAME[held.state]))
