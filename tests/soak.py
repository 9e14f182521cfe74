"""The long column of the proof: each part for longer, a table, and build/soak.json. `make soak`.

    python -m tests.soak                        everything
    python -m tests.soak kills machine          some of it
    python -m tests.soak machine --seed 17      again with the seed that failed
    python -m tests.soak --scale 0.01           a hundredth of it, to see that it runs

Guards: a part that fails says with which seed, and makes the whole fail; it never stops the others. What
build/soak.json says of parts that were not asked for stays. A row's ratio is 1 or more where it is as it has to be, and
`against` says what that is; both are null for what is only counted.
"""
from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import create_engine

from storage.migrate import migrate
from tests.faults import dialogs, planted
from tests.faults.awaits import fail_everywhere, table
from tests.faults.dialogs.scripts import SCRIPTS
from tests.faults.hostile import besiege
from tests.faults.house import in_silence
from tests.faults.kills import Worker, kill_again_and_again
from tests.faults.outages import cut_commits, stop_hard
from tests.faults.races.racing import race
from tests.faults.truth import Verdict
from tests.services.postgres import Postgres
from tests.storage.tampering import Tampering
from tests.storage.test_audit import tell
from tests.storage.test_reconcile import unlocked
from tests.wallet.machine.three import Where
from tests.wallet.test_machine import BENEATH, WANTED, drive

OUT: Final = Path("build") / "soak.json"
SLICE: Final = 50
"""How many kills, cuts or stops one database takes; then another one begins, with the next seed."""
REFUSED: Final = 50
"""How often each refusal has to be met."""
Rows = dict[str, dict[str, object]]


