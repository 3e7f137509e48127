"""What containers mount is a volume of the pod, and what they mount it on is free."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, Container, Pod, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping, text

_MOUNTS = ("volumeMounts", "volumeDevices")


def _mounted(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    known = _volumes(manifest, pod) if pod else set()
    for container in pod.containers() if pod else ():
        for field in _MOUNTS:
            for index, mount in enumerate(items(container.content.get(field))):
                name = text(mapping(mount).get("name"))
                if name not in known:
                    yield container.violation((field, index, "name"), f'mounts "{name}", which is no volume of the pod')


def _used(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if not pod:
        return
    used = {name for container in pod.containers() for name in _names(container)}
    for index, volume in enumerate(items(pod.spec.get("volumes"))):
        name = text(mapping(volume).get("name"))
        if name and name not in used:
            yield Violation((*pod.path, "volumes", index), f'no container mounts the volume "{name}"')


def _places(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    for container in pod.containers() if pod else ():
        seen = set()
        for index, mount in enumerate(items(container.content.get("volumeMounts"))):
            place = text(mapping(mount).get("mountPath")).rstrip("/")
            if place in seen:
                yield container.violation(("volumeMounts", index, "mountPath"), f"mounts two volumes on {place or '/'}")
            seen.add(place)


def _volumes(manifest: Manifest, pod: Pod) -> set[str]:
    claims = items(mapping(manifest.content.get("spec")).get("volumeClaimTemplates"))
    found = {text(mapping(volume).get("name")) for volume in items(pod.spec.get("volumes"))}
    return found | {text(mapping(mapping(claim).get("metadata")).get("name")) for claim in claims}


def _names(container: Container) -> Iterator[str]:
    for field in _MOUNTS:
        for mount in items(container.content.get(field)):
            yield text(mapping(mount).get("name"))


CHECKS = (
    Check("volume-mount", WORKLOADS, _mounted),
    Check("volume-unused", WORKLOADS, _used),
    Check("mount-path", WORKLOADS, _places),
)
