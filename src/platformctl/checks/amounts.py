"""What containers ask for and may use: the check that four rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from platformctl.checks.pods import containers
from platformctl.checks.protocol import Violation, World
from platformctl.manifests import Manifest, mapping


def missing(bound: str, resource: str) -> Callable[[Manifest, World], Iterator[Violation]]:
    """A check that every container names an amount; ephemeral containers cannot have any."""

    def check(manifest: Manifest, world: World) -> Iterator[Violation]:
        for container in containers(manifest):
            amounts = mapping(mapping(container.content.get("resources")).get(bound))
            if container.kind != "ephemeralContainers" and amounts.get(resource) in (None, ""):
                problem = f"has no {resource} {bound.removesuffix('s')}"
                yield container.violation(("resources", bound, resource), problem)

    return check
