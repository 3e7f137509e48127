"""The product API's reservations in memory, behind real HTTP, with troubles on demand."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from quart import Quart, Response, jsonify, request

from chassis.problem import Problem, install_problems
from chassis.tokens import Verifier, caller_of_request, development_callers, install_tokens

Trouble = Callable[[], Response]


@dataclass
class Shelf:
    """Stock by product, what orders hold of it, and what was asked.

    `instead` are answers given without doing anything, `lost` ones given after doing it.
    """

    stock: Counter[str] = field(default_factory=lambda: Counter(lamp=5, torch=2))
    currency: dict[str, str] = field(default_factory=dict)
    held: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    instead: list[Trouble] = field(default_factory=list)
    lost: list[Trouble] = field(default_factory=list)

    def reserve(self, number: str, wanted: list[dict[str, Any]]) -> tuple[Response, int]:
        if number in self.released:
            raise Problem(410, "This order was given up.")
        if number in self.held:
            return self._answer(number), 200
        for line in wanted:
            available = self.stock[line["product_id"]]
            if available < line["quantity"]:
                detail = f"Only {available} of {line['product_id']} available, {line['quantity']} wanted."
                kind = "urn:techcommerce:problem:out-of-stock"
                members = {"product_id": line["product_id"], "wanted": line["quantity"], "available": available}
                raise Problem(409, detail, kind=kind, **members)
        self.hold(number, wanted)
        return self._answer(number), 201

    def hold(self, number: str, wanted: list[dict[str, Any]]) -> None:
        self.stock.subtract({line["product_id"]: line["quantity"] for line in wanted})
        self.held[number] = wanted

    def release(self, number: str) -> None:
        for line in self.held.pop(number, []):
            self.stock[line["product_id"]] += line["quantity"]
        self.released.add(number)

    def _answer(self, number: str) -> Response:
        prices = {"lamp": 500, "torch": 200}
        lines = [
            {
                **line,
                "name": line["product_id"].title(),
                "unit_price_cents": prices[line["product_id"]],
                "currency": self.currency.get(line["product_id"], "EUR"),
            }
            for line in self.held[number]
        ]
        return jsonify(order_id=number, lines=lines)


def stand_in(shelf: Shelf) -> Quart:
    """The application that serves `shelf`."""
    app = Quart(__name__, static_folder=None)
    install_problems(app)
    install_tokens(app, Verifier("product-api", development_callers("order-api")))

    @app.before_request
    async def trouble() -> Response | None:
        caller_of_request("order-api")
        shelf.calls.append(f"{request.method} {request.path}")
        return shelf.instead.pop(0)() if shelf.instead else None

    @app.post("/api/reservations")
    async def reserve() -> tuple[Response, int] | Response:
        body = await request.get_json()
        answer = shelf.reserve(body["order_id"], body["lines"])
        return shelf.lost.pop(0)() if shelf.lost else answer

    @app.delete("/api/reservations/<number>")
    async def release(number: str) -> tuple[str, int] | Response:
        shelf.release(number)
        return shelf.lost.pop(0)() if shelf.lost else ("", 204)

    return app


def answering(status: int, body: str = "", kind: str = "application/json") -> Trouble:
    """An answer of this status and body."""
    return lambda: Response(body, status, content_type=kind)
