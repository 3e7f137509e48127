"""Traefik's routes name objects that exist, and each its own requests."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.routes import TRAEFIK_ROUTES, Backend, is_traefik, of_traefik
from platformctl.checks.rules.network.backends import broken
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

_MIDDLEWARE = {"IngressRoute": "Middleware", "IngressRouteTCP": "MiddlewareTCP"}


def _traefik(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_traefik(manifest):
        return
    for backend in of_traefik(manifest):
        yield from broken(backend, world)
    kind = _MIDDLEWARE.get(manifest.kind)
    for index, route in enumerate(items(mapping(manifest.content.get("spec")).get("routes"))) if kind else ():
        for number, each in enumerate(items(mapping(route).get("middlewares"))):
            found = mapping(each)
            path = ("spec", "routes", index, "middlewares", number)
            namespace, name = text(found.get("namespace")) or manifest.namespace, text(found.get("name"))
            yield from broken(Backend(path, kind or "", namespace, name, None), world)


def _unique(manifest: Manifest, world: World) -> Iterator[Violation]:
    for path, place in _places(manifest):
        first = world.derived(_Taken).by.get(place)
        if first is not None and first is not manifest:
            yield Violation(path, f"the {manifest.kind} {first.namespace}/{first.name} matches the same requests")


class _Taken:
    """The first route of each match."""

    def __init__(self, world: World) -> None:
        self.by: dict[tuple[str, ...], Manifest] = {}
        for route in world.of(*sorted(TRAEFIK_ROUTES)):
            for _, place in _places(route):
                self.by.setdefault(place, route)


def _places(manifest: Manifest) -> Iterator[tuple[FieldPath, tuple[str, ...]]]:
    spec = mapping(manifest.content.get("spec"))
    points = sorted(text(each) for each in items(spec.get("entryPoints")))
    for index, route in enumerate(items(spec.get("routes"))) if is_traefik(manifest) else ():
        match = "".join(text(mapping(route).get("match")).split())
        if match:
            yield ("spec", "routes", index, "match"), (manifest.kind, *points, match)


CHECKS = (
    Check("traefik-reference", TRAEFIK_ROUTES | {"TraefikService"}, _traefik),
    Check("traefik-match-unique", TRAEFIK_ROUTES, _unique),
)
