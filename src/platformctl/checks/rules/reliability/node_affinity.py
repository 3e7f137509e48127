"""Pods say on which nodes they may be, or how they spread over them."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping

_WAYS = ("nodeSelector", "nodeName", "topologySpreadConstraints", "schedulingGates")
_AFFINITIES = ("nodeAffinity", "podAffinity", "podAntiAffinity")
_EVERYWHERE = "DaemonSet"  # that is what it is for


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod is None or manifest.kind == _EVERYWHERE:
        return
    affinity = mapping(pod.spec.get("affinity"))
    if not any(pod.spec.get(way) for way in _WAYS) and not any(affinity.get(each) for each in _AFFINITIES):
        yield Violation((*pod.path, "affinity"), "says nothing about the nodes that its pods may be on")


CHECK = Check("node-affinity", WORKLOADS, _judge)
