"""The shop as a visitor without JavaScript meets it."""

import re

import pytest
from quart import Quart
from stand_ins import ProductApi
from visitor import Visitor, hidden, ids, words


async def test_the_home_page_shows_categories_and_products(visitor: Visitor) -> None:
    page = await visitor.page("/")

    assert len(ids(page)) == 12
    assert "Shop &lt;Test&gt;" in page
    assert "Smart home 4 products" in words(page)
    assert 'class="tag environment">development' in page


async def test_filters_reach_the_catalogue(visitor: Visitor, product_api: ProductApi) -> None:
    query = "q=display&category=Displays&min_price=100&max_price=600,50&in_stock=true&sort=-price"
    assert ids(await visitor.page(f"/products?{query}")) == ["canvas-pen-display"]

    asked = [target for _, target, _ in product_api.trouble.asked if "min_price" in target]
    assert asked == [
        "/api/products?q=display&category=Displays&sort=-price&min_price=10000&max_price=60050&in_stock=true&limit=24"
    ]


async def test_empty_filters_leave_the_address(visitor: Visitor) -> None:
    answer = await visitor.client.get("/products?q=mouse&category=&min_price=")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/products?q=mouse")
    assert (await visitor.client.get("/products?q=")).headers["Location"] == "/products"


async def test_a_wrong_price_is_named_and_does_not_filter(visitor: Visitor) -> None:
    page = await visitor.page("/products?min_price=cheap")

    assert 'aria-invalid="true"' in page
    assert "A price looks like 50 or 129.90." in page
    assert len(ids(page)) == 24


async def test_pages_of_a_listing_follow_each_other(visitor: Visitor, product_api: ProductApi) -> None:
    product_api.keep({**product_api.products["glide-mouse"], "id": "aaa-mouse", "name": "AAA Mouse"})
    first = await visitor.page("/products?sort=name")
    more = re.search(r'href="(/products\?[^"]*cursor=[^"]+)" *>More|rel="next" href="([^"]+)"', first)
    assert more
    second = await visitor.page((more[1] or more[2]).replace("&amp;", "&"))

    assert (len(ids(first)), len(ids(second))) == (24, 1)
    assert 'href="/products?sort=name"' in second


async def test_a_search_without_results_says_what_to_do(visitor: Visitor) -> None:
    page = await visitor.page("/products?q=%3Cscript%3Ealert(1)%3C/script%3E")

    assert "No product matches" in page
    assert "<script>alert" not in page


async def test_a_product_page_has_price_stock_and_neighbours(visitor: Visitor, product_api: ProductApi) -> None:
    page = await visitor.page("/products/glide-mouse")
    product_api.products["glide-mouse"]["stock"] = 0

    assert "€69.00 In stock" in words(page)
    assert ids(page)[0] == "glide-mouse"
    assert set(ids(page)[1:]) == {"clack-75-keyboard", "dock-nine-hub", "beam-webcam"}
    assert "Add to cart" not in await visitor.page("/products/glide-mouse")


@pytest.mark.parametrize("path", ["/products/nothing", "/products/%00", "/products/UPPER", "/static/x.css", "/no"])
async def test_what_is_not_there_is_a_page_that_says_so(visitor: Visitor, path: str) -> None:
    assert "Nothing here" in await visitor.page(path, 404)


async def test_a_listing_that_does_not_exist_is_a_bad_request(visitor: Visitor) -> None:
    assert "This list of products does not exist." in await visitor.page("/products?cursor=broken", 400)


async def test_pages_are_revalidated_and_files_kept_for_ever(visitor: Visitor) -> None:
    await visitor.page("/")
    page = await visitor.client.get("/")
    again = await visitor.client.get("/", headers={"If-None-Match": page.headers["ETag"]})
    sheet = re.search(r'href="(/static/style\.[0-9a-f]{12}\.css)"', await page.get_data(as_text=True))
    assert sheet
    plain = await visitor.client.get(sheet[1])
    packed = await visitor.client.get(sheet[1], headers={"Accept-Encoding": "br, gzip"})

    assert (page.headers["Cache-Control"], again.status_code) == ("private, no-cache", 304)
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (plain.headers["Vary"], packed.headers["Content-Encoding"]) == ("Accept-Encoding", "gzip")
    assert len(await packed.get_data()) < len(await plain.get_data()) / 3
    assert "Set-Cookie" not in plain.headers


async def test_every_product_has_a_drawing_that_is_served(visitor: Visitor) -> None:
    pictures = re.findall(r'src="(/static/[^"]+\.svg)" width="240"', await visitor.page("/products"))
    answers = [await visitor.client.get(path) for path in set(pictures)]

    assert len(pictures) == 24
    assert {(answer.status_code, answer.content_type) for answer in answers} == {(200, "image/svg+xml")}


@pytest.mark.parametrize("path", ["/", "/cart", "/nowhere", "/api/products", "/healthz", "/static/no.css"])
async def test_every_answer_is_hardened(visitor: Visitor, path: str) -> None:
    headers = (await visitor.client.get(path)).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in headers


async def test_pages_load_nothing_from_elsewhere_and_have_no_inline_code(visitor: Visitor, staff: Visitor) -> None:
    number = await visitor.order()
    await visitor.fill_cart()
    shop = ["/", "/products", "/products/glide-mouse", "/cart", "/checkout", "/orders", f"/orders/{number}", "/no"]
    counter = ["orders?status=placed", f"orders/{number}", "products", "products/glide-mouse", "products/import"]
    pages = [await visitor.page(path, 404 if path == "/no" else 200) for path in [*shop, "/staff/login"]]
    pages += [await staff.page(f"/staff/{path}") for path in counter]
    for page in pages:
        found = re.search(r"<script>|<style|\sstyle=|\son\w+=|(src|href|action)=\"(https?:)?//", page)
        assert not found, found


async def test_forms_of_pages_carry_the_token(visitor: Visitor) -> None:
    await visitor.fill_cart()
    for path in ("/products/glide-mouse", "/cart", "/checkout", "/staff/login"):
        assert len(hidden(await visitor.page(path), "csrf")) > 20


async def test_metrics_count_visits_once(app: Quart) -> None:
    visitor = Visitor(app.test_client())
    for path in ("/", "/products", "/cart"):
        await visitor.page(path)
    await Visitor(app.test_client()).page("/orders")
    lines = (await visitor.page("/metrics")).splitlines()

    assert "techcommerce_visits_total 2.0" in lines
