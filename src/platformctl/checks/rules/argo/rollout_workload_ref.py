"""The workload that a Rollout takes over is there, and runs nothing itself."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import GROUP
from platformctl.manifests import Manifest, mapping, text

_PATH = ("spec", "workloadRef")
_SCALED_BY_CONTROLLER = ("onsuccess", "progressively")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    reference = mapping(mapping(manifest.content.get("spec")).get("workloadRef"))
    if not manifest.api_version.startswith(GROUP) or not reference:
        return
    kind, name = text(reference.get("kind")), text(reference.get("name"))
    found = world.find(kind, manifest.namespace, name)
    if found is None:
        if world.describes(kind):
            yield Violation((*_PATH, "name"), f"there is no {kind} {name}")
        return
    replicas = mapping(found.content.get("spec")).get("replicas")
    by_controller = text(reference.get("scaleDown")) in _SCALED_BY_CONTROLLER
    if by_controller and replicas not in (None, 0):
        yield Violation(
            (*_PATH, "scaleDown"), f"the {kind} {name} has replicas: {replicas} in Git, every sync sets them"
        )
    elif not by_controller and replicas != 0:
        shown = "no replicas, which means 1" if replicas is None else f"replicas: {replicas}"
        yield Violation((*_PATH, "name"), f"the {kind} {name} runs pods beside the Rollout's: {shown}")


CHECK = Check("rollout-workload-ref", frozenset({"Rollout"}), _judge)
