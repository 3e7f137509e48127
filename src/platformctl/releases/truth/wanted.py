"""What Git demands of the pods on one API server: the gate's own expansion and rendering, at the pinned commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platformctl.checks import deployed
from platformctl.checks.pods import pod_of
from platformctl.errors import PlatformError
from platformctl.expand import Application
from platformctl.manifests import Manifest, mapping, text
from platformctl.releases.rollout import number
from platformctl.releases.truth.difference import Place
from platformctl.repo import Repo

KINDS = ("Rollout", "Deployment", "StatefulSet", "DaemonSet")  # whose pods run for as long as they do
Object = Mapping[str, Any]


@dataclass(frozen=True)
class Replicas:
    """How many pods there may be; None where Git leaves it open (a DaemonSet)."""

    least: int
    most: int


@dataclass(frozen=True)
class Workload:
    """A workload as Git has it; `spec` is the spec of its pods."""

    place: Place
    kind: str
    namespace: str
    name: str
    spec: Object
    replicas: Replicas | None


@dataclass(frozen=True)
class Wanted:
    """Everything that is compared: the workloads, and the content of ConfigMaps by namespace and name."""

    workloads: tuple[Workload, ...]
    settings: Mapping[tuple[str, str], Object]


def wanted(repo: Repo, clusters: Sequence[str]) -> Wanted:
    """What Git demands of clusters, each as <fleet>/<cluster>, or <fleet> for what the fleet's Argo CD has once."""
    known = deployed.applications(repo)
    names = {each.cluster for each in known}
    unknown = [each for each in clusters if each not in names]
    if unknown or not clusters:
        raise PlatformError(
            f"Git has no cluster {', '.join(unknown) or 'that is asked for'}",
            why=f"it has {', '.join(sorted(names))}",
            fix="name one of those with --cluster",
        )
    chosen = [each for each in known if each.cluster in clusters]
    rendered = deployed.rendered(repo, chosen)
    return of_manifests((application, rendered[application].manifests) for application in chosen)


def of_manifests(sources: Iterable[tuple[Application, Iterable[Manifest]]]) -> Wanted:
    """The same from objects that are there already."""
    workloads: list[Workload] = []
    settings: dict[tuple[str, str], Object] = {}
    for application, manifests in sources:
        objects = list(manifests)
        scaled = {_target(each): each.content for each in objects if each.kind == "HorizontalPodAutoscaler"}
        for manifest in objects:
            namespace = text(mapping(manifest.content.get("metadata")).get("namespace")) or application.namespace
            if manifest.kind == "ConfigMap":
                settings[namespace, manifest.name] = manifest.content
            elif manifest.kind in KINDS and (pod := pod_of(manifest)):
                scaler = scaled.get((manifest.kind, manifest.name))
                place = Place(application.cluster, _environment(application), manifest.name)
                replicas = _replicas(manifest, scaler)
                workloads.append(Workload(place, manifest.kind, namespace, manifest.name, pod.spec, replicas))
    return Wanted(tuple(workloads), settings)


def _environment(application: Application) -> str:
    labels = mapping(mapping(application.content.get("metadata")).get("labels"))
    return text(labels.get("environment")) or "platform"


def _target(autoscaler: Manifest) -> tuple[str, str]:
    reference = mapping(mapping(autoscaler.content.get("spec")).get("scaleTargetRef"))
    return text(reference.get("kind")), text(reference.get("name"))


def _replicas(manifest: Manifest, autoscaler: Object | None) -> Replicas | None:
    if manifest.kind == "DaemonSet":
        return None
    if autoscaler is not None:
        spec = mapping(autoscaler.get("spec"))
        return Replicas(number(spec.get("minReplicas"), 1), number(spec.get("maxReplicas"), 1))
    count = number(mapping(manifest.content.get("spec")).get("replicas"), 1)
    return Replicas(count, count)
