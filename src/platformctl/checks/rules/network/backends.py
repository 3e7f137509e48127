"""Whether what a route leads to is there."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Violation, World
from platformctl.checks.routes import Backend
from platformctl.checks.services import Released, has_port
from platformctl.manifests import Manifest


class Known:
    """Which kinds of objects are described in which namespaces: only there is one that is missing a fault."""

    def __init__(self, world: World) -> None:
        self._whole = world.whole
        self._seen = {(manifest.kind, manifest.namespace) for manifest in world.manifests}

    def judges(self, kind: str, namespace: str) -> bool:
        """Whether an object of the kind that is not here does not exist."""
        return self._whole or (kind, namespace) in self._seen


def broken(backend: Backend, world: World) -> Iterator[Violation]:
    """What is wrong with a backend: no such object, or no such port."""
    if not backend.name or "@" in backend.name:  # name@provider is not an object
        return
    found = world.find(backend.kind, backend.namespace, backend.name)
    if found is None:
        if world.derived(Known).judges(backend.kind, backend.namespace) and not _is_released(backend, world):
            shown = "/".join(part for part in (backend.namespace, backend.name) if part)
            yield Violation(backend.path, f"there is no {backend.kind} {shown}")
    elif backend.kind == "Service" and backend.port is not None and not _fits(found, backend.port):
        yield Violation(backend.path, f"the Service {found.name} has no port {backend.port}")


def _is_released(backend: Backend, world: World) -> bool:
    """Whether a Rollout names the Service as well: then that it is missing is the Rollout's finding."""
    return backend.kind == "Service" and world.derived(Released).names(backend.namespace, backend.name)


def _fits(service: Manifest, port: object) -> bool:
    wanted = int(port) if isinstance(port, str) and port.isdecimal() else port
    return has_port(service, wanted)
