"""Kinds that other API groups have as well: a Job is not always a Job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platformctl.checks.protocol import Judge, Violation, World
from platformctl.manifests import Manifest

_GROUPS: Mapping[str, tuple[str, ...]] = {
    "Deployment": ("apps",),
    "StatefulSet": ("apps",),
    "DaemonSet": ("apps",),
    "ReplicaSet": ("apps",),
    "Rollout": ("argoproj.io",),
    "Job": ("batch",),
    "CronJob": ("batch",),
    "HorizontalPodAutoscaler": ("autoscaling",),
    "PodDisruptionBudget": ("policy", ""),
    "ReplicationController": ("",),
    "Pod": ("",),
    "PodTemplate": ("",),
    "Namespace": ("",),
    "LimitRange": ("",),
    "ResourceQuota": ("",),
    "PersistentVolumeClaim": ("",),
}


def own(judge: Judge) -> Judge:
    """A check that leaves the kinds of other groups alone."""

    def check(manifest: Manifest, world: World) -> Iterator[Violation]:
        if manifest.api_version.rpartition("/")[0] in _GROUPS.get(manifest.kind, ()):
            yield from judge(manifest, world)

    return check
