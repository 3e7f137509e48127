"""The way in over HTTP, on a real port."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from platformctl.errors import PlatformError
from platformctl.undo import server
from platformctl.undo.metrics import Metrics

SECRET = "a-secret-that-is-long-enough"
BODY = json.dumps({"namespace": "staging", "rollout": "frontend", "podHash": "7b9f8c5d44"})


@dataclass
class Served:
    """A running server, and what it hinted at."""

    port: int = 0
    hints: list[tuple[str, str]] = field(default_factory=list)
    alive: bool = True

    def __call__(
        self, method: str, path: str, body: str | bytes = "", secret: str | None = SECRET, **headers: str
    ) -> tuple[int, str]:
        """One request."""
        given = {"Authorization": f"Bearer {secret}"} if secret is not None else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body or None, {**given, **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text


@pytest.fixture
def served() -> Iterator[Served]:
    """The server of an undo."""
    found = Served()
    application = server.Application(SECRET, lambda *place: found.hints.append(place), Metrics(), lambda: found.alive)
    with server.serve(application, 0) as http_server:
        found.port = http_server.server_address[1]
        thread = threading.Thread(target=http_server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield found
        http_server.shutdown()
        thread.join()


def test_a_notification_is_taken_and_nothing_waits_for_it(served: Served) -> None:
    """It names the Rollout; what is done about it comes later."""
    assert served("POST", server.PATH, BODY) == (202, "looking\n")
    assert served.hints == [("staging", "frontend")]


@pytest.mark.parametrize("secret", [None, "", "wrong", f"{SECRET}x", "ä"])
def test_a_wrong_secret_is_401(served: Served, secret: str | None) -> None:
    """Whatever the body says."""
    coded = secret.encode().decode("latin-1") if secret else secret
    assert served("POST", server.PATH, BODY, secret=coded)[0] == 401
    assert served.hints == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ("null", 400),
        ('{"namespace": "staging"}', 400),
        ('{"namespace": 1, "rollout": "frontend"}', 400),
        ('{"namespace": "", "rollout": "frontend"}', 400),
        (json.dumps({"namespace": "n" * 254, "rollout": "frontend"}), 400),
        (b"\xff\xfe", 400),
        ("x" * (server.LARGEST + 1), 413),
    ],
)
def test_a_malformed_body_is_refused(served: Served, body: str | bytes, status: int) -> None:
    """And nothing is looked for."""
    assert served("POST", server.PATH, body)[0] == status
    assert served.hints == []


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", server.PATH, 405), ("POST", "/", 404), ("GET", "/x", 404)]
)
def test_other_requests_are_refused(served: Served, method: str, path: str, status: int) -> None:
    """There is one way in."""
    assert served(method, path, BODY if method == "POST" else "")[0] == status


def test_a_body_without_a_length_is_refused(served: Served) -> None:
    """Nothing is read that has no end."""
    assert served("POST", server.PATH, iter([b"{}"]), **{"Transfer-Encoding": "chunked"})[0] == 411  # type: ignore[arg-type]


def test_a_client_that_says_nothing_keeps_nobody_waiting(served: Served) -> None:
    """Each connection has a thread of its own."""
    with socket.create_connection(("127.0.0.1", served.port)):
        assert served("POST", server.PATH, BODY)[0] == 202


def test_probes_follow_the_work_and_need_no_secret(served: Served) -> None:
    """A server whose work ended is restarted."""
    assert served("GET", "/livez", secret=None) == (200, "ok\n")
    served.alive = False
    assert served("GET", "/healthz", secret=None)[0] == 503


def test_metrics_count_what_was_refused(served: Served) -> None:
    """For an alert on somebody who guesses secrets."""
    served("POST", server.PATH, BODY, secret="wrong")

    status, text = served("GET", "/metrics", secret=None)
    assert status == 200
    assert 'techcommerce_undo_notifications_total{verdict="refused"} 1.0' in text
    assert "techcommerce_undo_oldest_seconds 0.0" in text


@pytest.mark.parametrize("secret", ["", "short"])
def test_it_does_not_run_without_a_secret(secret: str) -> None:
    """It would be open to everybody who reaches it."""
    with pytest.raises(PlatformError, match="the secret of notifications is missing"):
        server.Application(secret, lambda *_: None, Metrics(), lambda: True)
