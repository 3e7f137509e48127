"""Pods say how important they are, by a name that exists."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest

_SYSTEM = ("system-cluster-critical", "system-node-critical")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod is None:
        return
    name = pod.spec.get("priorityClassName")
    path = (*pod.path, "priorityClassName")
    if not name:
        yield Violation(path, "has no priority class")
    elif name not in _SYSTEM and not _exists(str(name), world):
        yield Violation(path, f"there is no priority class {name}")


def _exists(name: str, world: World) -> bool:
    if world.find("PriorityClass", "", name) is not None:
        return True
    # among loose files, those of the platform exist without being there
    return not world.whole and (name in world.limits.priority_classes or not world.limits.priority_classes)


CHECK = Check("priority-class", WORKLOADS, _judge)
