"""A call through two services is one trace, in spans and in logs."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog
from quart import Quart
from testing.otlp import Collector, Span, collector
from testing.process import started, status_of, until
from testing.server import free_port

from chassis.problem import install_problems
from chassis.service import Identity, install_chassis
from chassis.settings import ServiceSettings

APP = str(Path(__file__).with_name("example_app.py"))
SERVER, CLIENT = 2, 3  # kinds of spans
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


async def ready(session: aiohttp.ClientSession, *bases: str) -> None:
    """Return when all of them are."""

    async def all_ready() -> bool:
        return {await status_of(session, f"{base}/healthz") for base in bases} == {200}

    await until(all_ready)


async def ended(process: asyncio.subprocess.Process) -> list[dict[str, Any]]:
    """The log of a process that is told to end."""
    process.terminate()
    out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    return [json.loads(line) for line in out.splitlines()]


def service(name: str, port: int, **more: str) -> dict[str, str]:
    """Settings of a process."""
    return {"name": name, "port": str(port), "bind": "127.0.0.1", "shutdown_delay_seconds": "0", **more}


async def test_a_call_through_two_services_is_one_trace() -> None:
    front, back = free_port(), free_port()
    bases = [f"http://127.0.0.1:{port}" for port in (front, back)]
    async with collector() as found, aiohttp.ClientSession() as session:
        first = service("front", front, next_url=bases[1], otlp_endpoint=found.url)
        async with (
            started(APP, **first) as ours,
            started(APP, **service("back", back, otlp_endpoint=found.url)) as theirs,
        ):
            await ready(session, *bases)
            headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-Id": "ask-0001"}
            async with session.get(f"{bases[0]}/orders/secret-number?q=private", headers=headers) as answer:
                assert await answer.text() == "front back"
            logs = [*await ended(ours), *await ended(theirs)]

    outer, call, inner = in_order(found)
    assert [(span.service, span.kind, span.name) for span in (outer, call, inner)] == [
        ("front", SERVER, "GET /orders/<number>"),
        ("front", CLIENT, "GET /orders/<number>"),
        ("back", SERVER, "GET /orders/<number>"),
    ]
    assert {span.trace_id for span in found.spans} == {TRACE}
    assert [outer.parent_id, call.parent_id, inner.parent_id] == [PARENT, outer.span_id, call.span_id]
    assert outer.attributes == {
        "http.request.method": "GET",
        "http.route": "/orders/<number>",
        "http.response.status_code": 200,
        "techcommerce.request_id": "ask-0001",
    }
    assert not [span for span in found.spans if "secret" in str(span) or "private" in str(span)]
    asked = [(entry["service"], entry["trace_id"], entry["request_id"]) for entry in logs if entry["event"] == "asked"]
    assert asked == [("front", TRACE, "ask-0001"), ("back", TRACE, "ask-0001")]
    requests = [entry for entry in logs if entry["event"] == "request" and "trace_id" in entry]
    assert [(entry["service"], entry["trace_id"], entry["route"], entry["request_id"]) for entry in requests] == [
        ("front", TRACE, "/orders/<number>", "ask-0001"),
        ("back", TRACE, "/orders/<number>", "ask-0001"),
    ]
    assert "secret" not in str(logs), "who knows the number of an order may read it"


def in_order(found: Collector) -> list[Span]:
    """The spans of one trace, parents first."""
    spans = {span.parent_id: span for span in found.spans}
    ordered, parent = [], PARENT
    while parent in spans:
        ordered.append(spans[parent])
        parent = spans[parent].span_id
    assert len(ordered) == len(found.spans)
    return ordered


async def test_a_collector_that_is_away_holds_nobody_up() -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = service("front", port, otlp_endpoint=f"http://127.0.0.1:{free_port()}")
    async with started(APP, **settings) as process, aiohttp.ClientSession() as session:
        await ready(session, base)
        assert await status_of(session, f"{base}/orders/1") == 200
        began = time.monotonic()
        await ended(process)

    assert time.monotonic() - began < 15


@pytest.mark.parametrize(("rate", "spans"), [(0.0, 0), (1.0, 3)])
async def test_new_traces_are_sent_at_the_rate_that_is_set(rate: float, spans: int) -> None:
    async with collector() as found:
        settings = ServiceSettings(port=1, otlp_endpoint=found.url, trace_rate=rate)
        async with application(settings).test_app() as running:
            client = running.test_client()
            await client.get("/healthz")
            for path in ("/things/1", "/broken", "/nowhere"):
                await client.get(path)

    assert len(found.spans) == spans
    assert {span.name: (span.failed, span.attributes.get("http.response.status_code")) for span in found.spans} == (
        {"GET /things/<int:number>": (False, 200), "GET /broken": (True, 500), "GET": (False, 404)} if spans else {}
    )


@pytest.mark.parametrize("given", ["", "00-zz", f"ff-{TRACE}-{PARENT}-01", f"00-{'0' * 32}-{PARENT}-01", "x" * 9000])
async def test_a_bad_trace_context_begins_a_new_trace(given: str) -> None:
    headers = {"traceparent": given, "tracestate": "=,=,=" * 100}
    async with application(ServiceSettings(port=1)).test_app() as running:
        answer = await running.test_client().get("/trace", headers=headers)

    trace_id = await answer.get_data(as_text=True)
    assert (answer.status_code, len(trace_id)) == (200, 32)
    assert trace_id not in (TRACE, "0" * 32)


def application(settings: ServiceSettings) -> Quart:
    """An application with a route that works, one that fails and one that tells its trace."""
    app = Quart(__name__, static_folder=None)
    install_chassis(app, Identity("example", "0"), settings, {})
    install_problems(app)

    @app.get("/things/<int:number>")
    async def thing(number: int) -> str:
        return str(number)

    @app.get("/broken")
    async def broken() -> str:
        raise RuntimeError("on purpose")

    @app.get("/trace")
    async def trace() -> str:
        return str(structlog.contextvars.get_contextvars()["trace_id"])

    return app
