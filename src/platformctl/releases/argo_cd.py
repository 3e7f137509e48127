"""Argo CD's API: Applications, the live object of one of their resources, and the actions on it."""

from __future__ import annotations

import contextlib
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.manifests import items, mapping, text

SECONDS = 30.0
GROUP, VERSION, KIND = "argoproj.io", "v1alpha1", "Rollout"
DENIED = (401, 403)


@dataclass(frozen=True)
class Application:
    """An Application by its labels; its Rollout is called like the service and lives in `namespace`."""

    name: str
    service: str
    cluster: str
    environment: str
    namespace: str

    def query(self) -> dict[str, str]:
        """How the API calls its Rollout."""
        return {
            "namespace": self.namespace, "resourceName": self.service, "version": VERSION, "group": GROUP, "kind": KIND,
        }  # fmt: skip


@dataclass(frozen=True)
class ArgoCD:
    """The API server; `authority` is the certificate (PEM) that it is known by, where the system's do not know it."""

    url: str
    token: str
    authority: str = ""

    def applications(self, service: str) -> list[Application]:
        """The Applications of a service that the token may see."""
        asked = urllib.parse.urlencode({"selector": f"service={service}"})
        found = items(mapping(self._call("GET", f"applications?{asked}")).get("items"))
        return [_application(mapping(each)) for each in found]

    def rollout(self, application: Application) -> Mapping[str, Any]:
        """The Rollout as the cluster has it now."""
        asked = urllib.parse.urlencode(application.query())
        answer = mapping(self._call("GET", f"applications/{_quoted(application.name)}/resource?{asked}"))
        return mapping(json.loads(text(answer.get("manifest")) or "{}"))

    def actions(self, application: Application) -> dict[str, bool]:
        """The actions that Argo CD knows for the Rollout, and which of them make sense now."""
        asked = urllib.parse.urlencode(application.query())
        answer = mapping(self._call("GET", f"applications/{_quoted(application.name)}/resource/actions?{asked}"))
        return {
            text(each.get("name")): each.get("disabled") is not True
            for each in map(mapping, items(answer.get("actions")))
        }

    def run(self, application: Application, action: str) -> None:
        """Run an action on the Rollout."""
        body = {**application.query(), "name": application.name, "action": action}
        self._call("POST", f"applications/{_quoted(application.name)}/resource/actions/v2", body)

    def _call(self, method: str, path: str, body: object = None) -> object:
        request = urllib.request.Request(  # noqa: S310 - given by our user
            f"{self.url}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS, context=self._trust()) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise _refused(error, method, path) from error
        except (OSError, ValueError) as error:
            raise PlatformError(
                f"Argo CD at {self.url} does not answer",
                why=str(error),
                fix="is it up? `platformctl status`; another one: --server URL",
                exit_code=TOOL_FAILURE,
            ) from error

    def _trust(self) -> ssl.SSLContext | None:
        if not self.url.startswith("https:"):
            return None
        return ssl.create_default_context(cadata=self.authority or None)


def _refused(error: urllib.error.HTTPError, method: str, path: str) -> PlatformError:
    said = error.read().decode(errors="replace")
    with contextlib.suppress(ValueError):
        said = text(mapping(json.loads(said)).get("message")) or said
    place = path.partition("?")[0]
    if error.code in DENIED:
        return PlatformError(
            f"Argo CD does not allow {method} {place}",
            why=f"{error.code}: {said[:300]}",
            fix="use a token of an account with the role `release` (base/platform/argo-cd/settings.yaml)",
        )
    return PlatformError(f"Argo CD refused {method} {place}", why=f"{error.code}: {said[:300]}", exit_code=TOOL_FAILURE)


def _application(content: Mapping[str, Any]) -> Application:
    metadata = mapping(content.get("metadata"))
    labels = mapping(metadata.get("labels"))
    return Application(
        name=text(metadata.get("name")),
        service=text(labels.get("service")),
        cluster=text(labels.get("cluster")),
        environment=text(labels.get("environment")),
        namespace=text(mapping(mapping(content.get("spec")).get("destination")).get("namespace")),
    )


def _quoted(name: str) -> str:
    return urllib.parse.quote(name, safe="")
