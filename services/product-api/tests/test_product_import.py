"""Files of products: all of them or none, with every mistake by line; on both databases."""

import asyncio
import json
from typing import Any

import pytest
from product_calls import bearer, names
from quart.typing import TestClientProtocol as Client

PATH = "/api/products/import"
HEADER = "id,name,description,category,price_cents,stock\n"
ROWS = 5000


async def send(client: Client, staff: dict[str, str], body: str | bytes, kind: str) -> tuple[int, dict[str, Any]]:
    answer = await client.post(PATH, data=body, headers={**staff, "Content-Type": kind})
    return answer.status_code, await answer.get_json(force=True)


def large(price: int, stock: int = 7) -> str:
    rows = (f"thing-{index},Thing {index},,Things,{price},{stock}" for index in range(ROWS))
    return HEADER + "\n".join(rows)


async def test_thousands_of_rows_are_created_and_changed_at_once(client: Client, staff: dict[str, str]) -> None:
    assert await send(client, staff, large(100), "text/csv") == (
        200,
        {"created": ROWS, "updated": 0, "unchanged": 0},
    )
    assert await names(client, q="thing 4999", limit="2") == ["Thing 4999"]
    reservation = {"order_id": "order-1", "lines": [{"product_id": "thing-1", "quantity": 2}]}
    await client.post("/api/reservations", json=reservation, headers=bearer("order-api"))

    # somebody else's file, with one thing more and one that is as it was
    text = (
        large(200, stock=9).replace("thing-3,Thing 3,,Things,200", "thing-3,Thing 3,,Things,100")
        + "\nnew,New,,Things,1,"
    )
    assert await send(client, staff, text, "text/csv; charset=utf-8") == (
        200,
        {"created": 1, "updated": ROWS - 1, "unchanged": 1},
    )
    things = [await (await client.get(f"/api/products/thing-{number}")).get_json() for number in (1, 2, 3)]
    assert [(thing["price_cents"], thing["version"]) for thing in things] == [(200, 2), (200, 2), (100, 1)]
    # what an order has taken stays taken
    assert [thing["stock"] for thing in things] == [5, 7, 7]
    metrics = await (await client.get("/metrics")).get_data(as_text=True)
    assert f'techcommerce_imported_products_total{{result="created"}} {ROWS + 1}.0' in metrics


async def test_one_mistake_imports_nothing(client: Client, staff: dict[str, str]) -> None:
    text = large(100).replace("thing-4321,Thing 4321,,Things,100", "thing-4321,Thing 4321,,Things,ten")
    status, problem = await send(client, staff, text, "text/csv")

    assert status == 422
    assert problem["errors"] == [{"line": 4323, "pointer": "/price_cents", "detail": "must be a whole number"}]
    assert problem["more"] == 0
    assert await names(client) == []


async def test_json_is_imported_as_well(client: Client, staff: dict[str, str], lamp: dict[str, Any]) -> None:
    torch = {"name": "Torch", "category": "Light", "price_cents": 1}
    assert await send(client, staff, json.dumps([torch, lamp]), "application/json") == (
        200,
        {"created": 2, "updated": 0, "unchanged": 0},
    )
    assert await names(client) == ["Desk Lamp", "Torch"]


async def test_what_was_kept_is_forgotten(client: Client, staff: dict[str, str], lamp: dict[str, Any]) -> None:
    await send(client, staff, json.dumps([lamp]), "application/json")
    for path in ("/api/products", "/api/products/desk-lamp", "/api/categories"):
        await client.get(path)
    await send(client, staff, json.dumps([{**lamp, "category": "Lamps"}]), "application/json")

    assert (await (await client.get("/api/products/desk-lamp")).get_json())["category"] == "Lamps"
    assert (await (await client.get("/api/categories")).get_json())["items"] == [{"name": "Lamps", "products": 1}]


async def test_imports_and_orders_at_once_do_not_wait_for_each_other(client: Client, staff: dict[str, str]) -> None:
    await send(client, staff, large(100), "text/csv")

    async def order(number: int) -> int:
        lines = [{"product_id": f"thing-{thing}", "quantity": 1} for thing in range(40, 0, -1)]
        body = {"order_id": f"order-{number}", "lines": lines}
        return (await client.post("/api/reservations", json=body, headers=bearer("order-api"))).status_code

    backwards = large(300).splitlines()
    files = [large(200), "\n".join(backwards[:1] + backwards[:0:-1])]
    results = await asyncio.gather(*(send(client, staff, file, "text/csv") for file in files), *map(order, range(7)))

    assert [status for status, _ in results[:2]] == [200, 200]  # type: ignore[misc]
    assert results[2:] == [201] * 7
    assert (await (await client.get("/api/products/thing-40")).get_json())["stock"] == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "text/csv", 422),
        (b"", "application/json", 422),
        (b"x", "text/plain", 415),
        (b"x", "", 415),
        (b"x" * (10 * 1024 * 1024 + 1), "text/csv", 413),
    ],
)
async def test_what_is_no_file_of_products(
    client: Client, staff: dict[str, str], body: bytes, kind: str, status: int
) -> None:
    assert (await send(client, staff, body, kind))[0] == status


async def test_a_file_is_larger_than_other_bodies(client: Client, staff: dict[str, str]) -> None:
    rows = [f"thing-{number},Thing {number},{'long ' * 390},Things,1,1" for number in range(4500)]
    text = HEADER + "\n".join(rows)
    assert len(text) > 8 * 1024 * 1024

    assert await send(client, staff, text, "text/csv") == (200, {"created": 4500, "updated": 0, "unchanged": 0})
