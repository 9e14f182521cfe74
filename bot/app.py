"""The process: where every object is built, in plain lines, and the order in which they start and stop.

Guards: nothing is let in before everything that handles it stands, and nothing is let go before what is in hand is
finished. A process that could do harm does not start: with another text under an accepted document's version, a schema
that is behind, a secret that does not open the database, or a handler that does not say what it accepts.
"""
from __future__ import annotations

import asyncio
import gc
import json
import socket
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import structlog
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramAPIError, TelegramNotFound, TelegramUnauthorizedError
from aiohttp import web
from argon2 import PasswordHasher
from sqlalchemy import select

from bot.alarm import Alarm
from bot.anchoring import post_anchor
from bot.asides import Asides
from bot.clock import Clock, SystemClock
from bot.commands import introduce
from bot.desk import Desk
from bot.directory import Directory, Roles, WatchedEngine, Words
from bot.dispatcher import make_dispatcher
from bot.inbox import Inbox
from bot.jobs import Job, Jobs, Leases, jobs_of
from bot.mail import Smtp
from bot.menus import OperatorMenus
from bot.metrics import CountedCalls, Metrics
from bot.middlewares import WATCHED, Answered, Context, EveryPress, Guard
from bot.outbox import Sender
from bot.pacing import UNLIMITED, Limits, MemoryMeter, Meter, Pacing
from bot.polling import Polling
from bot.publications import Publications
from bot.returning import Welcoming
from bot.ringing import Bell
from bot.routers import routers
from bot.settings import LOCAL_TOKEN, Settings, WrongSettings
from bot.shapes import OfThisRelease
from bot.telegram import Session, TelegramTime, until_answered
from bot.telling import Teller
from bot.tidying import Tidying
from bot.web import Site, Webhook, add_health
from handlers import legal
from handlers.chat import anywhere, refusing
from handlers.chat.cards import Cards
from handlers.chat.guessing import Guesses
from handlers.chat.payloads import PAYLOADS
from handlers.chat.pin import ACTS
from handlers.chat.redraws import Redraws
from handlers.chat.till import WORDS
from handlers.drawing import Drawer
from handlers.ground import Config, Dialogs, sighted
from handlers.hashing import Argon2Pins
from handlers.jobs.closing import Verdicts
from handlers.jobs.comparing import Comparing
from handlers.jobs.maintaining import Window
from handlers.jobs.reviewing import end_abandoned
from handlers.mail import Mailer
from handlers.pictures.aside import Aside
from handlers.pictures.copier import Copier
from handlers.pictures.covers import Covers
from handlers.pictures.easel import PAGES, Easel
from handlers.pictures.printer import Printer
from handlers.pictures.scanner import Scanner
from handlers.texts import LOCALES, speakers
from handlers.verified import Verified
from storage.announcements import SqlAnnouncements
from storage.applications import SqlApplications
from storage.audit import SqlAudit
from storage.database import open_database
from storage.desk_cards import DeskCards
from storage.dialogs import SqlDialogs
from storage.documents import days_published, register, wordings
from storage.dossiers import SqlDossiers
from storage.inbox import UpdateStore
from storage.leases import SqlLeases, name_of_process
from storage.leavings import Leavings
from storage.migrate import is_behind, migrate
from storage.operators import SqlOperatorReads
from storage.outbox import Outbox
from storage.people import SeenGroups, SeenPeople, Sighting
from storage.phones import SqlPhones
from storage.reads import SqlReads
from storage.secret import is_the_secret_of
from storage.store import open_store
from storage.tables import profiles
from storage.tickets import SqlTickets
from storage.winding_down import SqlWindDowns
from wallet.books import Policy
from wallet.hosts import watch_for
from wallet.money import plain_amount
from wallet.operators import AppointOwners
from wallet.rules import changed
from wallet.vault import BadSecret, Unreadable, Vault, secret_in

if TYPE_CHECKING:
    from bot.local.server import LocalChat

log = structlog.get_logger(__name__)

