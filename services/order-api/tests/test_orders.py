"""Orders over HTTP, against a real product API."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from quart import Quart
from quart.typing import TestClientProtocol as Client

from order_api.domain import Customer, Placement, Status, WantedLine
from order_api.ordering import Ordering
from order_api.orders import Orders

ADA = {"name": "Ada Lovelace", "email": "ada@example.org"}


async def place(client: Client, key: str = "key-00001", **lines: int) -> tuple[int, dict[str, Any]]:
    wanted = [{"product_id": name, "quantity": quantity} for name, quantity in lines.items()]
    body, headers = {"customer": ADA, "lines": wanted}, {"Idempotency-Key": key}
    answer = await client.post("/api/orders", json=body, headers=headers)
    return answer.status_code, await answer.get_json(force=True)


async def move(client: Client, number: str, to: str) -> tuple[int, dict[str, Any]]:
    answer = await client.post(f"/api/orders/{number}/transitions", json={"to": to})
    return answer.status_code, await answer.get_json(force=True)


async def stock(catalogue: Quart) -> dict[str, int]:
    items = (await (await catalogue.test_client().get("/api/products")).get_json())["items"]
    return {item["name"]: item["stock"] for item in items}


async def test_an_order_takes_prices_and_stock_from_the_catalogue(client: Client, catalogue: Quart) -> None:
    status, order = await place(client, torch=1, lamp=2)
    shown = await client.get(f"/api/orders/{order['number']}")

    assert (status, order["status"], order["total_cents"], order["currency"]) == (201, "placed", 1200, "EUR")
    assert [(line["name"], line["quantity"], line["unit_price_cents"]) for line in order["lines"]] == [
        ("lamp", 2, 500),
        ("torch", 1, 200),
    ]
    assert await stock(catalogue) == {"lamp": 3, "torch": 1}
    assert await shown.get_json() == order
    assert "ada@example.org" not in await shown.get_data(as_text=True)
    again = await client.get(f"/api/orders/{order['number']}", headers={"If-None-Match": shown.headers["ETag"]})
    assert again.status_code == 304


async def test_repeats_give_the_same_order_also_at_once(client: Client, catalogue: Quart) -> None:
    results = await asyncio.gather(*(place(client, lamp=2) for _ in range(8)))
    late = await place(client, lamp=2)

    assert sorted(status for status, _ in results) == [200] * 7 + [201]
    assert {order["number"] for _, order in [*results, late]} == {late[1]["number"]}
    assert {order["status"] for _, order in [*results, late]} == {"placed"}
    assert await stock(catalogue) == {"lamp": 3, "torch": 2}


async def test_a_key_cannot_be_used_for_another_order(client: Client, catalogue: Quart) -> None:
    await place(client, lamp=1)

    assert (await place(client, lamp=2))[0] == 422
    assert await stock(catalogue) == {"lamp": 4, "torch": 2}


async def test_a_refused_order_stays_refused_and_holds_nothing(client: Client, catalogue: Quart) -> None:
    first = await place(client, lamp=1, torch=3)
    assert (first[0], first[1]["product_id"], first[1]["available"]) == (409, "torch", 2)

    assert await place(client, lamp=1, torch=3) == first
    assert await stock(catalogue) == {"lamp": 5, "torch": 2}


async def test_concurrent_orders_share_what_there_is(client: Client, catalogue: Quart) -> None:
    results = await asyncio.gather(*(place(client, f"key-{n:05}", torch=1) for n in range(6)))

    assert sorted(status for status, _ in results) == [201, 201, 409, 409, 409, 409]
    assert (await stock(catalogue))["torch"] == 0


async def test_an_order_is_fulfilled_step_by_step(client: Client) -> None:
    _, order = await place(client, lamp=1)
    for to in ("paid", "packed", "shipped", "delivered"):
        status, order = await move(client, order["number"], to)
        assert (status, order["status"]) == (200, to)

    steps = ["pending", "placed", "paid", "packed", "shipped", "delivered"]
    assert [event["status"] for event in order["history"]] == steps
    assert order["transitions"] == []


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ([], "packed"),
        ([], "placed"),
        (["paid"], "paid"),
        (["paid", "packed", "shipped"], "cancelled"),
        (["cancelled"], "paid"),
    ],
)
async def test_illegal_steps_are_refused(client: Client, path: list[str], to: str) -> None:
    _, order = await place(client, lamp=1)
    for step in path:
        assert (await move(client, order["number"], step))[0] == 200

    assert (await move(client, order["number"], to))[0] == 409


async def test_cancelling_returns_the_stock_once(client: Client, catalogue: Quart) -> None:
    _, order = await place(client, lamp=3)
    results = await asyncio.gather(*(move(client, order["number"], "cancelled") for _ in range(4)))

    assert sorted(status for status, _ in results)[0] == 200
    assert {status for status, _ in results} <= {200, 409}
    assert await stock(catalogue) == {"lamp": 5, "torch": 2}


async def test_an_order_left_pending_is_healed_by_a_repeat(client: Client, app: Quart, catalogue: Quart) -> None:
    orders: Orders = app.extensions["orders"]
    placement = Placement("key-00001", Customer(**ADA), (WantedLine("lamp", 2),))
    left, _ = await orders.open(placement)  # as if the pod died right after

    status, order = await place(client, lamp=2)

    assert (status, order["number"], order["status"]) == (200, left.number, "placed")
    assert await stock(catalogue) == {"lamp": 3, "torch": 2}


async def test_an_abandoned_order_gives_its_stock_back(app: Quart, catalogue: Quart) -> None:
    orders: Orders = app.extensions["orders"]
    ordering: Ordering = app.extensions["ordering"]
    left, _ = await orders.open(Placement("key-00001", Customer(**ADA), (WantedLine("lamp", 2),)))
    held = {"order_id": left.number, "lines": [{"product_id": "lamp", "quantity": 2}]}
    await catalogue.test_client().post("/api/reservations", json=held)
    assert (await stock(catalogue))["lamp"] == 3

    assert await ordering.reconcile(timedelta(hours=1)) == 0, "it may still be in the making"
    assert await ordering.reconcile(timedelta(0)) == 1
    assert await ordering.reconcile(timedelta(0)) == 0
    assert ((await orders.get(left.number)).status, await stock(catalogue)) == (
        Status.REJECTED,
        {"lamp": 5, "torch": 2},
    )


@pytest.mark.parametrize("key", ["", "short", "x" * 129, "with space", "ünicode-key"])
async def test_a_key_is_required(client: Client, key: str) -> None:
    headers = {"Idempotency-Key": key} if key else {}
    answer = await client.post("/api/orders", json={}, headers=headers)

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"customer": {"name": "", "email": "a@b.cd"}}, "/customer/name"),
        ({"customer": {"name": "A", "email": "nobody"}}, "/customer/email"),
        ({"customer": None}, "/customer"),
        ({"lines": []}, "/lines"),
        ({"lines": [{"product_id": "lamp", "quantity": 0}]}, "/lines/0/quantity"),
        (
            {"lines": [{"product_id": "lamp", "quantity": 1, "unit_price_cents": 1}]},
            "/lines/0/unit_price_cents",
        ),
        ({"total_cents": 1}, "/total_cents"),
    ],
)
async def test_wrong_fields_are_named(client: Client, change: dict[str, Any], pointer: str) -> None:
    body = {"customer": ADA, "lines": [{"product_id": "lamp", "quantity": 1}], **change}
    answer = await client.post("/api/orders", json=body, headers={"Idempotency-Key": "key-00001"})

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in (await answer.get_json(force=True))["errors"]]


@pytest.mark.parametrize("number", ["TC-000000-000000", "1", "%00", "TC-000000-00000I"])
async def test_unknown_orders_are_not_found(client: Client, number: str) -> None:
    assert (await client.get(f"/api/orders/{number}")).status_code == 404
    assert (await move(client, number, "paid"))[0] == 404
