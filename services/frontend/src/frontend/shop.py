"""Pages to look at: the list of products, a product, an order."""

import asyncio

from quart import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from chassis.problem import Problem
from frontend.catalogue import Catalogue
from frontend.domain import PRODUCT_ID
from frontend.ordering import Ordering

CATALOGUE = "catalogue"
ORDERING = "ordering"
FILTERS = ("q", "category", "sort", "cursor")
SORTS = {"name": "Name", "price": "Price, low to high", "-price": "Price, high to low"}
STEPS = ("placed", "paid", "packed", "shipped", "delivered")
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
async def home() -> str:
    """Products, filtered by the query string; empty filters do not count."""
    chosen = {name: request.args[name].strip() for name in FILTERS if request.args.get(name, "").strip()}
    listing, categories = await asyncio.gather(catalogue().listing({**chosen, "limit": "12"}), catalogue().categories())
    return await render_template("home.html", listing=listing, categories=categories, chosen=chosen, sorts=SORTS)


@blueprint.get("/products/<product_id>")
async def product(product_id: str) -> str:
    """One product and the form that puts it into the cart."""
    if not PRODUCT_ID.fullmatch(product_id):
        raise Problem(404, "We do not sell this product (any more).")
    return await render_template("product.html", product=await catalogue().product(product_id))


@blueprint.get("/orders")
async def find_order() -> str | Redirect:
    """The form that asks for an order's number, and its answer."""
    number = request.args.get("number", "").strip().upper()
    if number:
        return redirect(url_for("shop.order", number=number), 303)
    return await render_template("find_order.html")


@blueprint.get("/orders/<number>")
async def order(number: str) -> str:
    """An order with its status and history."""
    ordering: Ordering = current_app.extensions[ORDERING]
    return await render_template("order.html", order=await ordering.order(number), steps=STEPS)


def catalogue() -> Catalogue:
    """The catalogue of the running application."""
    found: Catalogue = current_app.extensions[CATALOGUE]
    return found
