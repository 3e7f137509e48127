"""The gateway passes on what it should, and nothing else."""

import asyncio
import json
from typing import Any
from urllib.parse import unquote

import pytest
from quart import Quart
from stand_ins import OrderApi, ProductApi
from testing.openapi import documented, served
from testing.server import free_port
from visitor import Visitor

from frontend.app import create_app
from frontend.settings import Settings

BODY: dict[str, Any] = {
    "customer": {"name": "Ada", "email": "ada@example.org", "address": "London"},
    "lines": [{"product_id": "glide-mouse", "quantity": 1}],
}
NEW = {"name": "Lamp", "description": "", "category": "Light", "price_cents": 100, "currency": "EUR", "stock": 1}


async def test_products_categories_and_orders_are_reached(visitor: Visitor) -> None:
    client = visitor.client
    page = await client.get("/api/products?limit=1&category=Smart%20home&sort=-price")
    categories = await client.get("/api/categories")
    placed = await client.post("/api/orders", json=BODY, headers={"Idempotency-Key": "key-00001"})
    shown = await client.get(placed.headers["Location"])

    assert [item["id"] for item in (await page.get_json())["items"]] == ["hearth-thermostat"]
    assert len((await categories.get_json())["items"]) == 6
    assert (placed.status_code, (await shown.get_json())["status"]) == (201, "placed")
    assert (await shown.get_json())["customer"] == {"name": "Ada"}


async def test_an_unchanged_answer_is_not_sent_again(visitor: Visitor) -> None:
    etag = (await visitor.client.get("/api/products/glide-mouse")).headers["ETag"]
    again = await visitor.client.get("/api/products/glide-mouse", headers={"If-None-Match": etag})

    assert (again.status_code, await again.get_data()) == (304, b"")


async def test_head_has_the_length_and_no_body(app: Quart, visitor: Visitor) -> None:
    length = len(await (await visitor.client.get("/api/products/glide-mouse")).get_data())
    async with app.test_client().request("/api/products/glide-mouse", method="HEAD") as connection:
        await connection.send_complete()

    assert connection.headers
    assert (connection.headers["Content-Length"], bytes(connection.response_data)) == (str(length), b"")


async def test_errors_of_the_apis_come_through(visitor: Visitor) -> None:
    answer = await visitor.client.get("/api/products/nothing")

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "path", ["/api/reservations", "/api/reservations/a", "/api/products-internal", "/api", "/api/"]
)
async def test_nothing_else_is_reachable(visitor: Visitor, product_api: ProductApi, path: str) -> None:
    answer = await visitor.client.post(path, json=BODY)

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert product_api.trouble.asked == []


@pytest.mark.parametrize(
    "path",
    [
        "/api/products/../reservations",
        "/api/products/%2e%2e/reservations",
        "/api/products/%2E./reservations",
        "/api/products/..%2freservations",
        "/api/products/a%2f..%2f..%2freservations",
        "/api/products/..%5creservations",
        "/api/products/..\\reservations",
        "/api/products/%252e%252e/reservations",
        "/api/products//reservations",
        "/api/products/./x",
        "/api/products/%00",
        "/api/products/%0d%0aX:y",
        "/api/products/ü",
    ],
)
async def test_a_path_that_is_not_plain_goes_nowhere(app: Quart, product_api: ProductApi, path: str) -> None:
    client = app.test_client()
    async with client.request(unquote(path), method="POST") as connection:
        # the bytes as a server gives them: the test's client would tidy them up
        connection.scope["raw_path"] = path.encode()
        await connection.send_complete()
    answer = await connection.as_response()

    assert answer.status_code in (400, 404, 308)
    assert product_api.trouble.asked == []


@pytest.mark.parametrize("query", ["a=\r\nX: y", "a=\x00", "a=b c", "ü=1"])
async def test_a_query_with_control_characters_goes_nowhere(app: Quart, product_api: ProductApi, query: str) -> None:
    async with app.test_client().request("/api/products", method="GET") as connection:
        connection.scope["query_string"] = query.encode()
        await connection.send_complete()
    answer = await connection.as_response()

    assert answer.status_code == 400
    assert product_api.trouble.asked == []


