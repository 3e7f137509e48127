"""The gateway passes on what it should, and nothing else."""

from quart import Quart, Response, request
from quart.typing import TestClientProtocol as Client
from testing.server import free_port, running

from frontend.app import create_app
from frontend.settings import Settings


async def test_products_and_orders_are_reached(client: Client) -> None:
    page = await client.get("/api/products?limit=1&category=Smart%20home&sort=-price")
    body = {
        "customer": {"name": "Ada", "email": "ada@example.org"},
        "lines": [{"product_id": "glide-mouse", "quantity": 1}],
    }
    placed = await client.post("/api/orders", json=body, headers={"Idempotency-Key": "key-00001"})
    moved = await client.post(f"{placed.headers['Location']}/transitions", json={"to": "paid"})

    assert [item["id"] for item in (await page.get_json())["items"]] == ["hearth-thermostat"]
    assert (placed.status_code, (await moved.get_json())["status"]) == (201, "paid")


async def test_an_unchanged_answer_is_not_sent_again(client: Client) -> None:
    etag = (await client.get("/api/products/glide-mouse")).headers["ETag"]
    again = await client.get("/api/products/glide-mouse", headers={"If-None-Match": etag})

    assert (again.status_code, await again.get_data()) == (304, b"")


async def test_errors_of_the_apis_come_through(client: Client) -> None:
    answer = await client.get("/api/products/nothing")

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


async def test_nothing_else_is_reachable(client: Client) -> None:
    body = {"order_id": "a", "lines": [{"product_id": "glide-mouse", "quantity": 1}]}
    for path in ("/api/reservations", "/api/categories/x", "/api/products-internal"):
        answer = await client.post(path, json=body)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json"), path
    for path in ("/api/products/../reservations", "/api/products/%2e%2e/reservations"):
        assert (await client.post(path, json=body)).status_code in (400, 404), path


async def test_a_large_body_is_refused(client: Client) -> None:
    answer = await client.post("/api/products", data=b"x" * 70_000)

    assert answer.status_code == 413


async def test_headers_are_chosen_in_both_directions() -> None:
    echo = Quart(__name__, static_folder=None)

    @echo.get("/api/products")
    async def headers() -> Response:
        response = Response(" ".join(sorted(name.lower() for name, _ in request.headers.items())))
        response.headers.update({"Set-Cookie": "a=b", "X-Internal": "1", "Retry-After": "1"})
        return response

    private = {"Cookie": "cart=1", "Authorization": "x", "TE": "trailers", "X-Forwarded-For": "::1"}
    sent = {**private, "Accept": "*/*"}
    async with running(echo) as url:
        app = create_app(Settings(product_api_url=url, order_api_url=url, environment="development"))
        async with app.test_app() as started:
            answer = await started.test_client().get("/api/products", headers=sent)

    seen = set((await answer.get_data(as_text=True)).split())
    assert "accept" in seen
    assert "x-request-id" in seen
    assert not seen & {name.lower() for name in private}
    assert answer.headers["Retry-After"] == "1"
    assert not {"Set-Cookie", "X-Internal"} & set(answer.headers.keys())


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
