"""What is shared in Redis, on a real server: emptied in mid-dialog, away, and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from bot.pacing import Limits, MemoryMeter
from storage.redis import REST, RedisDialogs, RedisLeases, RedisPacing, Shared
from tests.fakes.clock import FakeClock
from tests.services.valkey import Valkey
from wallet.vault import Vault

ALICE, BOB, GROUP = 101, 102, -1001
VAULT = Vault(b"s" * 32)


class Hand:
    """A clock turned by hand, for how long Redis is left alone."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


class LeasesOfTheDatabase:
    """Grants everything and remembers it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def take(self, name: str, holder: str, seconds: float) -> bool:
        self.asked.append(name)
        return True

    async def release(self, name: str, holder: str) -> None:
        self.asked.append(name)


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def away() -> list[int]:
    """One for each question that Redis did not answer."""
    return []


@pytest.fixture
async def shared(valkey_url: str, hand: Hand, away: list[int]) -> AsyncIterator[Shared]:
    opened = Shared(valkey_url, on_away=lambda: away.append(1), time_now=hand)
    yield opened
    await opened.close()


@pytest.fixture
async def mortal(hand: Hand, away: list[int]) -> AsyncIterator[tuple[Valkey, Shared]]:
    """A server that the test may kill."""
    with Valkey() as server:
        opened = Shared(server.url, on_away=lambda: away.append(1), time_now=hand)
        yield server, opened
        await opened.close()


# --------------------------------------------------------------------------------------------- dialogs
async def test_two_processes_share_a_dialog(shared: Shared, valkey: Valkey) -> None:
    other = Shared(valkey.url)
    await RedisDialogs(shared, VAULT).put(ALICE, {"kind": "send", "note": "午饭"})
    assert await RedisDialogs(other, VAULT).get(ALICE) == {"kind": "send", "note": "午饭"}
    await RedisDialogs(other, VAULT).drop(ALICE)
    assert await RedisDialogs(shared, VAULT).get(ALICE) is None
    await other.close()


async def test_a_dialog_is_sealed_and_has_an_end(shared: Shared) -> None:
    await RedisDialogs(shared, VAULT).put(ALICE, {"note": "a secret"}, seconds=60)
    sealed = await shared.ask(lambda redis: redis.get("ikmpay:dialog:101"))
    assert b"secret" not in sealed
    assert 0 < await shared.ask(lambda redis: redis.ttl("ikmpay:dialog:101")) <= 60
    assert await RedisDialogs(shared, Vault(b"t" * 32)).get(ALICE) is None


async def test_redis_emptied_in_mid_dialog_loses_the_dialog_and_nothing_else(shared: Shared, valkey: Valkey,
                                                                             away: list[int]) -> None:
    dialogs = RedisDialogs(shared, VAULT)
    await dialogs.put(ALICE, {"step": 1})
    valkey.flush()
    assert await dialogs.get(ALICE) is None
    await dialogs.put(ALICE, {"step": 1})
    assert await dialogs.get(ALICE) == {"step": 1}
    assert away == []


async def test_away_and_back(mortal: tuple[Valkey, Shared], hand: Hand, away: list[int]) -> None:
    server, shared = mortal
    dialogs = RedisDialogs(shared, VAULT)
    await dialogs.put(ALICE, {"step": 1})
    server.kill()
    with capture_logs() as logs:
        for _ in range(5):
            assert await dialogs.get(ALICE) is None
            await dialogs.put(ALICE, {"step": 2})
            await dialogs.drop(ALICE)
            hand.at += REST / 10
        server.start()
        assert await dialogs.get(ALICE) is None, "it is left alone for a moment"
        hand.at += REST
        assert await dialogs.get(ALICE) is None, "what it knew is gone"
        await dialogs.put(ALICE, {"step": 3})
        assert await dialogs.get(ALICE) == {"step": 3}
    assert [line["event"] for line in logs] == ["redis.away", "redis.back"]
    assert len(away) == 16


# ---------------------------------------------------------------------------------------------- leases
async def test_a_lease_has_one_holder(shared: Shared) -> None:
    leases = RedisLeases(shared, LeasesOfTheDatabase())
    assert await leases.take("expire_holds", "one", 60)
    assert not await leases.take("expire_holds", "two", 60)
    assert await leases.take("expire_holds", "one", 60)
    assert await leases.take("purge", "two", 60)
    await leases.release("expire_holds", "two")
    assert not await leases.take("expire_holds", "two", 60)
    await leases.release("expire_holds", "one")
    assert await leases.take("expire_holds", "two", 60)


async def test_a_lease_ends_by_its_time(shared: Shared) -> None:
    leases = RedisLeases(shared, LeasesOfTheDatabase())
    assert await leases.take("purge", "one", 0.01)
    while not await leases.take("purge", "two", 60):  # noqa: ASYNC110 - the server's clock can't be turned
        await asyncio.sleep(0.005)


async def test_without_redis_leases_come_from_the_database(mortal: tuple[Valkey, Shared]) -> None:
    server, shared = mortal
    database = LeasesOfTheDatabase()
    leases = RedisLeases(shared, database)
    assert await leases.take("purge", "one", 60)
    server.kill()
    assert await leases.take("purge", "one", 60)
    await leases.release("purge", "one")
    assert database.asked == ["purge", "purge"]


# ------------------------------------------------------------------------------------------------ pace
async def test_two_processes_share_a_pace(shared: Shared, valkey: Valkey) -> None:
    # Slow enough that the test itself takes no time beside it.
    limits = Limits(every=1000, burst=3, debt=2, chat_every=0, group_every=0)
    other = Shared(valkey.url)
    one, two = (RedisPacing(who, 42, limits, MemoryMeter(limits, FakeClock())) for who in (shared, other))
    assert [await meter.take(ALICE, borrow=False) for meter in (one, two, one)] == [(0.0, False)] * 3
    wait, everybody = await two.take(BOB, borrow=False)
    assert everybody
    assert 990 < wait <= 1000
    assert [await meter.take(ALICE, borrow=True) for meter in (one, two)] == [(0.0, False)] * 2
    assert (await one.take(ALICE, borrow=True))[1]
    another_bot = RedisPacing(shared, 43, limits, MemoryMeter(limits, FakeClock()))
    assert await another_bot.take(ALICE, borrow=False) == (0.0, False)
    await other.close()


async def test_a_busy_chat_makes_nobody_else_wait(shared: Shared) -> None:
    limits = Limits(every=0.001, burst=100, chat_every=1000, chat_burst=2, group_every=1000, group_burst=1)
    meter = RedisPacing(shared, 42, limits, MemoryMeter(limits, FakeClock()))
    assert [await meter.take(ALICE, borrow=False) for _ in range(2)] == [(0.0, False)] * 2
    wait, everybody = await meter.take(ALICE, borrow=False)
    assert not everybody
    assert 990 < wait <= 1000
    assert await meter.take(BOB, borrow=False) == (0.0, False)
    assert await meter.take(GROUP, borrow=False) == (0.0, False)
    assert (await meter.take(GROUP, borrow=False))[0] > 990
    assert await meter.take(GROUP, borrow=True) == (0.0, False)


async def test_what_telegram_asks_for_is_shared(shared: Shared, valkey: Valkey) -> None:
    limits = Limits()
    other = Shared(valkey.url)
    one, two = (RedisPacing(who, 42, limits, MemoryMeter(limits, FakeClock())) for who in (shared, other))
    await one.hold(ALICE, 30)
    wait, everybody = await two.take(ALICE, borrow=True)
    assert not everybody
    assert 29 < wait <= 30
    assert await two.take(BOB, borrow=False) == (0.0, False)
    for chat in range(201, 205):
        await two.hold(chat, 30)
    assert (await one.take(BOB, borrow=True))[1], "five chats at once mean everybody"
    await other.close()


async def test_without_redis_each_process_keeps_the_pace(mortal: tuple[Valkey, Shared]) -> None:
    server, shared = mortal
    limits = Limits(every=1000, burst=1, debt=0)
    clock = FakeClock()
    meter = RedisPacing(shared, 42, limits, MemoryMeter(limits, clock))
    await meter.hold(BOB, 30)
    server.kill()
    assert await meter.take(ALICE, borrow=False) == (0.0, False)
    assert await meter.take(ALICE, borrow=False) == (1000.0, True)
    assert await meter.take(BOB, borrow=False) == (30.0, False)
