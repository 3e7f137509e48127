"""Whatever is sent, the answer is a problem document, and nothing is taken or lost."""

import asyncio
from typing import Any

import pytest
from catalogue_stand_in import Shelf
from order_requests import ADA, body_of, place, show, token
from quart.typing import TestClientProtocol as Client
from testing.server import running

from order_api.app import create_app
from order_api.settings import Settings

KEY = {"Idempotency-Key": "key-00001"}
JSON = {**KEY, "Content-Type": "application/json"}
LAMP = {"product_id": "lamp", "quantity": 1}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing of this gets as far as a database."""
    return sqlite_url


@pytest.mark.parametrize("key", ["", "short", "x" * 129, "with space", "ünicode-key", "tab\tulator"])
async def test_a_key_is_required(client: Client, key: str) -> None:
    headers = {"Idempotency-Key": key} if key else {}
    answer = await client.post("/api/orders", json=body_of({"lamp": 1}), headers=headers)

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"customer": {**ADA, "name": ""}}, "/customer/name"),
        ({"customer": {**ADA, "name": "x" * 121}}, "/customer/name"),
        ({"customer": {**ADA, "name": "Ada\x00"}}, "/customer/name"),
        ({"customer": {**ADA, "name": "Ada\r\nSet-Cookie: a=b"}}, "/customer/name"),
        ({"customer": {**ADA, "name": "\ud800"}}, "/customer/name"),
        ({"customer": {**ADA, "name": 1}}, "/customer/name"),
        ({"customer": {**ADA, "email": "nobody"}}, "/customer/email"),
        ({"customer": {**ADA, "email": "a@b.c\nBcc: d@e.f"}}, "/customer/email"),
        ({"customer": {**ADA, "address": "x" * 501}}, "/customer/address"),
        ({"customer": {**ADA, "address": None}}, "/customer/address"),
        ({"customer": {**ADA, "phone": "1"}}, "/customer/phone"),
        ({"customer": None}, "/customer"),
        ({"customer": [ADA]}, "/customer"),
        ({"lines": []}, "/lines"),
        ({"lines": [LAMP] * 51}, "/lines"),
        ({"lines": [{**LAMP, "quantity": 600}] * 2}, "/lines"),
        ({"lines": {"0": LAMP}}, "/lines"),
        ({"lines": ["lamp"]}, "/lines/0"),
        ({"lines": [{**LAMP, "quantity": 0}]}, "/lines/0/quantity"),
        ({"lines": [{**LAMP, "quantity": -1}]}, "/lines/0/quantity"),
        ({"lines": [{**LAMP, "quantity": 1.5}]}, "/lines/0/quantity"),
        ({"lines": [{**LAMP, "quantity": True}]}, "/lines/0/quantity"),
        ({"lines": [{**LAMP, "quantity": "1"}]}, "/lines/0/quantity"),
        ({"lines": [{**LAMP, "quantity": 10**30}]}, "/lines/0/quantity"),
        ({"lines": [{**LAMP, "product_id": ["lamp"]}]}, "/lines/0/product_id"),
        ({"lines": [{**LAMP, "unit_price_cents": 1}]}, "/lines/0/unit_price_cents"),
        ({"total_cents": 1}, "/total_cents"),
    ],
)
async def test_wrong_fields_are_named(client: Client, shelf: Shelf, change: dict[str, Any], pointer: str) -> None:
    answer = await client.post("/api/orders", json={**body_of({"lamp": 1}), **change}, headers=KEY)

    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert pointer in [error["pointer"] for error in (await answer.get_json(force=True))["errors"]]
    assert shelf.calls == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"customer": NaN}', 400),
        (b"[" * 30_000, 400),
        (b'{"lines": ' + b"9" * 10_000 + b"}", 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"' + b"x" * 70_000 + b'"', 413),
    ],
    ids=["empty", "cut", "no text", "no number", "deep", "long number", "null", "list", "huge"],
)
async def test_bodies_that_are_no_order(client: Client, shelf: Shelf, body: bytes, status: int) -> None:
    for path, headers in (("/api/orders", JSON), ("/api/orders/TC-000000-000000/transitions", {**JSON, **token("g")})):
        answer = await client.post(path, data=body, headers=headers)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert shelf.calls == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/json\x7f"])
async def test_only_json_is_read(client: Client, kind: str) -> None:
    answer = await client.post("/api/orders", data=b"{}", headers={**KEY, "Content-Type": kind})

    assert answer.status_code == 415


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"to": "pending"},
        {"to": "rejected"},
        {"to": "PAID"},
        {"to": ["paid"]},
        {"to": None},
        {"to": "paid", "note": "x" * 501},
        {"to": "paid", "note": "\x00"},
        {"to": "paid", "actor": "somebody else"},
    ],
)
async def test_a_step_that_is_none(client: Client, body: dict[str, Any]) -> None:
    _, order = await place(client, lamp=1)
    answer = await client.post(f"/api/orders/{order['number']}/transitions", json=body, headers=token("grace"))

    assert answer.status_code == 422
    assert (await show(client, order["number"]))[1] == order


async def test_other_methods_are_named(client: Client) -> None:
    answer = await client.delete("/api/orders")

    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    "head",
    [
        b"POST /api/orders HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /api/orders HTTP/1.1\r\nHost: a\r\nIdempotency-Key: a\x00b\r\nContent-Length: 0\r\n\r\n",
        b"GET /api/orders/\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"NONSENSE\r\n\r\n",
    ],
    ids=["length below zero", "two lengths", "header with NUL", "path that is no text", "no request"],
)
async def test_broken_requests_are_client_errors(settings: Settings, head: bytes) -> None:
    async with running(create_app(settings)) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rsplit(":", 1)[1]))
        writer.write(head)
        first = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        await writer.wait_closed()

    assert first.split(b" ")[1][:1] == b"4"
