"""Races for the same money: from two processes on one PostgreSQL, and from several threads on one SQLite file.

Guards: of what covers one, one goes through; a hold ends once, whoever had a word in it, and what arrives later comes
back only before its time; of an envelope everybody has one share at most and the rest goes back once, whatever becomes
of its maker meanwhile; of a split no place is paid twice and it ends once; a day of what comes again is paid once;
what is on a card is given once, and had by one, also when all else of it is forgotten; crossing payments all arrive,
and nobody had to be thrown out of a deadlock for it.
"""
from __future__ import annotations

import asyncio
import base64
import json
import pickle
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from sqlalchemy import Connection, text

from storage.database import Database, open_database
from storage.reconcile import reconcile
from storage.store import open_store
from tests.patience import PATIENCE
from tests.wallet.bank import GROUP, POLICY, ZONE, Bank, Clock
from tests.wallet.invariants import Witness, ledger_of
from wallet.appeals import Appeal, AppealPaid, PayAppeal
from wallet.commands import Command, Outcome, decode, encode
from wallet.drafts import Asked, CancelDraft, Confirm, ExpireDraft
from wallet.engine import Engine
from wallet.envelopes import EnvelopeEnded, EnvelopeMade, ExpireEnvelope, Opened, OpenEnvelope
from wallet.funding import TopUp
from wallet.gifts import GiftMade
from wallet.holds import CancelHold, Claimed, ClaimHold, DeclineHold, ExpireHold, Returned, SettleHold
from wallet.members import Meet, SetConfirmIncoming
from wallet.refusals import PasswordWrong, Refusal
from wallet.requests import DeclineRequest, ExpireRequest, PayRequest, RequestDone, RequestSettled, WithdrawRequest
from wallet.rows import Operation
from wallet.schedules import RunSchedule, ScheduleMade, ScheduleStopped, ScheduleTurn, StopSchedule
from wallet.splits import CloseSplit, ExpireSplit, PayShare, SharePaid, SplitOver
from wallet.transfers import Send, Sent
from wallet.vouchers import OWN_TRIES, ExpireVoucher, Redeemed, VoucherEnded, VoucherMade, WithdrawVoucher

ALICE, BOB, CAROL, DAVE, EVE = 101, 102, 103, 104, 105
HEAD_START: Final = 0.01
"""Seconds for every process to read what it is to do, so that all begin at the same moment."""
SOON: Final = 25_000
"""Microseconds until a hold runs out, while people are trying to claim it."""


class Runners(Protocol):
    """Several who ask at the same time."""

    count: int

    async def ask(self, groups: Sequence[Sequence[Command]], *, together: bool) -> list[list[object]]:
        """Each asks for its own commands, together or one after the other; what each heard, in order."""

    async def close(self) -> None:
        """No more."""


