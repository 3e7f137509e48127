"""What a pod shares with the node or between its containers without need."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest


def _users(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod and pod.spec.get("hostUsers") is True:
        yield Violation((*pod.path, "hostUsers"), "the pod's users are the node's: hostUsers is true")


def _processes(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod and pod.spec.get("shareProcessNamespace") is True:
        yield Violation((*pod.path, "shareProcessNamespace"), "the pod's containers see each other's processes")


def _aliases(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod and pod.spec.get("hostAliases"):
        yield Violation((*pod.path, "hostAliases"), "the pod writes its own /etc/hosts")


CHECKS = (
    Check("host-users", WORKLOADS, _users),
    Check("share-process-namespace", WORKLOADS, _processes),
    Check("host-aliases", WORKLOADS, _aliases),
)
