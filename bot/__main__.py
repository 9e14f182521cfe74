"""The command line: `ikmpay local`, `run`, `migrate`, `reconcile`, `audit verify`, `statement-key`,
`verify-statement`, `money`, `version`.

Guards: whoever stops it with Ctrl-C or SIGTERM finds everything finished or safely stored, and exit code 0; a process
that can't go on ends with 70, one whose settings are wrong says so in words and ends with 78.
"""
from __future__ import annotations

import asyncio
import gc
import os
import secrets
import shlex
import signal
import sys
import tempfile
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

if TYPE_CHECKING:  # Everything else is loaded by who needs it, so that the command line answers at once.
    from bot.settings import Settings
    from storage.documents import TextChanged

BROKEN: Final = 70
"""The process could not go on."""
UNUSABLE: Final = 78
"""The settings are wrong."""
PATIENCE: Final = 15.0
"""Seconds for stopping; then the process ends anyway, since everything is stored."""

main = typer.Typer(no_args_is_help=True, add_completion=False,
                   pretty_exceptions_enable=False)


audit = typer.Typer(no_args_is_help=True, help="Whether the audit and the ledger are still what was written.")
main.add_typer(audit, name="audit")


@main.callback()
def begin() -> None:
    """Payments inside group chats."""
    os.umask(0o077)  # Names, notes and keys are kept: nobody else on this machine reads what any command writes.


@main.command()
def local() -> None:
    """The bot with the local chat: a Telegram stand-in and its page in the browser."""
    _serve(with_chat=True)


@main.command()
def run() -> None:
    """The bot alone, on Telegram or any other Bot API server."""
    _serve(with_chat=False)


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from storage.migrate import migrate as bring_up

    settings = _settings()
    for local_one in _databases(settings) or [False]:
        url = settings.database(local=local_one)
        with _in_words(url):
            bring_up(url)
        typer.echo(f"{_shown(url)} has the newest schema.")


@main.command()
def reconcile() -> None:
    """Recompute every balance from the ledger, and check the chain of commits."""
    from storage.anchors import verify_anchors
    from storage.reconcile import reconcile as check

    settings = _settings()
    databases = _databases(settings)
    if not databases:
        raise _unusable(f"there is no database in {settings.data_dir} yet, and DATABASE_URL names none")
    whole = True
    digest_key = _digest_key(settings)
    if digest_key is None:
        typer.echo("Without SECRET_KEY (or secret.key in DATA_DIR) notes can't be compared with what was written.")
    for local_one in databases:
        url = settings.database(local=local_one)
        with _in_words(url):
            report = asyncio.run(check(url, digest_key))
            anchored = asyncio.run(verify_anchors(url, settings.anchors(local=local_one)))
        typer.echo(_shown(url))
        for found in report.checks:
            _tell(found.name, found.looked_at, found.broken)
        _tell("every anchor matches the journal", anchored.looked_at, anchored.broken)
        whole = whole and report.whole and not anchored.broken
    if not whole:
        raise typer.Exit(1)


@audit.command("verify")
def audit_verify(fingerprint: str = typer.Argument("", help="of an anchor, as it was posted to the channel")) -> None:
    """Compute every commit again, and compare the anchors: whether all is still what was written."""
    from storage.audit import verify

    settings = _settings()
    databases = _databases(settings)
    if not databases:
        raise _unusable(f"there is no database in {settings.data_dir} yet, and DATABASE_URL names none")
    whole = True
    for local_one in databases:
        url = settings.database(local=local_one)
        with _in_words(url):
            verdict = asyncio.run(verify(url, settings.anchors(local=local_one), fingerprint.lower()))
        speed = verdict.rows * 1_000 // max(1, verdict.milliseconds)
        typer.echo(f"{_shown(url)}: {'BROKEN' if verdict.broken else 'ok'}, {verdict.rows:,} rows in "
                   f"{verdict.commits:,} commits and {verdict.anchors:,} anchors, {speed:,} rows a second")
        typer.echo("  Compared: rows with the journal, balances with entries, journal with "
                   f"{settings.anchors(local=local_one)}")
        if verdict.named:
            typer.echo(f"  The fingerprint is that of anchor {verdict.named}.")
        elif verdict.posted is not None:
            typer.echo(f"  Posted last: anchor {verdict.posted.number}, {verdict.posted.hash}\n"
                       "  Give the fingerprint that stands in the channel to have that compared, too.")
        for one in verdict.broken:
            typer.echo(f"  {one}")
        whole = whole and not verdict.broken
    if not whole:
        raise typer.Exit(1)


