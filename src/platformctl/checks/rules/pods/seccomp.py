"""A seccomp profile filters system calls."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping

_PROFILES = ("RuntimeDefault", "Localhost")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        if mapping(container.effective("seccompProfile")).get("type") not in _PROFILES:
            yield container.violation(("securityContext", "seccompProfile"), "has no seccomp profile")


CHECK = Check("seccomp", WORKLOADS, _judge)
