"""Sets do not order the syncs of their Applications."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.deliveries import is_argo
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    strategy = mapping(mapping(manifest.content.get("spec")).get("strategy"))
    if is_argo(manifest) and strategy.get("type") == "RollingSync":
        path = ("spec", "strategy", "type")
        yield Violation(path, "RollingSync switches off automated sync and self-heal of its Applications")


CHECK = Check("applicationset-rolling-sync", frozenset({"ApplicationSet"}), _judge)
