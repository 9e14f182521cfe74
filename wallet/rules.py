"""What movements are judged by, as data: which facts together make which rule, and what then becomes of the money.

Guards: a rule is a list of bounds on facts and nothing else, so that it can be told in words, changed by a setting, and
run again over the past. The severest of the rules that apply wins. None is read from anything a person typed.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import astuple


class Verdict(IntEnum):
    """What may become of a movement, the mildest first."""

    PASS = 0
    ASK = 1
    """The PIN is asked."""
    COOL = 2
    """It arrives a quarter of an hour later, and can be taken back until then."""
    HOLD = 3
    """Operators look at it first."""
    REFUSE = 4


class Facts(Struct, frozen=True, gc=False):
    """What is known of a movement. Amounts in minor units; what is lately was in the last hour, this one among it."""

    amount: int = 0
    """All of it."""
    count: int = 0
    """How often they paid lately."""
    sum: int = 0
    """How much that was."""
    strangers: int = 0
    """How many of those they paid lately had not been paid a tenth of as much by them in all their time."""
    first: int = 0
    """1 when one of those who are paid is such a one."""
    drained: int = 0
    """What per cent of what they had an hour ago is gone with this."""
    payments: int = 0
    """How often they ever paid."""
    times_usual: int = 0
    """How many times as much as the mean of that this is."""
    age: int = 0
    """For how many days they have been a member."""
    came: int = 0
    """How much came to them lately from those who had never paid them."""
    passed_on: int = 0
    """What per cent of that is gone with this."""
    wrong_pins: int = 0
    """Wrong PINs of the last day."""
    receiver_came_from: int = 0
    """From how many who had never paid them the receiver was paid lately."""
    receiver_age: int = 0
    """For how many days the newest receiver has been a member."""
    receiver_reports: int = 0
    """By how many others a receiver was reported in the last weeks."""


_FACTS: Final = Facts.__struct_fields__


@dataclass(frozen=True, slots=True)
class Rule:
    """Applies when each fact is at least, or below, what is named. The bound that hardly any payment reaches is named
    first, and looked at first."""

    name: str
    verdict: Verdict
    at_least: Mapping[str, int]
    below: Mapping[str, int]
    dry: bool = False
    """Whether it is only written down."""
    first: tuple[int, int] = field(init=False, compare=False)
    """The place of the first fact among all, and its bound."""

    def __post_init__(self) -> None:
        name, bound = next(iter(self.at_least.items()))
        object.__setattr__(self, "first", (_FACTS.index(name), bound))

    def applies(self, facts: Facts) -> bool:
        """Whether a movement is one of these."""
        return all(getattr(facts, name) >= bound for name, bound in self.at_least.items()) and all(
            getattr(facts, name) < bound for name, bound in self.below.items())


RULES: Final[tuple[Rule, ...]] = (
    # Whoever pays so often in an hour is a program; only where it comes to something is it worth a question.
    Rule("speed", Verdict.ASK, {"count": 40, "sum": 200_000}, {}),
    Rule("flood", Verdict.REFUSE, {"count": 300, "sum": 2_000_000}, {}),
    # Ten times as much as usual, once there is something usual, and more than a dinner.
    Rule("habit", Verdict.ASK, {"times_usual": 10, "amount": 100_000, "payments": 10}, {}),
    # Rent and deposits are paid to somebody new, too: asked about, not stopped.
    Rule("first_time", Verdict.ASK, {"amount": 300_000, "first": 1}, {}),
    # A wallet opened this week that pays one stranger after the other.
    Rule("new_account", Verdict.COOL, {"strangers": 5, "sum": 100_000}, {"age": 7}),
    # What came is gone again within the hour, to somebody new: how money is passed on.
    Rule("straight_out", Verdict.COOL, {"came": 300_000, "passed_on": 80, "first": 1}, {}),
    # Who took somebody's phone guesses at the PIN, and then pays themselves.
    Rule("wrong_pin", Verdict.COOL, {"wrong_pins": 4, "first": 1, "amount": 50_000}, {}),
    # A wallet that is emptied to one stranger after the other within an hour.
    Rule("drain", Verdict.HOLD, {"strangers": 3, "drained": 80, "sum": 200_000}, {}),
    # Many who don't know them pay a newcomer: how those who cheat collect.
    Rule("many_to_one", Verdict.HOLD, {"receiver_came_from": 30, "first": 1}, {"receiver_age": 30}),
    # Several members reported them, and this is somebody who doesn't know them.
    Rule("reported", Verdict.HOLD, {"receiver_reports": 3, "first": 1, "amount": 10_000}, {}),
)
"""In force unless a setting says otherwise. No ordinary day of a deployment in yuan meets one that holds money back."""

NAMES: Final = tuple(rule.name for rule in RULES)


class RulesWrong(ValueError):
    """What was meant to change the rules can't be read."""


def applying(rules: Iterable[Rule], facts: Facts) -> list[Rule]:
    """Those that apply: hardly ever any, and this is on every payment's way, so that one bound of each is looked at
    before the rest."""
    known, found = astuple(facts), []
    for rule in rules:
        place, bound = rule.first
        if known[place] >= bound and rule.applies(facts):
            found.append(rule)
    return found


def severest(found: Iterable[Rule], *, dry: bool) -> Rule | None:
    """The severest of those that apply and are in force, or on trial."""
    return max((rule for rule in found if rule.dry is dry), key=lambda rule: rule.verdict, default=None)


def changed(text: str, *, dry: bool = False) -> tuple[Rule, ...]:
    """The rules with changes, which are JSON: {"habit": {"verdict": "cool", "at_least": {"amount": 5}, "dry": true},
    "speed": null}. Null takes a rule away; bounds that are not named stay. `dry` puts all of them on trial. Raises
    `RulesWrong`."""
    try:
        changes = json.loads(text or "{}")
    except ValueError as error:
        raise RulesWrong(f"no JSON: {error}") from None
    if not isinstance(changes, dict) or not changes.keys() <= set(NAMES):
        raise RulesWrong(f"an object of changes to {', '.join(NAMES)} is wanted")
    found = (_one(rule, changes.get(rule.name, {})) for rule in RULES if changes.get(rule.name, {}) is not None)
    return tuple(replace(rule, dry=True) if dry else rule for rule in found)


def _one(rule: Rule, change: object) -> Rule:
    if not isinstance(change, dict) or not change.keys() <= {"verdict", "at_least", "below", "dry"}:
        raise RulesWrong(f"{rule.name}: verdict, at_least, below and dry can be changed")
    try:
        verdict = Verdict[str(change.get("verdict", rule.verdict.name)).upper()]
    except KeyError:
        wanted = ", ".join(one.name.lower() for one in Verdict)
        raise RulesWrong(f"{rule.name}: the verdict is one of {wanted}") from None
    bounds = [_bounds(rule, change.get(name, {})) for name in ("at_least", "below")]
    return replace(rule, verdict=verdict, at_least={**rule.at_least, **bounds[0]}, below={**rule.below, **bounds[1]},
                   dry=bool(change.get("dry", rule.dry)))


def _bounds(rule: Rule, given: object) -> dict[str, int]:
    if not isinstance(given, dict) or not given.keys() <= {*_FACTS} or not all(
            type(bound) is int for bound in given.values()):
        raise RulesWrong(f"{rule.name}: bounds are whole numbers for {', '.join(sorted(_FACTS))}")
    return given
