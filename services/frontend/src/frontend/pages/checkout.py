"""Checkout: name, e-mail and address; sent twice it is one order."""

import secrets

from quart import Blueprint, Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Redirect

from chassis.upstream import UpstreamError
from frontend.checkout_form import COUNTRIES, CheckoutForm
from frontend.counts import counts
from frontend.csrf import require_form_token
from frontend.ordering import Purchase
from frontend.orders import NUMBER
from frontend.pages.cart import CART, cart_lines, current_cart, total
from frontend.pages.upstreams import ordering
from frontend.refusal import RefusedError

LAST = "last"  # key and number of the last order: its form may be sent again
AWAY = "We could not reach our order desk. Nothing is lost: please press the button again in a moment."
KEY_BYTES = 18
FIELDS = {"address": "street"}  # where an error of order-api is shown
blueprint = Blueprint("checkout", __name__)
blueprint.before_request(require_form_token)


@blueprint.after_request
async def forget(response: Response) -> Response:
    """Addresses are kept nowhere on the way."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@blueprint.get("/checkout")
async def show() -> str | Redirect:
    """The form; its key makes sending it twice harmless."""
    if not current_cart().quantities:
        return redirect(url_for("cart.show"), 303)
    return await _page(CheckoutForm(), _new_key())


@blueprint.post("/checkout")
async def place() -> tuple[str, int] | Redirect:
    """Send the order; a refusal shows the form again with a fresh key, a failure with the same one."""
    sent = await request.form
    key, last = sent.get("key", ""), session.get(LAST)
    if isinstance(last, dict) and key and last.get("key") == key:
        return _placed("repeated", str(last.get("number")))
    cart, form = current_cart(), CheckoutForm.of(sent)
    if not cart.quantities:
        return redirect(url_for("cart.show"), 303)
    errors = form.errors()
    if errors:
        return await _again(422, "invalid", form, key, errors=errors)
    try:
        number, new = await ordering().place(Purchase(key, form, cart))
    except RefusedError as error:
        named = {FIELDS.get(name, name): detail for name, detail in error.errors.items()}
        return await _again(409, "refused", form, _new_key(), errors=named, message=error.detail)
    except UpstreamError:
        return await _again(503, "unavailable", form, key, message=AWAY)
    session.pop(CART, None)
    session[LAST] = {"key": key, "number": number}
    return _placed("placed" if new else "repeated", number)


def _placed(result: str, number: str) -> Redirect:
    counts().checkouts.labels(result).inc()
    # the number comes from order-api or our own cookie; anything else would be an address of somebody's choice
    target = url_for("orders.show", number=number) if NUMBER.fullmatch(number) else url_for("orders.find")
    return redirect(target, 303)


async def _again(
    status: int, result: str, form: CheckoutForm, key: str, *, errors: dict[str, str] | None = None, message: str = ""
) -> tuple[str, int]:
    counts().checkouts.labels(result).inc()
    return await _page(form, key, errors=errors, message=message), status


async def _page(form: CheckoutForm, key: str, *, errors: dict[str, str] | None = None, message: str = "") -> str:
    try:
        lines = await cart_lines()
    except UpstreamError:
        if not message:
            raise
        lines = []  # what was filled in matters more than the summary beside it
    return await render_template(
        "checkout.html",
        lines=lines,
        total=total(lines),
        key=key,
        form=form,
        errors=errors or {},
        message=message,
        countries=COUNTRIES,
    )


def _new_key() -> str:
    return secrets.token_urlsafe(KEY_BYTES)
