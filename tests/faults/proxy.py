"""A TCP proxy in front of PostgreSQL that cuts a connection around a COMMIT, in all the ways a network can.

Guards: it understands just enough of the protocol to see a COMMIT go by; everything else passes untouched.
"""
from __future__ import annotations

import asyncio
from typing import Final

WAYS: Final = ("before", "after", "answered", "late", "never")
"""How a connection is cut: before the server has got COMMIT; right after it was sent on; after the server has answered;
the client at once, and COMMIT reaches the server only afterwards; or the server never gets it nor hears of the end."""
TLS: Final = (80_877_103).to_bytes(4, "big")
LATE: Final = 0.04
"""Seconds by which a late COMMIT is late."""
HELD: Final = 1.0
"""Seconds for which the server is not told that nobody is there any more."""


class Proxy:
    """One listening port; `cut` arms it for the next COMMIT."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._armed: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.cuts = 0
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Cut everything."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def cut(self, way: str) -> None:
        """Cut the connection whose COMMIT comes next."""
        assert way in WAYS
        self._armed.append(way)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            await self._pass_on(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.transport.abort()
            self._writers.discard(writer)
            self._tasks.discard(task)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to_server = await asyncio.open_connection(*self._target)
        back = asyncio.create_task(_copy(there, writer))
        try:
            await self._forward(reader, writer, to_server, back)
        finally:
            back.cancel()
            await asyncio.gather(back, return_exceptions=True)
            to_server.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
                       to_server: asyncio.StreamWriter, back: asyncio.Task[None]) -> None:
        asks_for_tls = True
        while asks_for_tls:  # At most once; these first messages have no letter.
            size = await reader.readexactly(4)
            message = await reader.readexactly(int.from_bytes(size, "big") - 4)
            to_server.write(size + message)
            asks_for_tls = message == TLS
        while True:  # Ends with either connection.
            head = await reader.readexactly(5)
            body = await reader.readexactly(int.from_bytes(head[1:], "big") - 4)
            if head[:1] == b"Q" and body.startswith(b"COMMIT") and self._armed:
                await self._cut(self._armed.pop(0), head + body, writer, to_server, back)
                return
            to_server.write(head + body)
            await to_server.drain()

    async def _cut(self, way: str, commit: bytes, writer: asyncio.StreamWriter, to_server: asyncio.StreamWriter,
                   back: asyncio.Task[None]) -> None:
        self.cuts += 1
        back.cancel()  # No answer gets further than here.
        if way in ("late", "never"):
            writer.transport.abort()
            await asyncio.sleep(LATE if way == "late" else HELD)
        if way in ("after", "answered", "late"):
            to_server.write(commit)
            await to_server.drain()
        if way == "answered":
            await asyncio.sleep(LATE)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.transport.abort()
