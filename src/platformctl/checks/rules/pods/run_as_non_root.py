"""Containers run as another user than root."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        if container.effective("runAsNonRoot") is not True:
            yield container.violation(("securityContext", "runAsNonRoot"), "may run as root")


CHECK = Check("run-as-non-root", WORKLOADS, _judge)
