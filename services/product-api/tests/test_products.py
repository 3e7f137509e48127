"""The catalogue over HTTP, on both databases."""

from typing import Any

import pytest
from quart.typing import TestClientProtocol as Client

NAMES = ["Bulb", "Candle", "Desk Lamp", "Floor Lamp", "Torch 100%", "Torch_2"]


@pytest.fixture
async def six(client: Client) -> None:
    for index, name in enumerate(NAMES):
        body = {
            "name": name,
            "category": "New" if index > 1 else "Old",
            "price_cents": 500 - index // 2 * 100,
        }
        assert (await client.post("/api/products", json=body)).status_code == 201


async def names(client: Client, **query: str) -> list[str]:
    """All names of a listing, page by page."""
    found: list[str] = []
    while True:
        answer = await client.get("/api/products", query_string=query)
        assert answer.status_code == 200, await answer.get_data(as_text=True)
        page: dict[str, Any] = await answer.get_json()
        found += [item["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


@pytest.mark.usefixtures("six")
@pytest.mark.parametrize("limit", ["1", "2", "5", "6", "100"])
async def test_pages_show_every_product_once_in_order(client: Client, limit: str) -> None:
    by_price = ["Torch 100%", "Torch_2", "Desk Lamp", "Floor Lamp", "Bulb", "Candle"]

    assert await names(client, limit=limit) == NAMES
    assert await names(client, limit=limit, sort="-name") == NAMES[::-1]
    assert await names(client, limit=limit, sort="price") == by_price
    assert await names(client, limit=limit, sort="-price") == by_price[::-1]
    assert await names(client, limit=limit, category="New", q="torch") == ["Torch 100%", "Torch_2"]


@pytest.mark.usefixtures("six")
@pytest.mark.parametrize(
    ("text", "found"),
    [("LAMP", ["Desk Lamp", "Floor Lamp"]), ("0%", ["Torch 100%"]), ("_", ["Torch_2"]), ("' OR 1=1", [])],
)
async def test_search_takes_text_literally(client: Client, text: str, found: list[str]) -> None:
    assert await names(client, q=text) == found


@pytest.mark.usefixtures("six")
async def test_a_product_inserted_behind_the_cursor_is_still_met(client: Client) -> None:
    page = await (await client.get("/api/products?limit=2")).get_json()
    await client.post("/api/products", json={"name": "Chandelier", "category": "Old", "price_cents": 1})
    await client.delete("/api/products/candle")

    assert await names(client, cursor=page["next_cursor"]) == ["Chandelier", *NAMES[2:]]


@pytest.mark.usefixtures("six")
async def test_categories_are_counted(client: Client) -> None:
    answer = await (await client.get("/api/categories")).get_json()

    assert answer == {"items": [{"name": "New", "products": 4}, {"name": "Old", "products": 2}]}


async def test_a_product_lives_from_post_to_delete(client: Client, lamp: dict[str, Any]) -> None:
    created = await client.post("/api/products", json=lamp)
    whole = {"id": "desk-lamp", "description": "", "currency": "EUR", **lamp}
    assert (created.status_code, created.headers["Location"]) == (201, "/api/products/desk-lamp")
    assert await created.get_json() == whole
    assert (await client.post("/api/products", json=lamp)).status_code == 409

    changed = {**lamp, "price_cents": 1900, "description": "Two\nlines"}
    assert (await client.put("/api/products/desk-lamp", json=changed)).status_code == 200
    shown = await (await client.get("/api/products/desk-lamp")).get_json()
    assert shown == {**whole, **changed}

    assert (await client.delete("/api/products/desk-lamp")).status_code == 204
    for call in (client.get, client.delete):
        assert (await call("/api/products/desk-lamp")).status_code == 404
    assert (await client.put("/api/products/desk-lamp", json=lamp)).status_code == 404


async def test_an_unchanged_answer_is_not_sent_again(client: Client, lamp: dict[str, Any]) -> None:
    await client.post("/api/products", json=lamp)
    for path in ("/api/products", "/api/products/desk-lamp", "/api/categories"):
        etag = (await client.get(path)).headers["ETag"]
        again = await client.get(path, headers={"If-None-Match": etag})
        assert (again.status_code, await again.get_data()) == (304, b""), path

    etag = (await client.get("/api/products/desk-lamp")).headers["ETag"]
    await client.put("/api/products/desk-lamp", json={**lamp, "stock": 4})
    changed = await client.get("/api/products/desk-lamp", headers={"If-None-Match": etag})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"price_cents": -1}, "/price_cents"),
        ({"price_cents": 10**30}, "/price_cents"),
        ({"price_cents": 1.5}, "/price_cents"),
        ({"stock": "5"}, "/stock"),
        ({"name": "\ud800"}, "/name"),
        ({"name": "a\x00"}, "/name"),
        ({"name": "x" * 121}, "/name"),
        ({"category": None}, "/category"),
        ({"currency": "Euro"}, "/currency"),
        ({"id": "UPPER"}, "/id"),
        ({"color": "red"}, "/color"),
    ],
)
async def test_wrong_fields_are_named(
    client: Client, lamp: dict[str, Any], change: dict[str, Any], pointer: str
) -> None:
    answer = await client.post("/api/products", json={**lamp, **change})

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in (await answer.get_json(force=True))["errors"]]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=x", "sort=stock", "cursor=zzz", "cursor=%00", "q=%00", "page=2",
        "cursor=WyJuYW1lIiwxLCJhIl0", "cursor=eyJhIjoxfQ", "q=" + "x" * 101,
    ],
)  # fmt: skip
async def test_wrong_queries_are_client_errors(client: Client, query: str) -> None:
    assert (await client.get(f"/api/products?{query}")).status_code == 422


@pytest.mark.parametrize("product_id", ["UPPER", "%00", "-", "x" * 65, "%ED%A0%80", "..", "a%20b"])
async def test_odd_ids_are_not_found(client: Client, product_id: str) -> None:
    assert (await client.get(f"/api/products/{product_id}")).status_code == 404
