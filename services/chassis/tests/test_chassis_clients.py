"""Slow, huge and malformed requests, over a real connection."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp
import pytest
from quart import Quart, request
from testing.process import status_of
from testing.server import running

from chassis.problem import install_problems
from chassis.serve import configuration
from chassis.service import Identity, install_chassis
from chassis.settings import ServiceSettings

PATIENCE_SECONDS = 20.0


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A service that has little patience; whatever was sent, it has to be there afterwards."""
    settings = ServiceSettings(port=1, keep_alive_seconds=1, body_seconds=1)
    app = Quart(__name__, static_folder=None)
    install_chassis(app, Identity("example", "0"), settings, {})
    install_problems(app)

    @app.post("/echo")
    async def echo() -> bytes:
        return bytes(await request.get_data(as_text=False))

    @app.get("/orders/<number>")
    async def order(number: str) -> dict[str, str]:
        return {"number": number}

    async with running(app, configuration(settings)) as base, aiohttp.ClientSession() as session:
        yield urlsplit(base).port or 0
        assert await status_of(session, f"{base}/healthz") == 200


async def exchange(port: int, *parts: bytes, drip: bytes = b"") -> tuple[bytes, float]:
    """What comes back, and after how many seconds the server hangs up; `drip` is sent again and again meanwhile."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    for part in parts:
        writer.write(part)
    dripping = asyncio.create_task(_drip(writer, drip))
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = b""
        with contextlib.suppress(ConnectionError):  # what it has not read makes the kernel reset the connection
            while chunk := await reader.read(65536):
                answer += chunk
    seconds = time.monotonic() - began
    dripping.cancel()
    await asyncio.gather(dripping, return_exceptions=True)
    writer.close()
    return answer, seconds


async def _drip(writer: asyncio.StreamWriter, drip: bytes) -> None:
    while drip:
        writer.write(drip)
        await writer.drain()
        await asyncio.sleep(0.1)


async def test_a_client_that_never_ends_its_headers_is_cut_off(port: int) -> None:
    answer, seconds = await exchange(port, b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ", drip=b"a")

    assert answer == b""
    assert 0.9 < seconds < 5


async def test_a_client_that_says_nothing_is_cut_off(port: int) -> None:
    answer, seconds = await exchange(port)

    assert answer == b""
    assert 0.9 < seconds < 5


async def test_a_body_that_drips_is_a_timeout(port: int) -> None:
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n"
    answer, seconds = await exchange(port, head, drip=b"a")

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert 0.9 < seconds < 5


async def test_a_body_that_says_it_is_too_large_is_not_read(port: int) -> None:
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"
    answer, seconds = await exchange(port, head)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert seconds < 1


async def test_a_body_in_chunks_ends_at_the_limit(port: int) -> None:
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer, _ = await exchange(port, head, b"8000\r\n" + b"a" * 0x8000 + b"\r\n", drip=b"4\r\naaaa\r\n" * 1024)

    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n", b"431"),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"431"),
        (b"GET /livez HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", b"501"),
        (b"GET /livez HTTP/1.1\r\nHost: x\r\nBad Header: x\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00 this is TLS\r\n\r\n", b"400"),
    ],
)
async def test_what_is_not_http_is_refused(port: int, request_line: bytes, status: bytes) -> None:
    answer, _ = await exchange(port, request_line)

    assert answer.split(b" ")[1] == status


@pytest.mark.parametrize(
    "path", [b"/orders/%00", b"/orders/%ff", b"//orders", b"/orders/..%2f..", b"/orders/a%0d%0aX:%20y"]
)
async def test_odd_paths_are_no_errors_of_ours(port: int, path: bytes) -> None:
    answer, _ = await exchange(port, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert answer.split(b" ")[1] in (b"200", b"308", b"404")
    assert b"\r\nX: y" not in answer


async def test_a_websocket_is_refused(port: int) -> None:
    upgrade = b"Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    key = b"Sec-WebSocket-Key: YWFhYWFhYWFhYWFhYWFhYQ==\r\n"
    answer, _ = await exchange(port, b"GET /orders/1 HTTP/1.1\r\nHost: x\r\n" + upgrade + key + b"\r\n")

    assert answer.split(b" ")[1][:1] == b"4"