@main.command("statement-key")
def statement_key() -> None:
    """The public key of the signed statements of what is owed to members: publish it."""
    typer.echo(_statement_key(_settings()) or _needs_a_secret())


@main.command("verify-statement")
def verify_statement(
        file: str = typer.Argument(help="the statement, as the bot sent it"),
        key: str = typer.Option("", help="the public key; without it, that of this deployment's secret")) -> None:
    """Whether a statement of what is owed is signed by the key, and matches the ledger where there is one."""
    from storage.winding_down import differs
    from wallet.owed import NotAStatement, is_signed, opened

    settings = _settings()
    public = key.strip().lower() or _statement_key(settings) or _needs_a_secret()
    try:
        statement, _named, signature = opened(Path(file).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, NotAStatement):
        raise _unusable(f"{file} is no signed statement") from None
    if not is_signed(statement, signature, public):
        typer.echo(f"NOT SIGNED by {public}: changed by somebody, or from elsewhere")
        raise typer.Exit(1)
    owed = ", ".join(f"{currency} {amounts['total']}" for currency, amounts in statement["owed"].items())
    typer.echo(f"signed: {owed} owed to member {statement['member']} (Telegram {statement['telegram_id']}) at "
               f"{statement['at']}")
    for local_one in [] if key else _databases(settings):  # Whoever brings a key asks about another deployment's.
        url = settings.database(local=local_one)
        with _in_words(url):
            wrong = asyncio.run(differs(url, statement, settings.money))
        typer.echo(f"{_shown(url)}: {'NOT IN THE LEDGER: ' + wrong if wrong else 'as in the ledger'}")
        if wrong:
            raise typer.Exit(1)


def _needs_a_secret() -> str:
    raise _unusable("name the public key by --key: there is no SECRET_KEY (nor secret.key in DATA_DIR) to tell it from")


def _statement_key(settings: Settings) -> str:
    """The public key of statements, "" where there is no secret."""
    from wallet.owed import public_key

    seed = _derived(settings, "statements")
    return public_key(seed) if seed else ""


def _digest_key(settings: Settings) -> bytes | None:
    """The key of the notes' digests."""
    return _derived(settings, "notes")


def _derived(settings: Settings, purpose: str) -> bytes | None:
    """A key for one purpose; a check makes no secret where there is none."""
    from wallet.vault import BadSecret, Vault, kept_secret

    try:
        secret = (settings.secret_key.get_secret_value().encode() if settings.secret_key
                  else kept_secret(settings.data_dir))
    except BadSecret as bad:
        raise _unusable(bad) from None
    return Vault(secret).derived(purpose) if secret else None


def _tell(name: str, looked_at: int, broken: Sequence[str]) -> None:
    typer.echo(f"  {'BROKEN' if broken else 'ok    '} {name} ({looked_at:,} looked at)")
    for one in broken:
        typer.echo(f"           {one}")


