"""Pods have a network, processes and shared memory of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest


def _does_without(field: str) -> Callable[[Manifest, World], Iterator[Violation]]:
    def judge(manifest: Manifest, world: World) -> Iterator[Violation]:
        pod = pod_of(manifest)
        if pod and pod.spec.get(field) is True:
            yield Violation((*pod.path, field), f"the pod uses the node's own: {field} is true")

    return judge


CHECKS = (
    Check("host-network", WORKLOADS, _does_without("hostNetwork")),
    Check("host-pid", WORKLOADS, _does_without("hostPID")),
    Check("host-ipc", WORKLOADS, _does_without("hostIPC")),
)
