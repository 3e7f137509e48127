"""Our services run as one fixed user and group."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest

_NUMBER = 10001


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        for field in ("runAsUser", "runAsGroup") if container.is_own else ():
            if container.effective(field) != _NUMBER:
                yield container.violation(("securityContext", field), f"has no {field} {_NUMBER}")


CHECK = Check("fixed-uid", WORKLOADS, _judge)
