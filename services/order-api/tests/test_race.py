"""A thousand buyers at once of something there are ten of."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from order_requests import ADA
from pods import open_shop
from sqlalchemy import URL
from testing.postgresql import fresh_database

BUYERS, ITEMS = 1000, 10


@pytest.fixture
def urls(postgresql_server: URL) -> Iterator[tuple[str, str]]:
    """Two empty databases."""
    with fresh_database(postgresql_server) as products, fresh_database(postgresql_server) as orders:
        yield products, orders


async def test_exactly_as_many_orders_are_placed_as_there_are_items(
    urls: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"customer": ADA, "lines": [{"product_id": "last-things", "quantity": 1}]}
    async with open_shop(tmp_path, *urls) as shop:
        await shop.stock("last-things", ITEMS)
        keys = [{"Idempotency-Key": f"buyer-{n:05}"} for n in range(BUYERS)]
        answers = await asyncio.gather(
            *(shop.ask("POST", "/api/orders", json=body, headers=headers) for headers in keys)
        )
        left = await shop.left("last-things")

    statuses = Counter("placed" if status in (200, 201) else status for status, _ in answers)
    with capsys.disabled():
        print(f"\n{BUYERS} buyers of {ITEMS} items: {dict(statuses)}, {left} left, {shop.troubles} requests repeated")
    assert (statuses, left) == ({"placed": ITEMS, 409: BUYERS - ITEMS}, 0)
    assert {answer["available"] for status, answer in answers if status == 409} <= set(range(ITEMS))
