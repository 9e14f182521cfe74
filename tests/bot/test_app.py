"""The process as a whole: what it needs to start, what keeps it from starting, how it is looked at and how it ends."""
from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from bot.app import App
from bot.declarations import accepted_by, check_parameters, handlers_of
from bot.local import acts
from bot.local.seed import GROUP_ID
from bot.local.server import LocalChat, make_local_chat
from bot.middlewares import Context
from bot.settings import LOCAL_TOKEN, WrongSettings, read_settings
from bot.web import Site
from handlers.chat.payloads import PAYLOADS
from handlers.chat.pin import ACTS
from handlers.commands import menu
from storage.database import AlreadyRunning, open_database
from storage.documents import TextChanged
from tests.patience import PATIENCE
from tests.scenarios.harness import HASHER, stage
from wallet.engine import EngineDead

ALICE = 1000001


def app_of(folder: Path, url: str, chat: LocalChat | None = None, **settings: object) -> App:
    chosen = {"data_dir": folder, "database_url": url, "port": 0, **settings}
    return App(read_settings(chosen), chat=chat, hasher=HASHER)


@pytest.fixture
async def telegram() -> AsyncIterator[tuple[LocalChat, str]]:
    """A Bot API server of somebody else's, and its address."""
    chat = make_local_chat(token="42:somebody-elses", data_dir=None)
    await chat.start()
    site = Site(chat.app, "127.0.0.1", 0)
    await site.start()
    yield chat, f"http://127.0.0.1:{site.port}"
    await site.stop()
    await chat.close()


async def execute(url: str, statement: str, **values: object) -> None:
    database = open_database(url)
    await database.write(lambda connection: connection.execute(text(statement), values))
    await database.close()


