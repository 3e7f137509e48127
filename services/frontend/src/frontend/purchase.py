"""Pages that change something: cart and checkout."""

import asyncio
import secrets

from quart import Blueprint, Response, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Redirect

from chassis.problem import Problem
from chassis.upstream import UpstreamError
from frontend.domain import Cart, Product
from frontend.ordering import Ordering, Purchase, RefusedError
from frontend.security import require_csrf_token
from frontend.shop import ORDERING, catalogue

CART = "cart"
LAST = "last"  # key and number of the last order: its form may be sent again
AWAY = "We could not reach our order desk. Please press the button again."
blueprint = Blueprint("purchase", __name__)
blueprint.before_request(require_csrf_token)


@blueprint.after_request
async def forget(response: Response) -> Response:
    """Carts and addresses are kept nowhere on the way."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@blueprint.get("/cart")
async def cart() -> str:
    """What is in the cart, at today's prices."""
    lines = await _lines()
    return await render_template("cart.html", lines=lines, total=_total(lines))


@blueprint.post("/cart")
async def change_cart() -> Redirect:
    """Add to a product's quantity, or set it when the form says so."""
    form = await request.form
    product_id, quantity = form.get("product_id", ""), _whole(form.get("quantity", "1"))
    current = Cart.of(session.get(CART))
    changed = (current.put if form.get("mode") == "set" else current.add)(product_id, quantity)
    session[CART] = dict(changed.quantities)
    return redirect(url_for("purchase.cart"), 303)


@blueprint.get("/checkout")
async def checkout() -> str | Redirect:
    """The form for name and address; its key makes sending it twice harmless."""
    lines = await _lines()
    if not lines:
        return redirect(url_for("purchase.cart"), 303)
    return await _form(lines, secrets.token_urlsafe(18))


@blueprint.post("/checkout")
async def place_order() -> tuple[str, int] | Redirect:
    """Send the order; a refusal shows the form again with a fresh key, a failure with the same one."""
    form = await request.form
    key = form.get("key", "")
    if session.get(LAST, {}).get("key") == key:
        return redirect(url_for("shop.order", number=session[LAST]["number"]), 303)
    lines = await _lines()
    if not lines:
        return redirect(url_for("purchase.cart"), 303)
    bought = Purchase(key, form.get("name", ""), form.get("email", ""), Cart.of(session.get(CART)))
    ordering: Ordering = current_app.extensions[ORDERING]
    try:
        number = await ordering.place(bought)
    except RefusedError as error:
        return await _form(lines, secrets.token_urlsafe(18), str(error)), 409
    except UpstreamError:
        return await _form(lines, key, AWAY), 503
    session.pop(CART, None)
    session[LAST] = {"key": key, "number": number}
    return redirect(url_for("shop.order", number=number), 303)


async def _form(lines: list[tuple[Product, int]], key: str, message: str = "") -> str:
    filled = await request.form
    return await render_template(
        "checkout.html", lines=lines, total=_total(lines), key=key, message=message, filled=filled
    )


async def _lines() -> list[tuple[Product, int]]:
    quantities = Cart.of(session.get(CART)).quantities
    found = await asyncio.gather(*(_product(product_id) for product_id in quantities))
    return [(product, quantities[product.id]) for product in found if product]


async def _product(product_id: str) -> Product | None:
    try:
        return await catalogue().product(product_id)
    except Problem:  # no longer sold
        return None


def _total(lines: list[tuple[Product, int]]) -> int:
    return sum(product.price_cents * quantity for product, quantity in lines)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
