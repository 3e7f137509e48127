"""Orders, asked from order-api."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from chassis.problem import Problem
from chassis.upstream import Reply, Upstream, UpstreamError
from frontend.domain import Cart, Event, Order, OrderLine

REFUSED = frozenset({400, 409, 422})


@dataclass(frozen=True)
class Purchase:
    """A filled-in checkout; the key makes it safe to send twice."""

    key: str
    name: str
    email: str
    cart: Cart


class RefusedError(Exception):
    """order-api does not take the order; the message is for the customer."""


class Ordering:
    """Places and reads orders; UpstreamError when order-api gives no usable answer."""

    def __init__(self, order_api: Upstream) -> None:
        self._order_api = order_api

    async def place(self, purchase: Purchase) -> str:
        """The number of the order, the same for the same key; RefusedError when it cannot be."""
        lines = [{"product_id": key, "quantity": value} for key, value in purchase.cart.quantities.items()]
        customer = {"name": purchase.name, "email": purchase.email}
        reply = await self._order_api.call(
            "POST",
            "/api/orders",
            headers={"Content-Type": "application/json", "Idempotency-Key": purchase.key},
            body=json.dumps({"customer": customer, "lines": lines}).encode(),
            idempotent=True,
        )
        said = reply.json()
        if reply.status in REFUSED:
            raise RefusedError(_reason(said))
        if reply.status not in (200, 201):
            raise UpstreamError(f"order-api answered {reply.status}")
        return str(said["number"])

    async def order(self, number: str) -> Order:
        """One order; a Problem of 404 when there is none."""
        reply = await self._order_api.call("GET", f"/api/orders/{quote(number, safe='')}")
        if reply.status == 404:
            raise Problem(404, "There is no order with this number.")
        if reply.status != 200:
            raise UpstreamError(f"order-api answered {reply.status}")
        return _order(reply)


def _reason(said: dict[str, Any]) -> str:
    fields = [f"{error['pointer'].split('/')[-1]} {error['detail']}" for error in said.get("errors", [])]
    return f"Please check: {', '.join(fields)}." if fields else str(said.get("detail", "The order was refused."))


def _order(reply: Reply) -> Order:
    said = reply.json()
    try:
        return Order(
            number=said["number"],
            status=said["status"],
            customer_name=said["customer"]["name"],
            lines=tuple(OrderLine(**line) for line in said["lines"]),
            total_cents=said["total_cents"],
            currency=said["currency"] or "EUR",
            history=tuple(Event(event["status"], datetime.fromisoformat(event["at"])) for event in said["history"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UpstreamError("order-api answered an unknown shape") from error
