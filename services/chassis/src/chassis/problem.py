"""Errors of an API as problem details (RFC 9457)."""

import json
from http import HTTPStatus
from typing import Any

import structlog
from quart import Quart, Response
from werkzeug.exceptions import HTTPException

from chassis.fields import FieldsError

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the name of the format
    """An answer that is an error: status, one sentence of detail, and members of its own."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str = "about:blank",
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.kind = kind
        self.headers = headers or {}
        self.members = members

    def response(self) -> Response:
        """The problem as an HTTP answer."""
        body = {
            "type": self.kind,
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(json.dumps(body), self.status, headers, content_type=CONTENT_TYPE)


def to_problem(error: Exception) -> Problem:
    """Any error as a problem; an unexpected one is logged and tells the client nothing."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, FieldsError):
        return Problem(422, "Some fields are not valid.", errors=error.errors)
    if isinstance(error, HTTPException) and error.code is not None and error.code >= 400:
        allow = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
        return Problem(error.code, error.description or error.name, headers={"Allow": allow} if allow else None)
    structlog.stdlib.get_logger(__name__).error("unexpected error", exc_info=error)
    return Problem(500, "Something went wrong on our side.")


def install_problems(app: Quart) -> None:
    """Answer every error of `app` with a problem document."""

    @app.errorhandler(Exception)
    async def answer(error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.response is not None:  # redirects carry their answer
            return error.get_response()  # type: ignore[return-value]
        return to_problem(error).response()
