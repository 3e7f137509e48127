"""/api/products* and /api/orders*, passed on to the APIs.

Only the headers named here cross in either direction: hop-by-hop headers, cookies and addresses stay out.
"""

from typing import cast
from urllib.parse import quote

from quart import Blueprint, Response, current_app, request

from chassis.problem import Problem
from chassis.upstream import Upstream, UpstreamError, UpstreamTimeoutError

PRODUCT_API = "product-api"
ORDER_API = "order-api"
SENT = ("Accept", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match")
RETURNED = frozenset(
    [
        "allow",
        "cache-control",
        "content-type",
        "etag",
        "last-modified",
        "link",
        "location",
        "retry-after",
        "vary",
    ]
)
METHODS = ["GET", "POST", "PUT", "DELETE"]
blueprint = Blueprint("gateway", __name__, url_prefix="/api")


@blueprint.route("/products", methods=METHODS)
@blueprint.route("/products/<path:rest>", methods=METHODS)
async def products(rest: str = "") -> Response:
    """Everything below /api/products."""
    return await _forward(PRODUCT_API, rest)


@blueprint.route("/orders", methods=METHODS)
@blueprint.route("/orders/<path:rest>", methods=METHODS)
async def orders(rest: str = "") -> Response:
    """Everything below /api/orders."""
    return await _forward(ORDER_API, rest)


async def _forward(service: str, rest: str) -> Response:
    if any(part in (".", "..") for part in rest.split("/")):
        raise Problem(400, "The path must not contain dot segments.")
    upstream: Upstream = current_app.extensions[service]
    query = request.query_string.decode("ascii", "replace")
    target = quote(request.path, safe="/-._~") + (f"?{query}" if query else "")
    headers = {name: request.headers[name] for name in SENT if name in request.headers}
    body = cast(bytes, await request.get_data(as_text=False))
    try:
        reply = await upstream.call(request.method, target, headers=headers, body=body or None)
    except UpstreamTimeoutError as error:
        raise Problem(504, f"{service} did not answer in time.") from error
    except UpstreamError as error:
        raise Problem(502, f"{service} gave no usable answer.") from error
    kept = [(name, value) for name, value in reply.headers if name.lower() in RETURNED]
    response = Response(reply.body, reply.status)
    response.headers.pop("Content-Type", None)
    response.headers.extend(kept)
    return response
