"""A monitor finds what it is to watch."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.monitors import (
    MONITORS,
    SERVICE_MONITOR,
    Services,
    endpoints,
    is_wanted,
    leads,
    namespaces,
    pods,
    services,
)
from platformctl.checks.podsets import PodSets
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.services import ports_of
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if manifest.kind == SERVICE_MONITOR:
        yield from _of_services(manifest, world)
    else:
        yield from _of_pods(manifest, world)


def _of_services(manifest: Manifest, world: World) -> Iterator[Violation]:
    inside = world.derived(Services).inside
    found = services(manifest, world)
    if not found:
        if world.whole or any(inside(name) for name in namespaces(manifest, world)):
            yield Violation(("spec", "selector"), "it selects no Service, so nothing is watched")
        return
    for path, endpoint in endpoints(manifest):
        if not any(leads(endpoint, port) for service in found for _, port in ports_of(service)):
            named = endpoint.get("port") or endpoint.get("targetPort")
            yield Violation(path, f"no Service that it selects has a port {named}")


def _of_pods(manifest: Manifest, world: World) -> Iterator[Violation]:
    inside = world.derived(PodSets).inside
    found = pods(manifest, world)
    if not found:
        if world.whole or any(inside(name) for name in namespaces(manifest, world)):
            yield Violation(("spec", "selector"), "it selects no pod, so nothing is watched")
        return
    described = [each for each in found if each.spec]
    for path, endpoint in endpoints(manifest) if described else ():
        if not any(is_wanted(endpoint, port) for each in described for port in each.ports()):
            named = endpoint.get("port") or endpoint.get("portNumber") or endpoint.get("targetPort")
            yield Violation(path, f"no pod that it selects has a port {named}")


CHECK = Check("monitor-target", MONITORS, _judge)
