"""A database that is away is told as such, and costs nobody more than the wait for it."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from product_calls import bearer, settings
from quart.typing import TestClientProtocol as Client
from sqlalchemy import text
from testing.postgresql import end_blocked
from testing.server import free_port

from chassis.database import create_engine
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


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_connection_ends_while_it_is_used(
    client: Client, staff: dict[str, str], lamp: dict[str, Any], database_url: str
) -> None:
    await client.post("/api/products", json={**lamp, "id": "lamp"}, headers=staff)
    engine = create_engine(database_url, "test")
    async with engine.connect() as holder:
        await holder.execute(text("UPDATE products SET stock = stock"))
        asked = asyncio.create_task(client.post("/api/reservations", json=RESERVATION, headers=bearer("order-api")))
        await end_blocked(database_url, "product-api")
        assert (await asked).status_code == 503
    await engine.dispose()

    again = await client.post("/api/reservations", json=RESERVATION, headers=bearer("order-api"))
    assert again.status_code == 201


async def test_a_mistake_of_ours_is_not_called_busy(database_url: str) -> None:
    app = create_app(settings(database_url))  # without its tables
    async with app.test_app() as started:
        answer = await started.test_client().get("/api/products")
        document = await answer.get_json(force=True)
        # SQLite does not tell a missing table from a missing file
        assert answer.status_code == (503 if database_url.startswith("sqlite") else 500)
        assert "products" not in document["detail"]
