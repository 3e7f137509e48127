"""The catalogue, asked from product-api."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from chassis.problem import Problem
from chassis.upstream import Upstream, UpstreamError
from frontend.products import PRODUCT_ID, Category, Listing, Product
from frontend.refusal import RefusedError, expect

T = TypeVar("T")
JSON = {"Content-Type": "application/json"}
GONE = "We do not sell this product (any more)."


class Catalogue:
    """Reads and changes products; UpstreamError when product-api gives no usable answer.

    Changes are made in the name of `staff`; RefusedError says why one was not made.
    """

    def __init__(self, product_api: Upstream, imports: Upstream) -> None:
        self._product_api = product_api
        self._imports = imports  # the same service with more patience

    async def listing(self, arguments: Mapping[str, str]) -> Listing:
        """The page that product-api's query `arguments` describe; a Problem of 400 for a bad query."""
        found = await self._get(f"/api/products?{urlencode(arguments)}")
        return shaped(lambda: Listing(tuple(map(_product, found["items"])), found["next_cursor"]))

    async def categories(self) -> list[Category]:
        """All categories, by name."""
        found = await self._get("/api/categories")
        return shaped(lambda: [Category(str(item["name"]), int(item["products"])) for item in found["items"]])

    async def product(self, product_id: str) -> Product:
        """One product; a Problem of 404 when there is none."""
        if not PRODUCT_ID.fullmatch(product_id):
            raise Problem(404, GONE)
        found = await self._get(_path(product_id))
        return shaped(lambda: _product(found))

    async def create(self, body: Mapping[str, Any], staff: str) -> Product:
        """Add a product."""
        raw = json.dumps(body).encode()
        reply = await self._product_api.call("POST", "/api/products", headers=JSON, body=raw, subject=staff)
        made = expect(reply, 201).json()
        return shaped(lambda: _product(made))

    async def replace(self, product_id: str, version: str, body: Mapping[str, Any], staff: str) -> None:
        """Change a product that is still at `version`; RefusedError of 412 when it is not."""
        headers = {**JSON, "If-Match": f'"{version}"'}
        raw = json.dumps(body).encode()
        expect(await self._product_api.call("PUT", _path(product_id), headers=headers, body=raw, subject=staff), 200)

    async def remove(self, product_id: str, version: str, staff: str) -> None:
        """Delete a product that is still at `version`."""
        headers = {"If-Match": f'"{version}"'}
        expect(await self._product_api.call("DELETE", _path(product_id), headers=headers, subject=staff), 204)

    async def change_stock(self, product_id: str, change: int, reason: str, staff: str) -> None:
        """Add to the stock, or take from it; RefusedError of 409 when it would fall below zero."""
        raw = json.dumps({"change": change, "reason": reason}).encode()
        target = f"{_path(product_id)}/stock"
        expect(await self._product_api.call("POST", target, headers=JSON, body=raw, subject=staff), 200)

    async def import_file(self, content: bytes, kind: str, staff: str) -> tuple[int, int]:
        """How many products a file of content type `kind` created and updated; all or nothing."""
        headers = {"Content-Type": kind}
        reply = await self._imports.call("POST", "/api/products/import", headers=headers, body=content, subject=staff)
        done = expect(reply, 200, 201).json()
        return shaped(lambda: (int(done["created"]), int(done["updated"])))

    async def _get(self, target: str) -> Any:
        reply = await self._product_api.call("GET", target)
        try:
            return expect(reply, 200).json()
        except RefusedError as error:
            gone = error.status == 404
            raise Problem(404 if gone else 400, GONE if gone else "This list of products does not exist.") from error


def shaped(build: Callable[[], T]) -> T:
    """What `build` makes of an answer; UpstreamError when the answer has another shape."""
    try:
        return build()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UpstreamError("the API answered an unknown shape") from error


def _path(product_id: str) -> str:
    return f"/api/products/{quote(product_id, safe='')}"


def _product(item: Mapping[str, Any]) -> Product:
    updated = item.get("updated_at")
    return Product(
        id=str(item["id"]),
        name=str(item["name"]),
        description=str(item["description"]),
        category=str(item["category"]),
        price_cents=int(item["price_cents"]),
        currency=str(item["currency"]),
        stock=int(item["stock"]),
        version=int(item["version"]),
        updated_at=datetime.fromisoformat(updated) if updated else None,
    )
