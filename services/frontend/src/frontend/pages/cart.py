"""The cart."""

import asyncio

from quart import Blueprint, Response, flash, jsonify, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Redirect

from chassis.problem import Problem
from chassis.upstream import UpstreamError
from frontend.cart import MOST_LINES, MOST_PIECES, Cart, CartLine
from frontend.counts import counts
from frontend.csrf import require_form_token
from frontend.errors import wants_json
from frontend.pages.upstreams import catalogue
from frontend.products import Product

CART = "cart"
blueprint = Blueprint("cart", __name__)
blueprint.before_request(require_form_token)


@blueprint.after_request
async def forget(response: Response) -> Response:
    """Carts are kept nowhere on the way."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@blueprint.get("/cart")
async def show() -> str:
    """What is in the cart, at today's prices."""
    lines = await cart_lines()
    return await render_template("cart.html", lines=lines, total=total(lines))


@blueprint.post("/cart")
async def change() -> Redirect | Response:
    """Add to a product's quantity, or set it when the form says so; the page's script gets JSON."""
    form = await request.form
    product_id, setting = form.get("product_id", ""), form.get("mode") == "set"
    before = current_cart()
    wanted = _quantity(form.get("quantity", "1"))
    product = await _product(product_id) if wanted else None
    after = (before.put if setting else before.add)(product_id, wanted)
    session[CART] = dict(after.quantities)
    counts().carts.labels("set" if setting else "add").inc()
    message = _message(product_id, product, before, after)
    if wants_json():
        return jsonify(pieces=after.pieces, message=message)
    await flash(message)
    return redirect(url_for("cart.show"), 303)


def current_cart() -> Cart:
    """The visitor's cart."""
    return Cart.of(session.get(CART))


async def cart_lines() -> list[CartLine]:
    """The cart with its products; those that are no longer sold are dropped from it."""
    quantities = current_cart().quantities
    found = await asyncio.gather(*(_sold(product_id) for product_id in quantities))
    lines = [CartLine(product, quantities[product.id]) for product in found if product]
    if len(lines) < len(quantities):
        session[CART] = {line.product.id: line.quantity for line in lines}
        await flash("We took products out of your cart that are no longer sold.")
    return lines


def total(lines: list[CartLine]) -> int:
    """What the cart costs, in cents."""
    return sum(line.total_cents for line in lines)


def _message(product_id: str, product: Product | None, before: Cart, after: Cart) -> str:
    name = product.name if product else "it"
    quantity = after.quantities.get(product_id, 0)
    if after == before and quantity < MOST_PIECES:
        return f"Your cart is full: {MOST_LINES} different products fit." if before.is_full else "Nothing has changed."
    if not quantity:
        return "We took it out of your cart."
    if quantity == MOST_PIECES:
        return f"Your cart now holds {MOST_PIECES} of {name}, which is the most we send at once."
    return f"Your cart now holds {quantity} of {name}."


async def _product(product_id: str) -> Product | None:
    """The product; a Problem of 404 for one that is not sold, None while nobody can tell."""
    try:
        return await catalogue().product(product_id)
    except UpstreamError:
        return None


async def _sold(product_id: str) -> Product | None:
    try:
        return await catalogue().product(product_id)
    except Problem as problem:
        if problem.status != 404:
            raise
        return None


def _quantity(text: str) -> int:
    """The quantity of a form; a Problem of 400 for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Problem(400, f"A quantity is a whole number from 0 to {MOST_PIECES}.")
    return int(text)
