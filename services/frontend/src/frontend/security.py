"""The headers that keep a page to itself."""

from quart import Quart, Response

from frontend.client_address import is_tls

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
TLS_ONLY = "max-age=31536000"


def install_security(app: Quart) -> None:
    """Set the headers on every answer that has none of its own."""

    @app.after_request
    async def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if is_tls():
            response.headers.setdefault("Strict-Transport-Security", TLS_ONLY)
        return response
