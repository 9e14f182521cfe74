"""The chat in memory with everything about money in it, and people who have some.

Guards: refusals are said here by the very code that says them in earnest, so a test sees who hears what and where.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiogram.types import Message, TelegramObject, Update

from handlers.chat import (
    blocking,
    collecting,
    envelopes,
    givebacks,
    moving,
    my_envelopes,
    receipts,
    reporting,
    requesting,
    scheduling,
    sending,
    splits,
    splitting,
    statement,
    support,
    till,
    topping_up,
    voucher_wizard,
    vouchers,
    waiting,
    wallet,
    wizard,
)
from handlers.chat.guessing import Guesses
from handlers.drawing import Chart, Drawer
from handlers.ground import NOBODY, sighted
from handlers.notices import Context, Rendered, render
from handlers.pictures.covers import Covers
from handlers.pictures.easel import Easel, Lettering, NotDrawn, Rule
from handlers.pictures.paper import Paper
from handlers.pictures.printer import Printer
from tests.fakes.announcements import NoAnnouncements
from tests.fakes.applications import NoApplications
from tests.fakes.telegram import Shown, message_update, press_update
from tests.fakes.tickets import NoTickets
from tests.handlers.chat.world import CONFIG, GROUP, SPEAKERS, Somebody, World
from wallet.rows import Member, Notice

SIGHTED = sighted(CONFIG.brand)


class FakeDrawer(Drawer):
    """Keeps what it should have drawn."""

    def __init__(self) -> None:
        super().__init__(Easel())
        self.charts: list[Chart] = []
        self.works = True

    async def draw(self, chart: Chart) -> bytes:
        if not self.works:
            raise NotDrawn
        self.charts.append(chart)
        return b"a picture"


class FakePrinter(Printer):
    """Keeps what it should have printed."""

    def __init__(self) -> None:
        super().__init__(Easel())
        self.papers: list[Paper] = []
        self.works = True

    async def printed(self, paper: Paper) -> bytes:
        if not self.works:
            raise NotDrawn
        self.papers.append(paper)
        return b"a document"


class NoEasel(Easel):
    """Draws nothing, so that what a picture shows is said in words."""

    async def draw(self, svg: str, words: Sequence[Lettering] = (), rules: Sequence[Rule] = ()) -> bytes:
        raise NotDrawn


class MoneyWorld(World):
    """A deployment in which people were seen as soon as they did something."""

    def __init__(self) -> None:
        super().__init__(more=[sending.make_router(), till.make_router(), envelopes.make_router(),
                               collecting.make_router(), requesting.make_router(), scheduling.make_router(),
                               wizard.make_router(),
                               waiting.make_router(), wallet.make_router(), receipts.make_router(),
                               topping_up.make_router(), givebacks.make_router(), statement.make_router(),
                               vouchers.make_router(), voucher_wizard.make_router(), splits.make_router(),
                               splitting.make_router(),
                               my_envelopes.make_router(), support.make_router(), reporting.make_router(),
                               blocking.make_router(), moving.make_router()])

    def _provided(self) -> dict[str, Any]:
        self.drawer, self.printer = FakeDrawer(), FakePrinter()
        return {**super()._provided(), "drawer": self.drawer, "printer": self.printer, "easel": NoEasel(),
                "guesses": Guesses(), "covers": Covers(NoEasel(), SPEAKERS), "tickets": NoTickets(),
                "applications": NoApplications()}

    async def _context(self, handler: Callable[..., Awaitable[Any]], event: TelegramObject,
                       data: dict[str, Any]) -> Any:
        answered = getattr(event, "reply_to_message", None)
        for user in (getattr(event, "from_user", None), answered.from_user if answered else None):
            if user is not None and user.id not in NOBODY:
                self.people.seen[user.id] = SIGHTED(user.id, user.username or "", user.full_name,
                                                    user.language_code or "", user.is_bot)
        return await super()._context(handler, event, data)

    # ------------------------------------------------------------------------------------------- what is there
    async def balance(self, person: Somebody) -> int:
        """What somebody has available."""
        return (await self.reads.balance((await person.member()).id)).available

    def notices(self, person: Somebody | None = None, event: str = "") -> list[Notice]:
        """What was committed to be told, in order."""
        return [row for row in self.rows(Notice) if (not event or row.event == event)
                and (person is None or person.id in (row.telegram_id, self._telegram(row.member)))]

    async def tell(self, person: Somebody, *events: str, language: str = "en") -> Rendered:
        """The message in which somebody is told these events."""
        found = [notice for notice in self.notices(person) if notice.event in events]
        speaker = SPEAKERS["zh_CN" if language == "zh_CN" else "en"]
        return await render(found, Context(self.reads, self.people, speaker, self.library, NoTickets(),
                                           NoAnnouncements()))

    def _telegram(self, member: int) -> int:
        row = self.store.rows.get((Member, member))
        return row.telegram_id if isinstance(row, Member) else 0

    def public(self, chat: int = GROUP) -> list[Shown]:
        """What everybody in a chat can read."""
        return [shown for shown in self.session.in_chat(chat) if not shown.receiver]

    def whispered(self, person: Somebody, chat: int = GROUP) -> list[str]:
        """What one person alone can read there."""
        return [shown.text for shown in self.session.in_chat(chat) if shown.receiver == person.id]


def alice(world: World) -> Somebody:
    """Pays."""
    return Somebody(world, 1001, "Alice", phone="+447400123451")


def bob(world: World) -> Somebody:
    """Gets paid."""
    return Somebody(world, 1002, "Bob", phone="+447400123452")


def eve(world: World) -> Somebody:
    """Presses what is not hers."""
    return Somebody(world, 1003, "Eve", phone="+447400123453")


async def with_money(person: Somebody, amount: str = "500") -> Somebody:
    """Joins, tops up, and accepts what that needs."""
    await person.joins()
    await person.says(f"/topup {amount}")
    await person.agrees()
    return person


PIN = "284917"


async def set_pin(person: Somebody) -> None:
    """Somebody sets this one."""
    await person.says("/pin")
    await person.types_pin(PIN)
    await person.types_pin(PIN)


def spoken(person: Somebody, text: str = "hello", chat: int = GROUP) -> Message:
    """Something that somebody said before, to be replied to."""
    message = message_update(person.user, text, chat=chat).message
    assert message is not None
    return message


def pressed(person: Somebody, shown: Shown, label: str) -> Update:
    """A press as an update, to be delivered more than once."""
    data = shown.button(label).callback_data
    assert data is not None
    return press_update(person.user, shown, data)
