"""Stock is changed by pieces, never below zero, and with a reason that is kept."""

import asyncio
from typing import Any

import pytest
from quart.typing import TestClientProtocol as Client
from sqlalchemy import select

from chassis.database import create_engine
from product_api.tables import stock_changes

PATH = "/api/products/desk-lamp"


@pytest.fixture(autouse=True)
async def five(client: Client, staff: dict[str, str], lamp: dict[str, Any]) -> None:
    assert (await client.post("/api/products", json=lamp, headers=staff)).status_code == 201


async def change(client: Client, staff: dict[str, str], by: Any, reason: Any = "Counted") -> tuple[int, dict[str, Any]]:
    answer = await client.post(f"{PATH}/stock", json={"change": by, "reason": reason}, headers=staff)
    return answer.status_code, await answer.get_json(force=True)


async def test_pieces_come_and_go(client: Client, staff: dict[str, str], database_url: str) -> None:
    assert (await change(client, staff, 7, "Delivery 4711"))[1]["stock"] == 12
    assert (await change(client, staff, -12, "Damaged"))[1]["stock"] == 0
    shown = await (await client.get(PATH)).get_json()
    assert (shown["stock"], shown["version"]) == (0, 1)

    engine = create_engine(database_url, "test")
    async with engine.connect() as connection:
        kept = (await connection.execute(select(stock_changes).order_by(stock_changes.c.number))).all()
    await engine.dispose()
    assert [(row.product_id, row.change, row.reason, row.actor) for row in kept] == [
        ("desk-lamp", 7, "Delivery 4711", "ada"),
        ("desk-lamp", -12, "Damaged", "ada"),
    ]


@pytest.mark.parametrize("by", [-6, 999_996])
async def test_a_shelf_has_two_ends(client: Client, staff: dict[str, str], by: int) -> None:
    status, problem = await change(client, staff, by)

    assert (status, problem["stock"]) == (409, 5)
    assert (await (await client.get(PATH)).get_json())["stock"] == 5


async def test_concurrent_changes_are_all_counted(client: Client, staff: dict[str, str]) -> None:
    results = await asyncio.gather(*(change(client, staff, -1 if number % 2 else 2) for number in range(20)))

    assert {status for status, _ in results} == {200}
    assert (await (await client.get(PATH)).get_json())["stock"] == 15


@pytest.mark.parametrize(
    ("by", "reason", "pointer"),
    [
        (0, "x", "/change"),
        (1.0, "x", "/change"),
        ("1", "x", "/change"),
        (10**9, "x", "/change"),
        (1, "", "/reason"),
        (1, "x" * 201, "/reason"),
        (1, "a\nb", "/reason"),
        (1, None, "/reason"),
    ],
)
async def test_wrong_changes_are_named(
    client: Client, staff: dict[str, str], by: object, reason: object, pointer: str
) -> None:
    status, problem = await change(client, staff, by, reason)

    assert (status, [error["pointer"] for error in problem["errors"]]) == (422, [pointer])


async def test_an_unknown_product_has_no_stock(client: Client, staff: dict[str, str]) -> None:
    for product_id in ("unicorn", "UPPER"):
        body = {"change": 1, "reason": "Found"}
        answer = await client.post(f"/api/products/{product_id}/stock", json=body, headers=staff)
        assert answer.status_code == 404
