"""Probes of containers: what they ask, and how often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.checks.numbers import whole
from platformctl.checks.pods import Container, containers
from platformctl.manifests import Manifest, mapping

LIVENESS, READINESS, STARTUP = "livenessProbe", "readinessProbe", "startupProbe"
NAMES = (LIVENESS, READINESS, STARTUP)
HANDLERS = ("httpGet", "tcpSocket", "grpc", "exec")
RUN_TO_END = ("Job", "CronJob")


@dataclass(frozen=True)
class Probe:
    """One probe of a container."""

    name: str
    container: Container
    content: Mapping[str, Any]

    @property
    def period(self) -> int:
        """The seconds between two of them."""
        return whole(self.content.get("periodSeconds")) or 10

    @property
    def timeout(self) -> int:
        """The seconds that an answer may take."""
        return whole(self.content.get("timeoutSeconds")) or 1

    @property
    def failures(self) -> int:
        """How many in a row count as a failure."""
        return whole(self.content.get("failureThreshold")) or 3

    @property
    def patience(self) -> int:
        """The seconds after which a container that never answers has failed."""
        return whole(self.content.get("initialDelaySeconds")) + self.period * self.failures


def of(manifest: Manifest) -> Iterator[Probe]:
    """All probes of an object's containers."""
    for container in containers(manifest):
        for name in NAMES:
            content = mapping(container.content.get(name))
            if content:
                yield Probe(name, container, content)


def long_running(manifest: Manifest) -> Iterator[Container]:
    """The containers that run for as long as their pod does; sidecars among the init containers need not be asked."""
    if manifest.kind not in RUN_TO_END:
        yield from (container for container in containers(manifest) if container.kind == "containers")


def is_sidecar(container: Container) -> bool:
    """Whether an init container goes on running."""
    return container.kind == "initContainers" and container.content.get("restartPolicy") == "Always"
