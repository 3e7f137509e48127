"""The way in over HTTP: notifications, probes and metrics."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from platformctl.errors import PlatformError
from platformctl.undo.metrics import Metrics

PATH = "/aborted"
LARGEST = 64 * 1024  # bytes of a notification
SECONDS = 10  # a client that says nothing for so long is left alone

Start = Callable[[str, list[tuple[str, str]]], Any]
Environment = dict[str, Any]

log = logging.getLogger("platformctl.undo")


class _RefusedError(Exception):
    """A request that is not taken: the status, and why."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True)
class Application:
    """The WSGI application; `hint` gets namespace and name of each notification, `alive` says whether work goes on.

    Notifications are answered before anything is done: the controller of Rollouts waits for the answer.
    """

    secret: str
    hint: Callable[[str, str], None]
    metrics: Metrics
    alive: Callable[[], bool]

    def __post_init__(self) -> None:
        """Refuse to run open to everybody."""
        if len(self.secret) < 16:
            raise PlatformError("the secret of notifications is missing or shorter than 16 characters")

    def __call__(self, environ: Environment, start: Start) -> Iterable[bytes]:
        """Answer one request."""
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        if (method, path) == ("GET", "/metrics"):
            return cast("Iterable[bytes]", make_wsgi_app(self.metrics.registry)(environ, start))
        if method == "GET" and path in ("/livez", "/healthz"):
            if self.alive():
                return _answer(start, HTTPStatus.OK, "ok")
            return _answer(start, HTTPStatus.SERVICE_UNAVAILABLE, "nobody looks for aborted releases any more")
        try:
            self._notified(method, path, environ)
        except _RefusedError as refused:
            self.metrics.hints.labels("refused").inc()
            log.warning("a request is refused: %s", refused)
            return _answer(start, refused.status, str(refused))
        return _answer(start, HTTPStatus.ACCEPTED, "looking")

    def _notified(self, method: str, path: str, environ: Environment) -> None:
        if path != PATH:
            raise _RefusedError(HTTPStatus.NOT_FOUND, "there is nothing here")
        if method != "POST":
            raise _RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "only POST is known")
        given = environ.get("HTTP_AUTHORIZATION", "").encode("latin-1", "replace")
        if not hmac.compare_digest(given, f"Bearer {self.secret}".encode()):
            raise _RefusedError(HTTPStatus.UNAUTHORIZED, "the secret is missing or wrong")
        self.hint(*_place(_body(environ)))


def serve(application: Application, port: int) -> WSGIServer:
    """A server of the application on every address; `serve_forever` runs it, `shutdown` from elsewhere ends it."""
    return make_server("", port, application, _Server, _Handler)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = SECONDS

    def log_message(self, format: str, *args: Any) -> None:
        """Probes and scrapes come every few seconds; what matters is logged where it happens."""


def _body(environ: Environment) -> bytes:
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdigit():
        raise _RefusedError(HTTPStatus.LENGTH_REQUIRED, "the length of the body is not said")
    if int(length) > LARGEST:
        raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {LARGEST} bytes")
    try:
        return cast("bytes", environ["wsgi.input"].read(int(length)))
    except OSError as error:
        raise _RefusedError(HTTPStatus.REQUEST_TIMEOUT, "the body did not come") from error


def _place(body: bytes) -> tuple[str, str]:
    try:
        content = json.loads(body)
        namespace, name = content["namespace"], content["rollout"]
    except (ValueError, TypeError, KeyError) as error:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "the body is no JSON with namespace and rollout") from error
    if not all(isinstance(each, str) and 0 < len(each) <= 253 for each in (namespace, name)):
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "namespace and rollout are no names")
    return namespace, name


def _answer(start: Start, status: HTTPStatus, words: str) -> Iterable[bytes]:
    body = f"{words}\n".encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start(f"{status.value} {status.phrase}", headers)
    return [body]
