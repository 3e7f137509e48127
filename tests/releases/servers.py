"""HTTP servers that stand where a cluster would be: the API server that kubectl asks, Argo CD's API, Prometheus."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.releases.objects import Object

Answer = tuple[int, Any]
Reply = Callable[[str, str, Mapping[str, str], bytes, Mapping[str, str]], Answer]  # method, path, query, body, headers

# group and version -> plural name -> kind
RESOURCES: Mapping[str, Mapping[str, str]] = {
    "v1": {"pods": "Pod", "events": "Event", "configmaps": "ConfigMap"},
    "apps/v1": {
        "replicasets": "ReplicaSet", "deployments": "Deployment", "statefulsets": "StatefulSet",
        "daemonsets": "DaemonSet",
    },
    "argoproj.io/v1alpha1": {
        "rollouts": "Rollout", "analysisruns": "AnalysisRun", "applications": "Application",
    },
}  # fmt: skip


@contextmanager
def serving(reply: Reply, wrap: Callable[[ThreadingHTTPServer], None] | None = None) -> Iterator[int]:
    """A server on 127.0.0.1 that gives JSON; the port."""

    class Handler(BaseHTTPRequestHandler):
        """Gives what `reply` says."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            status, answer = reply(self.command, parts.path, query, body, self.headers)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the base class looks for these names

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if wrap is not None:
        wrap(server)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class ApiServer:
    """The part of an API server that `kubectl get` needs; `objects` may change between two requests."""

    def __init__(self, objects: Sequence[Object]) -> None:
        self.objects = list(objects)

    def reply(
        self, _method: str, path: str, query: Mapping[str, str], _body: bytes, _headers: Mapping[str, str]
    ) -> Answer:
        """Discovery, and lists of objects."""
        if path == "/api":
            return 200, {"kind": "APIVersions", "versions": ["v1"]}
        if path == "/apis":
            return 200, {
                "kind": "APIGroupList",
                "apiVersion": "v1",
                "groups": [_group(each) for each in RESOURCES if "/" in each],
            }
        version = path.removeprefix("/apis/").removeprefix("/api/").rstrip("/")
        if version in RESOURCES:
            return 200, _described(version)
        return self._objects(path)

    def _objects(self, path: str) -> Answer:
        for version, resources in RESOURCES.items():
            prefix = f"/apis/{version}/" if "/" in version else f"/api/{version}/"
            if path.startswith(prefix):
                return self._listed(version, path.removeprefix(prefix).split("/"), resources)
        return 404, _status(404, "NotFound", f"no path {path}")

    def _listed(self, version: str, words: Sequence[str], resources: Mapping[str, str]) -> Answer:
        namespace = words[1] if words[0] == "namespaces" else None
        plural, *name = words[2:] if namespace else words
        kind = resources[plural]
        found = [
            each
            for each in self.objects
            if each["kind"] == kind and namespace in (None, each["metadata"].get("namespace"))
        ]
        if not name:
            return 200, {"kind": f"{kind}List", "apiVersion": version, "metadata": {}, "items": found}
        named = [each for each in found if each["metadata"]["name"] == name[0]]
        missing = _status(404, "NotFound", f'{plural} "{name[0]}" not found')
        return (200, named[0]) if named else (404, missing)


def _group(version: str) -> Object:
    group, _, number = version.partition("/")
    served = {"groupVersion": version, "version": number}
    return {"name": group, "versions": [served], "preferredVersion": served}


def _described(version: str) -> Object:
    verbs = ["get", "list", "watch"]
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": version,
        "resources": [
            {"name": plural, "singularName": kind.lower(), "namespaced": True, "kind": kind, "verbs": verbs}
            for plural, kind in RESOURCES[version].items()
        ],
    }


def _status(code: int, reason: str, message: str) -> Object:
    return {
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message,
    }  # fmt: skip


def kubeconfig(folder: Path, port: int) -> Path:
    """A kubeconfig with one context, `test`."""
    path = folder / "kubeconfig"
    cluster = {"name": "test", "cluster": {"server": f"http://127.0.0.1:{port}"}}
    context = {"name": "test", "context": {"cluster": "test", "user": "test"}}
    content = {
        "apiVersion": "v1", "kind": "Config", "clusters": [cluster], "contexts": [context],
        "users": [{"name": "test", "user": {}}], "current-context": "test",
    }  # fmt: skip
    path.write_text(json.dumps(content))
    return path


class ArgoServer:
    """Argo CD's API for one service: `rollout` is what the cluster has, `upcoming` what it has after it was read.

    `ran` are the actions that were run.
    """

    def __init__(self, rollout: Object, token: str) -> None:
        self.rollout = rollout
        self.upcoming: list[Object] = []
        self.token = token
        self.ran: list[Mapping[str, str]] = []
        self.disabled: set[str] = set()
        self.environments = ["staging"]

    def reply(
        self, method: str, path: str, query: Mapping[str, str], body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        """What `platformctl release` asks for, and refusals in Argo CD's words."""
        if headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {"error": "invalid session: signature is invalid", "code": 16, "message": "invalid session"}
        service = self.rollout["metadata"]["name"]
        if path == "/api/v1/applications":
            fits = query.get("selector") == f"service={service}"
            return 200, {"items": [_application(service, each) for each in self.environments] if fits else None}
        if path.endswith("/resource"):
            read = self.rollout
            if self.upcoming:
                self.rollout = self.upcoming.pop(0)
            return 200, {"manifest": json.dumps(read)}
        if path.endswith("/resource/actions"):
            names = ("restart", "resume", "abort", "retry", "pause", "promote-full", "skip-current-step")
            return 200, {
                "actions": [{"name": each, **({"disabled": True} if each in self.disabled else {})} for each in names]
            }
        if method == "POST" and path.endswith("/resource/actions/v2"):
            self.ran.append({**json.loads(body), "path": path})
            return 200, {}
        return 403, {"error": "permission denied", "code": 7, "message": "permission denied"}


def _application(service: str, environment: str) -> Object:
    labels = {"service": service, "environment": environment, "cluster": environment}
    return {
        "metadata": {"name": f"{service}-{environment}", "namespace": "argocd", "labels": labels},
        "spec": {"project": "services", "destination": {"namespace": environment}},
    }
