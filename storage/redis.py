"""What several processes share in Redis: dialogs, leases and the pace towards Telegram.

Guards: money never depends on it. When Redis is away, a dialog counts as lost, a lease comes from the database and each
process keeps the pace by itself; that is counted, and said once. Nothing waits for Redis longer than a moment.
"""
from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol, TypeAlias

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError

from storage.dialogs import packed, unpacked
from wallet.vault import Unreadable, Vault

Where: TypeAlias = "int | str"

TIMEOUT: Final = 0.5
"""Seconds for one answer."""

RETRIES: Final = 1
"""A connection that was closed while nobody used it is replaced, and that is all."""

REST: Final = 1.0
"""Seconds for which Redis is not asked again after it did not answer."""

CONNECTIONS: Final = 32

log = structlog.get_logger(__name__)


class Away(Exception):
    """Redis does not answer."""


class Shared:
    """A Redis that may be away."""

    def __init__(self, url: str, *, prefix: str = "ikmpay:", on_away: Callable[[], None] = lambda: None,
                 time_now: Callable[[], float] = time.monotonic) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, max_connections=CONNECTIONS,
            retry=Retry(ExponentialBackoff(cap=0.05, base=0.01), RETRIES), health_check_interval=30)
        self.prefix = prefix
        self._on_away = on_away
        self._time = time_now
        self._resting_until = 0.0
        self._away = False

    async def ask(self, question: Callable[[Redis], Awaitable[Any]]) -> Any:
        """Ask Redis. Raises `Away`."""
        if self._time() < self._resting_until:
            self._on_away()
            raise Away
        try:
            answer = await question(self._redis)
        except (RedisError, OSError, TimeoutError) as error:
            self._on_away()
            self._resting_until = self._time() + REST
            if not self._away:
                self._away = True
                log.warning("redis.away", error=type(error).__name__)
            raise Away from error
        if self._away:
            self._away = False
            log.info("redis.back")
        return answer

    async def close(self) -> None:
        """Let go of connections."""
        await self._redis.aclose()


class RedisDialogs:
    """`handlers.ground.Dialogs` in Redis, sealed. Without an answer there is no dialog."""

    def __init__(self, shared: Shared, vault: Vault) -> None:
        self._shared = shared
        self._vault = vault

    async def get(self, person: int) -> dict[str, Any] | None:
        """The dialog, or None."""
        key = self._key(person)
        try:
            sealed = await self._shared.ask(lambda redis: redis.get(key))
            return None if sealed is None else unpacked(self._vault.open(sealed))
        except (Away, Unreadable):
            return None

    async def put(self, person: int, dialog: Mapping[str, Any], *, seconds: int = 600) -> None:
        """Begin or go on; lost when Redis is away."""
        key, sealed = self._key(person), self._vault.seal(packed(dialog))
        try:
            await self._shared.ask(lambda redis: redis.set(key, sealed, ex=seconds))
        except Away:
            return

    async def drop(self, person: int) -> None:
        """End it; when Redis is away it ends by its time."""
        key = self._key(person)
        try:
            await self._shared.ask(lambda redis: redis.delete(key))
        except Away:
            return

    def _key(self, person: int) -> str:
        return f"{self._shared.prefix}dialog:{person}"


class OtherLeases(Protocol):
    """Who grants leases while Redis is away."""

    async def take(self, name: str, holder: str, seconds: float) -> bool:
        """Take a free lease, or keep one's own."""

    async def release(self, name: str, holder: str) -> None:
        """Give it back."""


_TAKE_LEASE: Final = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1"""

_RELEASE_LEASE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0"""


class RedisLeases:
    """Leases in Redis; from the database while it is away. Some work may be done twice then, as keys allow."""

    def __init__(self, shared: Shared, otherwise: OtherLeases) -> None:
        self._shared = shared
        self._otherwise = otherwise

    async def take(self, name: str, holder: str, seconds: float) -> bool:
        """Take a free lease, or keep one's own for longer."""
        try:
            return bool(await self._shared.ask(lambda redis: redis.eval(
                _TAKE_LEASE, 1, self._key(name), holder, str(max(1, int(seconds * 1000))))))
        except Away:
            return await self._otherwise.take(name, holder, seconds)

    async def release(self, name: str, holder: str) -> None:
        """Give it back; somebody else's stays."""
        try:
            await self._shared.ask(lambda redis: redis.eval(
                _RELEASE_LEASE, 1, self._key(name), holder))
        except Away:
            await self._otherwise.release(name, holder)

    def _key(self, name: str) -> str:
        return f"{self._shared.prefix}lease:{name}"


