"""Orders, asked from order-api."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from chassis.problem import Problem
from chassis.upstream import Upstream
from frontend.cart import Cart
from frontend.catalogue import JSON, shaped
from frontend.checkout_form import CheckoutForm
from frontend.orders import NUMBER, Event, Order, OrderLine, QueuePage
from frontend.refusal import RefusedError, expect

UNKNOWN = "There is no order with this number. It looks like TC-7Q2M4K-9XW3PA."


@dataclass(frozen=True)
class Purchase:
    """A filled-in checkout; the key makes it safe to send twice."""

    key: str
    form: CheckoutForm
    cart: Cart


class Ordering:
    """Places, reads and moves orders; UpstreamError when order-api gives no usable answer.

    `staff` names the member of staff who asks, "" is the public; RefusedError says why something was not done.
    """

    def __init__(self, order_api: Upstream) -> None:
        self._order_api = order_api

    async def place(self, purchase: Purchase) -> tuple[str, bool]:
        """The number of the order, the same for the same key, and whether this call made it."""
        lines = [{"product_id": key, "quantity": value} for key, value in purchase.cart.quantities.items()]
        form = purchase.form
        customer = {"name": form.name, "email": form.email, "address": form.address}
        reply = await self._order_api.call(
            "POST",
            "/api/orders",
            headers={**JSON, "Idempotency-Key": purchase.key},
            body=json.dumps({"customer": customer, "lines": lines}).encode(),
            idempotent=True,
        )
        said = expect(reply, 200, 201).json()
        return shaped(lambda: str(said["number"])), reply.status == 201

    async def order(self, number: str, staff: str = "") -> Order:
        """One order; a Problem of 404 when there is none."""
        reply = await self._order_api.call("GET", _path(number), subject=staff)
        try:
            said = expect(reply, 200).json()
        except RefusedError as error:
            raise Problem(404, UNKNOWN) from error
        return shaped(lambda: _order(said))

    async def cancel(self, number: str) -> None:
        """Cancel an order for its customer."""
        expect(await self._order_api.call("POST", f"{_path(number)}/cancel", idempotent=True), 200)

    async def move(self, number: str, to: str, note: str, staff: str) -> None:
        """Move an order on; asking twice is once."""
        raw = json.dumps({"to": to, "note": note} if note else {"to": to}).encode()
        target = f"{_path(number)}/transitions"
        expect(await self._order_api.call("POST", target, headers=JSON, body=raw, subject=staff, idempotent=True), 200)

    async def queue(self, arguments: Mapping[str, str], staff: str) -> QueuePage:
        """A page of the fulfilment queue; a Problem of 400 for a bad query."""
        reply = await self._order_api.call("GET", f"/api/orders?{urlencode(arguments)}", subject=staff)
        try:
            said = expect(reply, 200).json()
        except RefusedError as error:
            raise Problem(400, "This list of orders does not exist.") from error
        return shaped(lambda: QueuePage(tuple(map(_order, said["items"])), said["next_cursor"]))


def _path(number: str) -> str:
    if not NUMBER.fullmatch(number):
        raise Problem(404, UNKNOWN)
    return f"/api/orders/{quote(number, safe='')}"


def _order(said: Mapping[str, Any]) -> Order:
    customer = said["customer"]
    history = tuple(_event(event) for event in said.get("history") or ())
    return Order(
        number=said["number"],
        status=said["status"],
        customer_name=customer["name"],
        email=customer.get("email") or "",
        address=customer.get("address") or "",
        lines=tuple(_line(line) for line in said["lines"]),
        total_cents=int(said["total_cents"]),
        currency=said["currency"] or "EUR",
        placed_at=datetime.fromisoformat(said["placed_at"]),
        history=history,
        allowed=tuple(said.get("allowed") or ()),
    )


def _line(said: Mapping[str, Any]) -> OrderLine:
    return OrderLine(said["product_id"], int(said["quantity"]), said["name"], int(said["unit_price_cents"]))


def _event(said: Mapping[str, Any]) -> Event:
    at = datetime.fromisoformat(said["at"])
    return Event(said["status"], at, said.get("actor") or "system", said.get("note") or "")
