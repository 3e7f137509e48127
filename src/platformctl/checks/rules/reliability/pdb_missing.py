"""A node that is emptied takes no more than one pod of a service at a time."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.scaling import scale
from platformctl.checks.workloads import budgets
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if pod_of(manifest) and scale(manifest, world).several and not budgets(manifest, world):
        yield Violation(("metadata", "name"), "no PodDisruptionBudget selects its pods")


CHECK = Check("pdb-missing", frozenset({"Deployment", "Rollout", "StatefulSet"}), _judge)
