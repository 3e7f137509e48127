"""The root file system is read-only."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import containers
from platformctl.checks.protocol import Violation, World
from platformctl.manifests import Manifest

RULE = "read-only-root-fs"


def check(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        if container.security.get("readOnlyRootFilesystem") is not True:
            yield container.violation(("securityContext", "readOnlyRootFilesystem"), "can write into its image")
