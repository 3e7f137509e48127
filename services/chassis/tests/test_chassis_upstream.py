"""Calls to another service are bounded, against a real server."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from quart import Quart, Response
from testing.server import free_port, running

from chassis.upstream import Upstream, UpstreamError, UpstreamTimeoutError


class Flaky:
    """Answers with the given statuses, then 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.calls = 0
        self.stuck = asyncio.Event()
        self.app = Quart(__name__, static_folder=None)
        self.app.add_url_rule("/thing", "thing", self.thing, methods=["GET", "POST"])
        self.app.add_url_rule("/stuck", "never", self.never)

    async def thing(self) -> Response:
        self.calls += 1
        return Response("{}", self.statuses.pop(0) if self.statuses else 200)

    async def never(self) -> str:
        await self.stuck.wait()
        return "too late"


@pytest.fixture
async def flaky() -> Flaky:
    return Flaky()


@pytest.fixture
async def upstream(flaky: Flaky) -> AsyncIterator[Upstream]:
    async with running(flaky.app) as base:
        client = Upstream(base, seconds=0.5)
        yield client
        await client.close()
        flaky.stuck.set()


async def test_an_idempotent_call_is_repeated(flaky: Flaky, upstream: Upstream) -> None:
    flaky.statuses = [503, 502]

    assert ((await upstream.call("GET", "/thing")).status, flaky.calls) == (200, 3)


async def test_the_number_of_tries_is_bounded(flaky: Flaky, upstream: Upstream) -> None:
    flaky.statuses = [503] * 9

    assert ((await upstream.call("GET", "/thing")).status, flaky.calls) == (503, 3)


async def test_other_calls_are_made_once(flaky: Flaky, upstream: Upstream) -> None:
    flaky.statuses = [503]

    assert ((await upstream.call("POST", "/thing")).status, flaky.calls) == (503, 1)


async def test_a_slow_answer_is_a_timeout(upstream: Upstream) -> None:
    with pytest.raises(UpstreamTimeoutError):
        await upstream.call("GET", "/stuck", idempotent=False)


async def test_nobody_listening_is_an_error() -> None:
    client = Upstream(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(UpstreamError, match="no connection"):
        await client.call("GET", "/")
    await client.close()
