"""Products over HTTP, on both databases."""

import asyncio
import re
from typing import Any

import pytest
from quart.typing import TestClientProtocol as Client

PATH = "/api/products/desk-lamp"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture
async def etag(client: Client, staff: dict[str, str], lamp: dict[str, Any]) -> str:
    """The tag of a lamp that is in the catalogue."""
    answer = await client.post("/api/products", json=lamp, headers=staff)
    assert answer.status_code == 201
    return str(answer.headers["ETag"])


async def test_a_product_lives_from_post_to_delete(client: Client, staff: dict[str, str], lamp: dict[str, Any]) -> None:
    created = await client.post("/api/products", json=lamp, headers=staff)
    shown = await created.get_json()
    times = [shown.pop("created_at"), shown.pop("updated_at")]
    whole = {"id": "desk-lamp", "description": "", "currency": "EUR", "version": 1, **lamp}
    assert (created.status_code, created.headers["Location"], shown) == (201, PATH, whole)
    assert all(TIME.fullmatch(time) for time in times)
    assert (await client.post("/api/products", json=lamp, headers=staff)).status_code == 409

    content = {"name": "Lamp", "category": "Light", "price_cents": 1900, "description": "Two\nlines"}
    seen = {**staff, "If-Match": (await client.get(PATH)).headers["ETag"]}
    changed = await client.put(PATH, json=content, headers=seen)
    read = await client.get(PATH)
    assert (changed.status_code, await changed.get_json()) == (200, await read.get_json())
    assert changed.headers["ETag"] == read.headers["ETag"]
    assert (await read.get_json()).items() >= {**whole, **content, "version": 2, "stock": 5}.items()

    assert (await client.delete(PATH, headers=seen)).status_code == 412
    assert (await client.delete(PATH, headers={**staff, "If-Match": '"2"'})).status_code == 204
    assert (await client.get(PATH)).status_code == 404
    again = {**staff, "If-Match": "*"}
    assert (await client.delete(PATH, headers=again)).status_code == 404
    assert (await client.put(PATH, json=content, headers=again)).status_code == 404


@pytest.mark.usefixtures("etag")
@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        (None, 428),
        ('"1"', 200),
        ('"1.00ff"', 200),
        ('"7", "1"', 200),
        ("*", 200),
        (" * ", 200),
        ('"2"', 412),
        ('W/"1"', 412),
        ('"9999999999999999999"', 412),
        ('"1 OR 1=1"', 400),
        ('"one"', 412),
        ('""', 412),
        ("1", 400),
        ("", 400),
        ('"1', 400),
        ('*, "1"', 400),
    ],
)
async def test_only_what_was_seen_is_overwritten(
    client: Client, staff: dict[str, str], if_match: str | None, status: int
) -> None:
    content = {"name": "Lamp", "category": "Light", "price_cents": 1}
    headers = staff if if_match is None else {**staff, "If-Match": if_match}
    answer = await client.put(PATH, json=content, headers=headers)

    assert answer.status_code == status
    shown = await (await client.get(PATH)).get_json()
    assert (shown["version"], shown["name"]) == ((2, "Lamp") if status == 200 else (1, "Desk Lamp"))
    if status == 412:
        assert (await answer.get_json(force=True))["version"] == 1


async def test_of_concurrent_changes_one_wins(client: Client, staff: dict[str, str], etag: str) -> None:
    headers = {**staff, "If-Match": etag}
    contents = [{"name": f"Lamp {number}", "category": "Light", "price_cents": 1} for number in range(8)]
    answers = await asyncio.gather(*(client.put(PATH, json=content, headers=headers) for content in contents))

    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [200] + [412] * 7
    shown = await (await client.get(PATH)).get_json()
    assert (shown["version"], shown["name"]) == (2, contents[statuses.index(200)]["name"])


async def test_a_sale_stops_nobody_from_editing(client: Client, staff: dict[str, str], etag: str) -> None:
    change = await client.post(f"{PATH}/stock", json={"change": -1, "reason": "Sold"}, headers=staff)
    assert change.headers["ETag"] != etag

    content = {"name": "Lamp", "category": "Light", "price_cents": 1}
    answer = await client.put(PATH, json=content, headers={**staff, "If-Match": etag})
    assert (answer.status_code, (await answer.get_json())["stock"]) == (200, 4)


