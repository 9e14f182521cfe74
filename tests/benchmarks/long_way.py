"""`python -m tests.benchmarks.long_way DATABASE_URL COUNT`: so many payments, the whole way, in a process of its own.

Guards: the process starts as `ikmpay` does, so its memory is what it would be. Prints JSON.
"""
from __future__ import annotations

import asyncio
import json
import sys

from tests.benchmarks import ours, way


def main() -> None:
    """Send the payments and say how fast it was and how much memory was held in the end."""
    url, count = sys.argv[1], int(sys.argv[2])
    print(json.dumps(asyncio.run(way.ours_whole(url, ours.Load(), 0, count))))


if __name__ == "__main__":
    main()
