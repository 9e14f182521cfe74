"""What keeps machines from grabbing red envelopes: a wait for new wallets, a pace, and a small question.

Guards: openings are counted in the commit that makes them, so nobody is faster than the pace by asking for many at
once. A question belongs to one member and one envelope; it is answered by whoever was asked it, in the group, and who
answers wrong too often hears no other one, in words or drawn.
"""
from __future__ import annotations

import hmac
from typing import Final

from wallet import questions, refusals, tallies
from wallet.books import Books
from wallet.questions import Picture, Sum
from wallet.rows import Envelope, GroupRules, Key, Member, Tally

MINUTE: Final = 60 * 1_000_000
OPENINGS: Final = "openings"
"""Shares that somebody opened, by minute."""
WRONG_ANSWERS: Final = "answers:"
"""Answers of somebody to the questions of the envelope whose number follows."""
TRIES: Final = 3
"""So many answers to the questions of one envelope may be wrong."""
DRAWN: Final = 2
"""What a group's rule says where the question is a picture; whoever can't see it may have it in words."""
NOTHING: Final = -1
"""No answer."""


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
    return _asked(books, envelope, member, proof) is not None


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
        _answered(books, envelope.id, member.id, answer, proof, drawn=rules.question == DRAWN)


def wait(books: Books, envelope: Envelope) -> int:
    """How long a new wallet waits, in microseconds."""
    rules = _rules(books, envelope)
    return rules.delay * MINUTE if rules is not None else 0


def _rules(books: Books, envelope: Envelope) -> GroupRules | None:
    return books.find(GroupRules, envelope.chat) if envelope.chat else None


def _answered(books: Books, envelope: int, member: int, answer: int, proof: str, *, drawn: bool) -> None:
    left = TRIES - tallies.begun_in(books, member, _wrong(envelope), 0)
    if left <= 0:
        raise refusals.AnswersUsedUp
    question = _asked(books, envelope, member, proof)
    if answer == NOTHING or question is None:
        in_words, in_a_picture = _questions(books, envelope, member)
        raise refusals.QuestionAsked(in_words, in_a_picture if drawn else None)
    if answer != question.right:
        tallies.note(books, member, _wrong(envelope), 0)
        books.keep()
        raise refusals.AnswerWrong(left - 1)


def _wrong(envelope: int) -> str:
    return f"{WRONG_ANSWERS}{envelope}"


def _questions(books: Books, envelope: int, member: int) -> tuple[Sum, Picture]:
    """In words and drawn; others after each wrong answer."""
    about = f"{envelope}:{member}:{tallies.begun_in(books, member, _wrong(envelope), 0)}"
    secret = books.policy.digest_key
    return questions.small_sum(secret, about), questions.picture(secret, about)


def _asked(books: Books, envelope: int, member: int, proof: str) -> Sum | Picture | None:
    """The one of them that goes with a proof."""
    return next((one for one in _questions(books, envelope, member)
                 if hmac.compare_digest(one.proof.encode(), proof.encode())), None) if proof else None
