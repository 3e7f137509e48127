"""Every namespace has defaults and bounds for containers."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.footprint import container_items
from platformctl.checks.kinds import own
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.resources.namespaced import without
from platformctl.manifests import Manifest

_PARTS = ("default", "defaultRequest", "max", "min")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if manifest.kind == "Namespace":
        yield from without("LimitRange", manifest, world)
        return
    given = {part for item in container_items(manifest) for part in _PARTS if item.get(part)}
    missing = [part for part in _PARTS if part not in given]
    if missing:
        yield Violation(("spec", "limits"), f"says nothing about containers' {', '.join(missing)}")


CHECK = Check("limit-range", frozenset({"Namespace", "LimitRange"}), own(_judge))
