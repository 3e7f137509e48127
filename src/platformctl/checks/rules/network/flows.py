"""Policies let through what the platform needs: DNS, Services, routes and metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.images import parse
from platformctl.checks.monitors import MONITORS, scraped
from platformctl.checks.network_policies import EGRESS, Policies, admits, opens, reachable, rules
from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.podsets import NAME_LABEL, Namespaces, PodSet, PodSets, Port, space
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.routes import TRAEFIK_ROUTES, services_behind
from platformctl.checks.selectors import matches
from platformctl.checks.services import is_service, pods_of, port_named, ports_of, targets
from platformctl.manifests import Manifest, items, mapping, text

_DNS = Port(53, "dns", "UDP")
_SYSTEM = "kube-system"


def _dns(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod, pods = pod_of(manifest), world.derived(PodSets).of(manifest)
    if not pod or not pods or pods.on_host_network or pod.spec.get("dnsPolicy") == "None":
        return
    found = [(each, rule) for each in world.derived(Policies).on(pods, EGRESS) for _, rule in rules(each, EGRESS)]
    if found and not any(opens(rule, _DNS) and _may_be_dns(each, rule.get("to")) for each, rule in found):
        yield Violation(pod.path, "its policies let it talk to others, but not look up names: UDP port 53 is closed")


def _may_be_dns(policy: Manifest, to: object) -> bool:
    return not items(to) or any(_is_outside(policy, mapping(peer)) for peer in items(to))


def _is_outside(policy: Manifest, peer: object) -> bool:
    found = mapping(peer)
    if "ipBlock" in found:
        return True
    spaces = found.get("namespaceSelector")
    if spaces is None:
        return policy.namespace == _SYSTEM
    named = mapping(mapping(spaces).get("matchLabels")).get(NAME_LABEL)
    return named is None or named == _SYSTEM


def _service(manifest: Manifest, world: World) -> Iterator[Violation]:
    for index, port in ports_of(manifest) if is_service(manifest) else ():
        for pods in pods_of(manifest, world):
            closed = [each for each in targets(port, pods) if not reachable(world, pods, each)]
            for each in closed:
                message = f"no policy of {pods.shown} lets anybody reach {each.protocol} port {each.number}"
                yield Violation(("spec", "ports", index), message)


def _monitor(manifest: Manifest, world: World) -> Iterator[Violation]:
    sources = _prometheus(manifest, world)
    for path, pods, port in scraped(manifest, world) if sources else ():
        if not any(admits(world, source, pods, port) for source in sources):
            yield Violation(path, f"policies keep Prometheus from port {port.number} of {pods.shown}")


def _prometheus(monitor: Manifest, world: World) -> list[PodSet]:
    """The pods of every Prometheus that takes up this monitor."""
    field = f"{monitor.kind[0].lower()}{monitor.kind[1:]}"
    labels = mapping(mapping(monitor.content.get("metadata")).get("labels"))
    found = []
    for manifest in world.of("Prometheus"):
        spec = mapping(manifest.content.get("spec"))
        wanted, spaces = spec.get(f"{field}Selector"), spec.get(f"{field}NamespaceSelector")
        near = manifest.namespace == monitor.namespace if spaces is None else _is_in(monitor, mapping(spaces), world)
        pods = world.derived(PodSets).of(manifest)
        if pods and near and wanted is not None and matches(mapping(wanted), labels):
            found.append(pods)
    return found


def _is_in(monitor: Manifest, spaces: Mapping[str, Any], world: World) -> bool:
    return matches(spaces, world.derived(Namespaces).labels(monitor.namespace))


def _route(manifest: Manifest, world: World) -> Iterator[Violation]:
    # among loose files, the Traefik of another namespace need not be the one that serves this route
    proxies = [
        pods
        for pods in (world.derived(_traefik) if _is_for_traefik(manifest) else ())
        if world.whole or pods.namespace == space(manifest)
    ]
    for backend in services_behind(manifest, world) if proxies else ():
        service = world.find("Service", backend.namespace, backend.name)
        port = port_named(service, backend.port) if service else None
        for pods in pods_of(service, world) if service and port else ():
            for each in targets(port or {}, pods):
                if not any(admits(world, proxy, pods, each) for proxy in proxies):
                    message = f"policies keep Traefik from port {each.number} of {pods.shown}"
                    yield Violation(backend.path, message)


def _is_for_traefik(manifest: Manifest) -> bool:
    named = text(mapping(manifest.content.get("spec")).get("ingressClassName"))
    return manifest.kind in TRAEFIK_ROUTES or named == "traefik"


def _traefik(world: World) -> list[PodSet]:
    """The pods that run Traefik."""
    return [
        pods
        for manifest in world.of("Deployment", "DaemonSet", "StatefulSet", "Rollout")
        if (pods := world.derived(PodSets).of(manifest)) and any(map(_runs_traefik, items(pods.spec.get("containers"))))
    ]


def _runs_traefik(container: object) -> bool:
    image = parse(text(mapping(container).get("image")))
    return image is not None and image.repository.rpartition("/")[2] == "traefik"


CHECKS = (
    Check("network-policy-dns", WORKLOADS, _dns),
    Check("network-policy-service", frozenset({"Service"}), _service),
    Check("network-policy-monitor", MONITORS, _monitor),
    Check("network-policy-route", TRAEFIK_ROUTES | {"Ingress"}, _route),
)
