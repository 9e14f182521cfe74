"""A statement to keep: every movement as a table for a spreadsheet, and the whole month as a document to print.

Guards: no cell that somebody else wrote becomes a formula in a spreadsheet; the document names its owner masked, and
where it lists less than there was it says so and begins with the balance before the first that it lists.
"""
from __future__ import annotations

import csv
import io
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from handlers import payments
from handlers.chat.month import Statement, kind_of, left_out
from handlers.ground import Config, microseconds
from handlers.pictures.paper import PAGE, PAGES, Movement, Paper, Part
from handlers.texts import Day, Moment, Money, Month, Person, Speaker, Text, _
from wallet import ids
from wallet.money import Currency, plain_amount
from wallet.views import EntryLine, MemberView, Party

MOST_PRINTED: Final = 1_000
"""A document lists no more movements than this, which are some forty pages."""



# ------------------------------------------------------------------------------------------------ the table
_FORMULAS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "'")
"""What a spreadsheet may read as the beginning of a formula, and the sign that keeps it from doing so."""


def table(found: Statement, speaker: Speaker, config: Config) -> bytes:
    """The movements as CSV. Spreadsheets take it for Chinese only when it begins with the mark of UTF-8."""
    say = speaker.plain
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    money = config.currency.code
    writer.writerow([say(label) for label in (
        _("Time ({zone})", zone=config.zone.key), _("Kind"), _("With"), _("Amount ({currency})", currency=money),
        _("Balance after ({currency})", currency=money), _("Note"), _("Receipt"))])
    writer.writerows(_row(line, found.names, speaker, config) for line in found.lines)
    return out.getvalue().encode("utf-8-sig")


def _row(line: EntryLine, names: Mapping[Party, Person], speaker: Speaker, config: Config) -> tuple[str, ...]:
    at = Moment.of_microseconds(line.at).at.astimezone(config.zone)
    name = speaker.plain(names[line.party]) if line.party else ""
    return (f"{at:%Y-%m-%d %H:%M:%S}", speaker.plain(kind_of(line)), _cell(name), _number(line.change, config.currency),
            _number(line.balance, config.currency), _cell(line.note), _code(line.transfer))


def _number(minor_units: int, currency: Currency) -> str:
    """An amount that a spreadsheet can add up: digits of ours, so its sign begins no formula."""
    return plain_amount(minor_units, currency)


def _cell(text: str) -> str:
    """What people wrote, as text."""
    return f"'{text}" if text.lstrip().startswith(_FORMULAS) else text


def _code(transfer: int) -> str:
    """A receipt's code in groups of three: a spreadsheet would read 23E456789 as a number."""
    code = ids.code(transfer)
    return "-".join(code[start:start + 3] for start in range(0, len(code), 3))


# --------------------------------------------------------------------------------------------- the document
def paper(found: Statement, speaker: Speaker, member: MemberView, config: Config, made: datetime) -> Paper:
    """The month as it is printed. The sums are those of the whole statement, however much of it is listed."""
    say = speaker.plain
    listed = found.lines[-MOST_PRINTED:]
    before = listed[0].balance - listed[0].change if listed else found.opening
    came, went = _parts(found, speaker)
    return Paper(
        language=speaker.language.replace("_", "-"), made_at=microseconds(made) // 1_000_000, brand=config.brand,
        title=say(_("Statement")), period=say(Month(found.year, found.month)),
        about=_about(found, speaker, member, config, made),
        opening=(say(_("Opening balance")), say(Money(found.opening))),
        closing=(say(_("Closing balance")), say(Money(found.closing))),
        came=(say(_("In")), say(Money(found.came, signed=True))), went=(say(_("Out")), say(Money(-found.went))),
        came_parts=came, went_parts=went, heading=say(_("Every movement")),
        remarks=[say(remark) for remark in _remarks(found, len(listed))],
        columns=[say(label) for label in (_("Time"), _("Kind"), _("With, and note"), _("Receipt"), _("Amount"),
                                          _("Balance after"))],
        carried=(say(_("Balance before")), say(Money(before))),
        movements=[_movement(line, found.names, speaker, config) for line in listed], count=say(found.count),
        foot=say(_("{brand} · play money")) if config.play_money else config.brand,
        page=say(_("Page {x} of {y}", x=PAGE, y=PAGES)))


def _about(found: Statement, speaker: Speaker, member: MemberView, config: Config, made: datetime
           ) -> list[tuple[str, str]]:
    """Whose it is, of which days, and when it was made."""
    first = date(found.year, found.month, 1)
    last = min(first.replace(day=monthrange(found.year, found.month)[1]), made.astimezone(config.zone).date())
    joined = Moment.of_microseconds(member.joined_at).at.astimezone(config.zone).date()
    return [(speaker.plain(label), speaker.plain(said)) for label, said in (
        (_("Member"), _("{name}, since {day}", name=payments.masked(Person(member.nickname)), day=Day(joined))),
        (_("Period"), _("{first} to {last} ({zone})", first=Day(first), last=Day(last), zone=config.zone.key)),
        (_("Made at"), Moment(made)))]


def _parts(found: Statement, speaker: Speaker) -> tuple[list[Part], list[Part]]:
    """What the kinds of movements came to, those in and those out."""
    sums = found.sums()
    most = max((abs(change) for _kind, change in sums), default=1)
    came: list[Part] = []
    went: list[Part] = []
    for kind, change in sums:
        (came if change > 0 else went).append(
            Part(speaker.plain(kind), speaker.plain(Money(change, signed=True)), abs(change) * 1000 // most))
    return came, went


def _remarks(found: Statement, listed: int) -> list[Text]:
    """What there was and is not told."""
    remarks: list[Text] = []
    if found.left_out:
        remarks.append(left_out(found))
    if listed < len(found.lines):
        remarks.append(_("This document lists the newest {n} of {total} movements; the sums are those of all {total}, "
                         "and the table lists all {total}.", n=listed, total=len(found.lines)))
    return remarks


def _movement(line: EntryLine, names: Mapping[Party, Person], speaker: Speaker, config: Config) -> Movement:
    say = speaker.plain
    at = Moment.of_microseconds(line.at).at.astimezone(config.zone)
    return Movement(
        at=f"{at:%Y-%m-%d %H:%M}", kind=say(kind_of(line)), name=say(names[line.party]) if line.party else "",
        note=line.note, code=_code(line.transfer), amount=say(Money(line.change, signed=True)), came=line.change > 0,
        balance=say(Money(line.balance)))
