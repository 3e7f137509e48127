"""Volumes and the ports of Services stand once; for containers and variables there are rules of their own."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import FieldPath, Manifest, items, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if manifest.kind == "Service":
        yield from _ports(mapping(manifest.content.get("spec")).get("ports"))
        return
    pod = pod_of(manifest)
    if pod is None:
        return
    yield from _twice((*pod.path, "volumes"), pod.spec.get("volumes"), ("name",), "volume")
    yield from _twice((*pod.path, "hostAliases"), pod.spec.get("hostAliases"), ("ip",), "alias of")
    yield from _twice((*pod.path, "imagePullSecrets"), pod.spec.get("imagePullSecrets"), ("name",), "pull secret")


def _ports(entries: object) -> Iterator[Violation]:
    """Ports are told apart by number and protocol, and by their names."""
    told = [{"protocol": "TCP", **mapping(entry)} for entry in items(entries)]
    yield from _twice(("spec", "ports"), told, ("port", "protocol"), "port")
    yield from _twice(("spec", "ports"), told, ("name",), "port")


def _twice(path: FieldPath, entries: object, keys: tuple[str, ...], what: str) -> Iterator[Violation]:
    seen: set[tuple[object, ...]] = set()
    for index, entry in enumerate(items(entries)):
        values = tuple(mapping(entry).get(key) for key in keys)
        if None in values or not all(isinstance(value, Hashable) for value in values):
            continue
        if values in seen:
            yield Violation((*path, index), f"the {what} {'/'.join(map(str, values))} stands twice")
        seen.add(values)


CHECK = Check("duplicate-entry", WORKLOADS | {"Service"}, _judge)
