"""/api/orders for staff: the queue and the next step of an order."""

from quart import Blueprint, Response, current_app, jsonify, request

from chassis.body import json_body
from order_api import forms, shown
from order_api.callers import staff_of_request
from order_api.orders_routes import ordering, valid
from order_api.queue import Queue

QUEUE = "queue"
blueprint = Blueprint("fulfilment", __name__, url_prefix="/api/orders")


@blueprint.get("")
async def queue() -> Response:
    """A page of the orders to work on, oldest first."""
    staff_of_request()
    found: Queue = current_app.extensions[QUEUE]
    response = jsonify(shown.page(await found.page(forms.query(request.args.to_dict()))))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/<number>/transitions")
async def move(number: str) -> Response:
    """Move the order on; 409 when its state does not allow that, 200 when somebody did it already."""
    change = forms.transition(await json_body(), staff_of_request())
    return jsonify(shown.to_staff(await ordering().move(valid(number), change)))
