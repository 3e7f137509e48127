"""A set makes some Applications, and not more than anybody means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.deliveries import is_argo
from platformctl.manifests import Manifest, items, mapping

MOST = 1000


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_argo(manifest):
        return
    made = world.fleet.made.get(manifest.name)
    count = made if made is not None or world.whole else _listed(mapping(manifest.content.get("spec")))
    if count == 0 or (count is None and world.whole):
        yield Violation(("spec", "generators"), "the set makes no Application")
    elif count is not None and count > MOST:
        yield Violation(("spec", "generators"), f"the set makes {count} Applications, more than {MOST}")


def _listed(spec: Mapping[str, Any]) -> int | None:
    """How many Applications a set of plain lists makes; None when only the controller can tell."""
    generators = [mapping(each) for each in items(spec.get("generators"))]
    lists = [mapping(each.get("list")) for each in generators if set(each) <= {"list", "selector", "template"}]
    if len(lists) != len(generators) or any("elementsYaml" in each for each in lists):
        return None
    return sum(len(items(each.get("elements"))) for each in lists)


CHECK = Check("applicationset-yield", frozenset({"ApplicationSet"}), _judge)
