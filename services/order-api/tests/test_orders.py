"""Orders over HTTP: placing, reading and cancelling."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from catalogue_stand_in import Shelf, answering
from order_requests import ADA, body_of, cancel, move, place, queue, show
from quart.typing import TestClientProtocol as Client
from testing.process import until

KEY = {"Idempotency-Key": "key-00001"}


async def test_an_order_takes_prices_and_stock_from_the_catalogue(client: Client, shelf: Shelf) -> None:
    status, order = await place(client, torch=1, lamp=2)
    shown = await client.get(f"/api/orders/{order['number']}")

    at = order["placed_at"]
    assert datetime.fromisoformat(at).utcoffset() is not None
    assert (status, order) == (
        201,
        {
            "number": order["number"],
            "status": "placed",
            "customer": {"name": "Ada Lovelace"},
            "lines": [
                {"product_id": "lamp", "quantity": 2, "name": "Lamp", "unit_price_cents": 500, "currency": "EUR"},
                {"product_id": "torch", "quantity": 1, "name": "Torch", "unit_price_cents": 200, "currency": "EUR"},
            ],
            "total_cents": 1200,
            "currency": "EUR",
            "placed_at": at,
            "history": [{"status": "placed", "at": order["history"][0]["at"], "actor": "customer"}],
            "allowed": ["cancelled"],
        },
    )
    assert shelf.stock == {"lamp": 3, "torch": 1}
    assert await shown.get_json() == order
    again = await client.get(f"/api/orders/{order['number']}", headers={"If-None-Match": shown.headers["ETag"]})
    assert again.status_code == 304


async def test_repeats_give_the_same_order_also_at_once(client: Client, shelf: Shelf) -> None:
    results = await asyncio.gather(*(place(client, lamp=2) for _ in range(8)))
    late = await place(client, lamp=2)

    assert sorted(status for status, _ in results) == [200] * 7 + [201]
    assert {order["number"] for _, order in [*results, late]} == {late[1]["number"]}
    assert {order["status"] for _, order in [*results, late]} == {"placed"}
    assert shelf.stock == {"lamp": 3, "torch": 2}


async def test_lines_may_be_written_in_any_order(client: Client) -> None:
    first = await place(client, lamp=1, torch=1)
    again = await place(client, torch=1, lamp=1)

    assert (first[0], again[0], again[1]) == (201, 200, first[1])


@pytest.mark.parametrize(
    "other",
    [
        {"lines": [{"product_id": "lamp", "quantity": 2}]},
        {"customer": {**ADA, "name": "Ada"}},
        {"customer": {**ADA, "email": "other@example.org"}},
        {"customer": {**ADA, "address": "Elsewhere"}},
    ],
)
async def test_a_key_cannot_be_used_for_another_order(client: Client, shelf: Shelf, other: dict[str, Any]) -> None:
    await place(client, lamp=1)
    answer = await client.post("/api/orders", json={**body_of({"lamp": 1}), **other}, headers=KEY)

    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert shelf.stock == {"lamp": 4, "torch": 2}


async def test_a_refused_order_stays_refused_and_holds_nothing(client: Client, shelf: Shelf) -> None:
    first = await place(client, lamp=1, torch=3)
    shelf.stock["torch"] = 9

    assert first == (
        409,
        {
            "type": "urn:techcommerce:problem:order-rejected",
            "title": "Conflict",
            "status": 409,
            "detail": "Only 2 of torch available, 3 wanted.",
            "product_id": "torch",
            "wanted": 3,
            "available": 2,
        },
    )
    assert await place(client, lamp=1, torch=3) == first
    assert shelf.stock == {"lamp": 5, "torch": 9}


async def test_two_currencies_cannot_be_added_up_and_nothing_stays_reserved(client: Client, shelf: Shelf) -> None:
    shelf.currency["torch"] = "SEK"
    status, problem = await place(client, lamp=1, torch=1)

    assert (status, problem["type"]) == (409, "urn:techcommerce:problem:order-rejected")
    assert problem["detail"] == "An order is paid in one currency; these products have EUR and SEK."

    async def returned() -> bool:
        return not shelf.held

    await until(returned)
    assert shelf.stock == {"lamp": 5, "torch": 2}


async def test_concurrent_orders_share_what_there_is(client: Client, shelf: Shelf) -> None:
    results = await asyncio.gather(*(place(client, f"key-{n:05}", torch=1) for n in range(6)))

    assert sorted(status for status, _ in results) == [201, 201, 409, 409, 409, 409]
    assert shelf.stock["torch"] == 0


async def test_a_customer_without_an_address_can_order_until_every_shop_asks_for_it(client: Client) -> None:
    body = {**body_of({"lamp": 1}), "customer": {"name": "Ada", "email": "ada@example.org"}}
    first = await client.post("/api/orders", json=body, headers=KEY)
    again = await client.post("/api/orders", json=body, headers=KEY)

    assert (first.status_code, again.status_code) == (201, 200)


async def test_cancelling_returns_the_stock_once(client: Client, shelf: Shelf) -> None:
    _, order = await place(client, lamp=3)
    results = await asyncio.gather(*(cancel(client, order["number"]) for _ in range(4)))

    assert [(status, answer["status"]) for status, answer in results] == [(200, "cancelled")] * 4
    assert [event["status"] for event in results[0][1]["history"]] == ["placed", "cancelled"]
    assert results[0][1]["allowed"] == []

    async def returned() -> bool:
        return shelf.stock == {"lamp": 5, "torch": 2}

    await until(returned)


async def test_cancelling_a_paid_order_refunds_it(client: Client, shelf: Shelf) -> None:
    _, order = await place(client, lamp=3)
    await move(client, order["number"], "paid")
    assert (await show(client, order["number"]))[1]["allowed"] == ["refunded"]

    for _ in range(2):
        status, answer = await cancel(client, order["number"])
        assert (status, answer["status"]) == (200, "refunded")

    async def returned() -> bool:
        return shelf.stock == {"lamp": 5, "torch": 2}

    await until(returned)


@pytest.mark.parametrize("path", [["paid", "packed"], ["paid", "packed", "shipped", "delivered"]])
async def test_what_was_packed_cannot_be_cancelled_by_its_customer(client: Client, path: list[str]) -> None:
    _, order = await place(client, lamp=1)
    for step in path:
        await move(client, order["number"], step)

    status, problem = await cancel(client, order["number"])
    assert (status, problem["allowed"]) == (409, [])
    assert problem["detail"] == f"An order that is {path[-1]} cannot become cancelled."


@pytest.mark.parametrize("number", ["TC-000000-000000", "1", "%00", "TC-000000-00000I", "TC-000000-000000'--"])
async def test_unknown_orders_are_not_found(client: Client, number: str) -> None:
    assert (await show(client, number))[0] == 404
    assert (await cancel(client, number))[0] == 404
    assert (await move(client, number, "paid"))[0] == 404


async def test_while_the_catalogue_is_away_an_order_waits_under_its_key(client: Client, shelf: Shelf) -> None:
    shelf.instead += [answering(503)] * 3
    answer = await client.post("/api/orders", json=body_of({"lamp": 1}), headers=KEY)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert (await client.get("/healthz")).status_code == 200

    status, order = await place(client, lamp=1)
    assert (status, order["status"]) == (200, "placed")
    assert shelf.stock == {"lamp": 4, "torch": 2}


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE orders; --", '" OR ""="', "{{7*7}}", "<script>alert(1)</script>", "%s"]
)
async def test_texts_are_kept_as_they_are_and_mean_nothing(client: Client, text: str) -> None:
    body = {**body_of({"lamp": 1}), "customer": {**ADA, "name": text, "address": text}}
    answer = await client.post("/api/orders", json=body, headers={"Idempotency-Key": "key-'--00001"})
    order = await answer.get_json()
    _, shown = await show(client, order["number"], staff="grace' OR 1=1")

    assert (answer.status_code, shown["customer"]["name"], shown["customer"]["address"]) == (201, text, text)
    assert len((await queue(client))[1]["items"]) == 1
