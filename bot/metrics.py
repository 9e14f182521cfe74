"""What the process counts about itself, for Prometheus.

Guards: numbers only. No label carries an id, a name or anything else that grows with the number of people.
"""
from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Final

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from wallet.engine import Engine
from wallet.movements import ARRIVED, ENVELOPE
from wallet.views import StatsView

LOOK: Final = 0.25
"""Seconds between two looks at how late the loop is."""

_STATUS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (TelegramRetryAfter, "429"), (TelegramForbiddenError, "403"), (TelegramBadRequest, "400"),
    (TelegramNetworkError, "network"), (TelegramServerError, "5xx"), (TelegramNotFound, "404"),
    (TelegramUnauthorizedError, "401"), (TelegramConflictError, "409"), (TelegramEntityTooLarge, "413"),
    (TelegramAPIError, "other"), (ClientDecodeError, "unreadable"))


class Metrics:
    """One registry for each application, so that two of them in one process count apart."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.telegram_calls = Counter(
            "ikmpay_telegram_calls", "Calls to Telegram", ["method", "status"], registry=self.registry)
        self.telegram_pauses = Counter(
            "ikmpay_telegram_pauses", "How often Telegram asked us to pause", registry=self.registry)
        self.inbox = Counter("ikmpay_inbox", "Updates by how they ended", ["state"], registry=self.registry)
        self.inbox_pending = Gauge("ikmpay_inbox_pending", "Updates that are not done", registry=self.registry)
        self.outbox = Counter("ikmpay_outbox", "Notices by how they ended", ["state"], registry=self.registry)
        self.outbox_pending = Gauge("ikmpay_outbox_pending", "Notices held in memory", registry=self.registry)
        self.jobs = Counter("ikmpay_jobs", "Runs of the clock's jobs", ["job", "state"], registry=self.registry)
        self.today = Gauge("ikmpay_today", "What this day came to so far", ["what"], registry=self.registry)
        self.wallets = Gauge("ikmpay_wallets", "What all wallets are in now", ["what"], registry=self.registry)
        self.redis_away = Counter("ikmpay_redis_away", "Questions that Redis did not answer", registry=self.registry)
        self.loop_lag = Histogram(
            "ikmpay_loop_lag_seconds", "How late the event loop is", registry=self.registry,
            buckets=(0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5))

    def watch_engine(self, engine: Engine) -> None:
        """Show what an engine counts."""
        self.registry.register(_EngineCollector(engine))

    def show_days(self, stats: StatsView) -> None:
        """Show what operators read in /stats: of today, and of now."""
        for what, number in (
                ("payments", stats.number(*ARRIVED, since=stats.today)),
                ("moved_minor_units", stats.amount(*ARRIVED, since=stats.today)),
                ("envelopes", stats.number(ENVELOPE.name, since=stats.today)),
                ("joined", stats.number("joined", since=stats.today)), ("active_members", stats.active_today)):
            self.today.labels(what).set(number)
        for what, number in (
                ("members", stats.members), ("owed_minor_units", stats.owed), ("holds_open", stats.holds),
                ("envelopes_open", stats.envelopes), ("tickets_open", stats.tickets),
                ("tickets_waiting", stats.waiting), ("penalties", stats.penalties)):
            self.wallets.labels(what).set(number)

    def page(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)

    async def watch_loop(self) -> None:
        """Measure how late the loop is, until cancelled."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(LOOK)
            self.loop_lag.observe(max(0.0, time.perf_counter() - before - LOOK))


class _EngineCollector(Collector):
    """Reads the engine's own counts when somebody asks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        """The engine's numbers now."""
        counts = self._engine.counts
        yield GaugeMetricFamily("ikmpay_engine_queue", "Commands that wait", value=self._engine.queued)
        for name, value in (("commits", counts.commits), ("commands", counts.commands),
                            ("retries", counts.retries), ("splits", counts.splits)):
            yield CounterMetricFamily(f"ikmpay_engine_{name}", f"Engine: {name}", value=value)


class CountedCalls(BaseRequestMiddleware):
    """Counts every call to Telegram by its method and how it ended. Belongs innermost in the session."""

    def __init__(self, metrics: Metrics) -> None:
        self._calls = metrics.telegram_calls
        self._fine: dict[str, Callable[[], None]] = {}

    async def __call__(self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot,
                       method: TelegramMethod[TelegramType]) -> Response[TelegramType]:
        """Count a call."""
        name = method.__api_method__
        try:
            response = await make_request(bot, method)
        except Exception as error:
            self._calls.labels(name, status_of(error)).inc()
            raise
        count = self._fine.get(name)
        if count is None:
            count = self._fine[name] = self._calls.labels(name, "200").inc
        count()
        return response


def status_of(error: Exception) -> str:
    """An error in a word."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), "error")
