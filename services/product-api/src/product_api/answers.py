"""Answers in JSON, and those that are kept for a moment."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quart import Response, request

from chassis.cache import Cache
from product_api.domain import Product
from product_api.entity_tag import tag_of

JSON = "application/json"
MEMBERS = (
    "id", "name", "description", "category", "price_cents", "currency", "stock", "version", "created_at", "updated_at",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A body with its entity tag."""

    body: bytes
    tag: str

    def response(self, status: int = 200, **headers: str) -> Response:
        """The answer of a write, which nobody keeps."""
        kept = {"ETag": self.tag, "Cache-Control": "no-store", **headers}
        return Response(self.body, status, kept, content_type=JSON)

    def revalidated(self) -> Response:
        """The answer of a read: 304 when the client has it. Everybody may keep it, but nobody use it without asking."""
        headers = {"ETag": self.tag, "Cache-Control": "no-cache"}  # stock changes at any time
        if "If-None-Match" in request.headers and request.if_none_match.contains_weak(self.tag[1:-1]):
            return Response(b"", 304, headers, content_type=JSON)
        return Response(self.body, 200, headers, content_type=JSON)


def answer(document: Mapping[str, Any], version: int | None = None) -> Answer:
    """JSON in UTF-8, with times in UTC."""
    body = json.dumps(document, default=_time, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(body, tag_of(body, version))


def document_of(product: Product) -> dict[str, Any]:
    """A product as clients see it."""
    return {name: getattr(product, name) for name in MEMBERS}


def product_answer(product: Product) -> Answer:
    """One product."""
    return answer(document_of(product), product.version)


async def kept(cache: Cache, key: str, make: Callable[[], Awaitable[Answer]]) -> Answer:
    """The answer that `cache` keeps, else the one that `make` makes; errors are not kept."""

    async def load() -> bytes:
        # one piece of bytes, so that Redis may hold it as well
        made = await make()
        return made.tag.encode() + b"\n" + made.body

    tag, _, body = (await cache.get(key, load)).partition(b"\n")
    return Answer(body, tag.decode())


def _time(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")
