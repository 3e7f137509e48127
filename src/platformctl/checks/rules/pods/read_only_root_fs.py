"""The root file system is read-only."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.security import linux_pod
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = linux_pod(manifest)
    for container in pod.containers() if pod else ():
        if container.security.get("readOnlyRootFilesystem") is not True:
            yield container.violation(("securityContext", "readOnlyRootFilesystem"), "can write into its image")


CHECK = Check("read-only-root-fs", WORKLOADS, _judge)
