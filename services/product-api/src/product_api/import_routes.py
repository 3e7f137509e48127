"""/api/products/import: a file of products, all of it or nothing."""

import asyncio
from dataclasses import asdict
from typing import Any

from quart import Blueprint, Request, Response, jsonify, request

from chassis.problem import Problem
from chassis.tokens import caller_of_request
from product_api.catalogue_file import READERS, read
from product_api.products_routes import STAFF
from product_api.shop import shop

PATH = "/api/products/import"
FILE_LIMIT = 10 * 1024 * 1024  # bytes
blueprint = Blueprint("import", __name__)


class CatalogueRequest(Request):
    """A request whose body may be larger when it brings a file.

    Quart gives the limit to the body before any route can change it.
    """

    def __init__(
        self, method: str, scheme: str, path: str, *args: Any, max_content_length: int | None = None, **kwargs: Any
    ) -> None:
        limit = FILE_LIMIT if path == PATH else max_content_length
        super().__init__(method, scheme, path, *args, max_content_length=limit, **kwargs)


@blueprint.post(PATH)
async def import_file() -> Response:
    """Create and change products; 422 with every mistake by line."""
    caller_of_request(STAFF, staff=True)
    kind = request.mimetype
    if kind not in READERS:
        raise Problem(415, f"Send the file as {' or '.join(READERS)}.")
    raw: bytes = await request.get_data(False, False, False)
    # in a thread: thousands of rows take longer than other requests may wait
    wanted = await asyncio.to_thread(read, raw, kind)
    imported = asdict(await shop().catalogue.put(wanted))
    shop().counts.imported(**imported)
    shop().caches.forget_all()
    return jsonify(imported)
