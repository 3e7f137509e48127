"""From the cart to an order, and everything that may go wrong on the way."""

import asyncio
from unittest.mock import ANY

import pytest
from quart import Quart
from stand_ins import OrderApi, ProductApi
from visitor import ADA, Visitor, hidden, read, words

from frontend.cart import MOST_LINES


async def test_a_cart_becomes_an_order(visitor: Visitor, order_api: OrderApi, product_api: ProductApi) -> None:
    await visitor.fill_cart()
    await visitor.fill_cart("vista-27-monitor", "1")
    assert "Total €587.00" in words(await visitor.page("/cart"))
    await visitor.send("/cart", {"product_id": "vista-27-monitor", "quantity": "0", "mode": "set"})
    placed = await visitor.check_out()
    page = await visitor.page(placed.headers["Location"])

    assert placed.status_code == 303
    assert 'data-order-status="placed"' in page
    assert "Thank you, Ada Lovelace" in page
    assert "2 \u00d7 Glide Mouse €138.00" in words(page)
    assert "Nothing in it yet" in await visitor.page("/cart")
    assert product_api.products["glide-mouse"]["stock"] == 68
    customer = {"name": ADA["name"], "email": ADA["email"], "address": ANY}
    (order,) = order_api.orders.values()
    assert order["customer"] == customer
    assert order["customer"]["address"] == "12 St James's Square\nSW1Y 4JH London\nUnited Kingdom"


async def test_a_checkout_sent_twice_is_one_order(visitor: Visitor, order_api: OrderApi) -> None:
    await visitor.fill_cart()
    form = {"csrf": await visitor.token(), "key": hidden(await visitor.page("/checkout"), "key"), **ADA}
    first, second = await asyncio.gather(*(visitor.client.post("/checkout", form=form) for _ in range(2)))
    third = await visitor.client.post("/checkout", form=form)

    assert {answer.status_code for answer in (first, second, third)} == {303}
    assert len({answer.headers["Location"] for answer in (first, second, third)}) == 1
    assert len(order_api.orders) == 1


async def test_checkouts_are_counted_by_result(visitor: Visitor) -> None:
    await visitor.order()
    await visitor.fill_cart()
    await visitor.check_out(email="nobody")
    await visitor.check_out(email="refused@example.org")
    lines = (await visitor.page("/metrics")).splitlines()

    for result in ("placed", "invalid", "refused"):
        assert f'techcommerce_checkouts_total{{result="{result}"}} 1.0' in lines


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "Tell us your name."),
        ({"name": "x" * 121}, "Please use at most 120 characters."),
        ({"name": "a\u202eb"}, "Please use letters, digits and punctuation only."),
        ({"email": "nobody"}, "An e-mail address looks like ada@example.org."),
        ({"email": "a@b.c\r\nBcc: d@e.f"}, "An e-mail address looks like ada@example.org."),
        ({"street": "  "}, "Tell us the street and the number."),
        ({"country": "Atlantis"}, "Choose a country."),
    ],
)
async def test_what_is_wrong_stands_next_to_its_field(
    visitor: Visitor, order_api: OrderApi, change: dict[str, str], says: str
) -> None:
    await visitor.fill_cart()
    page = await read(await visitor.check_out(**change), 422)
    field = next(iter(change))

    assert f'<a href="#{field}">{says}</a>' in page
    assert f'<p class="error" id="{field}-error">{says}</p>' in page
    assert f'id="{field}" name="{field}" aria-invalid="true" autofocus' in page
    assert page.count("aria-invalid") == 1
    assert 'value="SW1Y 4JH"' in page
    assert order_api.orders == {}


async def test_what_the_order_desk_refuses_is_shown_and_can_be_sent_again(
    visitor: Visitor, product_api: ProductApi
) -> None:
    await visitor.fill_cart("forge-17-workstation", "4")
    key = hidden(await visitor.page("/checkout"), "key")
    product_api.products["forge-17-workstation"]["stock"] = 1
    page = await read(await visitor.send("/checkout", {"key": key, **ADA}), 409)
    product_api.products["forge-17-workstation"]["stock"] = 4
    again = await visitor.send("/checkout", {"key": hidden(page, "key"), **ADA})

    assert "Only 1 available." in page
    assert 'value="ada@example.org"' in page
    assert hidden(page, "key") != key
    assert again.status_code == 303


async def test_fields_that_the_order_desk_refuses_are_named(visitor: Visitor) -> None:
    await visitor.fill_cart()
    page = await read(await visitor.check_out(email="refused@example.org"), 409)

    assert '<p class="error" id="email-error">must be an e-mail address</p>' in page


async def test_while_the_order_desk_is_away_nothing_is_lost(visitor: Visitor, order_api: OrderApi) -> None:
    await visitor.fill_cart()
    order_api.trouble.status = 503
    page = await read(await visitor.check_out(), 503)
    order_api.trouble.status = 0
    again = await visitor.send("/checkout", {"key": hidden(page, "key"), **ADA})

    assert "Nothing is lost" in page
    assert 'value="Ada Lovelace"' in page
    assert again.status_code == 303
    assert len({headers["Idempotency-Key"] for method, _, headers in order_api.trouble.asked if method == "POST"}) == 1


async def test_while_both_are_away_what_was_filled_in_stays(
    visitor: Visitor, order_api: OrderApi, product_api: ProductApi
) -> None:
    await visitor.fill_cart()
    key = hidden(await visitor.page("/checkout"), "key")
    order_api.trouble.status = product_api.trouble.status = 500
    page = await read(await visitor.send("/checkout", {"key": key, **ADA}), 503)

    assert 'value="Ada Lovelace"' in page
    assert hidden(page, "key") == key


