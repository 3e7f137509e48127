"""Where routes lead: those of Ingress and Traefik's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.checks.protocol import World
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

TRAEFIK_ROUTES = frozenset({"IngressRoute", "IngressRouteTCP", "IngressRouteUDP"})
TRAEFIK = ("traefik.io/", "traefik.containo.us/")
DEEPEST = 10  # TraefikServices may refer to each other, and in a circle


@dataclass(frozen=True)
class Backend:
    """What a route sends requests to, and where it says so."""

    path: FieldPath
    kind: str
    namespace: str
    name: str
    port: object


def of_ingress(ingress: Manifest) -> Iterator[Backend]:
    """The Services of an Ingress, in the old and the new form."""
    spec = mapping(ingress.content.get("spec"))
    for key in ("defaultBackend", "backend"):
        yield from _ingress_backend(ingress, ("spec", key), mapping(spec.get(key)))
    for index, rule in enumerate(items(spec.get("rules"))):
        for number, path in enumerate(items(mapping(mapping(rule).get("http")).get("paths"))):
            where = ("spec", "rules", index, "http", "paths", number, "backend")
            yield from _ingress_backend(ingress, where, mapping(mapping(path).get("backend")))


def _ingress_backend(ingress: Manifest, path: FieldPath, backend: Mapping[str, Any]) -> Iterator[Backend]:
    service = mapping(backend.get("service"))
    if service:
        port = mapping(service.get("port"))
        wanted = port.get("name") or port.get("number")
        yield Backend((*path, "service"), "Service", ingress.namespace, text(service.get("name")), wanted)
    elif isinstance(backend.get("serviceName"), str):
        yield Backend(path, "Service", ingress.namespace, backend["serviceName"], backend.get("servicePort"))


def of_traefik(manifest: Manifest) -> Iterator[Backend]:
    """The Services and TraefikServices of one of Traefik's objects."""
    spec = mapping(manifest.content.get("spec"))
    if manifest.kind in TRAEFIK_ROUTES:
        for index, route in enumerate(items(spec.get("routes"))):
            yield from _traefik_list(manifest, ("spec", "routes", index, "services"), mapping(route).get("services"))
    elif manifest.kind == "TraefikService":
        weighted, mirroring = mapping(spec.get("weighted")), mapping(spec.get("mirroring"))
        yield from _traefik_list(manifest, ("spec", "weighted", "services"), weighted.get("services"))
        if mirroring.get("name"):
            yield _traefik_backend(manifest, ("spec", "mirroring"), mirroring)
        yield from _traefik_list(manifest, ("spec", "mirroring", "mirrors"), mirroring.get("mirrors"))


def _traefik_list(manifest: Manifest, path: FieldPath, services: object) -> Iterator[Backend]:
    for index, service in enumerate(items(services)):
        yield _traefik_backend(manifest, (*path, index), mapping(service))


def _traefik_backend(manifest: Manifest, path: FieldPath, service: Mapping[str, Any]) -> Backend:
    kind = text(service.get("kind")) or "Service"
    namespace = text(service.get("namespace")) or manifest.namespace
    return Backend(path, kind, namespace, text(service.get("name")), service.get("port"))


def is_traefik(manifest: Manifest) -> bool:
    """Whether it is one of Traefik's objects."""
    return manifest.api_version.startswith(TRAEFIK)


def backends(manifest: Manifest) -> Iterator[Backend]:
    """What a route of any kind leads to."""
    if manifest.kind == "Ingress":
        yield from of_ingress(manifest)
    elif is_traefik(manifest):
        yield from of_traefik(manifest)


def services_behind(manifest: Manifest, world: World) -> Iterator[Backend]:
    """The Services that a route leads to at last, through TraefikServices, named where the route itself says it."""
    for backend in backends(manifest):
        yield from _resolved(backend, world, DEEPEST)


def _resolved(backend: Backend, world: World, depth: int) -> Iterator[Backend]:
    if backend.kind == "Service":
        yield backend
        return
    through = world.find(backend.kind, backend.namespace, backend.name)
    for further in backends(through) if through and depth else ():
        placed = Backend(backend.path, further.kind, further.namespace, further.name, further.port)
        yield from _resolved(placed, world, depth - 1)
