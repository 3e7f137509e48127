"""No container is the node."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        if container.security.get("privileged") is True:
            yield container.violation(("securityContext", "privileged"), "is privileged")


CHECK = Check("privileged", WORKLOADS, _judge)
