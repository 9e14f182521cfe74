"""`python -m tests.benchmarks.one_way ROAD URL COUNT PID SECONDS WARMUP ACCOUNTS CALLERS`: one road in its own process.

Guards: the process starts as `ikmpay` does, so its speed and its memory are what they would be. Prints JSON.
"""
from __future__ import annotations

import asyncio
import json
import sys

from bot import loop
from tests.benchmarks import ours, taps, way


def main() -> None:
    """Send payments along a road ("whole", "usual" or "bare"): `COUNT` of them, or as many as go in so many seconds;
    on the road "taps", presses under red envelopes."""
    road, url, count, pid, *numbers = sys.argv[1:]
    seconds, warmup, accounts, callers = numbers
    load = ours.Load(float(seconds), float(warmup), int(accounts), int(callers))
    match road:
        case "whole":
            result = loop.run(way.ours_whole(url, load, int(pid), int(count)))
        case "taps":
            result = loop.run(taps.run(url, load))
        case "bare":
            result = loop.run(way.bare(load))
        case _:  # An anchor runs on the loop that it would have without us.
            result = asyncio.run(way.usual_whole(url, load, int(pid)))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
