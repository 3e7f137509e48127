"""The Secret with a registry's password exists."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

_MAKERS = ("Secret", "ExternalSecret", "SealedSecret")  # each makes a Secret of its own name


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod is not None:
        yield from _missing(manifest, world, pod.spec.get("imagePullSecrets"), (*pod.path, "imagePullSecrets"))
    elif manifest.kind == "ServiceAccount" and manifest.api_version == "v1":
        yield from _missing(manifest, world, manifest.content.get("imagePullSecrets"), ("imagePullSecrets",))


def _missing(manifest: Manifest, world: World, references: object, path: FieldPath) -> Iterator[Violation]:
    if not world.describes(*_MAKERS):
        return
    for index, reference in enumerate(items(references)):
        name = text(mapping(reference).get("name"))
        if not any(world.find(kind, manifest.namespace, name) for kind in _MAKERS):
            yield Violation((*path, index, "name"), f'there is no Secret "{name}" to pull images with')


CHECK = Check("pull-secret", WORKLOADS | {"ServiceAccount"}, _judge)
