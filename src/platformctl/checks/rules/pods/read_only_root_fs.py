"""The root file system is read-only."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        if container.security.get("readOnlyRootFilesystem") is not True:
            yield container.violation(("securityContext", "readOnlyRootFilesystem"), "can write into its image")


CHECK = Check("read-only-root-fs", WORKLOADS, _judge)
