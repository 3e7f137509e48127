"""The product API as the keeper of stock and prices."""

import json
from typing import Any
from urllib.parse import quote

from chassis.upstream import Reply, Upstream, UpstreamError
from order_api.domain import OrderLine, WantedLine
from order_api.errors import RejectedError, StockUnavailableError

# out of stock or other lines, given up before, malformed: asking again changes none of them
REFUSED = frozenset({409, 410, 422})
PASSED_ON = ("detail", "product_id", "wanted", "available")


class Stock:
    """Reserves stock under an order's number, which makes every call safe to repeat."""

    def __init__(self, product_api: Upstream) -> None:
        self._product_api = product_api

    async def reserve(self, number: str, lines: tuple[WantedLine, ...]) -> tuple[OrderLine, ...]:
        """What is now held, with prices; RejectedError or StockUnavailableError."""
        wanted = [{"product_id": line.product_id, "quantity": line.quantity} for line in lines]
        body = json.dumps({"order_id": number, "lines": wanted}).encode()
        # an order's number can be reserved once, so that this POST may be repeated
        reply = await self._call("POST", "/api/reservations", body, idempotent=True)
        if reply.status in REFUSED:
            raise RejectedError(_reason(reply))
        if reply.status not in (200, 201):
            raise StockUnavailableError(f"product-api answered {reply.status}")
        return _lines(reply, lines)

    async def release(self, number: str) -> None:
        """Give everything back, in one try; StockUnavailableError when that is not certain."""
        reply = await self._call("DELETE", f"/api/reservations/{quote(number, safe='')}", idempotent=False)
        if reply.status != 204:
            raise StockUnavailableError(f"product-api answered {reply.status}")

    async def _call(self, method: str, target: str, body: bytes | None = None, *, idempotent: bool) -> Reply:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            return await self._product_api.call(method, target, headers=headers, body=body, idempotent=idempotent)
        except UpstreamError as error:
            raise StockUnavailableError(str(error)) from error


def _object(reply: Reply) -> dict[str, Any]:
    try:
        said = reply.json()
    except UpstreamError as error:
        raise StockUnavailableError(str(error)) from error
    if not isinstance(said, dict):
        raise StockUnavailableError("product-api answered something else than an object")
    return said


def _reason(reply: Reply) -> dict[str, object]:
    said = _object(reply)
    if said.get("status") != reply.status or not isinstance(said.get("detail"), str):
        raise StockUnavailableError("product-api refused without a problem document")
    return {name: said[name] for name in PASSED_ON if isinstance(said.get(name), str | int)}


def _lines(reply: Reply, wanted: tuple[WantedLine, ...]) -> tuple[OrderLine, ...]:
    said = _object(reply)
    try:
        lines = tuple(OrderLine(**line) for line in said["lines"])
    except (KeyError, TypeError) as error:
        raise StockUnavailableError("product-api answered an unknown shape") from error
    if not all(_sane(line) for line in lines):
        raise StockUnavailableError("product-api answered a name or price that cannot be one")
    if tuple(sorted(WantedLine(line.product_id, line.quantity) for line in lines)) != wanted:
        raise StockUnavailableError("product-api reserved other lines than wanted")
    return lines


def _sane(line: OrderLine) -> bool:
    texts = line.product_id, line.name, line.currency
    numbers = line.quantity, line.unit_price_cents
    if not all(type(text) is str and text for text in texts) or not all(type(number) is int for number in numbers):
        return False
    return line.unit_price_cents >= 0 and len(line.currency) == 3
