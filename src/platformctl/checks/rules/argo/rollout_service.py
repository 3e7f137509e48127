"""The Services of a Rollout exist, and each version has one of its own."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import root_services, services
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    used: dict[str, str] = {}
    for reference in services(manifest):
        if reference.name in used:
            problem = f"{reference.role} and {used[reference.name]} are the same Service {reference.name}"
            yield Violation(reference.path, problem)
        used[reference.name] = reference.role
    if world.describes("Service"):
        for reference in (*services(manifest), *root_services(manifest)):
            if world.find("Service", manifest.namespace, reference.name) is None:
                yield Violation(reference.path, f"there is no Service {reference.name}")


CHECK = Check("rollout-service", frozenset({"Rollout"}), _judge)
