"""What the business and the operators see: counts of orders, the outbox, and logs without personal data."""

import io
import json
from datetime import timedelta

from catalogue_stand_in import Shelf, answering
from order_requests import ADA, body_of, cancel, move, place, queue, show
from prometheus_client import CollectorRegistry
from quart import Quart
from quart.typing import TestClientProtocol as Client
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine
from testing.process import until

from order_api.clock import moment
from order_api.courier import Courier, carrying
from order_api.domain import Customer, Placement, WantedLine
from order_api.meters import Meters
from order_api.ordering import Ordering
from order_api.outbox import Outbox
from order_api.tables import outbox

STATES = ("placed", "rejected", "paid", "cancelled")
TEXT = "Text/that-is=unmistakable"


async def metrics(client: Client) -> dict[str, float]:
    """Every sample by its name and labels."""
    text = await (await client.get("/metrics")).get_data(as_text=True)
    samples = (line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("techcommerce_"))
    return {name: float(value) for name, value in samples}


async def test_orders_are_counted_by_what_became_of_them(app: Quart, client: Client) -> None:
    before = await metrics(client)
    assert before['techcommerce_order_transitions_total{status="placed"}'] == 0
    _, order = await place(client, lamp=1)
    await place(client, lamp=1)
    await place(client, "key-00002", lamp=99)
    await move(client, order["number"], "paid")
    await move(client, order["number"], "paid")
    await app.extensions["orders"].open(Placement("key-00003", Customer(**ADA), (WantedLine("lamp", 1),)))
    ordering: Ordering = app.extensions["ordering"]
    await ordering.reconcile(timedelta(0))

    after = await metrics(client)
    counted = {status: after[f'techcommerce_order_transitions_total{{status="{status}"}}'] for status in STATES}
    assert counted == {"placed": 1, "rejected": 2, "paid": 1, "cancelled": 0}
    assert after["techcommerce_order_repeats_total"] == 1
    assert after['techcommerce_order_reconciliations_total{outcome="rejected"}'] == 1
    assert after['techcommerce_order_reconciliations_total{outcome="released"}'] == 0


async def test_the_backlog_of_the_outbox_is_measured(client: Client, engine: AsyncEngine) -> None:
    await place(client, lamp=1)
    async with engine.begin() as connection:  # as if nobody had taken care of it for an hour
        waiting = {"done_at": None, "created_at": moment(-3600.0), "due_at": moment(60.0)}
        await connection.execute(update(outbox).values(**waiting))
    registry = CollectorRegistry()

    async def measured() -> bool:
        return registry.get_sample_value("techcommerce_outbox_depth", {"kind": "notification"}) == 1

    async with carrying(Courier(Outbox(engine), {}, Meters(registry))):
        await until(measured)
    assert registry.get_sample_value("techcommerce_outbox_depth", {"kind": "release"}) == 0
    age = registry.get_sample_value("techcommerce_outbox_oldest_seconds", {"kind": "notification"})
    assert age is not None
    assert 3600 <= age < 3700


async def test_nothing_personal_is_logged_whatever_happens(
    json_logs: io.StringIO, client: Client, shelf: Shelf, engine: AsyncEngine
) -> None:
    ada = {"name": TEXT, "email": f"{TEXT}@example.org", "address": TEXT}
    headers = {"Idempotency-Key": "key-00001"}
    shelf.instead += [answering(503)] * 3
    for lines in ({"lamp": 1}, {"lamp": 1}, {"lamp": 2}, {"lamp": 999_999}):
        await client.post("/api/orders", json={**body_of(lines), "customer": ada}, headers=headers)
    order = (await queue(client))[1]["items"][0]
    await move(client, order["number"], "shipped", note=TEXT)
    await move(client, order["number"], "paid", note=TEXT)
    await show(client, order["number"], staff=TEXT)
    await cancel(client, order["number"])
    async with engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE order_events RENAME TO elsewhere")
    for key in ("key-00001", "key-00002"):  # the database says what it cannot write
        answer = await client.post(
            "/api/orders", json={**body_of({"lamp": 1}), "customer": ada}, headers={"Idempotency-Key": key}
        )
        assert answer.status_code >= 500

    out = json_logs.getvalue()
    assert "database failed" in {json.loads(line)["event"] for line in out.splitlines()}
    assert TEXT not in out
    assert "Traceback" not in out
