"""Stock is taken for all lines or none, once an order, and never below zero."""

import asyncio
from typing import Any

import pytest
from product_calls import bearer
from quart.typing import TestClientProtocol as Client


@pytest.fixture
async def shelf(client: Client, staff: dict[str, str]) -> None:
    for name, stock in (("lamp", 5), ("torch", 2)):
        body = {"name": name, "category": "Light", "price_cents": 100, "stock": stock}
        assert (await client.post("/api/products", json=body, headers=staff)).status_code == 201


pytestmark = pytest.mark.usefixtures("shelf")


async def reserve(client: Client, order: str, **lines: int) -> tuple[int, dict[str, Any]]:
    wanted = [{"product_id": name, "quantity": quantity} for name, quantity in lines.items()]
    body = {"order_id": order, "lines": wanted}
    answer = await client.post("/api/reservations", json=body, headers=bearer("order-api"))
    return answer.status_code, await answer.get_json(force=True)


async def release(client: Client, order: str) -> int:
    return (await client.delete(f"/api/reservations/{order}", headers=bearer("order-api"))).status_code


async def stock(client: Client) -> dict[str, int]:
    items = (await (await client.get("/api/products")).get_json())["items"]
    return {item["name"]: item["stock"] for item in items}


async def test_a_reservation_takes_stock_and_tells_prices(client: Client) -> None:
    status, body = await reserve(client, "order-1", torch=1, lamp=2)

    line = {"unit_price_cents": 100, "currency": "EUR"}
    lamp = {"product_id": "lamp", "quantity": 2, "name": "lamp", **line}
    torch = {"product_id": "torch", "quantity": 1, "name": "torch", **line}
    assert (status, body) == (201, {"order_id": "order-1", "lines": [lamp, torch]})
    assert await stock(client) == {"lamp": 3, "torch": 1}


async def test_one_short_line_takes_nothing(client: Client) -> None:
    status, problem = await reserve(client, "order-1", lamp=1, torch=3)

    assert status == 409
    assert (problem["product_id"], problem["wanted"], problem["available"]) == ("torch", 3, 2)
    assert await stock(client) == {"lamp": 5, "torch": 2}


async def test_an_unknown_product_takes_nothing(client: Client) -> None:
    status, problem = await reserve(client, "order-1", lamp=1, unicorn=1)

    assert (status, problem["product_id"], problem["available"]) == (409, "unicorn", 0)
    assert await stock(client) == {"lamp": 5, "torch": 2}


async def test_the_same_order_takes_once(client: Client) -> None:
    first = await reserve(client, "order-1", torch=2)
    again = await reserve(client, "order-1", torch=2)

    assert (first[0], again[0], first[1]) == (201, 200, again[1])
    assert await stock(client) == {"lamp": 5, "torch": 0}
    assert (await reserve(client, "order-1", lamp=1))[0] == 409
    assert await stock(client) == {"lamp": 5, "torch": 0}


async def test_a_release_gives_back_once(client: Client) -> None:
    await reserve(client, "order-1", lamp=5)
    for _ in range(2):
        assert await release(client, "order-1") == 204

    assert await stock(client) == {"lamp": 5, "torch": 2}


async def test_what_was_released_is_never_reserved_again(client: Client) -> None:
    await reserve(client, "order-1", lamp=1)
    for order in ("order-1", "never-heard-of"):
        assert await release(client, order) == 204
        assert (await reserve(client, order, lamp=1))[0] == 410

    assert await stock(client) == {"lamp": 5, "torch": 2}


async def test_a_release_of_an_impossible_order_is_fine(client: Client) -> None:
    assert await release(client, "a%20b") == 204


async def test_a_deleted_product_gets_nothing_back(client: Client, staff: dict[str, str]) -> None:
    await reserve(client, "order-1", lamp=1, torch=1)
    await client.delete("/api/products/lamp", headers={**staff, "If-Match": "*"})

    assert await release(client, "order-1") == 204
    assert await stock(client) == {"torch": 2}


async def test_a_release_beats_a_late_reservation(client: Client) -> None:
    calls = [reserve(client, "order-1", lamp=1, torch=1), release(client, "order-1")]
    calls += [reserve(client, "order-1", lamp=1, torch=1) for _ in range(3)]
    await asyncio.gather(*calls)

    assert (await reserve(client, "order-1", lamp=1, torch=1))[0] == 410
    assert await stock(client) == {"lamp": 5, "torch": 2}


async def test_what_becomes_of_reservations_is_counted(client: Client) -> None:
    for lamps in (2, 2, 9):
        await reserve(client, f"order-{lamps}", lamp=lamps)
    await release(client, "order-2")
    metrics = await (await client.get("/metrics")).get_data(as_text=True)

    for result in ("taken", "repeated", "refused", "released"):
        assert f'techcommerce_reservations_total{{result="{result}"}} 1.0' in metrics


async def test_concurrent_orders_never_oversell(client: Client) -> None:
    # lines in both orders of writing: a careless implementation deadlocks here
    wanted = [{"lamp": 1, "torch": 1}, {"torch": 1, "lamp": 1}]
    results = await asyncio.gather(*(reserve(client, f"order-{n}", **wanted[n % 2]) for n in range(12)))

    assert sorted(status for status, _ in results) == [201] * 2 + [409] * 10
    assert await stock(client) == {"lamp": 3, "torch": 0}


async def test_concurrent_repeats_take_once(client: Client) -> None:
    results = await asyncio.gather(*(reserve(client, "order-1", lamp=4) for _ in range(8)))

    assert sorted(status for status, _ in results) == [200] * 7 + [201]
    assert await stock(client) == {"lamp": 1, "torch": 2}


async def test_concurrent_releases_give_back_once(client: Client) -> None:
    await reserve(client, "order-1", lamp=4)
    await asyncio.gather(*(release(client, "order-1") for _ in range(8)))

    assert await stock(client) == {"lamp": 5, "torch": 2}


@pytest.mark.parametrize(
    "body",
    [
        {"order_id": "a b", "lines": [{"product_id": "lamp", "quantity": 1}]},
        {"order_id": "a", "lines": []},
        {"order_id": "a", "lines": ["lamp"]},
        {"order_id": "a", "lines": [{"product_id": "lamp", "quantity": 0}]},
        {"order_id": "a", "lines": [{"product_id": "lamp", "quantity": 1, "price": 1}]},
    ],
)
async def test_wrong_reservations_are_client_errors(client: Client, body: object) -> None:
    assert (await client.post("/api/reservations", json=body, headers=bearer("order-api"))).status_code == 422
    assert await stock(client) == {"lamp": 5, "torch": 2}
