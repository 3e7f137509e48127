"""Where text is wanted, text is written: `on`, 012 and 1.10 mean something else without quotes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.pods import Container, pod_of
from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.manifests import FieldPath, Manifest, items, mapping

_SELECTING = ("Service", "ReplicationController")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    metadata = mapping(manifest.content.get("metadata"))
    for key in ("name", "namespace", "generateName"):
        yield from _text(("metadata", key), metadata.get(key))
    yield from _metadata(("metadata",), metadata)
    if manifest.kind == "ConfigMap":
        yield from _values(("data",), manifest.content.get("data"))
    elif manifest.kind == "Secret":
        yield from _values(("data",), manifest.content.get("data"))
        yield from _values(("stringData",), manifest.content.get("stringData"))
    spec = mapping(manifest.content.get("spec"))
    if manifest.kind in _SELECTING:
        yield from _values(("spec", "selector"), spec.get("selector"))
    yield from _pod(manifest, spec)


def _pod(manifest: Manifest, spec: Mapping[str, Any]) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod is None:
        return
    if pod.path != ("spec",):
        yield from _metadata((*pod.path[:-1], "metadata"), pod.metadata)
        yield from _values(("spec", "selector", "matchLabels"), mapping(spec.get("selector")).get("matchLabels"))
    yield from _values((*pod.path, "nodeSelector"), pod.spec.get("nodeSelector"))
    for container in pod.containers():
        yield from _container(container)


def _container(container: Container) -> Iterator[Violation]:
    for index, variable in enumerate(items(container.content.get("env"))):
        yield from _text((*container.path, "env", index, "value"), mapping(variable).get("value"))
    for key in ("command", "args"):
        for index, word in enumerate(items(container.content.get(key))):
            yield from _text((*container.path, key, index), word)


def _metadata(path: FieldPath, metadata: Mapping[str, Any]) -> Iterator[Violation]:
    for key in ("labels", "annotations"):
        yield from _values((*path, key), metadata.get(key))


def _values(path: FieldPath, values: object) -> Iterator[Violation]:
    for key, value in mapping(values).items():
        yield from _text((*path, key), value)


def _text(path: FieldPath, value: object) -> Iterator[Violation]:
    if isinstance(value, bool | int | float):
        shown = str(value).lower() if isinstance(value, bool) else value
        yield Violation(path, f"is read as {'a truth value' if isinstance(value, bool) else 'a number'}: {shown}")


CHECK = Check("text-value", EVERY, _judge)
