"""The pages behind the counter."""

import re
from io import BytesIO

import pytest
from quart import Quart
from quart.datastructures import FileStorage
from stand_ins import OrderApi, ProductApi
from visitor import Visitor, hidden, ids, read, words

PRODUCT = {
    "name": "Desk Lamp",
    "description": "Warm.\r\nDimmable.",
    "category": "Light",
    "price": "49,50",
    "currency": "EUR",
    "stock": "7",
}


def product_form(page: str, **changes: str) -> dict[str, str]:
    """The edit form of a product, as it was opened."""
    fields = {"name": "Glide Mouse", "description": "Quiet.", "category": "Accessories", "price": "69.00"}
    return {**fields, "currency": "EUR", "version": hidden(page, "version"), **changes}


@pytest.mark.parametrize(
    "path", ["/staff/orders", "/staff/orders/TC-000000-000000", "/staff/products", "/staff/products/import"]
)
async def test_only_staff_sees_them(visitor: Visitor, path: str) -> None:
    answer = await visitor.client.get(path)
    sent = await visitor.client.post(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/staff/login?next={path}")
    assert sent.status_code in (303, 405)


async def test_the_list_finds_products(staff: Visitor) -> None:
    assert len(ids(await staff.page("/staff/products"))) == 24
    assert ids(await staff.page("/staff/products?q=glide")) == ["glide-mouse"]
    assert "No product matches" in await staff.page("/staff/products?q=nothing-like-it")


async def test_a_product_is_created(staff: Visitor, product_api: ProductApi) -> None:
    answer = await staff.send("/staff/products", PRODUCT)
    page = await staff.page(answer.headers["Location"])

    made = product_api.products["desk-lamp"]
    assert (made["price_cents"], made["stock"], made["description"]) == (4950, 7, "Warm.\nDimmable.")
    assert "Desk Lamp is in the catalogue." in page
    assert "Light" in words(await staff.page("/"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("category", " "),
        ("price", "cheap"),
        ("price", "1.234"),
        ("price", "-1"),
        ("currency", "XYZ"),
        ("stock", "-1"),
        ("stock", "many"),
        ("stock", "99999999"),
    ],
)
async def test_a_wrong_field_is_named(staff: Visitor, product_api: ProductApi, field: str, value: str) -> None:
    page = await read(await staff.send("/staff/products", {**PRODUCT, field: value}), 422)

    assert f'id="{field}-error"' in page
    assert "desk-lamp" not in product_api.products


async def test_what_the_catalogue_refuses_is_shown_next_to_its_field(staff: Visitor) -> None:
    page = await read(await staff.send("/staff/products", {**PRODUCT, "name": "Refused"}), 422)
    taken = await read(await staff.send("/staff/products", {**PRODUCT, "name": "Glide Mouse"}), 409)

    assert '<p class="error" id="price-error">must be from 0 to 1</p>' in page
    assert "Another product has this id." in taken


async def test_a_product_is_changed(staff: Visitor, product_api: ProductApi) -> None:
    page = await staff.page("/staff/products/glide-mouse")
    answer = await staff.send("/staff/products/glide-mouse", product_form(page, price="59.90"))

    assert answer.status_code == 303
    assert product_api.products["glide-mouse"]["price_cents"] == 5990
    assert product_api.products["glide-mouse"]["stock"] == 70
    wrong = await staff.send("/staff/products/glide-mouse", product_form(page, price="free"))
    assert 'value="free"' in await read(wrong, 422)


async def test_a_conflict_shows_both_and_loses_neither(staff: Visitor, product_api: ProductApi) -> None:
    page = await staff.page("/staff/products/glide-mouse")
    product_api.keep({**product_api.products["glide-mouse"], "name": "Glide Mouse II", "price_cents": 7900})
    conflict = await read(await staff.send("/staff/products/glide-mouse", product_form(page, price="59.90")), 409)
    assert "Somebody else has changed this product" in conflict
    assert "Name is now Glide Mouse II" in words(conflict)
    assert "Price is now 79.00" in words(conflict)
    assert 'value="59.90"' in conflict
    assert product_api.products["glide-mouse"]["price_cents"] == 7900

    again = await staff.send("/staff/products/glide-mouse", product_form(conflict, price="59.90"))
    assert again.status_code == 303
    assert product_api.products["glide-mouse"]["price_cents"] == 5990


@pytest.mark.parametrize("version", ["", "x", "-1", "1\r\nX: y", "9" * 30, "*"])
async def test_an_odd_version_is_stale(staff: Visitor, product_api: ProductApi, version: str) -> None:
    page = await staff.page("/staff/products/glide-mouse")
    answer = await staff.send("/staff/products/glide-mouse", product_form(page, version=version))

    assert answer.status_code == 409
    assert product_api.products["glide-mouse"]["version"] == 1


async def test_stock_is_changed_with_a_reason(staff: Visitor, product_api: ProductApi) -> None:
    target = "/staff/products/glide-mouse/stock"
    assert (await staff.send(target, {"change": "-3", "reason": "broken"})).status_code == 303
    assert product_api.products["glide-mouse"]["stock"] == 67

    for change, reason, says in (
        ("", "broken", "whole number"),
        ("0", "broken", "whole number"),
        ("5", " ", "Say why"),
        ("-99", "broken", "There are 67 in stock."),
    ):
        page = await read(await staff.send(target, {"change": change, "reason": reason}), 422)
        assert says in page
    assert product_api.products["glide-mouse"]["stock"] == 67


async def test_a_product_is_deleted_after_a_question(staff: Visitor, product_api: ProductApi) -> None:
    target, version = "/staff/products/glide-mouse/delete", {"version": "1"}
    question = await read(await staff.send(target, version))
    assert "Delete Glide Mouse?" in question
    assert "glide-mouse" in product_api.products

    stale = await staff.send(target, {"version": "7", "confirmed": "1"})
    assert stale.status_code == 409
    done = await staff.send(target, {"version": hidden(question, "version"), "confirmed": "1"})
    assert done.headers["Location"] == "/staff/products"
    assert "glide-mouse" not in product_api.products


async def upload(staff: Visitor, name: str, content: bytes) -> str:
    """Send a file; the text of the page that follows."""
    files = {"file": FileStorage(BytesIO(content), filename=name)}
    answer = await staff.client.post("/staff/products/import", form={"csrf": await staff.token()}, files=files)
    text: str = await answer.get_data(as_text=True)
    return f"{answer.status_code} {text}"


async def test_a_file_is_imported(staff: Visitor, product_api: ProductApi) -> None:
    assert (await upload(staff, "catalogue.csv", b"id,name\n")).startswith("303")
    assert (await upload(staff, "catalogue.JSON", b"[]")).startswith("303")

    kinds = [headers["Content-Type"] for _, target, headers in product_api.trouble.asked if "import" in target]
    assert kinds == ["text/csv", "application/json"]
    assert product_api.imported == [b"id,name\n", b"[]"]
    assert "2 products are new, 1 were updated" in await staff.page("/staff/products")


async def test_mistakes_of_a_file_are_listed_by_line(staff: Visitor, product_api: ProductApi) -> None:
    page = await upload(staff, "catalogue.csv", b"id,name\nwrong")

    assert page.startswith("422")
    assert "The file has 1 mistakes; nothing was imported." in page
    assert re.search(r">3</td><td class=\"mono\">price_cents</td><td>must be a whole number</td>", page)
    assert product_api.imported == []


@pytest.mark.parametrize(("name", "content"), [("virus.exe", b"x"), ("", b""), ("empty.csv", b""), ("csv", b"x")])
async def test_what_is_no_catalogue_is_refused(staff: Visitor, name: str, content: bytes) -> None:
    assert (await upload(staff, name, content)).startswith("422")


async def test_a_huge_upload_is_refused(staff: Visitor, product_api: ProductApi) -> None:
    assert (await upload(staff, "a.csv", b"x" * (10 * 1024 * 1024 + 1))).startswith("422")
    assert (await upload(staff, "a.csv", b"x" * (11 * 1024 * 1024))).startswith("413")
    assert product_api.imported == []


async def test_orders_go_from_the_till_to_the_door(visitor: Visitor, staff: Visitor, order_api: OrderApi) -> None:
    number = await visitor.order()
    assert number in await staff.page("/staff/orders?status=placed")
    for state, tab in (("paid", "placed"), ("packed", "paid"), ("shipped", "packed"), ("delivered", "shipped")):
        form = {"to": state, "back": tab, "note": "Parcel 1Z" if state == "shipped" else ""}
        moved = await staff.send(f"/staff/orders/{number}/transitions", form)
        assert moved.headers["Location"] == f"/staff/orders?status={tab}"
    page = await staff.page(f"/staff/orders/{number}")

    assert [event["actor"] for event in order_api.orders[number]["history"]] == ["customer"] + ["staff"] * 4
    assert "by staff: Parcel 1Z" in words(page)
    assert "ada@example.org" in page
    assert "SW1Y 4JH London" in page
    assert "Parcel 1Z" not in await visitor.page("/orders")


async def test_what_does_not_follow_is_refused_with_what_would(visitor: Visitor, staff: Visitor) -> None:
    number = await visitor.order()
    await staff.send(f"/staff/orders/{number}/transitions", {"to": "delivered"})

    assert "That does not follow. It may become paid, cancelled." in await staff.page(f"/staff/orders/{number}")


async def test_what_cannot_be_taken_back_is_asked_twice(visitor: Visitor, staff: Visitor, order_api: OrderApi) -> None:
    number = await visitor.order()
    target = f"/staff/orders/{number}/transitions"
    question = await read(await staff.send(target, {"to": "cancelled", "back": "placed"}))
    assert order_api.orders[number]["status"] == "placed"

    await staff.send(target, {name: hidden(question, name) for name in ("to", "back", "confirmed")})
    assert order_api.orders[number]["status"] == "cancelled"


async def test_an_odd_tab_is_the_first_one(staff: Visitor) -> None:
    assert 'href="/staff/orders?status=paid" aria-current="page"' in await staff.page("/staff/orders?status=x")
    await staff.page("/staff/orders?cursor=broken", 400)


async def test_a_long_queue_has_pages(visitor: Visitor, staff: Visitor, order_api: OrderApi) -> None:
    number = await visitor.order()
    order = order_api.orders[number]
    for digit in range(50):
        order_api.orders[f"TC-{digit:06}-ZZZZZZ"] = {**order, "number": f"TC-{digit:06}-ZZZZZZ"}
    first = await staff.page("/staff/orders?status=placed")
    second = await staff.page("/staff/orders?status=placed&cursor=50")

    assert (first.count("<li data-order-number"), second.count("<li data-order-number")) == (50, 1)
    assert "cursor=50" in first
    assert "Oldest orders" in second


async def test_while_an_api_is_away_its_pages_say_so(
    staff: Visitor, product_api: ProductApi, order_api: OrderApi
) -> None:
    product_api.trouble.status = order_api.trouble.status = 500

    assert "order-api does not answer" in await staff.page("/staff/orders", 503)
    assert "product-api does not answer" in await staff.page("/staff/products", 503)


async def test_what_staff_writes_is_shown_and_not_run(staff: Visitor, visitor: Visitor) -> None:
    evil = "<script>alert(1)</script>\"'"
    await staff.send("/staff/products", {**PRODUCT, "name": evil, "description": evil, "category": evil})
    for path in ("/", "/products", f"/products?category={evil}"):
        assert "<script>alert" not in await visitor.page(path)


async def test_pages_of_staff_are_not_stored(app: Quart, staff: Visitor) -> None:
    for path in ("/staff/orders", "/staff/products", "/staff/products/new", "/staff/products/import"):
        assert (await staff.client.get(path)).headers["Cache-Control"] == "no-store"
