"""The product API as the keeper of stock and prices."""

import json
from typing import Any
from urllib.parse import quote

from chassis.upstream import Reply, Upstream, UpstreamError
from order_api.domain import OrderLine, RejectedError, StockUnavailableError, WantedLine

REFUSED = frozenset({400, 404, 409, 413, 422})
NOT_PASSED_ON = frozenset({"type", "title", "status"})


class Stock:
    """Reserves stock under an order's number, which makes every call safe to repeat."""

    def __init__(self, product_api: Upstream) -> None:
        self._product_api = product_api

    async def reserve(self, number: str, lines: tuple[WantedLine, ...]) -> tuple[OrderLine, ...]:
        """What is now held, with prices; RejectedError or StockUnavailableError."""
        wanted = [{"product_id": line.product_id, "quantity": line.quantity} for line in lines]
        body = json.dumps({"order_id": number, "lines": wanted}).encode()
        reply = await self._call("POST", "/api/reservations", body)
        if reply.status in REFUSED:
            said = _object(reply)
            raise RejectedError({name: value for name, value in said.items() if name not in NOT_PASSED_ON})
        if reply.status not in (200, 201):
            raise StockUnavailableError(f"product-api answered {reply.status}")
        return _lines(reply)

    async def release(self, number: str) -> None:
        """Give everything back; StockUnavailableError when that is not certain."""
        reply = await self._call("DELETE", f"/api/reservations/{quote(number, safe='')}")
        if reply.status != 204:
            raise StockUnavailableError(f"product-api answered {reply.status}")

    async def _call(self, method: str, target: str, body: bytes | None = None) -> Reply:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            return await self._product_api.call(method, target, headers=headers, body=body, idempotent=True)
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


def _lines(reply: Reply) -> tuple[OrderLine, ...]:
    try:
        return tuple(OrderLine(**line) for line in _object(reply)["lines"])
    except (KeyError, TypeError) as error:
        raise StockUnavailableError("product-api answered an unknown shape") from error
