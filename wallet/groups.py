"""What a group's administrators chose for it: which features work there, and how its red envelopes are bounded.

Guards: a rule may only be narrower than the deployment's own, whatever is stored; each change is audited with who made
it; and a group that becomes another chat takes its rules along. Who administers a group only Telegram knows: whoever
calls has asked it.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wallet import refusals
from wallet.books import Books
from wallet.commands import Command, Done, Outcome
from wallet.plain import frozen
from wallet.rows import GroupRules, Key

ENVELOPES: Final = "envelopes"
"""The feature that red envelopes are."""

NUMBERS: Final = {"average": 2**53, "shares": 10_000, "question": 2, "delay": 7 * 24 * 60, "tidy": 48}
"""The rules that are numbers, and the most that each may be."""
LANGUAGE: Final = "language"
"""Kept with what is known of groups; a change of it is only noted here."""
FEATURE: Final = "feature:"
"""What the name of a rule begins with that switches a feature; its value is 1 for on."""


@frozen(kw_only=True)
class SetGroupRule(Command):
    """An administrator chooses something for their group."""

    administrator: int
    """Their Telegram id; 0 for somebody who acts in the group's name."""
    chat: int
    rule: str
    value: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((GroupRules, self.chat),)

    def decide(self, books: Books) -> Outcome:
        """Refuses nothing: the narrower of this and the deployment's own counts."""
        assert self.chat < 0
        rules = _edited(books, self.chat)
        if self.rule.startswith(FEATURE):
            off = set(filter(None, rules.off.split(",")))
            feature = self.rule.removeprefix(FEATURE)
            rules.off = ",".join(sorted(off - {feature} if self.value else off | {feature}))
        elif self.rule != LANGUAGE:
            assert 0 <= self.value <= NUMBERS[self.rule]
            setattr(rules, self.rule, self.value)
        books.audit(0, "group_rule", f"{self.chat} {self.rule} {self.value} by {self.administrator}")
        return Done()


def _edited(books: Books, chat: int) -> GroupRules:
    if books.find(GroupRules, chat) is None:
        books.add(GroupRules(chat, "", 0, 0, 0, 0, 0))
    return books.edit(GroupRules, chat)


@frozen(kw_only=True)
class MoveGroup(Command):
    """A group became another chat. Telegram says so in both; what was chosen in the new one since stays."""

    before: int
    chat: int

    def reads(self, today: int) -> Iterable[Key]:
        return ((GroupRules, self.before), (GroupRules, self.chat))

    def decide(self, books: Books) -> Outcome:
        """Copies the rules."""
        assert max(self.before, self.chat) < 0
        rules = books.find(GroupRules, self.before)
        if rules is not None and books.find(GroupRules, self.chat) is None:
            moved = rules.copy()
            moved.chat = self.chat
            books.add(moved)
            books.audit(0, "group_moved", f"{self.before} {self.chat}")
        return Done()


def envelope_bounds(books: Books, chat: int) -> tuple[int, int]:
    """The most shares that an envelope in this group may have, and the most that one may be on average. Refuses
    `FeatureOff`."""
    policy, rules = books.policy, books.find(GroupRules, chat)
    if rules is None:
        return policy.envelope_shares, policy.envelope_average
    if ENVELOPES in rules.off.split(","):
        raise refusals.FeatureOff(ENVELOPES)
    return (min(policy.envelope_shares, rules.shares or policy.envelope_shares),
            min(policy.envelope_average, rules.average or policy.envelope_average))
