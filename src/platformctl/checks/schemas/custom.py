"""Schemas of custom kinds, from their CustomResourceDefinitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.schemas.convert import DIALECT, Converter
from platformctl.checks.schemas.core import CoreSchemas, Kind
from platformctl.manifests import items, mapping, text


def is_definition(content: Mapping[str, Any]) -> bool:
    """Whether an object defines a custom kind."""
    group = text(content.get("apiVersion")).partition("/")[0]
    return group == "apiextensions.k8s.io" and content.get("kind") == "CustomResourceDefinition"


def schemas(content: Mapping[str, Any], core: CoreSchemas) -> Iterator[tuple[Kind, dict[str, Any]]]:
    """The strict schema of every version that a CustomResourceDefinition serves."""
    spec = mapping(content.get("spec"))
    group, word = text(spec.get("group")), text(mapping(spec.get("names")).get("kind"))
    for version in map(mapping, items(spec.get("versions"))):
        described = mapping(version.get("schema")).get("openAPIV3Schema")
        if version.get("served") is True and isinstance(described, Mapping):
            kind = (group, text(version.get("name")), word)
            yield kind, _schema(kind, described, core)


def _schema(kind: Kind, described: Mapping[str, Any], core: CoreSchemas) -> dict[str, Any]:
    group, version, word = kind
    root = Converter({}, closed=True).strict(described)
    root.setdefault("properties", {})
    root["properties"] |= {
        "apiVersion": {"enum": [f"{group}/{version}"]},
        "kind": {"enum": [word]},
        "metadata": core.object_meta,
    }
    root["required"] = sorted({*root.get("required", ()), "apiVersion", "kind", "metadata"})
    return {"$schema": DIALECT, **root}
