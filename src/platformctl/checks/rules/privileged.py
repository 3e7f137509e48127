"""No container is the node."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import containers
from platformctl.checks.protocol import Violation, World
from platformctl.manifests import Manifest

RULE = "privileged"


def check(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        if container.security.get("privileged") is True:
            yield container.violation(("securityContext", "privileged"), "is privileged")
