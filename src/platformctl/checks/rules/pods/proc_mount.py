"""The kernel's settings in /proc stay masked."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, Pod, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.security import in_user_namespace
from platformctl.manifests import Manifest


def _unmasked(pod: Pod | None) -> Iterator[Violation]:
    for container in pod.containers() if pod else ():
        value = container.security.get("procMount")
        if value not in (None, "Default"):
            yield container.violation(("securityContext", "procMount"), "does not mask /proc")


def _baseline(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    yield from _unmasked(None if pod and in_user_namespace(pod) else pod)


def _restricted(manifest: Manifest, world: World) -> Iterator[Violation]:
    yield from _unmasked(pod_of(manifest))


CHECKS = (
    Check("proc-mount", WORKLOADS, _baseline),
    Check("proc-mount-restricted", WORKLOADS, _restricted),
)
