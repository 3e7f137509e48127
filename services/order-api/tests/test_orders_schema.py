"""The schema: migrated by several pods at once, used by two versions at once."""

import asyncio
from datetime import UTC, datetime, timedelta

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from catalogue_stand_in import Shelf
from order_requests import cancel, move, place, show
from orders_of_0001 import OldOrders
from quart.typing import TestClientProtocol as Client
from sqlalchemy import Connection, update
from sqlalchemy.ext.asyncio import AsyncEngine
from testing.process import until

from chassis.database import create_engine
from chassis.migration import migrate, version_table
from order_api.domain import Customer, Placement, WantedLine
from order_api.orders import Orders
from order_api.tables import metadata, order_events

HELD = {"product_id": "lamp", "quantity": 2, "name": "Lamp", "unit_price_cents": 500, "currency": "EUR"}
NUMBER = "TC-0000AA-0000BB"


def differences(connection: Connection) -> list[object]:
    options = {"version_table": version_table("order_api")}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_several_pods_may_migrate_at_once_and_the_tables_match(database_url: str) -> None:
    await asyncio.gather(*(migrate(database_url, "order_api") for _ in range(4)))

    engine = create_engine(database_url, "test")
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


def to_0001(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "order_api:migrations")
    config.attributes.update(connection=connection, version_table=version_table("order_api"))
    command.downgrade(config, "0001")


async def test_the_schema_can_go_back_and_keeps_the_orders(engine: AsyncEngine, migrated: str) -> None:
    old = OldOrders(engine)
    await old.open(NUMBER, "key-00001", "", [])
    async with engine.begin() as connection:
        await connection.run_sync(to_0001)
    assert await old.get(NUMBER) == ("pending", ["pending"])

    await migrate(migrated, "order_api")
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert (await Orders(engine).get(NUMBER)).customer == Customer("Ada Lovelace", "ada@example.org")


async def test_orders_of_the_version_before_go_on_in_this_one(
    client: Client, shelf: Shelf, engine: AsyncEngine
) -> None:
    old = OldOrders(engine)
    fingerprint = Placement("", Customer("Ada Lovelace", "ada@example.org"), (WantedLine("lamp", 2),)).fingerprint
    await old.open(NUMBER, "key-00001", fingerprint, [{"product_id": "lamp", "quantity": 2}])
    body = {
        "customer": {"name": "Ada Lovelace", "email": "ada@example.org"},
        "lines": [{"product_id": "lamp", "quantity": 2}],
    }
    answer = await client.post("/api/orders", json=body, headers={"Idempotency-Key": "key-00001"})
    order = await answer.get_json()
    assert (answer.status_code, order["number"], order["status"]) == (200, NUMBER, "placed")

    assert await old.move(NUMBER, "placed", "paid")
    status, order = await move(client, NUMBER, "packed")
    assert (status, [event["actor"] for event in order["history"]]) == (200, ["customer", "system", "grace"])
    assert (order["customer"]["address"], order["history"][1]["note"]) == ("", "")
    assert shelf.stock["lamp"] == 3


async def test_orders_of_this_version_go_on_in_the_one_before(
    client: Client, shelf: Shelf, engine: AsyncEngine
) -> None:
    old = OldOrders(engine)
    _, order = await place(client, lamp=2)
    assert await old.get(order["number"]) == ("placed", ["pending", "placed"])
    assert await old.move(order["number"], "placed", "cancelled")
    shelf.release(order["number"])
    await old.stock_returned(order["number"])

    _, shown = await show(client, order["number"])
    assert ([event["status"] for event in shown["history"]], shelf.stock["lamp"]) == (["placed", "cancelled"], 5)
    assert (await cancel(client, order["number"]))[0] == 200


async def test_both_versions_may_return_the_same_stock(client: Client, shelf: Shelf, engine: AsyncEngine) -> None:
    _, order = await place(client, lamp=2)
    await cancel(client, order["number"])
    shelf.release(order["number"])  # the reconciliation of the version before
    await OldOrders(engine).stock_returned(order["number"])

    async def released() -> bool:
        return f"DELETE /api/reservations/{order['number']}" in shelf.calls

    await until(released)
    assert shelf.stock == {"lamp": 5, "torch": 2}


async def test_a_pod_with_a_wrong_clock_does_not_turn_back_the_history(client: Client, engine: AsyncEngine) -> None:
    _, order = await place(client, lamp=1)
    async with engine.begin() as connection:  # an old pod wrote with its own clock, five minutes ahead
        ahead = datetime.now(UTC) + timedelta(minutes=5)
        placed = update(order_events).where(order_events.c.status == "placed")
        await connection.execute(placed.values(at=ahead))
    _, order = await move(client, order["number"], "paid")

    times = [event["at"] for event in order["history"]]
    assert times[1] >= times[0]
