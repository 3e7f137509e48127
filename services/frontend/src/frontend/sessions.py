"""The visitor's session: a signed cookie with the cart, a form token and the last order."""

import hashlib
import secrets
from typing import Any

from quart import Quart, session
from quart.sessions import SecureCookieSessionInterface

from frontend.client_address import is_tls

COOKIE = "techcommerce"
TOKEN = "csrf"  # noqa: S105 - the name of the field
KEPT_AT_LOGIN = ("cart", "visit")


def cookie_name(name: str) -> str:
    """`name` with the prefix by which browsers see to it that no other host has set the cookie."""
    return f"__Host-{name}" if is_tls() else name


class SessionCookies(SecureCookieSessionInterface):
    """Signed cookies that are `Secure` exactly when the visitor came over TLS."""

    digest_method = staticmethod(hashlib.sha256)

    def get_cookie_secure(self, app: object) -> bool:
        """TLS ends at the ingress, which says so in a header; development has none."""
        return is_tls()

    def get_cookie_name(self, app: object) -> str:
        """A name for each scheme: a cookie that was set over plain HTTP is not read over TLS."""
        return cookie_name(COOKIE)


def install_sessions(app: Quart, secret_key: str) -> None:
    """Sign sessions with `secret_key`, with a fresh one when it is empty."""
    app.secret_key = secret_key or secrets.token_urlsafe(32)
    app.session_interface = SessionCookies()
    app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")
    app.jinja_env.globals["csrf_token"] = csrf_token


def csrf_token() -> str:
    """The token of this visitor, for a hidden field of every form."""
    if TOKEN not in session:
        session[TOKEN] = secrets.token_urlsafe(16)
    return str(session[TOKEN])


def renew_session() -> None:
    """Forget what somebody else may know of this session, before and after somebody is logged in."""
    kept: dict[str, Any] = {name: session[name] for name in KEPT_AT_LOGIN if name in session}
    session.clear()
    session.update(kept)
