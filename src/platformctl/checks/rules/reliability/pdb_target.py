"""Disruption budgets select the pods of one workload."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.kinds import own
from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.workloads import BUDGET, budgeted, budgets
from platformctl.manifests import Manifest

_PATH = ("spec", "selector")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    selected = budgeted(manifest, world)
    if not selected and world.describes(*WORKLOADS):
        yield Violation(_PATH, "selects no pods")
    for workload in selected:
        others = sorted({other.name for other in budgets(workload, world) if other.name != manifest.name})
        if others:
            problem = f"{workload.kind} {workload.name} has other budgets, too: {', '.join(others)}; none of them works"
            yield Violation(_PATH, problem)


CHECK = Check("pdb-target", frozenset({BUDGET}), own(_judge))
