"""Settings: what is refused, in which words, and that no secret is ever shown."""
from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings, WrongSettings, currency_of, read_settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_nothing_needs_to_be_set() -> None:
    settings = read_settings()
    assert settings.bot_token is None
    assert (settings.host, settings.port, settings.brand, settings.currency) == ("127.0.0.1", 8080, "ikmPay", "CNY")
    assert (settings.max_minor, settings.no_pin_minor) == (5_000_000, 20_000)
    assert settings.database(local=False).endswith("/data/ikmpay.db")
    assert settings.database(local=True) != settings.database(local=False)


def test_the_environment_is_read_and_empty_values_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER_IDS", "1000001, 1000002")
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("WEBHOOK_URL", "")
    monkeypatch.setenv("BOT_API_URL", "")
    monkeypatch.setenv("DATA_DIR", "/somewhere")
    settings = read_settings()
    assert settings.owner_ids == (1000001, 1000002)
    assert settings.port == 9000
    assert settings.bot_api_url == "https://api.telegram.org"
    assert settings.data_dir == Path("/somewhere")


@pytest.mark.parametrize(("given", "words"), [
    ({"webhook_url": "https://pay.example/telegram"}, "WEBHOOK_SECRET"),
    ({"webhook_url": "http://pay.example/telegram", "webhook_secret": "x" * 32}, "WEBHOOK_URL: a public https"),
    ({"webhook_url": "https://pay.example/", "webhook_secret": "x" * 32}, "with a path"),
    ({"webhook_secret": "short"}, "WEBHOOK_SECRET: 16 to 256"),
    ({"webhook_secret": "ünusual-but-long-enough"}, "WEBHOOK_SECRET"),
    ({"bot_token": "nonsense"}, "BOT_TOKEN: a token looks like"),
    ({"bot_api_url": "api.telegram.org"}, "BOT_API_URL"),
    ({"database_url": "mysql://host/name"}, "DATABASE_URL names 'mysql'"),
    ({"database_url": "sqlite://"}, "not durable"),
    ({"redis_url": "http://host"}, "REDIS_URL: an address like redis://"),
    ({"port": "70000"}, "PORT"),
    ({"rules": "no"}, "RULES: no JSON"),
    ({"rules": '{"habit": {"verdict": "burn"}}'}, "RULES: habit: the verdict is one of"),
    ({"owner_ids": "alice"}, "OWNER_IDS: numeric"),
    ({"currency": "yuan"}, "CURRENCY: an ISO 4217"),
    ({"timezone": "Mars/Olympus"}, "TIMEZONE: a time zone like"),
    ({"timezone": "../../etc/passwd"}, "TIMEZONE"),
    ({"secret_key": "too short"}, "SECRET_KEY: at least 32"),
    ({"region": "China"}, "REGION"),
    ({"log_level": "LOUD"}, "LOG_LEVEL"),
    ({"max_amount": "1e3"}, "MAX_AMOUNT"),
    ({"no_pin_limit": "200", "max_amount": "100"}, "NO_PIN_LIMIT is above"),
    ({"currency": "JPY", "no_pin_limit": "1.50"},
     "LIMIT_REVIEWED and RELEASE_ALONE are amounts in JPY"),
    ({"limit_unverified": "100001"}, "LIMIT_UNVERIFIED, LIMIT_VERIFIED and LIMIT_REVIEWED rise"),
    ({"least_level": "1", "play_money": "false"}, "LEAST_LEVEL is for play money"),
    ({"least_level": "3"}, "LEAST_LEVEL"),
    ({"writers": 99}, "WRITERS")])
def test_what_makes_no_sense_is_refused_in_words(given: dict[str, object], words: str) -> None:
    with pytest.raises(WrongSettings) as caught:
        read_settings(given)
    assert words in str(caught.value)
    assert "pydantic" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://", "nonsense"])
