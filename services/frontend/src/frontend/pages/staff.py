"""What all pages of staff have in common."""

from quart import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from frontend.csrf import require_form_token
from frontend.staff_session import staff_member


async def require_staff() -> Redirect | None:
    """Lead everybody else to the log-in, and back from there."""
    if staff_member():
        return None
    wanted = request.path if request.method == "GET" else None
    return redirect(url_for("staff_login.show", next=wanted), 303)


async def forget(response: Response) -> Response:
    """Pages of staff are kept nowhere."""
    response.headers["Cache-Control"] = "no-store"
    return response


def guard(blueprint: Blueprint) -> None:
    """Let only staff see the pages of `blueprint`, and only their own forms change anything."""
    blueprint.before_request(require_staff)
    blueprint.before_request(require_form_token)
    blueprint.after_request(forget)


def staff_name() -> str:
    """Who is logged in, on pages that only staff sees."""
    member = staff_member()
    return member.name if member else ""
