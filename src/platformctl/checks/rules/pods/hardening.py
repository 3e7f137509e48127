"""Containers say how they are confined, by any means at all."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, Container, Pod, containers, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.pods.apparmor import has_profile
from platformctl.checks.security import linux_pod
from platformctl.manifests import Manifest, items, mapping


def _no_context(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod and pod.spec.get("securityContext") == {}:
        yield Violation((*pod.path, "securityContext"), "the pod's security context is empty")
    for container in containers(manifest):
        if not container.security:
            yield container.violation(("securityContext",), "has no security context of its own")


def _unhardened(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = linux_pod(manifest)
    for container in pod.containers() if pod else ():
        if pod and not _is_hardened(pod, container):
            problem = "has neither a seccomp or AppArmor profile nor SELinux options, and drops no capability"
            yield container.violation(("securityContext",), problem)


def _is_hardened(pod: Pod, container: Container) -> bool:
    seccomp = mapping(container.effective("seccompProfile")).get("type")
    return (
        seccomp not in (None, "", "Unconfined")
        or container.effective("seLinuxOptions") is not None
        or has_profile(pod, container)
        or bool(items(mapping(container.security.get("capabilities")).get("drop")))
    )


CHECKS = (
    Check("security-context", WORKLOADS, _no_context),
    Check("linux-hardening", WORKLOADS, _unhardened),
)
