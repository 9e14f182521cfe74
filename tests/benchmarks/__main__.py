"""`make bench`: every goal against its anchor, as a table and as build/bench.json.

Guards: a row is the median of per-round ratios of runs that took turns; nothing is compared with figures of another
hour.
"""
from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.anchors import measure
from tests.benchmarks.goals import Alone, Goal, Pair, Run, Sides, alone, pairs
from tests.benchmarks.ours import Ground, Load, Result

BUILD: Final = Path(__file__).resolve().parents[2] / "build"
LONG: Final = (3, Load())
QUICK: Final = (3, Load(seconds=1.0, warmup=0.3))
GATE: Final = 0.5
"""The part of what a goal must be that CI insists on: its machines are shared and its rounds short."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured for one goal."""

    goal: Goal
    ours: float
    theirs: float
    ratio: float
    judged: float
    """What is held against the goal: the ratio to another side, or the figure itself where there is none."""


def main() -> None:
    """Measure, print, write, and with --gate judge."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="keys of rows, such as goal.3 or 3; all goals by default")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="length of a run")
    parser.add_argument("--quick", action="store_true", help="short runs")
    parser.add_argument("--gate", action="store_true", help="short runs; fail below half of what must be")
    args = parser.parse_args()
    rounds, load = QUICK if args.quick or args.gate else LONG
    if args.seconds:
        load = Load(args.seconds, min(1.0, args.seconds / 3))
    wanted = {name if "." in name else f"goal.{name}" for name in args.names}
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="bench-") as folder:
        ground = Ground(Path(folder))
        try:
            rows = measured(Sides(ground, load), wanted, args.rounds or rounds)
        finally:
            ground.close()
    write(rows)
    print(table(rows))
    if args.gate:
        sys.exit(any(not row.goal.met(row.judged, GATE) for row in rows))


def measured(sides: Sides, wanted: set[str], rounds: int) -> list[Row]:
    """The rows that are wanted."""
    rows = []
    for pair in pairs(sides):
        goals = [goal for goal in pair.goals if (not wanted and not pair.by_name) or goal.key in wanted]
        if goals:
            rows += compared(pair, goals, rounds)
    for one in alone(sides):
        due = not wanted and (not one.long or sides.load.seconds >= LONG[1].seconds)
        goals = [goal for goal in one.goals if due or goal.key in wanted]
        if goals:
            rows += looked_at(one, goals, 1 if one.long else rounds)
    return rows


def looked_at(one: Alone, goals: Sequence[Goal], rounds: int) -> list[Row]:
    """Medians of some runs, beside what must be."""
    results = [one.run() for _ in range(rounds)]
    rows = []
    for goal in goals:
        value = statistics.median(float(result[goal.figure]) for result in results)
        rows.append(Row(goal, value, goal.must, value / goal.must, value))
        print(line(rows[-1]), file=sys.stderr, flush=True)
    return rows


def compared(pair: Pair, goals: Sequence[Goal], rounds: int) -> list[Row]:
    """Run both sides in turn; what is printed meanwhile are details, and goes to stderr."""
    seen: tuple[list[Result], list[Result]] = ([], [])
    with redirect_stdout(sys.stderr):
        measure.interleave(_kept(pair.first, seen[0]), _kept(pair.second, seen[1]), rounds, pair.goals[0].figure,
                           pair.names)
    rows = []
    for goal in goals:
        first, second = [[float(result[goal.figure]) for result in results] for results in seen]
        ratio = statistics.median(a / b for a, b in zip(first, second, strict=True))
        rows.append(Row(goal, statistics.median(first), statistics.median(second), ratio, ratio))
        print(line(rows[-1]), file=sys.stderr, flush=True)
    return rows


def _kept(run: Run, results: list[Result]) -> Callable[[], Result]:
    """The run, with its result put aside: one run can answer for several goals."""
    def once() -> Result:
        results.append(run())
        return results[-1]
    return once


def verdict(row: Row) -> str:
    """How the goal was met."""
    goal = row.goal
    if not goal.must:
        return ""
    if not goal.met(row.judged):
        return "MISSED"
    reached = row.judged >= goal.stretch if goal.least else row.judged <= goal.stretch
    return "stretch" if reached else "must"


def line(row: Row) -> str:
    """A row as text."""
    goal, sign = row.goal, "≥" if row.goal.least else "≤"
    what = f"{goal.what} / {goal.against}"
    return (f"{goal.key:18} {what:74} {row.ours:>10,.1f} {row.theirs:>10,.1f} {goal.unit:12}"
            f" {row.ratio:>7.2f} {sign + f' {goal.must:g}':>7} {sign + f' {goal.stretch:g}':>7}  {verdict(row)}")


def table(rows: Sequence[Row]) -> str:
    """All rows."""
    head = (f"{'row':18} {'ours / anchor':74} {'ours':>10} {'anchor':>10} {'unit':12} {'ratio':>7} {'must':>7}"
            f" {'stretch':>7}  verdict")
    return "\n".join([head, "-" * len(head), *[line(row) for row in rows]])


def write(rows: Sequence[Row]) -> None:
    """Write build/bench.json; rows that were not measured this time stay as they were."""
    file = BUILD / "bench.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    for row in rows:
        known[row.goal.key] = {"value": round(row.ours, 3), "unit": row.goal.unit, "ratio": round(row.ratio, 4),
                               "against": row.goal.against}
    file.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
