"""Security contexts: what a pod and its containers say about the user, the privileges and the isolation they get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.checks.pods import Pod, pod_of
from platformctl.checks.protocol import Violation
from platformctl.manifests import FieldPath, Manifest, mapping, text


@dataclass(frozen=True)
class Context:
    """The security context of a pod or of one container; empty when it is not written."""

    owner: str
    path: FieldPath
    content: Mapping[str, Any]

    def violation(self, field: FieldPath, problem: str) -> Violation:
        """A broken field of this context."""
        return Violation((*self.path, *field), f"{self.owner} {problem}")


def pod_context(pod: Pod) -> Context:
    """The pod's own security context."""
    return Context("the pod", (*pod.path, "securityContext"), mapping(pod.spec.get("securityContext")))


def container_contexts(pod: Pod) -> Iterator[Context]:
    """The security contexts of all containers, without what the pod hands down."""
    for container in pod.containers():
        owner = f'container "{text(container.content.get("name"))}"'
        yield Context(owner, (*container.path, "securityContext"), container.security)


def contexts(manifest: Manifest) -> Iterator[Context]:
    """The pod's security context and those of its containers."""
    pod = pod_of(manifest)
    if pod:
        yield pod_context(pod)
        yield from container_contexts(pod)


def on_windows(pod: Pod) -> bool:
    """Whether the pod says that it runs on Windows, where Linux' fields may not be set."""
    return mapping(pod.spec.get("os")).get("name") == "windows"


def in_user_namespace(pod: Pod) -> bool:
    """Whether root inside the pod is nobody on the node."""
    return pod.spec.get("hostUsers") is False


def linux_pod(manifest: Manifest) -> Pod | None:
    """The pod of a workload, unless it runs on Windows."""
    pod = pod_of(manifest)
    return None if pod is None or on_windows(pod) else pod


def number(value: object) -> int | None:
    """The value when it is a whole number: 1e4 and 10000.0 are decoded as 10000."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else None
