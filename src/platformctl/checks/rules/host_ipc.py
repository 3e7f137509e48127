"""Pods do without hostIPC."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import pod_of
from platformctl.checks.protocol import Violation, World
from platformctl.manifests import Manifest

RULE = "host-ipc"


def check(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod and pod.spec.get("hostIPC") is True:
        yield Violation((*pod.path, "hostIPC"), "the pod uses the node's own: hostIPC is true")
