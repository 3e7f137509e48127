"""No container asks for more than it may have."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks import quantities
from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        resources = mapping(container.content.get("resources"))
        limits = mapping(resources.get("limits"))
        for resource, written in mapping(resources.get("requests")).items():
            request, limit = quantities.parse(written), quantities.parse(limits.get(resource))
            if request is not None and limit is not None and request > limit:
                problem = f"asks for {written} of {resource} and may have {limits[resource]}"
                yield container.violation(("resources", "requests", resource), problem)


CHECK = Check("request-above-limit", WORKLOADS, _judge)
