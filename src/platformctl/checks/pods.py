"""The pods that an object makes: every workload kind has its pod template elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.checks.protocol import Violation
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

OWN_IMAGES = "ghcr.io/techcommerce/"
_TEMPLATES: Mapping[tuple[str, str], FieldPath] = {
    ("", "Pod"): (),
    ("", "PodTemplate"): ("template",),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("argoproj.io", "Rollout"): ("spec", "template"),
}
WORKLOADS = frozenset(kind for _, kind in _TEMPLATES)
_RUN_ONCE = ("Pod", "PodTemplate", "Job", "CronJob")


@dataclass(frozen=True)
class Container:
    """A container with its place in the object and what the pod hands down to it."""

    kind: str
    path: FieldPath
    content: Mapping[str, Any]
    pod: Mapping[str, Any]

    @property
    def is_own(self) -> bool:
        """Whether it runs an image that we build ourselves."""
        return text(self.content.get("image")).startswith(OWN_IMAGES)

    @property
    def security(self) -> Mapping[str, Any]:
        """Its own security context."""
        return mapping(self.content.get("securityContext"))

    def effective(self, field: str) -> object:
        """A field of the security context, inherited from the pod where it is not set."""
        value = self.security.get(field)
        return mapping(self.pod.get("securityContext")).get(field) if value is None else value

    def violation(self, field: FieldPath, problem: str) -> Violation:
        """A broken field of this container."""
        name = text(self.content.get("name"))
        return Violation((*self.path, *field), f'container "{name}" {problem}')


@dataclass(frozen=True)
class Pod:
    """The spec of the pods that an object makes, and where in the object it stands."""

    spec: Mapping[str, Any]
    path: FieldPath
    metadata: Mapping[str, Any]

    def containers(self) -> Iterator[Container]:
        """Containers of all three kinds; an empty item of a list is a container without any field."""
        for kind in ("containers", "initContainers", "ephemeralContainers"):
            for index, content in enumerate(items(self.spec.get(kind))):
                if content is None or isinstance(content, Mapping):
                    yield Container(kind, (*self.path, kind, index), mapping(content), self.spec)


def pod_of(manifest: Manifest) -> Pod | None:
    """The pods of a workload; None for an object that makes none."""
    group = manifest.api_version.rpartition("/")[0]
    path = _TEMPLATES.get((group, manifest.kind))
    if path is None:
        return None
    template: Any = manifest.content
    for step in path:
        template = mapping(template).get(str(step))
    spec = mapping(template).get("spec")
    return Pod(spec, (*path, "spec"), mapping(template.get("metadata"))) if isinstance(spec, Mapping) else None


def containers(manifest: Manifest) -> Iterator[Container]:
    """All containers that an object runs."""
    pod = pod_of(manifest)
    return pod.containers() if pod else iter(())


def serving_containers(manifest: Manifest) -> Iterator[Container]:
    """The containers that run for as long as their workload does."""
    if manifest.kind not in _RUN_ONCE:
        yield from (container for container in containers(manifest) if container.kind == "containers")
