"""Killed with -9 at every await while something is decided once: what a rule holds back, what two sign, who is whom.

Guards: after the restart whoever asked asks again, and there is exactly one outcome: what was heard before the kill is
heard once more, the money is in one place, and what was signed is signed by whom it says.
"""
from __future__ import annotations

import asyncio
import base64
import pickle
import random
from dataclasses import dataclass, field
from typing import Any, Final

from storage.database import open_database
from storage.store import open_store
from tests.faults.kills import Worker
from tests.faults.races.checks import GRACE, HEIDI, IVAN, Checks
from tests.faults.races.ground import BOB, CHECKED, EVE, RULES
from tests.faults.races.penalties import OPERATOR
from tests.faults.races.runners import Threads
from tests.faults.tracing import Chain
from tests.patience import PATIENCE
from tests.wallet.bank import ZONE, open_bank
from tests.wallet.invariants.ledger import Ledger, ledger_of
from tests.wallet.invariants.waiting import checked, held, holds
from wallet.clearing import ClearHit, ListedDeed
from wallet.commands import Command, Outcome, decode, encode
from wallet.drafts import Asked, Confirm
from wallet.engine import Engine
from wallet.holds import ExpireHold
from wallet.identity import GiveIdentity
from wallet.proposals import Proposed
from wallet.refusals import Refusal
from wallet.releases import SendBackCheck
from wallet.rows import Hit, Hold, Interception, Proposal
from wallet.screening import Likeness

SCENES: Final = ("released", "sent back", "one of three ways", "two sign", "two are the second", "paid", "confirmed")
FUNDS: Final = 100_000
ADULT: Final = 726_532


# ----------------------------------------------------------------------------------------- in the process
async def decide(life: dict[str, Any], note: Any) -> None:
    """All commands of a life at once, asked of an engine of its own."""
    database = open_database(life["url"])
    engine = Engine(open_store(database), RULES, zone=ZONE)
    await engine.start()
    commands: list[Command] = pickle.loads(base64.b64decode(life["commands"]))  # noqa: S301 - our own test wrote it

    async def ask(command: Command) -> None:
        try:
            heard: Outcome | Refusal = await engine.run(command)
        except Refusal as refusal:
            heard = refusal
        note(f"heard {command.key} {encode(heard)}")

    await asyncio.gather(*[ask(command) for command in commands])
    await engine.stop()
    await database.close()
    note("finished")


# ---------------------------------------------------------------------------------------------- the scenes
@dataclass
class Scene:
    """What is asked at once, and what it is about."""

    commands: list[Command]
    hold: int = 0
    entry: str = ""


@dataclass
class Decided:
    """What came of it."""

    places: int = 0
    kills: int = 0
    wrong: list[str] = field(default_factory=list)


class Stage(Checks):
    """Sets scenes, one for each life."""

    async def set(self, kind: str) -> Scene:
        """Everything is ready for the last word."""
        if kind == "paid":
            return await self._pays_next()
        if kind == "confirmed":
            return await self._is_listed()
        amount = CHECKED + (kind in ("two sign", "two are the second"))
        sent = await self._pays(EVE, amount, self.bank.key())
        (hold,) = sent.holds
        back = SendBackCheck(key=self.bank.key(), operator=OPERATOR, hold=hold, reason="no")
        if kind == "sent back":
            return Scene([back, SendBackCheck(key=self.bank.key(), operator=OPERATOR, hold=hold, reason="again")], hold)
        ready: list[Command] = [*await self._ready_to_release(hold, amount)]
        if kind in ("released", "two sign"):
            return Scene(ready[:1], hold)
        if kind == "two are the second":
            return Scene(ready, hold)
        return Scene([*ready, back, ExpireHold(key=self.bank.key(), hold=hold)], hold)

    async def _pays_next(self) -> Scene:
        """A payment that a rule is going to hold back waits for its payer's word."""
        payment = self.bank.send(BOB, EVE, amount=CHECKED, sure=False)
        asked = await self.bank.run(payment)
        assert isinstance(asked, Asked)
        return Scene([Confirm(key=self.bank.key(), member=payment.payer, token=asked.token) for _ in range(2)])

    async def _is_listed(self) -> Scene:
        """Two are ready to be the second to confirm a name, while a third one clears another likeness of it."""
        person = 5_000 + len(self.bank.members)
        member = await self.bank.join(person)
        entries = [f"UN-{person}-{number} un" for number in range(2)]
        await self.bank.run(GiveIdentity(key=self.bank.key(), member=member, digest=f"id {person}", sealed=b"sealed",
                                         born=ADULT, listed=tuple(Likeness(entry, 91) for entry in entries)))
        deed = ListedDeed(member, person, entries[0], "documents").text()
        first = await self.bank.run(await self._asked_to_sign(IVAN, deed))
        assert isinstance(first, Proposed)
        ready: list[Command] = [await self._asked_to_sign(one, deed, first.proposal) for one in (GRACE, HEIDI)]
        return Scene([*ready, ClearHit(key=self.bank.key(), operator=OPERATOR, member=member, entry=entries[1],
                                       reason="born")], entry=entries[0])


