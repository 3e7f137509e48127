"""What Argo Rollouts' own notification engine makes of our ConfigMap, sent by its own command line."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.cluster import secrets
from platformctl.process import command, run
from platformctl.tools.programs import program
from platformctl.undo import server

from . import objects
from .conftest import REPO

CONFIG = REPO.root / "base/platform/argo-rollouts/notifications.yaml"
SECRET = "argo-rollouts-notification-secret"
HOST = "http://release-undo.release-undo.svc.cluster.local:8080"

Request = tuple[str, str, dict[str, str], bytes]


@pytest.fixture
def received() -> Iterator[tuple[str, list[Request]]]:
    """An address that takes everything, and what came in."""
    requests: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            requests.append((self.command, self.path, dict(self.headers), body))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = answer  # noqa: N815 - their names in http.server

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}", requests
        listening.shutdown()
        thread.join()


@pytest.fixture
def values(tmp_path: Path) -> dict[str, str]:
    """The credentials of a local platform."""
    return secrets.ensure(tmp_path)


def written(folder: Path, name: str, content: object) -> Path:
    """A file with an object."""
    path = folder / name
    path.write_text(yaml.safe_dump(content))
    return path


def engine(folder: Path, address: str, values: dict[str, str], *words: str) -> str:
    """The engine's command with our ConfigMap and the Secret of `make up`; what it printed."""
    config = yaml.safe_load(CONFIG.read_text())
    config["data"] = {key: value.replace(HOST, address) for key, value in config["data"].items()}
    (secret,) = [each for each in secrets.manifests(values) if each["metadata"]["name"] == SECRET]
    cluster = {"clusters": [{"name": "none", "cluster": {"server": "http://127.0.0.1:9"}}],
               "contexts": [{"name": "none", "context": {"cluster": "none"}}], "current-context": "none"}  # fmt: skip
    files = (
        "--config-map", written(folder, "config.yaml", config),
        "--secret", written(folder, "secret.yaml", secret),
        "--kubeconfig", written(folder, "kubeconfig", {"apiVersion": "v1", "kind": "Config", **cluster}),
    )  # fmt: skip
    done = run(command(program(REPO, "kubectl-argo-rollouts"), "notifications", *words, *files))
    return (done.stdout + done.stderr).decode()


def test_a_notification_is_what_the_service_understands(
    tmp_path: Path, received: tuple[str, list[Request]], values: dict[str, str]
) -> None:
    """Method, path, secret and body, as the controller would send them."""
    address, requests = received
    rollout = written(tmp_path, "rollout.yaml", objects.rollout())
    said = engine(
        tmp_path, address, values, "template", "notify", "release-undo", str(rollout), "--recipient", "release-undo"
    )

    ((method, path, headers, body),) = requests or pytest.fail(said)
    assert (method, path) == ("POST", server.PATH)
    assert headers["Authorization"] == f"Bearer {values['undo-notifications']}"
    assert json.loads(body) == {"namespace": "staging", "rollout": "frontend", "podHash": objects.BAD}


def test_the_secret_of_the_controller_is_the_one_of_the_service(values: dict[str, str]) -> None:
    """Both are made from one word."""
    made: dict[str, Any] = {each["metadata"]["name"]: each["stringData"] for each in secrets.manifests(values)}

    assert made[SECRET]["release-undo"] == made["release-undo"]["webhook"]
    assert len(made["release-undo"]["webhook"]) >= 16


def test_the_trigger_sends_for_every_abort(
    tmp_path: Path, received: tuple[str, list[Request]], values: dict[str, str]
) -> None:
    """Its condition holds, whatever the cause."""
    rollout = written(tmp_path, "rollout.yaml", objects.rollout(None))

    said = engine(tmp_path, received[0], values, "trigger", "run", "on-rollout-aborted", str(rollout))
    assert said.splitlines()[1].split() == ["true", "true"]


def test_every_rollout_is_subscribed() -> None:
    """No annotation on a Rollout is needed; the name of the trigger is that of the event RolloutAborted."""
    (subscription,) = yaml.safe_load(yaml.safe_load(CONFIG.read_text())["data"]["subscriptions"])

    assert subscription == {"recipients": ["release-undo"], "triggers": ["on-rollout-aborted"]}
