"""Scratch volumes have an end."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping, text


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    for index, volume in enumerate(items(pod.spec.get("volumes"))) if pod else ():
        scratch = mapping(volume).get("emptyDir")
        if pod and isinstance(scratch, dict) and scratch.get("sizeLimit") in (None, ""):
            store = "memory" if scratch.get("medium") == "Memory" else "disk"
            name = text(mapping(volume).get("name"))
            problem = f'the scratch volume "{name}" may fill the node\'s {store}'
            yield Violation((*pod.path, "volumes", index, "emptyDir", "sizeLimit"), problem)


CHECK = Check("empty-dir-size", WORKLOADS, _judge)
