"""Pods by namespace and labels: those of workloads, those that operators make, and those that exist outside of Git."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import World
from platformctl.checks.selectors import Labelled, Labels, matches
from platformctl.manifests import Manifest, items, mapping, text

NAME_LABEL = "kubernetes.io/metadata.name"  # every namespace carries its own name
_OPERATED = {"Prometheus": "prometheus", "Alertmanager": "alertmanager", "ThanosRuler": "thanos-ruler"}
_STORED = "PodTemplate"  # runs nothing by itself


def space(manifest: Manifest) -> str:
    """The namespace that an object really goes to: without one it is default."""
    return manifest.namespace or "default"


@dataclass(frozen=True, eq=False)
class Port:
    """A port that a container names."""

    number: int
    name: str
    protocol: str


@dataclass(frozen=True, eq=False)
class PodSet:
    """Pods of one making, which all look alike."""

    namespace: str
    labels: Labels
    shown: str
    spec: Mapping[str, Any] = field(default_factory=dict)
    manifest: Manifest | None = None

    @property
    def on_host_network(self) -> bool:
        """Whether they use the node's network, where no policy reaches them."""
        return self.spec.get("hostNetwork") is True

    def ports(self) -> Iterator[Port]:
        """The ports that their containers name."""
        for kind in ("containers", "initContainers"):
            for container in items(self.spec.get(kind)):
                for port in items(mapping(container).get("ports")):
                    number = mapping(port).get("containerPort")
                    if isinstance(number, int):
                        yield Port(number, text(port.get("name")), text(port.get("protocol")) or "TCP")


class PodSets(Labelled[PodSet]):
    """The pods of a world."""

    def __init__(self, world: World) -> None:
        everything = (*_of_workloads(world), *_of_operators(world), *_outside(world))
        super().__init__(((found.namespace, found) for found in everything), lambda found: found.labels)
        self._made = {id(found.manifest): found for found in everything if found.manifest is not None}
        self._anywhere: dict[tuple[str, str], list[PodSet]] = defaultdict(list)
        for found in everything:
            for key, value in found.labels.items():
                self._anywhere[str(key), str(value)].append(found)

    def of(self, manifest: Manifest) -> PodSet | None:
        """The pods of one workload."""
        return self._made.get(id(manifest))

    def elsewhere(self, labels: Mapping[str, Any]) -> list[PodSet]:
        """Those of any namespace that carry some labels."""
        candidates = min(
            (self._anywhere.get((str(key), str(value)), []) for key, value in labels.items()), key=len, default=[]
        )
        return [found for found in candidates if matches({"matchLabels": labels}, found.labels)]


class Namespaces:
    """The labels of every namespace that is described or used."""

    def __init__(self, world: World) -> None:
        names = {space(manifest) for manifest in world.manifests} | {each.namespace for each in world.outside}
        self._labels: dict[str, Labels] = {name: {NAME_LABEL: name} for name in names}
        self.described = set()
        for manifest in world.of("Namespace"):
            own = mapping(mapping(manifest.content.get("metadata")).get("labels"))
            self._labels[manifest.name] = {**own, NAME_LABEL: manifest.name}
            self.described.add(manifest.name)
        self._selected: dict[str, list[str]] = {}

    def names(self) -> list[str]:
        """All of them."""
        return list(self._labels)

    def knows(self, name: str) -> bool:
        """Whether one of that name is described or used."""
        return name in self._labels

    def labels(self, name: str) -> Labels:
        """The labels of one, as far as they are known."""
        return self._labels.get(name, {NAME_LABEL: name})

    def selected(self, selector: Mapping[str, Any]) -> list[str]:
        """Those that a LabelSelector selects."""
        named = mapping(selector.get("matchLabels")).get(NAME_LABEL)
        if isinstance(named, str):
            return [named] if named in self._labels and matches(selector, self._labels[named]) else []
        known = self._selected.get(key := repr(selector))
        if known is None:
            known = [name for name, labels in self._labels.items() if matches(selector, labels)]
            self._selected[key] = known
        return known


def _of_workloads(world: World) -> Iterator[PodSet]:
    for manifest in world.of(*sorted(WORKLOADS - {_STORED})):
        pod = pod_of(manifest)
        # half a template, with labels alone, still says which pods there are to be
        metadata = pod.metadata if pod else _unfinished(manifest)
        if metadata:
            labels = mapping(metadata.get("labels"))
            spec = pod.spec if pod else {}
            yield PodSet(space(manifest), labels, f"{manifest.kind} {manifest.name}", spec, manifest)


def _unfinished(manifest: Manifest) -> Mapping[str, Any]:
    known = manifest.api_version.startswith(("apps/", "argoproj.io/"))
    template = mapping(mapping(manifest.content.get("spec")).get("template"))
    return mapping(template.get("metadata")) if known else {}


def _of_operators(world: World) -> Iterator[PodSet]:
    for manifest in world.of(*_OPERATED):
        if manifest.api_version.startswith("monitoring.coreos.com/"):
            spec = mapping(manifest.content.get("spec"))
            own = mapping(mapping(spec.get("podMetadata")).get("labels"))
            labels = {**own, "app.kubernetes.io/name": _OPERATED[manifest.kind], manifest.kind.lower(): manifest.name}
            yield PodSet(space(manifest), labels, f"{manifest.kind} {manifest.name}", {}, manifest)


def _outside(world: World) -> Iterator[PodSet]:
    for entry in world.outside:
        if entry.kind == "Pod":
            yield PodSet(entry.namespace, entry.labels, entry.name)
