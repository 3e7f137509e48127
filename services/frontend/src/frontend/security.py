"""Cookies, form tokens and the headers that keep a page to itself."""

import hmac
import secrets

from quart import Quart, Response, request, session
from quart.sessions import SecureCookieSessionInterface

from chassis.problem import Problem

TOKEN = "csrf"  # noqa: S105 - the name of the field
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SessionCookies(SecureCookieSessionInterface):
    """Signed cookies that are `Secure` exactly when the visitor came over TLS."""

    def get_cookie_secure(self, app: object) -> bool:
        """TLS ends at the ingress, which says so in a header; development has none."""
        return "https" in (request.scheme, request.headers.get("X-Forwarded-Proto", ""))


def install_security(app: Quart, secret_key: str) -> None:
    """Sign sessions with `secret_key` (a fresh one when empty) and set the headers on every answer."""
    app.secret_key = secret_key or secrets.token_urlsafe(32)
    app.session_interface = SessionCookies()
    app.config.update(SESSION_COOKIE_NAME="cart", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")
    app.jinja_env.globals["csrf_token"] = csrf_token

    @app.after_request
    async def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def csrf_token() -> str:
    """The token of this visitor, for a hidden field of every form."""
    if TOKEN not in session:
        session[TOKEN] = secrets.token_urlsafe(16)
    return str(session[TOKEN])


async def require_csrf_token() -> None:
    """Refuse a form that was not made for this visitor."""
    if request.method != "POST":
        return
    given = (await request.form).get(TOKEN, "")
    if not hmac.compare_digest(given.encode(), str(session.get(TOKEN, "")).encode()) or not given:
        raise Problem(403, "This form is too old. Please reload the page and try again.")
