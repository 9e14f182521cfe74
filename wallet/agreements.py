"""Agreements: which documents are in force, which of them gate what, and who accepted which.

Guards: an acceptance names the exact text (SHA-256) that was shown, and only the version in force can be accepted.
A minor new version is accepted by continued use; a significant one has to be accepted before money goes out again.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar

from wallet import refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.rows import Acceptance, Key, Member


@dataclass(frozen=True, slots=True)
class Published:
    """One version of a document, as far as the wallet cares."""

    name: str
    version: str
    """Its date; versions of one document sort by it."""
    effective: int
    """From when it is in force, in microseconds."""
    significant: bool
    gates: tuple[str, ...]
    hashes: tuple[tuple[str, str], ...]
    """(language, SHA-256 of the text) for every language."""


@dataclass(frozen=True)
class Terms:
    """All published documents."""

    documents: tuple[Published, ...] = ()
    _missing: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = field(default_factory=dict, compare=False)

    def in_force(self, gate: str, now: int) -> tuple[Published, ...]:
        """The newest effective version of each document that gates something."""
        newest: dict[str, Published] = {}
        for document in self.documents:
            known = newest.get(document.name)
            if document.effective <= now and (known is None or known.version < document.version):
                newest[document.name] = document
        return tuple(document for document in newest.values() if gate in document.gates)

    def missing(self, accepted: str, gate: str, now: int) -> tuple[str, ...]:
        """Names of the documents that have to be accepted before passing a gate."""
        until, names = self._missing.get((accepted, gate), (-1, ()))
        if now < until:
            return names
        names = tuple(document.name for document in self.in_force(gate, now)
                      if _version(accepted, document.name) < self._needed(document, now))
        if len(self._missing) > 4096:
            self._missing.clear()
        until = min((d.effective for d in self.documents if d.effective > now), default=2**62)
        self._missing[(accepted, gate)] = (until, names)
        return names

    def _needed(self, newest: Published, now: int) -> str:
        """The oldest version whose acceptance still counts: the newest significant one in force, or the first."""
        versions = sorted((d.version, d.significant) for d in self.documents
                          if d.name == newest.name and d.effective <= now)
        return max((version for version, significant in versions if significant), default=versions[0][0])


@lru_cache(maxsize=4096)
def _version(accepted: str, name: str) -> str:
    """The version of a document in a member's `accepted`, or "" (which is below every version)."""
    for part in accepted.split():
        known, _, version = part.partition("@")
        if known == name:
            return version
    return ""


def versions(accepted: str) -> dict[str, str]:
    """Document -> version accepted last."""
    return dict(part.split("@", 1) for part in accepted.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Command):
    """A person accepts the documents as they were shown."""

    member: int
    documents: tuple[tuple[str, str], ...]
    """(name, version) of each."""
    language: str = unasked()
    """The language in which they were read."""
    chat: int = unasked()

    MOST: ClassVar[int] = 10

    def actor(self) -> int:
        return self.member

    def reads(self, today: int) -> Iterable[Key]:
        return ()

    def decide(self, books: Books) -> Outcome:
        """Refuses `DocumentChanged` for a version that is not the one in force, and `JoiningOutOfOrder` to a minor."""
        assert 0 < len(self.documents) <= self.MOST
        member = books.edit(Member, self.member)
        if member.step in ("minor", "barred"):
            raise refusals.JoiningOutOfOrder(member.step)
        known = {(d.name, d.version): d for d in books.policy.terms.documents}
        accepted = versions(member.accepted)
        for name, version in self.documents:
            document = known.get((name, version))
            if document is None or document not in books.policy.terms.in_force(document.gates[0], books.now):
                raise refusals.DocumentChanged(name)
            if accepted.get(name) != version:
                books.add(Acceptance(books.number(), self.member, name, version, self.language,
                                     dict(document.hashes)[self.language], self.chat, books.now,
                                     books.lane.lane, books.lane.seq))
                accepted[name] = version
        member.accepted = " ".join(f"{name}@{version}" for name, version in sorted(accepted.items()))
        if member.step == "agree" and not books.policy.terms.missing(member.accepted, "join", books.now):
            member.step = "contact"
        return Done()
