"""/api/reservations, for the order API only: the gateway does not forward it."""

from dataclasses import asdict

from quart import Blueprint, Response, current_app, jsonify

from chassis.body import json_body
from product_api import forms
from product_api.domain import RESERVATION_ID
from product_api.stock import Stock

STOCK = "stock"
blueprint = Blueprint("reservations", __name__, url_prefix="/api/reservations")


@blueprint.post("")
async def reserve() -> tuple[Response, int]:
    """Take stock for an order; 201 when taken now, 200 when it was held already."""
    reservation, now = await _stock().reserve(*forms.reservation(await json_body()))
    return jsonify(asdict(reservation)), 201 if now else 200


@blueprint.delete("/<order_id>")
async def release(order_id: str) -> tuple[str, int]:
    """Give the stock back; also fine when nothing is held."""
    if RESERVATION_ID.fullmatch(order_id):
        await _stock().release(order_id)
    return "", 204


def _stock() -> Stock:
    found: Stock = current_app.extensions[STOCK]
    return found
