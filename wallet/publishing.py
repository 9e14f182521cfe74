"""Publishing a new version of an agreement: from then on people are told of it, and it takes effect on its day.

Guards: nothing becomes binding behind people's backs. A version comes from the files and is published by operators who
name its very words by their fingerprints; a significant one by two of them, and as many days ahead as the agreements
promise. It is published once and never taken back, and the words are on record before anybody is told.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from wallet import refusals
from wallet.agreements import Published
from wallet.books import Books
from wallet.commands import Done, Outcome
from wallet.operators import Act
from wallet.plain import frozen
from wallet.proposals import Deed
from wallet.rows import Claim, Key, Publication


def published_claim(document: str, version: str) -> str:
    """The claim by which a version is published once."""
    return f"published:{document}@{version}"


@frozen()
class PublishDeed(Deed):
    """Publish a version that waits in the files."""

    document: str
    version: str
    english: str
    """SHA-256 of its text in English, as the operators saw it."""
    chinese: str
    effective: int
    significant: bool

    WORD: ClassVar[str] = "publish"
    ACT: ClassVar[Act] = Act.PUBLISH
    MONEY: ClassVar[bool] = False

    @classmethod
    def of(cls, one: Published) -> PublishDeed:
        """The deed that publishes exactly this."""
        hashes = dict(one.hashes)
        return cls(one.name, one.version, hashes["en"], hashes["zh_CN"], one.effective, one.significant)

    def reads(self) -> Iterable[Key]:
        return ((Claim, published_claim(self.document, self.version)),)

    def needs_two(self, books: Books) -> bool:
        return self.significant

    def check(self, books: Books) -> None:
        """Refuses `VersionNotWaiting` and `NoticeTooShort`."""
        found = next((one for one in books.policy.terms.waiting
                      if (one.name, one.version) == (self.document, self.version)), None)
        is_new = books.find(Claim, published_claim(self.document, self.version)) is None
        if found is None or PublishDeed.of(found) != self or not is_new:
            raise refusals.VersionNotWaiting
        if self.effective - found.notice <= books.now:
            raise refusals.NoticeTooShort(found.notice)

    def carry_out(self, books: Books, proposal: int) -> Outcome:
        number = books.number()
        books.add(Claim(published_claim(self.document, self.version), number, books.now))
        books.add(Publication(number, self.document, self.version, self.english, self.chinese, self.effective,
                              books.now))
        kind = "significant" if self.significant else "minor"
        books.audit(0, "published", f"{self.document}@{self.version} {kind} from {self.effective} "
                                    f"en={self.english} zh_CN={self.chinese}")
        return Done()
