"""A request id that follows a request through logs and services."""

import re
import uuid
from typing import Any, cast

import structlog
from quart import Quart, Response, request

from chassis.logs import REQUEST_ID, ROUTE

HEADER = "X-Request-Id"
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def install_request_id(app: Quart) -> None:
    """Take the caller's id when it is sane, else make one; log it and answer with it."""

    @app.before_request
    async def bind() -> None:
        given = request.headers.get(HEADER, "")
        request_id = given if SANE.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        # the access log is written by the server, when what is bound here may be gone
        scope = cast(dict[str, Any], request.scope)
        scope.update({ROUTE: request.url_rule.rule if request.url_rule else "unmatched", REQUEST_ID: request_id})

    @app.after_request
    async def answer(response: Response) -> Response:
        response.headers[HEADER] = current_request_id()
        return response


def current_request_id() -> str:
    """The id of the request being handled, or an empty string outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
