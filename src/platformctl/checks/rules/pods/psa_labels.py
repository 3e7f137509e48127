"""Namespaces say which Pod Security Standard the API server enforces in them, and of which version."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping

ENFORCE = "pod-security.kubernetes.io/enforce"
VERSION = f"{ENFORCE}-version"
_LABELS = ("metadata", "labels")
_KINDS = frozenset({"Namespace"})


def _labels(manifest: Manifest) -> dict[str, object]:
    return dict(mapping(mapping(manifest.content.get("metadata")).get("labels")))


def _level(manifest: Manifest, world: World) -> Iterator[Violation]:
    level = _labels(manifest).get(ENFORCE)
    if level not in ("baseline", "restricted"):
        problem = "no Pod Security Standard" if level in (None, "") else f"the level {level}"
        yield Violation((*_LABELS, ENFORCE), f"the namespace enforces {problem}")


def _version(manifest: Manifest, world: World) -> Iterator[Violation]:
    labels = _labels(manifest)
    if labels.get(ENFORCE) and labels.get(VERSION) in (None, "", "latest"):
        yield Violation((*_LABELS, VERSION), "the version of the enforced standard is not pinned")


CHECKS = (
    Check("psa-labels", _KINDS, _level),
    Check("psa-version", _KINDS, _version),
)
