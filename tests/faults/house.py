"""Engine, inbox and outbox on one database, put together as the app does, with a Telegram that only notes.

Guards: what is noted was promised to somebody. `stored` means that Telegram was told we have an update, `heard` that a
person was told an outcome, `told` that a notice arrived; whatever is done to the process or the database, these stay
true. Updates are numbered, and an update's content follows from its number, so anybody can say what it must have done.
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from bot.arrivals import Arrival, arrived
from bot.clock import Clock, SystemClock
from bot.inbox import MOST_IN_HAND, Inbox
from bot.metrics import Metrics
from bot.outbox import Sender
from bot.telling import Teller, Unreachable, Wave
from handlers.ground import Seen
from handlers.notices import Edit
from handlers.texts import Html
from storage.database import Database, open_database
from storage.inbox import State, UpdateStore
from storage.outbox import Outbox
from storage.people import SeenGroups, SeenPeople
from storage.store import open_store
from tests.wallet.bank import GROUP, POLICY, ZONE
from wallet import events
from wallet.commands import Command, encode
from wallet.drafts import Asked, Confirm
from wallet.engine import Engine
from wallet.envelopes import AskEnvelope, EnvelopeMade, Opened, OpenEnvelope
from wallet.holds import CancelHold, ClaimHold
from wallet.protocols import Store
from wallet.refusals import Busy, Refusal
from wallet.rows import LUCKY, Notice
from wallet.transfers import Send, Sent
from wallet.vault import Vault

BOT: Final = 42
PEOPLE: Final = tuple(range(101, 109))
"""They have joined and have money before anything goes wrong."""
FUNDS: Final = 1_000_000
STRANGER: Final = 900
MOST_OF_ONE: Final = 8
"""Few, so that it happens that more of somebody's updates wait in the database."""
FEW_IN_HAND: Final = 8
"""So few that the way in has to wait, where everything is to be met."""
ROUND: Final = 15
"""Of so many updates in a row one is not decided and one meets a bug, where everything is to be met."""
Note = Callable[[str], None]


def is_busy(number: int) -> bool:
    """Whether an update is not decided in the life that it comes in, however often it is tried."""
    return number % ROUND == 4


def is_bug(number: int) -> bool:
    """Whether handling an update fails each time."""
    return number % ROUND == 7


def in_silence() -> None:
    """Log nothing: what goes wrong on purpose is not news, and wording it takes longer than doing it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


async def until(what: Callable[[], object]) -> None:
    """Wait for something that nobody tells; the test's own time limit bounds it."""
    while not what():  # noqa: ASYNC110 - what is waited for knows no events
        await asyncio.sleep(0.003)


@dataclass(frozen=True)
class Members:
    """Telegram id -> member."""

    numbers: dict[int, int]

    def of(self, place: int) -> int:
        """The member of somebody, by place."""
        return self.numbers[PEOPLE[place % len(PEOPLE)]]


def raw_update(number: int) -> dict[str, Any]:
    """Update number so-and-so, as Telegram would send it."""
    who = PEOPLE[number * 7 % len(PEOPLE)]
    return {"update_id": number, "message": {"message_id": number, "date": 0, "text": "/send",
                                             "from": {"id": who, "is_bot": False, "first_name": f"member {who}"},
                                             "chat": {"id": who, "type": "private"}}}


