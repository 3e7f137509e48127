"""Pods do without hostPID."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod and pod.spec.get("hostPID") is True:
        yield Violation((*pod.path, "hostPID"), "the pod uses the node's own: hostPID is true")


CHECK = Check("host-pid", WORKLOADS, _judge)
