"""Errors: problem documents for programs, pages for people."""

import structlog
from quart import Quart, Response, render_template, request
from werkzeug.exceptions import HTTPException

from chassis.problem import Problem, to_problem
from chassis.upstream import UpstreamError, UpstreamTimeoutError
from frontend.refusal import RefusedError

TITLES = {
    400: "That did not work",
    403: "Not from here",
    404: "Nothing here",
    405: "That did not work",
    409: "That is not possible now",
    413: "That is too large",
    429: "One moment, please",
    503: "Back in a moment",
}
AWAY = {
    "cart": "We cannot look up today's prices. Your cart is safe; please try again in a moment.",
    "checkout": "We cannot look up today's prices. Your cart is safe and nothing was ordered; please try again.",
    "orders": "Our order desk does not answer. Your order is safe; please look again in a moment.",
    "staff_orders": "order-api does not answer. Nothing was changed unless a page said so; please try again.",
    "staff_products": "product-api does not answer. Nothing was changed unless a page said so; please try again.",
}
SHELVES_AWAY = "Our shelves are being moved: this part of the shop is away right now. Please try again in a moment."
RETRY_SECONDS = 5


def install_errors(app: Quart) -> None:
    """Answer every error of `app`."""

    @app.errorhandler(Exception)
    async def answer(error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
            return error.get_response()  # type: ignore[return-value]
        problem = _problem(error)
        if wants_json() or f"{request.path}/".startswith("/api/"):
            return problem.response()
        title = TITLES.get(problem.status, "Something went wrong")
        page = await render_template("error.html", title=title, detail=problem.detail, status=problem.status)
        headers = {**problem.headers, "Cache-Control": "no-store"}
        return Response(page, problem.status, headers, content_type="text/html; charset=utf-8")


def wants_json() -> bool:
    """Whether the page's own script asks, not a browser that opens a page."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def away(blueprint: str | None) -> str:
    """What a visitor reads while the API behind these pages is away."""
    return AWAY.get(blueprint or "", SHELVES_AWAY)


def _problem(error: Exception) -> Problem:
    if isinstance(error, UpstreamError):
        slow = isinstance(error, UpstreamTimeoutError)
        structlog.stdlib.get_logger(__name__).warning("upstream away", reason=str(error), slow=slow)
        return Problem(503, away(request.blueprint), headers={"Retry-After": str(RETRY_SECONDS)})
    if isinstance(error, RefusedError):
        return Problem(error.status, error.detail)
    return to_problem(error)
