"""A seccomp profile filters system calls."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.security import Context, contexts, linux_pod, pod_context
from platformctl.manifests import Manifest, mapping

_PROFILES = ("RuntimeDefault", "Localhost")


def _unfiltered(context: Context) -> bool:
    profile = context.content.get("seccompProfile")
    return profile is not None and mapping(profile).get("type") not in _PROFILES


def _unconfined(manifest: Manifest, world: World) -> Iterator[Violation]:
    for context in contexts(manifest):
        if _unfiltered(context):
            yield context.violation(("seccompProfile",), "switches the seccomp profile off")


def _missing(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = linux_pod(manifest)
    if pod is None:
        return
    above = pod_context(pod)
    if _unfiltered(above):
        yield above.violation(("seccompProfile",), "has no seccomp profile")
    for container in pod.containers():
        if mapping(container.effective("seccompProfile")).get("type") not in _PROFILES:
            yield container.violation(("securityContext", "seccompProfile"), "has no seccomp profile")


CHECKS = (
    Check("seccomp", WORKLOADS, _missing),
    Check("seccomp-unconfined", WORKLOADS, _unconfined),
)
