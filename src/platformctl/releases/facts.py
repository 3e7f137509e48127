"""What the API server knows of a service in an environment: read once, then looked at from several sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from platformctl.cluster.kubectl import Kubectl
from platformctl.errors import PlatformError
from platformctl.manifests import items, mapping, text
from platformctl.releases.analysis import Run, run_of
from platformctl.releases.events import Event, event_of
from platformctl.releases.moments import EARLIEST
from platformctl.releases.pods import Pod, pod_of
from platformctl.releases.rollout import HASH_LABEL, REVISION, Rollout, number

KINDS = "rollouts.argoproj.io,replicasets.apps,analysisruns.argoproj.io,pods,events"
Object = Mapping[str, Any]


@dataclass(frozen=True)
class Version:
    """A pod template that the Rollout has run: its hash, the revisions that used it, and its images."""

    hash: str
    revision: int
    former_revisions: tuple[int, ...]
    images: tuple[str, ...]
    wanted: int
    ready: int
    created: str

    @property
    def image(self) -> str:
        """The image of the service itself, as people tell versions apart: tag and the beginning of the digest."""
        return short_image(self.images[0]) if self.images else self.hash


@dataclass(frozen=True)
class Facts:
    """A Rollout with its ReplicaSets, analysis runs, pods, events and, where it could be read, its Application."""

    rollout: Rollout
    versions: tuple[Version, ...]
    runs: tuple[Run, ...]
    pods: tuple[Pod, ...]
    events: tuple[Event, ...]
    application: Object = field(default_factory=dict)

    def version(self, hash_: str) -> Version | None:
        """The version with that hash, unless its ReplicaSet is gone."""
        return next((each for each in self.versions if each.hash == hash_), None)

    def pods_of(self, hash_: str) -> tuple[Pod, ...]:
        """The pods of one version."""
        return tuple(each for each in self.pods if each.hash == hash_)

    def current_runs(self) -> tuple[Run, ...]:
        """The analysis runs of the newest revision; after a retry only those of the last try."""
        runs = {(run.kind, run.step): run for run in self.runs if run.revision == self.rollout.revision}
        return tuple(runs.values())


def read(client: Kubectl, namespace: str = "") -> list[Facts]:
    """Every Rollout of a namespace, or of all, with what belongs to it; one call of kubectl."""
    where = ("-n", namespace) if namespace else ("-A",)
    return of_objects(client.get(KINDS, *where))


def read_service(client: Kubectl, service: str, environment: str | None) -> Facts:
    """One service in one environment; without an environment there must be only one, or one that is on its way."""
    found = [each for each in read(client, environment or "") if each.rollout.name == service]
    if not found:
        where = f"the environment {environment}" if environment else "any environment"
        raise PlatformError(
            f"there is no Rollout {service} in {where}",
            why="the API server has none of that name",
            fix="`platformctl release status` lists what there is",
        )
    moving = [each for each in found if each.rollout.phase != "Healthy"]
    if len(found) > 1 and len(moving) == 1:
        return moving[0]
    if len(found) > 1:
        names = ", ".join(sorted(each.rollout.namespace for each in found))
        raise PlatformError(
            f"{service} runs in several environments: {names}",
            why="none or more than one of them is being released",
            fix=f"choose one, for example --environment {found[0].rollout.namespace}",
        )
    return found[0]


def of_objects(objects: Sequence[Object]) -> list[Facts]:
    """Group objects, as the API gives them, by the Rollout that they belong to."""
    by_kind: dict[str, list[Object]] = {}
    for each in objects:
        by_kind.setdefault(text(each.get("kind")), []).append(each)
    found = [_facts(Rollout(each), by_kind) for each in by_kind.get("Rollout", [])]
    return sorted(found, key=lambda facts: (facts.rollout.name, facts.rollout.namespace))


def short_image(image: str) -> str:
    """`0.1.0 (1f2e3d4c5b6a)` of registry/repository:0.1.0@sha256:1f2e3d4c5b6a…"""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2] or name.rpartition("/")[2]
    return f"{tag} ({digest.partition(':')[2][:12]})" if digest else tag


def _facts(rollout: Rollout, by_kind: Mapping[str, list[Object]]) -> Facts:
    sets = [each for each in by_kind.get("ReplicaSet", []) if _owner(each) == rollout.uid]
    names = {text(mapping(each.get("metadata")).get("uid")) for each in sets}
    runs = [run_of(each) for each in by_kind.get("AnalysisRun", []) if _owner(each) == rollout.uid]
    pods = [pod_of(each) for each in by_kind.get("Pod", []) if _owner(each) in names]
    events = [
        event_of(each) for each in by_kind.get("Event", []) if _involved(each) == (rollout.namespace, rollout.name)
    ]
    return Facts(
        rollout,
        tuple(sorted((_version(each, rollout.name) for each in sets), key=lambda each: -each.revision)),
        tuple(sorted(runs, key=lambda run: (run.started or EARLIEST, run.name))),
        tuple(sorted(pods, key=lambda pod: (pod.hash, pod.name))),
        tuple(sorted(events, key=lambda event: event.last or EARLIEST)),
    )


def _owner(content: Object) -> str:
    owners = [mapping(each) for each in items(mapping(content.get("metadata")).get("ownerReferences"))]
    return next((text(each.get("uid")) for each in owners if each.get("controller") is True), "")


def _involved(event: Object) -> tuple[str, str]:
    about = mapping(event.get("involvedObject"))
    if about.get("kind") != "Rollout":
        return ("", "")
    return text(about.get("namespace")), text(about.get("name"))


def _version(content: Object, service: str) -> Version:
    metadata, status = mapping(content.get("metadata")), mapping(content.get("status"))
    annotations = mapping(metadata.get("annotations"))
    template = mapping(mapping(mapping(content.get("spec")).get("template")).get("spec"))
    former = text(annotations.get(f"{REVISION}-history")).split(",")
    return Version(
        hash=text(mapping(metadata.get("labels")).get(HASH_LABEL)),
        revision=number(annotations.get(REVISION)),
        former_revisions=tuple(int(each) for each in former if each.isdigit()),
        images=_images(map(mapping, items(template.get("containers"))), service),
        wanted=number(mapping(content.get("spec")).get("replicas")),
        ready=number(status.get("readyReplicas")),
        created=text(metadata.get("creationTimestamp")),
    )


def _images(containers: Iterable[Object], service: str) -> tuple[str, ...]:
    """The images of the containers, that of the service first."""
    ordered = sorted(containers, key=lambda each: each.get("name") != service)
    return tuple(text(each.get("image")) for each in ordered)
