"""An environment variable is set once."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping, text


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        seen = set()
        for index, variable in enumerate(items(container.content.get("env"))):
            name = text(mapping(variable).get("name"))
            if name and name in seen:
                yield container.violation(("env", index, "name"), f"sets {name} twice; the last one counts")
            seen.add(name)


CHECK = Check("duplicate-env", WORKLOADS, _judge)
