"""`python -m tests.benchmarks.one_way ROAD URL COUNT PID SECONDS WARMUP ACCOUNTS CALLERS`: one road in its own process.

Guards: the process starts as `ikmpay` does, so its speed and its memory are what they would be. Prints JSON.
"""
from __future__ import annotations

import asyncio
import json
import sys

from tests.benchmarks import ours, taps, way


def main() -> None:
    """Send payments along a road ("whole", "usual" or "bare"): `COUNT` of them, or as many as go in so many seconds;
    on the road "taps", presses under red envelopes."""
    road, url, count, pid, *numbers = sys.argv[1:]
    seconds, warmup, accounts, callers = numbers
    load = ours.Load(float(seconds), float(warmup), int(accounts), int(callers))
    if road == "whole":
        run = way.ours_whole(url, load, int(pid), int(count))
    elif road == "taps":
        run = taps.run(url, load)
    else:
        run = way.usual_whole(url, load, int(pid)) if road == "usual" else way.bare(load)
    print(json.dumps(asyncio.run(run)))


if __name__ == "__main__":
    main()
