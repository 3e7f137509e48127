"""Probes and lifecycle handlers call their own pod."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import FieldPath, Manifest, mapping

_HANDLERS: tuple[FieldPath, ...] = (
    ("livenessProbe",),
    ("readinessProbe",),
    ("startupProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        for path in _HANDLERS:
            handler = container.content
            for step in path:
                handler = mapping(handler.get(str(step)))
            for action in ("httpGet", "tcpSocket"):
                host = mapping(handler.get(action)).get("host")
                if host not in (None, ""):
                    yield container.violation((*path, action, "host"), "has the node call another host")


CHECK = Check("probe-host", WORKLOADS, _judge)
