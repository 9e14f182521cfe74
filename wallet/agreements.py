"""Agreements: which documents are in force, which of them gate what, who accepted which, and who hears of new ones.

Guards: an acceptance names the exact text (SHA-256) that was shown, and never goes back to an older version. A minor
new version is accepted by continued use; a significant one has to be accepted before money goes out again, and money
comes in all the while. Everybody who accepted an older version is told of a new one, once.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import ClassVar

from wallet import refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome, unasked
from wallet.events import NewVersions
from wallet.plain import frozen
from wallet.rows import Acceptance, Claim, Key, Member


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
    counts_as: str = ""
    """The version that stands for this one, which gave way to another before its day; "" for all that hold or will."""
    notice: int = 0
    """So many microseconds before it is in force it has to be published."""


@dataclass
class Terms:
    """All published documents, and those that wait to be."""

    documents: tuple[Published, ...] = ()
    waiting: tuple[Published, ...] = ()
    """What the files have beside them: it holds for nobody, and nobody can accept it."""
    _missing: dict[tuple[str, str, bool], tuple[int, tuple[str, ...]]] = field(default_factory=dict, compare=False)

    def in_force(self, gate: str, now: int) -> tuple[Published, ...]:
        """The newest effective version of each document that gates something."""
        return tuple(document for document in self._newest(now).values() if gate in document.gates)

    def publish(self, name: str, version: str) -> None:
        """From now on a version that waited counts."""
        published = next(one for one in self.waiting if (one.name, one.version) == (name, version))
        self.waiting = tuple(one for one in self.waiting if one is not published)
        self.documents = tuple(sorted((*self.documents, published), key=lambda one: (one.name, one.version)))
        self._missing.clear()
        self.__dict__.pop("_current", None)  # What was computed from the documents before.

    @cached_property
    def _current(self) -> tuple[Published, ...]:
        """All but what gave way before its day."""
        return tuple(document for document in self.documents if not document.counts_as)

    @cached_property
    def _instead(self) -> dict[tuple[str, str], str]:
        return {(document.name, document.version): document.counts_as for document in self.documents
                if document.counts_as}

    def accepted_version(self, accepted: str, name: str) -> str:
        """The version of a document that a member's `accepted` amounts to, or "" (which is below every version)."""
        version = _version(accepted, name)
        return self._instead.get((name, version), version)

    def _newest(self, now: int) -> dict[str, Published]:
        newest: dict[str, Published] = {}
        for document in self._current:
            known = newest.get(document.name)
            if document.effective <= now and (known is None or known.version < document.version):
                newest[document.name] = document
        return newest

    def missing(self, accepted: str, gate: str, now: int, *, spends: bool = True) -> tuple[str, ...]:
        """Names of the documents that have to be accepted before passing a gate. Whoever does not spend passes with
        any version that they have accepted."""
        until, names = self._missing.get((accepted, gate, spends), (-1, ()))
        if now < until:
            return names
        names = tuple(d.name for d in self.in_force(gate, now)
                      if not self._is_enough(self.accepted_version(accepted, d.name), d, now, spends=spends))
        if len(self._missing) > 4096:
            self._missing.clear()
        until = min((d.effective for d in self._current if d.effective > now), default=2**62)
        self._missing[(accepted, gate, spends)] = (until, names)
        return names

    def _is_enough(self, version: str, newest: Published, now: int, *, spends: bool) -> bool:
        """Whether a version that was accepted still counts: one not older than the newest significant one in force,
        or than the first one."""
        if not spends:
            return bool(version)
        known = sorted((d.version, d.significant) for d in self._current
                       if d.name == newest.name and d.effective <= now)
        return version >= max((one for one, significant in known if significant), default=known[0][0])

    def may_accept(self, document: Published, accepted: str, now: int) -> bool:
        """Whether a version can be accepted now: the one in force, and one that is to come by whoever has accepted
        what holds until then."""
        newest = self._newest(now).get(document.name)
        if document.effective <= now or newest is None:
            return document == newest
        return not document.counts_as and self._is_enough(self.accepted_version(accepted, document.name), newest, now,
                                                          spends=True)

    def news(self, accepted: str, now: int) -> tuple[Published, ...]:
        """The versions of which somebody has to be told who accepted older ones: those in force, and those to come."""
        newest = self._newest(now)
        return tuple(document for document in self._current
                     if "" < self.accepted_version(accepted, document.name) < document.version
                     and (document.effective > now or document == newest[document.name]))

    def significant_since(self, accepted: str, document: Published, now: int) -> bool:
        """Whether a version has to be accepted by somebody who accepted an older one: it or one in between is
        significant. What holds until its day is asked for by itself."""
        since = self.accepted_version(accepted, document.name)
        holds = self._newest(now).get(document.name)
        if document.effective > now and holds is not None:
            since = max(since, holds.version)
        return any(d.significant for d in self._current
                   if d.name == document.name and since < d.version <= document.version)

    @property
    def has_news(self) -> bool:
        """Whether any document has more than one version."""
        return len({document.name for document in self._current}) < len(self._current)


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
    return dict(named(accepted))


