"""How often clients may ask, and who counts as one."""

import asyncio

import pytest
from quart import Quart
from visitor import Visitor, hidden
from werkzeug.datastructures import Headers

LIMITED = {"rate_limit_per_second": 1.0, "rate_limit_burst": 3}


@pytest.mark.parametrize("changes", [LIMITED])
async def test_a_client_that_asks_too_often_is_told_when_to_come_back(visitor: Visitor) -> None:
    answers = [await visitor.client.get("/api/categories") for _ in range(4)]
    page = await visitor.page("/orders", 429)
    late = answers[-1]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"clients";q=3;w=3'
    assert (late.headers["Retry-After"], late.headers["RateLimit"]) == ("1", '"clients";r=0;t=1')
    assert late.content_type == "application/problem+json"
    assert "One moment, please" in page
    assert 'techcommerce_rate_limited_total{limit="clients"} 2.0' in await visitor.page("/metrics")


@pytest.mark.parametrize("changes", [LIMITED])
async def test_probes_and_files_are_not_limited(visitor: Visitor) -> None:
    for path in ("/healthz", "/livez", "/metrics", "/static/no.css"):
        answers = await asyncio.gather(*(visitor.client.get(path) for _ in range(5)))
        assert {answer.status_code for answer in answers} <= {200, 404}


async def allowed(app: Quart, forwarded: list[str]) -> int:
    """How many of these clients, told apart by X-Forwarded-For alone, get an answer."""
    client = app.test_client()
    answers = [await client.get("/api/categories", headers={"X-Forwarded-For": value}) for value in forwarded]
    return sum(answer.status_code == 200 for answer in answers)


@pytest.mark.parametrize("changes", [LIMITED])
async def test_without_a_trusted_proxy_nobody_chooses_an_address(app: Quart) -> None:
    assert await allowed(app, [f"192.0.2.{number}" for number in range(9)]) == 3


@pytest.mark.parametrize("changes", [{**LIMITED, "trusted_hops": 1}])
async def test_behind_one_proxy_its_word_counts_and_earlier_ones_do_not(app: Quart) -> None:
    assert await allowed(app, [f"192.0.2.{number}" for number in range(9)]) == 9
    assert await allowed(app, [f"192.0.2.{number}, 198.51.100.7" for number in range(9)]) == 3


@pytest.mark.parametrize("changes", [{**LIMITED, "trusted_hops": 1}])
async def test_a_line_of_the_clients_own_does_not_hide_the_proxys(app: Quart) -> None:
    client, statuses = app.test_client(), []
    for number in range(5):
        headers = Headers([("X-Forwarded-For", f"192.0.2.{number}"), ("X-Forwarded-For", "198.51.100.7")])
        statuses.append((await client.get("/api/categories", headers=headers)).status_code)

    assert statuses == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("changes", [{**LIMITED, "trusted_hops": 2}])
async def test_behind_two_proxies_a_short_chain_is_not_believed(app: Quart) -> None:
    assert await allowed(app, [f"192.0.2.{number}" for number in range(9)]) == 3


@pytest.mark.parametrize("changes", [{**LIMITED, "trusted_hops": 1}])
@pytest.mark.parametrize(
    "same",
    [
        [f"2001:db8:1:2::{number:x}" for number in range(9)],
        ["203.0.113.9", "::ffff:203.0.113.9"] * 4,
        ["nonsense", "1.2.3", "unknown", "'; DROP TABLE", "[::1"],
    ],
)
async def test_one_client_has_one_limit(app: Quart, same: list[str]) -> None:
    assert await allowed(app, same) == 3


@pytest.mark.parametrize("token", ["", "guessed", "ünïcode", "\ud800"])
async def test_a_form_needs_the_visitors_token(visitor: Visitor, token: str) -> None:
    await visitor.page("/products/glide-mouse")
    form = {"csrf": token.encode("utf-8", "replace").decode(), "product_id": "glide-mouse", "quantity": "1"}
    for path in ("/cart", "/checkout", "/orders/TC-0Q2M4K-9XW3PA/cancel", "/staff/login"):
        assert (await visitor.client.post(path, form=form)).status_code == 403
    assert "Nothing in it yet" in await visitor.page("/cart")


async def test_a_token_of_somebody_else_is_refused(app: Quart, visitor: Visitor) -> None:
    other = Visitor(app.test_client())
    await visitor.page("/products/glide-mouse")
    form = {"csrf": await other.token(), "product_id": "glide-mouse", "quantity": "1"}

    assert (await visitor.client.post("/cart", form=form)).status_code == 403


async def test_a_form_from_another_site_is_refused(visitor: Visitor) -> None:
    token = hidden(await visitor.page("/products/glide-mouse"), "csrf")
    form = {"csrf": token, "product_id": "glide-mouse", "quantity": "1"}
    answer = await visitor.client.post("/cart", form=form, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/staff/orders/TC-0Q2M4K-9XW3PA/transitions", "/staff/products", "/staff/logout"])
async def test_forms_of_staff_need_it_too(staff: Visitor, path: str) -> None:
    assert (await staff.client.post(path, form={"to": "paid"})).status_code == 403


async def test_forms_that_are_no_forms_are_refused(visitor: Visitor) -> None:
    await visitor.page("/products/glide-mouse")
    for content, kind in (
        (b"\xff" * 100, "application/x-www-form-urlencoded"),
        (b"csrf=%ff%00", "application/x-www-form-urlencoded"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"a=1&" * 2000, "application/x-www-form-urlencoded"),
    ):
        answer = await visitor.client.post("/cart", data=content, headers={"Content-Type": kind})
        assert answer.status_code in (400, 403, 413), (content[:20], kind)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await visitor.client.post("/cart", data=b"x" * 70_000, headers=headers)).status_code == 413
