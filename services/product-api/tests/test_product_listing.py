"""Listings: every product once, in each order, through each filter; on both databases."""

import pytest
from product_calls import names
from quart.typing import TestClientProtocol as Client

# name: category, price, stock
SHELF = {
    "Bulb": ("Old", 500, 1),
    "Candle": ("Old", 500, 0),
    "Desk Lamp": ("New", 400, 3),
    "Floor Lamp": ("New", 400, 0),
    "Torch 100%": ("New", 300, 9),
    "Torch_2": ("New", 300, 9),
}
NAMES = list(SHELF)


@pytest.fixture(autouse=True)
async def six(client: Client, staff: dict[str, str]) -> None:
    for name in NAMES:
        category, price, stock = SHELF[name]
        body = {"name": name, "category": category, "price_cents": price, "stock": stock}
        assert (await client.post("/api/products", json=body, headers=staff)).status_code == 201


@pytest.mark.parametrize("limit", ["1", "2", "5", "6", "100"])
async def test_pages_show_every_product_once_in_order(client: Client, limit: str) -> None:
    by_price = ["Torch 100%", "Torch_2", "Desk Lamp", "Floor Lamp", "Bulb", "Candle"]

    assert await names(client, limit=limit) == NAMES
    assert await names(client, limit=limit, sort="-name") == NAMES[::-1]
    assert await names(client, limit=limit, sort="price") == by_price
    assert await names(client, limit=limit, sort="-price") == by_price[::-1]
    assert await names(client, limit=limit, sort="newest") == NAMES[::-1]
    assert await names(client, limit=limit, category="New", q="torch") == ["Torch_2", "Torch 100%"]
    assert await names(client, limit=limit, category="New", q="lamp", sort="-name") == ["Floor Lamp", "Desk Lamp"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"category": "Old"}, ["Bulb", "Candle"]),
        ({"category": "old"}, []),
        ({"min_price": "400"}, ["Bulb", "Candle", "Desk Lamp", "Floor Lamp"]),
        ({"max_price": "400"}, ["Desk Lamp", "Floor Lamp", "Torch 100%", "Torch_2"]),
        ({"min_price": "301", "max_price": "499"}, ["Desk Lamp", "Floor Lamp"]),
        ({"min_price": "499", "max_price": "301"}, []),
        ({"min_price": "0", "max_price": "0"}, []),
        ({"in_stock": "true"}, ["Bulb", "Desk Lamp", "Torch 100%", "Torch_2"]),
        ({"in_stock": "false"}, ["Candle", "Floor Lamp"]),
        ({"in_stock": "true", "q": "lamp", "category": "New", "max_price": "400"}, ["Desk Lamp"]),
        ({"q": "", "category": "", "cursor": ""}, NAMES),
    ],
)
@pytest.mark.parametrize("limit", ["1", "100"])
async def test_filters_may_be_combined(client: Client, query: dict[str, str], found: list[str], limit: str) -> None:
    assert await names(client, limit=limit, **query) == found


async def test_a_product_inserted_behind_the_cursor_is_still_met(client: Client, staff: dict[str, str]) -> None:
    page = await (await client.get("/api/products?limit=2")).get_json()
    chandelier = {"name": "Chandelier", "category": "Old", "price_cents": 1}
    await client.post("/api/products", json=chandelier, headers=staff)
    await client.delete("/api/products/candle", headers={**staff, "If-Match": "*"})

    assert await names(client, cursor=page["next_cursor"]) == ["Chandelier", *NAMES[2:]]


async def test_categories_are_counted(client: Client) -> None:
    answer = await (await client.get("/api/categories")).get_json()

    assert answer == {"items": [{"name": "New", "products": 4}, {"name": "Old", "products": 2}]}
    metrics = await (await client.get("/metrics")).get_data(as_text=True)
    assert 'techcommerce_products{category="New"} 4.0' in metrics


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("limit=x", "/limit"),
        ("limit=", "/limit"),
        ("limit=%C2%B2", "/limit"),
        ("limit=" + "9" * 5000, "/limit"),
        ("min_price=-1", "/min_price"),
        ("min_price=1.5", "/min_price"),
        ("max_price=2147483648", "/max_price"),
        ("max_price=", "/max_price"),
        ("in_stock=yes", "/in_stock"),
        ("sort=stock", "/sort"),
        ("sort=relevance", "/sort"),
        ("q=%00", "/q"),
        ("q=a%0d%0aSet-Cookie:x", "/q"),
        ("q=" + "x" * 101, "/q"),
        ("category=" + "x" * 61, "/category"),
        ("page=2", "/page"),
        ("limit=5&limit=6", "/limit"),
        ("q=a&q=a", "/q"),
        ("cursor=%00", "/cursor"),
        ("cursor=zzz", "/cursor"),
        ("cursor=%C3%A9", "/cursor"),
        ("cursor=WyJuYW1lIiwxLCJhIl0", "/cursor"),  # ["name",1,"a"]
        ("cursor=WyJuYW1lIiwiXHUwMDAwIiwiYSJd", "/cursor"),  # ["name","\u0000","a"]
        ("cursor=eyJhIjoxfQ", "/cursor"),  # {"a":1}
        ("sort=price&cursor=WyJuYW1lIiwiYSIsImEiXQ", "/cursor"),  # ["name","a","a"]
        ("sort=price&cursor=WyJwcmljZSIsMWU5OSwiYSJd", "/cursor"),  # ["price",1e99,"a"]
        ("sort=price&cursor=WyJwcmljZSIsdHJ1ZSwiYSJd", "/cursor"),  # ["price",true,"a"]
        ("sort=newest&cursor=WyJuZXdlc3QiLDIsOTk5OTk5OTk5OTk5OTk5OTk5OTk5OV0", "/cursor"),  # ["newest",2,10**22-1]
        ("q=a&cursor=WyJyZWxldmFuY2UiLDcsMV0", "/cursor"),  # ["relevance",7,1]
    ],
)
async def test_wrong_queries_are_named(client: Client, query: str, pointer: str) -> None:
    answer = await client.get(f"/api/products?{query}")

    assert answer.status_code == 422
    assert [error["pointer"] for error in (await answer.get_json(force=True))["errors"]] == [pointer]
