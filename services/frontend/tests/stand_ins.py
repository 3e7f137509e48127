"""Stand-ins of the two APIs: the contract between the services, in memory, with knobs for trouble."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quart import Quart, Response, jsonify, request

from chassis.problem import Problem, install_problems
from chassis.tokens import Verifier, caller_of_request, development_callers, install_tokens

PRODUCTS = Path(__file__).with_name("products.json")
NUMBERS = [f"TC-{digit}Q2M4K-9XW3PA" for digit in "0123456789ABCDEFGH"]
AT = datetime(2026, 3, 14, 9, 30, tzinfo=UTC).isoformat()
NEXT = {
    "placed": ["paid", "cancelled"],
    "paid": ["packed", "refunded"],
    "packed": ["shipped", "refunded"],
    "shipped": ["delivered"],
    "delivered": ["refunded"],
}


@dataclass
class Trouble:
    """What goes wrong on purpose, and what was asked."""

    status: int = 0  # answer everything with this one
    hang: bool = False  # until `release`
    body: bytes = b""  # answer with this instead
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def before(self) -> Response | None:
        """Make trouble, if any is wanted."""
        self.asked.append((request.method, request.full_path.rstrip("?"), dict(request.headers.items())))
        if self.hang:
            await self.released.wait()
        if self.status or self.body:
            return Response(self.body or b"{}", self.status or 200, content_type="application/json")
        return None


def _app(audience: str, trouble: Trouble) -> Quart:
    app = Quart(audience, static_folder=None)
    install_problems(app)
    install_tokens(app, Verifier(audience, development_callers("frontend")))
    app.before_request(trouble.before)
    app.config["MAX_CONTENT_LENGTH"] = 11 * 1024 * 1024
    return app


class ProductApi:
    """Products by id."""

    def __init__(self) -> None:
        self.trouble = Trouble()
        self.products: dict[str, dict[str, Any]] = {}
        self.imported: list[bytes] = []
        for product in json.loads(PRODUCTS.read_text()):
            self.keep(product)
        self.app = _app("product-api", self.trouble)
        rules = {
            "/api/products": (self.listing, ["GET"]),
            "/api/categories": (self.categories, ["GET"]),
            "/api/products/<product_id>": (self.one, ["GET", "PUT", "DELETE"]),
            "/api/products/<product_id>/stock": (self.stock, ["POST"]),
            "/api/products/import": (self.import_file, ["POST"]),
        }
        self.app.add_url_rule("/api/products", "create", self.create, methods=["POST"])
        for rule, (view, methods) in rules.items():
            self.app.add_url_rule(rule, view.__name__, view, methods=methods)

    def keep(self, product: dict[str, Any]) -> dict[str, Any]:
        """Add or change a product; its version counts."""
        version = self.products.get(product["id"], {}).get("version", 0) + 1
        self.products[product["id"]] = {**product, "version": version, "created_at": AT, "updated_at": AT}
        return self.products[product["id"]]

    async def listing(self) -> Response:
        """A page; the cursor is the number of products before it."""
        asked = request.args
        if asked.get("cursor", "0").isdigit() is False or len(asked.get("q", "")) > 100:
            raise Problem(422, "Some fields are not valid.")
        found = [product for product in self.products.values() if _matches(product, asked)]
        sort = asked.get("sort", "name")
        if sort.lstrip("-") in ("name", "price"):
            key = "price_cents" if "price" in sort else "name"
            found.sort(key=lambda product: (product[key], product["id"]), reverse=sort.startswith("-"))
        start, limit = int(asked.get("cursor", "0")), int(asked.get("limit", "20"))
        more = str(start + limit) if len(found) > start + limit else None
        return jsonify(items=found[start : start + limit], next_cursor=more)

    async def categories(self) -> Response:
        """Every category with its number of products."""
        names = [product["category"] for product in self.products.values()]
        return jsonify(items=[{"name": name, "products": names.count(name)} for name in sorted(set(names))])

    async def one(self, product_id: str) -> Response:
        """Read, change or delete."""
        product = self.products.get(product_id)
        if request.method not in ("GET", "HEAD"):
            caller_of_request("frontend", staff=True)
        if product is None:
            raise Problem(404, "No product has this id.")
        if request.method in ("GET", "HEAD"):
            response = jsonify(product)
            response.set_etag(str(product["version"]))
            await response.make_conditional(request)
            return response
        if request.headers.get("If-Match") != f'"{product["version"]}"':
            raise Problem(412, "The product was changed in the meantime.")
        if request.method == "DELETE":
            del self.products[product_id]
            return Response(status=204)
        return jsonify(self.keep({**product, **await request.get_json()}))

    async def create(self) -> tuple[Response, int]:
        """Add; the id is made of the name."""
        caller_of_request("frontend", staff=True)
        body = await request.get_json()
        product_id = body.get("id") or body["name"].lower().replace(" ", "-")
        if product_id in self.products:
            raise Problem(409, "Another product has this id.")
        if body["name"] == "Refused":
            errors = [{"pointer": "/price_cents", "detail": "must be from 0 to 1"}]
            raise Problem(422, "Some fields are not valid.", errors=errors)
        return jsonify(self.keep({"id": product_id, **body})), 201

    async def stock(self, product_id: str) -> Response:
        """Add or take."""
        caller_of_request("frontend", staff=True)
        product, change = self.products[product_id], (await request.get_json())["change"]
        if product["stock"] + change < 0:
            raise Problem(409, f"There are {product['stock']} in stock.", stock=product["stock"])
        return jsonify(self.keep({**product, "stock": product["stock"] + change}))

    async def import_file(self) -> Response:
        """Refuse a file with the word `wrong` in it, keep any other."""
        caller_of_request("frontend", staff=True)
        raw = await request.get_data(as_text=False)
        if b"wrong" in raw:
            errors = [{"line": 3, "field": "price_cents", "detail": "must be a whole number"}]
            raise Problem(422, "The file has 1 mistakes; nothing was imported.", errors=errors, more=0)
        self.imported.append(raw)
        return jsonify(created=2, updated=1)


def _matches(product: dict[str, Any], asked: Any) -> bool:
    text = f"{product['name']} {product['description']}".lower()
    return (
        asked.get("q", "").lower() in text
        and asked.get("category", product["category"]) == product["category"]
        and int(asked.get("min_price", "0")) <= product["price_cents"] <= int(asked.get("max_price", "999999999"))
        and (asked.get("in_stock") != "true" or product["stock"] > 0)
    )


class OrderApi:
    """Orders by number; one for each key."""

    def __init__(self, products: ProductApi) -> None:
        self.trouble = Trouble()
        self.orders: dict[str, dict[str, Any]] = {}
        self.numbers: dict[str, str] = {}
        self.products = products
        self.app = _app("order-api", self.trouble)
        self.app.add_url_rule("/api/orders", "place", self.place, methods=["POST"])
        self.app.add_url_rule("/api/orders", "queue", self.queue)
        self.app.add_url_rule("/api/orders/<number>", "show", self.show)
        self.app.add_url_rule("/api/orders/<number>/cancel", "cancel", self.cancel, methods=["POST"])
        self.app.add_url_rule("/api/orders/<number>/transitions", "move", self.move, methods=["POST"])

    async def place(self) -> tuple[Response, int, dict[str, str]]:
        """One order a key; a product that is short refuses all of it."""
        key, body = request.headers.get("Idempotency-Key", ""), json.loads(await request.get_data())
        if len(key) < 8:
            raise Problem(400, "Send an Idempotency-Key header of 8 to 128 visible ASCII characters.")
        if body["customer"]["email"].startswith("refused"):
            errors = [{"pointer": "/customer/email", "detail": "must be an e-mail address"}]
            raise Problem(422, "Some fields are not valid.", errors=errors)
        new = key not in self.numbers
        if new:
            number = self.numbers[key] = NUMBERS[len(self.orders)]
            self.orders[number] = self._made(number, body)
            self._event(number, "placed", "customer")
        number = self.numbers[key]
        return jsonify(self._shown(number)), 201 if new else 200, {"Location": f"/api/orders/{number}"}

    def _made(self, number: str, body: dict[str, Any]) -> dict[str, Any]:
        lines = []
        for line in body["lines"]:
            product = self.products.products.get(line["product_id"])
            if not product or product["stock"] < line["quantity"]:
                kind = "urn:techcommerce:problem:order-rejected"
                raise Problem(409, f"Only {product['stock'] if product else 0} available.", kind=kind)
            product["stock"] -= line["quantity"]
            price = {"name": product["name"], "unit_price_cents": product["price_cents"], "currency": "EUR"}
            lines.append({**line, **price})
        total = sum(line["unit_price_cents"] * line["quantity"] for line in lines)
        made = {"number": number, "customer": body["customer"], "lines": lines, "total_cents": total}
        return {**made, "currency": "EUR", "placed_at": AT, "history": []}

    def _event(self, number: str, status: str, actor: str, note: str = "") -> None:
        self.orders[number]["status"] = status
        self.orders[number]["history"].append({"status": status, "at": AT, "actor": actor, "note": note})

    def _shown(self, number: str) -> dict[str, Any]:
        if number not in self.orders:
            raise Problem(404, "No order has this number.")
        order, allowed = self.orders[number], NEXT.get(self.orders[number]["status"], [])
        if caller_of_request("frontend").subject:
            return {**order, "allowed": allowed}
        final = [state for state in allowed[1:] if order["status"] in ("placed", "paid")]
        return {**order, "customer": {"name": order["customer"]["name"]}, "allowed": final}

    async def show(self, number: str) -> Response:
        """The order; staff sees more of it."""
        return jsonify(self._shown(number))

    async def cancel(self, number: str) -> Response:
        """Cancel what is placed."""
        if self.orders[number]["status"] != "placed":
            raise Problem(409, "An order that is packed cannot be cancelled.", allowed=[])
        self._event(number, "cancelled", "customer")
        return jsonify(self._shown(number))

    async def move(self, number: str) -> Response:
        """Move on, for staff."""
        staff, body = caller_of_request("frontend", staff=True).subject, await request.get_json()
        if number not in self.orders:
            raise Problem(404, "No order has this number.")
        if body["to"] not in NEXT.get(self.orders[number]["status"], []):
            raise Problem(409, "That does not follow.", allowed=NEXT.get(self.orders[number]["status"], []))
        self._event(number, body["to"], staff, body.get("note", ""))
        return jsonify(self._shown(number))

    async def queue(self) -> Response:
        """A page of orders, for staff; the cursor is the number of orders before it."""
        caller_of_request("frontend", staff=True)
        if not request.args.get("cursor", "0").isdigit():
            raise Problem(422, "Some fields are not valid.")
        found = [number for number, order in self.orders.items() if order["status"] == request.args.get("status")]
        start, limit = int(request.args.get("cursor", "0")), int(request.args.get("limit", "20"))
        more = str(start + limit) if len(found) > start + limit else None
        return jsonify(items=[self._shown(number) for number in found[start : start + limit]], next_cursor=more)
