"""Containers, volumes and ports have names that the API server accepts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.api import naming
from platformctl.manifests import FieldPath, Manifest, items, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if manifest.kind == "Service":
        ports = mapping(manifest.content.get("spec")).get("ports")
        yield from _named(("spec", "ports"), ports, "port", naming.label)
        return
    pod = pod_of(manifest)
    if pod is None:
        return
    for kind in ("containers", "initContainers", "ephemeralContainers"):
        yield from _named((*pod.path, kind), pod.spec.get(kind), "container", naming.label)
    for container in pod.containers():
        yield from _named((*container.path, "ports"), container.content.get("ports"), "port", naming.port)
    yield from _named((*pod.path, "volumes"), pod.spec.get("volumes"), "volume", naming.label)


def _named(path: FieldPath, entries: object, what: str, problem_of: Callable[[str], str]) -> Iterator[Violation]:
    for index, entry in enumerate(items(entries)):
        name = mapping(entry).get("name")
        if isinstance(name, str) and (problem := problem_of(name)):
            yield Violation((*path, index, "name"), f"the {what} {name} {problem}")


CHECK = Check("inner-name", WORKLOADS | {"Service"}, _judge)
