"""What a deployment chooses, from the environment: one typed place.

Guards: the process starts only with settings that make sense together, and says in words what is wrong with the
others; a secret is never shown, neither by `repr` nor in a message about a wrong value.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import UnknownCurrencyError, get_currency_precision, get_currency_symbol, is_currency
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from handlers.mail import address_in
from storage.database import normal
from wallet.hosts import Hosts
from wallet.money import CNY, AmountRefused, Currency, parse_amount
from wallet.rules import changed
from wallet.screening import SAMPLE, Listed, Screening, read_list, version_of

LOCAL_TOKEN: Final = "42:local-chat"  # noqa: S105 - opens nothing but the local chat, which is on loopback
LOCAL_FILE: Final = "local.db"
"""What the local chat's database is called."""
TELEGRAM_API: Final = "https://api.telegram.org"

SLEEP_LEAST: Final = 60
"""In fewer days nobody has stopped using their wallet."""

_TOKEN: Final = re.compile(r"[0-9]{1,17}:[A-Za-z0-9_-]{3,128}")
_WEBHOOK_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{16,256}")
_NOTHING: Final = re.compile(r"0+(\.0+)?")
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class WrongSettings(ValueError):
    """Settings that the process can't start with; the text says which and why, one a line."""


class Settings(BaseSettings):
    """All settings. Their names in the environment are the same in capitals."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    bot_token: SecretStr | None = None
    bot_api_url: str = TELEGRAM_API
    webhook_url: str = ""
    webhook_secret: SecretStr | None = None
    database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    data_dir: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    owner_ids: Annotated[tuple[int, ...], NoDecode] = ()
    operators_group: int = Field(default=0, le=0, ge=-10**15)
    """The chat in which operators may work besides their private chats."""
    anchor_channel: int = Field(default=0, le=0, ge=-10**15)
    """The channel to which anchors are posted, 0 for none."""
    bad_hosts: Path | None = None
    """A file with hosts to which no note may lead, one a line, besides those that are shipped."""
    screening_list: Path | None = None
    """A file of names that operators are told of when somebody gives one: see `wallet.screening.read_list`."""
    brand: str = Field(default="ikmPay", min_length=1, max_length=40)
    currency: str = "CNY"
    timezone: str = "Asia/Shanghai"
    secret_key: SecretStr | None = None
    """Seals and digests; at least 32 characters. Without one it is made and kept in `DATA_DIR`."""
    metrics: bool = False
    """Whether `/metrics` is served on `PORT`, which may be a public one. The local chat always serves it."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    region: str = Field(default="CN", pattern=r"^[A-Z]{2}$")
    pool: int = Field(default=8, ge=2, le=100)
    writers: int = Field(default=0, ge=0, le=8)
    """0 leaves it to the database: two on PostgreSQL, one on SQLite."""
    batch: int = Field(default=128, ge=1, le=1024)
    max_amount: str = "50000"
    limit_unverified: str = "1000"
    """The most that somebody pays in all before they verify who they are."""
    limit_verified: str = "100000"
    """The most that somebody pays in a calendar year who gave name and ID number."""
    limit_reviewed: str = "200000"
    """The same of somebody whose documents were looked at."""
    least_level: int | None = Field(default=None, ge=0, le=2)
    """The identity level that everybody has at least. Unless set, 2 in the local chat and 0 elsewhere."""
    no_pin_limit: str = "200"
    envelope_average: str = "200"
    envelope_shares: int = Field(default=100, ge=1, le=1_000)
    envelopes_open: int = Field(default=50, ge=1, le=10_000)
    vouchers_open: int = Field(default=50, ge=1, le=10_000)
    """The most red envelopes that one may have open at a time."""
    card_requests_open: int = Field(default=20, ge=1, le=10_000)
    """The most requests on cards that one may have open at a time."""
    envelope_pace: int = Field(default=20, ge=1, le=1_000)
    """The most shares of red envelopes that somebody may open in a minute."""
    maintenance_minutes: int | None = Field(default=None, ge=0, le=360)
    """How long the maintenance window is that opens at 22:00 in Shanghai; 0 for none. Unless it is set, 30, and none in
    the local chat."""
    voucher_days: int = Field(default=30, ge=1, le=365)
    dormant_after: int = Field(default=365, ge=0, le=36_500)
    """After how many days without use a wallet goes to sleep; 0 for never."""
    rules: str = ""
    """Changes to the rules that payments are judged by, as JSON: see `wallet.rules.changed`."""
    release_alone: str = "1000"
    """From this amount on two operators sign to let go on what a rule held back."""
    rules_dry: bool = False
    """Whether all rules are on trial: they write down what they would have done, and do nothing."""
    play_money: bool = True
    """Whether everybody may top up with play money, in the local chat as on Telegram."""
    operator: str = ""
    court: str = ""
    contact: str = ""
    smtp_url: SecretStr | None = None
    """The server that sends mail; without one nobody can bind an e-mail address."""
    mail_from: str = ""

    # ------------------------------------------------------------------------------------------- checks
    @field_validator("owner_ids", mode="before")
    @classmethod
    def _ids(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        parts = [part.strip() for part in given.split(",") if part.strip()]
        if not all(re.fullmatch(r"[1-9][0-9]{0,15}", part) for part in parts):
            raise ValueError("numeric Telegram ids separated by commas, like 1000001,1000002")
        return tuple(int(part) for part in parts)

    @field_validator("bot_token")
    @classmethod
    def _token(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and not _TOKEN.fullmatch(given.get_secret_value()):
            raise ValueError("a token looks like 123456:ABC…, as @BotFather gives it")
        return given

    @field_validator("bot_api_url")
    @classmethod
    def _api(cls, given: str) -> str:
        parts = urlsplit(given)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise ValueError("an address like https://api.telegram.org")
        return given.rstrip("/")

    @field_validator("webhook_url")
    @classmethod
    def _webhook(cls, given: str) -> str:
        parts = urlsplit(given)
        if given and not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
            raise ValueError("a public https address; http is for this machine only")
        if given and len(parts.path.strip("/")) == 0:
            raise ValueError("an address with a path, like https://pay.example/telegram")
        return given

    @field_validator("webhook_secret")
    @classmethod
    def _secret(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and not _WEBHOOK_SECRET.fullmatch(given.get_secret_value()):
            raise ValueError("16 to 256 of the signs A-Z a-z 0-9 _ and -")
        return given

    @field_validator("database_url")
    @classmethod
    def _database(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None:
            try:
                normal(given.get_secret_value())
            except ValueError as error:
                raise ValueError(str(error)) from None
            except Exception:  # noqa: BLE001 - SQLAlchemy's own message would show the password
                raise ValueError("an address like postgresql+asyncpg://user:password@host/name") from None
        return given

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and urlsplit(given.get_secret_value()).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("an address like redis://localhost:6379/0")
        return given

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, given: SecretStr | None) -> SecretStr | None:
        parts = urlsplit(given.get_secret_value()) if given is not None else None
        if parts is not None and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
            raise ValueError("an address like smtps://user:password@mail.example")
        return given

    @field_validator("secret_key")
    @classmethod
    def _key(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and len(given.get_secret_value().encode()) < 32:
            raise ValueError("at least 32 characters, chosen by chance; `openssl rand -hex 32` makes one")
        return given

    @field_validator("timezone")
    @classmethod
    def _zone(cls, given: str) -> str:
        try:
            ZoneInfo(given)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("a time zone like Asia/Shanghai or Europe/Berlin") from None
        return given

    @field_validator("currency")
    @classmethod
    def _currency(cls, given: str) -> str:
        if not is_currency(given):
            raise ValueError("an ISO 4217 code like CNY or EUR, in capitals")
        return given

    @field_validator("rules")
    @classmethod
    def _rules(cls, given: str) -> str:
        changed(given)  # Raises a ValueError that says what is wrong.
        return given

    @field_validator("dormant_after")
    @classmethod
    def _sleep(cls, given: int) -> int:
        if 0 < given < SLEEP_LEAST:
            raise ValueError(f"0 for never, or at least {SLEEP_LEAST} days: people are warned 30 days before")
        return given

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.webhook_url and self.webhook_secret is None:
            raise ValueError("WEBHOOK_URL needs WEBHOOK_SECRET too: without it anybody could send updates")
        if self.smtp_url is not None and address_in(self.mail_from) is None:
            raise ValueError("SMTP_URL needs MAIL_FROM too, the e-mail address that mail comes from")
        try:
            most, limit, _ = self.max_minor, self.no_pin_minor, self.envelope_average_minor
            levels, _ = self.level_limits, self.release_alone_minor
        except AmountRefused:
            raise ValueError("MAX_AMOUNT, NO_PIN_LIMIT, ENVELOPE_AVERAGE, LIMIT_UNVERIFIED, LIMIT_VERIFIED, "
                             f"LIMIT_REVIEWED and RELEASE_ALONE are amounts in {self.currency}, like 200.00") from None
        if limit > most:
            raise ValueError("NO_PIN_LIMIT is above MAX_AMOUNT")
        if not levels[0] <= levels[1] <= levels[2]:
            raise ValueError("LIMIT_UNVERIFIED, LIMIT_VERIFIED and LIMIT_REVIEWED rise with the level")
        if self.least_level and not self.play_money:
            raise ValueError("LEAST_LEVEL is for play money: where PLAY_MONEY is off, people verify who they are")
        return self

    # -------------------------------------------------------------------------------------- what follows
    @property
    def money(self) -> Currency:
        """The currency with what people write for it."""
        return currency_of(self.currency)

    @property
    def max_minor(self) -> int:
        """The most that one payment may be, in minor units."""
        return parse_amount(self.max_amount, self.money)

    @property
    def no_pin_minor(self) -> int:
        """The no-PIN limit in minor units; 0 asks for the PIN always."""
        return 0 if _NOTHING.fullmatch(self.no_pin_limit) else parse_amount(self.no_pin_limit, self.money)

    @property
    def release_alone_minor(self) -> int:
        """From how much on two operators release what was held back, in minor units; 0 for always."""
        return 0 if _NOTHING.fullmatch(self.release_alone) else parse_amount(self.release_alone, self.money)

    @property
    def level_limits(self) -> tuple[int, int, int]:
        """What a member may pay by identity level, in minor units."""
        low, middle, high = (parse_amount(text, self.money)
                             for text in (self.limit_unverified, self.limit_verified, self.limit_reviewed))
        return low, middle, high

    @property
    def envelope_average_minor(self) -> int:
        """The most that a share of a red envelope may be on average, in minor units."""
        return parse_amount(self.envelope_average, self.money)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which a day begins."""
        return ZoneInfo(self.timezone)

    def database(self, *, local: bool) -> str:
        """The address of the database; a file in `DATA_DIR` unless another is given.

        The local chat has a file of its own: its people's numbers belong to others on Telegram.
        """
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir.absolute() / (LOCAL_FILE if local else 'ikmpay.db')}"

    def hosts(self) -> Hosts | None:
        """The deployment's own list of bad hosts. Raises `WrongSettings`."""
        if self.bad_hosts is None:
            return None
        try:
            return Hosts(self.bad_hosts.read_text(encoding="utf-8").splitlines())
        except (OSError, ValueError) as error:
            raise WrongSettings(f"BAD_HOSTS: {self.bad_hosts} is no list of hosts: {error}") from None

    def screening(self, *, local: bool) -> Screening:
        """The names that operators want to hear of: none unless a list is set, and a sample in the local chat. Raises
        `WrongSettings`."""
        path = self.screening_list or (SAMPLE if local else None)
        try:
            text = path.read_text(encoding="utf-8") if path is not None else ""
            return Listed(read_list(text), version_of(text)) if path is not None else Listed(())
        except (OSError, ValueError) as error:
            raise WrongSettings(f"SCREENING_LIST: {path} is no list of names: {error}") from None

    def window(self, *, local: bool) -> int:
        """Minutes of the nightly maintenance window, 0 for none."""
        if self.maintenance_minutes is not None:
            return self.maintenance_minutes
        return 0 if local else 30

    def anchors(self, *, local: bool) -> Path:
        """Where the anchors of that database are kept; the local chat's own stand beside its file, whoever names it."""
        url = normal(self.database(local=local))
        file = Path(url.database or "")
        if url.get_backend_name() == "sqlite" and file.name == LOCAL_FILE:
            return file.parent / "local-anchors.log"
        return self.data_dir / "anchors.log"

    @property
    def webhook_path(self) -> str:
        """Where on our own server the webhook's address leads."""
        return urlsplit(self.webhook_url).path


def currency_of(code: str) -> Currency:
    """A currency by its code, with the decimals and the sign that Babel knows."""
    if code == CNY.code:
        return CNY
    try:
        symbol = get_currency_symbol(code, locale="en")
        return Currency(code, get_currency_precision(code), (symbol,) if not symbol.isascii() or symbol == "$" else ())
    except UnknownCurrencyError as error:
        raise ValueError(f"{code} is not an ISO 4217 code") from error


def read_settings(environment: Mapping[str, object] | None = None) -> Settings:
    """The settings of the environment, with given ones before them. Raises `WrongSettings`."""
    try:
        return Settings(**(environment or {}))  # type: ignore[arg-type]
    except ValidationError as error:
        raise WrongSettings("\n".join(_said(fault["loc"], fault["msg"]) for fault in error.errors())) from None


def _said(where: tuple[int | str, ...], what: str) -> str:
    """A fault under the name of its setting, unless its own words begin with that name."""
    name, what = str(where[0]).upper() if where else "", what.removeprefix("Value error, ")
    return f"{name}: {what}" if name and not what.startswith(name) else what
