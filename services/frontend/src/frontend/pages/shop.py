"""Pages to look at: home, listings, a product."""

import asyncio
from urllib.parse import urlencode

from quart import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from chassis.upstream import UpstreamError
from frontend.errors import RETRY_SECONDS, away
from frontend.money import cents
from frontend.pages.upstreams import catalogue, navigation
from frontend.products import varied

PAGE_SIZE = "24"
NEWEST = {"sort": "newest", "limit": "48", "in_stock": "true"}
BARGAINS = {"sort": "price", "limit": "24", "in_stock": "true"}
MANY, FEW = 8, 4  # products in a row or two of the home page
TEXTS = ("q", "category", "sort", "cursor")
PRICES = ("min_price", "max_price")
SORTS = {
    "name": "Name",
    "price": "Price, low to high",
    "-price": "Price, high to low",
    "newest": "Newest first",
}
LONGEST_TEXT = 100  # what product-api searches for
LONGEST_CURSOR = 600
blueprint = Blueprint("shop", __name__)


@blueprint.after_request
async def revalidate(response: Response) -> Response:
    """Let the browser keep a page and ask whether it is still the same."""
    if request.method == "GET" and response.status_code == 200:
        response.headers.setdefault("Cache-Control", "private, no-cache")
        await response.add_etag()
        await response.make_conditional(request)
    return response


@blueprint.get("/")
async def home() -> str | tuple[str, int, dict[str, str]]:
    """What is new and what costs little; without product-api the page says so and still leads to orders."""
    try:
        newest, bargains = await asyncio.gather(catalogue().listing(NEWEST), catalogue().listing(BARGAINS))
    except UpstreamError:
        page = await render_template("home.html", newest=(), bargains=(), message=away("shop"))
        return page, 503, {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    rows = {"newest": varied(newest.products, MANY), "bargains": varied(bargains.products, FEW)}
    return await render_template("home.html", **rows, message="")


@blueprint.get("/products")
async def listing() -> str | Redirect:
    """Products, filtered by the query string; empty filters do not count and leave the address."""
    sent = {name: request.args[name].strip() for name in request.args if request.args[name].strip()}
    chosen = {name: value[: LONGEST_CURSOR if name == "cursor" else LONGEST_TEXT] for name, value in sent.items()}
    if len(chosen) < len(request.args):
        return redirect(f"/products?{urlencode(chosen)}" if chosen else "/products", 303)
    query, errors = _query(chosen)
    found = await catalogue().listing({**query, "limit": PAGE_SIZE})
    names = [category.name for category in await navigation().categories()]
    return await render_template(
        "listing.html", listing=found, chosen=chosen, names=names, sorts=SORTS, errors=errors, query=query
    )


@blueprint.get("/products/<product_id>")
async def product(product_id: str) -> str:
    """One product, the form that puts it into the cart, and what stands beside it."""
    found = await catalogue().product(product_id)
    try:
        beside = (await catalogue().listing({"category": found.category, "limit": "5", "sort": "newest"})).products
    except UpstreamError:  # the page is complete without
        beside = ()
    others = [other for other in beside if other.id != found.id][:4]
    return await render_template("product.html", product=found, others=others)


def _query(chosen: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What product-api is asked for, and what is wrong with the filters, by field."""
    query = {name: chosen[name] for name in TEXTS if name in chosen}
    if query.get("sort") not in {*SORTS, None}:
        query.pop("sort")
    if "q" in query and "sort" not in query:
        query["sort"] = "relevance"
    errors = {}
    for name in PRICES:
        amount = cents(chosen[name]) if name in chosen else None
        if amount is not None:
            query[name] = str(amount)
        elif name in chosen:
            errors[name] = "A price looks like 50 or 129.90."
    if chosen.get("in_stock"):
        query["in_stock"] = "true"
    return query, errors
