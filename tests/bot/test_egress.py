"""The outgoing client calls what is public and nothing else, however it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.egress import Answer, Egress, EgressFailed, EgressRefused, is_public
from tests.patience import PATIENCE


async def refused(egress: Egress, url: str) -> str:
    """Why an address is not called."""
    try:
        with pytest.raises(EgressRefused) as error:
            await egress.call("POST", url, body=b"{}")
    finally:
        await egress.close()
    return str(error.value)


@pytest.mark.parametrize("address", [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1",  # noqa: S104 - nobody listens there
    "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1",
    "fec0::1", "ff02::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1", "2001:0:1:1:1:1:80ff:fffe", "no address", "",
])
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1",
                                     "64:ff9b::101:101"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", [
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "https://",
    "//example.com", "https://2130706433/", "https://0x7f000001/", "https://017700000001/", "https://127.1/",
    "https://127.0.0.1./", "https://127.0.0.0x1/", "example.com", "",
    "https://user@example.com/", "https://user:password@example.com/", "https://:p@example.com/",
    "https://example.com:8443/", "https://example.com:80/", "https://example.com:22/", "https://127.0.0.1/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/",
    "https://0.0.0.0/", "https://[fe80::1]/", "https://example.com\\@127.0.0.1/", "https://" + "a" * 3000 + ".com/",
    "https://exa mple.com/", "https://example.com:99999/", "javascript:alert(1)",
])
async def test_addresses_refused_by_their_looks(url: str) -> None:
    async def nobody_asks(host: str, port: int) -> list[str]:
        raise AssertionError("a name was looked up")

    assert await refused(Egress(lookup=nobody_asks), url)


@pytest.mark.parametrize("url", ["https://localhost/", "https://merchant.example/", "https://LOCALHOST./"])
async def test_a_name_that_leads_inside_is_refused(url: str) -> None:
    async def inside(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    assert "public" in await refused(Egress(lookup=inside), url)


async def test_one_private_address_among_public_ones_is_enough() -> None:
    async def both(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.1"]

    assert "public" in await refused(Egress(lookup=both), "https://merchant.example/")


async def test_a_name_is_looked_up_once_and_what_was_checked_is_what_is_called(server: TestServer) -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    egress = Egress(allowed=frozenset({f"merchant.example:{server.port}"}), lookup=rebinding)
    answer = await egress.call("GET", f"http://merchant.example:{server.port}/hello")
    await egress.close()
    assert answer.body == b"hello merchant.example"
    assert asked == ["merchant.example"]


# -------------------------------------------------------------------------------------------- answers
@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    """Somebody's server, on loopback."""
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text=f"hello {request.url.host}", headers={"Set-Cookie": "a=b"})

    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read(), headers={
            "X-Cookies": str(len(request.cookies)), "X-Signature": request.headers.get("X-Signature", "")})

    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound("/hello")

    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(64):
            await response.write(b"x" * 16_384)
        return response

    async def silence(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    app = web.Application()
    app.add_routes([web.get("/hello", hello), web.post("/echo", echo), web.get("/away", away),
                    web.get("/flood", flood), web.get("/silence", silence)])
    running = TestServer(app, host="127.0.0.1")
    await running.start_server()
    yield running
    await running.close()


@pytest.fixture
async def egress(server: TestServer) -> AsyncIterator[Egress]:
    made = Egress(allowed=frozenset({f"127.0.0.1:{server.port}"}), timeout=PATIENCE)
    yield made
    await made.close()


async def get(egress: Egress, server: TestServer, path: str) -> Answer:
    return await egress.call("GET", f"http://127.0.0.1:{server.port}{path}")


async def test_an_answer_comes_back_with_its_body(egress: Egress, server: TestServer) -> None:
    await get(egress, server, "/hello")
    answer = await egress.call("POST", f"http://127.0.0.1:{server.port}/echo", body=b'{"a":1}',
                               headers={"X-Signature": "s"})
    assert (answer.status, answer.body, answer.headers["X-Signature"]) == (200, b'{"a":1}', "s")
    assert answer.headers["X-Cookies"] == "0"


async def test_a_redirect_is_an_answer_and_is_not_followed(egress: Egress, server: TestServer) -> None:
    answer = await get(egress, server, "/away")
    assert (answer.status, answer.headers["Location"]) == (302, "/hello")


async def test_a_flood_is_cut_off(egress: Egress, server: TestServer) -> None:
    with pytest.raises(EgressFailed, match="too long"):
        await get(egress, server, "/flood")


async def test_silence_ends(server: TestServer) -> None:
    hasty = Egress(allowed=frozenset({f"127.0.0.1:{server.port}"}), timeout=0.5)
    try:
        with pytest.raises(EgressFailed):
            await get(hasty, server, "/silence")
    finally:
        await hasty.close()


async def test_nobody_there_is_a_failure_and_no_refusal(egress: Egress, server: TestServer) -> None:
    where = f"http://127.0.0.1:{server.port}/hello"
    await server.close()
    with pytest.raises(EgressFailed):
        await egress.call("GET", where)


async def test_the_allow_list_opens_one_port_only(egress: Egress, server: TestServer) -> None:
    assert server.port is not None
    assert await refused(egress, f"http://127.0.0.1:{server.port + 1}/")
