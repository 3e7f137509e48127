"""How many pods a workload has: what it says itself, or what its autoscaler and the Rollout around it say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from platformctl.checks.numbers import whole
from platformctl.checks.pods import pod_of
from platformctl.checks.protocol import World
from platformctl.checks.selectors import Labels
from platformctl.manifests import Manifest, mapping, text

SCALED = frozenset({"Deployment", "Rollout", "StatefulSet", "ReplicaSet", "ReplicationController"})
SERVICES = frozenset({"Deployment", "Rollout"})  # whose pods are all alike and may be several
HPA = "HorizontalPodAutoscaler"

Key = tuple[str, str, str, str]  # group, kind, namespace, name


@dataclass(frozen=True)
class Scale:
    """The number of pods that a workload has at least and at most."""

    low: int
    high: int
    autoscaler: Manifest | None = None
    known: bool = True  # a loose workload without replicas may have an autoscaler elsewhere

    @property
    def several(self) -> bool:
        """Whether it may have more than one pod."""
        return self.high > 1 or not self.known


def group(api_version: str) -> str:
    """apps of apps/v1; empty for v1."""
    return api_version.rpartition("/")[0]


def key(manifest: Manifest) -> Key:
    """What refers to a workload by group, kind and name means this one."""
    return group(manifest.api_version), manifest.kind, manifest.namespace, manifest.name


def scale(manifest: Manifest, world: World) -> Scale:
    """The pods of a workload; the Deployment that a Rollout refers to has as many as the Rollout says."""
    owner = rollout_of(manifest, world) or manifest
    scaler = next(iter(world.derived(autoscalers).get(key(owner), ())), None)
    spec = mapping(owner.content.get("spec"))
    declared = whole(spec.get("replicas"), 1)
    if scaler is None:
        return Scale(declared, declared, known=world.whole or spec.get("replicas") is not None)
    bounds = mapping(scaler.content.get("spec"))
    low = whole(bounds.get("minReplicas"), 1)
    return Scale(low, max(low, whole(bounds.get("maxReplicas"), low)), scaler)


def autoscalers(world: World) -> Mapping[Key, list[Manifest]]:
    """The HorizontalPodAutoscalers by their target."""
    found: dict[Key, list[Manifest]] = {}
    for scaler in world.of(HPA):
        found.setdefault(_target(scaler, "scaleTargetRef"), []).append(scaler)
    return found


def rollout_of(manifest: Manifest, world: World) -> Manifest | None:
    """The Rollout that takes its pods from this Deployment."""
    return world.derived(_referring).get(key(manifest)) if manifest.kind == "Deployment" else None


def _referring(world: World) -> Mapping[Key, Manifest]:
    return {
        _target(rollout, "workloadRef"): rollout
        for rollout in world.of("Rollout")
        if mapping(rollout.content.get("spec")).get("workloadRef")
    }


def _target(manifest: Manifest, field: str) -> Key:
    reference = mapping(mapping(manifest.content.get("spec")).get(field))
    version, kind, name = (text(reference.get(each)) for each in ("apiVersion", "kind", "name"))
    return group(version), kind, manifest.namespace, name


def labels(manifest: Manifest) -> Labels:
    """The labels of the pods of a workload; where a fragment has no template, those that it selects."""
    pod = pod_of(manifest)
    own = mapping(pod.metadata.get("labels")) if pod else {}
    selector = mapping(mapping(manifest.content.get("spec")).get("selector"))
    return own or (mapping(selector.get("matchLabels")) if pod is None else {})
