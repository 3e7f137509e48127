"""The catalogue, asked from product-api."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from chassis.problem import Problem
from chassis.upstream import Upstream, UpstreamError
from frontend.domain import Listing, Product

T = TypeVar("T")


class Catalogue:
    """Reads products; UpstreamError when product-api gives no usable answer."""

    def __init__(self, product_api: Upstream) -> None:
        self._product_api = product_api

    async def listing(self, arguments: dict[str, str]) -> Listing:
        """The page that product-api's query `arguments` describe; a Problem of 400 for a bad query."""
        found = await self._get(f"/api/products?{urlencode(arguments)}")
        return _shaped(lambda: Listing(tuple(Product(**item) for item in found["items"]), found["next_cursor"]))

    async def categories(self) -> list[str]:
        """The names of all categories."""
        found = await self._get("/api/categories")
        return _shaped(lambda: [str(item["name"]) for item in found["items"]])

    async def product(self, product_id: str) -> Product:
        """One product; a Problem of 404 when there is none."""
        found = await self._get(f"/api/products/{quote(product_id, safe='')}")
        return _shaped(lambda: Product(**found))

    async def _get(self, target: str) -> Any:
        reply = await self._product_api.call("GET", target)
        if reply.status == 404:
            raise Problem(404, "We do not sell this product (any more).")
        if reply.status == 422:
            raise Problem(400, "This list of products does not exist.")
        if reply.status != 200:
            raise UpstreamError(f"product-api answered {reply.status}")
        return reply.json()


def _shaped(build: Callable[[], T]) -> T:
    try:
        return build()
    except (KeyError, TypeError) as error:
        raise UpstreamError("product-api answered an unknown shape") from error
