"""Spreading counts the pods that are spread."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.numbers import whole
from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.selectors import matches
from platformctl.manifests import Manifest, items, mapping

_ANSWERS = ("DoNotSchedule", "ScheduleAnyway")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    for index, written in enumerate(items(pod.spec.get("topologySpreadConstraints"))) if pod else ():
        constraint = mapping(written)
        path = (*pod.path, "topologySpreadConstraints", index) if pod else ()
        selector = constraint.get("labelSelector")
        own = mapping(pod.metadata.get("labels")) if pod else {}
        if not isinstance(selector, dict):
            yield Violation((*path, "labelSelector"), "spreads no pods: it has no labelSelector")
        elif not matches(selector, own):
            yield Violation((*path, "labelSelector"), "spreads other pods than its own")
        if whole(constraint.get("maxSkew")) < 1:
            yield Violation((*path, "maxSkew"), "has no maxSkew of 1 or more")
        if not constraint.get("topologyKey"):
            yield Violation((*path, "topologyKey"), "does not say over what it spreads")
        if constraint.get("whenUnsatisfiable") not in _ANSWERS:
            yield Violation((*path, "whenUnsatisfiable"), f"is none of {', '.join(_ANSWERS)}")
        if "minDomains" in constraint and whole(constraint["minDomains"], 1) < 1:
            yield Violation((*path, "minDomains"), "has a minDomains below 1")


CHECK = Check("topology-spread", WORKLOADS, _judge)
