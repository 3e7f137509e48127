"""Labels and annotations are written as the API server reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.pods import pod_of
from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.checks.rules.api import naming
from platformctl.manifests import FieldPath, Manifest, mapping

_LARGEST = 256 * 1024  # characters of all annotations of an object
_WORKLOAD_SELECTOR: FieldPath = ("spec", "selector", "matchLabels")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    yield from _metadata(("metadata",), mapping(manifest.content.get("metadata")))
    pod = pod_of(manifest)
    if pod and pod.path != ("spec",):
        yield from _metadata((*pod.path[:-1], "metadata"), pod.metadata)
        selector = mapping(mapping(manifest.content.get("spec")).get("selector"))
        yield from _labels(_WORKLOAD_SELECTOR, mapping(selector.get("matchLabels")))
    elif manifest.kind == "Service":
        yield from _labels(("spec", "selector"), mapping(mapping(manifest.content.get("spec")).get("selector")))


def _metadata(path: FieldPath, metadata: Mapping[str, Any]) -> Iterator[Violation]:
    yield from _labels((*path, "labels"), mapping(metadata.get("labels")))
    annotations = mapping(metadata.get("annotations"))
    for key in annotations:
        if problem := naming.qualified(str(key)):
            yield Violation((*path, "annotations", key), f"the annotation {key}: {problem}")
    size = sum(len(key) + len(value) for key, value in annotations.items() if isinstance(value, str))
    if size > _LARGEST:
        yield Violation((*path, "annotations"), f"its annotations have {size} characters, {_LARGEST} are allowed")


def _labels(path: FieldPath, labels: Mapping[str, Any]) -> Iterator[Violation]:
    for key, value in labels.items():
        if problem := naming.qualified(str(key)):
            yield Violation((*path, key), f"the label {key}: {problem}")
        if isinstance(value, str) and (problem := naming.label_value(value)):
            yield Violation((*path, key), f"the label {key} is {value[:80]}: it {problem}")


CHECK = Check("label-syntax", EVERY, _judge)