@main.command("replay-rules")
def replay_rules(
        rules: Path | None = typer.Option(None, help="a file with changes to the rules, as RULES has them"),  # noqa: B008
        since: int = typer.Option(30, min=1, max=3_660, help="how many days are looked at")) -> None:
    """Run rules over past payments, and show what they would have caught. Nothing is written."""
    from storage.replay import SHOWN, replay
    from wallet import ids
    from wallet.rules import changed

    settings = _settings()
    databases = _databases(settings)
    if not databases:
        raise _unusable(f"there is no database in {settings.data_dir} yet, and DATABASE_URL names none")
    try:
        wanted = changed(rules.read_text(encoding="utf-8") if rules is not None else settings.rules)
    except (OSError, ValueError) as wrong:
        raise _unusable(f"{rules}: {wrong}") from None
    for local_one in databases:
        url = settings.database(local=local_one)
        with _in_words(url):
            found = asyncio.run(replay(url, wanted, since))
        typer.echo(f"{_shown(url)}: {found.looked_at} payments")
        for (name, verdict), count in sorted(found.counts.items()):
            typer.echo(f"  {name}: {verdict}, {count} times")
        for one in found.caught:
            typer.echo(f"    {ids.code(one.transfer)} {one.rule} ({one.verdict}): {one.facts}")
        if sum(found.counts.values()) > SHOWN:
            typer.echo(f"    … the first {SHOWN} of them")


@main.command()
def money(state: str = typer.Argument(help="open, maintenance or read_only"),
          reason: str = typer.Argument(help="why; it is written down")) -> None:
    """Open money, let it rest, or make it read-only. On SQLite stop the bot first."""
    from bot.switch import switch_money
    from wallet.operators import STATES

    if state not in STATES:
        raise _unusable(f"{state!r} is none of {', '.join(STATES)}")
    settings = _settings()
    databases = _databases(settings)
    if not databases:
        raise _unusable(f"there is no database in {settings.data_dir} yet, and DATABASE_URL names none")
    for local_one in databases:
        url = settings.database(local=local_one)
        with _in_words(url):
            asyncio.run(switch_money(url, state, reason, key=f"switch:{secrets.token_hex(16)}"))
        typer.echo(f"{_shown(url)}: money is {state.replace('_', '-')}.")


@main.command()
def version() -> None:
    """Which release this is."""
    try:
        typer.echo(version_of("ikmpay"))
    except PackageNotFoundError:
        typer.echo("not installed")


# ----------------------------------------------------------------------------------------------- settings
def _settings() -> Settings:
    from bot.settings import WrongSettings, read_settings

    try:
        return read_settings()
    except WrongSettings as wrong:
        raise _unusable(wrong) from None


def _unusable(wrong: object) -> typer.Exit:
    typer.echo(f"ikmPay can't do this:\n{wrong}", err=True)
    return typer.Exit(UNUSABLE)


def _databases(settings: Settings) -> list[bool]:
    """Which databases there are, by whether they are the local chat's; one that is named by an address is there."""
    if settings.database_url is not None:
        return [False]
    return [local_one for local_one in (False, True)
            if Path(settings.database(local=local_one).partition(":///")[2]).is_file()]


@contextmanager
def _in_words(url: str) -> Iterator[None]:
    """Whoever names a database that can't be used is told so, without a traceback."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        raise _unusable(f"{_shown(url)} can't be used: {cause}\nIs it running, and has `ikmpay migrate` "
                        "been run?") from None


def _shown(url: str) -> str:
    from storage.database import normal

    return normal(url).render_as_string(hide_password=True)


# ------------------------------------------------------------------------------------------------ serving
def _serve(*, with_chat: bool) -> None:
    for wanted in (signal.SIGINT, signal.SIGTERM):  # Nothing is open yet: whoever changes their mind just goes.
        signal.signal(wanted, lambda *_: os._exit(0))
    settings = _settings()
    if not with_chat and settings.bot_token is None:
        raise _unusable("BOT_TOKEN: `ikmpay run` needs a bot's token; without one try `ikmpay local`")
    _check_folder(settings.data_dir)
    from bot import logs, loop

    logs.set_up(settings.log_level)
    code = loop.run(_until_stopped(settings, with_chat=with_chat))
    if code:
        sys.exit(code)


def _check_folder(folder: Path) -> None:
    """Say at once that nothing can be kept, before half of it has been opened."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unusable(f"DATA_DIR: nothing can be kept in {folder}: {error.strerror}") from None