@pytest.mark.usefixtures("etag")
async def test_an_unchanged_answer_is_not_sent_again(client: Client, staff: dict[str, str]) -> None:
    tags = {}
    for path in ("/api/products", PATH, "/api/categories", "/api/products?q=lamp"):
        first = await client.get(path)
        tags[path] = first.headers["ETag"]
        assert first.headers["Cache-Control"] == "no-cache"
        for sent in (tags[path], f"W/{tags[path]}", f'"x", {tags[path]}', "*"):
            again = await client.get(path, headers={"If-None-Match": sent})
            assert (again.status_code, await again.get_data()) == (304, b""), (path, sent)
            assert again.headers["ETag"] == tags[path]

    await client.post(f"{PATH}/stock", json={"change": 1, "reason": "Found"}, headers=staff)
    for path in ("/api/products", PATH, "/api/products?q=lamp"):
        changed = await client.get(path, headers={"If-None-Match": tags[path]})
        assert changed.status_code == 200, path


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"price_cents": -1}, "/price_cents"),
        ({"price_cents": 10**30}, "/price_cents"),
        ({"price_cents": 1.5}, "/price_cents"),
        ({"price_cents": True}, "/price_cents"),
        ({"price_cents": None}, "/price_cents"),
        ({"stock": "5"}, "/stock"),
        ({"stock": 1_000_001}, "/stock"),
        ({"name": "\ud800"}, "/name"),
        ({"name": "a\x00"}, "/name"),
        ({"name": "a\r\nSet-Cookie: x"}, "/name"),
        ({"name": "x" * 121}, "/name"),
        ({"name": " "}, "/name"),
        ({"name": ["a"]}, "/name"),
        ({"description": "x" * 2001}, "/description"),
        ({"category": None}, "/category"),
        ({"currency": "Euro"}, "/currency"),
        ({"currency": "EU€"}, "/currency"),
        ({"id": "UPPER"}, "/id"),
        ({"id": "../etc"}, "/id"),
        ({"version": 7}, "/version"),
        ({"color": "red"}, "/color"),
    ],
)
async def test_wrong_fields_are_named(
    client: Client, staff: dict[str, str], lamp: dict[str, Any], change: dict[str, Any], pointer: str
) -> None:
    answer = await client.post("/api/products", json={**lamp, **change}, headers=staff)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in (await answer.get_json(force=True))["errors"]]


@pytest.mark.usefixtures("etag")
@pytest.mark.parametrize("name", ["id", "stock", "version"])
async def test_a_change_has_no_stock_and_no_id(client: Client, staff: dict[str, str], name: str) -> None:
    content = {"name": "Lamp", "category": "Light", "price_cents": 1, name: 1}
    answer = await client.put(PATH, json=content, headers={**staff, "If-Match": "*"})

    errors = (await answer.get_json(force=True))["errors"]
    assert (answer.status_code, errors) == (422, [{"pointer": f"/{name}", "detail": "is not a known field"}])


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b'{"price_cents": ' + b"9" * 10_000 + b"}", "application/json", 400),
        (b'{"price_cents": NaN}', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b" " * 70_000, "application/json", 413),
    ],
)
async def test_bodies_that_are_no_product(
    client: Client, staff: dict[str, str], body: bytes, kind: str, status: int
) -> None:
    answer = await client.post("/api/products", data=body, headers={**staff, "Content-Type": kind})

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


@pytest.mark.parametrize("product_id", ["UPPER", "%00", "-", "x" * 65, "%ED%A0%80", "..", "a%20b", "a'--", "a%0d%0ab"])
async def test_odd_ids_are_not_found(client: Client, staff: dict[str, str], product_id: str) -> None:
    path = f"/api/products/{product_id}"
    assert (await client.get(path)).status_code == 404
    assert (await client.delete(path, headers={**staff, "If-Match": "*"})).status_code in (404, 405)