@pytest.mark.parametrize("name", ["Accept", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"])
async def test_a_header_with_control_characters_goes_nowhere(app: Quart, order_api: OrderApi, name: str) -> None:
    async with app.test_client().request("/api/orders", method="POST") as connection:
        connection.scope["headers"].append((name.lower().encode(), b"a\x7f\xff"))
        await connection.send_complete()
    answer = await connection.as_response()

    assert answer.status_code == 400
    assert order_api.trouble.asked == []


async def test_headers_are_chosen_in_both_directions(visitor: Visitor, product_api: ProductApi) -> None:
    private = {"Cookie": "cart=1", "Authorization": "Bearer x", "TE": "trailers", "Upgrade": "h2c", "Via": "1.1 x"}
    forwarded = {"X-Forwarded-For": "::1", "Forwarded": "for=1", "X-Real-IP": "1.1.1.1", "X-Staff": "root"}
    sent = {**private, **forwarded, "Accept": "text/csv", "X-Request-Id": "trace-me-0001"}
    await visitor.client.get("/api/products", headers=sent)
    ((_, _, seen),) = product_api.trouble.asked
    names = {name.title() for name in seen}

    assert (seen["Accept"], seen["X-Request-Id"]) == ("text/csv", "trace-me-0001")
    assert seen["Authorization"].startswith("Bearer ey")
    assert not names & {name.title() for name in {**private, **forwarded}} - {"Authorization"}


async def test_answers_lose_cookies_and_what_nobody_named(visitor: Visitor, product_api: ProductApi) -> None:
    @product_api.app.after_request
    async def more(response: Any) -> Any:
        response.headers.update({"Set-Cookie": "a=b", "X-Internal": "1", "Retry-After": "1", "Server": "x"})
        return response

    answer = await visitor.client.get("/api/products")

    assert answer.headers["Retry-After"] == "1"
    assert not {"Set-Cookie", "X-Internal", "Server"} & set(answer.headers.keys())


async def test_a_large_body_is_refused(visitor: Visitor, order_api: OrderApi) -> None:
    for path in ("/api/orders", "/api/products"):
        assert (await visitor.client.post(path, data=b"x" * 70_000)).status_code == 413
    assert order_api.trouble.asked == []


async def test_a_body_that_grows_too_large_on_the_way_is_refused(app: Quart, order_api: OrderApi) -> None:
    async with app.test_client().request("/api/orders", method="POST") as connection:
        for _ in range(9):
            await connection.send(b"x" * 8_192)
        await connection.send_complete()
    answer = await connection.as_response()

    assert answer.status_code == 413
    assert order_api.trouble.asked == []


async def test_an_idempotent_call_is_repeated_and_others_are_not(
    visitor: Visitor, product_api: ProductApi, order_api: OrderApi
) -> None:
    product_api.trouble.status = order_api.trouble.status = 503
    await visitor.client.get("/api/products")
    await visitor.client.post("/api/orders", json=BODY, headers={"Idempotency-Key": "key-00001"})
    tries = len(order_api.trouble.asked)
    await visitor.client.post("/api/orders", json=BODY)

    assert (len(product_api.trouble.asked), tries, len(order_api.trouble.asked)) == (3, 3, 4)


async def test_a_dead_upstream_is_left_alone_for_a_while(visitor: Visitor, product_api: ProductApi) -> None:
    product_api.trouble.status = 503
    for _ in range(6):
        await visitor.client.get("/api/products")
    asked = len(product_api.trouble.asked)
    answer = await visitor.client.get("/api/products")
    metrics = await visitor.page("/metrics")

    assert (answer.status_code, answer.headers["Retry-After"]) == (502, "5")
    assert len(product_api.trouble.asked) == asked
    assert 'techcommerce_upstream_breaker_open{upstream="product-api"} 1.0' in metrics
    assert 'techcommerce_gateway_requests_total{method="GET",status="502",upstream="product-api"}' in metrics


async def test_without_the_apis_pages_and_gateway_say_so() -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    app = create_app(Settings(product_api_url=nobody, order_api_url=nobody, environment="development"))
    async with app.test_app() as started:
        client = started.test_client()
        home = await client.get("/")
        forwarded = await client.get("/api/products")
        ready = await client.get("/healthz")

    assert (home.status_code, home.headers["Retry-After"]) == (503, "5")
    assert "away right now" in await home.get_data(as_text=True)
    assert (forwarded.status_code, forwarded.content_type) == (502, "application/problem+json")
    assert ready.status_code == 200


async def test_a_slow_upstream_is_a_timeout(app: Quart, visitor: Visitor, product_api: ProductApi) -> None:
    upstream = app.extensions["product-api"]
    upstream._seconds = 0.2  # five seconds in earnest
    await upstream._connections.close()
    product_api.trouble.hang = True
    page, answer = await asyncio.gather(visitor.client.get("/products"), visitor.client.get("/api/products"))

    assert (page.status_code, answer.status_code) == (503, 504)
    assert "did not answer in time" in (await answer.get_json(force=True))["detail"]


async def test_staff_needs_its_token_for_what_changes(staff: Visitor, product_api: ProductApi) -> None:
    token = await staff.token()
    without = await staff.client.post("/api/products", json=NEW)
    wrong = await staff.client.post("/api/products", json=NEW, headers={"X-CSRF-Token": "x" + token})
    right = await staff.client.post("/api/products", json=NEW, headers={"X-CSRF-Token": token})
    queue = await staff.client.get("/api/orders?status=placed")

    assert (without.status_code, wrong.status_code, right.status_code) == (403, 403, 201)
    assert "lamp" in product_api.products
    assert (queue.status_code, queue.headers["Cache-Control"]) == (200, "no-store")


async def test_the_public_may_not_do_what_staff_may(visitor: Visitor, product_api: ProductApi) -> None:
    token = await visitor.token()
    for method, path in (("POST", "products"), ("PUT", "products/glide-mouse"), ("DELETE", "products/glide-mouse")):
        call = visitor.client.open(f"/api/{path}", method=method, json=NEW, headers={"X-CSRF-Token": token})
        assert (await call).status_code == 403
    assert (await visitor.client.get("/api/orders")).status_code == 403
    assert "glide-mouse" in product_api.products


# aiohttp would rather stream what is larger than 1 MiB; ten of them are copied to the socket in a few milliseconds
@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_large_import_is_for_staff_only(visitor: Visitor, staff: Visitor, product_api: ProductApi) -> None:
    file = b"id,name\n" + b"x" * (10 * 1024 * 1024 - 8)
    headers = {"Content-Type": "text/csv", "X-CSRF-Token": await staff.token()}
    refused = await visitor.client.post("/api/products/import", data=file, headers=headers)
    taken = await staff.client.post("/api/products/import", data=file, headers=headers)
    larger = await staff.client.post("/api/products/import", data=file + b"y" * 70_000, headers=headers)

    assert (refused.status_code, taken.status_code, larger.status_code) == (403, 200, 413)
    assert [len(content) for content in product_api.imported] == [len(file)]


async def test_every_documented_operation_has_a_route(app: Quart) -> None:
    document = json.loads(await (await app.test_client().get("/openapi.json")).get_data())
    adapter = app.url_map.bind("")
    for operation in documented(document):
        method, path = operation.split(" ")
        assert adapter.match(path.replace("{", "").replace("}", ""), method)[0], operation
    passed_on = {f"{method} /api/{kind}" for method in ("GET", "POST", "PUT", "DELETE") for kind in (
        "products", "products/{rest}", "categories", "orders", "orders/{rest}")}  # fmt: skip
    assert served(app, under="/api") == passed_on
    assert served(app) - {route for route in served(app) if _is_page(route)} - passed_on <= documented(document)


def _is_page(route: str) -> bool:
    path = route.split(" ")[1]
    return path == "/" or path.startswith(("/cart", "/checkout", "/orders", "/products", "/staff", "/static"))
