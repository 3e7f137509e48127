"""Containers say how much of the node's disk they need and may use."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.amounts import missing
from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping

_RESOURCE = "ephemeral-storage"


def _requests(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        resources = mapping(container.content.get("resources"))
        requests, limits = mapping(resources.get("requests")), mapping(resources.get("limits"))
        # of a container that says nothing but limits they are the requests, and are meant to be
        meant = not requests and limits.get(_RESOURCE)
        if container.kind != "ephemeralContainers" and not meant and requests.get(_RESOURCE) in (None, ""):
            yield container.violation(("resources", "requests", _RESOURCE), f"has no {_RESOURCE} request")


CHECKS = (
    Check("ephemeral-storage-request", WORKLOADS, _requests),
    Check("ephemeral-storage-limit", WORKLOADS, missing("limits", _RESOURCE)),
)
