"""Labels and annotations are written as Kubernetes accepts them, and workloads say what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.manifests import FieldPath, Manifest, mapping

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_PREFIX = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_LONGEST_PREFIX = 253
_MOST_ANNOTATIONS = 256 * 1024
_RECOMMENDED = "app.kubernetes.io/name"


def _labels(manifest: Manifest, world: World) -> Iterator[Violation]:
    for path, found in _both(manifest, "labels"):
        for key, value in found.items():
            problem = _key_problem(key)
            if problem:
                yield Violation((*path, key), f'the label "{key}" {problem}')
            elif isinstance(value, str) and value and not _NAME.fullmatch(value):
                message = f'the label {key} is "{value}": at most 63 letters, digits, dots, dashes and underscores'
                yield Violation((*path, key), message)


def _annotations(manifest: Manifest, world: World) -> Iterator[Violation]:
    for path, found in _both(manifest, "annotations"):
        for key in found:
            problem = _key_problem(key)
            if problem:
                yield Violation((*path, key), f'the annotation "{key}" {problem}')
        size = sum(len(key) + len(value) for key, value in found.items() if isinstance(value, str))
        if size > _MOST_ANNOTATIONS:
            yield Violation(path, f"the annotations are {size} characters long; 256 KiB is the most")


def _both(manifest: Manifest, field: str) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    yield ("metadata", field), mapping(mapping(manifest.content.get("metadata")).get(field))
    pod = pod_of(manifest) if manifest.kind in WORKLOADS and manifest.kind != "Pod" else None
    if pod:
        yield (*pod.path[:-1], "metadata", field), mapping(pod.metadata.get(field))


def _key_problem(key: str) -> str:
    prefix, slash, name = key.rpartition("/")
    if slash and (len(prefix) > _LONGEST_PREFIX or not _PREFIX.fullmatch(prefix)):
        return "has a prefix that is no DNS name"
    if not _NAME.fullmatch(name):
        return "is no name: at most 63 letters, digits, dots, dashes and underscores"
    return ""


def _recommended(manifest: Manifest, world: World) -> Iterator[Violation]:
    if pod_of(manifest) and not mapping(mapping(manifest.content.get("metadata")).get("labels")).get(_RECOMMENDED):
        yield Violation(("metadata", "labels"), f"it has no label {_RECOMMENDED}")


CHECKS = (
    Check("label-syntax", EVERY, _labels),
    Check("annotation-syntax", EVERY, _annotations),
    Check("recommended-labels", WORKLOADS, _recommended),
)