@dataclass
class Stage:
    """What every part stands on."""

    postgres: Postgres
    folder: Path
    worker: Worker
    scale: float
    seed: int
    rows: Rows

    def some(self, long: int) -> int:
        """How much of something, for the scale that was asked for."""
        return max(1, round(long * self.scale))

    def put(self, key: str, value: float, unit: str, *, least: int | None = None, none: bool = False) -> None:
        """One row of the table. There have to be `least` of it, or `none`."""
        ratio: float | None = None
        against: str | None = None
        if none:
            ratio, against = float(not value), "none"
        elif least is not None:
            ratio, against = round(value / least, 4), f"{least} at least"
        self.rows[key] = {"value": value, "unit": unit, "ratio": ratio, "against": against}
        print(f"  {key:<44} {value} {unit}{f' ({against})' if against else ''}", flush=True)

    @contextmanager
    def sqlite(self) -> Iterator[str]:
        """A fresh SQLite file."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            url = f"sqlite+aiosqlite:///{folder}/soak.db"
            migrate(url)
            yield url

    @contextmanager
    def database(self) -> Iterator[str]:
        """A fresh PostgreSQL database."""
        with self.postgres.database() as url:
            migrate(url)
            yield url

    def slices(self, count: int) -> Iterator[tuple[int, int]]:
        """(seed, how many), until there were so many."""
        for number, done in enumerate(range(0, count, SLICE)):
            seed = self.seed + number
            print(f"    seed {seed}", flush=True)
            yield seed, min(SLICE, count - done)


class Failed(AssertionError):
    """A part found something."""


def demand(what: bool, said: object, seed: int) -> None:
    """Fail with the seed by which it can be done again."""
    if not what:
        raise Failed(f"seed {seed}: {said}")


def summed(stage: Stage, name: str, count: int, verdicts: list[Verdict]) -> None:
    """The rows of a part that kills or cuts."""
    stage.put(f"{name}.faults", count, "times", least=count)
    stage.put(f"{name}.acknowledged", sum(verdict.acknowledged for verdict in verdicts), "updates")
    stage.put(f"{name}.lost", sum(len(verdict.lost) for verdict in verdicts), "updates or outcomes", none=True)
    stage.put(f"{name}.twice", sum(len(verdict.twice) for verdict in verdicts), "effects", none=True)


def kills(stage: Stage) -> None:
    """The process killed with -9 under load, on both databases."""
    for name, fresh in (("sqlite", stage.sqlite), ("postgres", stage.database)):
        verdicts = []
        wanted = stage.some(250)
        for seed, count in stage.slices(wanted):
            with fresh() as url:
                verdicts.append(kill_again_and_again(stage.worker, url, kills=count, seed=seed).verdict)
            demand(verdicts[-1].good, verdicts[-1], seed)
        summed(stage, f"kills.{name}", wanted, verdicts)


def cuts(stage: Stage) -> None:
    """The reply to COMMIT cut off."""
    verdicts = []
    wanted = stage.some(500)
    for seed, count in stage.slices(wanted):
        with stage.database() as url:
            verdicts.append(asyncio.run(cut_commits(url, stage.postgres.port, cuts=count, seed=seed)).verdict)
        demand(verdicts[-1].good, verdicts[-1], seed)
    summed(stage, "cuts", wanted, verdicts)


def stops(stage: Stage) -> None:
    """PostgreSQL stopped hard under load."""
    verdicts = []
    wanted = stage.some(500)
    for seed, count in stage.slices(wanted):
        with Postgres() as server:
            url = server.create_database("soak")
            migrate(url)
            verdicts.append(asyncio.run(stop_hard(server, url, stops=count, seed=seed)).verdict)
        demand(verdicts[-1].good, verdicts[-1], seed)
    summed(stage, "stops", wanted, verdicts)


def awaits(stage: Stage) -> None:
    """Every await, in every way."""
    for name, fresh, only in (("sqlite", stage.sqlite, ""), ("postgres", stage.database, "storage/postgres_store.py")):
        with fresh() as url:
            failed = fail_everywhere(stage.worker, url, times=stage.some(20), seed=stage.seed, only=only)
        units = {"raise": "times", "cancel": "times", "kill": "times", "lives": "lives", "given_up": "updates"}
        for what, value in table(failed).items():
            stage.put(f"awaits.{name}.{what}", value, units.get(what, "places"))
        for what, places in (("stuck", failed.stuck), ("never met", failed.never_met)):
            print(f"    {what}:", *places, sep="\n      ", flush=True)
        demand(failed.verdict.good, failed.verdict, stage.seed)


def races(stage: Stage) -> None:
    """Two processes on PostgreSQL, threads on SQLite."""
    for name, fresh in (("sqlite", stage.sqlite), ("postgres", stage.database)):
        rounds, wanted = 0, stage.some(1_000)
        for seed, count in stage.slices(wanted):
            with fresh() as url:
                raced = asyncio.run(race(url, rounds=count, seed=seed))
            rounds += raced.rounds
            demand(not raced.wrong, raced.wrong[:5], seed)
        stage.put(f"races.{name}.rounds", rounds, "rounds", least=wanted)
        stage.put(f"races.{name}.wrong", 0, "rounds", none=True)


def machine(stage: Stage) -> None:
    """The whole wallet at random on three stores in step."""
    template = "soak_template"
    migrate(stage.postgres.create_database(template))
    file = stage.folder / "template.db"
    migrate(f"sqlite:///{file}")
    where = Where(stage.postgres, template, file)
    wanted, often = stage.some(200_000), stage.some(REFUSED)
    drive(where, steps=wanted, first_seed=stage.seed, note=print)
    stage.put("machine.steps", where.steps, "steps", least=wanted)
    beneath = {kind.__name__ for kind in BENEATH}
    for name, count in sorted(where.heard.items()):
        stage.put(f"machine.heard.{name}", count, "times", least=often if name in beneath else None)
    seldom = [f"{name}: {where.heard[name]}" for name in sorted(beneath) if where.heard[name] < often]
    demand(not seldom, f"met less than {often} times: {seldom}", stage.seed)
    missed = sorted(WANTED - set(where.heard))
    demand(stage.scale < 1 or not missed, f"never met: {missed}", stage.seed)


def hostile(stage: Stage) -> None:
    """Malformed and hostile updates through the real dispatcher, and every refusal that they can lead to."""
    patch = pytest.MonkeyPatch()
    wanted, often = stage.some(100_000), stage.some(REFUSED)
    demand(not dialogs.unaccounted(), f"nobody brings about {dialogs.unaccounted()}", stage.seed)
    with stage.sqlite() as url, tempfile.TemporaryDirectory() as folder:
        try:
            siege = asyncio.run(besiege(Path(folder), url, count=wanted, seed=stage.seed, patch=patch, times=often))
        finally:
            patch.undo()
    stage.put("hostile.updates", siege.sent, "updates", least=wanted)
    stage.put("hostile.not_updates", siege.not_updates, "updates")
    stage.put("hostile.acknowledged", len(siege.acknowledged), "updates")
    for end, count in siege.ends.items():
        stage.put(f"hostile.{end}", count, "updates")
    stage.put("hostile.bugs", len(siege.bugs), "updates", none=True)
    for kind in SCRIPTS:
        stage.put(f"hostile.refused.{kind.__name__}", siege.refusals[kind], "times", least=often)
    stage.put("hostile.refusals.met", sum(siege.refusals[kind] >= often for kind in SCRIPTS), "classes",
              least=len(SCRIPTS))
    stage.put("hostile.refusals.beneath", len(BENEATH), "classes")
    stage.put("hostile.refusals.nowhere", len(dialogs.NOWHERE), "classes")
    demand(not siege.bugs and not siege.broken, (siege.bugs[:3], siege.broken[:3]), stage.seed)
    demand(not siege.missed, siege.missed, stage.seed)


def bugs(stage: Stage) -> None:
    """Bugs planted on purpose, each of which some test has to find."""
    found = 0
    for name in planted.BUGS:
        done = subprocess.run([sys.executable, "-m", "tests.faults.planted", name], capture_output=True, text=True,
                              check=False)
        missed = done.returncode != 1
        found += not missed
        print(f"    {name}: {'missed' if missed else 'found'}", flush=True)
        if done.returncode not in (0, 1):
            print(done.stdout[-2_000:], done.stderr[-2_000:])
    stage.put("bugs.found", found, "bugs", least=len(planted.BUGS))
    demand(found == len(planted.BUGS), "a planted bug was not found", stage.seed)


def tampering(stage: Stage) -> None:
    """Rows of the ledger and the audit edited, deleted and exchanged by hand, one at a time."""
    wanted = stage.some(1_000)
    with stage.sqlite() as url:
        asyncio.run(tell(url))
        engine = create_engine(url.replace("+aiosqlite", ""))
        try:
            with engine.connect() as connection:
                unlocked(connection)
                changes = Tampering(connection, stage.seed)
                missed = changes.run(wanted)
        finally:
            engine.dispose()
    stage.put("tampering.changes", changes.done, "rows", least=wanted)
    stage.put("tampering.missed", len(missed), "rows", none=True)
    demand(not missed, missed[:3], stage.seed)


PARTS: Final[dict[str, Callable[[Stage], None]]] = {
    part.__name__: part for part in (kills, cuts, stops, awaits, races, machine, hostile, tampering, bugs)}


def main() -> int:
    """Run what was asked for; 1 when anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0)
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    in_silence()
    rows: Rows = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(Postgres())
        worker = Worker()
        stack.callback(worker.close)
        stage = Stage(postgres, folder, worker, asked.scale, asked.seed, rows)
        failed = [name for name in asked.parts or PARTS if not _ran(name, stage)]
    _write(rows, asked.parts or list(PARTS))
    print(f"{'Failed: ' + ', '.join(failed) if failed else 'All held.'} Written to {OUT}.")
    return 1 if failed else 0


def _write(rows: Rows, parts: list[str]) -> None:
    """Put the rows in the place of those that these parts wrote before; other parts' stay."""
    try:
        known: Rows = json.loads(OUT.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    kept = {key: row for key, row in known.items() if key.split(".")[0] in PARTS.keys() - set(parts)}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({**kept, **rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _ran(name: str, stage: Stage) -> bool:
    """Run one part and put down how long it took and whether it held."""
    print(f"{name}: {(PARTS[name].__doc__ or '').strip()}", flush=True)
    begun = time.monotonic()
    try:
        PARTS[name](stage)
        held = True
    except Exception:  # noqa: BLE001 - the other parts are to run all the same
        traceback.print_exc()
        held = False
    stage.put(f"{name}.held", int(held), "yes or no", least=1)
    stage.put(f"{name}.time", round(time.monotonic() - begun, 1), "s")
    return held


if __name__ == "__main__":
    sys.exit(main())