def first_step(number: int, members: Members) -> Command:
    """What handling an update asks for first."""
    payer = members.of(number * 7)
    if number % 13 == 6:  # A red envelope; the next steps fill it and empty it.
        return AskEnvelope(key=f"msg:{number}:0", payer=payer, kind=LUCKY, amount=5, shares=2, seed=f"{number:064x}",
                           token=f"t{number}", chat=GROUP)
    if number % 5 == 0:  # Somebody who is not here yet; the second step takes it back.
        receivers, known = (STRANGER + number % 50,), (0,)
    elif number % 11 == 0:  # More than anybody has: a refusal that has to stay one.
        return Send(key=f"msg:{number}:0", payer=payer, receivers=(PEOPLE[(number * 7 + 1) % len(PEOPLE)],),
                    amount=POLICY.max_amount, members=(members.of(number * 7 + 1),), sure=True, token=f"t{number}")
    else:
        # Crossing: even ones pay the next person, odd ones the one before.
        other = number * 7 + (1 if number % 2 else -1)
        receivers, known = (PEOPLE[other % len(PEOPLE)],), (members.of(other),)
    return Send(key=f"msg:{number}:0", payer=payer, receivers=receivers, amount=1 + number % 3, members=known,
                sure=True, token=f"t{number}", note=f"update {number}" if number % 3 == 0 else "")


def asked_by(number: int, members: Members) -> dict[str, int]:
    """Who asks for each step: the last share of an envelope is for another one."""
    steps = [members.of(number * 7 + (step == 3)) for step in range(4)]
    return {f"msg:{number}:{step}": member for step, member in enumerate(steps)}


def next_step(number: int, members: Members, heard: object) -> Command | None:
    """What it asks for next, if anything."""
    key, member = f"msg:{number}:1", members.of(number * 7)
    if isinstance(heard, Sent) and heard.holds[0]:
        kind = ClaimHold if number % 2 else CancelHold
        return kind(key=key, member=member, hold=heard.holds[0])
    if isinstance(heard, Asked):
        return Confirm(key=key, member=member, token=heard.token)
    if isinstance(heard, EnvelopeMade):
        return OpenEnvelope(key=f"msg:{number}:2", member=member, envelope=heard.envelope, chat=GROUP)
    if isinstance(heard, Opened) and heard.number == 1:
        return OpenEnvelope(key=f"msg:{number}:3", member=members.of(number * 7 + 1), envelope=heard.envelope,
                            chat=GROUP)
    return None


class NotingTeller(Teller):
    """Tells nobody and notes it. Strangers have blocked us until they are back, and some notices change a card."""

    def __init__(self, note: Note, outbox: Outbox, *, odd: bool) -> None:
        self._noted = note
        self._outbox = outbox
        self._odd = odd
        self.missed: set[int] = set()
        self.back = False

    async def look_up(self, notices: Sequence[Notice]) -> Wave:
        members, by_telegram = await self._outbox.readers({notice.member for notice in notices},
                                                          {notice.telegram_id for notice in notices})
        return Wave(members, by_telegram, frozenset(), {})

    async def tell(self, notices: Sequence[Notice], wave: Wave) -> tuple[Edit, ...]:
        await asyncio.sleep(0)
        person = notices[0].telegram_id
        if self._odd and person and not self.back:
            self.missed.add(person)
            raise Unreachable
        for notice in notices:
            self._noted(f"told {notice.event} {notice.member or -notice.telegram_id} {subject(notice)}")
        return await self.edits(notices, wave)

    async def edits(self, notices: Sequence[Notice], wave: Wave) -> tuple[Edit, ...]:
        await asyncio.sleep(0)
        return tuple(Edit(-5, notice.id, Html("over")) for notice in notices if notice.event == "HoldWithdrawn")

    async def change(self, edit: Edit) -> None:
        await asyncio.sleep(0)


def subject(notice: Notice) -> int:
    """The hold or transfer that a notice is about."""
    event = events.read(notice.event, notice.facts)
    return int(getattr(event, "hold", 0) or getattr(event, "transfer", 0) or getattr(event, "filled", 0))


