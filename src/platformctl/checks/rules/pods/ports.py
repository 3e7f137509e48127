"""Containers listen neither on the node nor on ports that only root may open."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.security import number
from platformctl.manifests import Manifest, items, mapping

_FIRST_FREE = 1024  # below it a process needs a capability, unless a sysctl says otherwise


def _on_the_node(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        for index, port in enumerate(items(container.content.get("ports"))):
            value = mapping(port).get("hostPort")
            if value is not None and number(value) != 0:
                yield container.violation(("ports", index, "hostPort"), "takes a port of the node")


def _low(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        for index, port in enumerate(items(container.content.get("ports"))):
            value = number(mapping(port).get("containerPort"))
            if value is not None and 0 < value < _FIRST_FREE:
                yield container.violation(("ports", index, "containerPort"), f"listens on port {value}")


CHECKS = (
    Check("host-port", WORKLOADS, _on_the_node),
    Check("privileged-port", WORKLOADS, _low),
)
