"""The whole service as a process: it starts, hears of an abort, takes it back and ends when it is told to."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from platformctl.cluster.gitea import UNDOER
from platformctl.errors import PlatformError
from platformctl.undo.service import Settings

from . import objects
from .conftest import Story
from .git_server import UNDOER_PASSWORD, kustomization

WORD = "a-word-of-the-controller"
FILE = "base/frontend/kustomization.yaml"
# a pod finds its credential in a folder that a test cannot have
START = """\
import sys
from pathlib import Path
from platformctl.undo import kubernetes
kubernetes.ACCOUNT = Path(sys.argv.pop(1))
from platformctl.cli import main
main()
"""


class Service:
    """The process and its port."""

    def __init__(self, child: subprocess.Popen[bytes], port: int) -> None:
        self.child = child
        self.port = port

    def __call__(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """One request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, json.dumps(body) if body else None, {"Authorization": f"Bearer {WORD}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def is_ready(self) -> bool:
        """Whether its probe passes."""
        try:
            return self("GET", "/healthz")[0] == 200
        except OSError:
            return False


def until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture
def service(staging: Story, tmp_path: Path) -> Iterator[Service]:
    """`platformctl release undo --serve` with the settings of its Deployment."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name, value in (("user", UNDOER), ("token", UNDOER_PASSWORD), ("webhook", WORD)):
        (secrets / name).write_text(f"{value}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    address = urlsplit(staging.api.address)
    env = {
        **os.environ,
        "KUBERNETES_SERVICE_HOST": str(address.hostname),
        "KUBERNETES_SERVICE_PORT": str(address.port),
        "TECHCOMMERCE_UNDO_REPOSITORY": staging.origin.url,
        "TECHCOMMERCE_UNDO_SECRETS": str(secrets),
        "TECHCOMMERCE_UNDO_PORT": str(port),
        "TMPDIR": str(tmp_path),
    }
    words = [sys.executable, "-c", START, str(staging.api.folder), "release", "undo", "--serve"]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(words, env=env, stderr=log, cwd=tmp_path) as child:
        found = Service(child, port)
        try:
            until(found.is_ready, "it does not get ready")
            yield found
        finally:
            child.kill()


def test_it_takes_back_what_was_aborted_before_it_started(staging: Story, service: Service) -> None:
    """Without any notification, and without a checkout around it; what it did is counted."""
    until(lambda: any(pull["merged"] for pull in staging.origin.pulls()), "it is not merged")

    assert staging.origin.read(FILE) == kustomization("0.1.0")
    until(lambda: 'techcommerce_undo_total{result="merged"} 1.0' in service("GET", "/metrics")[1], "it is not counted")


def test_a_notification_is_enough(staging: Story, service: Service) -> None:
    """The Rollout is aborted only after it was told, as its controller does it."""
    told = staging.cluster.rollouts
    until(lambda: bool(staging.origin.pulls("closed")), "what was there is not undone")
    staging.cluster.rollouts = []
    staging.origin.pull_main()
    merged = staging.origin.git("rev-parse", "HEAD")
    again = staging.origin.commit({FILE: kustomization("0.3.0")}, "Bump frontend to 0.3.0")
    staging.delivered([(staging.healthy, 10), (staging.bad, 98), (merged, 200), (again, 298)])
    staging.versions(objects.template("0.1.0"), objects.template("0.3.0"))

    assert service("POST", "/aborted", {"namespace": "staging", "rollout": "frontend"})[0] == 202
    staging.told(began=300, aborted=330)
    assert told != staging.cluster.rollouts
    until(lambda: sum(pull["merged"] for pull in staging.origin.pulls()) == 2, "the second one is not merged")
    assert staging.origin.read(FILE) == kustomization("0.1.0")


def test_it_ends_when_it_is_told_to(service: Service) -> None:
    """A rolling update must not wait for its grace period."""
    service.child.send_signal(signal.SIGTERM)

    assert service.child.wait(30) == 0


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "TECHCOMMERCE_UNDO_REPOSITORY is not set"),
        ({"TECHCOMMERCE_UNDO_REPOSITORY": "https://h/o/n"}, "TECHCOMMERCE_UNDO_SECRETS is not set"),
        (
            {"TECHCOMMERCE_UNDO_REPOSITORY": "h", "TECHCOMMERCE_UNDO_SECRETS": "s", "TECHCOMMERCE_UNDO_PORT": "x"},
            "TECHCOMMERCE_UNDO_PORT is no port",
        ),
    ],
)
def test_settings_that_are_missing_are_errors(environment: dict[str, str], message: str) -> None:
    """They are named as the Deployment names them."""
    with pytest.raises(PlatformError, match=message):
        Settings.read(environment)


def test_secrets_are_read_from_files(tmp_path: Path) -> None:
    """An empty or missing one is an error, and no message has a value."""
    settings = Settings("https://h/o/n", tmp_path)
    (tmp_path / "token").write_text("value\n")
    (tmp_path / "webhook").write_text("\n")

    assert settings.secret("token") == "value"
    with pytest.raises(PlatformError, match="is empty"):
        settings.secret("webhook")
    with pytest.raises(PlatformError, match="cannot be read"):
        settings.secret("user")