async def _on_stage(url: str, kind: str, count: int, members: dict[int, int], turn: int) -> list[Scene]:
    async with open_bank(url, policy=RULES) as bank:
        bank.members, bank._keys = members, iter(range(turn * 100_000, (turn + 1) * 100_000))  # type: ignore[assignment]
        stage = Stage(bank, Threads(bank.engine), random.Random(turn))
        if not members:
            for person in (BOB, EVE):
                await bank.join(person, FUNDS)
        await stage._operators()
        return [await stage.set(kind) for _ in range(count)]


# --------------------------------------------------------------------------------------------- the lives
def kill_while_deciding(worker: Worker, url: str, kind: str) -> Decided:
    """A life for each place at which it may be killed, and one after it in which all is asked again."""
    told, decided, members = worker.begin_anew(), Decided(), dict[int, int]()
    (whole,) = asyncio.run(_on_stage(url, kind, 1, members, 0))
    _live(worker, url, whole, "")
    assert told.finished, worker.log()
    places: list[Chain] = sorted(told.met)
    decided.places = len(places)
    for place, scene in zip(places, asyncio.run(_on_stage(url, kind, len(places), members, 1)), strict=True):
        told.finished = False
        _live(worker, url, scene, place)
        decided.kills += not told.finished
        told.finished = False
        _live(worker, url, scene, "")
        assert told.finished, worker.log()
        heard = {command.key: told.promises.heard.get(command.key, "") for command in scene.commands}
        decided.wrong += [f"{place}: {wrong}: {heard}" for wrong in asyncio.run(_look(url, scene, heard))]
    decided.wrong += told.promises.lies
    return decided


def _live(worker: Worker, url: str, scene: Scene, place: str) -> None:
    commands = base64.b64encode(pickle.dumps(scene.commands)).decode()
    worker.live({"url": url, "commands": commands, "faults": [(place, "kill")] if place else []})
    worker.kill_after(PATIENCE)


async def _look(url: str, scene: Scene, heard: dict[str, str]) -> list[str]:
    """Whether there is exactly one outcome."""
    database = open_database(url)
    ledger = await ledger_of(database)
    await database.close()
    wrong = [text for check in (holds, checked, held) for text in check(ledger)]
    done = [answer for answer in heard.values() if answer and not isinstance(decode(answer), Refusal)]
    wanted = 2 if scene.entry else 1
    if len(done) != wanted or not all(heard.values()):
        wrong.append(f"{len(done)} of {len(heard)} were done")
    if scene.hold:
        wrong += _of_a_hold(ledger, scene.hold)
    elif scene.entry:
        wrong += _of_a_name(ledger, scene.entry)
    return wrong


def _of_a_hold(ledger: Ledger, number: int) -> list[str]:
    (hold,) = [row for row in ledger.all(Hold) if row.id == number]
    (found,) = [row for row in ledger.all(Interception) if row.id == number]
    ended = {"released": "settled", "sent_back": "released", "expired": "expired"}.get(found.state, "")
    return [] if hold.state == ended else [f"{hold} is not what {found} says"]


def _of_a_name(ledger: Ledger, entry: str) -> list[str]:
    (hit,) = [row for row in ledger.all(Hit) if row.entry == entry]
    (proposal,) = [row for row in ledger.all(Proposal) if row.id == hit.proposal]
    is_so = (hit.state, proposal.state, hit.second, hit.operator) == (
        "confirmed", "approved", proposal.checker, proposal.maker)
    return [] if is_so and hit.second in (GRACE, HEIDI) else [f"{hit} is not what {proposal} says"]