def named(text: str) -> list[tuple[str, str]]:
    """(name, version) of each in a text that names versions."""
    return [(name, version) for name, _, version in (part.partition("@") for part in text.split())]


@frozen(kw_only=True)
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

    def decide(self, books: Books) -> Outcome:
        """Refuses `DocumentChanged` for a version that is over or to come too early, and `JoiningOutOfOrder` to a
        minor."""
        assert 0 < len(self.documents) <= self.MOST
        member = books.edit(Member, self.member)
        if member.step in ("minor", "barred"):
            raise refusals.JoiningOutOfOrder(member.step)
        terms = books.policy.terms
        known = {(d.name, d.version): d for d in terms.documents}
        accepted = versions(member.accepted)
        newest = {name: terms.accepted_version(member.accepted, name) for name in accepted}
        for name, version in self.documents:
            document = known.get((name, version))
            if document is None or not terms.may_accept(document, member.accepted, books.now):
                raise refusals.DocumentChanged(name)
            if newest.get(name, "") < version:
                books.add(Acceptance(books.number(), self.member, name, version, self.language,
                                     dict(document.hashes)[self.language], self.chat, books.now,
                                     books.lane.lane, books.lane.seq))
                accepted[name] = newest[name] = version
        member.accepted = " ".join(f"{name}@{version}" for name, version in sorted(accepted.items()))
        if member.step == "agree" and not terms.missing(member.accepted, "join", books.now):
            member.step = "contact"
        return Done()


def told_claim(name: str, version: str, member: int) -> str:
    """The claim by which a member is told of a version once."""
    return f"told:{name}@{version}:{member}"


@frozen(kw_only=True)
class TellOfVersions(Command):
    """The clock tells a member of new versions."""

    member: int
    documents: tuple[tuple[str, str], ...]
    """(name, version) of each."""

    def reads(self, today: int) -> Iterable[Key]:
        return ((Member, self.member), *((Claim, told_claim(*document, self.member)) for document in self.documents))

    def decide(self, books: Books) -> Outcome:
        """Tells, in one notice, of those that the member was not told of and has not accepted meanwhile."""
        member = books.get(Member, self.member)
        terms = books.policy.terms
        told: dict[bool, list[str]] = {True: [], False: []}
        for document in terms.news(member.accepted, books.now) if member.state not in ("joining", "closed") else ():
            text = told_claim(document.name, document.version, self.member)
            if (document.name, document.version) in self.documents and books.find(Claim, text) is None:
                books.add(Claim(text, self.member, books.now))
                is_significant = terms.significant_since(member.accepted, document, books.now)
                told[is_significant].append(f"{document.name}@{document.version}")
        if told[True] or told[False]:
            event = NewVersions(" ".join(told[True]), " ".join(told[False]))
            books.tell(self.member, event)
            # That somebody was told is what their going on is measured by.
            books.audit(self.member, "told_of_versions", event.facts())
        return Done()
