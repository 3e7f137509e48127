"""A release only moves forward."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import steps
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    highest = 0
    for step in steps(manifest):
        weight = step.content.get("setWeight")
        if not isinstance(weight, int) or isinstance(weight, bool):
            continue
        if weight < highest:
            yield Violation((*step.path, "setWeight"), f"the weight falls from {highest} to {weight}")
        highest = max(highest, weight)


CHECK = Check("rollout-step-order", frozenset({"Rollout"}), _judge)
