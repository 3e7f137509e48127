"""What runs on one API server: workloads with their pods, told apart by version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platformctl.cluster.kubectl import Kubectl
from platformctl.manifests import items, mapping, text
from platformctl.releases.rollout import HASH_LABEL, Rollout, number

ASKED = (
    "rollouts.argoproj.io,deployments.apps,statefulsets.apps,daemonsets.apps,replicasets.apps,pods,configmaps"
)  # fmt: skip
ENDED = ("Succeeded", "Failed")  # a pod like that runs nothing
DEADLINE = "scale-down-deadline"  # on a ReplicaSet whose pods Argo Rollouts keeps for a while after a release
_REVISIONS = ("deployment.kubernetes.io/revision", "rollout.argoproj.io/revision")
Object = Mapping[str, Any]


@dataclass(frozen=True)
class RunningPod:
    """A pod with the hash of its version; `leaving` when it only waits for its end."""

    content: Object
    version: str
    leaving: bool

    @property
    def name(self) -> str:
        """Its name."""
        return text(mapping(self.content.get("metadata")).get("name"))


@dataclass(frozen=True)
class RunningWorkload:
    """A live workload; `current` is the hash of the version that its object wants."""

    content: Object
    current: str
    pods: tuple[RunningPod, ...]

    @property
    def moving(self) -> str:
        """What is under way, in words; empty when nothing is."""
        if self.content.get("kind") == "Rollout":
            return _moving_rollout(Rollout(self.content))
        return _moving(self.content)


@dataclass(frozen=True)
class Running:
    """Everything that runs, by kind, namespace and name; and the live ConfigMaps."""

    workloads: Mapping[tuple[str, str, str], RunningWorkload]
    settings: Mapping[tuple[str, str], Object]


def running(client: Kubectl) -> Running:
    """Ask the API server; one call of kubectl."""
    return of_objects(client.get(ASKED, "-A"))


def of_objects(objects: Sequence[Object]) -> Running:
    """The same from objects that are there already."""
    by_kind: dict[str, list[Object]] = defaultdict(list)
    for each in objects:
        by_kind[text(each.get("kind"))].append(each)
    sets = {_uid(each): each for each in by_kind["ReplicaSet"]}
    pods: dict[str, list[RunningPod]] = defaultdict(list)
    for each in by_kind["Pod"]:
        if mapping(each.get("status")).get("phase") not in ENDED:
            owner = _owner(each)
            set_ = sets.get(owner)
            pods[_owner(set_) if set_ is not None else owner].append(_pod(each, set_))
    workloads = {}
    for kind in ("Rollout", "Deployment", "StatefulSet", "DaemonSet"):
        for each in by_kind[kind]:
            own = [set_ for set_ in by_kind["ReplicaSet"] if _owner(set_) == _uid(each)]
            found = tuple(sorted(pods[_uid(each)], key=lambda pod: pod.name))
            workloads[kind, *_named(each)] = RunningWorkload(each, _current(each, own), found)
    return Running(workloads, {_named(each): each for each in by_kind["ConfigMap"]})


def _pod(content: Object, replica_set: Object | None) -> RunningPod:
    metadata = mapping(content.get("metadata"))
    labels = mapping(metadata.get("labels"))
    version = next(
        (text(labels[key]) for key in (HASH_LABEL, "pod-template-hash", "controller-revision-hash") if key in labels),
        "",
    )
    annotations = mapping(mapping((replica_set or {}).get("metadata")).get("annotations"))
    return RunningPod(content, version, "deletionTimestamp" in metadata or DEADLINE in annotations)


def _current(workload: Object, sets: Sequence[Object]) -> str:
    status = mapping(workload.get("status"))
    if workload.get("kind") == "Rollout":
        return text(status.get("currentPodHash"))
    if workload.get("kind") == "StatefulSet":
        return text(status.get("updateRevision"))
    if sets:
        newest = max(sets, key=_revision)
        return text(mapping(mapping(newest.get("metadata")).get("labels")).get("pod-template-hash"))
    return ""  # a DaemonSet does not say which version is the newest


def _revision(replica_set: Object) -> int:
    annotations = mapping(mapping(replica_set.get("metadata")).get("annotations"))
    return max(number(annotations.get(key)) for key in _REVISIONS)


def _moving_rollout(rollout: Rollout) -> str:
    if not rollout.observed:
        return "its controller has not looked at the newest change yet"
    if rollout.aborted or rollout.promoted or not rollout.stable:
        return ""  # an aborted release moves nothing any more: what Git demands does not run
    return f"revision {rollout.revision} is {rollout.phase}, {rollout.weight} % of the traffic"


def _moving(workload: Object) -> str:
    status, spec = mapping(workload.get("status")), mapping(workload.get("spec"))
    generation = number(mapping(workload.get("metadata")).get("generation"))
    if number(status.get("observedGeneration")) < generation:
        return "its controller has not looked at the newest change yet"
    wanted = number(status.get("desiredNumberScheduled"), number(spec.get("replicas"), 1))
    updated = number(status.get("updatedNumberScheduled"), number(status.get("updatedReplicas")))
    if updated < wanted or number(status.get("replicas"), updated) > updated:
        return f"{updated} of {wanted} pods are of the newest version"
    return ""


def _named(content: Object) -> tuple[str, str]:
    metadata = mapping(content.get("metadata"))
    return text(metadata.get("namespace")), text(metadata.get("name"))


def _uid(content: Object) -> str:
    return text(mapping(content.get("metadata")).get("uid"))


def _owner(content: Object) -> str:
    owners = [mapping(each) for each in items(mapping(content.get("metadata")).get("ownerReferences"))]
    return next((text(each.get("uid")) for each in owners if each.get("controller") is True), "")
