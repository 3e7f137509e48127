"""Workloads by the labels of their pods, and the disruption budgets that select them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import World
from platformctl.checks.scaling import labels
from platformctl.checks.selectors import matches
from platformctl.manifests import Manifest, mapping

BUDGET = "PodDisruptionBudget"


class Workloads:
    """The workloads of a world, found by labels without looking at all of them."""

    def __init__(self, world: World) -> None:
        self._inside: dict[str, list[Manifest]] = defaultdict(list)
        self._labelled: dict[tuple[str, str, str], list[Manifest]] = defaultdict(list)
        for manifest in world.of(*sorted(WORKLOADS)):
            own = labels(manifest)
            if not own and "workloadRef" in mapping(manifest.content.get("spec")):
                continue  # its pods are those of the Deployment that it refers to
            self._inside[manifest.namespace].append(manifest)
            for key, value in own.items():
                self._labelled[manifest.namespace, str(key), str(value)].append(manifest)

    def selected(self, namespace: str, selector: Mapping[str, Any]) -> list[Manifest]:
        """Those of a namespace whose pods a LabelSelector selects."""
        wanted = mapping(selector.get("matchLabels"))
        candidates: Sequence[Manifest] = min(
            (self._labelled.get((namespace, str(key), str(value)), []) for key, value in wanted.items()),
            key=len,
            default=self._inside.get(namespace, []),
        )
        return [manifest for manifest in candidates if matches(selector, labels(manifest))]


def budgeted(budget: Manifest, world: World) -> list[Manifest]:
    """The workloads whose pods a PodDisruptionBudget protects; one without a selector protects none."""
    selector = mapping(budget.content.get("spec")).get("selector")
    if not isinstance(selector, Mapping):
        return []
    return world.derived(Workloads).selected(budget.namespace, selector)


def budgets(manifest: Manifest, world: World) -> Sequence[Manifest]:
    """The disruption budgets that select the pods of a workload."""
    return world.derived(_budgets).get(id(manifest), ())


def _budgets(world: World) -> Mapping[int, list[Manifest]]:
    found: dict[int, list[Manifest]] = defaultdict(list)
    for budget in world.of(BUDGET):
        for manifest in budgeted(budget, world):
            found[id(manifest)].append(budget)
    return found
