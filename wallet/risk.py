"""The look that every debit gets before it is final.

Guards: there is one place where a movement is judged, inside the operation that would move the money, from rows that
were read for it. What a rule decides is written down with the facts that led to it, in the same commit, also where
nothing moves. A rule that is on trial is written down and does nothing.
"""
from __future__ import annotations

from typing import Final

from wallet import gate, habits, ids, refusals
from wallet.books import Books, Judgement
from wallet.events import PaymentStopped
from wallet.gate import Safeguard
from wallet.movements import AccountKind
from wallet.rows import Account, Counter, Interception, Member
from wallet.rules import Facts, Rule, Verdict, applying, severest

COOL_OFF: Final = 15 * 60 * 1_000_000
"""How much later money arrives that may be taken back meanwhile."""
_DAY: Final = 24 * 60 * 60 * 1_000_000
_LONG: Final = 10_000
"""Days: as old as whoever has not joined, whose money waits for them in any case."""
_EVER: Final = 0
"""As `wallet.limits.EVER`."""
_AVAILABLE: Final = AccountKind.AVAILABLE
_NAMES: Final = Facts.__struct_fields__


LISTED: Final = Rule("name", Verdict.HOLD, {"amount": 1}, {})
"""Whatever is paid by somebody whose name may stand on the screening list, until that is decided. No setting turns it
off, and its payer hears what everybody hears whose payment is looked at."""


def decide(books: Books, payer: int, receivers: tuple[int, ...], amount: int, *, waits: bool = False) -> Verdict:
    """Judge a debit of `amount` to each receiver (member numbers; 0 for somebody who has not joined, or nobody in
    particular). `waits` is whether it can be held back; what can't is refused instead. Refuses `StoppedForSafety`.

    What comes of it is kept with the books for what follows in the same decision."""
    verdict = look(books, payer, receivers, amount)
    found = books.judgement
    assert found is not None
    if verdict is Verdict.REFUSE or (verdict is Verdict.HOLD and not waits):
        refuse(books)
        books.keep()
        raise refusals.StoppedForSafety
    if verdict is Verdict.COOL and 0 in receivers and waits:
        # Whoever has yet to join takes it by a tap, at once: what is to be late for them, operators look at.
        found.verdict = Verdict.HOLD
    return found.verdict


def look(books: Books, payer: int, receivers: tuple[int, ...], amount: int) -> Verdict:
    """Judge a debit and let whoever asks see to what comes of it."""
    assert amount > 0
    assert receivers
    facts = facts_of(books, payer, receivers, amount)
    found = applying(books.policy.rules, facts)
    if gate.listed(books.get(Member, payer)):
        found = [*found, LISTED]
    rule = severest(found, dry=False) if found else None
    one = receivers[0] if len(receivers) == 1 else 0
    books.judgement = Judgement(payer, books.get(Member, one).telegram_id if found and one else 0, facts, rule,
                                rule.verdict if rule is not None else Verdict.PASS)
    trial = severest(found, dry=True) if found else None
    if trial is not None:
        _note(books, trial, f"dry {trial.verdict.name.lower()}")
    return books.judgement.verdict


def is_first(books: Books) -> bool:
    """Whether the debit that was just judged goes to somebody whom its payer never paid."""
    assert books.judgement is not None
    return bool(books.judgement.facts.first)


def asks(books: Books, payer: int) -> bool:
    """Whether what was just judged needs the PIN."""
    found = books.judgement
    return found is not None and found.payer == payer and found.verdict in (Verdict.ASK, Verdict.COOL)


def becomes(books: Books, payer: int) -> Verdict:
    """What was just decided about a payment that can wait."""
    found = books.judgement
    return found.verdict if found is not None and found.payer == payer else Verdict.PASS


def asked(books: Books, payer: int) -> None:
    """Write down that its payer is asked because of a rule."""
    if asks(books, payer):
        assert books.judgement is not None
        assert books.judgement.rule is not None
        _note(books, books.judgement.rule, "ask")


