"""Which of the kernel's privileges containers keep, and which they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from platformctl.checks.pods import WORKLOADS, Container, Pod, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.security import linux_pod
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

BASELINE = frozenset(
    [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ]
)
RESTRICTED = frozenset({"NET_BIND_SERVICE"})
_FIELD: FieldPath = ("securityContext", "capabilities")


def _listed(container: Container, field: str) -> list[Any]:
    return items(mapping(container.security.get("capabilities")).get(field))


def _beyond(pod: Pod | None, allowed: Set[str]) -> Iterator[Violation]:
    for container in pod.containers() if pod else ():
        for index, name in enumerate(_listed(container, "add")):
            if not isinstance(name, str) or name not in allowed:
                yield container.violation((*_FIELD, "add", index), f"adds the capability {text(name)}")


def _keeps(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = linux_pod(manifest)
    for container in pod.containers() if pod else ():
        if "ALL" not in _listed(container, "drop"):
            yield container.violation((*_FIELD, "drop"), "keeps capabilities")


def _raw(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = linux_pod(manifest)
    for container in pod.containers() if pod else ():
        dropped = {str(name).upper() for name in _listed(container, "drop")}
        added = {str(name).upper() for name in _listed(container, "add")}
        if not dropped & {"ALL", "NET_RAW", "CAP_NET_RAW"} or added & {"ALL", "NET_RAW", "CAP_NET_RAW"}:
            yield container.violation(_FIELD, "may send raw packets")


def _beyond_baseline(manifest: Manifest, world: World) -> Iterator[Violation]:
    yield from _beyond(pod_of(manifest), BASELINE)


def _beyond_restricted(manifest: Manifest, world: World) -> Iterator[Violation]:
    yield from _beyond(linux_pod(manifest), RESTRICTED)


CHECKS = (
    Check("capabilities-add", WORKLOADS, _beyond_baseline),
    Check("capabilities-add-restricted", WORKLOADS, _beyond_restricted),
    Check("capabilities-drop-all", WORKLOADS, _keeps),
    Check("net-raw", WORKLOADS, _raw),
)
