"""All capabilities are dropped."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import containers
from platformctl.checks.protocol import Violation, World
from platformctl.manifests import Manifest, items, mapping

RULE = "capabilities-drop-all"


def check(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        if "ALL" not in items(mapping(container.security.get("capabilities")).get("drop")):
            yield container.violation(("securityContext", "capabilities", "drop"), "keeps capabilities")
