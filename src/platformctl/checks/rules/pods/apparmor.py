"""An AppArmor profile confines containers: none is switched off, and each has one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platformctl.checks.pods import WORKLOADS, Container, Pod, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.security import contexts, linux_pod
from platformctl.manifests import Manifest, mapping, text

_PROFILES = ("RuntimeDefault", "Localhost")
# with the container's name behind it: how profiles were written up to v1.29
ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"


def annotations_of(pod: Pod) -> Mapping[str, object]:
    """The pod's annotations."""
    return mapping(pod.metadata.get("annotations"))


def has_profile(pod: Pod, container: Container) -> bool:
    """Whether a field or an annotation names a profile that confines the container."""
    field = container.effective("appArmorProfile")
    if field is not None:
        return mapping(field).get("type") in _PROFILES
    value = annotations_of(pod).get(f"{ANNOTATION}{text(container.content.get('name'))}")
    return bool(value) and _allowed(value)


def _unconfined(manifest: Manifest, world: World) -> Iterator[Violation]:
    for context in contexts(manifest):
        profile = context.content.get("appArmorProfile")
        if profile is not None and mapping(profile).get("type") not in _PROFILES:
            yield context.violation(("appArmorProfile",), "switches the AppArmor profile off")
    pod = pod_of(manifest)
    for key, value in annotations_of(pod).items() if pod else ():
        if pod and key.startswith(ANNOTATION) and not _allowed(value):
            path = (*pod.path[:-1], "metadata", "annotations", key)
            yield Violation(path, "an annotation switches the AppArmor profile off")


def _allowed(value: object) -> bool:
    return value in (None, "", "runtime/default") or text(value).startswith("localhost/")


def _missing(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = linux_pod(manifest)
    for container in pod.containers() if pod else ():
        if pod and not has_profile(pod, container):
            yield container.violation(("securityContext", "appArmorProfile"), "names no AppArmor profile")


CHECKS = (
    Check("apparmor", WORKLOADS, _unconfined),
    Check("apparmor-missing", WORKLOADS, _missing),
)
