"""Forms and calls that only the shop's own pages can have made."""

import hmac

from quart import request, session

from chassis.problem import Problem
from frontend.sessions import TOKEN

HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def require_form_token() -> None:
    """Refuse a form that was not made for this visitor; reads the whole form."""
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Problem(403, "This form was sent from another site. Please start from our own pages.")
    if not _matches((await request.form).get(TOKEN, "")):
        raise Problem(403, "This form is too old. Please reload the page and try again.")


def require_header_token() -> None:
    """Refuse an unsafe call of the API with a staff session that does not carry its token."""
    if request.method not in SAFE and not _matches(request.headers.get(HEADER, "")):
        raise Problem(403, f"Send the token of your session in the header {HEADER}; staff pages name it.")


def _matches(given: str) -> bool:
    known = str(session.get(TOKEN, ""))
    return bool(known) and hmac.compare_digest(given.encode("utf-8", "replace"), known.encode())
