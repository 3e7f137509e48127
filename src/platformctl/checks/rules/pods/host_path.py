"""No folder of the node is mounted."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping, text


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    for index, volume in enumerate(items(pod.spec.get("volumes"))) if pod else ():
        source = mapping(volume).get("hostPath")
        if pod and source is not None:
            folder = text(mapping(source).get("path"))
            yield Violation((*pod.path, "volumes", index, "hostPath"), f"mounts {folder} of the node")


CHECK = Check("host-path", WORKLOADS, _judge)
