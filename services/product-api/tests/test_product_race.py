"""A thousand buyers of ten pieces."""

import asyncio
from collections import Counter

import pytest
from product_calls import bearer
from quart.typing import TestClientProtocol as Client

BUYERS, PIECES = 1000, 10
AT_ONCE = 200  # connections that order-api's pods may have; the others wait for one


async def test_a_thousand_buyers_of_ten_pieces_make_ten_reservations(client: Client, staff: dict[str, str]) -> None:
    body = {"id": "rare", "name": "Rare", "category": "Light", "price_cents": 1, "stock": PIECES}
    await client.post("/api/products", json=body, headers=staff)
    places = asyncio.Semaphore(AT_ONCE)

    async def buy(number: int) -> int:
        wanted = {"order_id": f"order-{number}", "lines": [{"product_id": "rare", "quantity": 1}]}
        while True:  # as order-api does when the database is busy
            async with places:
                answer = await client.post("/api/reservations", json=wanted, headers=bearer("order-api"))
            if answer.status_code != 503:
                return answer.status_code

    statuses = Counter(await asyncio.gather(*(buy(number) for number in range(BUYERS))))

    assert statuses == {201: PIECES, 409: BUYERS - PIECES}
    assert (await (await client.get("/api/products/rare")).get_json())["stock"] == 0
    repeated = Counter(await asyncio.gather(*(buy(number) for number in range(BUYERS))))
    assert repeated == {200: PIECES, 409: BUYERS - PIECES}


@pytest.mark.parametrize("orders", [60])
async def test_stock_adds_up_after_orders_and_releases_in_any_order(
    client: Client, staff: dict[str, str], orders: int
) -> None:
    for name in ("a", "b", "c"):
        body = {"name": name, "category": "Light", "price_cents": 1, "stock": orders}
        await client.post("/api/products", json=body, headers=staff)

    async def order(number: int) -> None:
        names = ["a", "b", "c"] if number % 2 else ["c", "b", "a"]
        wanted = {"order_id": f"order-{number}", "lines": [{"product_id": name, "quantity": 1} for name in names]}
        headers = bearer("order-api")
        assert (await client.post("/api/reservations", json=wanted, headers=headers)).status_code == 201
        if number % 3 == 0:
            assert (await client.delete(f"/api/reservations/order-{number}", headers=headers)).status_code == 204

    await asyncio.gather(*(order(number) for number in range(orders)))

    items = (await (await client.get("/api/products")).get_json())["items"]
    assert [item["stock"] for item in items] == [orders // 3] * 3
