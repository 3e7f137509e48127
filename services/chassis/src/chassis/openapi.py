"""The description of an API: /openapi.json as it was written, and a page to read at /docs.

The page is made here, without scripts and without anything from outside.
"""

import functools
import json
from importlib import resources
from typing import Any

from jinja2 import Environment
from quart import Quart, Response, request

from chassis.operations import operations, schemas

# the page's own, whatever the application sends elsewhere
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "public, max-age=300",
}


def install_openapi(app: Quart, package: str) -> None:
    """Serve the OpenAPI 3.1 document `<package>/openapi.json` and its page; ValueError when it is none."""
    raw = resources.files(package).joinpath("openapi.json").read_bytes()
    document: dict[str, Any] = json.loads(raw)
    if not str(document.get("openapi", "")).startswith("3.1."):
        raise ValueError(f"{package}/openapi.json is not an OpenAPI 3.1 document")
    page = functools.cache(lambda: _page(document))  # at the first visit, not at every start

    @app.get("/openapi.json")
    async def openapi_json() -> Response:
        return await _answer(raw, "application/json")

    @app.get("/docs")
    async def docs() -> Response:
        return await _answer(page(), "text/html; charset=utf-8")

    @app.get("/docs/style.css")
    async def docs_style() -> Response:
        return await _answer(_own("openapi.css"), "text/css; charset=utf-8")


def _page(document: dict[str, Any]) -> bytes:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_own("openapi.html").decode())
    return template.render(info=document["info"], operations=operations(document), schemas=schemas(document)).encode()


def _own(name: str) -> bytes:
    return resources.files("chassis").joinpath(name).read_bytes()


async def _answer(body: bytes, kind: str) -> Response:
    response = Response(body, headers=SECURITY, content_type=kind)
    await response.add_etag()
    await response.make_conditional(request)
    return response
