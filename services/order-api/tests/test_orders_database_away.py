"""A database that is away or busy is told as such, and an order that met it can be placed afterwards."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from order_requests import body_of, place, queue
from quart import Quart
from quart.typing import TestClientProtocol as Client
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine
from testing.postgresql import end_blocked
from testing.server import free_port

from order_api.app import create_app
from order_api.orders import Orders
from order_api.settings import Settings

KEY = {"Idempotency-Key": "key-00001"}


async def refused(client: Client) -> None:
    placed = await client.post("/api/orders", json=body_of({"lamp": 1}), headers=KEY)
    shown = await client.get("/api/orders/TC-000000-000000")
    for answer in (placed, shown):
        said = await answer.get_json(force=True)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        assert said["detail"] == "The orders cannot be reached right now; repeat the request."


async def without(url: str) -> None:
    """Ask an application whose database is not there."""
    settings = Settings(environment="development", database_url=url, product_api_url="http://127.0.0.1:9")
    async with create_app(settings).test_app() as started:
        client = started.test_client()
        await refused(client)
        readiness = await client.get("/healthz")
        assert (readiness.status_code, "secret" in await readiness.get_data(as_text=True)) == (503, False)
        assert (await client.get("/livez")).status_code == 200


async def test_nobody_listens() -> None:
    await without(f"postgresql+asyncpg://user:secret@127.0.0.1:{free_port()}/shop")


async def test_the_file_cannot_be_opened() -> None:
    await without("sqlite+aiosqlite:////nowhere/shop.db")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_server_takes_no_connections(database_url: str, engine: AsyncEngine) -> None:
    """A server that starts, ends or is full says so to every new connection."""
    name = make_url(database_url).database
    async with engine.connect() as connection:
        outside = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await outside.execute(text(f"ALTER DATABASE {name} CONNECTION LIMIT 0"))
        await outside.execute(text("CREATE ROLE visitor LOGIN"))
        try:
            url = make_url(database_url).set(username="visitor").render_as_string(hide_password=False)
            await without(url)
        finally:
            await outside.execute(text("DROP ROLE visitor"))


async def test_all_connections_are_in_use(app: Quart, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    orders: Orders = app.extensions["orders"]
    engine = orders._engine
    async with AsyncExitStack() as held:
        for _ in range(engine.pool.size() + engine.pool._max_overflow):  # type: ignore[attr-defined]
            await held.enter_async_context(engine.connect())
        monkeypatch.setattr(engine.pool, "_timeout", 0.05)
        await refused(client)
    assert (await place(client, lamp=1))[0] == 201


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_connection_that_ends_while_it_is_used_loses_nothing(
    client: Client, engine: AsyncEngine, database_url: str
) -> None:
    async with engine.connect() as holder:
        await holder.execute(text("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE"))
        asked = asyncio.create_task(place(client, lamp=1))
        await end_blocked(database_url, "order-api")
        assert (await asked)[0] == 503

    assert (await place(client, lamp=1))[0] == 201
    assert len((await queue(client))[1]["items"]) == 1


async def test_a_mistake_of_ours_is_not_called_busy(client: Client, engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE order_events RENAME TO elsewhere"))
    status, problem = await place(client, lamp=1)

    # SQLite does not tell a missing table from a missing file
    assert status == (503 if engine.dialect.name == "sqlite" else 500)
    assert "elsewhere" not in problem["detail"]
