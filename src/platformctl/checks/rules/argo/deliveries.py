"""What Applications say: spelled out, or as the template of an ApplicationSet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.protocol import World
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

GROUP = "argoproj.io/"
NAMESPACE = "argocd"
IN_CLUSTER = {"in-cluster": "https://kubernetes.default.svc"}
APPLICATIONS = frozenset({"Application", "ApplicationSet"})
_COMMIT = re.compile(r"[0-9a-f]{40}")


def is_argo(manifest: Manifest) -> bool:
    """Whether Argo CD reads it: other groups have an Application as well."""
    return manifest.api_version.startswith(GROUP)


def application(manifest: Manifest) -> tuple[FieldPath, Mapping[str, Any]]:
    """The Application that an object is or is the template of, and where in it that begins."""
    if not is_argo(manifest):
        return (), {}
    if manifest.kind == "ApplicationSet":
        path = ("spec", "template")
        return path, mapping(mapping(manifest.content.get("spec")).get("template"))
    return (), manifest.content


def is_generated(manifest: Manifest, world: World) -> bool:
    """Whether a set made this Application: what is wrong with all of a set's is said of the set."""
    return manifest.kind == "Application" and world.find("Application", manifest.namespace, manifest.name) is None


def sources(content: Mapping[str, Any]) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    """The sources of an Application with their places."""
    spec = mapping(content.get("spec"))
    if mapping(spec.get("source")):
        yield ("spec", "source"), mapping(spec.get("source"))
    for index, source in enumerate(items(spec.get("sources"))):
        yield ("spec", "sources", index), mapping(source)


def is_template(value: object) -> bool:
    """Whether a set fills it in: then only the Applications that it makes tell."""
    return "{{" in text(value)


def is_commit(revision: str) -> bool:
    """Whether a revision is a whole commit id."""
    return bool(_COMMIT.fullmatch(revision))
