"""/api/reservations, for the order API only: the gateway does not forward it."""

from dataclasses import asdict

from quart import Blueprint, Response, jsonify

from chassis.body import json_body
from chassis.tokens import caller_of_request
from product_api import forms
from product_api.errors import OutOfStockError
from product_api.reservation import RESERVATION_ID
from product_api.shop import shop

ORDERS = "order-api"
blueprint = Blueprint("reservations", __name__, url_prefix="/api/reservations")


@blueprint.post("")
async def reserve() -> tuple[Response, int]:
    """Take stock for an order; 201 when taken now, 200 when it was held already, 410 when it was released."""
    caller_of_request(ORDERS)
    order_id, lines = forms.reservation(await json_body())
    try:
        reservation, now = await shop().stock.reserve(order_id, lines)
    except OutOfStockError:
        shop().counts.reservation("refused")
        raise
    shop().counts.reservation("taken" if now else "repeated")
    if now:
        await shop().caches.forget(*(line.product_id for line in lines))
    return jsonify(asdict(reservation)), 201 if now else 200


@blueprint.delete("/<order_id>")
async def release(order_id: str) -> tuple[str, int]:
    """Give the stock back, for good; also fine when nothing is held."""
    caller_of_request(ORDERS)
    if RESERVATION_ID.fullmatch(order_id):
        product_ids = await shop().stock.release(order_id)
        if product_ids:
            shop().counts.reservation("released")
            await shop().caches.forget(*product_ids)
    return "", 204
