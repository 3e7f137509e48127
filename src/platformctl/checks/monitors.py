"""ServiceMonitors and PodMonitors: what they have scraped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.podsets import Namespaces, PodSet, PodSets, Port, space
from platformctl.checks.protocol import World
from platformctl.checks.selectors import Labelled, Labels
from platformctl.checks.services import is_service, pods_of, ports_of, targets
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

SERVICE_MONITOR, POD_MONITOR = "ServiceMonitor", "PodMonitor"
MONITORS = frozenset({SERVICE_MONITOR, POD_MONITOR})
_GROUP = "monitoring.coreos.com/"


class Services(Labelled[Manifest]):
    """The Services of a world."""

    def __init__(self, world: World) -> None:
        super().__init__(((space(each), each) for each in world.of("Service") if is_service(each)), _labels)


def _labels(service: Manifest) -> Labels:
    return mapping(mapping(service.content.get("metadata")).get("labels"))


def namespaces(monitor: Manifest, world: World) -> list[str]:
    """Where a monitor looks."""
    selector = mapping(mapping(monitor.content.get("spec")).get("namespaceSelector"))
    if selector.get("any") is True:
        return world.derived(Namespaces).names()
    return [name for name in items(selector.get("matchNames")) if isinstance(name, str)] or [space(monitor)]


def services(monitor: Manifest, world: World) -> list[Manifest]:
    """The Services that a ServiceMonitor selects."""
    selector = mapping(mapping(monitor.content.get("spec")).get("selector"))
    return [
        service for name in namespaces(monitor, world) for service in world.derived(Services).selected(name, selector)
    ]


def pods(monitor: Manifest, world: World) -> list[PodSet]:
    """The pods that a PodMonitor selects."""
    selector = mapping(mapping(monitor.content.get("spec")).get("selector"))
    return [found for name in namespaces(monitor, world) for found in world.derived(PodSets).selected(name, selector)]


def endpoints(monitor: Manifest) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    """The endpoints of a monitor."""
    field = "endpoints" if monitor.kind == SERVICE_MONITOR else "podMetricsEndpoints"
    for index, endpoint in enumerate(items(mapping(monitor.content.get("spec")).get(field))):
        if isinstance(endpoint, Mapping) and monitor.api_version.startswith(_GROUP):
            yield ("spec", field, index), endpoint


def scraped(monitor: Manifest, world: World) -> Iterator[tuple[FieldPath, PodSet, Port]]:
    """The ports of pods that a monitor has scraped, as far as they are here."""
    for path, endpoint in endpoints(monitor):
        if monitor.kind == POD_MONITOR:
            for found in pods(monitor, world):
                yield from ((path, found, port) for port in found.ports() if is_wanted(endpoint, port))
            continue
        for service in services(monitor, world):
            for _, port in ports_of(service):
                if leads(endpoint, port):
                    for found in pods_of(service, world):
                        yield from ((path, found, each) for each in targets(port, found))


def is_wanted(endpoint: Mapping[str, Any], port: Port) -> bool:
    """Whether an endpoint of a PodMonitor is about a port."""
    named = endpoint.get("port") or endpoint.get("portNumber") or endpoint.get("targetPort")
    return named in (port.name, port.number)


def leads(endpoint: Mapping[str, Any], port: Mapping[str, Any]) -> bool:
    """Whether an endpoint of a ServiceMonitor is about a Service's port."""
    if text(endpoint.get("port")):
        return text(port.get("name")) == text(endpoint["port"])
    wanted = endpoint.get("targetPort")
    return wanted is not None and wanted in (port.get("targetPort"), port.get("port"))
