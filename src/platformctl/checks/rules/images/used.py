"""The images that an object runs or mounts, wherever it names them: what every rule of this group looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.checks.images import Reference, parse, parts
from platformctl.checks.pods import WORKLOADS, Pod, pod_of
from platformctl.checks.protocol import Violation, World
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

# the Prometheus operator makes pods from these, with the image that they name
_OPERATED = frozenset({"Alertmanager", "Prometheus", "PrometheusAgent", "ThanosRuler"})
KINDS = WORKLOADS | _OPERATED


@dataclass(frozen=True)
class Used:
    """One image: who uses it, the field that names it, and that field's value."""

    user: str
    path: FieldPath
    written: object
    policy: str  # when it is pulled; empty when that is not said

    @property
    def reference(self) -> Reference | None:
        """Its parts; None when nothing can be pulled by that name."""
        return parse(self.written) if isinstance(self.written, str) else None

    @property
    def said(self) -> Reference | None:
        """Its parts even where the name is no valid one, or one that somebody still has to fill in."""
        return self.reference or (parts(self.written) if isinstance(self.written, str) and self.written else None)

    def violation(self, problem: str, field: str = "") -> Violation:
        """A fault of this image, in its own field or in one beside it."""
        return Violation((*self.path[:-1], field) if field else self.path, f"{self.user} {problem}")


def used(manifest: Manifest) -> Iterator[Used]:
    """All images of an object: containers of every kind and image volumes."""
    pod = pod_of(manifest)
    if pod is not None:
        yield from _run(pod)
        yield from _mounted(pod)
    elif manifest.kind in _OPERATED and manifest.api_version.startswith("monitoring.coreos.com/"):
        spec = mapping(manifest.content.get("spec"))
        if "image" in spec:  # without one the operator has a default
            yield Used(manifest.kind, ("spec", "image"), spec["image"], text(spec.get("imagePullPolicy")))


def _run(pod: Pod) -> Iterator[Used]:
    for container in pod.containers():
        content = container.content
        user = f'container "{text(content.get("name"))}"'
        yield Used(user, (*container.path, "image"), content.get("image"), text(content.get("imagePullPolicy")))


def _mounted(pod: Pod) -> Iterator[Used]:
    for index, volume in enumerate(items(pod.spec.get("volumes"))):
        source: Mapping[str, Any] = mapping(mapping(volume).get("image"))
        if source:
            path = (*pod.path, "volumes", index, "image", "reference")
            user = f'volume "{text(volume.get("name"))}"'
            yield Used(user, path, source.get("reference"), text(source.get("pullPolicy")))


def each(fault: Callable[[Used, Reference], str]) -> Callable[[Manifest, World], Iterator[Violation]]:
    """A check of every image; `fault` says what is wrong with it, or nothing."""

    def judge(manifest: Manifest, world: World) -> Iterator[Violation]:
        for image in used(manifest):
            said = image.said
            problem = fault(image, said) if said else ""
            if problem:
                yield image.violation(problem)

    return judge
