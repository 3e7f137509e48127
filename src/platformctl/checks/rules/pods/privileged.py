"""No container is the node."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.security import contexts
from platformctl.manifests import Manifest, mapping


def _privileged(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        if container.security.get("privileged") is True:
            yield container.violation(("securityContext", "privileged"), "is privileged")


def _host_process(manifest: Manifest, world: World) -> Iterator[Violation]:
    for context in contexts(manifest):
        if mapping(context.content.get("windowsOptions")).get("hostProcess") is True:
            yield context.violation(("windowsOptions", "hostProcess"), "is a process of the Windows node")


CHECKS = (
    Check("privileged", WORKLOADS, _privileged),
    Check("windows-host-process", WORKLOADS, _host_process),
)
