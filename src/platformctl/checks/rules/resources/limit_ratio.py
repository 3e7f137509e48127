"""Limits are not out of all proportion to requests."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks import quantities
from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        resources = mapping(container.content.get("resources"))
        requests, limits = mapping(resources.get("requests")), mapping(resources.get("limits"))
        for resource, most in world.limits.ratios.items():
            request, limit = quantities.parse(requests.get(resource)), quantities.parse(limits.get(resource))
            if request and limit and request > 0 and limit > request * most:
                problem = f"may have {limits[resource]} of {resource}, over {most} times what it asks for"
                yield container.violation(("resources", "limits", resource), problem)


CHECK = Check("limit-ratio", WORKLOADS, _judge)
