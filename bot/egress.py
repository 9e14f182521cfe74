"""The only outgoing client for addresses that others chose.

Guards: it speaks https to public addresses only. The address that was checked is the address that is connected to, so
a name cannot mean one thing when it is looked at and another when it is used. No redirects, no cookies, no proxies;
sizes and times are bounded.
"""
from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

MOST_BYTES: Final = 256 * 1024
"""The most of an answer that is read; a longer one is an error."""

TIMEOUT: Final = 10.0
"""Seconds for everything together."""

LONGEST_URL: Final = 2048
MOST_ADDRESSES: Final = 8
METHODS: Final = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD"})

Lookup: TypeAlias = Callable[[str, int], Awaitable[list[str]]]
"""From a name and a port to addresses."""

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAT64: Final = ipaddress.IPv6Network("64:ff9b:1::/48")


class EgressRefused(Exception):
    """This address may not be called; the text says why, without saying what is there."""


class EgressFailed(Exception):
    """The call got no answer that can be used: whether the other side acted is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Egress:
    """Calls addresses that others chose."""

    def __init__(self, *, allowed: frozenset[str] = frozenset(), ports: frozenset[int] = frozenset({443}),
                 timeout: float = TIMEOUT, most_bytes: int = MOST_BYTES, lookup: Lookup | None = None) -> None:
        """`allowed` names hosts as "host:port" that are called as they are, by http too: for tests and for
        services of one's own."""
        self._allowed = allowed
        self._ports = ports
        self._timeout = timeout
        self._most_bytes = most_bytes
        self._lookup = lookup or look_up
        self._session: aiohttp.ClientSession | None = None

    async def call(self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
                   ) -> Answer:
        """Call an address once. Raises `EgressRefused` before anything was sent, `EgressFailed` afterwards."""
        assert method in METHODS
        target = self.checked(url)
        literal = _literal(target.host or "")
        if literal is None and _ends_in_number(target.host or ""):
            raise EgressRefused("this is not an address")
        if literal is not None and not self._is_allowed(target) and not is_public(literal):
            raise EgressRefused("this address is not public")
        try:
            async with self._open().request(
                    method, target, data=body or None, headers={**(headers or {}), "Accept-Encoding": "identity"},
                    allow_redirects=False) as response:
                return Answer(response.status, dict(response.headers), await self._read(response))
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, _NotPublic):
                raise EgressRefused("this address is not public") from None
            raise EgressFailed("no connection") from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise EgressFailed(type(error).__name__) from error

    def checked(self, url: str) -> URL:
        """An address as far as it can be judged by its looks. Raises `EgressRefused`."""
        if len(url) > LONGEST_URL:
            raise EgressRefused("this address is too long")
        try:
            target = URL(url)
            host, port = target.host, target.port
        except ValueError:
            raise EgressRefused("this is not an address") from None
        if not host or len(host) > 253 or any(sign.isspace() or sign in "\\@%" for sign in host):
            raise EgressRefused("this is not an address")
        if target.user is not None or target.password is not None:
            raise EgressRefused("an address must not carry a name or a password")
        if not self._is_allowed(target):
            if target.scheme != "https":
                raise EgressRefused("only https addresses are called")
            if port not in self._ports:
                raise EgressRefused("this port is not called")
        return target.with_fragment(None)

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _is_allowed(self, target: URL) -> bool:
        return f"{target.host}:{target.port}" in self._allowed and target.scheme in ("http", "https")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=_CheckedResolver(self._lookup, self._allowed), use_dns_cache=False, limit=50,
                limit_per_host=4)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=aiohttp.ClientTimeout(total=self._timeout), trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, max_line_size=8190, max_field_size=8190)
        return self._session

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_chunked(16 * 1024):
            body += chunk
            if len(body) > self._most_bytes:
                raise EgressFailed("the answer is too long")
        return bytes(body)


class _NotPublic(OSError):
    """A name led to an address that may not be called."""


class _CheckedResolver(AbstractResolver):
    """Hands out checked addresses only, and to nobody else: what it returns is what is connected to."""

    def __init__(self, lookup: Lookup, allowed: frozenset[str]) -> None:
        self._lookup = lookup
        self._allowed = allowed

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
                      ) -> list[ResolveResult]:
        """Addresses of a name; if one of them may not be called, none is."""
        addresses = (await self._lookup(host, port))[:MOST_ADDRESSES]
        if not addresses:
            raise OSError(f"{host} has no address")
        if f"{host}:{port}" not in self._allowed and not all(map(is_public, addresses)):
            raise _NotPublic(f"{host} is not public")
        return [ResolveResult(hostname=host, host=address, port=port, proto=socket.IPPROTO_TCP,
                              family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                              flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV) for address in addresses]

    async def close(self) -> None:
        """Nothing is open."""


async def look_up(host: str, port: int) -> list[str]:
    """Ask the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _literal(host: str) -> str | None:
    """The host itself when it is an address and not a name."""
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return None


def _ends_in_number(host: str) -> bool:
    """Whether some programs would read a name as an address: 2130706433, 127.1 and 0x7f000001 are 127.0.0.1 to them."""
    last = host.rstrip(".").rpartition(".")[2].lower()
    return last.isdigit() or last.startswith("0x")


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet; an address inside an address counts as that one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local or ip in _LOCAL_NAT64 or int(ip) >> 32 == 0:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback
                                 or ip.is_link_local or ip.is_private)