def refuse(books: Books) -> None:
    """Write down that what was just judged is refused, and tell the operators."""
    found = books.judgement
    assert found is not None
    assert found.rule is not None
    _note(books, found.rule, "refuse")
    if habits.may_ring(books, found.payer):
        books.ring(PaymentStopped(0, found.payer, found.person, found.facts.amount, found.rule.name,
                                  listed(found.facts)))


def cooled(books: Books, person: int) -> None:
    """Write down that what was just judged arrives later."""
    found = books.judgement
    assert found is not None
    assert found.rule is not None
    _note(books, found.rule, "cool", person)


def intercepted(books: Books, person: int, hold: int, transfer: int, amount: int) -> None:
    """Write down what was just decided of money that a hold keeps, and tell the operators."""
    found = books.judgement
    assert found is not None
    assert found.rule is not None
    facts = listed(found.facts)
    books.add(Interception(hold, found.payer, person, amount, found.rule.name, "hold", facts, "open", books.now, 0, 0,
                           ""))
    books.audit(found.payer, "intercepted", f"{hold} {found.rule.name} {amount}")
    books.ring(PaymentStopped(transfer, found.payer, person, amount, found.rule.name, facts))


def read(books: Books, *members: Member) -> bool:
    """Whether anything was noted of those whom a debit is about, the payer first. Raises `Needs` for that and for the
    account in which the money may have to wait: what is found there often holds it back, and tries are few."""
    noted = [habits.reads(one.id) for one in members if one.safeguards & Safeguard.NOTED]
    if noted:
        books.need(*noted, (Account, ids.account(members[0].id, AccountKind.HELD)))
    return bool(noted)


def facts_of(books: Books, number: int, receivers: tuple[int, ...], amount: int) -> Facts:
    """What is known of a debit."""
    now, payer, account = books.now, books.get(Member, number), books.get(Account, ids.account(number, _AVAILABLE))
    ever = books.find(Counter, (number, _EVER))
    did, came, total = habits.paid(ever, now), habits.came(account, now), amount * len(receivers)
    fresh = came_from = reported = wrong = usual = often = 0
    newest = _LONG
    for one in receivers:
        if not one:
            fresh += 1
        elif habits.is_stranger(books, number, one, amount):
            receiver, fresh = books.get(Member, one), fresh + 1
            newest = min(newest, (now - receiver.joined_at) // _DAY)
            came_from = max(came_from, habits.came(books.get(Account, ids.account(one, _AVAILABLE)), now).people)
            if receiver.safeguards and read(books, payer, receiver):
                reported = max(reported, habits.reports(books, receiver))
                habits.forget(books, receiver)
    if ever is not None and ever.sent_count:
        often = ever.sent_count
        usual = ever.sent_sum // often
    if payer.safeguards and read(books, payer):
        wrong = habits.wrong_pins(books, payer)
        habits.forget(books, payer)
    gone = did.sum + total
    # In the order of the fields: by their names it would take three times as long.
    return Facts(
        total, did.count + len(receivers), gone, did.new + fresh, 1 if fresh else 0,
        100 * gone // max(1, did.sum + account.balance), often, amount // usual if usual else 0,
        (now - payer.joined_at) // _DAY, came.sum, 100 * gone // came.sum if came.sum else 0, wrong,
        came_from, newest, reported)


def listed(facts: Facts) -> str:
    """Facts as they are written down."""
    return " ".join(f"{name}={getattr(facts, name)}" for name in _NAMES)


# ------------------------------------------------------------------------------------------------- leaves
def _note(books: Books, rule: Rule, verdict: str, person: int = 0) -> None:
    """Write down that a rule applied where there is nothing to decide any more."""
    found = books.judgement
    assert found is not None
    books.add(Interception(books.number(), found.payer, person or found.person, found.facts.amount, rule.name, verdict,
                           listed(found.facts), "noted", books.now, 0, 0, ""))
