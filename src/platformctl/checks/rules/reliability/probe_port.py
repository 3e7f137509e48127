"""Probes ask at a port that their container has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks import probes
from platformctl.checks.pods import WORKLOADS, Container, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import FieldPath, Manifest, items, mapping

_ASKING = ("httpGet", "tcpSocket", "grpc")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        declared = [mapping(port) for port in items(container.content.get("ports"))]
        known = [port.get(field) for port in declared for field in ("name", "containerPort")]
        for path, handler in _handlers(container):
            port = handler.get("port")
            if port is not None and not handler.get("host") and port not in known:
                yield container.violation((*path, "port"), f"is asked at the port {port}, which it does not declare")


def _handlers(container: Container) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    lifecycle = mapping(container.content.get("lifecycle"))
    places: list[tuple[FieldPath, object]] = [((name,), container.content.get(name)) for name in probes.NAMES]
    places += [(("lifecycle", name), lifecycle.get(name)) for name in ("postStart", "preStop")]
    for path, holder in places:
        for kind in _ASKING:
            handler = mapping(mapping(holder).get(kind))
            if handler:
                yield (*path, kind), handler


CHECK = Check("probe-port", WORKLOADS, _judge)