@pytest.mark.parametrize("path", ["/cart", "/checkout"])
async def test_without_prices_the_cart_is_kept(visitor: Visitor, product_api: ProductApi, path: str) -> None:
    await visitor.fill_cart()
    product_api.trouble.status = 500
    answer = await visitor.client.get(path)
    product_api.trouble.status = 0

    assert "Your cart is safe" in await read(answer, 503)
    assert answer.headers["Retry-After"] == "5"
    assert "Glide Mouse" in await visitor.page("/cart")


async def test_while_the_catalogue_is_away_things_can_still_be_added(visitor: Visitor, product_api: ProductApi) -> None:
    product_api.trouble.status = 500
    await visitor.fill_cart()
    product_api.trouble.status = 0

    assert "Glide Mouse" in await visitor.page("/cart")


@pytest.mark.parametrize("quantity", ["-1", "1e9", "", "99999", "one", "1.5", "\u0661"])
async def test_odd_quantities_leave_the_cart_alone(visitor: Visitor, quantity: str) -> None:
    answer = await visitor.send("/cart", {"product_id": "glide-mouse", "quantity": quantity})

    assert "A quantity is a whole number" in await read(answer, 400)
    assert "Nothing in it yet" in await visitor.page("/cart")


@pytest.mark.parametrize("product", ["nothing", "../orders", "a b", "<script>", "x" * 200, ""])
async def test_unknown_products_do_not_get_into_the_cart(visitor: Visitor, product: str) -> None:
    await read(await visitor.send("/cart", {"product_id": product, "quantity": "1"}), 404)

    assert "Nothing in it yet" in await visitor.page("/cart")


async def test_a_product_that_is_no_longer_sold_leaves_the_cart(visitor: Visitor, product_api: ProductApi) -> None:
    await visitor.fill_cart()
    await visitor.fill_cart("beam-webcam", "1")
    del product_api.products["glide-mouse"]
    page = await visitor.page("/cart")

    assert "Glide Mouse" not in page
    assert "Total €129.00" in words(page)
    assert "no longer sold" in page
    assert "no longer sold" not in await visitor.page("/cart")


async def test_a_cart_holds_so_much_and_no_more(visitor: Visitor, product_api: ProductApi) -> None:
    names = list(product_api.products)
    for name in names[:MOST_LINES]:
        await visitor.fill_cart(name, "1")
    await visitor.fill_cart(names[MOST_LINES], "1")
    assert "Your cart is full" in await visitor.page("/orders")
    await visitor.fill_cart(names[0], "9999")
    page = await visitor.page("/cart")

    assert "which is the most we send at once" in page
    assert page.count("data-product-id") == MOST_LINES
    assert 'value="99"' in page


async def test_the_cart_says_what_is_short(visitor: Visitor, product_api: ProductApi) -> None:
    await visitor.fill_cart(quantity="5")
    await visitor.fill_cart("beam-webcam", "1")
    product_api.products["glide-mouse"]["stock"] = 3
    product_api.products["beam-webcam"]["stock"] = 0
    page = await visitor.page("/cart")

    assert "Only 3 left: please take fewer." in page
    assert "Sold out: please take it out." in page


async def test_the_pages_script_gets_json(visitor: Visitor) -> None:
    headers = {"Accept": "application/json"}
    added = await visitor.send("/cart", {"product_id": "glide-mouse", "quantity": "2"}, headers=headers)
    refused = await visitor.send("/cart", {"product_id": "nothing", "quantity": "2"}, headers=headers)

    assert await added.get_json() == {"pieces": 2, "message": "Your cart now holds 2 of Glide Mouse."}
    assert (refused.status_code, refused.content_type) == (404, "application/problem+json")


async def test_an_empty_cart_has_no_checkout(visitor: Visitor) -> None:
    shown, sent = await visitor.client.get("/checkout"), await visitor.send("/checkout", ADA)

    assert [answer.headers["Location"] for answer in (shown, sent)] == ["/cart", "/cart"]


async def test_personal_pages_are_not_stored(visitor: Visitor) -> None:
    number = await visitor.order()
    await visitor.fill_cart()
    for path in ("/cart", "/checkout", "/orders", f"/orders/{number}"):
        assert (await visitor.client.get(path)).headers["Cache-Control"] == "no-store", path


async def test_an_order_desk_that_answers_nonsense_leads_nobody_elsewhere(
    visitor: Visitor, order_api: OrderApi
) -> None:
    await visitor.fill_cart()
    order_api.trouble.body = b'{"number": "//evil.example"}'

    assert (await visitor.check_out()).headers["Location"] == "/orders"


async def test_a_cookie_that_was_changed_is_an_empty_session(app: Quart, visitor: Visitor) -> None:
    await visitor.fill_cart()
    (cookie,) = (cookie for cookie in visitor.client.cookie_jar if cookie.name == "techcommerce")  # type: ignore[union-attr]
    assert cookie.value
    payload, rest = cookie.value.split(".", 1)
    for forged in (f"{payload[:-2]}AA.{rest}", cookie.value[:-3], "nonsense", "." * 5, "a" * 9000):
        other = Visitor(app.test_client())
        page = await other.page("/cart", headers={"Cookie": f"techcommerce={forged}"})
        assert "Nothing in it yet" in page
