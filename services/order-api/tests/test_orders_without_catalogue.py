"""The order API while the product API is away, and its schema."""

import asyncio
from datetime import timedelta

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from quart import Quart
from sqlalchemy import Connection
from testing.server import free_port, running

from chassis.database import create_engine
from chassis.migration import migrate, version_table
from order_api.app import create_app
from order_api.orders import Orders
from order_api.settings import Settings
from order_api.tables import metadata

BODY = {
    "customer": {"name": "Ada", "email": "ada@example.org"},
    "lines": [{"product_id": "lamp", "quantity": 1}],
}
KEY = {"Idempotency-Key": "key-00001"}


def differences(connection: Connection) -> list[object]:
    options = {"version_table": version_table("order_api")}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_several_pods_may_migrate_at_once_and_the_tables_match(database_url: str) -> None:
    await asyncio.gather(*(migrate(database_url, "order_api") for _ in range(4)))

    engine = create_engine(database_url, "test")
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_an_order_waits_for_the_catalogue_under_its_key(database_url: str, catalogue: Quart) -> None:
    await migrate(database_url, "order_api")
    alone = create_app(Settings(database_url=database_url, product_api_url=f"http://127.0.0.1:{free_port()}"))
    async with alone.test_app() as started:
        client = started.test_client()
        answer = await client.post("/api/orders", json=BODY, headers=KEY)
        ready = await client.get("/healthz")
        orders: Orders = alone.extensions["orders"]
        pending = await orders.unsettled(timedelta(0))
    assert (answer.status_code, answer.headers["Retry-After"], ready.status_code) == (503, "2", 200)
    assert len(pending) == 1

    async with running(catalogue) as url:
        app = create_app(Settings(database_url=database_url, product_api_url=url))
        async with app.test_app() as started:
            healed = await started.test_client().post("/api/orders", json=BODY, headers=KEY)
    order = await healed.get_json()
    assert (healed.status_code, order["number"], order["status"]) == (200, pending[0][0], "placed")
