"""Errors: problem documents below /api/, pages elsewhere."""

import structlog
from quart import Quart, Response, render_template, request
from werkzeug.exceptions import HTTPException

from chassis.problem import Problem, to_problem
from chassis.upstream import UpstreamError

AWAY = "Our shelves are being moved: this part of the shop is away right now. Please try again in a moment."
TITLES = {
    400: "That did not work",
    403: "That form has expired",
    404: "Nothing here",
    503: "Back in a moment",
}


def install_errors(app: Quart) -> None:
    """Answer every error of `app`."""

    @app.errorhandler(Exception)
    async def answer(error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
            return error.get_response()  # type: ignore[return-value]
        problem = _problem(error)
        if request.path.startswith("/api/"):
            return problem.response()
        title = TITLES.get(problem.status, "Something went wrong")
        page = await render_template("error.html", title=title, detail=problem.detail)
        headers = {**problem.headers, "Cache-Control": "no-store"}
        return Response(page, problem.status, headers, content_type="text/html; charset=utf-8")


def _problem(error: Exception) -> Problem:
    if isinstance(error, UpstreamError):
        structlog.stdlib.get_logger(__name__).warning("upstream away", reason=str(error))
        return Problem(503, AWAY, headers={"Retry-After": "5"})
    return to_problem(error)