COLLECT: Final = (50_000, 10, 10)
"""How many objects must be new before those are looked at, and how many such looks before older ones are."""
ALONE: Final = 600.0
SHARED: Final = 15.0
"""Seconds for which members are believed to be as they were, when no other process can change them and when one can."""
DAY: Final = 24 * 60 * 60 * 1_000_000
TOP_UP_MOST: Final = 10_000
BALANCE_MOST: Final = 1_000_000
"""Play money, in whole units of the currency."""


def settle_memory() -> None:
    """What was loaded and built stays: looking through aiogram's models again and again would make us pause.

    What an update brings is let go of without the collector, since nothing of it goes round in circles (a test sees to
    that). Left to its defaults it would look again and again at what only is in hand: four tenths of the time under
    load, and pauses of a quarter of a second. It remains for the circles of errors, and comes when so many objects
    have been made and not let go of as a full inbox never holds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    gc.enable()


class App:
    """One bot with everything that it needs. `start`, then `stop`."""

    def __init__(self, settings: Settings, *, chat: LocalChat | None = None, clock: Clock | None = None,
                 session: BaseSession | None = None, hasher: PasswordHasher | None = None, limits: Limits | None = None,
                 holder: str = "") -> None:
        """`chat` is the local chat to serve and to talk to; the others are for tests."""
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.chat = chat
        self.metrics = Metrics()
        self.died: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        self.webhook: Webhook | None = None
        self.polling: Polling | None = None
        self._limits = limits or (Limits() if chat is None else UNLIMITED)
        self._session = session
        self._hasher = hasher
        self._holder = holder
        self._tasks: list[asyncio.Task[None]] = []
        self._stops: list[Any] = []
        """What has been started, as functions that stop it; the last one first."""

    # --------------------------------------------------------------------------------------------- start
    async def start(self) -> None:
        """Build and start everything. Raises `WrongSettings` and what else must keep it from starting."""
        try:
            await self._open_database()
            await self._open_site()
            await self._build_wallet()
            await self._meet_telegram()
            self._build_ways_in_and_out()
            await self._begin()
        except BaseException:
            await self.stop()
            raise

    async def _open_database(self) -> None:
        settings = self.settings
        url = settings.database(local=self.chat is not None)
        self.database = open_database(url, pool=settings.pool)
        self._stops.append(self.database.close)
        self.alone = self.database.url.get_backend_name() == "sqlite"
        if self.alone:
            # Two connections can't both turn a new file to its journal mode: the writer first, then whoever migrates.
            await self.database.write(lambda connection: None)
        if await asyncio.to_thread(is_behind, url):
            if not self.alone:
                raise WrongSettings("the database lacks what this release needs: run `ikmpay migrate` first")
            await asyncio.to_thread(migrate, url)
        try:
            secret = settings.secret_key.get_secret_value().encode() if settings.secret_key else secret_in(
                settings.data_dir)
        except BadSecret as bad:
            raise WrongSettings(str(bad)) from None
        self.vault = Vault(secret)
        await self._check_secret()

    async def _check_secret(self) -> None:
        """With another secret everybody's phone number would be lost, and could join a second time."""
        query = select(profiles.c.wrapped_key, profiles.c.phone).where(profiles.c.wrapped_key != b"").limit(1)
        async with self.database.reading.connect() as connection:
            row = (await connection.execute(query)).first()
        try:
            if row is not None:
                self.vault.open_for(bytes(row.wrapped_key), bytes(row.phone))
            fits = await is_the_secret_of(self.database, self.vault, self.clock.now())
        except Unreadable:
            fits = False
        if not fits:
            raise WrongSettings("SECRET_KEY (or secret.key in DATA_DIR) is not the one that this database was "
                                "filled with; nobody's phone number can be read with it")

    async def _open_site(self) -> None:
        """Listen early: the local chat has to answer, and a second process on the port is found out at once."""
        app = self.chat.app if self.chat is not None else web.Application()
        add_health(app, self.troubles, self.metrics if self.chat is not None or self.settings.metrics else None)
        if self.settings.webhook_url and self.chat is None:
            app.router.add_post(self.settings.webhook_path, self._take_webhook)
        if self.chat is not None:
            await self.chat.start()
            self._stops.append(self.chat.close)
        self.site = Site(app, self.settings.host, self.settings.port)
        self._stops.append(self.site.stop)
        try:
            await self.site.start()
        except OSError as error:
            raise WrongSettings(f"PORT {self.settings.port} on {self.settings.host} can't be opened: "
                                f"{error.strerror}; is another process using it?") from None

    async def _build_wallet(self) -> None:
        settings, currency, zone = self.settings, self.settings.money, self.settings.zone
        watch_for(settings.hosts())
        self.screening = settings.screening(local=self.chat is not None)
        self.play_money = settings.play_money
        names = legal.Names(brand=settings.brand, currency=currency.code, operator=settings.operator,
                            limit=plain_amount(settings.no_pin_minor, currency).removesuffix(".00"),
                            court=settings.court, contact=settings.contact)
        today = self.now().astimezone(zone).date()
        kept = await wordings(self.database, names.words(), today.isoformat(), self.clock.now())
        self.library = legal.load_all(
            LOCALES / "legal",
            [legal.Wording(number, date.fromisoformat(since), legal.Names(**json.loads(words)))
             for number, since, words in kept],
            zone, legal.Shared(await days_published(self.database), today))
        terms = self.library.terms()
        await register(self.database, terms.documents, self.clock.now())
        self.publications = Publications(self.database, self.library, terms)
        unit = 10 ** currency.digits
        self.policy = Policy(
            terms=terms, digest_key=self.vault.derived("notes"), max_amount=settings.max_minor,
            no_pin_limit=settings.no_pin_minor, top_up_most=TOP_UP_MOST * unit if self.play_money else 0,
            balance_most=BALANCE_MOST * unit, envelope_average=settings.envelope_average_minor,
            envelope_shares=settings.envelope_shares, voucher_key=self.vault.derived("vouchers"),
            statement_key=self.vault.derived("statements"), currency=currency,
            voucher_life=settings.voucher_days * DAY, openings_a_minute=settings.envelope_pace,
            envelopes_open=settings.envelopes_open, vouchers_open=settings.vouchers_open,
            appeals_open=settings.card_requests_open, level_limits=settings.level_limits,
            least_level=self._least_level(), dormant_after=settings.dormant_after,
            rules=changed(settings.rules, dry=settings.rules_dry), release_alone=settings.release_alone_minor)
        self.engine = WatchedEngine(
            open_store(self.database), self.policy, zone=zone, batch=settings.batch, writers=settings.writers,
            on_notices=lambda rows: self.sender.accept(rows), on_death=self._die)
        self.metrics.watch_engine(self.engine)
        self.reads = SqlReads(self.database, today=lambda: self.now().astimezone(zone).toordinal(),
                              no_pin_most=self.policy.no_pin_limit)
        self.directory = Directory(self.reads, self.clock, ALONE if self.alone else SHARED)
        self.operator_reads = SqlOperatorReads(self.database)
        smtp = settings.smtp_url
        self.mailer: Mailer | None = (
            Smtp(smtp.get_secret_value(), settings.mail_from, settings.brand) if smtp is not None else
            self.chat.mails if self.chat is not None else None)
        self.tickets = SqlTickets(self.database, self.vault)
        self.applications = SqlApplications(self.database, self.vault)
        self.announcements = SqlAnnouncements(self.database)
        self.wind_downs = SqlWindDowns(self.database)
        self.operators = Roles(self.operator_reads, self.clock, ALONE if self.alone else SHARED)
        self.people = SeenPeople(self.database, sighted(settings.brand), self.clock.now)
        self.groups = SeenGroups(self.database, self.clock.now)

    def _least_level(self) -> int:
        """The identity level that everybody has at least: in the local chat nothing holds people up."""
        if self.settings.least_level is not None:
            return self.settings.least_level
        return 2 if self.chat is not None and self.play_money else 0

    def _build_shared(self, bot_id: int) -> None:
        """What several processes share in Redis, when there is one; else each for itself."""
        self.meter: Meter = MemoryMeter(self._limits, self.clock)
        self.dialogs: Dialogs
        self.leases: Leases = SqlLeases(self.database, self.clock.now)
        if self.settings.redis_url is None:
            self.dialogs = OfThisRelease(SqlDialogs(self.database, self.vault, self.clock.now))
            return
        from storage.redis import RedisDialogs, RedisLeases, RedisPacing, Shared  # Loaded only where there is one.

        shared = Shared(self.settings.redis_url.get_secret_value(), on_away=self.metrics.redis_away.inc)
        self._stops.append(shared.close)
        self.dialogs = OfThisRelease(RedisDialogs(shared, self.vault))
        self.leases = RedisLeases(shared, SqlLeases(self.database, self.clock.now))
        self.meter = RedisPacing(shared, bot_id, self._limits, self.meter)

    async def _meet_telegram(self) -> None:
        """The session with everything that every call passes, and who we are."""
        settings = self.settings
        token = settings.bot_token.get_secret_value() if settings.bot_token else LOCAL_TOKEN
        api = settings.bot_api_url
        if self.chat is not None:
            token, api = self.chat.world.token, f"http://{settings.host}:{self.site.port}"
            at_botfather = self.chat.world.settings.get("botfather", {})
            self.chat.world.setting("botfather", {"inline": True, "guest": True, **at_botfather})
        session = self._session or Session(api=TelegramAPIServer.from_base(api))
        self.bot = Bot(token, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
        self._stops.append(session.close)
        self._build_shared(self.bot.id)
        self.answered = Answered()
        session.middleware(self.answered)
        self.telegram_time = TelegramTime(self.clock)
        session.middleware(self.telegram_time)
        if isinstance(session, Session):
            await session.tell_the_time(self.telegram_time.compare)
        self.tidying = Tidying(Leavings(self.database), self.groups, self.clock)
        session.middleware(self.tidying)
        self.desk = Desk(DeskCards(self.database))
        await self.desk.open()
        session.middleware(self.desk)
        session.middleware(Pacing(self.meter, self.clock, self.metrics.telegram_pauses.inc))
        session.middleware(CountedCalls(self.metrics))
        try:
            me = await until_answered(self.bot.get_me, self.clock)
        except (TelegramUnauthorizedError, TelegramNotFound):
            raise WrongSettings("BOT_TOKEN is not accepted by the Bot API server; copy it again from "
                                "@BotFather") from None
        self.config = Config(username=me.username or "", brand=settings.brand, currency=settings.money,
                             region=settings.region, zone=settings.zone, play_money=self.play_money,
                             contact=settings.contact, operators_group=settings.operators_group,
                             mail=self.mailer is not None)

    def _build_ways_in_and_out(self) -> None:
        voices = self.voices = speakers(self.config.currency, self.config.zone, self.config.brand)
        holder = self._holder or name_of_process(self.settings.host, self.site.port)
        outbox = Outbox(self.database)
        self.redraws = Redraws(clock=self.clock.time, sleep=self.clock.sleep)
        verified = Verified(self.applications, self.vault)
        cards = Cards(self.bot, self.engine, self.reads, self.people, self.groups, voices, self.config,
                      verified, self.redraws)
        self._stops.append(self.redraws.idle)
        self.easel, self.press = Easel(), Easel(PAGES)
        covers = Covers(self.easel, voices)
        teller = Teller(self.bot, outbox, self.reads, self.people, self.groups, voices, self.clock, self.library,
                        covers, self.tickets, self.announcements,
                        Bell(self.operators, self.config.operators_group), cards.place_offer)
        words = Words(self.reads, self.clock)
        self.engine.watchers = (self.directory.forget, self.operators.forget, self.groups.forget, words.forget,
                                lambda command: teller.forget(command.actor()), self.publications.heed)
        self.sender = Sender(outbox, teller, self.clock, self.metrics, holder=holder)
        self.pins = Argon2Pins(self.vault, self._hasher)
        self.updates = UpdateStore(self.database, self.vault, self.bot.id, holder)
        refuse, aside = Alarm(refusing.answer_refusal, self.engine, self.clock), Aside()
        self.provided: dict[str, Any] = {
            "engine": self.engine, "reads": self.reads, "people": self.people, "groups": self.groups, "words": words,
            "dialogs": self.dialogs, "library": self.library, "policy": self.policy, "vault": self.vault,
            "phones": SqlPhones(self.database, self.vault, self.reads),
            "pins": self.pins, "easel": self.easel, "drawer": Drawer(self.easel), "covers": covers,
            "printer": Printer(self.press), "scanner": Scanner(aside), "copier": Copier(aside), "guesses": Guesses(),
            "members": self.directory, "operators": self.operators, "operator_reads": self.operator_reads,
            "dossiers": SqlDossiers(self.database), "screening": self.screening,
            "audit_reads": SqlAudit(self.database, self.settings.anchors(local=self.chat is not None)),
            "mailer": self.mailer, "tickets": self.tickets, "applications": self.applications,
            "announcements": self.announcements, "wind_downs": self.wind_downs,
            "speakers": voices, "config": self.config, "now": self.now, "answered": self.answered.has,
            "cards": cards, "verified": verified, "offered": anywhere.Offered()}
        self.dispatcher = make_dispatcher(
            routers(),
            context=Context(self.directory, self.groups, voices, self.config),
            guard=Guard(refuse, self.updates.was_begun, self.telegram_time.now, self.groups),
            presses=EveryPress(self.answered),
            provided=self.provided,
            by_name=[*PAYLOADS.values(), *(act.run for act in ACTS.values()),
                     *(words.done for words in WORDS.values())])
        handling = Welcoming(self.dispatcher, self.bot, refuse, self.metrics, self.sender.revive)
        self.jobs = Jobs(self._everything_timed(teller), self.leases, self.clock, self.metrics, holder=holder)
        self.asides = Asides(handling.handle, self.clock)
        self.inbox = Inbox(self.updates, handling, self.people, self.groups, self.clock, on_death=self._die,
                           aside=self.asides.take)
        self.metrics.inbox_pending.set_function(lambda: self.inbox.in_hand)

    def _everything_timed(self, teller: Teller) -> list[Job]:
        """What the clock starts, with what it needs of this process."""
        anchors = self.settings.anchors(local=self.chat is not None)
        jobs = jobs_of(self.engine, self.reads, self.policy.terms, self.sender, self.database, self.clock, anchors,
                       self.config.zone, self.metrics, Comparing(self.engine, self.applications, self.screening))
        window = Window(self.engine, self.operator_reads, self.now, self.settings.window(local=self.chat is not None))
        menus = OperatorMenus(self.bot, self.operator_reads, self.voices, self.config.operators_group,
                              play_money=self.play_money)
        jobs.append(Job("operators_menus", 5, menus.look))
        verdicts = Verdicts(self.operator_reads, self.reads, self.people)
        jobs.append(Job("close_cards", 2, lambda: self.desk.round(verdicts.on, teller.change)))
        jobs.append(Job("keep_window", 10, window.round))
        if channel := self.settings.anchor_channel:
            jobs.append(Job("post_anchor", 60, lambda: post_anchor(self.engine, self.database, channel,
                                                                   self.clock.now())))
        jobs.append(Job("end_abandoned", 600, lambda: end_abandoned(self.engine, self.applications, self.clock.now())))
        jobs.append(Job("tidy_groups", 10, lambda: self.tidying.round(self.bot)))
        return jobs

    async def _begin(self) -> None:
        settings = self.settings
        if not settings.contact and self.chat is None:
            log.warning("CONTACT is not set, so /help names no address and the agreements name the bot's profile")
        await self.engine.start()
        self._stops.append(self.engine.stop)
        if settings.owner_ids:
            await self.engine.run(AppointOwners(key=f"owners:{self._holder or socket.gethostname()}:{self.clock.now()}",
                                                telegram_ids=tuple(settings.owner_ids)))
        await self.sender.start([lane.lane for lane in self.engine.lanes])
        self._stops.append(self.sender.stop)
        self._stops += [self.easel.close, self.press.close]
        await self.inbox.start()
        self._stops += [self.inbox.stop, self.asides.stop]
        self._stops.append(self._stop_tasks)
        if settings.webhook_url and self.chat is None:
            assert settings.webhook_secret is not None
            secret = settings.webhook_secret.get_secret_value()
            self.webhook = Webhook(self.inbox, secret)
            await self._set_webhook(settings.webhook_url, secret)
        else:
            with suppress(TelegramAPIError):  # Where it matters that this was refused, polling hears of it.
                await until_answered(self.bot.delete_webhook, self.clock)
            self.polling = Polling(self.bot, self.inbox, self.clock, list(WATCHED))
            self._go(self.polling.run())
        self.jobs.start()
        self._stops.append(self.jobs.stop)
        self._go(self.metrics.watch_loop())
        self._go(self.publications.watch())
        await self._introduce()
        try:
            await until_answered(lambda: introduce(self.bot, self.voices, play_money=self.play_money), self.clock)
        except TelegramAPIError as refused:  # Commands work without a menu that lists them.
            log.warning("Telegram shows no menu of commands, or no description", reason=refused.message)

    async def _set_webhook(self, url: str, secret: str) -> None:
        try:
            await until_answered(lambda: self.bot.set_webhook(url, secret_token=secret, allowed_updates=list(WATCHED)),
                                 self.clock)
        except TelegramAPIError as refused:
            raise WrongSettings(f"WEBHOOK_URL: the Bot API server says: {refused.message}") from None

    async def _introduce(self) -> None:
        """Everybody in the local chat counts as seen: whoever tries it pays somebody by name before they spoke."""
        if self.chat is not None:
            from bot.local.state import full_name  # Loaded only where there is a local chat.

            seen = [Sighting(person.id, str(person.user.get("username", "")), full_name(person.user),
                             str(person.user.get("language_code", "")), False)
                    for person in self.chat.world.people.values()]
            unknown = [one for one in seen if one.telegram_id not in await self.people.by_ids([one.telegram_id])]
            await self.database.write(lambda connection: self.people.write(connection, unknown))

    def _go(self, work: Any) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._die(error)

    # ---------------------------------------------------------------------------------------------- stop
    async def stop(self) -> None:
        """Let nothing new in, finish what is in hand, let go of everything."""
        while self._stops:
            try:
                await self._stops.pop()()
            except Exception:
                log.exception("something could not be stopped")

    async def _stop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take_webhook(self, request: web.Request) -> web.Response:
        """Telegram may knock before everything stands."""
        if self.webhook is None:
            return web.Response(status=503, headers={"Retry-After": "1"})
        return await self.webhook.take(request)

    def _die(self, error: BaseException) -> None:
        """Something that everything depends on can't go on."""
        log.critical("the process can't go on and ends", exc_info=error)
        if not self.died.done():
            self.died.set_result(error)

    # ------------------------------------------------------------------------------------------- looking at it
    def now(self) -> datetime:
        """The moment, as handlers are told it."""
        return datetime.fromtimestamp(self.clock.now() / 1_000_000, UTC)

    def troubles(self) -> list[str]:
        """What keeps it from doing its work; nothing when it is ready."""
        if not hasattr(self, "inbox"):
            return ["starting"]
        found = []
        if self.died.done():
            found.append("the engine stopped")
        if self.inbox.full:
            found.append("no room for updates")
        if self.polling is not None and not self.polling.working:
            found.append("Telegram does not answer")
        return found

    async def idle(self) -> None:
        """Wait until everything that came in is handled and everything that was to be told is told."""
        await self.inbox.idle()
        await self.asides.idle()
        await self.redraws.idle()
        await self.sender.idle()

