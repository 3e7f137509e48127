"""Calls to another service are bounded, against a real server."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry
from quart import Quart, Response, request
from testing.server import free_port, running

from chassis.retry_budget import RetryBudget
from chassis.tokens import Caller, Signer, Verifier
from chassis.upstream import REPLY_LIMIT, Upstream, UpstreamError, UpstreamTimeoutError

KEY = "k" * 32


class Flaky:
    """Answers with the given statuses, then 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.calls = 0
        self.authorization = ""
        self.stuck = asyncio.Event()
        self.app = Quart(__name__, static_folder=None)
        self.app.add_url_rule("/thing", "thing", self.thing, methods=["GET", "POST"])
        self.app.add_url_rule("/stuck", "never", self.never)
        self.app.add_url_rule("/large", "large", self.large)

    async def thing(self) -> Response:
        self.calls += 1
        self.authorization = request.headers.get("Authorization", "")
        return Response("{}", self.statuses.pop(0) if self.statuses else 200)

    async def never(self) -> str:
        await self.stuck.wait()
        return "too late"

    async def large(self) -> bytes:
        return b"a" * (REPLY_LIMIT + 1)


@pytest.fixture
async def flaky() -> Flaky:
    return Flaky()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def upstream(flaky: Flaky, registry: CollectorRegistry) -> AsyncIterator[Upstream]:
    async with running(flaky.app) as base:
        client = Upstream(base, name="flaky", seconds=0.5, signer=Signer("us", KEY), registry=registry)
        yield client
        await client.close()
        flaky.stuck.set()


def counted(registry: CollectorRegistry, outcome: str, method: str = "GET") -> float | None:
    """Tries with this outcome."""
    labels = {"upstream": "flaky", "method": method, "outcome": outcome}
    return registry.get_sample_value("techcommerce_upstream_requests_total", labels)


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


async def test_a_call_says_who_makes_it_and_for_whom(flaky: Flaky, upstream: Upstream) -> None:
    verifier = Verifier("flaky", {"us": (KEY,)})
    await upstream.call("GET", "/thing", subject="ann")
    assert verifier.caller(flaky.authorization) == Caller("us", "ann")

    await upstream.call("GET", "/thing", headers={"Authorization": "Bearer of-somebody-else"})
    assert verifier.caller(flaky.authorization) == Caller("us", "")


async def test_tries_are_counted_by_outcome(flaky: Flaky, upstream: Upstream, registry: CollectorRegistry) -> None:
    flaky.statuses = [503, 404]
    await upstream.call("GET", "/thing")
    with pytest.raises(UpstreamTimeoutError):
        await upstream.call("GET", "/stuck", idempotent=False)
    with pytest.raises(UpstreamError, match="too large"):
        await upstream.call("GET", "/large", idempotent=False)

    assert {name: counted(registry, name) for name in ("5xx", "4xx", "timeout", "error", "2xx")} == {
        "5xx": 1,
        "4xx": 1,
        "timeout": 1,
        "error": 1,
        "2xx": None,
    }
    labels = {"upstream": "flaky"}
    assert registry.get_sample_value("techcommerce_upstream_retries_total", labels) == 1
    assert registry.get_sample_value("techcommerce_upstream_request_duration_seconds_count", labels) == 4


async def test_after_repeated_failures_nobody_is_asked(
    flaky: Flaky, upstream: Upstream, registry: CollectorRegistry
) -> None:
    flaky.statuses = [503] * 5
    for _ in range(5):
        await upstream.call("POST", "/thing")
    with pytest.raises(UpstreamError, match="flaky is resting after repeated failures"):
        await upstream.call("GET", "/thing")

    assert flaky.calls == 5
    assert counted(registry, "resting") == 1
    assert registry.get_sample_value("techcommerce_upstream_breaker_open", {"upstream": "flaky"}) == 1


async def test_no_try_begins_after_the_time_of_one(flaky: Flaky, upstream: Upstream) -> None:
    with pytest.raises(UpstreamTimeoutError):
        async with asyncio.timeout(1.4):  # three tries would take longer
            await upstream.call("GET", "/stuck")


async def test_a_caller_who_goes_away_is_no_failure_of_the_upstream(
    flaky: Flaky, upstream: Upstream, registry: CollectorRegistry
) -> None:
    for _ in range(6):
        call = asyncio.create_task(upstream.call("GET", "/stuck"))
        await asyncio.sleep(0.02)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)

    assert (await upstream.call("GET", "/thing")).status == 200


def test_retries_are_a_fifth_of_the_calls_after_a_first_reserve() -> None:
    budget = RetryBudget(ratio=0.2, reserve=3)

    assert [budget.spend() for _ in range(4)] == [True, True, True, False]
    spent = 0
    for _ in range(100):
        budget.called()
        spent += budget.spend()
    assert spent in (19, 20)
