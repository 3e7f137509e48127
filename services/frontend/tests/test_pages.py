"""The shop as a visitor without JavaScript meets it."""

import re

import pytest
from quart import Quart
from quart.typing import TestClientProtocol as Client


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]


async def text(client: Client, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    page = str(await answer.get_data(as_text=True))
    assert answer.status_code == status, page
    return page


async def fill_cart(client: Client, product: str = "glide-mouse", quantity: str = "2") -> str:
    token = hidden(await text(client, f"/products/{product}"), "csrf")
    form = {"csrf": token, "product_id": product, "quantity": quantity}
    assert (await client.post("/cart", form=form)).status_code == 303
    return token


def ids(page: str) -> list[str]:
    return re.findall(r'data-product-id="([^"]+)"', page)


async def test_the_home_page_lists_products(client: Client) -> None:
    page = await text(client, "/")
    visible = re.sub(r"<[^>]*>", " ", page)

    assert len(ids(page)) == 12
    assert "product" in visible
    assert "Shop &lt;Test&gt;" in page
    assert "staging" in visible


async def test_pages_search_and_filters_find_what_they_should(client: Client) -> None:
    assert ids(await text(client, "/?q=glide")) == ["glide-mouse"]
    assert len(ids(await text(client, "/?category=Audio&sort=&q="))) == 4
    assert ids(await text(client, "/?sort=price"))[0] == "relay-smart-plug-pair"
    assert "No product matches" in await text(client, "/?q=%3Cscript%3E")

    more = re.search(r'href="(/\?cursor=[^"]+)"', await text(client, "/"))
    assert more
    assert not set(ids(await text(client, more[1]))) & set(ids(await text(client, "/")))


async def test_odd_addresses_get_a_page(client: Client) -> None:
    for path in ("/products/nothing", "/products/%00", "/orders/TC-000000-000000", "/static/x.css", "/no"):
        assert "Nothing here" in await text(client, path, 404)
    assert "That did not work" in await text(client, "/?cursor=broken", 400)


async def test_a_cart_becomes_an_order(client: Client, catalogue: Quart) -> None:
    token = await fill_cart(client)
    await fill_cart(client, "vista-27-monitor", "1")
    assert "€587.00" in await text(client, "/cart")
    form = {"csrf": token, "product_id": "vista-27-monitor", "quantity": "0", "mode": "set"}
    await client.post("/cart", form=form)

    key = hidden(await text(client, "/checkout"), "key")
    filled = {"csrf": token, "key": key, "name": "Ada Lovelace", "email": "ada@example.org"}
    placed = await client.post("/checkout", form=filled)
    again = await client.post("/checkout", form=filled)  # the button pressed twice

    assert (placed.status_code, again.headers["Location"]) == (303, placed.headers["Location"])
    page = await text(client, placed.headers["Location"])
    assert 'data-order-status="placed"' in page
    assert "2 \u00d7 Glide Mouse" in page
    assert "€138.00" in page
    assert "Nothing in it yet" in await text(client, "/cart")
    mouse = await (await catalogue.test_client().get("/api/products/glide-mouse")).get_json()
    assert mouse["stock"] == 68


async def test_a_refused_order_says_why_and_can_be_sent_again(client: Client, catalogue: Quart) -> None:
    token = await fill_cart(client, "forge-17-workstation", "4")
    key = hidden(await text(client, "/checkout"), "key")
    held = {"order_id": "other", "lines": [{"product_id": "forge-17-workstation", "quantity": 3}]}
    await catalogue.test_client().post("/api/reservations", json=held)

    filled = {"csrf": token, "key": key, "name": "Ada", "email": "ada@example.org"}
    answer = await client.post("/checkout", form=filled)
    page = str(await answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert "Only 1 of forge-17-workstation available" in page
    assert (hidden(page, "key") != key, 'value="ada@example.org"' in page) == (True, True)

    wrong = await client.post("/checkout", form={**filled, "key": hidden(page, "key"), "email": "nobody"})
    assert "email must be an e-mail address" in await wrong.get_data(as_text=True)


@pytest.mark.parametrize("token", ["", "guessed", "ünïcode"])
async def test_a_form_needs_the_visitors_token(client: Client, token: str) -> None:
    await text(client, "/products/glide-mouse")
    form = {"csrf": token, "product_id": "glide-mouse", "quantity": "1"}

    assert (await client.post("/cart", form=form)).status_code == 403
    assert "Nothing in it yet" in await text(client, "/cart")


async def test_odd_quantities_leave_the_cart_alone(client: Client) -> None:
    for quantity in ("-1", "1e9", "", "999999"):
        await fill_cart(client, quantity=quantity)

    assert "Nothing in it yet" in await text(client, "/cart")


async def test_pages_are_revalidated_and_files_kept_forever(client: Client) -> None:
    page = await client.get("/")
    again = await client.get("/", headers={"If-None-Match": page.headers["ETag"]})
    sheet = re.search(r'href="(/static/style\.[0-9a-f]{12}\.css)"', await page.get_data(as_text=True))
    assert sheet
    style = await client.get(sheet[1])

    assert (page.headers["Cache-Control"], again.status_code) == ("private, no-cache", 304)
    assert style.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert style.content_type.startswith("text/css")


@pytest.mark.parametrize("path", ["/", "/cart", "/nowhere", "/api/products", "/healthz"])
async def test_every_answer_is_hardened(client: Client, path: str) -> None:
    headers = (await client.get(path)).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_cookie_is_secure_over_tls(client: Client, scheme: str) -> None:
    answer = await client.get("/products/glide-mouse", headers={"X-Forwarded-Proto": scheme})
    cookie = answer.headers["Set-Cookie"]

    assert ("Secure" in cookie) == (scheme == "https")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


async def test_pages_load_nothing_from_elsewhere_and_have_no_inline_code(client: Client) -> None:
    await fill_cart(client)
    for path in ("/", "/products/glide-mouse", "/cart", "/checkout", "/orders"):
        page = await text(client, path)
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|(src|href|action)=\"(https?:)?//", page), path
