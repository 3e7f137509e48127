"""Calls that a workload makes: the URLs in its environment that name a Service."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.checks.pods import pod_of
from platformctl.checks.podsets import Namespaces
from platformctl.checks.protocol import World
from platformctl.checks.services import port_named
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

_URL = re.compile(
    r"\b(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^\s@/]*@)?(?P<host>[a-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?(?![^\s/?#,;\"'])"
)
_USUAL = {"http": 80, "https": 443}
_DEEPEST = 5  # an alias of an alias


@dataclass(frozen=True)
class Call:
    """A Service that a URL names, and where the URL is."""

    path: FieldPath
    url: str
    namespace: str
    name: str
    port: int | None


def calls(manifest: Manifest, world: World) -> Iterator[Call]:
    """What a workload calls, as far as its own environment and its ConfigMaps say."""
    pod = pod_of(manifest)
    for container in pod.containers() if pod else ():
        for index, variable in enumerate(items(container.content.get("env"))):
            value = mapping(variable).get("value")
            yield from _in(text(value), (*container.path, "env", index, "value"), manifest.namespace, world)
        for index, source in enumerate(items(container.content.get("envFrom"))):
            name = text(mapping(mapping(source).get("configMapRef")).get("name"))
            found = world.find("ConfigMap", manifest.namespace, name) if name else None
            path = (*container.path, "envFrom", index, "configMapRef")
            for value in mapping(found.content.get("data")).values() if found else ():
                yield from _in(text(value), path, manifest.namespace, world)


def _in(value: str, path: FieldPath, namespace: str, world: World) -> Iterator[Call]:
    for match in _URL.finditer(value) if "://" in value else ():
        place = _place(match["host"], namespace, world)
        if place:
            port = int(match["port"]) if match["port"] else _USUAL.get(match["scheme"])
            yield Call(path, match[0], *place, port)


def _place(host: str, namespace: str, world: World) -> tuple[str, str] | None:
    """Namespace and name of the Service that a host is; none for a host of the world outside."""
    parts = host.removesuffix(".").removesuffix(".cluster.local").split(".")
    if len(parts) == 1 and host not in ("localhost", "kubernetes") and not host.isdecimal():
        return namespace, host
    inside = len(parts) == 3 and parts[2] == "svc"
    short = len(parts) == 2 and world.derived(Namespaces).knows(parts[1])
    return (parts[1], parts[0]) if inside or short else None


def behind(call: Call, world: World) -> Manifest | None:
    """The Service that answers a call at last, through those that are only another name."""
    namespace, name = call.namespace, call.name
    for _ in range(_DEEPEST):
        service = world.find("Service", namespace, name)
        spec: Mapping[str, Any] = mapping(service.content.get("spec")) if service else {}
        if spec.get("type") != "ExternalName":
            return service
        place = _place(text(spec.get("externalName")), namespace, world)
        if place is None:
            return None
        namespace, name = place
    return None


def port_of(call: Call, service: Manifest) -> Mapping[str, Any] | None:
    """The port of a Service that a call goes to."""
    return port_named(service, call.port) if call.port is not None else None