class OtherMeter(Protocol):
    """Who counts while Redis is away; `bot.pacing.Meter`."""

    async def take(self, chat: Where | None, *, borrow: bool) -> tuple[float, bool]:
        """Take a call's worth."""

    async def hold(self, chat: Where | None, seconds: float) -> None:
        """Pause."""


class Numbers(Protocol):
    """How fast we may speak; `bot.pacing.Limits`."""

    @property
    def every(self) -> float: ...
    @property
    def burst(self) -> int: ...
    @property
    def debt(self) -> int: ...
    def of(self, chat: Where) -> tuple[float, int]: ...


_TAKE_PACE: Final = """
-- The same sums as bot.pacing.MemoryMeter, by Redis's own clock, in microseconds.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local every, burst, debt = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local chat_every, chat_burst, borrow = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6] == '1'
local held = redis.call('PTTL', KEYS[2])
if held > 0 then return {held * 1000, 1} end
local used = now
if KEYS[3] then
  held = redis.call('PTTL', KEYS[4])
  if held > 0 then return {held * 1000, 0} end
  used = math.max(tonumber(redis.call('GET', KEYS[3]) or 0), now)
  local wait = used - now - (chat_burst - 1) * chat_every
  if wait > 0 and not borrow then return {wait, 0} end
end
local all = tonumber(redis.call('GET', KEYS[1]) or 0)
local wait = all - now - (burst - 1 + (borrow and debt or 0)) * every
if wait > 0 then return {wait, 1} end
all = math.max(all, now) + every
redis.call('SET', KEYS[1], string.format('%.0f', all), 'PX', math.ceil((all - now) / 1000) + 1)
if KEYS[3] then
  used = math.min(used, now + 2 * chat_burst * chat_every) + chat_every
  redis.call('SET', KEYS[3], string.format('%.0f', used), 'PX', math.ceil((used - now) / 1000) + 1)
end
return {0, 0}"""

_HOLD_PACE: Final = """
-- Pauses in many chats within a second are meant for everybody.
if #KEYS == 1 then redis.call('SET', KEYS[1], 1, 'PX', ARGV[1]) return 1 end
redis.call('SET', KEYS[2], 1, 'PX', ARGV[1])
redis.call('SADD', KEYS[3], KEYS[2])
redis.call('PEXPIRE', KEYS[3], 1000, 'NX')
if redis.call('SCARD', KEYS[3]) >= tonumber(ARGV[2]) then redis.call('SET', KEYS[1], 1, 'PX', ARGV[1]) end
return 1"""

_MANY_CHATS: Final = 5


class RedisPacing:
    """A `bot.pacing.Meter` that all processes of one bot share; their own while Redis is away."""

    def __init__(self, shared: Shared, bot_id: int, limits: Numbers, otherwise: OtherMeter) -> None:
        self._shared = shared
        self._limits = limits
        self._otherwise = otherwise
        self._name = f"{shared.prefix}pace:{bot_id}"

    async def take(self, chat: Where | None, *, borrow: bool) -> tuple[float, bool]:
        """See `bot.pacing.Meter`."""
        limits = self._limits
        keys = [f"{self._name}:all", f"{self._name}:held"]
        every, burst = 0.0, 1
        if chat is not None:
            keys += [f"{self._name}:chat:{chat}", f"{self._name}:held:{chat}"]
            every, burst = limits.of(chat)
        arguments = [str(int(limits.every * 1_000_000)), str(limits.burst), str(limits.debt),
                     str(int(every * 1_000_000)), str(burst), "1" if borrow else "0"]
        try:
            wait, everybody = await self._shared.ask(lambda redis: redis.eval(
                _TAKE_PACE, len(keys), *keys, *arguments))
        except Away:
            return await self._otherwise.take(chat, borrow=borrow)
        return int(wait) / 1_000_000, bool(everybody)

    async def hold(self, chat: Where | None, seconds: float) -> None:
        """See `bot.pacing.Meter`. It is remembered here as well, in case Redis goes away meanwhile."""
        await self._otherwise.hold(chat, seconds)
        keys = [f"{self._name}:held"]
        if chat is not None:
            keys += [f"{self._name}:held:{chat}", f"{self._name}:pauses"]
        try:
            await self._shared.ask(lambda redis: redis.eval(
                _HOLD_PACE, len(keys), *keys, str(max(1, int(seconds * 1000))), str(_MANY_CHATS)))
        except Away:
            return
