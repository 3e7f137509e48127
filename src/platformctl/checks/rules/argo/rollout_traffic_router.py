"""What splits the traffic exists and sends it to both versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import ROUTING, canary
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

_GATEWAY_PLUGIN = "argoproj-labs/gatewayAPI"


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    routing = mapping(canary(manifest).get("trafficRouting"))
    yield from _traefik(manifest, world, mapping(routing.get("traefik")))
    yield from _ingresses(manifest, world, routing, "nginx", "stableIngress", "stableIngresses")
    yield from _ingresses(manifest, world, routing, "alb", "ingress", "ingresses")
    yield from _istio(manifest, world, routing)
    plugin = mapping(mapping(routing.get("plugins")).get(_GATEWAY_PLUGIN))
    yield from _gateway(manifest, world, plugin)


def _both(manifest: Manifest) -> list[str]:
    content = canary(manifest)
    return [name for field in ("stableService", "canaryService") if (name := text(content.get(field)))]


def _missing(wanted: Iterable[str], router: Manifest, path: FieldPath, sent: set[str]) -> Iterator[Violation]:
    for name in wanted:
        if name not in sent:
            yield Violation(path, f"the {router.kind} {router.name} sends nothing to the Service {name}")


def _traefik(manifest: Manifest, world: World, content: Mapping[str, Any]) -> Iterator[Violation]:
    name, path = text(content.get("weightedTraefikServiceName")), (*ROUTING, "traefik", "weightedTraefikServiceName")
    if not name:
        return
    router = world.find("TraefikService", manifest.namespace, name)
    if router is None:
        if world.describes("TraefikService"):
            yield Violation(path, f"there is no TraefikService {name}")
        return
    weighted = mapping(mapping(router.content.get("spec")).get("weighted"))
    sent = {text(mapping(each).get("name")) for each in items(weighted.get("services"))}
    yield from _missing(_both(manifest), router, path, sent)


def _ingresses(
    manifest: Manifest, world: World, routing: Mapping[str, Any], router: str, one: str, many: str
) -> Iterator[Violation]:
    if routing.get(router) is None:
        return
    content = mapping(routing.get(router))
    named = [((*ROUTING, router, one), text(content.get(one)))] if content.get(one) else []
    named += [((*ROUTING, router, many, index), text(each)) for index, each in enumerate(items(content.get(many)))]
    if bool(content.get(one)) == bool(content.get(many)):
        yield Violation((*ROUTING, router), f"{router} needs either {one} or {many}")
    front = text(content.get("rootService")) or text(canary(manifest).get("stableService"))
    for path, name in named:
        ingress = world.find("Ingress", manifest.namespace, name)
        if ingress is not None:
            yield from _missing([front] if front else [], ingress, path, _backends(ingress))
        elif world.describes("Ingress"):
            yield Violation(path, f"there is no Ingress {name}")


def _backends(ingress: Manifest) -> set[str]:
    spec = mapping(ingress.content.get("spec"))
    backends = [mapping(spec.get("defaultBackend"))]
    for rule in items(spec.get("rules")):
        paths = items(mapping(mapping(rule).get("http")).get("paths"))
        backends += [mapping(mapping(path).get("backend")) for path in paths]
    # the form before networking.k8s.io/v1 as well
    return {text(mapping(each.get("service")).get("name")) or text(each.get("serviceName")) for each in backends}


def _istio(manifest: Manifest, world: World, routing: Mapping[str, Any]) -> Iterator[Violation]:
    if routing.get("istio") is None:
        return
    content, path = mapping(routing.get("istio")), (*ROUTING, "istio")
    single = mapping(content.get("virtualService"))
    many = [
        ((*path, "virtualServices", i), mapping(each)) for i, each in enumerate(items(content.get("virtualServices")))
    ]
    if bool(single) == bool(many):
        yield Violation(path, "istio needs either virtualService or virtualServices")
    subsets = content.get("destinationRule") is not None
    for place, reference in [((*path, "virtualService"), single)] * bool(single) + many:
        name, namespace = _qualified(text(reference.get("name")), manifest.namespace)
        router = world.find("VirtualService", namespace, name)
        if router is None:
            if world.describes("VirtualService"):
                yield Violation((*place, "name"), f"there is no VirtualService {name}")
        elif not subsets:
            yield from _missing(_both(manifest), router, (*place, "name"), _hosts(router))


def _qualified(name: str, namespace: str) -> tuple[str, str]:
    """A VirtualService may be named with its namespace: name.namespace."""
    first, dot, rest = name.partition(".")
    return (first, rest) if dot else (name, namespace)


def _hosts(router: Manifest) -> set[str]:
    spec = mapping(router.content.get("spec"))
    routes = [mapping(each) for key in ("http", "tls", "tcp") for each in items(spec.get(key))]
    targets = [mapping(mapping(each).get("destination")) for route in routes for each in items(route.get("route"))]
    return {text(target.get("host")).partition(".")[0] for target in targets}


def _gateway(manifest: Manifest, world: World, content: Mapping[str, Any]) -> Iterator[Violation]:
    path = (*ROUTING, "plugins", _GATEWAY_PLUGIN)
    namespace = text(content.get("namespace")) or manifest.namespace
    named = [((*path, "httpRoute"), text(content.get("httpRoute")))] if content.get("httpRoute") else []
    for index, each in enumerate(items(content.get("httpRoutes"))):
        named.append(((*path, "httpRoutes", index, "name"), text(mapping(each).get("name"))))
    for place, name in named:
        router = world.find("HTTPRoute", namespace, name)
        if router is not None:
            yield from _missing(_both(manifest), router, place, _references(router))
        elif world.describes("HTTPRoute"):
            yield Violation(place, f"there is no HTTPRoute {name}")


def _references(router: Manifest) -> set[str]:
    rules = items(mapping(router.content.get("spec")).get("rules"))
    return {text(mapping(each).get("name")) for rule in rules for each in items(mapping(rule).get("backendRefs"))}


CHECK = Check("rollout-traffic-router", frozenset({"Rollout"}), _judge)
