"""/api/orders for customers: the number of an order, which nobody can guess, is all they need."""

from typing import Any

from quart import Blueprint, Response, current_app, jsonify, request

from chassis.body import json_body
from chassis.problem import Problem
from order_api import forms, shown
from order_api.callers import actor_of_request
from order_api.domain import CUSTOMER, NUMBER, Actor, Order
from order_api.errors import UnknownOrderError
from order_api.ordering import Ordering
from order_api.orders import Orders

ORDERS = "orders"
ORDERING = "ordering"
blueprint = Blueprint("orders", __name__, url_prefix="/api/orders")


@blueprint.post("")
async def place() -> tuple[Response, int, dict[str, str]]:
    """Place an order once per Idempotency-Key; 201 when made by this call, 200 when it was there."""
    actor = actor_of_request()
    key = request.headers.get("Idempotency-Key", "")
    if not forms.KEY.fullmatch(key):
        raise Problem(400, "Send an Idempotency-Key header of 8 to 128 visible ASCII characters.")
    order, new = await ordering().place(forms.placement(key, await json_body()))
    return jsonify(seen_by(actor, order)), 201 if new else 200, {"Location": f"/api/orders/{order.number}"}


@blueprint.get("/<number>")
async def show(number: str) -> Response:
    """The order with its status and history; staff sees more of it."""
    actor = actor_of_request()
    orders: Orders = current_app.extensions[ORDERS]
    response = jsonify(seen_by(actor, await orders.get(valid(number))))
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Authorization")
    await response.add_etag()
    await response.make_conditional(request)
    return response


@blueprint.post("/<number>/cancel")
async def cancel(number: str) -> Response:
    """Cancel an order that nobody has packed yet; 409 when it is too late."""
    actor = actor_of_request()
    return jsonify(seen_by(actor, await ordering().cancel(valid(number), actor)))


def ordering() -> Ordering:
    """The use cases of the application that answers."""
    found: Ordering = current_app.extensions[ORDERING]
    return found


def seen_by(actor: Actor, order: Order) -> dict[str, Any]:
    """The order as JSON for this caller."""
    return shown.to_public(order) if actor == CUSTOMER else shown.to_staff(order)


def valid(number: str) -> str:
    """A number that can be one, or UnknownOrderError."""
    if not NUMBER.fullmatch(number):
        raise UnknownOrderError(number)
    return number
