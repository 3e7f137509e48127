"""Claims that pods name exist, and so do the classes that claims name."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

_CLAIM, _CLASS = "PersistentVolumeClaim", "StorageClass"


class _Outside:
    def __init__(self, world: World) -> None:
        self.names = {(entry.kind, entry.namespace, entry.name) for entry in world.outside}
        self.claimed = {manifest.namespace for manifest in world.of(_CLAIM)}


def _claims(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    known = world.derived(_Outside)
    judged = world.whole or manifest.namespace in known.claimed
    for index, volume in enumerate(items(pod.spec.get("volumes"))) if pod and judged else ():
        name = text(mapping(mapping(volume).get("persistentVolumeClaim")).get("claimName"))
        outside = (_CLAIM, manifest.namespace, name) in known.names
        if pod and name and not outside and world.find(_CLAIM, manifest.namespace, name) is None:
            path = (*pod.path, "volumes", index, "persistentVolumeClaim", "claimName")
            yield Violation(path, f"there is no PersistentVolumeClaim {name}")


def _classes(manifest: Manifest, world: World) -> Iterator[Violation]:
    for path, spec in _wanted(manifest) if world.describes(_CLASS) else ():
        name = text(mapping(spec).get("storageClassName"))
        outside = (_CLASS, "", name) in world.derived(_Outside).names
        # a claim that names its volume needs no class, only the same word on both
        if name and not outside and not mapping(spec).get("volumeName") and world.find(_CLASS, "", name) is None:
            yield Violation((*path, "storageClassName"), f"there is no StorageClass {name}")


def _wanted(manifest: Manifest) -> Iterator[tuple[FieldPath, object]]:
    spec = mapping(manifest.content.get("spec"))
    if manifest.kind == _CLAIM:
        yield ("spec",), spec
    for index, claim in enumerate(items(spec.get("volumeClaimTemplates"))):
        yield ("spec", "volumeClaimTemplates", index, "spec"), mapping(claim).get("spec")


CHECKS = (
    Check("claim-reference", WORKLOADS, _claims),
    Check("storage-class", frozenset({_CLAIM, "StatefulSet"}), _classes),
)
