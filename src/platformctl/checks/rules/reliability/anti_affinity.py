"""Pods of a service are not all on one node."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import Pod, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.scaling import SCALED, scale
from platformctl.checks.selectors import matches
from platformctl.manifests import Manifest, items, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod and scale(manifest, world).several and not any(_selects(pod, each) for each in _selectors(pod)):
        yield Violation((*pod.path, "affinity"), "all of its pods may be on one node, and fail with it")


def _selectors(pod: Pod) -> Iterator[object]:
    """What the pods are kept apart from."""
    for constraint in items(pod.spec.get("topologySpreadConstraints")):
        yield mapping(constraint).get("labelSelector")
    apart = mapping(mapping(pod.spec.get("affinity")).get("podAntiAffinity"))
    for term in items(apart.get("requiredDuringSchedulingIgnoredDuringExecution")):
        yield mapping(term).get("labelSelector")
    for weighted in items(apart.get("preferredDuringSchedulingIgnoredDuringExecution")):
        yield mapping(mapping(weighted).get("podAffinityTerm")).get("labelSelector")


def _selects(pod: Pod, selector: object) -> bool:
    return isinstance(selector, dict) and matches(selector, mapping(pod.metadata.get("labels")))


CHECK = Check("anti-affinity", SCALED, _judge)
