"""What the facts behind an act of the audit say: their parts in words, one after the other.

Guards: the audit's facts are short, hashed and never change, so they are only read here; facts that no shape here fits
are shown as they are, never left out. Free text is in the audit as a digest alone, of which nothing is shown.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from handlers import applications, interceptions, operators, penalties, tickets
from handlers.texts import Code, Day, Fact, Moment, Money, Text, _
from wallet import ids
from wallet.operators import ROLES as TITLES
from wallet.views import AuditLine

LONGEST: Final = 200
"""Characters of facts that are shown as they are."""
_EARLIEST, _LATEST = 10**15, 10**17
"""Between them a number of microseconds is a moment that people live to see."""

DEEDS: Final[Mapping[str, Text]] = {
    "adjust": _("correction of a balance"), "ban": _("ban for ever"), "unban": _("end of a ban"),
    "listed": _("a name found on the screening list"), "legal_hold": _("order of a court carried out"),
    "lift_legal_hold": _("end of a court's order"), "move": _("move of a wallet"), "publish": _("new agreement"),
    "release": _("held payment let go on"), "reset_pin": _("another PIN allowed"),
    "reset_identity": _("name and number taken off"), "wind_down": _("closing of the service"),
    "call_off": _("closing of the service called off")}
"""What two operators sign, in a few words."""
PENALTIES: Final[Mapping[str, Text]] = {"warning": _("⚠️ warning"), **penalties.IN_FORCE}
RULES: Final[Mapping[str, Text]] = {
    "average": _("least for each share"), "shares": _("most shares"), "question": _("question before sharing"),
    "delay": _("wait for new wallets"), "tidy": _("clearing up"), "language": _("language"),
    "feature:envelopes": _("red envelopes")}
WORDS: Final[Mapping[str, Text]] = {"note": _("note"), "greeting": _("greeting"), "nickname": _("nickname")}
ROLES: Final[Mapping[str, Text]] = {
    "nobody": operators.called(""), **{role: operators.called(role) for role in TITLES}}


class Names:
    """Who is who on a page: people by their Telegram ids, members by their numbers."""

    def __init__(self, people: Mapping[int, Fact], members: Mapping[int, Fact]) -> None:
        self._people = people
        self._members = members

    def person(self, telegram_id: int) -> Fact:
        """By name where it is known, and by number in any case."""
        return self._people.get(telegram_id) or Code(str(telegram_id))

    def member(self, number: int) -> Fact:
        """The same for a member's own number."""
        return self._members.get(number) or Code(f"M{number}")


