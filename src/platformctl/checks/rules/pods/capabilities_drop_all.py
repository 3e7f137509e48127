"""All capabilities are dropped."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        if "ALL" not in items(mapping(container.security.get("capabilities")).get("drop")):
            yield container.violation(("securityContext", "capabilities", "drop"), "keeps capabilities")


CHECK = Check("capabilities-drop-all", WORKLOADS, _judge)
