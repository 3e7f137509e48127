"""An order as its customer sees it."""

import pytest
from stand_ins import OrderApi
from visitor import Visitor, hidden, read, words


async def test_an_order_is_found_by_its_number(visitor: Visitor) -> None:
    number = await visitor.order()
    found = await visitor.client.get(f"/orders?number=+{number.lower()}+")

    assert (found.status_code, found.headers["Location"]) == (303, f"/orders/{number}")


@pytest.mark.parametrize("number", ["TC-1", "//evil.example", "TC-000000-00000U", "%0d%0aSet-Cookie:a=b", "x" * 300])
async def test_what_is_no_number_is_said_next_to_the_field(visitor: Visitor, number: str) -> None:
    page = await visitor.page(f"/orders?number={number}", 422)

    assert 'id="number-error"' in page


@pytest.mark.parametrize("number", ["TC-000000-000000", "nonsense", "TC-1%2F..%2F"])
async def test_an_unknown_order_is_not_found(visitor: Visitor, number: str) -> None:
    await visitor.page(f"/orders/{number}", 404)


async def test_the_timeline_shows_how_far_it_is(visitor: Visitor, staff: Visitor, order_api: OrderApi) -> None:
    number = await visitor.order()
    for state in ("paid", "packed"):
        await staff.send(f"/staff/orders/{number}/transitions", {"to": state})
    page = await visitor.page(f"/orders/{number}")

    assert page.count('class="is-done"') == 3
    assert 'class="is-done" aria-current="step"' in page
    assert "shipped (still to come)" in words(page)
    assert "Thank you" not in page
    assert "Cancel this order" not in page


async def test_a_customer_cancels_after_a_question(visitor: Visitor, order_api: OrderApi) -> None:
    number = await visitor.order()
    question = await read(await visitor.send(f"/orders/{number}/cancel", {}))
    assert order_api.orders[number]["status"] == "placed"
    await visitor.send(f"/orders/{number}/cancel", {"confirmed": hidden(question, "confirmed")})
    page = await visitor.page(f"/orders/{number}")

    assert 'data-order-status="cancelled"' in page
    assert "Your order is called off." in page


async def test_what_is_packed_cannot_be_cancelled(visitor: Visitor, order_api: OrderApi) -> None:
    number = await visitor.order()
    order_api.orders[number]["status"] = "packed"
    await visitor.send(f"/orders/{number}/cancel", {"confirmed": "1"})

    assert "can no longer be cancelled" in await visitor.page(f"/orders/{number}")


async def test_while_the_order_desk_is_away_the_page_says_so(visitor: Visitor, order_api: OrderApi) -> None:
    number = await visitor.order()
    order_api.trouble.status = 500
    page = await visitor.page(f"/orders/{number}", 503)

    assert "Your order is safe" in page
    await visitor.page("/")  # the shelves are not


@pytest.mark.parametrize("body", [b"[]", b'{"number": 1}', b"nonsense", b"null", b'{"customer": null}'])
async def test_an_unknown_shape_is_as_good_as_no_answer(visitor: Visitor, order_api: OrderApi, body: bytes) -> None:
    number = await visitor.order()
    order_api.trouble.body = body

    await visitor.page(f"/orders/{number}", 503)