Say = Callable[[str, Names], "Fact | None"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the facts: how it is written, and how it is said; nothing is said of what nobody can read."""

    written: str
    say: Say
    is_person: bool = False
    is_member: bool = False


def _code(value: str) -> Code:
    number = int(value)
    return Code(ids.code(number) if number < ids.SPACE else value)


def _moment(value: str) -> Fact:
    at = int(value)
    return Moment.of_microseconds(at) if _EARLIEST < at < _LATEST else Code(value)


def _day(value: str) -> Fact:
    day = int(value)
    return Day(date.fromordinal(day)) if 0 < day < date.max.toordinal() else Code(value)


def _one_of(known: Mapping[str, Text]) -> Say:
    return lambda value, names: known.get(value) or Code(value)


def _count(value: str, names: Names) -> Fact:
    return _("{n} time", "{n} times", n=int(value))


def _last(value: str) -> str:
    return value.rpartition(" ")[2]


PARTS: Final[Mapping[str, Part]] = {
    "ref": Part(r"\d{1,18}", lambda value, names: _code(value)),
    "person": Part(r"\d{1,18}", lambda value, names: names.person(int(value)), is_person=True),
    "member": Part(r"\d{1,18}", lambda value, names: names.member(int(value)), is_member=True),
    "by": Part(r"by \d{1,18}", lambda value, names: _("by {name}", name=names.person(int(_last(value))))
               if _last(value) != "0" else _("by itself"), is_person=True),
    "by_member": Part(r"by \d{1,18}", lambda value, names: _("by {name}", name=names.member(int(_last(value)))),
                      is_member=True),
    "by_the_member": Part("by the member", lambda value, names: _("by themselves")),
    "by_age": Part("by age", lambda value, names: _("because of their age")),
    "and": Part(r"and \d{1,18}", lambda value, names: _("and {name}", name=names.person(int(_last(value)))),
                is_person=True),
    "from_person": Part(r"from \d{1,18}", lambda value, names: _("from {name}", name=names.person(int(_last(value)))),
                        is_person=True),
    "to_person": Part(r"to \d{1,18}", lambda value, names: _("to {name}", name=names.person(int(_last(value)))),
                      is_person=True),
    "proposal": Part(r"(?:by )?proposal \d{1,18}",
                     lambda value, names: _("proposal {code}", code=_code(_last(value)))),
    "instead": Part(r"instead of \d{1,18}", lambda value, names: _("in place of {code}", code=_code(_last(value)))),
    "deed": Part(r'\["\w+".*\]', lambda value, names: _one_of(DEEDS)(value.split('"')[1], names)),
    "digest": Part(r"[0-9a-f]{32,64}", lambda value, names: None),
    "amount": Part(r"\d{1,18}", lambda value, names: Money(int(value))),
    "of": Part(r"of (?:\d{1,18}|everything)", lambda value, names: _("all they have")
               if _last(value) == "everything" else Money(int(_last(value)))),
    "no_limit": Part("0 from 0", lambda value, names: _("no limit")),
    "none": Part("0", lambda value, names: _("no limit")),
    "limit": Part(r"\d{1,18} from 0", lambda value, names: Money(int(value.split()[0]))),
    "later": Part(r"from \d{1,7}", lambda value, names: _("from {day}", day=_day(_last(value)))),
    "at": Part(r"\d{1,18}", lambda value, names: _moment(value)),
    "from": Part(r"from \d{1,18}", lambda value, names: _("from {day}", day=_moment(_last(value)))),
    "on": Part(r"on \d{1,18}", lambda value, names: _moment(_last(value))),
    "until": Part(r"until \d{1,18}", lambda value, names: _("until {time}", time=_moment(_last(value)))
                  if _last(value) != "0" else _("without an end")),
    "day": Part(r"\d{1,7}", lambda value, names: _day(value)),
    "used": Part(r"used on \d{1,7}", lambda value, names: _("last used on {day}", day=_day(_last(value)))),
    "days": Part(r"\d{1,6}(?: days)?", lambda value, names: _("{n} day", "{n} days", n=int(value.split()[0]))),
    "minutes": Part(r"\d{1,9}", lambda value, names: _("{n} minute", "{n} minutes", n=int(value))),
    "count": Part(r"\d{1,9}", _count),
    "message": Part(r"\d{1,9}", lambda value, names: _("message {n}", n=int(value))),
    "told": Part(r"after \d{1,9}", lambda value, names: _("after {n} person was told", "after {n} people were told",
                                                         n=int(_last(value)))),
    "level": Part(r"level \d", lambda value, names: _("level {level}", level=_last(value))),
    "switch": Part("[01]", lambda value, names: _("on") if value == "1" else _("off")),
    "chat": Part(r"(?:in )?-?\d{1,18}", lambda value, names: _("chat {number}", number=Code(_last(value)))),
    "role": Part(r"\w+", _one_of(ROLES)),
    "papers": Part(r"\w+", _one_of(applications.CALLED)),
    "paper": Part(r"\w+", _one_of(applications.PAPERS)),
    "why_not": Part(r"(?:" + "|".join(applications.REASON_LABELS) + ")", _one_of(applications.REASON_LABELS)),
    "topic": Part(r"\w+", _one_of(tickets.KINDS)),
    "rule": Part(r"\w+", lambda value, names: interceptions.RULES[value]() if value in interceptions.RULES
                 else Code(value)),
    "group_rule": Part(r"[\w:]+", _one_of(RULES)),
    "penalty": Part(r"(?:warning|limited|frozen|banned)(?: \w*)?(?= \w)",
                    lambda value, names: _one_of(PENALTIES)(value.removeprefix("limited ").strip(), names)),
    "warning": Part("warning ", lambda value, names: PENALTIES["warning"]),
    "no_end": Part("until 0", lambda value, names: None),
    "words": Part(r"\w+", _one_of(WORDS)),
    "pin": Part("by PIN", lambda value, names: _("by their PIN")),
    "phone": Part("by phone number", lambda value, names: _("by their phone number")),
    "way": Part(r"by [a-z_]+", lambda value, names: Code(_last(value))),
    "word": Part(r"\S+", lambda value, names: Code(value)),
    "rest": Part(r": .*", lambda value, names: Code(value[2:])),
}
"""By their names in the shapes."""

SHAPES: Final[Mapping[str, Sequence[str]]] = {
    **dict.fromkeys(("announced",), ("ref chat by", "ref word word digest? by")),
    **dict.fromkeys(("lift_announced",), ("ref chat by",)),
    "announcement_stopped": ("ref told by",),
    **dict.fromkeys(("application_begun", "application_handed_in"), ("ref papers",)),
    "paper_given": ("ref paper digest",),
    **dict.fromkeys(("application_approved", "application_rejected"), ("ref papers why_not? by",)),
    **dict.fromkeys(("application_withdrawn", "application_abandoned", "legal_hold_over", "ran_out",
                     "proposal_expired", "ticket_reopened"), ("ref",)),
    **dict.fromkeys(("application_taken", "application_left", "papers_looked_at", "name_looked_at", "told_of_incident",
                     "interception_released", "interception_sent_back", "interception_expired", "lifted",
                     "ticket_taken", "ticket_read"), ("ref by",)),
    **dict.fromkeys(("blocked", "unblocked", "guardian_accepted"), ("member",)),
    "guardian_declined": ("member",),
    "guardian_decided": ("word amount by_member",),
    "guardian_left": ("member by_member",),
    "name_suspected": ("ref word by",),
    "name_open_again": ("ref word",),
    "name_confirmed": ("ref word word by and",),
    "name_cleared": ("ref word word by",),
    "list_compared": ("word word word",),
    "woke": ("pin", "phone"),
    "told_of_sleep": ("days",),
    "fell_asleep": ("used",),
    "exported": ("days by",),
    "for_one_alone": ("ref person",),
    **dict.fromkeys(("came_of_age", "age_known"), ("day",)),
    "group_rule": ("chat group_rule word by",),
    "group_moved": ("chat chat",),
    "set_aside": ("ref person amount",),
    **dict.fromkeys(("identity_given", "identity_reviewed"), ("level",)),
    "appointed": ("person role by", "person role by_age", "person role"),
    "attack": ("word count",),
    "legal_hold": ("ref of until proposal instead?",),
    "legal_hold_lifted": ("ref proposal",),
    "identity_reset": ("proposal",),
    "money_maintenance": ("until by",),
    **dict.fromkeys(("money_open", "money_read_only"), ("by", "by+rest")),
    "no_pin_limit": ("amount",),
    "confirm_incoming": ("switch",),
    **dict.fromkeys(("looked_at", "move_asked", "move_objected", "move_rejected", "move_expired", "move_done"),
                    ("by",)),
    "moved": ("from_person to_person proposal",),
    "penalised": ("ref warning word no_end by", "ref penalty word until by"),
    "pin_locked": ("count",),
    **dict.fromkeys(("approved", "proposed"), ("ref by deed",)),
    "signed": ("by deed",),
    "rejected": ("ref by digest",),
    "published": ("word word from word word",),
    "pin_forgotten": ("at way",),
    "removed": ("words ref word digest by", "words word by"),
    "asked_for": ("ref person amount",),
    "intercepted": ("ref rule amount",),
    **dict.fromkeys(("own_limit_payment", "own_limit_day"), ("no_limit", "limit", "none later", "amount later")),
    "schedule": ("ref person amount word word word",),
    "ticket_closed": ("ref by word?",),
    "ticket_opened": ("ref topic word",),
    "ticket_words": ("ref message by digest", "ref message by_the_member digest"),
    "usual_delay": ("minutes",),
    "wind_down": ("on proposal",),
    "wind_down_called_off": ("at proposal",),
}
"""By the act: the parts of its facts, in turn; `?` marks one that may be missing, `+` one that follows at once."""


@cache
def _pattern(shape: str) -> tuple[re.Pattern[str], tuple[Part, ...]]:
    written, parts = "", []
    for token in shape.replace("+", " +").split():
        part = PARTS[token.strip("+?")]
        parts.append(part)
        piece = f"{'' if token[0] == '+' else ' '}({part.written})"
        written += f"(?:{piece})?" if token[-1] == "?" else piece
    return re.compile(written), tuple(parts)


def _read(line: AuditLine) -> list[tuple[Part, str]] | None:
    """The parts of a line's facts; none where they have another shape."""
    for shape in SHAPES.get(line.act, ()):
        pattern, parts = _pattern(shape)
        found = pattern.fullmatch(f" {line.facts}")
        if found:
            return [(part, value) for part, value in zip(parts, found.groups(), strict=True) if value is not None]
    return None


def people_of(lines: Sequence[AuditLine]) -> set[int]:
    """The Telegram ids of those who are named in lines."""
    return set(_named(lines, lambda part: part.is_person))


def members_of(lines: Sequence[AuditLine]) -> set[int]:
    """The numbers of the members whom lines are about or name."""
    return {line.member for line in lines if line.member} | set(_named(lines, lambda part: part.is_member))


def _named(lines: Sequence[AuditLine], wanted: Callable[[Part], bool]) -> Iterator[int]:
    for line in lines:
        for part, value in _read(line) or ():
            if wanted(part):
                yield int(_last(value))


def facts_of(line: AuditLine, names: Names) -> Fact | None:
    """What is behind an act, in words; nothing where there is nothing behind it."""
    found = _read(line)
    if found is None:
        return Code(line.facts[:LONGEST]) if line.facts else None
    said = [one for part, value in found if (one := part.say(value, names)) is not None]
    whole: Fact | None = None
    for one in said:
        whole = one if whole is None else _("{before} · {more}", before=whole, more=one)
    return whole
