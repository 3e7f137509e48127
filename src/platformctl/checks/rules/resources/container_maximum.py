"""No container has more than its environment grants to one."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks import quantities
from platformctl.checks.footprint import BOUNDS
from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    most = world.limits.most(manifest.namespace)
    for container in containers(manifest):
        for bound in BOUNDS:
            amounts = mapping(mapping(container.content.get("resources")).get(bound))
            for resource, bounded in most.items():
                amount = quantities.parse(amounts.get(resource))
                if amount is not None and amount > bounded:
                    shown = quantities.shown(bounded, resource)
                    problem = f"has a {resource} {bound[:-1]} of {amounts[resource]}; the most for one is {shown}"
                    yield container.violation(("resources", bound, resource), problem)


CHECK = Check("container-maximum", WORKLOADS, _judge)
