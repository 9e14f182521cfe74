"""Money that rests for a time: by an operator's word, each night, and until when."""
from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from handlers.jobs.maintaining import ZONE, Window
from tests.wallet.bank import ALICE, BOB, GROUP, Bank, open_bank
from wallet import refusals
from wallet.events import MaintenanceSoon
from wallet.maintenance import Rest, Resume
from wallet.operators import HOUSE, Appoint, AppointOwners, SetSwitch
from wallet.rows import Switch
from wallet.views import SwitchView

OWNER, SUPPORT = 1, 103


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    async with open_bank("") as opened:
        await opened.run(AppointOwners(key="owners", telegram_ids=(OWNER,)))
        for person in (ALICE, BOB, SUPPORT):
            await opened.join(person, 1_000)
        await opened.run(Appoint(key="support", operator=OWNER, person=SUPPORT, role="support"))
        yield opened


async def test_money_rests_until_an_operator_or_the_clock_ends_it(bank: Bank) -> None:
    until = bank.clock.now + 60_000_000
    await bank.run(Rest(key=bank.key(), operator=OWNER, until=until))
    with pytest.raises(refusals.Maintenance) as resting:
        await bank.run(bank.send(ALICE, BOB, amount=1))
    assert resting.value.until == until
    await bank.run(Resume(key=bank.key(), operator=HOUSE))
    assert bank.row(Switch, 1).state == "maintenance", "its time is not over"
    bank.clock.forward(minutes=2)
    await bank.run(Resume(key=bank.key(), operator=HOUSE))
    await bank.pays(ALICE, BOB, amount=1)
    await bank.run(Rest(key=bank.key(), operator=OWNER, until=bank.clock.now + 10**9))
    await bank.run(Resume(key=bank.key(), operator=OWNER))
    await bank.pays(ALICE, BOB, amount=1)


async def test_whoever_may_not_switch_money_neither_rests_nor_resumes_it(bank: Bank) -> None:
    for command in (Rest(key=bank.key(), operator=SUPPORT, until=1), Resume(key=bank.key(), operator=SUPPORT)):
        with pytest.raises(refusals.NotAllowed):
            await bank.run(command)


async def test_what_a_check_has_stopped_is_not_opened_by_it(bank: Bank) -> None:
    await bank.run(SetSwitch(key=bank.key(), operator=HOUSE, state="read_only"))
    for command in (Rest(key=bank.key(), operator=OWNER, until=1), Resume(key=bank.key(), operator=OWNER),
                    Resume(key=bank.key(), operator=HOUSE)):
        with pytest.raises(refusals.ReadOnly):
            await bank.run(command)
    assert bank.row(Switch, 1).state == "read_only"


class Reads:
    """What the clock looks at, over the bank's own rows."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    async def switch(self) -> SwitchView:
        row = self.bank.row(Switch, 1)
        return SwitchView(row.state, row.until, row.reason)

    async def active_groups(self, since: int, after: int, limit: int) -> tuple[int, ...]:
        return (GROUP,) if after < GROUP else ()


async def test_each_night_groups_are_told_it_rests_once_and_ends_by_itself(bank: Bank) -> None:
    now = datetime.fromtimestamp(bank.clock.now / 1_000_000, UTC).astimezone(ZONE).replace(hour=21, minute=45)
    window = Window(bank.engine, Reads(bank), lambda: now, 30)
    states = []
    for minutes in (0, 7, 10, 16, 20, 46, 50):
        now = now.replace(hour=21, minute=45) + timedelta(minutes=minutes)
        bank.clock.now = int(now.timestamp() * 1_000_000)
        await window.round()
        states.append(bank.row(Switch, 1).state)
        if minutes == 16:
            await bank.run(Resume(key=bank.key(), operator=OWNER))
        now = now.replace(hour=21, minute=45)
    assert states == ["open", "open", "open", "maintenance", "open", "open", "open"], "nobody's word is overruled"
    assert sum(notice.event == MaintenanceSoon.__name__ for notice in bank.told) == 1
    now += timedelta(days=1, minutes=20)
    bank.clock.now = int(now.timestamp() * 1_000_000)
    await window.round()
    assert bank.row(Switch, 1).state == "maintenance"
    now += timedelta(minutes=30)
    bank.clock.now = int(now.timestamp() * 1_000_000)
    await window.round()
    assert bank.row(Switch, 1).state == "open"
