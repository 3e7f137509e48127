"""What a smoke test makes of answers, of none, and of somebody else's."""

import asyncio
import json
import threading
import urllib.request
from collections.abc import Callable

import pytest
from quart import Quart, Response
from testing.server import free_port, running

from chassis import contract
from chassis.contract import Answer, BrokenContractError, Check, Client, describes, healthy, is_product, is_version

PRODUCT = {"id": "a", "name": "Lamp", "currency": "EUR", "price_cents": 100, "stock": 0}


def _app(path: str, answer: Callable[[], Response]) -> Quart:
    app = Quart(__name__)

    @app.get(path)
    async def found() -> Response:
        return answer()

    return app


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")


async def _ask(app: Quart, check: Check) -> None:
    async with running(app) as url:
        await asyncio.to_thread(check, Client(url))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause between attempts, and no wait for a connection."""
    monkeypatch.setattr(contract, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(contract, "CONNECT_SECONDS", 0.0)


@pytest.mark.parametrize("change", [{"price_cents": 0}, {"stock": -1}, {"name": ""}, {"price_cents": True}, {"id": 1}])
def test_a_product_is_plausible_or_none(change: dict[str, object]) -> None:
    """A price of nothing, a name of nothing, less than no stock: nobody sells that."""
    assert is_product(PRODUCT)
    assert not is_product({**PRODUCT, **change})
    assert not is_product([PRODUCT])


async def test_a_failure_of_the_server_is_tried_again(impatient: None) -> None:
    """Whether failures are rare is another's question."""
    statuses = [500, 503, 200]

    await _ask(_app("/healthz", lambda: _json({"status": "ok"}, statuses.pop(0))), healthy)

    assert statuses == []


@pytest.mark.parametrize(
    "answer",
    [
        lambda: _json({"wrong": "on purpose"}),
        lambda: _json({"status": "failing"}),
        lambda: _json([]),
        lambda: Response("ok", content_type="application/json"),
        lambda: Response('{"status": "ok"}', content_type="text/html"),
        lambda: _json({"status": "ok"}, 204),
        lambda: _json({"status": "ok"}, 500),
    ],
)
async def test_a_wrong_answer_is_wrong(impatient: None, answer: Callable[[], Response]) -> None:
    """By its status, its media type or its body."""
    with pytest.raises(BrokenContractError, match="GET /healthz"):
        await _ask(_app("/healthz", answer), healthy)


def test_nobody_there_is_wrong(impatient: None, capsys: pytest.CaptureFixture[str]) -> None:
    """No connection is an answer, too: the release does not go on."""
    url = f"http://127.0.0.1:{free_port()}"

    assert contract.run({"health": healthy}, ["--url", url]) == 1
    assert capsys.readouterr().out.startswith(f"WRONG  connection: {url}: no answer in 0 s, last: ")


async def test_who_leaves_is_wrong(impatient: None) -> None:
    """A connection that is refused later is tried again a few times, and is a failure then."""
    async with running(_app("/healthz", lambda: _json({"status": "ok"}))) as url:
        client = Client(url)
        await asyncio.to_thread(client.connects)

    with pytest.raises(BrokenContractError, match="no usable answer in 6 attempts"):
        await asyncio.to_thread(healthy, client)


async def test_a_network_that_knows_the_pod_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """More connections are refused than a check would try: what a new pod sees where policies come after it."""
    refused, ask = threading.Semaphore(0), contract._answer

    def counted(asked: str, request: urllib.request.Request) -> Answer:
        try:
            return ask(asked, request)
        except OSError:
            refused.release()
            raise

    monkeypatch.setattr(contract, "_answer", counted)
    monkeypatch.setattr(contract, "PAUSE_SECONDS", 0.01)
    port = free_port()
    asked = asyncio.create_task(
        asyncio.to_thread(contract.run, {"health": healthy}, ["--url", f"http://127.0.0.1:{port}"])
    )
    for _ in range(contract.ATTEMPTS + 1):
        assert await asyncio.to_thread(refused.acquire, timeout=10)

    async with running(_app("/healthz", lambda: _json({"status": "ok"})), port=port):
        assert await asked == 0


@pytest.mark.parametrize(
    ("info", "is_right"),
    [
        ('techcommerce_build_info{service="order-api",version="1",revision="abc"} 1.0', True),
        ('techcommerce_build_info{service="order-api",version="1",revision="old"} 1.0', False),
        ('techcommerce_build_info{service="frontend",version="1",revision="abc"} 1.0', False),
        ("up 1", False),
    ],
)
async def test_the_version_that_asks_is_the_one_that_answers(
    monkeypatch: pytest.MonkeyPatch, info: str, is_right: bool
) -> None:
    """A Service that still points at the old version would let every new one pass."""
    monkeypatch.setenv("TECHCOMMERCE_REVISION", "abc")
    app = _app("/metrics", lambda: Response(f"# HELP x\n{info}\n", content_type="text/plain; version=1.0.0"))
    check = is_version("order-api")

    if is_right:
        await _ask(app, check)
    else:
        with pytest.raises(BrokenContractError, match="not order-api abc"):
            await _ask(app, check)


async def test_a_description_has_what_clients_use() -> None:
    """A path that is gone breaks them, however well the rest works."""
    app = _app("/openapi.json", lambda: _json({"openapi": "3.1.0", "paths": {"/api/products": {}}}))

    @app.get("/docs")
    async def docs() -> Response:
        return Response("<h1>", content_type="text/html; charset=utf-8")

    await _ask(app, describes("/api/products"))
    with pytest.raises(BrokenContractError, match="/api/orders is not described"):
        await _ask(app, describes("/api/products", "/api/orders"))


def test_a_problem_is_the_document_and_the_status() -> None:
    """An error page with the right number is none."""
    body = b'{"type": "about:blank", "title": "Not Found", "status": 404}'

    contract.refuses(Answer("GET /x", 404, contract.PROBLEM, body), 404)
    for wrong in (
        Answer("GET /x", 404, "application/json", body),
        Answer("GET /x", 400, contract.PROBLEM, body),
        Answer("GET /x", 404, contract.PROBLEM, b'{"wrong": "on purpose"}'),
    ):
        with pytest.raises(BrokenContractError):
            contract.refuses(wrong, 404)