async def _until_stopped(settings: Settings, *, with_chat: bool) -> int:
    gc.disable()  # Nothing of what is loaded now is garbage, and looking for it takes a tenth of the start.
    from bot.models import import_aiogram

    import_aiogram()
    from sqlalchemy.exc import SQLAlchemyError

    from bot.app import App, settle_memory
    from bot.settings import LOCAL_TOKEN, WrongSettings
    from handlers.legal import LegalError
    from storage.database import AlreadyRunning
    from storage.documents import TextChanged

    chat = None
    if with_chat:
        from bot.local import seed
        from bot.local.server import make_local_chat

        token = settings.bot_token.get_secret_value() if settings.bot_token else LOCAL_TOKEN
        seeded = not settings.owner_ids and not settings.operators_group
        if seeded:
            settings = settings.model_copy(update={"owner_ids": tuple(row["id"] for row in seed.OPERATORS),
                                                   "operators_group": seed.OPERATORS_GROUP_ID})
        chat = make_local_chat(token=token, data_dir=settings.data_dir, brand=settings.brand, operators=seeded)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, stop.set)
    app = App(settings, chat=chat)
    starting = asyncio.create_task(app.start())
    try:
        await _first(starting, stop.wait())
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return 0
        await starting
    except (WrongSettings, AlreadyRunning, TextChanged, LegalError) as wrong:
        is_play = with_chat and settings.database_url is None
        words = _way_out(wrong, settings.data_dir) if is_play and isinstance(wrong, TextChanged) else wrong
        typer.echo(f"ikmPay can't start:\n{words}", err=True)
        return UNUSABLE
    except (SQLAlchemyError, ConnectionError, TimeoutError) as error:
        # Whoever watches over us starts us again, and the database may be there by then.
        cause = getattr(error, "orig", None) or error
        typer.echo(f"ikmPay can't start: the database does not answer ({cause})", err=True)
        return BROKEN
    settle_memory()
    _greet(settings, app.site.port, with_chat)
    await _first(app.died, stop.wait())
    # Whatever hangs now must not keep the process: what is stored is found again at the next start.
    loop.call_later(PATIENCE, os._exit, BROKEN if app.died.done() else 0)
    await app.stop()
    return BROKEN if app.died.done() else 0


def _way_out(changed: TextChanged, folder: Path) -> str:
    """What to do when the local chat was filled by a release with other agreements: nobody but play people agreed. In
    the same folder may be what people on Telegram have, under other names."""
    return (f"{changed.found}\nThis local chat was begun with another release. There is only play money in it, so "
            "begin a new one: set\nDATA_DIR to another folder, or remove all files whose names begin with \"local\":\n"
            f"  rm -r {shlex.quote(str(folder.absolute()))}/local*\n"
            "To keep it, run the release that it was begun with.")


async def _first(future: asyncio.Future[Any], other: Coroutine[object, object, object]) -> None:
    """Wait for the first of two."""
    second = asyncio.create_task(other)
    await asyncio.wait({future, second}, return_when=asyncio.FIRST_COMPLETED)
    second.cancel()


def _greet(settings: Settings, port: int, with_chat: bool) -> None:
    where = f"http://{settings.host}:{port}/"
    if with_chat:
        typer.echo(f"\n  {settings.brand} is ready. Open {typer.style(where, bold=True)}\n"
                   "  It is play money, and nothing leaves this machine. Ctrl-C stops it.\n")
    else:
        typer.echo(f"{settings.brand} is ready; {where}readyz says how it is.")


if __name__ == "__main__":
    main()
