"""/api/orders."""

from typing import Any

from quart import Blueprint, Response, current_app, jsonify, request

from chassis.body import json_body
from chassis.problem import Problem
from order_api import forms
from order_api.domain import NUMBER, TRANSITIONS, Order, UnknownOrderError
from order_api.ordering import Ordering
from order_api.orders import Orders

ORDERS = "orders"
ORDERING = "ordering"
blueprint = Blueprint("orders", __name__, url_prefix="/api/orders")


@blueprint.post("")
async def place() -> tuple[Response, int, dict[str, str]]:
    """Place an order once per Idempotency-Key; 201 when made by this call, 200 when it was there."""
    key = request.headers.get("Idempotency-Key", "")
    if not forms.KEY.fullmatch(key):
        raise Problem(400, "Send an Idempotency-Key header of 8 to 128 visible ASCII characters.")
    ordering: Ordering = current_app.extensions[ORDERING]
    order, new = await ordering.place(forms.placement(key, await json_body()))
    return jsonify(shown(order)), 201 if new else 200, {"Location": f"/api/orders/{order.number}"}


@blueprint.get("/<number>")
async def show(number: str) -> Response:
    """The order with its status and history."""
    orders: Orders = current_app.extensions[ORDERS]
    response = jsonify(shown(await orders.get(_valid(number))))
    response.headers["Cache-Control"] = "private, no-cache"
    await response.add_etag()
    await response.make_conditional(request)
    return response


@blueprint.post("/<number>/transitions")
async def move(number: str) -> Response:
    """Move the order on; 409 when its state does not allow that."""
    ordering: Ordering = current_app.extensions[ORDERING]
    return jsonify(shown(await ordering.move(_valid(number), forms.transition(await json_body()))))


def shown(order: Order) -> dict[str, Any]:
    """The order as JSON; the e-mail address stays inside, the number alone may read this."""
    return {
        "number": order.number,
        "status": order.status,
        "transitions": list(TRANSITIONS.get(order.status, ())),
        "customer": {"name": order.customer.name},
        "lines": [vars(line) for line in order.lines],
        "total_cents": order.total_cents,
        "currency": order.lines[0].currency if order.lines else None,
        "history": [{"status": event.status, "at": event.at.isoformat()} for event in order.history],
    }


def _valid(number: str) -> str:
    if not NUMBER.fullmatch(number):
        raise UnknownOrderError(number)
    return number
