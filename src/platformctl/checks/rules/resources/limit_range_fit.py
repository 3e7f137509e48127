"""Containers stay within the LimitRange of their namespace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks import quantities
from platformctl.checks.footprint import RESOURCES, container_items, container_needs, defaults
from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    bounds = world.derived(_items).get(manifest.namespace, ()) if manifest.namespace else ()
    for container in containers(manifest) if bounds else ():
        needs = container_needs(container.content, defaults(world, manifest.namespace))
        for bound, part, name in (("requests", "min", "least"), ("limits", "max", "most")):
            for item in bounds:
                for resource in RESOURCES:
                    amount, edge = needs.get((bound, resource)), quantities.parse(mapping(item.get(part)).get(resource))
                    if amount is None or edge is None or (amount >= edge if part == "min" else amount <= edge):
                        continue
                    shown = quantities.shown(amount, resource), quantities.shown(edge, resource)
                    problem = f"has a {resource} {bound[:-1]} of {shown[0]}; the {name} here is {shown[1]}"
                    yield container.violation(("resources", bound, resource), problem)


def _items(world: World) -> Mapping[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for limit_range in world.of("LimitRange"):
        found.setdefault(limit_range.namespace, []).extend(container_items(limit_range))
    return found


CHECK = Check("limit-range-fit", WORKLOADS, _judge)
