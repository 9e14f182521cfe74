"""How tickets are spoken of, to those who ask and to the operators, and how a message becomes part of one.

Guards: the first line of what we say of a ticket names it by a sign that no name of a person may bear, so a reply finds
its conversation and no other; what people wrote is shown line by line as plain text in which nothing can be clicked.
"""
from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Final

from aiogram.types import Message

from handlers.payments import plainly
from handlers.texts import MAX_FACT, Code, Fact, Lines, Text, _
from wallet import ids, refusals
from wallet.plain import frozen
from wallet.text import can_be_seen, on_one_line
from wallet.tickets import ACCOUNT, APPEAL, CATEGORIES, CLOSINGS, DISPUTE, LONGEST, OTHER, PAYMENT, REPORT
from wallet.views import TicketView, WordsView

OURS: Final = "🎫"
"""With what begins what we say of a ticket to whoever asks."""
DESK: Final = "🗂"
"""The same to operators."""
LARGEST_PAGE: Final = 2_800
"""Characters of people's own that stand in one message."""
MOST_LINES: Final = 60
"""Lines of one message that are shown one below the other; the rest follows on the last of them."""

CALLED: Final[Mapping[str, Text]] = {
    PAYMENT: _("A payment"), ACCOUNT: _("My account"), APPEAL: _("An appeal"), DISPUTE: _("A dispute about a receipt"),
    OTHER: _("Something else")}
"""What one may write about, as those choose it who write."""
KINDS: Final[Mapping[str, Text]] = {
    PAYMENT: _("payment"), ACCOUNT: _("account"), APPEAL: _("appeal"), DISPUTE: _("dispute"), OTHER: _("other"),
    REPORT: _("report")}
"""The same in a few words, as operators sort it."""
CLOSED_WITH: Final[Mapping[str, Text]] = {
    "solved": _("This is solved, so we have closed the ticket. Thank you for writing to us."),
    "done": _("We have done what we can here and closed the ticket. The decision above stands."),
    "silent": _("We have heard nothing more from you, so we have closed the ticket.")}
assert set(CALLED) == set(KINDS) - {REPORT} == set(CATEGORIES)
assert set(CLOSED_WITH) == set(CLOSINGS)

_HEADING: Final = re.compile(
    rf"(?P<sign>{OURS}|{DESK})[^\n]*?(?<![A-Z0-9])(?P<code>[A-Z0-9]{{{ids.CODE_LENGTH}}})(?![A-Z0-9])")


@frozen()
class Written:
    """What somebody sent, as it becomes part of a ticket."""

    text: str
    pictures: tuple[tuple[str, str], ...]


def heading(ticket: int, category: str) -> Text:
    """The first line of what we say of a ticket to its member."""
    return _("🎫 Ticket {code}: {category}", code=Code(ids.code(ticket)), category=KINDS[category])


def desk_heading(ticket: int, category: str) -> Text:
    """The first line of what we say of it to operators."""
    return _("🗂 Ticket {code}: {category}", code=Code(ids.code(ticket)), category=KINDS[category])


def ticket_in(message: Message | None, bot: int, sign: str) -> int | None:
    """The ticket of which a message of ours speaks, by its first line; None for every other message."""
    if message is None or message.from_user is None or message.from_user.id != bot:
        return None
    found = _HEADING.match(message.text or message.caption or "")
    return ids.from_code(found["code"]) if found and found["sign"] == sign else None


def written_in(message: Message) -> Written:
    """A message's words and pictures. Refuses `WordsTooLong` and `WordsMissing`."""
    text, pictures = (message.text or message.caption or "").strip(), pictures_in(message)
    if len(text) > LONGEST:
        raise refusals.WordsTooLong(LONGEST)
    if not pictures and not can_be_seen(on_one_line(text)):
        raise refusals.WordsMissing
    return Written(storable(text), pictures)


def pictures_in(message: Message) -> tuple[tuple[str, str], ...]:
    """A message's picture, which may have been sent as a file."""
    if message.photo:
        return (("photo", message.photo[-1].file_id),)
    if message.document is not None and (message.document.mime_type or "").startswith("image/"):
        return (("document", message.document.file_id),)
    return ()


def storable(text: str) -> str:
    """A text without what neither can be stored nor sent again."""
    return text.replace("\0", "").encode(errors="replace").decode()


def paragraphs(text: str) -> Text:
    """What people wrote, line by line."""
    lines = [line for line in text.splitlines() if can_be_seen(line)]
    shown = [*lines[:MOST_LINES - 1], " ".join(lines[MOST_LINES - 1:])]
    pieces = [piece for line in shown for piece in textwrap.wrap(line, MAX_FACT - 1, break_on_hyphens=False)]
    said = Lines(tuple(plainly(piece) for piece in pieces))
    return Text("<blockquote>{words}</blockquote>", None, (("words", said),))  # Nothing in it is to be translated.


def pages(words: Sequence[WordsView]) -> list[list[WordsView]]:
    """A conversation cut into what fits into one message each, oldest first."""
    found: list[list[WordsView]] = [[]]
    size = 0
    for one in words:
        size += len(one.text) + 100
        if found[-1] and size > LARGEST_PAGE:
            found.append([])
            size = len(one.text) + 100
        found[-1].append(one)
    return found


def body(one: WordsView) -> Fact:
    """What one message says, and that it has pictures."""
    parts: list[Fact] = [paragraphs(one.text)] if one.text else []
    if one.pictures:
        parts.append(_("📎 {n} picture", "📎 {n} pictures", n=len(one.pictures)))
    return Lines(tuple(parts)) if parts else _("(erased)")


def state(ticket: TicketView) -> Text:
    """How a ticket stands, for its member."""
    if ticket.state == "closed":
        return _("Closed.")
    return _("Waits for the operators.") if ticket.waits_since else _("Answered.")
