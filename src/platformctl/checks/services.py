"""Services: the pods behind them, and the ports there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.podsets import PodSet, PodSets, Port, space
from platformctl.checks.protocol import World
from platformctl.manifests import Manifest, items, mapping, text

_ROLES = {
    "canary": ("canaryService", "stableService"),
    "blueGreen": ("activeService", "previewService"),
}


def is_service(manifest: Manifest) -> bool:
    """Whether it is the Service of Kubernetes, and not that of Knative."""
    return manifest.kind == "Service" and manifest.api_version == "v1"


def selector_of(service: Manifest) -> Mapping[str, Any]:
    """The labels of its pods; empty when somebody else fills in its endpoints."""
    spec = mapping(service.content.get("spec"))
    return {} if spec.get("type") == "ExternalName" else mapping(spec.get("selector"))


def pods_of(service: Manifest, world: World) -> list[PodSet]:
    """The pods behind it."""
    selector = selector_of(service)
    return world.derived(PodSets).selected(space(service), {"matchLabels": selector}) if selector else []


def ports_of(service: Manifest) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Its ports, each with its number in the list."""
    for index, port in enumerate(items(mapping(service.content.get("spec")).get("ports"))):
        if isinstance(port, Mapping):
            yield index, port


def has_port(service: Manifest, wanted: object) -> bool:
    """Whether it has a port of that number or name; one that leads elsewhere may have any."""
    if mapping(service.content.get("spec")).get("type") == "ExternalName":
        return True
    return any(wanted in (port.get("port"), port.get("name")) for _, port in ports_of(service))


def port_named(service: Manifest, wanted: object) -> Mapping[str, Any] | None:
    """Its port of that number or name."""
    return next((port for _, port in ports_of(service) if wanted in (port.get("port"), port.get("name"))), None)


def targets(port: Mapping[str, Any], pods: PodSet) -> list[Port]:
    """The ports of some pods that a Service's port leads to; a number need not be named by any container."""
    wanted = port.get("targetPort")
    if wanted is None:
        wanted = port.get("port")
    if isinstance(wanted, str) and wanted.isdecimal():
        wanted = int(wanted)
    protocol = text(port.get("protocol")) or "TCP"
    named = [each for each in pods.ports() if each.protocol == protocol and wanted in (each.number, each.name)]
    return named or ([Port(wanted, "", protocol)] if isinstance(wanted, int) else [])


class Released:
    """The Services that Rollouts steer: two of them share one selector until the controller tells them apart."""

    def __init__(self, world: World) -> None:
        self._named: dict[str, set[str]] = defaultdict(set)
        for rollout in world.of("Rollout"):
            strategy = mapping(mapping(rollout.content.get("spec")).get("strategy"))
            for kind, fields in _ROLES.items():
                settings = mapping(strategy.get(kind))
                pair = mapping(settings.get("pingPong"))
                names = [settings.get(field) for field in fields] + [pair.get("pingService"), pair.get("pongService")]
                self._named[rollout.namespace].update(text(name) for name in names)

    def steers(self, service: Manifest) -> bool:
        """Whether a Rollout names this Service."""
        return self.names(service.namespace, service.name)

    def names(self, namespace: str, name: str) -> bool:
        """Whether a Rollout names a Service of that name."""
        return name in self._named.get(namespace, ())
