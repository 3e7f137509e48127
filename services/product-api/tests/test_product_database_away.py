"""A database that is away is told as such, and costs nobody more than the wait for it."""

from contextlib import AsyncExitStack

import pytest
from product_calls import bearer, settings
from quart.typing import TestClientProtocol as Client
from testing.server import free_port

from chassis.migration import migrate
from product_api.app import create_app
from product_api.shop import SHOP

RESERVATION = {"order_id": "order-1", "lines": [{"product_id": "lamp", "quantity": 1}]}


async def refused(client: Client) -> None:
    for answer in (
        await client.get("/api/products"),
        await client.post("/api/reservations", json=RESERVATION, headers=bearer("order-api")),
    ):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert (await answer.get_json(force=True))["detail"] == "The catalogue is busy; try again shortly."


async def test_nobody_listens() -> None:
    app = create_app(settings(f"postgresql+asyncpg://user:secret@127.0.0.1:{free_port()}/shop"))
    async with app.test_app() as started:
        client = started.test_client()
        await refused(client)
        assert (await client.get("/livez")).status_code == 200
        readiness = await client.get("/healthz")
        assert (readiness.status_code, "secret" in await readiness.get_data(as_text=True)) == (503, False)


async def test_the_file_cannot_be_opened() -> None:
    app = create_app(settings("sqlite+aiosqlite:////nowhere/shop.db"))
    async with app.test_app() as started:
        await refused(started.test_client())


async def test_all_connections_are_in_use(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await migrate(database_url, "product_api")
    app = create_app(settings(database_url))
    async with app.test_app() as started, AsyncExitStack() as held:
        engine = app.extensions[SHOP].stock._engine
        for _ in range(engine.pool.size() + engine.pool._max_overflow):
            await held.enter_async_context(engine.connect())
        monkeypatch.setattr(engine.pool, "_timeout", 0.05)
        await refused(started.test_client())