class Processes:
    """Engines, each in a process of its own."""

    def __init__(self, url: str, count: int = 2) -> None:
        self.count = count
        self._all = [subprocess.Popen([sys.executable, "-m", "tests.faults.rival", url], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                     for _ in range(count)]

    async def ask(self, groups: Sequence[Sequence[Command]], *, together: bool) -> list[list[object]]:
        moment = time.time() + HEAD_START
        return await asyncio.gather(*[asyncio.to_thread(self._ask, process, (moment, together, list(group)))
                                      for process, group in zip(self._all, groups, strict=True)])

    @staticmethod
    def _ask(process: subprocess.Popen[str], what: object) -> list[object]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(base64.b64encode(pickle.dumps(what)).decode() + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, "an engine's process has ended"
        return [decode(answer) if answer.startswith("[") else answer for answer in json.loads(line)]

    async def close(self) -> None:
        for process in self._all:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            await asyncio.to_thread(process.wait, PATIENCE)
            process.stdout.close()


class Threads:
    """Threads that ask one engine, which runs in this loop."""

    def __init__(self, engine: Engine, count: int = 4) -> None:
        self.count = count
        self._engine = engine

    async def ask(self, groups: Sequence[Sequence[Command]], *, together: bool) -> list[list[object]]:
        loop = asyncio.get_running_loop()
        start = threading.Barrier(len(groups))
        return await asyncio.gather(*[asyncio.to_thread(self._ask, loop, start, group, together) for group in groups])

    def _ask(self, loop: asyncio.AbstractEventLoop, start: threading.Barrier, commands: Sequence[Command],
             together: bool) -> list[object]:
        start.wait(PATIENCE)
        if not together:
            return [_answer(asyncio.run_coroutine_threadsafe(self._engine.run(command), loop)) for command in commands]
        asked = [asyncio.run_coroutine_threadsafe(self._engine.run(command), loop) for command in commands]
        return [_answer(future) for future in asked]

    async def close(self) -> None:
        """Threads end by themselves."""


def _answer(future: Any) -> object:
    try:
        outcome: Outcome | Refusal = future.result(PATIENCE)
    except Refusal as refusal:
        outcome = refusal
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was heard
        return repr(error)
    return decode(encode(outcome))


@dataclass
class Raced:
    """What came of all rounds."""

    rounds: int = 0
    wrong: list[str] = field(default_factory=list)


class Race:
    """Rounds on one database."""

    def __init__(self, bank: Bank, runners: Runners, chance: random.Random) -> None:
        self.bank = bank
        self.runners = runners
        self.chance = chance
        self.raced = Raced()
        self.asked: dict[str, int] = {}

    def _say(self, what: str, heard: object) -> None:
        self.raced.wrong.append(f"round {self.raced.rounds}: {what}: {heard}")

    def _key(self, what: str, place: int, number: int) -> str:
        return f"{what} {self.raced.rounds} {place} {number}"

    def _spread(self, make: Callable[[int, int], Command], each: int) -> list[list[Command]]:
        groups = [[make(place, number) for number in range(each)] for place in range(self.runners.count)]
        self.asked.update({command.key: command.actor() for group in groups for command in group})
        return groups

    async def _all(self, groups: list[list[Command]]) -> list[object]:
        for group in groups:
            self.chance.shuffle(group)
        together = self.raced.rounds % 2 == 0
        heard = [answer for group in await self.runners.ask(groups, together=together) for answer in group]
        for answer in heard:
            if isinstance(answer, str):
                self._say("a bug", answer)
        return heard

    async def once(self) -> None:
        """One round of each kind."""
        self.raced.rounds += 1
        await self.overspend()
        await self.one_key()
        await self.cross()
        await self.end_a_hold(expiring=False)
        await self.end_a_hold(expiring=True)
        await self.arrive_or_come_back()
        await self.answer_an_offer()
        await self.open_an_envelope(ban=False)
        await self.open_an_envelope(ban=True)
        await self.pay_shares(expiring=False)
        await self.pay_shares(expiring=True)
        await self.answer_a_request()
        await self.cash_a_voucher()
        await self.end_a_voucher(expiring=False)
        await self.end_a_voucher(expiring=True)
        await self.guess_a_password()
        await self.run_a_day()
        for expiring in (False, True):
            await self.take_a_gift(expiring=expiring)
            await self.pay_what_a_card_asks_for(expiring=expiring)
        await self.want_one_card()

    async def overspend(self) -> None:
        """Twenty payments of a balance for one."""
        await self.bank.run(TopUp(key=self._key("fund", 0, 0), member=self.bank.members[DAVE], amount=1))
        heard = await self._all(self._spread(lambda place, number: self.bank.send(
            DAVE, BOB, amount=1, key=self._key("spend", place, number)), 20 // self.runners.count))
        if sum(isinstance(answer, Sent) for answer in heard) != 1:
            self._say("spent more than there was", heard)

    async def one_key(self) -> None:
        """The same key from everywhere."""
        heard = await self._all(self._spread(lambda place, number: self.bank.send(
            ALICE, BOB, amount=1, key=self._key("same", 0, 0)), 2))
        if len(set(heard)) != 1:
            self._say("one key, several answers", heard)

    async def cross(self) -> None:
        """A pays B and C, B pays C and A, C pays A and B: from the runners, and one by one from here as well.

        Three at the same money is what it takes: when the first lets go, two go on at once, and would meet crosswise.
        """
        ring = (ALICE, BOB, CAROL)

        def make(place: int, number: int) -> Send:
            payer = ring[(place + number) % 3]
            return self.bank.send(payer, *[person for person in ring if person != payer], amount=1,
                                  key=self._key("cross", place, number))

        theirs = self._spread(make, 12)
        ours = [make(self.runners.count, number) for number in range(12)]
        self.asked.update({command.key: command.actor() for command in ours})
        heard, own = await asyncio.gather(self._all(theirs), self._one_by_one(ours))
        if not all(isinstance(answer, Sent) for answer in [*heard, *own]):
            self._say("a crossing payment did not arrive", [*heard, *own])

    async def _one_by_one(self, commands: Sequence[Command]) -> list[object]:
        return [await self.bank.run(command) for command in commands]

    async def end_a_hold(self, *, expiring: bool) -> None:
        """Claimed, cancelled and run out at once. Another hold keeps money there that must not be given away."""
        stranger = 1_000 + self.raced.rounds * 2 + expiring
        sent = await self.bank.pays(ALICE, stranger, amount=1)
        other = await self.bank.pays(ALICE, 1, amount=1)
        member = await self.bank.join(stranger)
        alice, hold = self.bank.members[ALICE], sent.holds[0]
        if expiring:
            await self._runs_out_soon(hold)

        def make(place: int, number: int) -> Command:
            key = self._key(f"end {expiring}", place, number)
            if number % 2 == 0:
                return ClaimHold(key=key, member=member, hold=hold)
            return ExpireHold(key=key, hold=hold) if expiring else CancelHold(key=key, member=alice, hold=hold)

        heard = await self._all(self._spread(make, 4))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
            heard += await self._all(self._spread(lambda place, number: ExpireHold(
                key=self._key("late", place, number), hold=hold), 1))
        if sum(isinstance(answer, Claimed | Returned) for answer in heard) != 1:
            self._say("a hold did not end once", heard)
        await self.bank.run(CancelHold(key=self._key(f"tidy {expiring}", 0, 0), member=alice, hold=other.holds[0]))

    async def arrive_or_come_back(self) -> None:
        """Taken back and let arrive from everywhere, about the moment from which it arrives: one of these, once."""
        sent = await self.bank.run(replace(self.bank.send(ALICE, BOB, amount=1, key=self._key("later", 0, 0)), delay=2))
        assert isinstance(sent, Sent)
        (hold,), bob = sent.holds, self.bank.members[BOB]
        before = await self.bank.balance(BOB)
        await self._runs_out_soon(hold, soon=self.chance.randrange(SOON))

        def make(place: int, number: int) -> Command:
            key = self._key("arrive", place, number)
            if number % 2 == 0:
                return SettleHold(key=key, hold=hold, receiver=bob)
            return CancelHold(key=key, member=self.bank.members[ALICE], hold=hold)

        heard = await self._all(self._spread(make, 8))
        await asyncio.sleep(SOON / 1_000_000)
        heard += await self._all(self._spread(lambda place, number: SettleHold(
            key=self._key("arrive late", place, number), hold=hold, receiver=bob), 1))
        arrived = sum(isinstance(answer, Claimed) for answer in heard)
        if arrived + sum(isinstance(answer, Returned) for answer in heard) != 1:
            self._say("what arrives later did not end once", heard)
        if await self.bank.balance(BOB) != before + arrived:
            self._say("what arrives later went elsewhere", heard)

    async def answer_an_offer(self) -> None:
        """Accepted, declined and taken back at once; then paid while the receiver changes their mind about being
        asked. What waits then is taken back, so that the next round finds room."""
        bob, carol, hold = self.bank.members[BOB], self.bank.members[CAROL], 0

        def asks(key: str, *, on: bool) -> Command:
            return SetConfirmIncoming(key=key, member=bob, on=on)

        def ends(place: int, number: int) -> Command:
            key = self._key("offer", place, number)
            if number % 3 == 0:
                return ClaimHold(key=key, member=bob, hold=hold)
            if number % 3 == 1:
                return DeclineHold(key=key, member=bob, hold=hold)
            return CancelHold(key=key, member=self.bank.members[ALICE], hold=hold)

        def turns(place: int, number: int) -> Command:
            key = self._key("mind", place, number)
            return asks(key, on=number % 4 == 0) if number % 2 == 0 else self.bank.send(CAROL, BOB, amount=1, key=key)

        await self.bank.run(asks(self._key("asked", 0, 0), on=True))
        (hold,) = (await self.bank.pays(ALICE, BOB, amount=1)).holds
        heard = await self._all(self._spread(ends, 6))
        if sum(isinstance(answer, Claimed | Returned) for answer in heard) != 1:
            self._say("an offer did not end once", heard)
        sent = [answer for answer in await self._all(self._spread(turns, 8)) if isinstance(answer, Sent)]
        if len(sent) != 4 * self.runners.count:
            self._say("a payment to somebody who changed their mind did not go", sent)
        for left in [one.holds[0] for one in sent if one.holds[0]]:
            await self.bank.run(CancelHold(key=f"{self._key('left', 0, 0)}:{left}", member=carol, hold=left))
        await self.bank.run(asks(self._key("asked", 0, 1), on=False))

    async def open_an_envelope(self, *, ban: bool) -> None:
        """Opened by everybody several times, run out, and its maker banned at once. Of four shares three are wanted, so
        one is left for the clock."""
        envelope = (await self.bank.fills(ALICE, amount=10, shares=4)).envelope
        await self._runs_out_soon(envelope, "envelopes")
        crowd = (BOB, CAROL, EVE)
        before = sum([await self.bank.balance(person) for person in (ALICE, *crowd)])

        def make(place: int, number: int) -> Command:
            key = self._key(f"envelope {ban}", place, number)
            if number % 4 == 3:
                return ExpireEnvelope(key=key, envelope=envelope)
            return OpenEnvelope(key=key, member=self.bank.members[crowd[number % 4]], envelope=envelope, chat=GROUP)

        async def banned() -> None:
            if ban:
                await self._ordain(ALICE, "banned")

        heard, _ = await asyncio.gather(self._all(self._spread(make, 12)), banned())
        await asyncio.sleep(SOON / 1_000_000)
        heard += await self._all(self._spread(lambda place, number: ExpireEnvelope(
            key=self._key(f"late envelope {ban}", place, number), envelope=envelope), 1))
        await self._ordain(ALICE, "active")
        found = [answer for answer in heard if isinstance(answer, Opened)]
        back = [answer for answer in heard if isinstance(answer, EnvelopeEnded)]
        left = sum(share.amount for share in found) + sum(end.amount for end in back)
        after = sum([await self.bank.balance(person) for person in (ALICE, *crowd)])
        if len(back) != 1 or left != 10 or after != before + 10:
            self._say("an envelope was not divided", heard)
        if sorted(share.number for share in found) != list(range(1, len(found) + 1)) or len(found) > len(crowd):
            self._say("a share was given twice, or two to one", heard)

    async def pay_shares(self, *, expiring: bool) -> None:
        """Two places wanted by three, each several times, and closed or run out at once. It ends once, as many have
        paid as it says, and none of them twice."""
        split = await self.bank.splits(ALICE, amount=3, heads=3)
        if expiring:
            await self._runs_out_soon(split, "splits")
        crowd, alice = (BOB, CAROL, EVE), self.bank.members[ALICE]
        before = await self.bank.balance(ALICE)

        def make(place: int, number: int) -> Command:
            key = self._key(f"split {expiring}", place, number)
            if number % 8 == 7:
                return (ExpireSplit(key=key, split=split) if expiring else
                        CloseSplit(key=key, member=alice, split=split, chat=GROUP))
            who = crowd[number % 3]
            return PayShare(key=key, member=self.bank.members[who], split=split, chat=GROUP, person=who, maker=alice,
                            token=f"token {key}")

        heard = await self._all(self._spread(make, 16))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
        heard += await self._all(self._spread(lambda place, _number: (
            ExpireSplit(key=self._key("late split", place, 0), split=split) if expiring else
            CloseSplit(key=self._key("last split", place, 0), member=alice, split=split, chat=GROUP)), 1))
        paid = [answer for answer in heard if isinstance(answer, SharePaid)]
        ended = [answer for answer in heard if isinstance(answer, SplitOver)]
        if len(paid) > 2 or len(ended) != (len(paid) < 2) or await self.bank.balance(ALICE) != before + len(paid):
            self._say("a split was paid by too many, or ended twice or never", heard)
        await self._forgets_how_often(alice)

    async def _ordain(self, person: int, state: str) -> None:
        """Make somebody another kind of member, as no command does yet."""
        assert self.bank.database is not None
        change = text(f"UPDATE members SET state = '{state}' WHERE id = {self.bank.members[person]}")  # noqa: S608
        await self.bank.database.write(lambda connection: connection.execute(change))

    async def answer_a_request(self) -> None:
        """Paid twice, declined, taken back and run out at once; it ends once, and was paid once or not at all."""
        request = await self.bank.asks_for(ALICE, BOB, amount=1)
        expiring = bool(self.raced.rounds % 2)
        if expiring:
            await self._runs_out_soon(request, "requests")
        alice, bob = self.bank.members[ALICE], self.bank.members[BOB]

        def ends(place: int, number: int) -> Command:
            key = self._key("request", place, number)
            if number % 4 == 0:
                return PayRequest(key=key, member=bob, request=request, token=f"token {key}")
            if number % 4 == 1:
                return DeclineRequest(key=key, person=BOB, request=request)
            if number % 4 == 2:
                return WithdrawRequest(key=key, asker=alice, request=request)
            return ExpireRequest(key=key, request=request)

        heard = await self._all(self._spread(ends, 8))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
            heard += await self._all(self._spread(lambda place, number: ExpireRequest(
                key=self._key("late request", place, number), request=request), 1))
        if sum(isinstance(answer, RequestSettled | RequestDone) for answer in heard) != 1:
            self._say("a request did not end once", heard)
        await self._forgets_how_often(alice)

    async def run_a_day(self) -> None:
        """A day of what comes again is due everywhere at once, while its payer stops it: paid once or not at all."""
        assert self.bank.database is not None
        number = await self.bank.plans(ALICE, BOB, amount=1)
        await self.bank.database.write(lambda connection: connection.execute(
            text("UPDATE schedules SET next_day = next_day - 1, try_day = try_day - 1 WHERE id = :id"), {"id": number}))
        async with self.bank.database.reading.connect() as connection:
            day = int((await connection.execute(text("SELECT next_day FROM schedules WHERE id = :id"),
                                                {"id": number})).scalar_one())
        alice, before = self.bank.members[ALICE], await self.bank.balance(BOB)

        def runs(place: int, number_: int) -> Command:
            key = self._key("day", place, number_)
            if number_ == 7:
                return StopSchedule(key=key, member=alice, schedule=number)
            return RunSchedule(key=key, schedule=number, day=day, tries=0)

        heard = await self._all(self._spread(runs, 8))
        paid = sum(isinstance(answer, ScheduleTurn) for answer in heard)
        if paid > 1 or await self.bank.balance(BOB) != before + paid:
            self._say("a day was paid twice, or not as it was said", heard)
        if sum(isinstance(answer, ScheduleStopped) for answer in heard) != 1:
            self._say("what comes again was not stopped once", heard)

    async def _forgets_how_often(self, asker: int) -> None:
        """Another day: nobody asks as often as rounds do."""
        assert self.bank.database is not None
        await self.bank.database.write(lambda connection: connection.execute(
            text("UPDATE tallies SET day = 1 WHERE member = :asker"), {"asker": asker}))

    async def cash_a_voucher(self) -> None:
        """The last use, wanted by several, each of them more than once."""
        made = await self.bank.makes(ALICE, amount=1)
        heard = await self._all(self._spread(lambda place, number: self.bank.redeem(
            made, (BOB, CAROL, EVE)[number % 3], key=self._key("cash", place, number)), 6))
        if sum(isinstance(answer, Redeemed) for answer in heard) != 1:
            self._say("a voucher for one was not redeemed by one", heard)

    async def end_a_voucher(self, *, expiring: bool) -> None:
        """Redeemed, taken back and run out at once: what was put in is what came out, whoever got it."""
        made, alice = await self.bank.makes(ALICE, amount=1, uses=3), self.bank.members[ALICE]
        if expiring:
            await self._runs_out_soon(made.voucher, "vouchers")

        def make(place: int, number: int) -> Command:
            key = self._key(f"voucher {expiring}", place, number)
            if number % 2 == 0:
                return self.bank.redeem(made, (BOB, CAROL)[number // 2 % 2], key=key)
            if expiring:
                return ExpireVoucher(key=key, voucher=made.voucher)
            return WithdrawVoucher(key=key, member=alice, voucher=made.voucher)

        heard = await self._all(self._spread(make, 4))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
            heard += await self._all(self._spread(lambda place, number: ExpireVoucher(
                key=self._key("voucher late", place, number), voucher=made.voucher), 1))
        ends = [answer for answer in heard if isinstance(answer, VoucherEnded)]
        taken = sum(isinstance(answer, Redeemed) for answer in heard)
        if len(ends) != 1 or taken > 2 or ends[0].amount != 3 - taken:
            self._say("a voucher did not end once", heard)

    async def guess_a_password(self) -> None:
        """Guesses from everywhere at once, of which only so many are looked at."""
        made = await self.bank.makes(ALICE, amount=1, word="right")
        heard = await self._all(self._spread(lambda place, number: self.bank.redeem(
            made, BOB, word=f"wrong {place} {number}", key=self._key("guess", place, number)), 6))
        if sum(isinstance(answer, PasswordWrong) for answer in heard) != OWN_TRIES:
            self._say("other guesses were looked at than there are", heard)
        await self.bank.run(WithdrawVoucher(key=self._key("guessed", 0, 0), member=self.bank.members[ALICE],
                                            voucher=made.voucher))

    async def take_a_gift(self, *, expiring: bool) -> None:
        """Confirmed by its payer and by another from everywhere; then wanted by several, under its card and under
        another, and by its payer, while it is taken back or runs out. It was given once, and ended once."""
        card = f"gift {self.raced.rounds} {expiring}"
        draft = await self.bank.run(self.bank.wish(ALICE, amount=1, card=card))
        assert isinstance(draft, Asked)
        said = await self._all(self._spread(lambda place, number: Confirm(
            key=self._key(f"yes {card}", place, number), member=self.bank.members[(ALICE, BOB)[number % 2]],
            token=draft.token), 4))
        given = [answer for answer in said if isinstance(answer, GiftMade)]
        if len(given) != 1:
            self._say("a gift was not given once", said)
            return
        hold, alice = given[0].hold, self.bank.members[ALICE]
        if expiring:
            await self._runs_out_soon(hold)

        def ends(key: str) -> Command:
            return ExpireHold(key=key, hold=hold) if expiring else CancelHold(key=key, member=alice, hold=hold)

        def make(place: int, number: int) -> Command:
            key = self._key(f"take {expiring}", place, number)
            if number == 0:
                return ends(key)
            return ClaimHold(key=key, member=self.bank.members[(ALICE, BOB, CAROL, EVE)[number % 4]], hold=hold,
                             card="another" if number == 1 else card)

        heard = await self._all(self._spread(make, 8))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
        heard += await self._all(self._spread(lambda place, _number: ends(self._key(f"gone {card}", place, 0)), 1))
        if sum(isinstance(answer, Claimed | Returned) for answer in heard) != 1:
            self._say("a gift did not end once", heard)

    async def want_one_card(self) -> None:
        """Wanted by three from everywhere, it is one's; given, taken back and its draft long forgotten, it is wanted
        again and nobody's."""
        card = f"one {self.raced.rounds}"

        def wants(place: int, number: int) -> Command:
            key = self._key(f"want {len(self.asked)}", place, number)
            return replace(self.bank.wish((ALICE, BOB, CAROL)[number % 3], amount=1, card=card), key=key)

        heard = await self._all(self._spread(wants, 6))
        asked = [answer for answer in heard if isinstance(answer, Asked)]
        if len(asked) != 1:
            self._say("a card was not one member's", heard)
            return
        owner = asked[0].what.payer
        given = await self.bank.run(Confirm(key=self._key("one", 0, 0), member=owner, token=asked[0].token))
        assert isinstance(given, GiftMade)
        await self.bank.run(CancelHold(key=self._key("one", 0, 1), member=owner, hold=given.hold))
        self.asked[self._key("one", 0, 0)] = owner
        assert self.bank.database is not None
        await self.bank.database.write(lambda connection: connection.execute(
            text("DELETE FROM drafts WHERE token = :token"), {"token": asked[0].token}))
        heard = await self._all(self._spread(wants, 6))
        if any(isinstance(answer, Asked) for answer in heard):
            self._say("a card was had a second time", heard)

    async def pay_what_a_card_asks_for(self, *, expiring: bool) -> None:
        """Paid by several, under its card and under another, while it is taken back or runs out: paid once, or over."""
        card, alice = f"asks {self.raced.rounds} {expiring}", self.bank.members[ALICE]
        before = await self.bank.balance(ALICE)
        await self.bank.run(Appeal(key=card, asker=alice, amount=1, card=card, token=f"token of {card}"))
        if expiring:
            await self._runs_out_soon(f"token of {card}", "drafts", "token")

        def ends(key: str) -> Command:
            token = f"token of {card}"
            return ExpireDraft(key=key, token=token) if expiring else CancelDraft(key=key, member=alice, token=token)

        def make(place: int, number: int) -> Command:
            key = self._key(f"pay {card}", place, number)
            if number == 0:
                return ends(key)
            return PayAppeal(key=key, member=self.bank.members[(BOB, CAROL)[number % 2]], appeal=f"token of {card}",
                             card="another" if number == 1 else card, token=f"token {key}")

        heard = await self._all(self._spread(make, 6))
        if expiring:
            await asyncio.sleep(SOON / 1_000_000)
        heard += await self._all(self._spread(lambda place, _number: ends(self._key(f"over {card}", place, 0)), 1))
        paid = sum(isinstance(answer, AppealPaid) for answer in heard)
        if paid + sum(isinstance(answer, Asked) for answer in heard) != 1:
            self._say("what a card asks for did not end once", heard)
        if await self.bank.balance(ALICE) != before + paid:
            self._say("a card was paid otherwise than it says", heard)

    async def _runs_out_soon(self, which: int | str, table: str = "holds", column: str = "id", soon: int = SOON
                             ) -> None:
        assert self.bank.database is not None
        now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint" if self._on_postgres else (
            "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)")

        def write(connection: Connection) -> None:
            connection.execute(text(
                f"UPDATE {table} SET expires_at = {now} + {soon} WHERE {column} = :which"), {"which": which})  # noqa: S608

        await self.bank.database.write(write)

    @property
    def _on_postgres(self) -> bool:
        assert self.bank.database is not None
        return self.bank.database.url.get_backend_name() == "postgresql"

    async def look(self) -> None:
        """Everything must be whole at the end."""
        assert self.bank.database is not None
        ledger = await ledger_of(self.bank.database)
        for operation in ledger.all(Operation):
            outcome = decode(operation.outcome)
            if isinstance(outcome, Sent | EnvelopeMade | ScheduleMade | VoucherMade | VoucherEnded):
                self.asked.setdefault(operation.key, self.bank.members[ALICE])
        wrong = Witness(ZONE, POLICY.no_pin_limit, self.asked).broken(ledger)
        report = await reconcile(self.bank.database.url.render_as_string(hide_password=False))
        self.raced.wrong += wrong + [f"{check.name}: {check.broken}" for check in report.checks if check.broken]


async def deadlocks(database: Database) -> int:
    """How often PostgreSQL had to throw somebody out. It counts when a session is idle."""
    async with database.reading.connect() as connection:
        await connection.execute(text("SELECT pg_stat_force_next_flush()"))
        await connection.commit()
        query = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int((await connection.execute(query)).scalar_one())


async def race(url: str, *, rounds: int, seed: int) -> Raced:
    """All rounds on one database."""
    database = open_database(url)
    bank = Bank(open_store(database), database, Clock())
    await bank.engine.start()
    on_postgres = database.url.get_backend_name() == "postgresql"
    for telegram_id in (ALICE, BOB, CAROL):
        await bank.join(telegram_id, 100_000)
    await bank.join(DAVE)
    await bank.join(EVE)
    await bank.set_pin(ALICE)
    await bank.run(Meet(key="somebody", telegram_id=2, language="en"))
    runners: Runners = Processes(url) if on_postgres else Threads(bank.engine)
    running = Race(bank, runners, random.Random(seed))
    try:
        for _ in range(rounds):
            await running.once()
        await running.look()
    finally:
        await runners.close()
        if on_postgres and (thrown_out := await deadlocks(database)):
            running.raced.wrong.append(f"{thrown_out} deadlocks")
        await bank.engine.stop()
        await database.close()
    return running.raced
