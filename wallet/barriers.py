"""What keeps machines from grabbing red envelopes: a wait for new wallets, a pace, and a small question.

Guards: openings are counted in the commit that makes them, so nobody is faster than the pace by asking for many at
once. A question belongs to one member and one envelope; it is answered by whoever was asked it, in the group, and who
answers wrong too often hears no other one.
"""
from __future__ import annotations

import hmac
from typing import Final, NamedTuple

from wallet import refusals, tallies
from wallet.books import Books
from wallet.rows import Envelope, GroupRules, Key, Member, Tally

MINUTE: Final = 60 * 1_000_000
OPENINGS: Final = "openings"
"""Shares that somebody opened, by minute."""
WRONG_ANSWERS: Final = "answers:"
"""Answers of somebody to the questions of the envelope whose number follows."""
TRIES: Final = 3
"""So many answers to the questions of one envelope may be wrong."""
NOTHING: Final = -1
"""No answer."""


class Sum(NamedTuple):
    """A question: what two numbers come to."""

    first: int
    second: int
    proof: str
    """That it was asked: who was not asked does not know it."""


def reads(member: int, chat: int) -> tuple[Key, ...]:
    """What opening in a group always looks at."""
    tally = Tally, (member, OPENINGS)
    return (tally, *rules_of(chat))


def rules_of(chat: int) -> tuple[Key, ...]:
    """What a group wants; nobody rules where there is none."""
    return ((GroupRules, chat),) if chat else ()


def answers(envelope: int, member: int) -> Key:
    """What is looked at besides where a question may have been asked."""
    return Tally, (member, _wrong(envelope))


def pace(books: Books, member: int) -> None:
    """Refuses `OpeningTooFast`."""
    most = books.policy.openings_a_minute
    if tallies.begun_in(books, member, OPENINGS, books.now // MINUTE) >= most:
        raise refusals.OpeningTooFast(most)


def count(books: Books, member: int) -> None:
    """One more opening."""
    tallies.note(books, member, OPENINGS, books.now // MINUTE)


def was_asked(books: Books, envelope: int, member: int, proof: str) -> bool:
    """Whether a member was asked the question that they are about to answer."""
    return bool(proof) and hmac.compare_digest(_sum(books, envelope, member).proof.encode(), proof.encode())


def admit(books: Books, envelope: Envelope, member: Member, answer: int, proof: str) -> None:
    """Refuses `WalletTooNew`, `QuestionAsked`, `AnswerWrong` and `AnswersUsedUp`, where the group wants that. What is
    for one person alone, or opens by a word, is not grabbed."""
    if envelope.beneficiary or envelope.word:
        return
    old_enough = member.joined_at + wait(books, envelope)
    if books.now < old_enough:
        raise refusals.WalletTooNew(old_enough)
    rules = _rules(books, envelope)
    if rules is not None and rules.question:
        _answered(books, envelope.id, member.id, answer, proof)


def wait(books: Books, envelope: Envelope) -> int:
    """How long a new wallet waits, in microseconds."""
    rules = _rules(books, envelope)
    return rules.delay * MINUTE if rules is not None else 0


def _rules(books: Books, envelope: Envelope) -> GroupRules | None:
    return books.find(GroupRules, envelope.chat) if envelope.chat else None


def _answered(books: Books, envelope: int, member: int, answer: int, proof: str) -> None:
    left = TRIES - tallies.begun_in(books, member, _wrong(envelope), 0)
    if left <= 0:
        raise refusals.AnswersUsedUp
    question = _sum(books, envelope, member)
    if answer == NOTHING or not was_asked(books, envelope, member, proof):
        raise refusals.QuestionAsked(*question)
    if answer != question.first + question.second:
        tallies.note(books, member, _wrong(envelope), 0)
        books.keep()
        raise refusals.AnswerWrong(left - 1)


def _wrong(envelope: int) -> str:
    return f"{WRONG_ANSWERS}{envelope}"


def _sum(books: Books, envelope: int, member: int) -> Sum:
    """Another one after each wrong answer."""
    wrong = tallies.begun_in(books, member, _wrong(envelope), 0)
    digest = hmac.digest(books.policy.digest_key, f"question:{envelope}:{member}:{wrong}".encode(), "sha256")
    return Sum(2 + digest[0] % 8, 2 + digest[1] % 8, digest[2:10].hex())