# ------------------------------------------------------------------------------------------- to be complete
async def test_every_handler_gets_what_it_asks_for_and_says_what_it_accepts(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        handlers = list(handlers_of(here.app.dispatcher))
        assert len(handlers) > 30
        for _, handler in handlers:
            accepted_by(handler)
        by_name = [*PAYLOADS.values(), *(act.run for act in ACTS.values()),
                   *(act.cancelled for act in ACTS.values() if act.cancelled)]
        assert by_name
        check_parameters(here.app.dispatcher, set(here.app.provided) | Context.GIVES, by_name)


async def test_whoever_has_not_spoken_yet_in_the_local_chat_is_known_by_their_full_name(sqlite_url: str, tmp_path: Path
                                                                                       ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        seen = await here.app.people.by_ids([here.bob.id, here.liming.id])
        assert [seen[person.id].name for person in (here.bob, here.liming)] == ["Bob Smith", "李明"]


async def test_health_and_numbers_can_be_looked_at(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await here.alice.starts()
        base = f"http://127.0.0.1:{here.app.site.port}"
        async with aiohttp.ClientSession() as client:
            for path, words in (("/healthz", "alive"), ("/readyz", "ready"), ("/metrics", "ikmpay_engine_commits"),
                                ("/", "<html")):
                async with client.get(base + path) as answer:
                    assert answer.status == 200
                    assert words in await answer.text()


@pytest.mark.parametrize(("asked", "status"), [(False, 404), (True, 200)])
async def test_numbers_are_shown_on_a_port_that_may_be_public_only_when_asked_for(
        telegram: tuple[LocalChat, str], sqlite_url: str, tmp_path: Path, asked: bool, status: int) -> None:
    chat, address = telegram
    app = app_of(tmp_path, sqlite_url, bot_token=chat.world.token, bot_api_url=address, metrics=asked)
    await app.start()
    try:
        async with aiohttp.ClientSession() as client:
            async with client.get(f"http://127.0.0.1:{app.site.port}/metrics") as answer:
                assert answer.status == status
            async with client.get(f"http://127.0.0.1:{app.site.port}/healthz") as answer:
                assert answer.status == 200
    finally:
        await app.stop()


async def test_commands_are_listed_in_both_languages(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        async with aiohttp.ClientSession() as client:
            url = f"http://127.0.0.1:{here.app.site.port}/local/state"
            menus = []
            for person in (here.alice, here.liming):
                async with client.get(url, params={"as": person.id}) as answer:
                    state = (await answer.json())["result"]
                menus.append({chat["id"]: {command["command"]: command["description"]
                                           for command in chat["local"]["commands"]} for chat in state["chats"]})
        english, chinese = menus[0], menus[1]
        for person, shown, voice in ((here.alice, english, here.app.voices["en"]),
                                     (here.liming, chinese, here.app.voices["zh_CN"])):
            for chat, private in ((person.id, True), (GROUP_ID, False)):
                listed = menu(private=private, administrator=person is here.alice, play_money=True)
                assert shown[chat] == {verb: voice.plain(said) for verb, said in listed}


# ------------------------------------------------------------------------------------- any Bot API server
async def says_hello(chat: LocalChat) -> str:
    """Alice starts the bot; what it says to her."""
    cursor = chat.world.events.cursor
    acts.open_bot(chat.world, ALICE, "")
    async with asyncio.timeout(PATIENCE):
        while True:  # Ends with the bot's first words; every turn waits for something to happen.
            posts = acts.own_chat(chat.world, ALICE, None).posts.values()
            found = [str(post.message.get("text", "")) for post in posts if post.sender == chat.world.bot_id]
            if found:
                return found[-1]
            await chat.world.events.changed(cursor, PATIENCE)
            cursor = chat.world.events.cursor


async def test_the_bot_polls_any_bot_api_server(telegram: tuple[LocalChat, str], sqlite_url: str, tmp_path: Path
                                                ) -> None:
    chat, url = telegram
    app = app_of(tmp_path, sqlite_url, bot_token="42:somebody-elses", bot_api_url=url)
    await app.start()
    assert "ikmPay" in await says_hello(chat)
    await app.stop()


async def test_the_bot_takes_a_webhook(telegram: tuple[LocalChat, str], sqlite_url: str, tmp_path: Path,
                                       unused_tcp_port: int) -> None:
    chat, url = telegram
    app = app_of(tmp_path, sqlite_url, bot_token="42:somebody-elses", bot_api_url=url, port=unused_tcp_port,
                 webhook_url=f"http://127.0.0.1:{unused_tcp_port}/telegram/hook", webhook_secret="s" * 32)
    await app.start()
    assert "ikmPay" in await says_hello(chat)
    forged = f"http://127.0.0.1:{unused_tcp_port}/telegram/hook"
    async with aiohttp.ClientSession() as client, client.post(forged, json={"update_id": 1}) as answer:
        assert answer.status == 401
    await app.stop()


async def test_a_token_that_is_not_accepted_is_said_to_be_wrong(telegram: tuple[LocalChat, str], sqlite_url: str,
                                                                tmp_path: Path) -> None:
    app = app_of(tmp_path, sqlite_url, bot_token="42:guessed-token", bot_api_url=telegram[1])
    with pytest.raises(WrongSettings, match="BOT_TOKEN"):
        await app.start()


# ---------------------------------------------------------------------------------- what must not start
def local(folder: Path, url: str, **settings: object) -> App:
    return app_of(folder, url, make_local_chat(token=LOCAL_TOKEN, data_dir=None), **settings)


async def test_settings_that_fill_the_agreements_may_change_while_nobody_accepted_them(sqlite_url: str, tmp_path: Path
                                                                                     ) -> None:
    for brand in ("ikmPay", "Other name"):
        app = local(tmp_path, sqlite_url, brand=brand)
        await app.start()
        assert {document.version for document in app.library.documents} == {"2026-11-22"}
        await app.stop()


async def test_settings_that_fill_the_agreements_make_a_new_version_of_what_was_accepted(sqlite_url: str, tmp_path: Path
                                                                                       ) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await here.alice.starts()
        await here.alice.taps("English")
        await here.alice.taps("and I agree")
        accepted = here.app.library.find("user-agreement", "2026-11-22")
    for court in ("the court of the moon", ""):
        app = local(tmp_path, sqlite_url, court=court)
        await app.start()
        newest = app.library.in_force(app.now())["user-agreement"]
        assert newest.version == ("2026-11-22.02" if court else "2026-11-22.03")
        assert (court in newest.texts["en"].plain, newest.kind) == (True, "significant")
        assert app.library.find("user-agreement", "2026-11-22") == accepted
        await app.stop()


async def test_a_changed_text_under_an_accepted_version_keeps_it_from_starting(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await here.alice.starts()
        await here.alice.taps("English")
        await here.alice.taps("and I agree")
    await execute(sqlite_url, "UPDATE documents SET sha256 = 'of other words'")
    with pytest.raises(TextChanged, match="a file with a new date"):
        await local(tmp_path, sqlite_url).start()


async def test_another_secret_than_the_databases_keeps_it_from_starting(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        await here.alice.starts()
        await here.alice.taps("English")
        await here.alice.taps("and I agree")
        await here.alice.shares_contact()
    with pytest.raises(WrongSettings, match="SECRET_KEY"):
        await local(tmp_path, sqlite_url, secret_key="x" * 40).start()


async def test_a_postgresql_that_is_behind_keeps_it_from_starting(postgres: Any, tmp_path: Path) -> None:
    with postgres.database() as url, pytest.raises(WrongSettings, match="ikmpay migrate"):
        await local(tmp_path, url).start()


async def test_a_new_sqlite_file_is_made_at_the_first_start(tmp_path: Path) -> None:
    app = local(tmp_path, f"sqlite:///{tmp_path}/new/ikmpay.db")
    await app.start()
    await app.stop()
    assert (tmp_path / "new" / "ikmpay.db").is_file()
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


async def test_two_processes_on_one_file_are_one_too_many(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url):
        with pytest.raises(AlreadyRunning):
            await local(tmp_path, sqlite_url).start()


async def test_a_port_that_is_taken_is_said_to_be(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        with pytest.raises(WrongSettings, match="another process"):
            await local(tmp_path, f"sqlite:///{tmp_path}/b.db", port=here.app.site.port).start()


async def test_owners_are_appointed_once_and_keep_what_they_are(sqlite_url: str, tmp_path: Path) -> None:
    for owners in ("1000001", "1000001,1000002", "1000002"):
        app = local(tmp_path, sqlite_url, owner_ids=owners)
        await app.start()
        async with app.database.reading.connect() as connection:
            rows = (await connection.execute(text("SELECT telegram_id, role FROM roles ORDER BY telegram_id"))).all()
        await app.stop()
    assert [tuple(row) for row in rows] == [(1000001, "owner"), (1000002, "owner")]


# ---------------------------------------------------------------------------------------------- how it ends
async def test_an_engine_that_dies_is_known_at_once(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        here.app.engine._writers[0].cancel()
        assert isinstance(await asyncio.wait_for(here.app.died, PATIENCE), EngineDead)
        assert "the engine stopped" in here.app.troubles()


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_process_cleanly(tmp_path: Path, signal_number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "local", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2], env={**os.environ, "DATA_DIR": str(tmp_path), "PORT": "0"})
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            greeting = b""
            while b"http://127.0.0.1:" not in greeting:
                greeting = await process.stdout.readline()
                assert greeting, "it ended before it was ready"
            process.send_signal(signal_number)
            _, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in complaints


async def test_wrong_settings_end_the_process_in_words() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2], env={**os.environ, "WEBHOOK_URL": "https://pay.example/hook"})
    _, complaints = await process.communicate()
    assert process.returncode == 78
    assert b"WEBHOOK_SECRET" in complaints
    assert b"Traceback" not in complaints
