"""Answers are kept for a moment, by query, and forgotten when something is written."""

import asyncio
from typing import Any

import pytest
from product_calls import bearer, settings
from quart import Quart
from quart.typing import TestClientProtocol as Client
from testing.redis import throwaway_redis

from chassis.migration import migrate
from product_api.app import create_app

PATHS = ("/api/products?q=lamp", "/api/products/desk-lamp", "/api/categories")


@pytest.fixture(autouse=True)
async def shelf(client: Client, staff: dict[str, str], lamp: dict[str, Any]) -> None:
    assert (await client.post("/api/products", json=lamp, headers=staff)).status_code == 201


async def counted(client: Client, cache: str) -> dict[str, float]:
    """How often a cache was hit, missed and shared."""
    lines = (await (await client.get("/metrics")).get_data(as_text=True)).splitlines()
    prefix = f'techcommerce_cache_requests_total{{cache="{cache}",result="'
    found = (line.removeprefix(prefix).split('"} ') for line in lines if line.startswith(prefix))
    return {result: float(number) for result, number in found}


async def test_a_kept_answer_is_the_same_and_counted(client: Client) -> None:
    for path in PATHS:
        first, second = await client.get(path), await client.get(path)
        assert await first.get_data() == await second.get_data()
        assert first.headers["ETag"] == second.headers["ETag"]

    for cache in ("listings", "products", "categories"):
        assert await counted(client, cache) == {"miss": 1.0, "hit": 1.0}


async def test_many_who_ask_at_once_wait_for_one_query(client: Client) -> None:
    await asyncio.gather(*(client.get("/api/products") for _ in range(20)))

    counts = await counted(client, "listings")
    assert (counts["miss"], sum(counts.values())) == (1.0, 20.0)


async def test_mistakes_are_not_kept(client: Client, staff: dict[str, str], lamp: dict[str, Any]) -> None:
    for _ in range(2):
        assert (await client.get("/api/products?limit=0")).status_code == 422
        assert (await client.get("/api/products/torch")).status_code == 404
    await client.post("/api/products", json={**lamp, "id": "torch"}, headers=staff)

    assert (await client.get("/api/products/torch")).status_code == 200


async def test_every_write_is_seen_at_once(client: Client, staff: dict[str, str]) -> None:
    async def seen() -> tuple[Any, ...]:
        answers = [await client.get(path) for path in PATHS]
        return tuple([await answer.get_data() for answer in answers])

    async def reserve() -> None:
        body = {"order_id": "order-1", "lines": [{"product_id": "desk-lamp", "quantity": 1}]}
        await client.post("/api/reservations", json=body, headers=bearer("order-api"))

    async def release() -> None:
        await client.delete("/api/reservations/order-1", headers=bearer("order-api"))

    async def change() -> None:
        content = {"name": "Lamp", "category": "Lamps", "price_cents": 1}
        await client.put("/api/products/desk-lamp", json=content, headers={**staff, "If-Match": "*"})

    async def restock() -> None:
        body = {"change": 1, "reason": "Found"}
        await client.post("/api/products/desk-lamp/stock", json=body, headers=staff)

    for write in (reserve, release, change, restock):
        before = await seen()
        await write()
        after = await seen()
        assert before[:2] != after[:2], write.__name__
        assert (before[2] != after[2]) == (write is change)


async def test_pods_share_what_redis_keeps(database_url: str) -> None:
    await migrate(database_url, "product_api")
    with throwaway_redis() as redis:
        pods = [create_app(settings(database_url, redis_url=redis.url)) for _ in range(2)]
        async with pods[0].test_app() as first, pods[1].test_app() as second:
            clients: list[Client] = [started.test_client() for started in (first, second)]
            answers = [await client.get(path) for path in PATHS[::2] for client in clients]
            assert answers[0].headers["ETag"] == answers[1].headers["ETag"]
            assert await counted(clients[1], "listings") == {"hit": 1.0}
            redis.stop()
            assert (await clients[1].get("/api/products?sort=newest")).status_code == 200


async def test_a_kept_product_is_forgotten_in_redis_too(database_url: str, lamp: dict[str, Any]) -> None:
    with throwaway_redis() as redis:
        pods: list[Quart] = [create_app(settings(database_url, redis_url=redis.url)) for _ in range(2)]
        async with pods[0].test_app() as first, pods[1].test_app() as second:
            writer, reader = first.test_client(), second.test_client()
            await writer.get("/api/products/desk-lamp")
            headers = bearer("frontend", "ada")
            await writer.post("/api/products/desk-lamp/stock", json={"change": 2, "reason": "Found"}, headers=headers)
            assert (await (await reader.get("/api/products/desk-lamp")).get_json())["stock"] == 7
