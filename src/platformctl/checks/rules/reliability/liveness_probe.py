"""A service of ours is restarted when it hangs."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, serving_containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in serving_containers(manifest):
        if container.is_own and not container.content.get("livenessProbe"):
            yield container.violation(("livenessProbe",), "has no liveness probe")


CHECK = Check("liveness-probe", WORKLOADS, _judge)