class House:
    """All of it."""

    def __init__(self, url: str, members: Members, note: Note, *, store: Store | None = None,
                 clock: Clock | None = None, odd: int = 0) -> None:
        """`odd` lets it meet what seldom is: bugs, who blocked us, a way in that is full, and from this update on what
        is not decided."""
        self.members = members
        self.note = note
        self.deaths: list[BaseException] = []
        self.undecided: dict[int, str] = {}
        """The step of each update that was refused without being decided, by its key."""
        self.database: Database = open_database(url)
        self.clock: Clock = clock or SystemClock()
        self.engine = Engine(store or open_store(self.database), POLICY, zone=ZONE,
                             on_notices=lambda rows: self.sender.accept(rows), on_death=self.deaths.append)
        self.odd = odd
        self.outbox = Outbox(self.database)
        self.teller = NotingTeller(note, self.outbox, odd=bool(odd))
        self.sender = Sender(self.outbox, self.teller, self.clock, Metrics(), holder="house")
        self.updates = UpdateStore(self.database, Vault(bytes(32)), BOT, "house")
        self.inbox = Inbox(self.updates, self, SeenPeople(self.database, Seen, self.clock.now),
                           SeenGroups(self.database, self.clock.now), self.clock,
                           most=FEW_IN_HAND if odd else MOST_IN_HAND, most_of_one=1 if odd else MOST_OF_ONE,
                           on_death=self.deaths.append)

    async def start(self) -> None:
        """In the app's order."""
        await self.engine.start()
        await self.sender.start([lane.lane for lane in self.engine.lanes])
        await self.inbox.start()

    async def stop(self) -> None:
        """In the app's order, whatever one of them says."""
        for stop in (self.inbox.stop, self.sender.stop, self.engine.stop, self.database.close):
            try:
                await stop()
            except Exception as error:  # noqa: BLE001 - the app logs it and goes on stopping, too
                self.note(f"stopping {type(error).__name__}")

    async def tidy(self) -> None:
        """What the clock and whoever looks at it start."""
        await self.sender.sweep()
        await self.updates.pending()
        await self.updates.was_begun("msg:1:")
        await self.outbox.count()
        self.teller.back = True
        for person in sorted(self.teller.missed):
            await self.sender.revive(person, offers=True)
        await self.sender.idle()

    async def feed(self, numbers: Sequence[int]) -> None:
        """Telegram delivers updates; what is noted afterwards it will not deliver again."""
        await self.inbox.accept([arrived(raw_update(number), self.inbox.moment()) for number in numbers])
        self.note("stored " + " ".join(map(str, numbers)))

    # ------------------------------------------------------------------------------- as the inbox's handler
    async def handle(self, arrival: Arrival) -> State:
        """One update, in one to four steps; the keys are what makes it happen once."""
        number = arrival.id.update_id
        if 0 < self.odd <= number and is_busy(number):
            raise Busy
        if self.odd and is_bug(number):
            raise RuntimeError("a bug on purpose")
        heard = await self.run(first_step(number, self.members))
        while (more := next_step(number, self.members, heard)) is not None:  # Four steps at most.
            heard = await self.run(more)
        return "refused" if isinstance(heard, Refusal) else "done"

    async def run(self, command: Command) -> object:
        """Ask the engine and note what the person would be told."""
        try:
            heard: object = await self.engine.run(command)
        except Refusal as refusal:
            if not refusal.stored:
                if command.key.startswith("msg:"):
                    self.undecided[int(command.key.split(":")[1])] = command.key
                raise
            heard = refusal
        assert not isinstance(heard, str)
        self.note(f"heard {command.key} {encode(heard)}")  # type: ignore[arg-type]
        return heard

    async def refuse(self, arrival: Arrival, refusal: Refusal) -> State:
        """It was tried often enough. What had been decided of it before stays so; the step that was not is noted."""
        await asyncio.sleep(0)
        number = arrival.id.update_id
        self.note(f"refused {number} {type(refusal).__name__} {self.undecided.get(number, f'msg:{number}:0')}")
        return "refused"

    async def apologise(self, arrival: Arrival, reference: str) -> None:
        """It is given up: nothing but a bug may bring that about."""
        await asyncio.sleep(0)
        self.note(f"dead {arrival.id.update_id} {reference}")
