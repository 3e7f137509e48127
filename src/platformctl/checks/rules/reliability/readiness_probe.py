"""A service of ours is given no requests before it can answer."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, serving_containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in serving_containers(manifest):
        if container.is_own and not container.content.get("readinessProbe"):
            yield container.violation(("readinessProbe",), "has no readiness probe")


CHECK = Check("readiness-probe", WORKLOADS, _judge)
