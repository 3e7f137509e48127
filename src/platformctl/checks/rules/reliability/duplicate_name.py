"""Containers and their ports have names of their own."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, Container, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping, text


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    seen: set[str] = set()
    for container in containers(manifest):
        name = text(container.content.get("name"))
        if name and name in seen:
            yield container.violation(("name",), "is not the only one of this name")
        seen.add(name)
        yield from _ports(container)


def _ports(container: Container) -> Iterator[Violation]:
    seen: set[tuple[str, str]] = set()
    for index, written in enumerate(items(container.content.get("ports"))):
        port = mapping(written)
        number = f"{port.get('containerPort')}/{port.get('protocol') or 'TCP'}"
        for field, value in (("name", text(port.get("name"))), ("containerPort", number)):
            if value and (field, value) in seen:
                yield container.violation(("ports", index, field), f"has the port {value} twice")
            seen.add((field, value))


CHECK = Check("duplicate-name", WORKLOADS, _judge)
