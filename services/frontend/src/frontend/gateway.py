"""/api/products*, /api/categories and /api/orders*, passed on to the APIs.

Only the headers named here cross in either direction: hop-by-hop headers, cookies, credentials and addresses stay out.
"""

from typing import cast

from quart import Blueprint, Response, current_app, request

from chassis.problem import Problem
from chassis.upstream import Reply, Upstream, UpstreamError, UpstreamTimeoutError
from frontend.counts import counts
from frontend.csrf import require_header_token
from frontend.staff_session import staff_member

PRODUCT_API = "product-api"
ORDER_API = "order-api"
IMPORTS = "imports"  # product-api with more patience
SENT = ("Accept", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match")
RETURNED = frozenset(
    ["allow", "cache-control", "content-type", "etag", "last-modified", "link", "location", "retry-after", "vary"]
)
METHODS = ["GET", "POST", "PUT", "DELETE"]
blueprint = Blueprint("gateway", __name__, url_prefix="/api")


@blueprint.route("/products", methods=METHODS)
@blueprint.route("/products/<path:rest>", methods=METHODS)
@blueprint.route("/categories", methods=METHODS)
async def products(rest: str = "") -> Response:
    """Everything below /api/products, and the categories."""
    if rest == "import":
        if not staff_member():
            raise Problem(403, "Only a member of staff may import products; log in at /staff first.")
        return await _forward(PRODUCT_API, current_app.extensions[IMPORTS])
    return await _forward(PRODUCT_API, current_app.extensions[PRODUCT_API])


@blueprint.route("/orders", methods=METHODS)
@blueprint.route("/orders/<path:rest>", methods=METHODS)
async def orders(rest: str = "") -> Response:
    """Everything below /api/orders."""
    return await _forward(ORDER_API, current_app.extensions[ORDER_API])


async def _forward(service: str, upstream: Upstream) -> Response:
    target, headers = _target(), _headers()
    member = staff_member()
    if member:
        require_header_token()
    # order-api makes one order of a key, however often it is sent
    repeatable = True if service == ORDER_API and "Idempotency-Key" in headers else None
    body = cast(bytes, await request.get_data(as_text=False))
    try:
        reply = await upstream.call(
            request.method,
            target,
            headers=headers,
            body=body or None,
            idempotent=repeatable,
            subject=member.name if member else "",
        )
    except UpstreamError as error:
        late = isinstance(error, UpstreamTimeoutError)
        said = "did not answer in time" if late else "gave no usable answer"
        _count(service, 504 if late else 502)
        raise Problem(504 if late else 502, f"{service} {said}.", headers={"Retry-After": "5"}) from error
    _count(service, reply.status)
    return _answer(reply, personal=member is not None)


def _target() -> str:
    path = (request.scope.get("raw_path") or request.path.encode()).partition(b"?")[0]
    # no address of the APIs needs encoding, so nothing can hide in it
    if b"%" in path or b"\\" in path or any(part in (b".", b"..", b"") for part in path.split(b"/")[1:]):
        raise Problem(400, "The path must be plain: no escapes, no dot segments, no empty segments.")
    return _clean((path + b"?" * bool(request.query_string) + request.query_string).decode("latin-1"), "address")


def _headers() -> dict[str, str]:
    return {name: _clean(request.headers[name], name, " ") for name in SENT if name in request.headers}


def _clean(value: str, name: str, also: str = "") -> str:
    if not all("!" <= char <= "~" or char in also for char in value):
        raise Problem(400, f"{name} must be visible ASCII.")
    return value


def _answer(reply: Reply, *, personal: bool) -> Response:
    response = Response(reply.body, reply.status)
    response.headers.pop("Content-Type", None)
    response.headers.extend([(name, value) for name, value in reply.headers if name.lower() in RETURNED])
    if request.method == "HEAD":
        lengths = [value for name, value in reply.headers if name.lower() == "content-length"]
        response.headers["Content-Length"] = lengths[0] if lengths else "0"
    if personal:
        response.headers["Cache-Control"] = "no-store"  # what staff may see is not for who comes next
    return response


def _count(service: str, status: int) -> None:
    counts().gateway.labels(service, request.method, str(status)).inc()
