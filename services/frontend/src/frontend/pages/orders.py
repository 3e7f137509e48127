"""An order for its customer: confirmation, tracking, cancelling."""

from quart import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Redirect

from frontend.csrf import require_form_token
from frontend.orders import MEANINGS, NUMBER, STEPS
from frontend.pages.checkout import LAST
from frontend.pages.upstreams import ordering
from frontend.refusal import RefusedError

blueprint = Blueprint("orders", __name__, url_prefix="/orders")
blueprint.before_request(require_form_token)


@blueprint.after_request
async def forget(response: Response) -> Response:
    """Orders are kept nowhere on the way."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@blueprint.get("")
async def find() -> tuple[str, int] | Redirect:
    """The form that asks for an order's number, and its answer."""
    number = request.args.get("number", "").strip().upper()
    if NUMBER.fullmatch(number):
        return redirect(url_for("orders.show", number=number), 303)
    return await render_template("find_order.html", number=number[:40]), 422 if number else 200


@blueprint.get("/<number>")
async def show(number: str) -> str:
    """An order with its status and history; a thank-you for who has just placed it."""
    order = await ordering().order(number)
    last = session.get(LAST)
    thanks = isinstance(last, dict) and last.get("number") == number and order.status == "placed"
    return await render_template("order.html", order=order, steps=STEPS, meanings=MEANINGS, thanks=thanks)


@blueprint.post("/<number>/cancel")
async def cancel(number: str) -> str | Redirect:
    """Ask, then cancel."""
    order = await ordering().order(number)
    if not (await request.form).get("confirmed"):
        return await render_template(
            "confirm.html",
            title=f"Cancel order {order.number}?",
            detail="Nothing will be sent and nothing is charged. A cancelled order cannot be brought back.",
            action="Cancel this order",
            back=url_for("orders.show", number=number),
            fields={},
        )
    try:
        await ordering().cancel(number)
        await flash("Your order is called off. Nothing will be sent.")
    except RefusedError as error:
        await flash(f"This order can no longer be cancelled. {error.detail}")
    return redirect(url_for("orders.show", number=number), 303)