def test_a_setting_is_named_once(url: str) -> None:
    with pytest.raises(WrongSettings) as caught:
        read_settings({"database_url": url})
    assert str(caught.value).startswith("DATABASE_URL")
    assert str(caught.value).count("DATABASE_URL") == 1


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(WrongSettings) as caught:
        read_settings({"port": "x", "currency": "x", "timezone": "x"})
    assert len(str(caught.value).splitlines()) == 3


SECRETS = {
    "bot_token": "123456:AAHsecretsecretsecretsecret", "webhook_url": "https://pay.example/telegram",
    "webhook_secret": "hook-secret-hook-secret", "secret_key": "k3y" * 11,
    "database_url": "postgresql://ikmpay:dbpass@host/name", "redis_url": "redis://:redispass@host/0"}


def test_no_secret_is_shown_by_repr() -> None:
    shown = repr(read_settings(SECRETS)) + str(read_settings(SECRETS))
    for secret in ("AAHsecret", "hook-secret", "k3yk3y", "dbpass", "redispass"):
        assert secret not in shown


@pytest.mark.parametrize("name", ["bot_token", "webhook_secret", "secret_key", "database_url", "redis_url"])
def test_no_secret_is_shown_when_it_is_wrong(name: str) -> None:
    with pytest.raises(WrongSettings) as caught:
        read_settings({**SECRETS, name: "hush ü"})
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(("code", "digits"), [("CNY", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("USD", 2)])
def test_a_currency_has_the_decimals_that_it_has(code: str, digits: int) -> None:
    assert currency_of(code).digits == digits


def test_two_operators_release_from_an_amount_on_or_always() -> None:
    assert read_settings({}).release_alone_minor == 100_000
    assert read_settings({"release_alone": "250.50"}).release_alone_minor == 25_050
    assert read_settings({"release_alone": "0"}).release_alone_minor == 0
    with pytest.raises(WrongSettings, match="RELEASE_ALONE"):
        read_settings({"release_alone": "much"})


def test_the_pin_may_be_asked_for_always() -> None:
    assert read_settings({"no_pin_limit": "0"}).no_pin_minor == 0


@pytest.mark.parametrize("driver", ["sqlite", "sqlite+aiosqlite"])
def test_a_databases_anchors_are_found_however_it_is_named(driver: str) -> None:
    by_itself = Settings(data_dir=Path("/kept"))
    assert by_itself.anchors(local=True) == Path("/kept/local-anchors.log")
    assert by_itself.anchors(local=False) == Path("/kept/anchors.log")
    for folder in ("/kept", "/elsewhere"):
        named = Settings(data_dir=Path(folder), database_url=SecretStr(f"{driver}:////kept/local.db"))
        assert named.anchors(local=False) == named.anchors(local=True) == Path("/kept/local-anchors.log")
    other = Settings(data_dir=Path("/kept"), database_url=SecretStr("postgresql+asyncpg://one@host/local.db"))
    assert other.anchors(local=True) == Path("/kept/anchors.log")


def test_the_local_chat_screens_by_its_sample_and_a_deployment_by_its_own_list(tmp_path: Path) -> None:
    listed = "Max Sample-Listed"
    assert read_settings({}).screening(local=True).likenesses([listed])
    assert not read_settings({}).screening(local=False).likenesses([listed])
    own = tmp_path / "list.csv"
    own.write_text("name,aliases,kind,source,reference\nErika Beispiel,,person,own,1\n", "utf-8")
    chosen = read_settings({"screening_list": str(own)})
    for local in (True, False):
        assert chosen.screening(local=local).likenesses(["Beispiel, Erika"])
        assert not chosen.screening(local=local).likenesses([listed])


@pytest.mark.parametrize(("content", "words"), [(None, "No such file"), (b"name\n", "first line"), (b"\xff", "decode")])
def test_a_list_that_cannot_be_read_stops_the_start_in_words(content: bytes | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WrongSettings, match=f"SCREENING_LIST.*{words}"):
        read_settings({"screening_list": str(path)}).screening(local=False)
