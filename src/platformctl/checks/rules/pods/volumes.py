"""Volumes are of the kinds that cannot reach past the pod, and are mounted whole."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping

RESTRICTED = frozenset(
    [
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ]
)


def _types(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    for index, volume in enumerate(items(pod.spec.get("volumes")) if pod else ()):
        # a volume without any source is an emptyDir
        kinds = sorted(key for key, value in mapping(volume).items() if key != "name" and value is not None)
        if pod and kinds and not RESTRICTED.intersection(kinds):
            yield Violation((*pod.path, "volumes", index), f"a volume is of the kind {kinds[0]}")


def _parts(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        for index, mount in enumerate(items(container.content.get("volumeMounts"))):
            for field in ("subPath", "subPathExpr"):
                if mapping(mount).get(field) not in (None, ""):
                    yield container.violation(("volumeMounts", index, field), "mounts a part of a volume")


CHECKS = (
    Check("volume-types", WORKLOADS, _types),
    Check("subpath-cve", WORKLOADS, _parts),
)
