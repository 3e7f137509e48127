"""An Ingress leads to a Service, for a host of its own, encrypted, and without a text that is code."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.routes import of_ingress
from platformctl.checks.rules.network.backends import broken
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

_KINDS = frozenset({"Ingress"})
_ALLOWED = "allow-snippet-annotations"


def _backend(manifest: Manifest, world: World) -> Iterator[Violation]:
    for backend in of_ingress(manifest):
        yield from broken(backend, world)


def _tls(manifest: Manifest, world: World) -> Iterator[Violation]:
    entries = [mapping(each) for each in items(mapping(manifest.content.get("spec")).get("tls"))]
    covered = {host for each in entries for host in items(each.get("hosts")) if isinstance(host, str)}
    every = any(not items(each.get("hosts")) for each in entries)
    if not entries:
        yield Violation(("spec", "tls"), "requests to it are not encrypted")
    for path, host in _hosts(manifest) if entries and not every else ():
        if host and host not in covered and f"*.{host.partition('.')[2]}" not in covered:
            yield Violation(path, f"requests to {host} are not encrypted: no entry of tls names it")


def _host(manifest: Manifest, world: World) -> Iterator[Violation]:
    for path, host in _hosts(manifest):
        if not host or host.startswith("*"):
            yield Violation(path, f"it takes requests for {host or 'every host'}")


def _hosts(manifest: Manifest) -> Iterator[tuple[FieldPath, str]]:
    for index, rule in enumerate(items(mapping(manifest.content.get("spec")).get("rules"))):
        yield ("spec", "rules", index, "host"), text(mapping(rule).get("host"))


def _paths(manifest: Manifest) -> Iterator[tuple[FieldPath, tuple[str, str, str]]]:
    named = text(mapping(manifest.content.get("spec")).get("ingressClassName"))
    for index, rule in enumerate(items(mapping(manifest.content.get("spec")).get("rules"))):
        host = text(mapping(rule).get("host"))
        for number, path in enumerate(items(mapping(mapping(rule).get("http")).get("paths"))):
            where = ("spec", "rules", index, "http", "paths", number, "path")
            yield where, (named, host, text(mapping(path).get("path")) or "/")


class _Taken:
    """The first Ingress of each host and path."""

    def __init__(self, world: World) -> None:
        self.by: dict[tuple[str, str, str], Manifest] = {}
        for ingress in world.of("Ingress"):
            for _, place in _paths(ingress):
                self.by.setdefault(place, ingress)


def _unique(manifest: Manifest, world: World) -> Iterator[Violation]:
    for where, place in _paths(manifest):
        first = world.derived(_Taken).by.get(place)
        if first is not None and first is not manifest:
            other = f"{first.namespace}/{first.name}"
            yield Violation(where, f"{place[1] or 'every host'} {place[2]} belongs to the Ingress {other} already")


def _snippet(manifest: Manifest, world: World) -> Iterator[Violation]:
    if manifest.kind == "ConfigMap":
        if str(mapping(manifest.content.get("data")).get(_ALLOWED)).lower() == "true":
            yield Violation(("data", _ALLOWED), "anybody with an Ingress may write the proxy's configuration")
        return
    for key, value in mapping(mapping(manifest.content.get("metadata")).get("annotations")).items():
        if "nginx" not in key or "/" not in key:
            continue
        name = key.partition("/")[2]
        code = name.endswith("-snippet") or any(word in f"{name} {value}".lower() for word in ("lua_", "_by_lua"))
        if code or (name == "server-alias" and "{" in str(value)) or name.endswith("-snippets"):
            yield Violation(("metadata", "annotations", key), "this text becomes part of the proxy's configuration")


CHECKS = (
    Check("ingress-backend", _KINDS, _backend),
    Check("ingress-tls", _KINDS, _tls),
    Check("ingress-host", _KINDS, _host),
    Check("ingress-host-unique", _KINDS, _unique),
    Check("ingress-snippet", _KINDS | {"ConfigMap"}, _snippet),
)
